"""Rooms, seats and the log: columns and constraints only."""

from django.db import models

from scenarios.models import ScenarioVersion


class Room(models.Model):
    """A room. Everything else about it is computed from its log."""

    id = models.CharField(primary_key=True, max_length=16)
    scenario_version = models.ForeignKey(ScenarioVersion, on_delete=models.PROTECT)
    title = models.CharField(max_length=400)
    epoch = models.CharField(max_length=16)
    created_at = models.BigIntegerField()
    # written with every append, in its transaction: the log's end and when the clock should look again
    last_seq = models.PositiveIntegerField(default=0)
    next_look = models.BigIntegerField(null=True)
    live = models.BooleanField(default=False)

    class Meta:
        indexes = (models.Index(fields=["next_look"], name="room_next_look"),)

    def __str__(self) -> str:
        return f"{self.title} ({self.id})"


class Seat(models.Model):
    """A chair and the digest of the token that opens it."""

    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="seats")
    seat = models.CharField(max_length=40)
    kind = models.CharField(max_length=16)
    role = models.CharField(max_length=40)
    title = models.CharField(max_length=400)
    token_digest = models.CharField(max_length=64, unique=True)
    revoked_at = models.BigIntegerField(null=True)
    changed_at = models.BigIntegerField(null=True, db_index=True)  # handed over or closed

    class Meta:
        constraints = (models.UniqueConstraint(fields=["room", "seat"], name="one_seat_of_a_name"),)

    def __str__(self) -> str:
        return f"{self.seat} in {self.room_id}"


class RoomEvent(models.Model):
    """A line of the log. Never updated, never deleted (a trigger refuses an update)."""

    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="events")
    seq = models.PositiveIntegerField()
    at = models.BigIntegerField()
    # of the command that brought it about; only its first event carries cause and digest
    cause = models.CharField(max_length=200, null=True)  # noqa: DJ001  (absent, not empty: unique)
    digest = models.CharField(max_length=64, null=True)  # noqa: DJ001
    audience = models.TextField(null=True)  # noqa: DJ001  (null is everyone)
    body = models.TextField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["room", "seq"], name="one_event_a_place"),
            models.UniqueConstraint(fields=["room", "cause"], name="one_answer_a_cause"),
        )

    def __str__(self) -> str:
        return f"{self.room_id}:{self.seq}"

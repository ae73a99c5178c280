"""Rooms, seats and the log: columns and constraints only."""

from django.conf import settings
from django.db import models

from casesim.accounts.models import Workspace
from scenarios.models import ScenarioVersion


class Room(models.Model):
    """A room. Everything else about it is computed from its log."""

    class Purpose(models.TextChoices):
        """What it is for, fixed when it is opened. What practice tells never counts in an assessment."""

        ASSESSMENT = "assessment", "Assessment"
        PRACTICE = "practice", "Practice"

    RECORDING = "recording"  # the purpose of a recorded room that is laid again; none is opened for it

    id = models.CharField(primary_key=True, max_length=16)
    scenario_version = models.ForeignKey(ScenarioVersion, on_delete=models.PROTECT)
    # none: opened from the command line, for nobody's workspace
    workspace = models.ForeignKey(Workspace, on_delete=models.PROTECT, null=True, related_name="+")
    title = models.CharField(max_length=400)
    seniority = models.CharField(max_length=40, default="", db_default="")  # key; "": as written
    purpose = models.CharField(
        max_length=10, choices=Purpose.choices, default=Purpose.ASSESSMENT, db_default=Purpose.ASSESSMENT
    )
    extra_time = models.PositiveSmallIntegerField(default=0, db_default=0)  # per cent, in every phase
    starts_at = models.BigIntegerField(null=True)  # when people agreed to meet; starts nothing by itself
    epoch = models.CharField(max_length=16)
    created_at = models.BigIntegerField()
    erased_at = models.BigIntegerField(null=True)  # ms: since when none of what was said is left
    # written with every append, in its transaction: the log's end and when the clock should look again
    last_seq = models.PositiveIntegerField(default=0)
    next_look = models.BigIntegerField(null=True)
    live = models.BooleanField(default=False)

    class Meta:
        indexes = (
            models.Index(fields=["next_look", "id"], name="room_next_look"),
            models.Index(fields=["id"], name="room_live", condition=models.Q(live=True)),
        )

    def __str__(self) -> str:
        return f"{self.title} ({self.id})"


class Seat(models.Model):
    """A chair, and what opens it: a link, of which the token's digest is stored, or a signed-in person."""

    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="seats")
    seat = models.CharField(max_length=40)
    kind = models.CharField(max_length=16)
    role = models.CharField(max_length=40)
    title = models.CharField(max_length=400)
    token_digest = models.CharField(max_length=64, unique=True, null=True)  # noqa: DJ001  (null: no link)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    by_code = models.BooleanField(default=False)  # free for whoever has the room's code
    # a rater who learns to rate: marks like the others, and the sheet counts nowhere
    trainee = models.BooleanField(default=False, db_default=False)
    revoked_at = models.BigIntegerField(null=True)
    changed_at = models.BigIntegerField(null=True, db_index=True)  # given to somebody else, or closed

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["room", "seat"], name="one_seat_of_a_name"),
            models.CheckConstraint(
                condition=models.Q(trainee=False) | models.Q(kind="rater"), name="a_trainee_is_a_rater"
            ),
        )

    def __str__(self) -> str:
        return f"{self.seat} in {self.room_id}"


class Barred(models.Model):
    """Somebody who may hold no seat of a room: a conflict of interest that was declared."""

    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="barred")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = (models.UniqueConstraint(fields=["room", "person"], name="barred_once"),)

    def __str__(self) -> str:
        return f"{self.person} in no seat of {self.room_id}"


class RoomCode(models.Model):
    """A short word that opens a room's free seats to people in the same call, for a while."""

    room = models.OneToOneField(Room, on_delete=models.CASCADE, related_name="code")
    code = models.CharField(max_length=12, unique=True)
    expires_at = models.BigIntegerField()

    def __str__(self) -> str:
        return f"the code of {self.room_id}"


class RoomEvent(models.Model):
    """A line of the log. Never updated, never deleted (a trigger refuses an update)."""

    # not indexed by itself: both constraints begin with it
    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="events", db_index=False)
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

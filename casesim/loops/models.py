"""Loops, their rooms, and what came of them: columns and constraints. Times are ms since 1970, UTC.

Reports and decisions are never changed; triggers refuse an update.
"""

from django.db import models
from django.db.models import Q

from casesim.accounts.models import User, Workspace
from rooms.models import Room
from scoring.models import Calibration


class Loop(models.Model):
    """A candidate, a level, a rubric and several rooms."""

    workspace = models.ForeignKey(Workspace, on_delete=models.PROTECT, related_name="+")
    candidate = models.CharField(max_length=80)  # name
    person = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")  # null: a guest
    email = models.EmailField(blank=True)  # of a guest, for reminders; a member's own is used
    time_zone = models.CharField(max_length=64, default="UTC")  # of a guest
    # what opens the candidate's page and all of the candidate's seats; null: no link
    token_digest = models.CharField(max_length=64, unique=True, null=True)  # noqa: DJ001
    purpose = models.CharField(max_length=10, choices=Room.Purpose.choices)
    rubric = models.CharField(max_length=200)  # as `scoring.core.calibrated.rubric_name`
    rubric_title = models.CharField(max_length=200)
    seniority = models.CharField(max_length=40, blank=True)  # key; "": cases as they are written
    seniority_name = models.CharField(max_length=80, blank=True)
    extra_time = models.PositiveSmallIntegerField(default=0)  # per cent, in every room; why is not kept
    keep_days = models.PositiveSmallIntegerField()  # after the last room
    appeal_days = models.PositiveSmallIntegerField()  # after the decision was told
    withdrawn_at = models.BigIntegerField(null=True)  # the candidate took their consent back
    feedback = models.TextField(blank=True)
    released_at = models.BigIntegerField(null=True)  # the decision and the feedback were told
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.BigIntegerField()

    class Meta:
        indexes = (models.Index(fields=["workspace", "created_at"], name="loop_by_workspace"),)

    def __str__(self) -> str:
        return f"{self.candidate}, {self.seniority_name or 'as written'}"


class LoopRoom(models.Model):
    """A room of a loop. Everything that happens in it is the room's own."""

    loop = models.ForeignKey(Loop, on_delete=models.PROTECT, related_name="rooms")
    room = models.CharField(max_length=16, unique=True)
    minutes = models.PositiveSmallIntegerField()  # as planned, for calendars
    expected_raters = models.PositiveSmallIntegerField()  # whose sheets count
    sequence = models.PositiveIntegerField(default=0)  # changes of its time, for calendars
    cancelled_at = models.BigIntegerField(null=True)

    def __str__(self) -> str:
        return f"{self.room} of {self.loop}"


class Conflict(models.Model):
    """Somebody who may neither rate nor sit with this candidate."""

    loop = models.ForeignKey(Loop, on_delete=models.PROTECT, related_name="conflicts")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    declared_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.BigIntegerField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["loop", "person"], name="one_conflict_a_person"),)

    def __str__(self) -> str:
        return f"{self.person}: {self.loop}"


class Reminder(models.Model):
    """A letter that was claimed, and sent; each of them once. A claim without `sent_at` may have gone out."""

    room = models.CharField(max_length=16)
    kind = models.CharField(max_length=12)
    address = models.EmailField()
    about = models.BigIntegerField()
    claimed_at = models.BigIntegerField()
    sent_at = models.BigIntegerField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["room", "kind", "address", "about"], name="one_letter_a_reason"),
        )

    def __str__(self) -> str:
        return f"{self.kind} of {self.room}"


class LoopReport(models.Model):
    """A loop's report as built: its input's digest and the document as text, so that its bytes are kept."""

    loop = models.ForeignKey(Loop, on_delete=models.PROTECT, related_name="reports")
    digest = models.CharField(max_length=64)
    document = models.TextField()
    calibration = models.ForeignKey(Calibration, on_delete=models.PROTECT, null=True, related_name="+")
    made_from = models.JSONField()  # `core.given.LoopMadeFrom`
    final = models.BooleanField()  # every room was played and rated
    created_at = models.BigIntegerField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["loop", "digest"], name="one_loop_report_an_input"),)

    def __str__(self) -> str:
        return f"{self.loop}: {self.digest[:8]}"


class LoopReportRequest(models.Model):
    """What was asked for and what is done: the `wanted`-th asking is answered when `built` reaches it."""

    loop = models.OneToOneField(Loop, on_delete=models.PROTECT, related_name="report_request")
    wanted = models.PositiveIntegerField(default=0)
    built = models.PositiveIntegerField(default=0)
    seen = models.CharField(max_length=64, blank=True)  # the state of the sheets it was asked for
    done_at = models.BigIntegerField(null=True)
    sent_at = models.BigIntegerField(default=0)
    tries = models.PositiveIntegerField(default=0)
    error = models.TextField(blank=True)

    class Meta:
        indexes = (models.Index(fields=["done_at"], name="loop_report_not_done"),)

    def __str__(self) -> str:
        return f"{self.loop}: {self.built} of {self.wanted}"


class Decision(models.Model):
    """A named person's decision on one report of a loop."""

    class Word(models.TextChoices):
        HIRE = "hire", "Hire"
        NO_HIRE = "no_hire", "No hire"

    report = models.OneToOneField(LoopReport, on_delete=models.PROTECT, related_name="decision")
    decision = models.CharField(max_length=10, choices=Word.choices)
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=120)
    reason = models.TextField(blank=True)
    at = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.get_decision_display()}, signed by {self.name}"


class Appeal(models.Model):
    """A candidate contests the decision: their words, the answer, and what a second person decided."""

    loop = models.OneToOneField(Loop, on_delete=models.PROTECT, related_name="appeal")
    text = models.TextField()
    at = models.BigIntegerField()
    answer = models.TextField(blank=True)
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    answered_at = models.BigIntegerField(null=True)
    decision = models.CharField(max_length=10, choices=Decision.Word.choices, blank=True)
    reason = models.TextField(blank=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    decided_name = models.CharField(max_length=120, blank=True)
    decided_at = models.BigIntegerField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(decided_at=None) | Q(answered_at__isnull=False), name="answered_before_decided"
            ),
        )

    def __str__(self) -> str:
        return f"of {self.loop}"

"""Scoresheets, calibrations, reports and signatures: columns and constraints. Times are ms since 1970, UTC.

Ratings stay out of a room's log: they are private to the rater, may be revised, and outlive the
room. What is submitted, reported or signed is never changed; triggers refuse an update.
"""

from django.db import models
from django.db.models import Q

from casesim.accounts.models import User, Workspace
from casesim.claims import Work


class Scoresheet(models.Model):
    """One version of one rater's marks: a draft until `submitted_at`, then unchangeable."""

    room = models.CharField(max_length=16)
    seat = models.CharField(max_length=40)
    version = models.PositiveIntegerField()
    rater_name = models.CharField(max_length=400)
    saved_at = models.BigIntegerField()
    submitted_at = models.BigIntegerField(null=True)
    late = models.BooleanField(default=False)  # submitted when others' marks could be seen
    closing = models.PositiveSmallIntegerField(null=True)
    closing_note = models.TextField(blank=True)
    incident = models.TextField(blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["room", "seat", "version"], name="one_sheet_a_version"),
            models.UniqueConstraint(
                fields=["room", "seat"], condition=Q(submitted_at=None), name="one_draft_a_seat"
            ),
        )

    def __str__(self) -> str:
        return f"{self.room}: {self.seat}, version {self.version}"


class Rating(models.Model):
    """One mark. No level and not "not observed": still open."""

    sheet = models.ForeignKey(Scoresheet, on_delete=models.CASCADE, related_name="ratings")
    dimension = models.CharField(max_length=40)
    level = models.PositiveSmallIntegerField(null=True)
    not_observed = models.BooleanField(default=False)
    note = models.TextField(blank=True)

    class Meta:
        ordering = ("pk",)  # the rubric's order, as written
        constraints = (
            models.UniqueConstraint(fields=["sheet", "dimension"], name="one_rating_a_dimension"),
            models.CheckConstraint(
                condition=Q(level=None) | Q(not_observed=False), name="a_level_was_observed"
            ),
        )

    def __str__(self) -> str:
        return f"{self.dimension}: {'not observed' if self.not_observed else self.level}"


class Evidence(models.Model):
    """A moment of the rater's feed. `quote` is copied from the feed here, never sent by a browser."""

    rating = models.ForeignKey(Rating, on_delete=models.CASCADE, related_name="evidence")
    n = models.PositiveIntegerField()
    seq = models.PositiveIntegerField()
    quote = models.TextField()

    class Meta:
        ordering = ("pk",)  # as the rater attached them
        constraints = (models.UniqueConstraint(fields=["rating", "n"], name="one_quote_a_moment"),)

    def __str__(self) -> str:
        return f"{self.n}: {self.quote[:40]}"


class RatingClosed(models.Model):
    """The facilitator unlocked the scoresheets although not all were in."""

    room = models.CharField(max_length=16, unique=True)
    seat = models.CharField(max_length=40)
    name = models.CharField(max_length=400)
    at = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.room}: closed by {self.name}"


class Calibration(models.Model):
    """What the marks of a workspace tell of its raters and of one rubric, frozen. Never changed."""

    workspace = models.ForeignKey(Workspace, on_delete=models.PROTECT, related_name="+")
    rubric = models.CharField(max_length=200)  # its name and version, as `core.calibrated.rubric_name`
    purpose = models.CharField(max_length=10, default="assessment", db_default="assessment")  # of its rooms
    document = models.TextField()  # of `core.calibrated.Calibrated`, canonical
    digest = models.CharField(max_length=64)  # sha256 of the document
    created_at = models.BigIntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["workspace", "rubric", "purpose", "digest"], name="one_calibration_an_input"
            ),
        )

    def __str__(self) -> str:
        return f"{self.workspace}, {self.rubric}, {self.purpose}: {self.digest[:8]}"


class RaterFinding(models.Model):
    """What a calibration found of one rater: for that person and the organiser. Never changed."""

    calibration = models.ForeignKey(Calibration, on_delete=models.CASCADE, related_name="findings")
    person = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")  # null: a guest
    rater = models.CharField(max_length=80)  # as `core.calibrated.rater_name`
    document = models.TextField()  # of `core.effects.findings.RaterEffects`, canonical

    class Meta:
        constraints = (models.UniqueConstraint(fields=["calibration", "rater"], name="one_finding_a_rater"),)

    def __str__(self) -> str:
        return f"{self.calibration}: {self.rater}"


class SheetResiduals(models.Model):
    """What each sheet behind a calibration gave beyond what was expected of it. Never changed.

    For the fairness audit alone, which holds it against groups; nobody who estimates or reports reads it.
    """

    calibration = models.OneToOneField(Calibration, on_delete=models.CASCADE, related_name="residuals")
    document = models.TextField()  # JSON: rows of [rater, room, levels], of `core.effects.beyond`

    def __str__(self) -> str:
        return f"{self.calibration}: residuals"


class CalibrationRun(Work):
    """A calibration of a workspace that was asked for. Open until `ended_at`; one is open at a time."""

    class Outcome(models.TextChoices):
        DONE = "done", "Done"
        CANCELLED = "cancelled", "Cancelled"
        FAILED = "failed", "Failed"

    workspace = models.ForeignKey(Workspace, on_delete=models.PROTECT, related_name="+")
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")  # null: nightly
    asked_at = models.BigIntegerField()
    stage = models.CharField(max_length=200, blank=True)
    done = models.PositiveIntegerField(default=0)  # passes of the stage
    kept = models.JSONField(default=dict)  # digest of ratings -> spreads, so that they need no second search
    made = models.PositiveIntegerField(default=0)  # calibrations that are new
    outcome = models.CharField(max_length=10, choices=Outcome.choices, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["workspace"], condition=Q(ended_at=None), name="one_open_run_a_workspace"
            ),
        )

    def __str__(self) -> str:
        return f"{self.workspace}: {self.outcome or self.stage or 'waiting'}"


class DeclaredRule(models.Model):
    """One version of what a workspace declared about its recommendations; the newest holds. Never changed.

    Without a row they are given, at the costs and the band that casesim proposes.
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField()
    recommends = models.BooleanField()
    bad_hire = models.FloatField()
    missed_hire = models.FloatField()
    band_low = models.FloatField()
    band_high = models.FloatField()
    declared_by = models.CharField(max_length=400)
    declared_at = models.BigIntegerField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["workspace", "version"], name="one_rule_a_version"),)

    def __str__(self) -> str:
        return f"{self.workspace}, version {self.version}: {'recommends' if self.recommends else 'describes'}"


class HireOutcome(models.Model):
    """What became of the candidate of one room, as somebody recorded it; may be recorded anew."""

    workspace = models.ForeignKey(Workspace, on_delete=models.PROTECT, related_name="+")
    room = models.CharField(max_length=16)
    good = models.BooleanField()
    known = models.DateField()  # such as the day of the 90-day review
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = (models.UniqueConstraint(fields=["workspace", "room"], name="one_outcome_a_room"),)

    def __str__(self) -> str:
        return f"{self.room}: {'good' if self.good else 'not good'}"


class Report(models.Model):
    """A report as built: its input's digest and the document as text, so that its bytes are kept."""

    room = models.CharField(max_length=16)
    digest = models.CharField(max_length=64)
    document = models.TextField()
    calibration = models.ForeignKey(Calibration, on_delete=models.PROTECT, null=True, related_name="+")
    made_from = models.JSONField(null=True)  # `core.report.MadeFrom`; none: of a form that cannot be replayed
    final = models.BooleanField()  # the room had ended
    created_at = models.BigIntegerField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["room", "digest"], name="one_report_an_input"),)

    def __str__(self) -> str:
        return f"{self.room}: {self.digest[:8]}"


class ReportRequest(models.Model):
    """What was asked for and what is done: the `wanted`-th asking is answered when `built` reaches it."""

    room = models.CharField(max_length=16, unique=True)
    wanted = models.PositiveIntegerField(default=0)
    built = models.PositiveIntegerField(default=0)
    requested_at = models.BigIntegerField()
    done_at = models.BigIntegerField(null=True)
    sent_at = models.BigIntegerField(default=0)  # when it was last handed to the broker, or tried to
    tries = models.PositiveIntegerField(default=0)
    error = models.TextField(blank=True)

    class Meta:
        indexes = (models.Index(fields=["done_at"], name="report_not_done"),)

    def __str__(self) -> str:
        return f"{self.room}: {self.built} of {self.wanted}"


class Signature(models.Model):
    """A named person's decision on one report."""

    class Decision(models.TextChoices):
        HIRE = "hire", "Hire"
        NO_HIRE = "no_hire", "No hire"

    report = models.OneToOneField(Report, on_delete=models.PROTECT, related_name="signature")
    decision = models.CharField(max_length=10, choices=Decision.choices)
    name = models.CharField(max_length=80)
    reason = models.TextField(blank=True)
    seat = models.CharField(max_length=40)
    at = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.get_decision_display()}, signed by {self.name}"

"""Coaching groups: who is in one, its rounds, its plans and the rooms they became. Columns and constraints.

What somebody does in a room stays in the room's log; what was marked stays in scoring.
"""

from django.db import models
from django.db.models import F, Q

from casesim.accounts.models import Invitation, User, Workspace
from casesim.claims import Work
from scenarios.models import ScenarioVersion


class Cohort(models.Model):
    """A coaching group of a workspace, and what its rooms are like."""

    class Facilitates(models.TextChoices):
        COACH = "coach", "The coach, in every room"
        MEMBER = "member", "A member of the cohort, in turn"

    workspace = models.ForeignKey(Workspace, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=80)
    coach = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    raters_least = models.PositiveSmallIntegerField(default=2)
    raters_most = models.PositiveSmallIntegerField(default=3)
    facilitator = models.CharField(max_length=8, choices=Facilitates.choices, default=Facilitates.COACH)
    bots_fill = models.BooleanField(default=True)  # a bot plays a role that no member is left for
    made_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["workspace", "name"], name="one_cohort_of_a_name"),
            models.CheckConstraint(
                condition=Q(raters_least__lte=F("raters_most")), name="least_raters_are_not_more_than_most"
            ),
        )

    def __str__(self) -> str:
        return self.name


class CohortInvitation(models.Model):
    """An invitation that leads on into a cohort."""

    invitation = models.OneToOneField(Invitation, on_delete=models.CASCADE, related_name="+")
    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="invitations")

    def __str__(self) -> str:
        return f"{self.cohort}: {self.invitation}"


class Round(models.Model):
    """A turn of the cohort: one hour in which its rooms are held side by side."""

    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="rounds")
    starts = models.DateTimeField()
    minutes = models.PositiveSmallIntegerField(default=75)
    rooms = models.PositiveSmallIntegerField(null=True)  # none: as few as seat everybody

    class Meta:
        ordering = ("starts", "pk")
        constraints = (models.UniqueConstraint(fields=["cohort", "starts"], name="one_round_at_a_time"),)

    def __str__(self) -> str:
        return f"{self.cohort}, {self.starts:%Y-%m-%d %H:%M}"


class CohortScenario(models.Model):
    """A case the cohort plays, in the version it was chosen in."""

    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="scenarios")
    version = models.ForeignKey(ScenarioVersion, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("pk",)
        constraints = (models.UniqueConstraint(fields=["cohort", "version"], name="one_scenario_once"),)

    def __str__(self) -> str:
        return f"{self.cohort}: {self.version}"


class Member(models.Model):
    """One person in a cohort, and what they may and can do in it."""

    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="members")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    trainee = models.BooleanField(default=False)  # sits beside somebody experienced
    may_be_candidate = models.BooleanField(default=True)
    may_rate = models.BooleanField(default=True)
    hours_from = models.TimeField(null=True)  # of the person's own day; none: any hour
    hours_to = models.TimeField(null=True)
    answered_at = models.DateTimeField(null=True)  # when availability was given last
    gone_from = models.ForeignKey(Round, on_delete=models.PROTECT, null=True, related_name="+")
    joined_at = models.DateTimeField()

    class Meta:
        ordering = ("pk",)
        constraints = (models.UniqueConstraint(fields=["cohort", "person"], name="one_member_a_person"),)

    def __str__(self) -> str:
        return str(self.person)


class Absence(models.Model):
    """A round a member cannot come to."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="absences")
    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="absences")

    class Meta:
        constraints = (models.UniqueConstraint(fields=["member", "round"], name="one_absence_a_round"),)

    def __str__(self) -> str:
        return f"{self.member} cannot come to {self.round}"


class Seen(models.Model):
    """A case a member knew before the cohort began."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="seen")
    scenario = models.ForeignKey(CohortScenario, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = (models.UniqueConstraint(fields=["member", "scenario"], name="seen_once"),)

    def __str__(self) -> str:
        return f"{self.member} knows {self.scenario}"


class Conflict(models.Model):
    """Two members who never share a room, or never rate each other. Only the coach and who said so see it."""

    class Never(models.TextChoices):
        TOGETHER = "together", "never in one room"
        RATE = "rate", "never rate each other"

    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="conflicts")
    one = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    other = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    never = models.CharField(max_length=8, choices=Never.choices)
    said_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(fields=["one", "other", "never"], name="one_conflict_a_pair"),
            models.CheckConstraint(condition=~Q(one=F("other")), name="a_conflict_is_of_two"),
        )

    def __str__(self) -> str:
        return f"{self.one} and {self.other}: {self.get_never_display()}"


class Pin(models.Model):
    """A place in a round that is given; what else is said holds too."""

    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="pins")
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="pins")
    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="+")
    scenario = models.ForeignKey(CohortScenario, on_delete=models.CASCADE, null=True, related_name="+")
    seat = models.CharField(max_length=40, blank=True)  # a kind of seat: candidate, rater, a role

    class Meta:
        ordering = ("round__starts", "pk")
        constraints = (models.UniqueConstraint(fields=["member", "round"], name="one_pin_a_round"),)

    def __str__(self) -> str:
        return f"{self.member} in {self.round}: {self.seat}"


class Plan(models.Model):
    """A rotation as the planner handed it out. Never changed: another plan is another row."""

    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="plans")
    asked = models.TextField()  # the cohort file it was made from
    facts = models.CharField(max_length=64)  # what names the facts of the cohort it rests on
    document = models.TextField()  # of `programs.core.rotation.plan.Plan`
    made_at = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.cohort}: plan {self.pk}"


class PlanRun(Work):
    """A plan that was asked for. Open until `ended_at`; one is open at a time. Times are in ms."""

    class Outcome(models.TextChoices):
        DONE = "done", "Done"
        REFUSED = "refused", "There is no plan"
        CANCELLED = "cancelled", "Cancelled"
        FAILED = "failed", "Failed"

    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="runs")
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked = models.TextField()  # the cohort file
    facts = models.CharField(max_length=64)
    best_effort = models.BooleanField(default=False)
    after = models.ForeignKey(Plan, on_delete=models.PROTECT, null=True, related_name="+")  # mend this one
    gone = models.CharField(max_length=20, blank=True)  # whom it is mended around, as the file names them
    start = models.CharField(max_length=20, blank=True)  # since which round
    asked_at = models.BigIntegerField()
    part = models.FloatField(default=0.0)  # that is done, 0 to 1
    best = models.BigIntegerField(null=True)  # how far the best plan so far is above what arithmetic allows
    outcome = models.CharField(max_length=10, choices=Outcome.choices, blank=True)
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, null=True, related_name="+")
    refusal = models.TextField(blank=True)  # of `programs.core.rotation.plan.Refusal`

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["cohort"], condition=Q(ended_at=None), name="one_open_run_a_cohort"
            ),
        )

    def __str__(self) -> str:
        return f"{self.cohort}: {self.outcome or 'running'}"


class PlannedRoom(models.Model):
    """A place of the plan that became a room. `retired_at`: a later plan put another in its place."""

    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="planned")
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="planned")
    number = models.PositiveSmallIntegerField()  # of the room in its round
    room = models.CharField(max_length=16, unique=True)
    spec = models.TextField()  # `core.seating.Laid`: what it was laid as
    retired_at = models.BigIntegerField(null=True)

    class Meta:
        ordering = ("round__starts", "number", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=["round", "number"], condition=Q(retired_at=None), name="one_room_a_place"
            ),
        )

    def __str__(self) -> str:
        return f"{self.cohort}: room {self.number} of {self.round}"


class Words(models.Model):
    """What went well and what to change, about a room's candidate, in somebody's words: plus and delta.

    The candidate's own stand first; the others' are shown to the candidate once their own are written.
    """

    planned = models.ForeignKey(PlannedRoom, on_delete=models.CASCADE, related_name="words")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    plus = models.TextField(max_length=2000)
    delta = models.TextField(max_length=2000)
    written_at = models.BigIntegerField()

    class Meta:
        ordering = ("pk",)
        constraints = (models.UniqueConstraint(fields=["planned", "person"], name="ones_words_once"),)

    def __str__(self) -> str:
        return f"{self.person} on {self.planned}"


class Shared(models.Model):
    """A part of a member's progress page that the cohort may see. Taken back by deleting it."""

    class Part(models.TextChoices):
        GROWTH = "growth", "Growth by dimension"
        WORDS = "words", "What went well and what to change"
        MOMENTS = "moments", "Moments worth replaying"
        PRACTICE = "practice", "What to practise next"
        SEATS = "seats", "Seats played and rooms rated"

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="shared")
    part = models.CharField(max_length=8, choices=Part.choices)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["member", "part"], name="shared_once"),)

    def __str__(self) -> str:
        return f"{self.member} shares {self.get_part_display()}"


class Recording(models.Model):
    """A room a workspace keeps for raters to practise on, with its reference marks. Never changed."""

    workspace = models.ForeignKey(Workspace, on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey(ScenarioVersion, on_delete=models.PROTECT, related_name="+")
    room = models.CharField(max_length=16)  # which it was recorded from
    lines = models.TextField()  # as `core.recording.written`
    sheet = models.TextField()  # of `core.recording.Sheet`
    kept_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    kept_at = models.DateTimeField()

    class Meta:
        ordering = ("pk",)
        constraints = (models.UniqueConstraint(fields=["workspace", "room"], name="one_recording_a_room"),)

    def __str__(self) -> str:
        return f"{self.workspace}: recording of {self.room}"


class Practice(models.Model):
    """One person at one recording: the room it was laid again as, for them alone."""

    workspace = models.ForeignKey(Workspace, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recording = models.CharField(max_length=40)  # a bundled one by its name, a kept one by `kept-<key>`
    room = models.CharField(max_length=16, unique=True)
    begun_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)  # when the feedback was looked at first

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["workspace", "person", "recording"], name="one_go_a_recording"),
        )

    def __str__(self) -> str:
        return f"{self.person} at {self.recording}"

"""Scenarios in the making, and their rehearsals: columns and constraints only. Times are ms."""

from django.db import models
from django.db.models import Q

from casesim.accounts.models import User, Workspace


class Draft(models.Model):
    """A scenario as its authors are writing it. It need not be one yet."""

    workspace = models.ForeignKey(Workspace, on_delete=models.PROTECT, related_name="+")
    slug = models.SlugField(max_length=60)
    text = models.TextField()
    pending = models.TextField(blank=True)  # the text a sheet would make of it, until somebody says yes
    pending_of = models.CharField(max_length=64, blank=True)  # digest of the text it was made from
    written_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    written_at = models.BigIntegerField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["workspace", "slug"], name="one_draft_a_name"),)

    def __str__(self) -> str:
        return self.slug


class DraftScript(models.Model):
    """What a scripted candidate does when the draft is rehearsed."""

    draft = models.ForeignKey(Draft, on_delete=models.CASCADE, related_name="scripts")
    name = models.SlugField(max_length=40)
    text = models.TextField()  # one JSON object a line

    class Meta:
        constraints = (models.UniqueConstraint(fields=["draft", "name"], name="one_script_a_name"),)

    def __str__(self) -> str:
        return self.name


class Trial(models.Model):
    """A rehearsal of many runs that was asked for. Open until `ended_at`; one is open in a workspace."""

    workspace = models.ForeignKey(Workspace, on_delete=models.PROTECT, related_name="+")
    draft = models.ForeignKey(Draft, on_delete=models.CASCADE, related_name="trials")
    text = models.TextField()  # the scenario as it was
    scripts = models.JSONField()  # name -> JSON lines, as they were
    runs = models.PositiveIntegerField()  # of each script
    seniority = models.CharField(max_length=40, blank=True)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.BigIntegerField()
    heard_at = models.BigIntegerField()  # the last sign of life of a worker
    ended_at = models.BigIntegerField(null=True)
    found = models.JSONField(null=True)  # the report
    error = models.TextField(blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["workspace"], condition=Q(ended_at=None), name="one_open_trial_a_workspace"
            ),
        )

    def __str__(self) -> str:
        return f"{self.draft}: {self.runs} runs"


class TrialRun(models.Model):
    """One run of a trial that is open; played twice it is still one."""

    trial = models.ForeignKey(Trial, on_delete=models.CASCADE, related_name="played")
    place = models.PositiveIntegerField()
    document = models.JSONField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["trial", "place"], name="one_run_a_place"),)

    def __str__(self) -> str:
        return f"{self.trial_id}.{self.place}"

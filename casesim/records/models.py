"""How long a workspace keeps what was said, and the exports that were asked for: columns and constraints."""

from django.db import models
from django.db.models import Q

from casesim.accounts.models import User, Workspace
from casesim.claims import Work


class Retention(models.Model):
    """After how many days the words of a workspace's rooms go; without a row they stay."""

    workspace = models.OneToOneField(Workspace, on_delete=models.PROTECT, related_name="+")
    days = models.PositiveIntegerField()
    set_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    set_at = models.BigIntegerField()  # ms

    def __str__(self) -> str:
        return f"{self.workspace}: {self.days} days"


class Export(Work):
    """An export that was asked for. Open until `ended_at`; one is open at a time. Times are ms.

    Its file lies under VAR/exports until `expires_at`.
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.PROTECT, related_name="+")
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.BigIntegerField()
    done = models.PositiveIntegerField(default=0)  # rooms
    of = models.PositiveIntegerField(default=0)
    file = models.CharField(max_length=80, blank=True)  # empty: none yet, or gone
    size = models.BigIntegerField(default=0)  # bytes
    expires_at = models.BigIntegerField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["workspace"], condition=Q(ended_at=None), name="one_open_export_a_workspace"
            ),
        )

    def __str__(self) -> str:
        return f"{self.workspace}: {self.error or self.file or 'under way'}"

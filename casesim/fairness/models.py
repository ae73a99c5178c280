"""Protected attributes, in a table that nothing points to: columns and constraints."""

from django.db import models

from casesim.accounts.models import User, Workspace


class ProtectedLabel(models.Model):
    """One attribute of the candidate of one room, as it was given to whoever audits.

    Rooms are named and not linked, and nobody who estimates, decides or reports may import this app.
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.PROTECT, related_name="+")
    room = models.CharField(max_length=16)
    attribute = models.CharField(max_length=40)
    label = models.CharField(max_length=60)
    entered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["workspace", "room", "attribute"], name="one_label_an_attribute"),
        )

    def __str__(self) -> str:
        return f"{self.room}: {self.attribute}"

"""Published scenarios: columns and constraints only."""

from typing import Any

from django.db import models
from django.db.models import Q

from casesim.accounts.models import Workspace


class Immutable(Exception):
    """A published version was about to be changed or deleted."""


class ScenarioVersion(models.Model):
    """A scenario as it was published. Rooms refer to it for ever, so nothing changes it."""

    # none: everybody's
    workspace = models.ForeignKey(Workspace, on_delete=models.PROTECT, null=True, related_name="+")
    slug = models.CharField(max_length=60)
    version = models.PositiveIntegerField()
    title = models.CharField(max_length=400)
    document = models.TextField()  # canonical JSON
    digest = models.CharField(max_length=64)  # SHA-256 of the document
    published_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (
            # in two halves each: to SQL, no workspace is never the same as no workspace
            models.UniqueConstraint(
                fields=["slug", "version"], condition=Q(workspace=None), name="one_document_a_version"
            ),
            models.UniqueConstraint(
                fields=["slug", "digest"], condition=Q(workspace=None), name="one_version_a_document"
            ),
            models.UniqueConstraint(
                fields=["workspace", "slug", "version"], name="one_own_document_a_version"
            ),
            models.UniqueConstraint(
                fields=["workspace", "slug", "digest"], name="one_own_version_a_document"
            ),
        )

    def __str__(self) -> str:
        return f"{self.slug} {self.version}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Insert. Raises Immutable for a row that is there already."""
        if not self._state.adding:
            raise Immutable(f"{self} is published; publish a new version instead")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Never. Raises Immutable."""
        raise Immutable(f"{self} is published and stays")

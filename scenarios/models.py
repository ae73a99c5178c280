"""Published scenarios."""

from django.db import models


class ScenarioVersion(models.Model):
    """A scenario as it was published: immutable, known by the digest of its document."""

    slug = models.CharField(max_length=60)
    version = models.PositiveIntegerField()
    title = models.CharField(max_length=400)
    document = models.TextField()  # canonical JSON
    digest = models.CharField(max_length=64)
    published_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["slug", "version"], name="one_document_a_version"),
            models.UniqueConstraint(fields=["slug", "digest"], name="one_version_a_document"),
        )

    def __str__(self) -> str:
        return f"{self.slug} v{self.version}"

    def save(self, *args: object, **kwargs: object) -> None:
        if self.pk is not None:
            raise TypeError("a published scenario is immutable; publish a new version")
        super().save(*args, **kwargs)  # type: ignore[arg-type]

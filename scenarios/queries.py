"""Which scenarios are published, and what they hold."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db.models import F, Q, QuerySet
from django.db.models.signals import post_save
from django.dispatch import receiver

from scenarios.core.schema import Scenario
from scenarios.models import ScenarioVersion


@dataclass(frozen=True, slots=True)
class Part:
    """A role as everyone may know it."""

    name: str
    title: str
    face: str


@dataclass(frozen=True, slots=True)
class Stretch:
    """A phase as everyone may know it."""

    name: str
    minutes: int
    prompt: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A scenario in the catalogue: public facts only, never a brief, a fact or an inject's text."""

    version_id: int
    slug: str
    version: int
    title: str
    summary: str
    minutes: int
    phases: tuple[Stretch, ...]
    roles: tuple[Part, ...]
    injects: int
    dimensions: tuple[str, ...]


def latest(slug: str, workspace_id: int | None = None) -> ScenarioVersion:
    """The newest version of a scenario; a workspace's own goes before everybody's of the same name.

    Raises ScenarioVersion.DoesNotExist if none is published there.
    """
    rows = _readable(workspace_id).filter(slug=slug)
    found = rows.order_by(F("workspace").desc(nulls_last=True), "-version").first()
    if found is None:
        raise ScenarioVersion.DoesNotExist(f"no scenario {slug!r} is published")
    return found


def version(version_id: int) -> ScenarioVersion:
    """The version of that id. Raises ScenarioVersion.DoesNotExist."""
    return ScenarioVersion.objects.get(pk=version_id)


@lru_cache(maxsize=64)
def scenario(version_id: int, seniority: str = "", extra_time: int = 0) -> Scenario:
    """What that version holds, at that seniority and with so many per cent more time, read once.

    Raises ScenarioVersion.DoesNotExist; KeyError for a seniority it has not.
    """
    if extra_time:
        return scenario(version_id, seniority).longer(extra_time)
    if seniority:
        return scenario(version_id).at(seniority)
    return Scenario.model_validate_json(version(version_id).document)


def catalogue(workspace_id: int | None = None) -> tuple[Entry, ...]:
    """The newest version of every scenario that is everybody's or this workspace's, by title."""
    slugs = _readable(workspace_id).values_list("slug", flat=True).distinct()
    rows = [latest(slug, workspace_id) for slug in slugs]
    return tuple(_entry(row) for row in sorted(rows, key=lambda row: row.title))


def _readable(workspace_id: int | None) -> QuerySet[ScenarioVersion]:
    everybodys = Q(workspace=None)
    mine = everybodys if workspace_id is None else everybodys | Q(workspace=workspace_id)
    return ScenarioVersion.objects.filter(mine)


def _entry(row: ScenarioVersion) -> Entry:
    held = scenario(row.pk)
    return Entry(
        version_id=row.pk,
        slug=row.slug,
        version=row.version,
        title=row.title,
        summary=held.summary,
        minutes=_minutes(sum(p.seconds for p in held.phases)),
        phases=tuple(Stretch(p.name, _minutes(p.seconds), p.prompt) for p in held.phases),
        roles=tuple(Part(r.name, r.title, r.face) for r in held.roles),
        injects=len(held.injects),
        dimensions=tuple(d.name for d in held.rubric.dimensions),
    )


def _minutes(seconds: int) -> int:
    return max(1, round(seconds / 60))


# An id means the same document for ever, except where a rolled-back insert gives its id away again.
@receiver(post_save, sender=ScenarioVersion)
def _read_anew(created: bool, **_: Any) -> None:
    if created:
        scenario.cache_clear()

"""What authors see on the page: drafts with their problems, previews by audience, rehearsals."""

from collections.abc import Sequence
from dataclasses import dataclass

from casesim.authoring.models import Draft, Trial
from rooms.core.director import describe
from scenarios.core.check import Problem
from scenarios.core.schema import DataSet, Fact, Inject, Role, Scenario
from scenarios.loader import LoadError, load, parse
from scenarios.models import ScenarioVersion

LISTED = 100
EXCERPT = 110  # characters of a line that are shown beside its problem


@dataclass(frozen=True, slots=True)
class Fault:
    """A problem and the line it stands on, as it is written."""

    problem: Problem
    written: str


@dataclass(frozen=True, slots=True)
class Reading:
    """A draft's text, read: the scenario if it has the shape of one, and what is wrong with it."""

    scenario: Scenario | None
    faults: tuple[Fault, ...]

    @property
    def clean(self) -> bool:
        return self.scenario is not None and not self.faults


@dataclass(frozen=True, slots=True)
class RolePreview:
    """What one seat of the panel is told, and nobody else at the table."""

    role: Role
    facts: tuple[Fact, ...]
    data_sets: tuple[DataSet, ...]
    injects: tuple[Inject, ...]


@dataclass(frozen=True, slots=True)
class Planned:
    """An inject as facilitator and raters will see it."""

    inject: Inject
    when: str
    speaker: str


def drafts(workspace_id: int) -> Sequence[Draft]:
    found = Draft.objects.filter(workspace=workspace_id).select_related("written_by")
    return tuple(found.order_by("-written_at")[:LISTED])


def versions(workspace_id: int) -> Sequence[ScenarioVersion]:
    """The workspace's own, the newest first."""
    return tuple(
        ScenarioVersion.objects.filter(workspace=workspace_id).order_by("-published_at", "-pk")[:LISTED]
    )


def trials(draft: Draft) -> Sequence[Trial]:
    return tuple(draft.trials.select_related("asked_by").order_by("-asked_at")[:20])


def reading(draft: Draft) -> Reading:
    """What stands in the draft: a scenario, its problems, or both."""
    file = f"{draft.slug}.yaml"
    try:
        return Reading(load(draft.text, file), ())
    except LoadError as error:
        return Reading(_shape(draft.text, file), faults(error.problems, draft.text, file))


def faults(problems: Sequence[Problem], text: str, file: str) -> tuple[Fault, ...]:
    """Each problem with the line it is on, in the order of the lines."""
    lines = text.splitlines()
    found = [
        Fault(p, lines[p.line - 1].strip()[:EXCERPT] if p.file == file and 0 < p.line <= len(lines) else "")
        for p in problems
    ]
    return tuple(sorted(found, key=lambda fault: fault.problem.line))


def previews(s: Scenario) -> tuple[RolePreview, ...]:
    return tuple(
        RolePreview(
            role,
            tuple(f for f in s.facts if f.held_by == role.key),
            tuple(d for d in s.data_sets if d.held_by == role.key),
            tuple(i for i in s.injects if i.role == role.key),
        )
        for role in s.roles
    )


def planned(s: Scenario) -> tuple[Planned, ...]:
    """The injects as the facilitator's page lists them. Keys that lead nowhere stand as they are."""
    phases = {p.key: p.name for p in s.phases}
    names = {r.key: r.name for r in s.roles}
    return tuple(
        Planned(i, describe(i, phases.get(i.phase, i.phase)), names.get(i.role, i.role)) for i in s.injects
    )


def _shape(text: str, file: str) -> Scenario | None:
    try:
        return parse(text, file)
    except LoadError:
        return None

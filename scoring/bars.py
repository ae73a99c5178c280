"""Bars: what is asked of whom, and where the raters' own closing judgements would put the bar.

People set a bar, in the rubric, with their name and the day. What is proposed here only helps them.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import rooms.queries
import scenarios.queries
from rooms.queries import Panel
from scenarios.core.schema import Rubric, Scenario
from scoring.core.calibrated import rubric_name
from scoring.core.decision.borderline import Judged, Proposal, propose_bar
from scoring.core.decision.standard import Bar, Standard
from scoring.core.model import standard
from scoring.gathering import ROOMS, blind_sheets, scale_of
from scoring.models import Rating
from scoring.raters import called

SEED = 0  # of the resampling: the same page twice shows the same


@dataclass(frozen=True, slots=True)
class Asked:
    """One dimension at one level: its share of the composite, and its must-have floor."""

    share: float
    floor: float | None


@dataclass(frozen=True, slots=True)
class OfScenario:
    """What one scenario asks, level by level. `lines`: a dimension's name and what it is at each level."""

    title: str
    standards: tuple[Standard, ...]
    lines: tuple[tuple[str, tuple[Asked, ...]], ...]


@dataclass(frozen=True, slots=True)
class Proposed:
    """The bar of one rubric and level as people set it, and as their judgements would. `between`: two
    answers to the closing question; "" where the borderline is an answer of its own."""

    rubric: str
    seniority: str
    bar: Bar
    asks: str
    between: str
    candidates: int
    proposal: Proposal


def asked(workspace_id: int) -> tuple[OfScenario, ...]:
    """Weights, floors and bars of every scenario that rooms of this workspace can be opened with."""
    found = (scenarios.queries.scenario(e.version_id) for e in scenarios.queries.catalogue(workspace_id))
    return tuple(_asked(each) for each in found)


def proposals(workspace_id: int) -> tuple[Proposed, ...]:
    """A bar from closing judgements, by rubric and level, of assessments that were no rehearsals."""
    alike: dict[tuple[str, str], list[Panel]] = defaultdict(list)
    for panel in rooms.queries.panels(workspace_id):
        if panel.purpose == "assessment" and not panel.rehearsal and scale_of(panel.rubric) is not None:
            alike[rubric_name(panel.rubric), panel.seniority].append(panel)
    return tuple(_proposed(*key, alike[key]) for key in sorted(alike))


def _asked(scenario: Scenario) -> OfScenario:
    levels = [("", scenario), *((each.name, scenario.at(each.key)) for each in scenario.seniorities)]
    standards = tuple(standard(at.rubric, name) for name, at in levels)
    shares = [
        tuple(Asked(share, ask.floor) for share, ask in zip(each.weights(), each.asks, strict=True))
        for each in standards
    ]
    names = (dimension.name for dimension in scenario.rubric.dimensions)
    lines = tuple(zip(names, zip(*shares, strict=True), strict=True))
    return OfScenario(scenario.title, standards, lines)


def _proposed(name: str, seniority: str, panels: Sequence[Panel]) -> Proposed:
    rubric = panels[-1].rubric  # of the newest room: a scenario's next version may have moved the bar
    some = (panels[at : at + ROOMS] for at in range(0, len(panels), ROOMS))
    sheets = [sheet for each in some for sheet in _judged(each)]
    answers = sorted(level.value for level in rubric.closing.levels)
    borderline = (answers[0] + answers[-1]) / 2
    return Proposed(
        rubric=called(name),
        seniority=seniority or "as written",
        bar=standard(rubric, seniority).bar,
        asks=rubric.closing.asks,
        between=_between(rubric, borderline),
        candidates=len({sheet.candidate for sheet in sheets}),
        proposal=propose_bar(sheets, borderline, SEED),
    )


def _judged(panels: Sequence[Panel]) -> Iterator[Judged]:
    """The sheets with a closing judgement, each with the composite of its marks."""
    weights = {p.room_id: {d.key: d.weight for d in p.rubric.dimensions} for p in panels}
    sheets = {s.pk: (room, s.closing) for (room, _), s in blind_sheets(panels).items() if s.closing}
    marks: dict[int, list[tuple[str, int]]] = defaultdict(list)
    given = Rating.objects.filter(sheet__in=sheets).exclude(level=None).order_by("pk")
    for pk, dimension, level in given.values_list("sheet", "dimension", "level"):
        marks[pk].append((dimension, level))
    for pk, levels in marks.items():
        room, closing = sheets[pk]
        own = weights[room]
        total = sum(own[dimension] for dimension, _ in levels)
        yield Judged(room, sum(own[dimension] * level for dimension, level in levels) / total, closing)


def _between(rubric: Rubric, borderline: float) -> str:
    """The two answers that the borderline lies between; empty where it is an answer."""
    levels = sorted(rubric.closing.levels, key=lambda level: level.value)
    below = [level.name for level in levels if level.value < borderline]
    above = [level.name for level in levels if level.value > borderline]
    return "" if any(level.value == borderline for level in levels) else f"“{below[-1]}” and “{above[0]}”"

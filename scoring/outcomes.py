"""Outcomes of hires, recorded later; and what they have taught, rubric by rubric."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

import numpy as np
from django.db import transaction

from casesim.accounts.access import Standing
from casesim.accounts.service import noted
from scoring.core.estimate import Estimate
from scoring.core.outcomes.learned import Assessment, assess, chance
from scoring.core.outcomes.outcome import BadOutcomes, Outcome, discounted, outcomes
from scoring.core.outcomes.reading import Recorded, on_logits, problem, read_outcomes, recorded
from scoring.models import HireOutcome
from scoring.queries import Verdict, verdicts

SEED = 0  # of the diagram's band: the same page twice shows the same


@dataclass(frozen=True, slots=True)
class Line:
    """One candidate: what is recorded, and the chance of a good outcome, or why none is shown."""

    room: str
    candidate: str
    scored: date
    hired: bool
    outcome: HireOutcome | None
    chance: Estimate


@dataclass(frozen=True, slots=True)
class OfRubric:
    """What the outcomes by one rubric taught."""

    rubric: str
    assessment: Assessment
    lines: tuple[Line, ...]


def taught(workspace_id: int) -> tuple[OfRubric, ...]:
    """All that may be read of outcomes. Rubrics are apart: their scores are not the same thing."""
    known = {row.room: row for row in HireOutcome.objects.filter(workspace=workspace_id)}
    by_rubric: dict[str, list[Verdict]] = {}
    for each in verdicts(workspace_id):
        if each.adjusted is not None and each.interval is not None:
            by_rubric.setdefault(each.rubric, []).append(each)
    return tuple(_of_rubric(rubric, by_rubric[rubric], known) for rubric in sorted(by_rubric))


def record(by: Standing, room: str, good: str, known: str, today: date) -> None:
    """Record one outcome over what was recorded before. Raises BadOutcomes naming the field."""
    scored = scored_on(by.workspace.pk)
    if why := problem(room, good, known, scored, today):
        raise BadOutcomes(f"{why[0].upper()}{why[1:]}.")
    _keep(by, [recorded(room, good, known)])


def import_table(by: Standing, text: str, today: date, keep: bool) -> int:
    """Take a table in, all of it or nothing; with `keep` false only look at it. Returns how many rows it has.

    Raises BadOutcomes naming every bad line.
    """
    found = read_outcomes(text, scored_on(by.workspace.pk), today)
    if keep:
        _keep(by, found)
    return len(found)


def scored_on(workspace_id: int) -> dict[str, date]:
    """The day on which each room with a final report ended."""
    return {each.room: _day(each) for each in verdicts(workspace_id)}


@transaction.atomic
def _keep(by: Standing, found: Sequence[Recorded]) -> None:
    for room, good, known in found:
        fields = {"good": good, "known": known, "recorded_by": by.person}
        HireOutcome.objects.update_or_create(workspace=by.workspace, room=room, defaults=fields)
    what = f"room {found[0].room}" if len(found) == 1 else f"{len(found)} rooms"
    noted(by.person, "recorded outcomes", what, by.workspace.pk)


def _of_rubric(rubric: str, people: Sequence[Verdict], rows: dict[str, HireOutcome]) -> OfRubric:
    scores = {each.room: _score(each) for each in people}
    known = outcomes(_outcomes(people, scores, rows))
    mean, var = np.array(list(scores.values())).T
    found = assess(known, discounted(mean, var), SEED)
    lines = tuple(
        Line(
            room=each.room,
            candidate=each.candidate,
            scored=_day(each),
            hired=each.decided == "hire",
            outcome=rows.get(each.room),
            chance=chance(found.learned, *scores[each.room], _day(each)),
        )
        for each in people
    )
    return OfRubric(rubric, found, lines)


def _outcomes(
    people: Sequence[Verdict], scores: dict[str, tuple[float, float]], rows: dict[str, HireOutcome]
) -> Iterable[Outcome]:
    for each in people:
        if (row := rows.get(each.room)) is not None:
            mean, var = scores[each.room]
            yield Outcome(each.room, mean, var, _day(each), row.known, row.good)


def _score(each: Verdict) -> tuple[float, float]:
    assert each.adjusted is not None and each.interval is not None  # noqa: S101  (others were left out)
    return on_logits(each.adjusted, each.interval, each.scale)


def _day(each: Verdict) -> date:
    return datetime.fromtimestamp(each.ended_at / 1000, UTC).date()

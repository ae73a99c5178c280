"""Marks with the moments they rest on, ready to be shown: who said it, in which phase, how far in."""

from collections.abc import Iterable

from rooms.core.state import fold
from scenarios.core.schema import Doc, Rubric, Scenario
from scoring.core.estimate import Estimate, unknown
from scoring.core.record import Entry, Moment, minutes, moments, speaker, words
from scoring.core.sheets import Evidence, Mark, Sheet, level_name


class BadEvidence(ValueError):
    """Evidence that is not in the record: the sheet was not made by this house."""


class Quoted(Doc):
    """A quote from the log. `n` is its place in the rater's own feed; `into` is ms into the phase."""

    rater: str
    dimension: str
    n: int
    by: str
    by_name: str
    text: str
    phase: str | None
    phase_name: str
    into: int

    @property
    def where(self) -> str:
        """When it was said, in words."""
        return f"{minutes(self.into)} into {self.phase_name}" if self.phase else "before the start"


class Cell(Doc):
    """One rater's mark on one dimension. `was`: the level given before others' marks could be seen."""

    rater: str
    rater_name: str
    dimension: str
    level: int | None
    level_name: str
    not_observed: bool
    note: str
    evidence: tuple[Quoted, ...]
    changed: bool = False
    was: int | None = None


def cells(
    scenario: Scenario, record: tuple[Entry, ...], sheets: tuple[Sheet, ...], before: tuple[Sheet, ...] = ()
) -> tuple[Cell, ...]:
    """Every rater's mark on every dimension, by dimension in the rubric's order, then by rater.

    `before` holds the sheets as they were while nobody could see another's. Raises BadEvidence.
    """
    quoting = _Quoting(scenario, record)
    first = {sheet.seat: sheet for sheet in before}
    return tuple(
        _cell(scenario.rubric, sheet, mark, first.get(sheet.seat), quoting)
        for dimension in scenario.rubric.dimensions
        for sheet in sheets
        if (mark := sheet.mark(dimension.key)) is not None
    )


def spread(given: Iterable[Cell]) -> int:
    """Levels between the highest and the lowest mark; 0 when there are none to compare."""
    levels = _levels(given)
    return max(levels) - min(levels) if levels else 0


def mean(given: Iterable[Cell]) -> Estimate:
    """The mean of the levels given: what was marked, so without an interval."""
    levels = _levels(given)
    return (
        Estimate(value=sum(levels) / len(levels), n=len(levels)) if levels else unknown("nobody observed it")
    )


def _levels(given: Iterable[Cell]) -> list[int]:
    return [cell.level for cell in given if cell.level is not None]


class _Quoting:
    """Finds the moment of a piece of evidence."""

    def __init__(self, scenario: Scenario, record: tuple[Entry, ...]) -> None:
        self._entries = {entry.seq: entry for entry in record}
        self._moments = moments(record)
        self._phases = {phase.key: phase.name for phase in scenario.phases}
        self._seats = fold((entry.at, entry.event) for entry in record).seats

    def quoted(self, rater: str, dimension: str, evidence: Evidence) -> Quoted:
        entry = self._entries.get(evidence.seq)
        if entry is None or words(entry.event) != evidence.quote:
            raise BadEvidence(f"{rater}, {dimension}: item {evidence.n} is not in the room's record")
        seat = self._seats.get(speaker(entry.event))
        moment: Moment = self._moments[evidence.seq]
        return Quoted(
            rater=rater,
            dimension=dimension,
            n=evidence.n,
            by=speaker(entry.event),
            by_name=(seat.name or seat.title) if seat else "",
            text=evidence.quote,
            phase=moment.phase,
            phase_name=self._phases.get(moment.phase or "", ""),
            into=moment.into,
        )


def _cell(rubric: Rubric, sheet: Sheet, mark: Mark, before: Sheet | None, quoting: _Quoting) -> Cell:
    levels = next(d.levels for d in rubric.dimensions if d.key == mark.dimension)
    was = before.mark(mark.dimension) if before is not None else None
    return Cell(
        rater=sheet.seat,
        rater_name=sheet.name,
        dimension=mark.dimension,
        level=mark.level,
        level_name=level_name(levels, mark.level),
        not_observed=mark.not_observed,
        note=mark.note,
        evidence=tuple(quoting.quoted(sheet.seat, mark.dimension, e) for e in mark.evidence),
        changed=was is not None and was.level != mark.level,
        was=was.level if was is not None else None,
    )

"""A rater's marks beside the reference marks: how hard, how steady, and on how few marks that rests. Pure."""

from collections.abc import Mapping, Sequence
from statistics import mean, stdev
from typing import NamedTuple

import scipy

from casesim.cohorts.core.recording import Reference
from scenarios.core.schema import Rubric
from scoring.core.estimate import Estimate, unknown
from scoring.core.proportions import wilson
from scoring.core.sheets import Mark, level_name

FEWEST = 3  # recordings before a leaning has an interval
SHARE = 0.90  # of the interval


class Line(NamedTuple):
    """One dimension: what was marked, what should have been and why. `apart`: above zero is milder."""

    key: str
    name: str
    yours: int | None
    yours_name: str
    reference: int | None
    reference_name: str
    apart: int | None
    reason: str
    quotes: tuple[str, ...]
    note: str
    at_an_end: bool  # the reference is the lowest or the highest level: one can be off one way only


class Compared(NamedTuple):
    """One recording."""

    title: str
    lines: tuple[Line, ...]
    lesson: str = ""

    @property
    def differences(self) -> list[int]:
        return [line.apart for line in self.lines if line.apart is not None]


class Overall(NamedTuple):
    """All recordings together. `spread`: how far marks lie from their own mean distance, in levels."""

    leaning: Estimate
    spread: Estimate
    exact: Estimate
    adjacent: Estimate
    marks: int
    at_ends: int
    says: str


def compared(
    title: str, rubric: Rubric, marks: Mapping[str, Mark], reference: Mapping[str, Reference]
) -> Compared:
    """A scoresheet beside the reference, in the rubric's order."""
    lines = []
    for d in rubric.dimensions:
        mark, wanted = marks.get(d.key), reference[d.key]
        yours = mark.level if mark is not None else None
        known = yours is not None and wanted.level is not None
        lines.append(
            Line(
                key=d.key,
                name=d.name,
                yours=yours,
                yours_name=level_name(d.levels, yours),
                reference=wanted.level,
                reference_name=level_name(d.levels, wanted.level),
                apart=(yours or 0) - (wanted.level or 0) if known else None,
                reason=wanted.reason,
                quotes=wanted.quotes,
                note=mark.note if mark is not None else "",
                at_an_end=wanted.level in (d.levels[0].value, d.levels[-1].value),
            )
        )
    return Compared(title, tuple(lines))


def overall(recordings: Sequence[Compared]) -> Overall:
    """What all recordings tell of a rater, as far as so few marks can."""
    each = [found for one in recordings if (found := one.differences)]
    flat = [difference for one in each for difference in one]
    ends = sum(line.at_an_end for one in recordings for line in one.lines if line.apart is not None)
    leaning = _leaning([mean(one) for one in each], len(each))
    return Overall(
        leaning=leaning,
        spread=_spread(flat),
        exact=_share(sum(d == 0 for d in flat), len(flat)),
        adjacent=_share(sum(abs(d) <= 1 for d in flat), len(flat)),
        marks=len(flat),
        at_ends=ends,
        says=_says(leaning, flat),
    )


def _leaning(means: Sequence[float], count: int) -> Estimate:
    """Each recording counts once: marks of one room are not independent of one another."""
    if not means:
        return unknown("nothing to compare yet")
    if count < FEWEST:
        return Estimate(
            value=mean(means), n=count, caution=f"from {count} of {FEWEST} recordings: no interval"
        )
    reach = float(scipy.stats.t.ppf((1 + SHARE) / 2, count - 1)) * stdev(means) / count**0.5
    return Estimate(value=mean(means), n=count, interval=(mean(means) - reach, mean(means) + reach))


def _spread(flat: Sequence[int]) -> Estimate:
    return Estimate(value=stdev(flat), n=len(flat)) if len(flat) > 1 else unknown("too few marks", len(flat))


def _share(hits: int, of: int) -> Estimate:
    if not of:
        return unknown("nothing to compare yet")
    return Estimate(value=hits / of, n=of, interval=wilson(hits, of))


def _says(leaning: Estimate, flat: Sequence[int]) -> str:
    if leaning.value is None:
        return "Nothing can be said yet."
    way = "milder" if leaning.value > 0 else "harder"
    near = abs(leaning.value) < 0.25
    said = (
        "About as hard as the reference"
        if near
        else f"{abs(leaning.value):.1f} levels {way} than the reference"
    )
    if leaning.interval is None:
        rooms = f"{leaning.n} recording{'s' * (leaning.n != 1)}"
        return f"{said}, on {len(flat)} marks of {rooms}: too few to call it a habit."
    low, high = leaning.interval
    if low <= 0 <= high:
        return f"{said} (90 % interval {low:+.1f} to {high:+.1f}): it may be chance."
    return f"{said} (90 % interval {low:+.1f} to {high:+.1f})."

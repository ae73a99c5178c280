"""Ratings: raters x candidates x dimensions, from plain rows. Checked once, here."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple


class BadRatings(ValueError):
    """Rows that are no ratings; the message names every bad row."""


class Row(NamedTuple):
    """One rating. `level` None is "not observed": a missing cell, never a low score."""

    rater: str
    candidate: str
    dimension: str
    level: int | None


class Unit(NamedTuple):
    """What raters can agree on: one candidate on one dimension."""

    candidate: str
    dimension: str


@dataclass(frozen=True, slots=True)
class Ratings:
    """`rows` sorted, one for each rater, candidate and dimension; `replaced` are earlier duplicates."""

    rows: tuple[Row, ...]
    replaced: tuple[Row, ...] = ()

    @property
    def raters(self) -> tuple[str, ...]:
        return tuple(sorted({row.rater for row in self.rows}))

    @property
    def candidates(self) -> tuple[str, ...]:
        return tuple(sorted({row.candidate for row in self.rows}))

    @property
    def dimensions(self) -> tuple[str, ...]:
        return tuple(sorted({row.dimension for row in self.rows}))

    def units(self) -> dict[Unit, dict[str, int]]:
        """The levels given: unit -> rater -> level, without what was not observed."""
        given: dict[Unit, dict[str, int]] = {}
        for row in self.rows:
            if row.level is not None:
                given.setdefault(Unit(row.candidate, row.dimension), {})[row.rater] = row.level
        return given


def ratings(rows: Iterable[Row], lowest: int = 1, highest: int = 9) -> Ratings:
    """Ratings from rows in the order they were given; of duplicates the latest is kept.

    Raises BadRatings when a name is empty or a level is no whole number from lowest to highest.
    """
    rows = tuple(rows)
    wrong = [text for place, row in enumerate(rows, 1) for text in _wrong(place, row, lowest, highest)]
    if wrong:
        raise BadRatings("; ".join(wrong))
    kept: dict[tuple[str, str, str], Row] = {}
    replaced = []
    for row in rows:
        cell = (row.candidate, row.rater, row.dimension)
        if cell in kept:
            replaced.append(kept[cell])
        kept[cell] = row
    return Ratings(tuple(kept[cell] for cell in sorted(kept)), tuple(replaced))


def _wrong(place: int, row: Row, lowest: int, highest: int) -> Iterable[str]:
    for name in ("rater", "candidate", "dimension"):
        if not getattr(row, name):
            yield f"row {place} has no {name}"
    level: object = row.level
    if level is None:
        return
    if not isinstance(level, int) or isinstance(level, bool) or not lowest <= level <= highest:
        yield f"row {place}: level {level!r} is not a whole number from {lowest} to {highest}"

"""Ratings: who marked whom on what, as columns of numbers. Checked once, here.

A million rows are a few arrays; names are kept apart, sorted, and each row has their places.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

MOST_LEVELS = 101  # a scale from 0 to 100; anything longer is a slip of the pen
NOT_OBSERVED = -1
Scale = tuple[int, int]  # the lowest and the highest level
Repeats = Literal["latest", "keep"]
_Number = TypeVar("_Number", bound=np.generic)


class BadRatings(ValueError):
    """Rows that are no ratings; `problems` names every bad one, up to a stated number."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = tuple(problems)


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


class Named(NamedTuple):
    """A column of names: the distinct `names`, sorted, and for each row the place of its name."""

    names: tuple[str, ...]
    place: NDArray[np.int32]  # (n,)


@dataclass(frozen=True, slots=True, eq=False)
class Ratings:
    """n rows, sorted by candidate, rater, dimension and month. The arrays cannot be written to.

    `levels` is the whole scale, lowest first, whether or not every level was given; empty when
    nothing was observed and no scale was named.
    """

    raters: tuple[str, ...]  # sorted names; likewise the next two
    candidates: tuple[str, ...]
    dimensions: tuple[str, ...]
    levels: tuple[int, ...]  # consecutive
    rater: NDArray[np.int32]  # (n,), places in `raters`
    candidate: NDArray[np.int32]
    dimension: NDArray[np.int32]
    level: NDArray[np.int16]  # (n,), places in `levels`; -1 is "not observed"
    month: NDArray[np.float64]  # (n,), months since the first rating; nan where unknown
    replaced: NDArray[np.int64]  # places in what was given of rows that a later one replaced

    @property
    def observed(self) -> NDArray[np.bool_]:
        """Which rows have a level: shape (n,)."""
        seen: NDArray[np.bool_] = self.level != NOT_OBSERVED
        return seen

    @property
    def rows(self) -> tuple[Row, ...]:
        """The rows with their names: for one room or a test, not for a workspace."""
        return tuple(
            Row(
                self.raters[rater],
                self.candidates[candidate],
                self.dimensions[dimension],
                None if level == NOT_OBSERVED else self.levels[level],
            )
            for rater, candidate, dimension, level in zip(
                self.rater, self.candidate, self.dimension, self.level, strict=True
            )
        )

    def units(self) -> dict[Unit, dict[str, int]]:
        """The levels given: unit -> rater -> level, without what was not observed. Of repeats the latest."""
        given: dict[Unit, dict[str, int]] = {}
        for row in self.rows:
            if row.level is not None:
                given.setdefault(Unit(row.candidate, row.dimension), {})[row.rater] = row.level
        return given


def ratings(rows: Iterable[Row], scale: Scale | None = None, repeats: Repeats = "latest") -> Ratings:
    """Ratings from plain rows. Without a `scale` it goes from the lowest to the highest level given.

    Raises BadRatings when a name is empty or a level is no whole number on the scale.
    """
    rows = tuple(rows)
    wrong = [text for place, row in enumerate(rows, 1) for text in _wrong(place, row, scale)]
    if wrong:
        raise BadRatings(wrong)
    return from_columns(
        [row.rater for row in rows],
        [row.candidate for row in rows],
        [row.dimension for row in rows],
        [np.nan if row.level is None else row.level for row in rows],
        scale=scale,
        repeats=repeats,
    )


def from_columns(
    rater: Sequence[str] | Named,
    candidate: Sequence[str] | Named,
    dimension: Sequence[str] | Named,
    level: ArrayLike,
    month: ArrayLike | None = None,
    *,
    scale: Scale | None = None,
    repeats: Repeats = "latest",
) -> Ratings:
    """Ratings from columns of n rows in the order they were given.

    `level` holds whole numbers, nan for "not observed"; `month` months since any day, nan where
    unknown. Of rows with the same rater, candidate and
    dimension the latest stays (by month, then as given; an unknown month is the earliest), or all
    with `repeats="keep"`. Raises BadRatings.
    """
    raters, candidates, dimensions = (
        column if isinstance(column, Named) else named(column) for column in (rater, candidate, dimension)
    )
    given = np.asarray(level, np.float64)
    when = np.full(len(given), np.nan) if month is None else np.asarray(month, np.float64)
    cell = (candidates.place, raters.place, dimensions.place)
    if len({len(column) for column in (*cell, given, when)}) > 1:
        raise BadRatings(["the columns differ in length"])
    levels = _levels(given, scale)
    order = _order(cell, when, given, repeats)
    stays = (
        np.ones(len(order), bool) if repeats == "keep" else last_of_cell([column[order] for column in cell])
    )
    kept = order[stays]
    return Ratings(
        raters=raters.names,
        candidates=candidates.names,
        dimensions=dimensions.names,
        levels=levels,
        rater=_fixed(raters.place[kept]),
        candidate=_fixed(candidates.place[kept]),
        dimension=_fixed(dimensions.place[kept]),
        level=_fixed(_places(given[kept], levels)),
        month=_fixed(_since_first(when[kept])),
        replaced=_fixed(np.sort(order[~stays])),
    )


def named(column: Iterable[str]) -> Named:
    """A column of names as sorted names and places."""
    first_seen: defaultdict[str, int] = defaultdict()
    first_seen.default_factory = first_seen.__len__
    place = np.fromiter(map(first_seen.__getitem__, column), np.int32)
    return renamed(tuple(first_seen), place)


def renamed(names: Sequence[str], place: NDArray[np.int32]) -> Named:
    """Places in any `names`, which may repeat, as places in the sorted distinct ones."""
    distinct = sorted(set(names))
    rank = {name: n for n, name in enumerate(distinct)}
    return Named(tuple(distinct), np.array([rank[name] for name in names], np.int32)[place])


def last_of_cell(columns: Sequence[NDArray[np.int32]]) -> NDArray[np.bool_]:
    """Which of the sorted rows are the last with the same places in all columns: shape (n,)."""
    last = np.ones(len(columns[0]), bool)
    last[:-1] = np.any([column[1:] != column[:-1] for column in columns], axis=0)
    return last


def _wrong(place: int, row: Row, scale: Scale | None) -> Iterable[str]:
    for name in ("rater", "candidate", "dimension"):
        if not getattr(row, name):
            yield f"row {place} has no {name}"
    if row.level is not None and not _on(scale, row.level):
        on_scale = f" from {scale[0]} to {scale[1]}" if scale else ""
        yield f"row {place}: level {row.level!r} is not a whole number{on_scale}"


def _on(scale: Scale | None, level: object) -> bool:
    if not isinstance(level, int) or isinstance(level, bool):
        return False
    return scale is None or scale[0] <= level <= scale[1]


def _levels(given: NDArray[np.float64], scale: Scale | None) -> tuple[int, ...]:
    seen = given[~np.isnan(given)]
    if not np.array_equal(seen, np.rint(seen)):
        raise BadRatings([f"level {seen[seen != np.rint(seen)][0]:g} is not a whole number"])
    if scale is None and not len(seen):
        return ()
    low, high = scale or (int(seen.min()), int(seen.max()))
    if len(seen) and (seen.min() < low or seen.max() > high):
        raise BadRatings([f"levels go from {seen.min():g} to {seen.max():g}, the scale from {low} to {high}"])
    if high - low >= MOST_LEVELS:
        raise BadRatings([f"levels go from {low} to {high}; a scale has at most {MOST_LEVELS} levels"])
    return tuple(range(low, high + 1))


def _order(
    cell: Sequence[NDArray[np.int32]],
    month: NDArray[np.float64],
    level: NDArray[np.float64],
    repeats: Repeats,
) -> NDArray[np.int64]:
    """Places of the rows in their order; repeats of one month that are kept are ordered by level."""
    earliest_first = np.where(np.isnan(month), -np.inf, month)
    keys = (earliest_first, *reversed(cell))
    return np.lexsort((level, *keys) if repeats == "keep" else keys)


def _places(level: NDArray[np.float64], levels: tuple[int, ...]) -> NDArray[np.int16]:
    lowest = levels[0] if levels else 0
    return np.where(np.isnan(level), NOT_OBSERVED, level - lowest).astype(np.int16)


def _since_first(month: NDArray[np.float64]) -> NDArray[np.float64]:
    known = month[~np.isnan(month)]
    return month - known.min() if len(known) else month


def _fixed(array: NDArray[_Number]) -> NDArray[_Number]:
    array.flags.writeable = False
    return array

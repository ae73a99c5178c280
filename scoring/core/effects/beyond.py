"""What each sheet gave beyond what the other raters of that candidate lead one to expect.

The candidate is placed against the calibration without that sheet, so nobody is part of what they are held
against; the rater's severity is in what is expected. Whose sheet it was and of whom is all that is kept:
nothing here knows groups of people.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from scenarios.core.schema import Doc
from scoring.core.facets.frozen import Frozen, place
from scoring.core.facets.kernel import Floats, averaged
from scoring.core.ratings import NOT_OBSERVED, Ratings

Tell = Callable[[int], None]


class Beyond(Doc):
    """One rater's sheet on one candidate, in levels a dimension; above 0: more than was expected."""

    rater: str
    candidate: str
    levels: float


class _Sheets(NamedTuple):
    """The sheets with a mark: who wrote each of whom, its place among the candidate's, and each row's."""

    rater: NDArray[np.int64]
    candidate: NDArray[np.int64]
    rank: NDArray[np.int64]
    of_row: NDArray[np.int64]  # -1: not observed


def beyond(frozen: Frozen, ratings: Ratings, tell: Tell | None = None) -> tuple[Beyond, ...]:
    """Every sheet of a candidate whom somebody else marked too, in order of candidate and rater."""
    sheets, found = _sheets(ratings), dict[int, float]()
    for rank in range(int(sheets.rank.max(initial=-1)) + 1):
        found.update(_without(frozen, ratings, sheets, rank))
        if tell:
            tell(rank)
    return tuple(
        Beyond(
            rater=ratings.raters[sheets.rater[at]],
            candidate=ratings.candidates[sheets.candidate[at]],
            levels=round(found[at], 4),
        )
        for at in sorted(found)
    )


def _sheets(ratings: Ratings) -> _Sheets:
    seen = np.flatnonzero(ratings.observed)
    key = ratings.candidate[seen].astype(np.int64) * len(ratings.raters) + ratings.rater[seen]
    keys, place_of = np.unique(key, return_inverse=True)
    candidate, rater = keys // max(len(ratings.raters), 1), keys % max(len(ratings.raters), 1)
    of_row = np.full(len(ratings.level), -1)
    of_row[seen] = place_of
    return _Sheets(rater, candidate, np.arange(len(keys)) - np.searchsorted(candidate, candidate), of_row)


def _without(frozen: Frozen, ratings: Ratings, sheets: _Sheets, rank: int) -> Iterator[tuple[int, float]]:
    """The sheets of that rank, each against the other sheets of its candidate."""
    left = (sheets.of_row >= 0) & (sheets.rank[sheets.of_row] == rank)
    others = replace(ratings, level=np.where(left, NOT_OBSERVED, ratings.level).astype(np.int16))
    rows = np.flatnonzero(left & np.isin(ratings.candidate, ratings.candidate[others.observed]))
    if len(rows):
        apart = ratings.level[rows] - _expected(frozen, others, rows)
        at = sheets.of_row[rows]
        total, count = np.bincount(at, apart), np.bincount(at)
        yield from ((int(one), float(total[one] / count[one])) for one in np.unique(at))


def _expected(frozen: Frozen, others: Ratings, rows: NDArray[np.int64]) -> Floats:
    """The mark expected in each of these rows, from the lowest level: (rows,)."""
    known = place(frozen, others)
    candidate, dimension = known.ratings.candidate[rows], known.ratings.dimension[rows]
    raters = [frozen.raters[others.raters[rater]] for rater in others.rater[rows]]
    leniency = np.array([rater.leniency.mean for rater in raters])
    leaning = np.array(
        [
            rater.leanings[d].mean if rater.leanings else 0.0
            for rater, d in zip(raters, dimension, strict=True)
        ]
    )
    ability = known.abilities()
    level = ability.mean[candidate, dimension] + leniency + leaning
    steps = np.array(frozen.steps)[dimension]
    return averaged(frozen.settings.link, level, ability.sd[candidate, dimension] ** 2, steps).mean

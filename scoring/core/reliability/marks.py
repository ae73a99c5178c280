"""The levels given, as agreement counts them: at most one of each rater on each unit.

A unit is one candidate on one dimension. Counts are sparse throughout: there is no table of raters by
units, of which most cells would be empty.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from scoring.core.ratings import Ratings, last_of_cell


@dataclass(frozen=True, slots=True, eq=False)
class Marks:
    """n levels that were given. Places count from 0 without gaps; candidates nobody marked have none."""

    levels: tuple[int, ...]
    candidate: NDArray[np.intp]  # (n,)
    rater: NDArray[np.intp]  # (n,)
    dimension: NDArray[np.intp]  # (n,)
    unit: NDArray[np.intp]  # (n,)
    level: NDArray[np.intp]  # (n,), places in `levels`
    candidates: int
    raters: int
    units: int

    @property
    def candidate_of_unit(self) -> NDArray[np.intp]:
        """Shape (units,)."""
        found = np.empty(self.units, np.intp)
        found[self.unit] = self.candidate
        return found

    @property
    def score(self) -> NDArray[np.float64]:
        """The levels as numbers, shape (n,)."""
        return np.asarray(self.levels, np.float64)[self.level]

    def counts(self) -> sparse.csr_array:
        """How many raters gave each level on each unit: units x levels."""
        ones = np.ones(len(self.level))
        shape = (self.units, len(self.levels))
        return sparse.coo_array((ones, (self.unit, self.level)), shape=shape).tocsr()


def marks(ratings: Ratings, dimension: str | None = None) -> Marks:
    """The levels given, on one dimension or on all; where a rater repeated a mark, the latest."""
    stays = ratings.observed
    if dimension is not None:
        stays = stays & (ratings.dimension == ratings.dimensions.index(dimension))
    rows = np.flatnonzero(stays)
    cell = [column[rows] for column in (ratings.candidate, ratings.rater, ratings.dimension)]
    rows = rows[last_of_cell(cell)]  # they are sorted by cell and month: the latest
    candidate, rater = ratings.candidate[rows], ratings.rater[rows]
    unit = candidate.astype(np.int64) * len(ratings.dimensions) + ratings.dimension[rows]
    candidates, candidate_place = np.unique(candidate, return_inverse=True)
    raters, rater_place = np.unique(rater, return_inverse=True)
    units, unit_place = np.unique(unit, return_inverse=True)
    return Marks(
        levels=ratings.levels,
        candidate=candidate_place,
        rater=rater_place,
        dimension=ratings.dimension[rows].astype(np.intp),
        unit=unit_place,
        level=ratings.level[rows].astype(np.intp),
        candidates=len(candidates),
        raters=len(raters),
        units=len(units),
    )

"""A part of the candidates from which the spreads are estimated.

It depends on the marks and on the seed, never on names or on the order of rows: each rater and each
dimension is known by a number made from who marked what, so the same marks give the same part.
"""

import numpy as np
from numpy.typing import NDArray

from scoring.core.ratings import Ratings

MOST_CANDIDATES = 2500  # enough to know every spread to 2 or 3 %
ROUNDS = 3  # of telling one's neighbours one's number

Numbers = NDArray[np.uint64]


def sample(ratings: Ratings, seed: int, most: int = MOST_CANDIDATES) -> Ratings:
    """At most so many candidates with all their marks, so chosen that few raters mark them all.

    Raters join in a seeded order; candidates are taken as soon as all their raters have joined. So the
    raters of the part share candidates much as in the whole.
    """
    if len(ratings.candidates) <= most:
        return ratings
    of_rater, of_candidate = _numbers(ratings)
    joins = np.argsort(np.argsort(_mixed(of_rater, seed), kind="stable"))
    complete = np.zeros(len(ratings.candidates), np.int64)
    np.maximum.at(complete, ratings.candidate, joins[ratings.rater])
    marked = np.bincount(ratings.candidate[ratings.observed], minlength=len(complete)) > 0
    complete[~marked] = len(joins)
    chosen = np.zeros(len(complete), bool)
    chosen[np.lexsort((_mixed(of_candidate, seed), complete))[:most]] = True
    return _only(ratings, chosen)


def _only(ratings: Ratings, chosen: NDArray[np.bool_]) -> Ratings:
    """The marks of the chosen candidates, with the raters who gave them."""
    rows = chosen[ratings.candidate]
    raters, rater = np.unique(ratings.rater[rows], return_inverse=True)
    candidates, candidate = np.unique(ratings.candidate[rows], return_inverse=True)
    return Ratings(
        raters=tuple(ratings.raters[r] for r in raters),
        candidates=tuple(ratings.candidates[c] for c in candidates),
        dimensions=ratings.dimensions,
        levels=ratings.levels,
        rater=rater.astype(np.int32),
        candidate=candidate.astype(np.int32),
        dimension=ratings.dimension[rows],
        level=ratings.level[rows],
        month=ratings.month[rows],
        replaced=np.zeros(0, np.int64),
    )


def _numbers(ratings: Ratings) -> tuple[Numbers, Numbers]:
    """A number for each rater and each candidate, from their marks and their neighbours' numbers."""
    columns = (ratings.rater, ratings.candidate, ratings.dimension)
    numbers = [
        np.ones(len(names), np.uint64) for names in (ratings.raters, ratings.candidates, ratings.dimensions)
    ]
    level = _mixed((ratings.level.astype(np.int64) + 2).astype(np.uint64), 1)
    for _ in range(ROUNDS):
        mark = level.copy()
        for number, column in zip(numbers, columns, strict=True):
            mark = _mixed(mark + number[column], 2)
        numbers = [
            _summed(_mixed(mark + number[column], 3), column, len(number))
            for number, column in zip(numbers, columns, strict=True)
        ]
    return numbers[0], numbers[1]


def _summed(values: Numbers, at: NDArray[np.int32], size: int) -> Numbers:
    """Sums that overflow without harm: the order of the rows does not matter."""
    total = np.zeros(size, np.uint64)
    np.add.at(total, at, values)
    return total


def _mixed(values: Numbers, salt: int) -> Numbers:
    """Spread over all 64 bits (the finaliser of SplitMix64: Steele, Lea & Flood 2014)."""
    x = values + np.uint64((salt + 1) * 0x9E3779B97F4A7C15 % 2**64)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))

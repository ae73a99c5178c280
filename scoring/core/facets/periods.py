"""Severity in time: one effect for each rater and period in which he marked."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from scoring.core.facets.kernel import Floats

LENGTHS = (1.0, 2.0, 3.0, 6.0, 12.0)  # months; the shortest that can be afforded is taken


class Periods(NamedTuple):
    """Effects of severity: a rater's first stands for itself, each later one steps from the one before."""

    of_mark: NDArray[np.intp]  # (n,)
    rater: NDArray[np.intp]  # (size,)
    month: Floats  # (size,): where the period begins; nan for a rater whose severity stands still
    parent: NDArray[np.intp]  # (size,): -1 for a rater's first
    gap: Floats  # (size,): months since the parent's period; 1 where there is none
    length: float | None  # months in a period; None where nobody's severity may drift


def periods(rater: NDArray[np.int32], month: Floats, raters: int, most: int) -> Periods:
    """The shortest periods that need no more than `most` effects; a rater without marks has one effect."""
    drifts = _drifting(rater, month, raters)
    for length in LENGTHS if drifts.any() else ():
        found = _cut(rater, np.where(drifts[rater], month, np.nan), raters, length)
        if len(found.rater) <= max(most, raters):
            return found
    return _cut(rater, np.full(len(rater), np.nan), raters, None)


def _drifting(rater: NDArray[np.int32], month: Floats, raters: int) -> NDArray[np.bool_]:
    """Raters with marks in two months or more."""
    first, last = np.full(raters, np.inf), np.full(raters, -np.inf)
    known = np.isfinite(month)
    np.minimum.at(first, rater[known], month[known])
    np.maximum.at(last, rater[known], month[known])
    return np.asarray(np.floor(last) > np.floor(first))


def _cut(rater: NDArray[np.int32], month: Floats, raters: int, length: float | None) -> Periods:
    begins = np.floor(month / (length or 1.0))
    # Marks without a date belong to the rater's first period.
    earliest = np.full(raters, np.inf)
    np.fmin.at(earliest, rater, begins)
    begins = np.where(np.isnan(begins), earliest[rater], begins)
    begins = np.where(np.isfinite(begins), begins, 0.0).astype(np.intp)
    width = int(begins.max(initial=0)) + 1
    silent = np.setdiff1d(np.arange(raters), rater)
    key = rater.astype(np.intp) * width + begins
    seen = np.union1d(key, silent * width)
    whose = seen // width
    parent = np.where(whose == np.roll(whose, 1), np.arange(len(seen)) - 1, -1)
    if len(seen):
        parent[0] = -1
    starts = seen % width * (length or 1.0)
    gap = np.where(parent >= 0, starts - starts[parent], 1.0)
    still = ~np.isfinite(earliest[whose])
    return Periods(np.searchsorted(seen, key), whose, np.where(still, np.nan, starts), parent, gap, length)

"""Percentile intervals by drawing candidates again: seeded, so the same input has the same interval.

What hangs together is drawn together: all marks of a candidate come or stay away. The raters are
taken as they are; an interval does not say what other raters would have done.
"""

from collections.abc import Iterator

import numpy as np

from scoring.core.estimate import Estimate, unknown
from scoring.core.reliability.pairs import Array

COVERS = 0.95
FEWEST = 5  # candidates; to draw from fewer says little
BLOCK = 50  # draws held at one time
MOST_FAILED = 0.05  # share of draws without a value above which there is no interval


def draws(candidates: int, times: int, seed: int) -> Iterator[Array]:
    """How often each candidate is drawn, in blocks of shape (at most BLOCK, candidates)."""
    chance = np.random.default_rng(seed)
    for start in range(0, times, BLOCK):
        some = [
            np.bincount(chance.integers(0, candidates, candidates), minlength=candidates)
            for _ in range(min(BLOCK, times - start))
        ]
        yield np.array(some, np.float64)


def interval(values: Array) -> tuple[float, float] | None:
    """The middle COVERS of the values drawn, or None where too many have none."""
    good = values[np.isfinite(values)]
    if not len(good) or len(good) < (1 - MOST_FAILED) * len(values):
        return None
    tail = (1 - COVERS) / 2
    low, high = np.quantile(good, [tail, 1 - tail])
    return float(low), float(high)


def estimated(value: float, n: int, drawn: Array, candidates: int, why: str) -> Estimate:
    """A value with the interval of the values drawn; `why` is the reason where it is no number."""
    if not np.isfinite(value):
        return unknown(why, n)
    if candidates < FEWEST:
        text = f"no interval: {candidates} candidate{'s' * (candidates != 1)}, it needs {FEWEST}"
        return Estimate(value=value, n=n, caution=text)
    found = interval(drawn)
    caution = None if found else "no interval: too many of the draws have no value"
    return Estimate(value=value, n=n, interval=found, caution=caution)

"""What ordinary raters show: the model's own parametric bootstrap.

The model is fitted again to marks drawn from it, in which no rater has an effect beyond an ordinary severity.
Each rater is held against himself in those draws, so that few interviews or an odd design mislead nobody; and
against the middle of all raters, both there and in what was observed: most are taken to be ordinary, and what
the others do to the fit moves everybody.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from scoring.core.effects.statistics import SIDES

Floats = NDArray[np.float64]
STILL = 1e-9  # a spread that is rounding alone
FEWEST = 8  # replicates; a spread of fewer is no spread


class Ordinary(NamedTuple):
    """`centre` and `spread` (raters, measures); `tails`: by measure, all replicates' distances, sorted."""

    centre: Floats
    spread: Floats
    tails: tuple[Floats, ...]


def ordinary(replicates: Floats) -> Ordinary:
    """From statistics (replicates, raters, measures). Raises ValueError for fewer than FEWEST replicates."""
    count = len(replicates)
    if count < FEWEST:
        raise ValueError(f"{count} replicates; at least {FEWEST} are needed")
    replicates = replicates - middle(replicates)
    centre, spread = replicates.mean(axis=0), replicates.std(axis=0, ddof=1)
    distances = _far(_held_out(replicates))
    tails = [np.sort(column[np.isfinite(column)]) for column in distances.reshape(-1, len(SIDES)).T]
    return Ordinary(centre, spread * (1 + 1 / count) ** 0.5, tuple(tails))


def chances(statistic: Floats, known: Ordinary) -> Floats:
    """(raters, measures): how often an ordinary rater is as far out; nan where nothing is known."""
    distance = _far(_standardised(statistic - middle(statistic), known.centre, known.spread))
    found = np.full(distance.shape, np.nan)
    for place, tail in enumerate(known.tails):
        beyond = len(tail) - np.searchsorted(tail, distance[:, place] - 1e-12)
        found[:, place] = (1 + beyond) / (1 + len(tail))
    return np.where(np.isfinite(distance), found, np.nan)


def cutoffs(statistic: Floats, known: Ordinary, share: float = 0.05) -> tuple[Floats, Floats]:
    """(low, high), each (raters, measures), beyond which lies that share of ordinary raters.

    Infinite on the side that counts for nothing.
    """
    reach = np.array([np.quantile(tail, 1 - share) if len(tail) else np.nan for tail in known.tails])
    centre = known.centre + middle(statistic)
    low = np.where(SIDES > 0, -np.inf, centre - reach * known.spread)
    return low, np.where(SIDES < 0, np.inf, centre + reach * known.spread)


def middle(statistic: Floats) -> Floats:
    """(..., 1, measures): the median over raters, without those of whom nothing is known."""
    known = np.isfinite(statistic)
    padded = np.sort(np.where(known, statistic, np.inf), axis=-2)
    count = known.sum(axis=-2, keepdims=True)
    low, high = (
        np.take_along_axis(padded, np.maximum(at, 0), axis=-2) for at in ((count - 1) // 2, count // 2)
    )
    return np.where(count > 0, (low + high) / 2, np.nan)


def _held_out(replicates: Floats) -> Floats:
    """Each replicate in units of the others, as what was observed is in units of all."""
    n = len(replicates)
    centre = (replicates.sum(axis=0) - replicates) / (n - 1)
    squares = (replicates**2).sum(axis=0) - replicates**2
    variance = (squares - (n - 1) * centre**2) / (n - 2)
    return _standardised(replicates, centre, np.sqrt(np.maximum(variance, 0.0) * (1 + 1 / (n - 1))))


def _standardised(statistic: Floats, centre: Floats, spread: Floats) -> Floats:
    apart = statistic - centre
    return np.divide(apart, spread, out=np.full_like(apart, np.nan), where=spread > STILL)


def _far(standardised: Floats) -> Floats:
    """How far out on the side that counts."""
    return np.where(SIDES == 0, np.abs(standardised), SIDES * standardised)

"""What ordinary raters show: the model's own parametric bootstrap.

The model is fitted again to marks drawn from it, in which no rater has an effect beyond an ordinary severity.
Each rater is held against himself in those draws, so that few interviews or an odd design mislead nobody;
but what so few draws say of one rater is drawn to what they say of all. And each is held against the middle
of all raters, there and in what was observed: most are taken to be ordinary, and what the others do to the
fit moves everybody.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import polygamma

from scoring.core.effects.statistics import SIDES

Floats = NDArray[np.float64]
STILL = 1e-18  # a variance that is rounding alone
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
    others = [np.delete(replicates, held, axis=0) for held in range(count)]
    distances = np.stack([_far(each, *_units(rest)) for each, rest in zip(replicates, others, strict=True)])
    tails = [np.sort(column[np.isfinite(column)]) for column in distances.reshape(-1, len(SIDES)).T]
    return Ordinary(*_units(replicates), tuple(tails))


def chances(statistic: Floats, known: Ordinary) -> Floats:
    """(raters, measures): how often an ordinary rater is as far out; nan where nothing is known."""
    distance = _far(statistic - middle(statistic), known.centre, known.spread)
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


def _units(replicates: Floats) -> tuple[Floats, Floats]:
    """Centre of each rater's statistics, and spread of another draw about it: (raters, measures) each."""
    count = len(replicates)
    variance = replicates.var(axis=0, ddof=1)
    centre = _shrunk(replicates.mean(axis=0), _mean(variance) / count)
    moving = np.log(variance, out=np.full_like(variance, np.nan), where=variance > STILL)
    spread = np.exp(_shrunk(moving, polygamma(1, (count - 1) / 2)) / 2)  # of a log variance, if normal
    return centre, spread * (1 + 1 / count) ** 0.5


def _shrunk(values: Floats, noise: Floats) -> Floats:
    """Values (raters, measures) drawn to their mean by the share of their variance that is noise."""
    apart = values - _mean(values)
    variance = _mean(apart**2)
    kept = 1 - np.divide(noise, variance, out=np.ones_like(variance), where=variance > noise)
    return _mean(values) + kept * apart


def _mean(values: Floats) -> Floats:
    """Over the raters of whom something is known: (measures,)."""
    known = np.isfinite(values)
    found: Floats = np.where(known, values, 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    return found


def _far(statistic: Floats, centre: Floats, spread: Floats) -> Floats:
    """How many spreads from the centre, on the side that counts; nan where nothing is known."""
    away = (statistic - centre) / spread
    return np.where(SIDES == 0, np.abs(away), SIDES * away)

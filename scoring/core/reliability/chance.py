"""Agreement beyond chance: coefficients from sums of pairs, one formula a function.

Each takes `Sums` of B weightings and returns B numbers, nan where the formula divides by zero.
Weights are matrices over levels: 1 on the diagonal, between 0 and 1 for partial agreement.

Krippendorff, K. (2011), Computing Krippendorff's alpha-reliability. Fleiss, J. L. (1971), Measuring
nominal scale agreement among many raters. Cohen, J. (1968), Weighted kappa. Conger, A. J. (1980),
Integration and generalization of kappas for multiple raters. Gwet, K. L. (2014), Handbook of
inter-rater reliability, 4th ed., for all of them with weights and missing marks.
"""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from scoring.core.reliability.pairs import Array, Sums

Metric = Literal["nominal", "ordinal", "interval", "ratio"]
Weighting = Literal["unweighted", "linear", "quadratic"]
METRICS: tuple[Metric, ...] = ("nominal", "ordinal", "interval", "ratio")
ZERO = 1e-12  # nearer than this is rounding
WEIGHTINGS: tuple[Weighting, ...] = ("unweighted", "linear", "quadratic")


def weights(levels: Array, kind: Weighting) -> Array:
    """Agreement weights over K levels, shape (K, K)."""
    apart = np.abs(levels[:, None] - levels[None, :])
    share = apart / max(float(apart.max(initial=0.0)), 1.0)
    found: Array = {
        "unweighted": (apart == 0).astype(np.float64),
        "linear": 1 - share,
        "quadratic": 1 - share**2,
    }[kind]
    return found


# --- Krippendorff's alpha --------------------------------------------------------------------------------


def alpha(sums: Sums, metric: Metric) -> Array:
    """1 - observed / expected disagreement, from the coincidences of levels."""
    given = sums.coincidence.sum(axis=2)
    total = given.sum(axis=1)
    distance = _distance(sums.levels, given, metric)
    observed = (sums.coincidence * distance).sum(axis=(1, 2))
    expected = np.einsum("bc,bk,bck->b", given, given, distance)
    return 1 - ratio(observed * (total - 1), expected)


def _distance(levels: Array, given: Array, metric: Metric) -> Array:
    """Squared distances of levels, shape (B, K, K). Ordinal ones count the marks between two levels."""
    if metric == "ordinal":
        below = np.cumsum(given, axis=1) - given / 2
        return (below[:, :, None] - below[:, None, :]) ** 2
    one, other = levels[:, None], levels[None, :]
    squared = {
        "nominal": (one != other).astype(float),
        "interval": (one - other) ** 2,
        "ratio": np.nan_to_num(ratio(one - other, one + other)) ** 2,
    }[metric]
    return np.broadcast_to(squared, (len(given), *squared.shape))


# --- kappas -----------------------------------------------------------------------------------------------


def fleiss(sums: Sums, weight: Array) -> Array:
    """Chance: two marks drawn from the shares of levels over all units."""
    share = level_shares(sums)
    return beyond(observed(sums, weight), np.einsum("bc,ck,bk->b", share, weight, share))


def gwet(sums: Sums, weight: Array) -> Array:
    """AC1, and AC2 with weights. Chance: a mark at random on the units that are hard to mark."""
    k = len(sums.levels)
    share = level_shares(sums)
    hard = weight.sum() * (share * (1 - share)).sum(axis=1)
    return beyond(observed(sums, weight), ratio(hard, np.full(len(hard), k * (k - 1.0))))


def conger(sums: Sums, by_rater: Array, weight: Array) -> Array:
    """Cohen's kappa for R raters. Chance: marks from two different raters' own shares of levels.

    `by_rater` counts the levels each rater gave, shape (R, K).
    """
    share = by_rater / by_rater.sum(axis=1, keepdims=True)
    mean = share.mean(axis=0)
    together = share.T @ share
    raters = len(share)
    # of all ordered pairs of raters, those of a rater with himself are left out
    apart = (raters**2 * np.outer(mean, mean) - together) / max(raters * (raters - 1), 1)
    return beyond(observed(sums, weight), np.full(len(sums.units), (weight * apart).sum()))


def cohen(table: Array, weight: Array) -> Array:
    """Two raters, B tables of the levels they gave the same units: shape (B, K, K)."""
    shares = np.nan_to_num(ratio(table, table.sum(axis=(1, 2), keepdims=True)))
    rows, columns = shares.sum(axis=2), shares.sum(axis=1)
    return beyond((shares * weight).sum(axis=(1, 2)), np.einsum("bc,ck,bk->b", rows, weight, columns))


def observed(sums: Sums, weight: Array) -> Array:
    """The weighted share of agreeing pairs, each unit with two marks or more weighing the same."""
    return ratio((sums.agreement * weight).sum(axis=(1, 2)), sums.paired)


def level_shares(sums: Sums) -> Array:
    """How much each level was used, each unit weighing the same: shape (B, K)."""
    return ratio(sums.share, np.broadcast_to(sums.units[:, None], sums.share.shape))


def beyond(agreed: Array, by_chance: Array) -> Array:
    """The agreement beyond chance as a share of what is possible beyond chance."""
    return ratio(agreed - by_chance, 1 - by_chance)


# --- plain shares ------------------------------------------------------------------------------------------


def within(sums: Sums, apart: int) -> Array:
    """The share of pairs of marks that are at most `apart` levels apart, each pair weighing the same."""
    close: NDArray[np.bool_] = np.abs(sums.levels[:, None] - sums.levels[None, :]) <= apart
    return ratio((sums.pairs * close).sum(axis=(1, 2)), sums.pairs.sum(axis=(1, 2)))


def ratio(above: Array, below: Array) -> Array:
    """above / below, nan where below is zero."""
    above, below = np.broadcast_arrays(above, below)
    found: Array = np.divide(above, below, out=np.full(above.shape, np.nan), where=np.abs(below) > ZERO)
    return found

"""What one mark says about its level: two links with one interface.

A mark x on dimension d has a level eta ~ N(mean, variance) and the steps tau_d of its dimension.

    adjacent     log P(x = k) / P(x = k - 1) = eta - tau_dk        partial credit: Masters (1982)
    cumulative   P(x <= k) = logistic(tau_d,k+1 - eta)             proportional odds: McCullagh (1980)

Both are log-concave in (eta, tau) together, so a fit has one answer. Expectations over eta are by
Gauss-Hermite quadrature; with all variances 0 there is one node, and the fit becomes Laplace's.
"""

from collections.abc import Iterator
from functools import cache
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, log_expit

Floats = NDArray[np.float64]
Ints = NDArray[np.integer]
Link = Literal["adjacent", "cumulative"]

NODES = 7
KEPT_OPEN = 0.05  # of a mark that every inner level is taken to have had: without any it would close
AT_ONCE = 150_000  # cells of one working array: what a processor's cache holds


class Marks(NamedTuple):
    """Observed marks: `level` (n,) from 0, `dimension` (n,), and the number of dimensions."""

    level: Ints
    dimension: Ints
    dimensions: int


class Expected(NamedTuple):
    """Expectations over eta of the log-likelihood and its derivatives; those in tau summed by dimension.

    Rows are marks, k are steps, d dimensions. Weights are negative second derivatives.
    """

    value: Floats  # (n,)
    slope: Floats  # (n,)
    weight: Floats  # (n,)
    cross: Floats  # (k, n): eta against tau
    step_slope: Floats  # (d, k)
    step_weight: Floats  # (d, k, k)
    opening: float  # log of what keeps the inner levels open; it depends on the steps alone


def expect(link: Link, marks: Marks, mean: Floats, variance: Floats, steps: Floats) -> Expected:
    """What the marks say at eta ~ N(mean, variance), with steps (d, k)."""
    n, k = len(mean), steps.shape[1]
    opened = (
        _opened(steps) if link == "cumulative" else (np.zeros_like(steps), np.zeros((*steps.shape, k)), 0.0)
    )
    total = Expected(np.empty(n), np.empty(n), np.empty(n), np.empty((k, n)), *opened)
    kernel = _adjacent if link == "adjacent" else _cumulative
    nodes, weights = _quadrature(variance)
    for rows in _slices(n, len(nodes) * (k + 1)):
        eta = mean[rows] + nodes[:, None] * np.sqrt(variance[rows])
        some = Marks(marks.level[rows], marks.dimension[rows], marks.dimensions)
        _add(total, rows, kernel(some, eta, weights, steps))
    return total


def probabilities(link: Link, eta: Floats, steps: Floats) -> Floats:
    """P(x = k): (k + 1, ...) for eta (...) and steps (k, ...), one dimension's or one row's each."""
    if link == "adjacent":
        return _adjacent_probabilities(eta, _thresholds(steps))
    above = expit(eta - steps)
    edge = np.ones((1, *above.shape[1:]))
    return np.asarray(-np.diff(np.concatenate([edge, above, 0 * edge]), axis=0))


class Score(NamedTuple):
    """An expected score, from 0, at known levels (n, d); its slope in the level and in each step."""

    mean: Floats  # (n, d)
    slope: Floats  # (n, d)
    by_step: Floats  # (n, d, k)


def score(link: Link, eta: Floats, steps: Floats) -> Score:
    """At levels (n, d) with steps (d, k): the score is the number of steps passed."""
    if link == "cumulative":
        passing = expit(eta[:, :, None] - steps)
        bend = passing * (1 - passing)
        return Score(passing.sum(axis=2), bend.sum(axis=2), -bend)
    chances = _adjacent_probabilities(eta, _thresholds(steps.T)[:, None, :])
    mean = _from_above(chances).sum(axis=0)
    levels = np.arange(len(chances)).reshape(-1, 1, 1)
    beyond = _from_above(chances * (levels - mean))  # Cov(x, [x >= k])
    return Score(mean, beyond.sum(axis=0), -np.moveaxis(beyond, 0, 2))


class Averaged(NamedTuple):
    """Of a mark, from 0: its mean, and its variance at a known level, both averaged over the level."""

    mean: Floats  # (n,)
    variance: Floats  # (n,)


def averaged(link: Link, mean: Floats, variance: Floats, steps: Floats) -> Averaged:
    """At levels N(mean, variance) with steps (n, k), one row for each mark."""
    found = Averaged(np.zeros(len(mean)), np.zeros(len(mean)))
    levels = np.arange(steps.shape[1] + 1.0)
    for node, weight in zip(*quadrature(), strict=True):
        chances = probabilities(link, mean + node * np.sqrt(variance), steps.T)
        first, second = levels @ chances, levels**2 @ chances
        found.mean[:] += weight * first
        found.variance[:] += weight * (second - first**2)
    return found


@cache
def quadrature(nodes: int = NODES) -> tuple[Floats, Floats]:
    """Nodes and weights for a standard normal."""
    at, weight = np.polynomial.hermite_e.hermegauss(nodes)
    return at, weight / weight.sum()


def _quadrature(variance: Floats) -> tuple[Floats, Floats]:
    return quadrature(NODES if variance.any() else 1)


def _slices(n: int, width: int) -> Iterator[slice]:
    size = max(AT_ONCE // width, 1)
    return (slice(start, start + size) for start in range(0, n, size))


def _add(total: Expected, rows: slice, part: Expected) -> None:
    total.value[rows], total.slope[rows], total.weight[rows] = part.value, part.slope, part.weight
    total.cross[:, rows] = part.cross
    np.add(total.step_slope, part.step_slope, out=total.step_slope)
    np.add(total.step_weight, part.step_weight, out=total.step_weight)


def sums(at: Ints, values: Floats, size: int) -> Floats:
    """Sums of the values by place: (size,). Always added in the order given, so the same each time."""
    return np.asarray(np.bincount(at, values, size), np.float64)


def _by_dimension(marks: Marks, values: Floats) -> Floats:
    """Sums over rows by dimension: (..., n) to (d, ...)."""
    flat = values.reshape(-1, values.shape[-1])
    each = [sums(marks.dimension, row, marks.dimensions) for row in flat]
    return np.stack(each, axis=1).reshape(marks.dimensions, *values.shape[:-1])


# --- adjacent categories ---------------------------------------------------------------------------------


def _thresholds(steps: Floats) -> Floats:
    """Running sums of the steps along the first axis, beginning with 0."""
    return np.concatenate([np.zeros((1, *steps.shape[1:])), np.cumsum(steps, axis=0)])


def _adjacent_probabilities(eta: Floats, thresholds: Floats) -> Floats:
    levels = np.arange(len(thresholds)).reshape(-1, *[1] * eta.ndim)
    scores = levels * eta - thresholds
    scores -= scores.max(axis=0)
    np.exp(scores, out=scores)
    scores /= scores.sum(axis=0)
    return scores


def _adjacent(marks: Marks, eta: Floats, weights: Floats, steps: Floats) -> Expected:
    """The number of steps passed is sufficient: every derivative is a moment of [x >= k]."""
    thresholds = _thresholds(steps.T)[:, marks.dimension]
    chances = _adjacent_probabilities(eta, thresholds[:, None, :])
    passing = _from_above(chances)
    mean = np.einsum("q,kqn->kn", weights, passing)
    covariance = _covariance(passing, weights, mean)
    cross = -covariance.sum(axis=1)
    passed = marks.level >= np.arange(1, len(passing) + 1)[:, None]
    chance = np.take_along_axis(chances, marks.level[None, None, :].astype(np.intp), axis=0)[0]
    return Expected(
        value=weights @ np.log(np.maximum(chance, np.finfo(float).tiny)),
        slope=marks.level - mean.sum(axis=0),
        weight=-cross.sum(axis=0),
        cross=cross,
        step_slope=_by_dimension(marks, mean - passed),
        step_weight=_by_dimension(marks, covariance),
        opening=0.0,
    )


def _from_above(values: Floats) -> Floats:
    """Sums from the last level down to each level but the lowest: P(x >= k) for chances."""
    sums_above = values[1:].copy()
    for k in range(len(sums_above) - 2, -1, -1):
        sums_above[k] += sums_above[k + 1]
    return sums_above


def _covariance(passing: Floats, weights: Floats, mean: Floats) -> Floats:
    """E Cov([x >= j], [x >= k]): (k, k, n)."""
    covariance = np.empty((len(passing), *mean.shape))
    for k, later in enumerate(passing):
        weighted = weights[:, None] * later
        for j in range(k + 1):
            both = mean[k] - np.einsum("qn,qn->n", weighted, passing[j])
            covariance[j, k] = covariance[k, j] = both
    return covariance


# --- cumulative ------------------------------------------------------------------------------------------


def _cumulative(marks: Marks, eta: Floats, weights: Floats, steps: Floats) -> Expected:
    """A mark lies between the step below it and the step above it, and says nothing of the others."""
    edges = np.pad(steps, ((0, 0), (1, 1)), constant_values=((0, 0), (-np.inf, np.inf)))
    lower, upper = edges[marks.dimension, marks.level], edges[marks.dimension, marks.level + 1]
    gap = upper - lower
    below, above = lower - eta, upper - eta
    bend_below = weights @ (expit(below) * expit(-below))
    bend_above = weights @ (expit(above) * expit(-above))
    pull = 1 / np.expm1(gap)  # how hard the two steps push one another apart
    value = weights @ (log_expit(above) + log_expit(-below)) + np.log(-np.expm1(-gap))
    up, down = weights @ expit(-above), weights @ expit(below)
    return Expected(
        value=value,
        slope=down - up,
        weight=bend_below + bend_above,
        cross=_at_edges(marks, steps, -bend_below, -bend_above),
        step_slope=_by_dimension(marks, _at_edges(marks, steps, -down - pull, up + pull)),
        step_weight=_step_weight(marks, steps, (bend_below, bend_above), pull * (1 + pull)),
        opening=0.0,
    )


def _opened(steps: Floats) -> tuple[Floats, Floats, float]:
    """Slope (d, k), weight (d, k, k) and log of KEPT_OPEN marks in each level between two steps."""
    gap = np.diff(steps, axis=1)
    pull = KEPT_OPEN / np.expm1(gap)
    bend = pull * (1 + pull / KEPT_OPEN)
    slope = np.pad(pull, ((0, 0), (1, 0))) - np.pad(pull, ((0, 0), (0, 1)))
    d, k = steps.shape
    weight = np.zeros((d, k, k))
    lower, upper = np.arange(k - 1), np.arange(1, k)
    weight[:, lower, lower] += bend
    weight[:, upper, upper] += bend
    weight[:, lower, upper] = weight[:, upper, lower] = -bend
    return slope, weight, float(KEPT_OPEN * np.log(-np.expm1(-gap)).sum())


def _at_edges(marks: Marks, steps: Floats, lower: Floats, upper: Floats) -> Floats:
    """(k, n) with `lower` at each mark's step below and `upper` at its step above, 0 elsewhere."""
    placed = np.zeros((steps.shape[1] + 2, len(marks.level)))
    rows = np.arange(len(marks.level))
    placed[marks.level, rows] = lower
    placed[marks.level + 1, rows] = upper
    return placed[1:-1]


def _step_weight(marks: Marks, steps: Floats, bends: tuple[Floats, Floats], push: Floats) -> Floats:
    d, k = steps.shape
    weight = np.zeros((d, k + 2, k + 2))
    at, x = marks.dimension, marks.level
    np.add.at(weight, (at, x, x), bends[0] + push)
    np.add.at(weight, (at, x + 1, x + 1), bends[1] + push)
    np.add.at(weight, (at, x, x + 1), -push)
    np.add.at(weight, (at, x + 1, x), -push)
    return weight[:, 1:-1, 1:-1]

"""Maps from a discounted score (logits) to the probability of a good outcome. All of them rise.

Platt 1999 with shrinkage; beta calibration: Kull, Silva Filho & Flach 2017, with the same shrinkage; isotonic
regression by pooling adjacent violators.
"""

from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field
from scipy.optimize import isotonic_regression
from scipy.special import expit, log_expit

from scenarios.core.schema import Doc
from scoring.core.proportions import Z90, wilson

Floats = NDArray[np.float64]
PRIOR_SD = (1.5, 0.5)  # of the intercept, and of the logarithm of each slope
STEPS = 100
SETTLED = 1e-10


class Shrunk(Doc):
    """logit q = a + sum of e^b_j f_j(s), a ~ N(0, 1.5^2), b_j ~ N(0, 0.5^2). Platt: f = s.

    Beta: f = (ln p, -ln(1 - p)) with p = logistic(s): other slopes for low and for high scores.
    """

    kind: Literal["platt", "beta"]
    intercept: float
    log_slopes: tuple[float, ...]
    covariance: tuple[tuple[float, ...], ...]  # of (intercept, log slopes), at the mode

    def at(self, score: Floats) -> Floats:
        """The probability at scores of shape (n,)."""
        q: Floats = expit(self.intercept + features(self.kind, score) @ np.exp(self.log_slopes))
        return q

    def interval(self, score: float) -> tuple[float, float]:
        """The 90 % interval at one score, from the doubt about intercept and slopes."""
        along = features(self.kind, np.array([score]))[0] * np.exp(self.log_slopes)
        eta = self.intercept + along.sum()
        slope = np.concatenate([[1.0], along])
        reach = Z90 * np.sqrt(slope @ np.array(self.covariance) @ slope)
        return float(expit(eta - reach)), float(expit(eta + reach))


class Isotonic(Doc):
    """Steps: from `scores[i]` upwards the probability is `values[i]`; below the first it is the first."""

    kind: Literal["isotonic"] = "isotonic"
    scores: tuple[float, ...]
    values: tuple[float, ...]
    counts: tuple[int, ...]

    def at(self, score: Floats) -> Floats:
        """The probability at scores of shape (n,)."""
        return np.array(self.values)[self._steps(score)]

    def interval(self, score: float) -> tuple[float, float]:
        """The 90 % Wilson interval of the step the score falls on."""
        step = int(self._steps(np.array([score]))[0])
        return wilson(self.values[step] * self.counts[step], self.counts[step])

    def _steps(self, score: Floats) -> NDArray[np.int64]:
        found: NDArray[np.int64] = np.searchsorted(self.scores, score, side="right") - 1
        return np.maximum(found, 0)


Map = Annotated[Shrunk | Isotonic, Field(discriminator="kind")]


def features(kind: Literal["platt", "beta"], score: Floats) -> Floats:
    """(n, 1) or (n, 2): what a shrunk map is linear in."""
    if kind == "platt":
        return score[:, None]
    return np.stack([log_expit(score), -log_expit(-score)], axis=1)


def fit_shrunk(kind: Literal["platt", "beta"], score: Floats, good: Floats) -> Shrunk:
    """The mode of the posterior, by Fisher scoring with halved steps."""
    found = features(kind, score)
    u = np.zeros(1 + found.shape[1])
    precision = np.array([PRIOR_SD[0], *[PRIOR_SD[1]] * found.shape[1]]) ** -2.0
    for _ in range(STEPS):
        gradient, information = _slope(u, found, good, precision)
        move = np.asarray(np.linalg.solve(information, gradient), np.float64)
        if np.abs(move).max() < SETTLED:
            break
        u = u + _halved(u, move, found, good, precision)
    covariance = np.linalg.inv(_slope(u, found, good, precision)[1])
    return Shrunk(
        kind=kind,
        intercept=float(u[0]),
        log_slopes=tuple(float(b) for b in u[1:]),
        covariance=tuple(tuple(float(c) for c in row) for row in covariance),
    )


def fit_isotonic(score: Floats, good: Floats) -> Isotonic:
    """Pooled adjacent violators, each step drawn half an outcome to either side so that none says 0 or 1."""
    values, starts, counts = pooled(score, good)
    softened = (values * counts + 0.5) / (counts + 1)
    rising = np.maximum.accumulate(softened)  # softening may turn two neighbours of unequal size
    return Isotonic(scores=tuple(starts), values=tuple(rising.tolist()), counts=tuple(counts.tolist()))


def pooled(score: Floats, good: Floats) -> tuple[Floats, Floats, NDArray[np.int64]]:
    """The steps of isotonic regression of `good` on `score`: values, where each begins, rows in each."""
    levels, place, ties = np.unique(score, return_inverse=True, return_counts=True)
    means = np.bincount(place, weights=good) / ties
    found = isotonic_regression(means, weights=ties)
    starts = found.blocks[:-1]
    return found.x[starts], levels[starts], np.add.reduceat(ties, starts)


def _slope(u: Floats, found: Floats, good: Floats, precision: Floats) -> tuple[Floats, Floats]:
    """Gradient and Fisher information of the log posterior at u."""
    q, jacobian = _curve(u, found)
    gradient = jacobian.T @ (good - q) - precision * u
    return gradient, (jacobian.T * (q * (1 - q))) @ jacobian + np.diag(precision)


def _curve(u: Floats, found: Floats) -> tuple[Floats, Floats]:
    along = found * np.exp(u[1:])
    return expit(u[0] + along.sum(axis=1)), np.column_stack([np.ones(len(found)), along])


def _log_posterior(u: Floats, found: Floats, good: Floats, precision: Floats) -> float:
    eta = u[0] + found @ np.exp(u[1:])
    return float(log_expit(np.where(good > 0, eta, -eta)).sum() - 0.5 * (precision * u * u).sum())


def _halved(u: Floats, move: Floats, found: Floats, good: Floats, precision: Floats) -> Floats:
    """The largest of move, move / 2, move / 4, ... that does not make the posterior smaller."""
    here = _log_posterior(u, found, good, precision)
    for _ in range(40):
        if _log_posterior(u + move, found, good, precision) >= here:
            return move
        move = move / 2
    return np.zeros_like(move)

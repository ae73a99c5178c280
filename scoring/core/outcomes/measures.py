"""How good probabilities are: q (n,) said beforehand, good (n,) of 0 and 1 seen afterwards.

Sources: Brier 1950; Dimitriadis, Gneiting & Jordan 2021 (CORP parts); Spiegelhalter 1986; Cox 1958 (slope and
intercept); the ECE with as many rows in each bin.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit, ndtr

from scoring.core.estimate import Estimate, unknown
from scoring.core.outcomes.maps import pooled
from scoring.core.proportions import Z90

Floats = NDArray[np.float64]
BINS = 10
DRAWS = 500
SURE = 1e-12  # q is kept that far from 0 and 1 where a logarithm is taken


class Corp(NamedTuple):
    """brier = miscalibration - discrimination + uncertainty, exactly; none of the three is negative."""

    brier: float
    miscalibration: float
    discrimination: float
    uncertainty: float


class Ece(NamedTuple):
    """`expected`: what perfect probabilities show at this n by chance, `expected_high` its 95th percentile.

    `interval`: 90 %, from resampled rows, turned about the value since resampling adds to an ECE.
    """

    value: float
    interval: tuple[float, float]
    expected: float
    expected_high: float


class Spiegelhalter(NamedTuple):
    """Standard normal if the probabilities are true; `p` is two-sided."""

    z: float
    p: float


def brier(q: Floats, good: Floats) -> float:
    """The mean squared difference; 0 is perfect."""
    return float(np.mean((q - good) ** 2))


def log_loss(q: Floats, good: Floats) -> float:
    """The mean negative log probability of what happened, in nats."""
    sure = np.clip(q, SURE, 1 - SURE)
    return float(-np.mean(np.where(good > 0, np.log(sure), np.log1p(-sure))))


def corp(q: Floats, good: Floats) -> Corp:
    """The Brier score and its parts, against the isotonic recalibration of the same rows."""
    values, _, counts = pooled(q, good)
    recalibrated = np.empty(len(q))
    recalibrated[np.argsort(q, kind="stable")] = np.repeat(values, counts)
    score, best = brier(q, good), brier(recalibrated, good)
    base = float(np.mean(good) * (1 - np.mean(good)))
    return Corp(score, score - best, base - best, base)


def ece(q: Floats, good: Floats, seed: int) -> Ece:
    """The mean distance between what was said and what was seen, over bins of equal count."""
    rng = np.random.default_rng(seed)
    resampled = np.empty(DRAWS)
    for draw in range(DRAWS):
        rows = rng.integers(len(q), size=len(q))
        resampled[draw] = _ece(q[rows], good[rows])
    perfect = perfect_eces(q, rng)
    value = _ece(q, good)
    low, high = (max(0.0, 2 * value - float(v)) for v in np.quantile(resampled, (0.95, 0.05)))
    return Ece(value, (low, high), float(perfect.mean()), float(np.quantile(perfect, 0.95)))


def perfect_eces(q: Floats, rng: np.random.Generator) -> Floats:
    """(DRAWS,) ECEs of outcomes drawn from q itself."""
    return np.array([_ece(q, (rng.random(len(q)) < q).astype(float)) for _ in range(DRAWS)])


def spiegelhalter(q: Floats, good: Floats) -> Spiegelhalter:
    """z = sum (x - q)(1 - 2q) / sqrt(sum (1 - 2q)^2 q (1 - q))."""
    lean = 1 - 2 * q
    spread = float(np.sum(lean**2 * q * (1 - q)))
    if spread == 0:
        return Spiegelhalter(0.0, 1.0)
    z = float(np.sum((good - q) * lean)) / spread**0.5
    return Spiegelhalter(z, 2 * float(ndtr(-abs(z))))


def slope(q: Floats, good: Floats) -> Estimate:
    """b of logit P(good) = a + b logit q: below 1 the probabilities are too extreme. 90 % interval."""
    said = logit(np.clip(q, SURE, 1 - SURE))
    return _logistic(np.column_stack([np.ones(len(q)), said]), np.zeros(len(q)), good, which=1)


def intercept(q: Floats, good: Floats) -> Estimate:
    """a of logit P(good) = a + logit q: above 0 more went well than was said. 90 % interval."""
    said = logit(np.clip(q, SURE, 1 - SURE))
    return _logistic(np.ones((len(q), 1)), said, good, which=0)


def _ece(q: Floats, good: Floats) -> float:
    order = np.argsort(q, kind="stable")
    bounds = np.linspace(0, len(q), min(BINS, len(q)) + 1).astype(int)[:-1]
    return float(np.abs(np.add.reduceat((good - q)[order], bounds)).sum() / len(q))


def _logistic(columns: Floats, offset: Floats, good: Floats, which: int) -> Estimate:
    """Maximum likelihood by Newton; no estimate where the outcomes are separated."""
    if good.min() == good.max():
        return unknown("every outcome is the same", len(good))
    u = np.zeros(columns.shape[1])
    for _ in range(50):
        p = expit(columns @ u + offset)
        information = (columns.T * (p * (1 - p))) @ columns
        if np.linalg.cond(information) > 1e12:
            return unknown("the outcomes are separated, or every probability is the same", len(good))
        move = np.linalg.solve(information, columns.T @ (good - p))
        u = u + np.clip(move, -2, 2)
        if np.abs(move).max() < 1e-9:
            reach = Z90 * float(np.linalg.inv(information)[which, which]) ** 0.5
            value = float(u[which])
            return Estimate(value=value, n=len(good), interval=(value - reach, value + reach)).rounded()
    return unknown("no maximum of the likelihood was found", len(good))

"""Range restriction: outcomes exist for the hired alone, who differ less than those who applied."""

import numpy as np
from numpy.typing import NDArray

from scenarios.core.schema import Doc
from scoring.core.estimate import Estimate, unknown
from scoring.core.proportions import Z90

Floats = NDArray[np.float64]
ROWS = 30  # hires; a correlation of fewer says little
ALL_BUT_ONE = 1 - 1e-12  # a perfect correlation has no Fisher transform


class Restriction(Doc):
    """`ratio`: sd of the hired's scores over sd of all. Correlations of score and outcome, 90 % intervals."""

    hired: int
    scored: int
    ratio: Estimate
    uncorrected: Estimate
    corrected: Estimate
    says: str


def restriction(score: Floats, good: Floats, everyone: Floats) -> Restriction:
    """`score` and `good` of the hired, (n,); `everyone`: the scores of all who were scored, hired or not."""
    ratio = _ratio(score, everyone)
    plain = correlation(score, good)
    return Restriction(
        hired=len(score),
        scored=len(everyone),
        ratio=ratio.rounded(),
        uncorrected=plain.rounded(),
        corrected=_corrected(plain, ratio).rounded(),
        says=(
            "Outcomes are known of hired people only. The correction (Thorndike's case 2) holds if hiring "
            "depended on this score alone and the line is as steep below the lowest hired score."
        ),
    )


def correlation(score: Floats, good: Floats) -> Estimate:
    """Pearson's r with Fisher's interval; with a yes-or-no outcome it is the point-biserial one."""
    n = len(score)
    if n < ROWS:
        return unknown(f"{n} outcomes; a correlation needs at least {ROWS}", n)
    if np.ptp(score) == 0 or np.ptp(good) == 0:
        return unknown("scores or outcomes do not vary", n)
    r = float(np.corrcoef(score, good)[0, 1])
    reach = Z90 / (n - 3) ** 0.5
    z = float(np.arctanh(np.clip(r, -ALL_BUT_ONE, ALL_BUT_ONE)))
    return Estimate(value=r, n=n, interval=(float(np.tanh(z - reach)), float(np.tanh(z + reach))))


def thorndike(r: float, ratio: float) -> float:
    """Case 2 (Thorndike 1949): r U / sqrt(1 - r^2 + r^2 U^2), with U = 1 / ratio."""
    wider = 1 / ratio
    return float(r * wider / np.sqrt(1 - r * r + (r * wider) ** 2))


def _ratio(score: Floats, everyone: Floats) -> Estimate:
    if len(everyone) < len(score):
        return unknown("the scores of all who were scored are not given", len(everyone))
    if len(score) < 2 or np.ptp(score) == 0 or np.ptp(everyone) == 0:
        return unknown("the scores do not vary", len(score))
    return Estimate(value=float(np.std(score, ddof=1) / np.std(everyone, ddof=1)), n=len(score))


def _corrected(plain: Estimate, ratio: Estimate) -> Estimate:
    if plain.value is None:
        return plain
    if ratio.value is None:
        return unknown(f"not corrected: {ratio.why}", plain.n)
    low, high = (thorndike(r, ratio.value) for r in plain.interval or (plain.value, plain.value))
    return Estimate(value=thorndike(plain.value, ratio.value), n=plain.n, interval=(low, high))

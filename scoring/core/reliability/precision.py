"""Reliability of a model's estimates, from its variances: separation, strata, and what k raters would give.

Wright, B. D. & Masters, G. N. (1982), Rating scale analysis, for separation and strata.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from scenarios.core.schema import Doc
from scoring.core.estimate import Estimate, unknown


class Separation(Doc):
    """How many errors the candidates are spread over, into how many groups that can be told apart."""

    separation: Estimate
    strata: Estimate
    reliability: Estimate


def separation(
    estimates: Sequence[float], errors: Sequence[float], true_variance: float | None = None
) -> Separation:
    """From each candidate's estimate and its error variance.

    The `true_variance` is a model's, where the estimates are shrunken towards the mean; without it the
    variance of the estimates less their mean error variance. G = sqrt(true / mean error), strata
    (4 G + 1) / 3, reliability 1 - mean error / true; or true / (true + mean error) where the estimates
    are not shrunken.
    """
    if why := _why_none(errors):
        return _none(why, len(errors))
    error = float(np.mean(errors))
    true = true_variance if true_variance is not None else float(np.var(estimates, ddof=1)) - error
    if not true > 0:
        return _none("the candidates do not differ by more than error", len(errors))
    g = float(np.sqrt(true / error))
    reliability = 1 - error / true if true_variance is not None else true / (true + error)
    found = (Estimate(value=value, n=len(errors)) for value in (g, (4 * g + 1) / 3, reliability))
    return Separation(**dict(zip(("separation", "strata", "reliability"), found, strict=True)))


def _why_none(errors: Sequence[float]) -> str | None:
    if len(errors) < 2:
        return "fewer than two candidates"
    if not all(np.isfinite(error) and error > 0 for error in errors):
        return "an estimate without a positive error variance"
    return None


def _none(why: str, n: int) -> Separation:
    nothing = unknown(why, n)
    return Separation(separation=nothing, strata=nothing, reliability=nothing)


@dataclass(frozen=True, slots=True)
class Variances:
    """Variances of a rating model in logits², and the mean information of one mark."""

    candidate: float
    profile: float  # candidate by dimension
    severity: float
    impression: float  # candidate by rater
    rater_profile: float  # rater by dimension
    information: float


def decision_reliability(v: Variances, raters: int, dimensions: int, severity: bool = True) -> float:
    """The share of the variance of a mean over k raters and D dimensions that is the candidate's.

    With `severity` its differences are error, as they are when candidates meet different raters;
    without, they are not (consistency).
    """
    whole = v.candidate + v.profile / dimensions
    by_rater = (v.severity if severity else 0.0) + v.impression + v.rater_profile / dimensions
    return whole / (whole + by_rater / raters + 1 / (v.information * raters * dimensions))


def decision_study(
    v: Variances, dimensions: int, raters: Sequence[int] = range(1, 7)
) -> tuple[tuple[int, float], ...]:
    """(raters, decision reliability) for some numbers of raters."""
    return tuple((k, decision_reliability(v, k, dimensions)) for k in raters)


def raters_needed(v: Variances, dimensions: int, wanted: float = 0.80) -> Estimate:
    """The fewest raters with that decision reliability."""
    whole = v.candidate + v.profile / dimensions
    one = decision_reliability(v, 1, dimensions)
    if not (0 < wanted < 1) or whole <= 0:
        return unknown(f"no number of raters gives {wanted}")
    # error is one rater's divided by k: k >= odds wanted / odds of one rater
    return Estimate(value=max(1, int(np.ceil(wanted / (1 - wanted) * (1 - one) / one - 1e-9))))

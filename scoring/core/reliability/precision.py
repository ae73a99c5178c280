"""Reliability of a model's estimates, from its variances: separation, strata, and what k raters would give.

Wright, B. D. & Masters, G. N. (1982), Rating scale analysis, for separation and strata.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from scenarios.core.schema import Doc
from scoring.core.estimate import Estimate, unknown
from scoring.core.reliability.generalisability import SHOWN, WANTED


class Separation(Doc):
    """How many errors the candidates are spread over, into how many groups that can be told apart."""

    separation: Estimate
    strata: Estimate
    reliability: Estimate

    def rounded(self) -> "Separation":
        """The same to four decimals."""
        return Separation(
            separation=self.separation.rounded(),
            strata=self.strata.rounded(),
            reliability=self.reliability.rounded(),
        )


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
    """Variances of a rating model in logits², and the mean information of one mark, above zero."""

    candidate: float
    profile: float  # candidate by dimension
    severity: float
    impression: float  # candidate by rater
    rater_profile: float  # rater by dimension
    information: float


class DecisionReliability(Doc):
    """Of the mean over k raters: `agreement` counts severity as error, `consistency` does not."""

    raters: int
    agreement: float
    consistency: float

    def rounded(self) -> "DecisionReliability":
        """The same to four decimals."""
        return DecisionReliability(
            raters=self.raters, agreement=round(self.agreement, 4), consistency=round(self.consistency, 4)
        )


class ModelReliability(Doc):
    """What a fitted model says of its candidates, and of the same with other numbers of raters."""

    separation: Separation
    decisions: tuple[DecisionReliability, ...]
    raters_needed: Estimate  # for agreement of WANTED

    def rounded(self) -> "ModelReliability":
        """The same to four decimals, so that a document does not depend on the last bits."""
        return ModelReliability(
            separation=self.separation.rounded(),
            decisions=tuple(line.rounded() for line in self.decisions),
            raters_needed=self.raters_needed,
        )


def model_reliability(
    v: Variances, dimensions: int, estimates: Sequence[float], errors: Sequence[float]
) -> ModelReliability:
    """From a model's variances and each candidate's composite, shrunken, with its error variance."""
    return ModelReliability(
        separation=separation(estimates, errors, true_variance=_whole(v, dimensions)),
        decisions=tuple(
            DecisionReliability(
                raters=k,
                agreement=decision_reliability(v, k, dimensions),
                consistency=decision_reliability(v, k, dimensions, severity=False),
            )
            for k in SHOWN
        ),
        raters_needed=raters_needed(v, dimensions),
    )


def decision_reliability(v: Variances, raters: int, dimensions: int, severity: bool = True) -> float:
    """The share of the variance of a mean over k raters and D dimensions that is the candidate's: rho²(k).

    With `severity` its differences are error, as they are when candidates meet different raters.
    """
    by_rater = (v.severity if severity else 0.0) + v.impression + v.rater_profile / dimensions
    error = by_rater / raters + 1 / (v.information * raters * dimensions)
    return _whole(v, dimensions) / (_whole(v, dimensions) + error)


def raters_needed(v: Variances, dimensions: int, wanted: float = WANTED) -> Estimate:
    """The fewest raters with that decision reliability, severity counted as error."""
    if _whole(v, dimensions) <= 0:
        return unknown("the candidates do not differ: no number of raters tells them apart")
    one = decision_reliability(v, 1, dimensions)
    # k raters have one rater's error divided by k: k is the odds wanted over the odds of one
    k = wanted / (1 - wanted) * (1 - one) / one
    return Estimate(value=max(1, math.ceil(k - 1e-9)))


def _whole(v: Variances, dimensions: int) -> float:
    """The variance of candidates' means over dimensions."""
    return v.candidate + v.profile / dimensions

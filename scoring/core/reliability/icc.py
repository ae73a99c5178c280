"""Intraclass correlations: how much of the variance of a mark, or of a mean of k, is the candidate's.

Names of McGraw, K. O. & Wong, S. P. (1996), Forming inferences about some intraclass correlation
coefficients; in brackets those of Shrout, P. E. & Fleiss, J. L. (1979), Intraclass correlations. Raters
are random in A and C alike; A counts their differences in severity as error, C does not.

Complete tables have F tests and F intervals of those papers. For others the variance components take
their place, with intervals by drawing candidates again.
"""

from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import NDArray

from scenarios.core.schema import Doc
from scoring.core.estimate import Estimate, unknown
from scoring.core.reliability.bootstrap import COVERS, draws, estimated
from scoring.core.reliability.chance import ratio
from scoring.core.reliability.components import (
    CANDIDATE,
    RATER,
    Crossing,
    component_draws,
    crossing,
    mean_squares,
)
from scoring.core.reliability.pairs import Array

NAMES = ("ICC(1)", "ICC(A,1)", "ICC(C,1)", "ICC(1,k)", "ICC(A,k)", "ICC(C,k)")
TAIL = (1 - COVERS) / 2
FEWEST_SHARED = 10  # sheets; below it one of them would turn every correlation over


class FTest(Doc):
    """The F test that the correlation is zero."""

    f: float
    df1: float
    df2: float
    p: float


class Correlation(Doc):
    name: str
    icc: Estimate
    test: FTest | None = None  # complete tables only


class Correlations(Doc):
    """All six; `k` is the number of raters of a candidate, their harmonic mean where it differs."""

    k: float | None
    method: str
    icc: tuple[Correlation, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """One score of each rater for each candidate he marked: n rows."""

    candidate: NDArray[np.intp]
    rater: NDArray[np.intp]
    score: Array


def correlations(table: Table, times: int, seed: int) -> Correlations:
    """The six correlations, from mean squares where every rater marked every candidate."""
    why = _why_none(table)
    if why is not None:
        return _none(why, len(table.score))
    design = crossing({CANDIDATE: table.candidate, RATER: table.rater})
    if design.complete:
        return _complete(Anova.of(design, table.score))
    return _incomplete(table, design, times, seed)


def _why_none(table: Table) -> str | None:
    if len(np.unique(table.candidate)) < 2:
        return "fewer than two candidates: there is no difference between them to find again"
    if len(np.unique(table.rater)) < 2:
        return "one rater: there is nobody to agree with"
    if np.bincount(table.candidate).max() < 2:
        return "no candidate was marked by two raters"
    if np.ptp(table.score) == 0:
        return "all marks are equal: without any variation there is no correlation"
    return None


def _none(why: str, n: int) -> Correlations:
    nothing = tuple(Correlation(name=name, icc=unknown(why, n)) for name in NAMES)
    return Correlations(k=None, method="none", icc=nothing)


# --- complete tables ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Anova:
    """Mean squares of n candidates by k raters: of candidates, raters, rest, and within candidates."""

    n: int
    k: int
    between: float
    raters: float
    rest: float
    within: float

    @classmethod
    def of(cls, design: Crossing, score: Array) -> "Anova":
        squares = mean_squares(design, score)
        nothing = 1e-12 * float(score.var())  # what rounding leaves of a mean square of zero
        (between, df), (raters, df_raters), (rest, df_rest) = (
            (square if square > nothing else 0.0, freedom) for square, freedom in squares.values()
        )
        within = (raters * df_raters + rest * df_rest) / (df_raters + df_rest)
        return cls(df + 1, df_raters + 1, between, raters, rest, within)


Bounds = tuple[float, float]


def _complete(a: Anova) -> Correlations:
    n, k = a.n, a.k
    across, error = (n - 1, n * (k - 1)), (n - 1, (n - 1) * (k - 1))
    single = [
        (_share(a.between, a.within, k), _bounds(a.between, a.within, k, across), across),
        (_absolute(a), _absolute_bounds(a), error),
        (_share(a.between, a.rest, k), _bounds(a.between, a.rest, k, error), error),
    ]
    against = (a.within, a.rest, a.rest)
    means = [(_stepped(value, k), _stepped_bounds(bounds, k), df) for value, bounds, df in single]
    found = [
        _correlation(name, value, bounds, _test(a.between, below, df), n * k)
        for name, (value, bounds, df), below in zip(NAMES, single + means, against * 2, strict=True)
    ]
    return Correlations(k=float(k), method="two-way analysis of variance, F intervals", icc=tuple(found))


def _share(between: float, error: float, k: int) -> float:
    return _over(between - error, between + (k - 1) * error)


def _bounds(between: float, error: float, k: int, df: tuple[int, int]) -> Bounds:
    """The correlation when F = between / error goes to its quantiles; nan without error."""
    low, high = (float(scipy.stats.f.ppf(1 - TAIL, *some)) for some in (df, df[::-1]))
    if not error:
        return float("nan"), float("nan")
    return _share(between, error * low, k), _share(between * high, error, k)


def _absolute(a: Anova) -> float:
    severity = a.k * (a.raters - a.rest) / a.n
    return _over(a.between - a.rest, a.between + (a.k - 1) * a.rest + severity)


def _absolute_bounds(a: Anova) -> Bounds:
    """Satterthwaite's approximation, Shrout & Fleiss (1979), the interval of ICC(2,1)."""
    n, k, icc, f = a.n, a.k, _absolute(a), _over(a.raters, a.rest)
    rest = n * (1 + (k - 1) * icc) - k * icc
    df = (k - 1) * (n - 1) * (k * icc * f + rest) ** 2 / ((n - 1) * (k * icc * f) ** 2 + rest**2)
    above, below = scipy.stats.f.ppf(1 - TAIL, n - 1, df), scipy.stats.f.ppf(1 - TAIL, df, n - 1)
    error = k * a.raters + (k * n - k - n) * a.rest
    low = n * (a.between - above * a.rest) / (above * error + n * a.between)
    high = n * (below * a.between - a.rest) / (error + n * below * a.between)
    return float(low), float(high)


def _stepped(value: float, k: float) -> float:
    """Spearman and Brown: from one mark to the mean of k."""
    return _over(k * value, 1 + (k - 1) * value)


def _stepped_bounds(bounds: Bounds, k: int) -> Bounds:
    return _stepped(bounds[0], k), _stepped(bounds[1], k)


def _test(above: float, below: float, df: tuple[int, int]) -> FTest | None:
    f = _over(above, below)
    if not np.isfinite(f):
        return None
    return FTest(f=f, df1=df[0], df2=df[1], p=float(scipy.stats.f.sf(f, *df)))


def _correlation(name: str, value: float, bounds: Bounds, test: FTest | None, n: int) -> Correlation:
    if not np.isfinite(value):
        return Correlation(name=name, icc=unknown("the mean squares leave nothing to divide by", n))
    if not np.isfinite(bounds).all():
        return Correlation(
            name=name, icc=Estimate(value=value, n=n, caution="no interval: no error is left"), test=test
        )
    return Correlation(name=name, icc=Estimate(value=value, n=n, interval=bounds), test=test)


def _over(above: float, below: float) -> float:
    return above / below if below else float("nan")


# --- incomplete tables --------------------------------------------------------------------------------


def _incomplete(table: Table, design: Crossing, times: int, seed: int) -> Correlations:
    marked = np.bincount(table.candidate)
    if (shared := int(marked[marked > 1].sum())) < FEWEST_SHARED:
        text = f"only {shared} sheets are on candidates whom two marked; it takes at least {FEWEST_SHARED}"
        return _none(text, len(table.score))
    k = len(marked) / float((1 / marked).sum())
    values = _six(table, design, k, np.ones((1, len(marked))))[0]
    drawn = np.concatenate([_six(table, design, k, block) for block in draws(len(marked), times, seed)])
    why = "the design cannot tell candidates from raters, or leaves no variance between them"
    found = tuple(
        Correlation(name=name, icc=estimated(float(value), len(table.score), some, len(marked), why))
        for name, value, some in zip(NAMES, values, drawn.T, strict=True)
    )
    method = "variance components (Henderson, Method 1), bootstrap over candidates"
    return Correlations(k=k, method=method, icc=found)


def _six(table: Table, design: Crossing, k: float, times: Array) -> Array:
    """The correlations from variance components, candidates counted `times`: (B, 6), nan where undefined."""
    between, raters, rest = component_draws(design, table.score, times).T
    one_way, within = _one_way_components(table, times)
    single = np.stack(
        [
            _positive(one_way, one_way + within),
            _positive(between, between + raters + rest),
            _positive(between, between + rest),
        ],
        axis=1,
    )
    return np.concatenate([single, _positive(k * single, 1 + (k - 1) * single)], axis=1)


def _positive(above: Array, below: Array) -> Array:
    """A share of what is above zero; components below zero can leave nothing to share."""
    return ratio(above, np.maximum(below, 0))


def _one_way_components(table: Table, times: Array) -> tuple[Array, Array]:
    """Between and within candidates, from the analysis of variance with unequal numbers of raters: (B,)."""
    score = table.score - table.score.mean()
    n = np.bincount(table.candidate)
    sums = np.bincount(table.candidate, score)
    squares = np.bincount(table.candidate, score**2)
    total, groups = times @ n, times.sum(axis=1)
    within = ratio(times @ (squares - sums**2 / n), total - groups)
    between = ratio(times @ (sums**2 / n) - (times @ sums) ** 2 / total, groups - 1)
    size = ratio(total - times @ n**2 / total, groups - 1)
    return ratio(between - within, size), within

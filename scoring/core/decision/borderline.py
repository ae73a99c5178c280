"""A bar proposed from raters' own judgements of the whole: borderline regression.

Each rater gave marks and, apart from them, one closing judgement. The composite of the marks is regressed
on the judgement; the proposal is the composite expected where the judgement is borderline. People set the
bar; this only says where their own judgements put it. Source: Wood, Humphrey-Murto & Norman 2006; Kramer
et al. 2003 (the method for clinical examinations).
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from scenarios.core.schema import Doc
from scoring.core.estimate import Estimate, unknown

CANDIDATES = 20  # below so many, one odd candidate moves the bar
DRAWS = 2_000
WIDE = 0.5  # levels; an interval wider than that names no bar


class Judged(NamedTuple):
    """One rater's sheet on one candidate: the composite of the marks, and the closing judgement."""

    candidate: str
    composite: float
    judgement: int


class Proposal(Doc):
    """`bar` with a 90 % interval from resampled candidates. `slope`: points of composite a judgement step."""

    bar: Estimate
    borderline: float
    slope: float | None = None
    explained: float | None = None  # R squared: how far the judgements go with the marks


def propose_bar(sheets: Sequence[Judged], borderline: float, seed: int) -> Proposal:
    """The composite expected at the borderline judgement (2.5 lies between "rather not" 2 and "rather" 3)."""
    if why := _refusal(sheets, borderline):
        return Proposal(bar=unknown(why, len(sheets)), borderline=borderline)
    sums = _sums(sheets)
    total = sums.sum(axis=0)
    slope, bar = (float(v) for v in _at(total[None], borderline)[:, 0])
    drawn_slopes, drawn_bars = _resampled(sums, borderline, seed)
    low, high = (float(v) for v in np.nanquantile(drawn_bars, (0.05, 0.95)))
    shown = {"borderline": borderline, "slope": round(slope, 4), "explained": round(_explained(total), 4)}
    if np.nanquantile(drawn_slopes, 0.05) <= 0:
        return Proposal(bar=unknown("the closing judgements do not go with the marks", len(sheets)), **shown)
    if high - low > WIDE:
        why = f"the interval from {low:.2f} to {high:.2f} is too wide to name a bar"
        return Proposal(bar=unknown(why, len(sheets)), **shown)
    return Proposal(bar=Estimate(value=bar, n=len(sheets), interval=(low, high)).rounded(), **shown)


def _refusal(sheets: Sequence[Judged], borderline: float) -> str | None:
    candidates = len({sheet.candidate for sheet in sheets})
    judgements = sorted({sheet.judgement for sheet in sheets})
    if candidates < CANDIDATES:
        return f"{candidates} candidates; a bar from judgements needs at least {CANDIDATES}"
    if len(judgements) < 3:
        return f"only {len(judgements)} different closing judgements were given; a line needs three"
    if not judgements[0] < borderline < judgements[-1]:
        return f"the borderline of {borderline:g} lies outside the judgements given"
    return None


def _sums(sheets: Sequence[Judged]) -> NDArray[np.float64]:
    """Per candidate: n, sum g, sum y, sum gg, sum gy, sum yy; all that a line through the sheets needs."""
    _, place = np.unique([s.candidate for s in sheets], return_inverse=True)
    g = np.array([s.judgement for s in sheets], float)
    y = np.array([s.composite for s in sheets], float)
    columns = np.stack([np.ones_like(g), g, y, g * g, g * y, y * y], axis=1)
    sums = np.zeros((int(place.max()) + 1, 6))
    np.add.at(sums, place, columns)
    return sums


def _at(totals: NDArray[np.float64], borderline: float) -> NDArray[np.float64]:
    """(2, draws): slope and height at the borderline of the least-squares line; nan without a line."""
    n, g, y, gg, gy, _ = totals.T
    spread = n * gg - g * g
    slope = np.divide(n * gy - g * y, spread, out=np.full_like(spread, np.nan), where=spread > 0)
    return np.stack([slope, y / n + slope * (borderline - g / n)])


def _explained(total: NDArray[np.float64]) -> float:
    n, g, y, gg, gy, yy = (float(v) for v in total)
    both = (n * gg - g * g) * (n * yy - y * y)
    return (n * gy - g * y) ** 2 / both if both > 0 else 0.0


def _resampled(sums: NDArray[np.float64], borderline: float, seed: int) -> NDArray[np.float64]:
    """Whole candidates are drawn: the sheets of one candidate hang together."""
    n = len(sums)
    counts = np.random.default_rng(seed).multinomial(n, np.full(n, 1 / n), size=DRAWS)
    return _at(counts @ sums, borderline)

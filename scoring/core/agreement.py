"""How far the raters of one room concur. No number is better than a wrong one."""

import numpy as np

from scenarios.core.schema import Doc
from scoring.core.estimate import Estimate, unknown
from scoring.core.ratings import Ratings
from scoring.core.reliability import chance
from scoring.core.reliability.marks import marks
from scoring.core.reliability.pairs import Clusters, Sums, by_unit

FEWEST_VALUES = 10  # pairable levels below which alpha says nothing: one mark would turn it over
FEW_UNITS = 30  # below this alpha is shown with a caution


class Agreement(Doc):
    """Alpha, and the share of pairs of marks that are the same (`exact`) or at most a level apart."""

    alpha: Estimate
    exact: Estimate
    adjacent: Estimate


def agreement(ratings: Ratings) -> Agreement:
    """The agreement of raters who marked without seeing one another's marks."""
    units = by_unit(marks(ratings))
    sums = units.sums()
    if (why := _why_none(ratings, sums)) is not None:
        nothing = unknown(why)
        return Agreement(alpha=nothing, exact=nothing, adjacent=nothing)
    return Agreement(alpha=alpha(units), exact=share(sums, 0), adjacent=share(sums, 1))


def share(sums: Sums, apart: int) -> Estimate:
    """The share of pairs of levels on one unit that differ by at most `apart`."""
    pairs = round(sums.pairs.sum() / 2)
    return Estimate(value=float(chance.within(sums, apart)[0]), n=pairs, caution=_few(int(sums.paired[0])))


def alpha(units: Clusters) -> Estimate:
    """Ordinal alpha over units that at least two raters gave a level; n counts their levels."""
    sums = units.sums()
    n = round(sums.coincidence.sum())
    value = float(chance.alpha(sums, "ordinal")[0])
    if np.isnan(value):
        return unknown("all marks are equal: without any variation alpha is undefined", n)
    if n < FEWEST_VALUES:
        return unknown(f"only {n} marks can be paired; alpha needs at least {FEWEST_VALUES}", n)
    few = int(sums.paired[0])
    return Estimate(value=value, n=n, caution=_few(few, _left_out(units) if few < FEW_UNITS else None))


def _why_none(ratings: Ratings, sums: Sums) -> str | None:
    if not ratings.raters:
        return "no scoresheet to compare"
    if len(ratings.raters) == 1:
        return "one rater: there is nobody to agree with"
    if not sums.paired[0]:
        return "no shared dimensions: no two raters gave a level on the same one"
    return None


def _left_out(units: Clusters) -> tuple[float, float] | None:
    """The least and the greatest alpha when any one unit is left out."""
    alphas = chance.alpha(units.sums(1 - np.eye(units.count)), "ordinal")
    found = alphas[np.isfinite(alphas)]
    return (float(found.min()), float(found.max())) if len(found) else None


def _few(units: int, moved: tuple[float, float] | None = None) -> str | None:
    if units >= FEW_UNITS:
        return None
    text = f"It rests on {units} dimension{'' if units == 1 else 's'} only"
    if moved is None:
        return f"{text}: read it as a hint."
    return f"{text}: leaving out one of them moves it between {moved[0]:.2f} and {moved[1]:.2f}."

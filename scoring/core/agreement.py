"""How far raters concur. No number is better than a wrong one.

Alpha: Krippendorff, K. (2011), Computing Krippendorff's alpha-reliability, for ordinal data.
"""

from collections.abc import Mapping
from itertools import combinations

import krippendorff

from scenarios.core.schema import Doc
from scoring.core.estimate import Estimate, unknown
from scoring.core.ratings import Ratings, Unit

FEWEST_VALUES = 10  # pairable levels below which alpha says nothing: one mark would turn it over
FEW_UNITS = 30  # below this alpha is shown with a caution

Units = Mapping[Unit, Mapping[str, int]]


class Agreement(Doc):
    """Alpha, and the share of pairs of marks that are the same (`exact`) or at most a level apart."""

    alpha: Estimate
    exact: Estimate
    adjacent: Estimate


def agreement(ratings: Ratings) -> Agreement:
    """The agreement of raters who marked without seeing one another's marks."""
    units = pairable(ratings)
    if (why := _why_none(ratings, units)) is not None:
        nothing = unknown(why, _count(units))
        return Agreement(alpha=nothing, exact=nothing, adjacent=nothing)
    return Agreement(alpha=alpha(units), exact=share(units, 0), adjacent=share(units, 1))


def pairable(ratings: Ratings) -> dict[Unit, dict[str, int]]:
    """The units that at least two raters gave a level."""
    return {unit: given for unit, given in ratings.units().items() if len(given) > 1}


def share(units: Units, apart: int) -> Estimate:
    """The share of pairs of levels on one unit that differ by at most `apart`."""
    pairs = [pair for given in units.values() for pair in combinations(given.values(), 2)]
    close = sum(abs(one - other) <= apart for one, other in pairs)
    return Estimate(value=close / len(pairs), n=len(pairs), caution=_few(len(units)))


def alpha(units: Units) -> Estimate:
    """Ordinal alpha over units that at least two raters gave a level; n counts their levels."""
    n = _count(units)
    if len(_values(units)) < 2:
        return unknown("all marks are equal: without any variation alpha is undefined", n)
    if n < FEWEST_VALUES:
        return unknown(f"only {n} marks can be paired; alpha needs at least {FEWEST_VALUES}", n)
    return Estimate(value=_alpha(units), n=n, caution=_few(len(units), _left_out(units)))


def _why_none(ratings: Ratings, units: Units) -> str | None:
    if not ratings.raters:
        return "no scoresheet to compare"
    if len(ratings.raters) == 1:
        return "one rater: there is nobody to agree with"
    if not units:
        return "no shared dimensions: no two raters gave a level on the same one"
    return None


def _alpha(units: Units) -> float:
    raters = sorted({rater for given in units.values() for rater in given})
    table = [[float(given.get(rater, "nan")) for given in units.values()] for rater in raters]
    return float(krippendorff.alpha(reliability_data=table, level_of_measurement="ordinal"))


def _left_out(units: Units) -> tuple[float, float] | None:
    """The least and the greatest alpha when any one unit is left out."""
    rests = [{u: given for u, given in units.items() if u != out} for out in units]
    alphas = [_alpha(rest) for rest in rests if len(_values(rest)) > 1]
    return (min(alphas), max(alphas)) if alphas else None


def _few(units: int, moved: tuple[float, float] | None = None) -> str | None:
    if units >= FEW_UNITS:
        return None
    text = f"It rests on {units} dimension{'' if units == 1 else 's'} only"
    if moved is None:
        return f"{text}: read it as a hint."
    return f"{text}: leaving out one of them moves it between {moved[0]:.2f} and {moved[1]:.2f}."


def _values(units: Units) -> set[int]:
    return {level for given in units.values() for level in given.values()}


def _count(units: Units) -> int:
    return sum(len(given) for given in units.values())

"""What effects are measured from, and the table of statistics that comes of it."""

from typing import NamedTuple

import numpy as np
import scipy
from numpy.typing import NDArray

from scoring.core.effects.seen import COLUMNS, Interviews, by_rater
from scoring.core.effects.statistics import DRIFT, MEASURES, statistics
from scoring.core.estimate import Estimate, unknown
from scoring.core.proportions import Z90

Floats = NDArray[np.float64]
FEWEST = 10  # interviews before anything is said of a rater
MONTHS = 2.0  # of interviews before anything is said of drift
DRAWS = 400  # of a rater's interviews, for an interval


class Measured(NamedTuple):
    """Interviews, and the model's severity of each rater with its sd, logits."""

    raters: tuple[str, ...]
    interviews: Interviews
    severity: Floats
    severity_sd: Floats

    def column(self, name: str) -> Floats:
        """One of the COLUMNS, for each interview."""
        found: Floats = self.interviews.sums[:, COLUMNS.index(name)]
        return found


def table(measured: Measured) -> Floats:
    """(raters, measures): severity, then what comes from sums; nan without grounds."""
    found = statistics(by_rater(measured.interviews, len(measured.raters)))
    whole = np.column_stack([measured.severity, found])
    whole[months(measured) < MONTHS, DRIFT] = np.nan
    return whole


def counts(measured: Measured) -> NDArray[np.int64]:
    """(raters,) interviews."""
    found: NDArray[np.int64] = np.bincount(measured.interviews.rater, minlength=len(measured.raters))
    return found


def months(measured: Measured) -> Floats:
    """(raters,) months from each rater's first dated interview to the last; 0 without dates."""
    dated = measured.column("dated") > 0
    rater, month = measured.interviews.rater[dated], measured.column("month")[dated]
    first, last = np.full((2, len(measured.raters)), np.nan)
    np.fmin.at(first, rater, month)
    np.fmax.at(last, rater, month)
    return np.where(np.isnan(first), 0.0, last - first)


def intervals(measured: Measured, rater: int, seed: int) -> Floats:
    """(measures, 2) 90 % intervals of one rater: severity's is the model's, others draw interviews again."""
    own = measured.interviews.sums[measured.interviews.rater == rater]
    n = len(own)
    drawn = np.random.default_rng([seed, rater]).multinomial(n, np.full(n, 1 / n), size=DRAWS)
    found = np.full((len(MEASURES), 2), np.nan)
    found[0] = measured.severity[rater] + np.array([-Z90, Z90]) * measured.severity_sd[rater]
    for place, column in enumerate(statistics(drawn @ own).T, 1):
        if np.isfinite(column).any():
            found[place] = np.nanquantile(column, (0.05, 0.95))
    return found


def points(measured: Measured, rater: int) -> Estimate:
    """How far a rater's marks lie below an average rater's, in levels; above zero: harder."""
    own = measured.interviews.rater == rater
    slope = float(measured.column("information")[own].sum() / measured.column("marks")[own].sum())
    value, reach = measured.severity[rater] * slope, Z90 * measured.severity_sd[rater] * slope
    interval = (float(value - reach), float(value + reach))
    return Estimate(value=float(value), n=int(own.sum()), interval=interval).rounded()


def agreements(measured: Measured) -> tuple[Estimate, ...]:
    """Each rater's rank correlation, over candidates, with the mean mark of the others who saw them."""
    rater, candidate = measured.interviews.rater, measured.interviews.candidate
    level, marks = measured.column("level"), measured.column("marks")
    of_others = np.bincount(candidate, level)[candidate] - level
    by_others = np.bincount(candidate, marks)[candidate] - marks
    shared = by_others > 0
    mean = np.divide(of_others, by_others, out=np.zeros_like(level), where=shared)
    places = range(len(measured.raters))
    return tuple(
        _agreement((level / marks)[own], mean[own]) for own in ((rater == r) & shared for r in places)
    )


def _agreement(own: Floats, others: Floats) -> Estimate:
    n = len(own)
    if n < FEWEST:
        return unknown(f"{n} of {FEWEST} interviews that others marked too", n)
    if np.ptp(own) == 0 or np.ptp(others) == 0:
        return unknown("one of the two marked everybody alike", n)
    return Estimate(value=float(scipy.stats.spearmanr(own, others).statistic), n=n).rounded()

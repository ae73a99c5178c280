"""An early look at how hard somebody marks, from the few rooms they shared with others. Pure.

It is no calibration: it takes nothing out for who was marked. From ten interviews on the calibration speaks.
"""

from collections.abc import Mapping, Sequence
from statistics import mean, stdev

import scipy

from scoring.core.estimate import Estimate, unknown

FEWEST = 3  # rooms, before even an early look shows a number
SHARE = 0.90  # of the interval

Marks = Mapping[str, Mapping[str, int]]  # rater -> dimension -> level


def beside_others(rater: str, rooms: Sequence[Marks]) -> Estimate:
    """How many levels above the others of the same rooms a rater marks; below zero: harder.

    Each room counts once, as the mean over the dimensions that others marked too.
    """
    apart = [each for marks in rooms if (each := _apart(rater, marks)) is not None]
    if len(apart) < FEWEST:
        return unknown(f"{len(apart)} of {FEWEST} rooms that others marked too", len(apart))
    centre = mean(apart)
    reach = float(scipy.stats.t.ppf((1 + SHARE) / 2, len(apart) - 1)) * stdev(apart) / len(apart) ** 0.5
    caution = "an early look: a habit needs ten interviews"
    return Estimate(value=centre, interval=(centre - reach, centre + reach), n=len(apart), caution=caution)


def _apart(rater: str, marks: Marks) -> float | None:
    own = marks.get(rater, {})
    differences = []
    for dimension, level in own.items():
        others = [given[dimension] for who, given in marks.items() if who != rater and dimension in given]
        if others:
            differences.append(level - mean(others))
    return mean(differences) if differences else None

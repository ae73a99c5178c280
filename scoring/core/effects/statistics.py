"""The statistic of each rater effect, from the sums of a rater's interviews.

    careless   log of the mean squared standardised residual (outfit), posterior-averaged
    central    log of the sd of the marks given over the sd expected
    halo       share of the candidate's profile that the marks follow: the mean of two estimates, their slope
               on the profile that the other marks show, and how far apart the marks of an interview lie
    drift      slope on time of how high the marks lie beyond the candidates, logits a month

Severity is the model's own. Posterior-averaged residuals are smaller than 1, so only the model's own
bootstrap says what is ordinary.
"""

from typing import Final, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from scoring.core.effects.seen import COLUMNS

Floats = NDArray[np.float64]
Kind = Literal["severity", "careless", "central", "halo", "drift"]


class Measure(NamedTuple):
    """`side`: 1 where only a high value is an effect, -1 a low one, 0 either.

    Measured as a logarithm it is shown as a ratio; a slope a month is shown as one `times` 12.
    """

    kind: Kind
    side: Literal[-1, 0, 1]
    unit: str
    logarithm: bool = False
    times: float = 1.0

    def shown(self, value: float) -> float:
        """The value as people read it."""
        return float(np.exp(value)) if self.logarithm else float(value * self.times)


MEASURES: Final = (
    Measure("severity", 0, "logits harder than an average rater"),
    Measure("careless", 1, "mean squared misfit", logarithm=True),
    Measure("central", -1, "spread of the marks over the spread expected", logarithm=True),
    Measure("halo", -1, "how far marks follow the candidate's profile"),
    Measure("drift", 0, "logits milder over a year", times=12.0),
)
FLAT: Final = 0.01  # variance of a mark, or of a profile, below which nothing can be held against it
DRIFT: Final = 4  # its place among the measures
SIDES: Final = np.array([measure.side for measure in MEASURES])
_PLACE: Final = {name: place for place, name in enumerate(COLUMNS)}


def statistics(sums: Floats) -> Floats:
    """(..., 4) from sums (..., len(COLUMNS)): careless, central, halo, drift; nan without grounds."""
    column = {name: sums[..., place] for name, place in _PLACE.items()}
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = _spread(column)
        outfit = np.log(column["misfit"] / column["marks"])
        stacked = np.stack([outfit, np.log(spread), _follows(column), _slope(column)], axis=-1)
        varied = column["variance"] > FLAT * column["marks"]
        profiled = column["profile2"] > FLAT * column["information"]
    grounds = np.stack([varied, varied, profiled, np.ones_like(varied)], axis=-1)
    return np.where(grounds & np.isfinite(stacked), stacked, np.nan)


def _spread(of: dict[str, Floats]) -> Floats:
    """Of marks that are all equal as if one had differed by a level: a ratio of 0 has no logarithm."""
    given = np.maximum(of["level2"] - of["level"] ** 2 / of["marks"], 1 - 1 / of["marks"])
    expected = of["variance"] + of["expected2"] - of["expected"] ** 2 / of["marks"]
    return np.sqrt(given / expected)


def _follows(of: dict[str, Floats]) -> Floats:
    """1: as an ordinary rater; 0: as if every candidate were equally able on all dimensions."""
    by_slope = of["follows"] / of["profile2"]
    by_spread = 1 + of["apart"] / of["room"]
    return (by_slope + by_spread) / 2


def _slope(of: dict[str, Floats]) -> Floats:
    mean = of["month"] / of["dated"]
    spread = of["month2"] - of["dated"] * mean**2
    apart = of["lean_month"] - mean * of["lean"]
    return np.where(spread > 1e-9 * of["month2"], apart / spread, np.nan)

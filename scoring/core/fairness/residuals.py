"""Does one rater mark one group otherwise than the others do? Rater by group, with the power stated.

A residual is what a rater's sheet on one candidate gave beyond what the model expected of that rater and that
candidate with no impression assumed, in levels. It cannot show a bias that all raters share: the model learns
the candidates from them.
"""

from collections.abc import Iterator, Sequence
from itertools import product
from typing import NamedTuple

import numpy as np
import scipy
from numpy.typing import NDArray

from scenarios.core.schema import Doc
from scoring.core.estimate import Estimate, unknown

Floats = NDArray[np.float64]
FEWEST = 5  # sheets in the group and outside it
DISCOVERIES = 0.10  # share of false ones among those flagged
MATTERS = 0.5  # levels; the difference whose power is stated


class Residual(NamedTuple):
    """One rater's sheet on one candidate. `group` None: unknown, left out."""

    rater: str
    candidate: str
    group: str | None
    levels: float


class RaterByGroup(Doc):
    """`difference`: mean residual in the group less that outside it, levels, 90 % interval (Welch).

    `power`: the chance to find a difference of half a level with so many sheets. `flag`: found, with
    at most one in ten of all flagged false.
    """

    rater: str
    group: str
    inside: int
    outside: int
    difference: Estimate
    power: float | None = None
    p: float | None = None
    flag: bool = False
    says: str


class _Welch(NamedTuple):
    difference: float
    error: float
    freedom: float


def rater_by_group(sheets: Sequence[Residual]) -> tuple[RaterByGroup, ...]:
    """Every rater by every group, in order of their names."""
    known = [sheet for sheet in sheets if sheet.group is not None]
    found = list(_lines(known))
    tested = [line.p for line in found if line.p is not None]
    kept = iter(scipy.stats.false_discovery_control(tested) <= DISCOVERIES) if tested else iter(())
    return tuple(_flagged(line, bool(next(kept))) if line.p is not None else line for line in found)


def _lines(known: Sequence[Residual]) -> Iterator[RaterByGroup]:
    raters = sorted({sheet.rater for sheet in known})
    groups = sorted({sheet.group for sheet in known if sheet.group is not None})
    for rater, group in product(raters, groups):
        own = [sheet for sheet in known if sheet.rater == rater]
        inside = np.array([sheet.levels for sheet in own if sheet.group == group])
        outside = np.array([sheet.levels for sheet in own if sheet.group != group])
        yield _line(rater, group, inside, outside)


def _line(rater: str, group: str, inside: Floats, outside: Floats) -> RaterByGroup:
    sizes = {"inside": len(inside), "outside": len(outside)}
    if why := _refusal(inside, outside):
        nothing = unknown(why, len(inside) + len(outside))
        return RaterByGroup(rater=rater, group=group, **sizes, difference=nothing, says=f"Cannot say: {why}.")
    seen = _welch(inside, outside)
    reach = float(scipy.stats.t.ppf(0.95, seen.freedom)) * seen.error
    interval = (seen.difference - reach, seen.difference + reach)
    power = _power(seen)
    return RaterByGroup(
        rater=rater,
        group=group,
        **sizes,
        difference=Estimate(value=seen.difference, n=sum(sizes.values()), interval=interval).rounded(),
        power=round(power, 3),
        p=float(2 * scipy.stats.t.sf(abs(seen.difference) / seen.error, seen.freedom)),
        says=(
            f"No difference was found; one of {MATTERS:g} levels would have been found with a chance of "
            f"{power:.0%}."
        ),
    )


def _refusal(inside: Floats, outside: Floats) -> str | None:
    if min(len(inside), len(outside)) < FEWEST:
        return f"{len(inside)} sheets in the group and {len(outside)} outside it; {FEWEST} of each are needed"
    if np.ptp(inside) == 0 and np.ptp(outside) == 0:
        return "the residuals do not vary"
    return None


def _welch(inside: Floats, outside: Floats) -> _Welch:
    """Welch 1947: means of two samples of unequal spread."""
    a, b = (float(x.var(ddof=1)) / len(x) for x in (inside, outside))
    freedom = (a + b) ** 2 / (a * a / (len(inside) - 1) + b * b / (len(outside) - 1))
    return _Welch(float(inside.mean() - outside.mean()), (a + b) ** 0.5, freedom)


def _power(seen: _Welch) -> float:
    """Of a two-sided test at 5 %, had the true difference been MATTERS."""
    limit = float(scipy.stats.t.ppf(0.975, seen.freedom))
    away = MATTERS / seen.error
    there = scipy.stats.nct(seen.freedom, away)
    return float(there.sf(limit) + there.cdf(-limit))


def _flagged(line: RaterByGroup, flag: bool) -> RaterByGroup:
    if not flag or line.difference.value is None:
        return line
    way = "higher" if line.difference.value > 0 else "lower"
    says = (
        f"{line.rater} marks {line.group} {abs(line.difference.value):.2f} levels {way} than others, against "
        "what the same candidates' other raters lead one to expect: look at these sheets together."
    )
    return line.model_copy(update={"flag": True, "says": says})

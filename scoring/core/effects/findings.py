"""Rater effects found: each with its statistic, interval, cut-off and a sentence that a rater can act on.

They are for the rater first. Of the raters flagged for an effect at most one in ten is expected to be flagged
falsely (Benjamini & Hochberg 1995); nothing is said of a rater with fewer than ten interviews.
"""

from collections.abc import Callable, Iterator

import numpy as np
import scipy
from numpy.typing import NDArray

from scenarios.core.schema import Doc
from scoring.core.effects.measured import (
    FEWEST,
    MONTHS,
    Measured,
    agreements,
    counts,
    intervals,
    points,
    table,
)
from scoring.core.effects.ordinary import chances, cutoffs, ordinary
from scoring.core.effects.sentences import Found, sentence
from scoring.core.effects.statistics import MEASURES, Kind, Measure
from scoring.core.estimate import Estimate, unknown

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
DISCOVERIES = 0.10
COMPANY = 3  # raters with enough interviews: fewer have no middle to be held against

Progress = Callable[[int, int], None]  # replicates done, of how many


class Effect(Doc):
    """`statistic` with a 90 % interval from n interviews, or why there is none.

    Below `low` or above `high` (None: that side counts for nothing) lie 5 % of ordinary raters; `p` is the
    chance of an ordinary rater to lie as far out. `flag` allows for how many raters were looked at.
    """

    kind: Kind
    unit: str
    statistic: Estimate
    low: float | None = None
    high: float | None = None
    p: float | None = None
    flag: bool = False
    says: str


class RaterEffects(Doc):
    """`points`: how far the marks lie below an average rater's, in levels (above zero: harder).

    `agrees`: rank correlation with the others' marks of the same candidates.
    """

    rater: str
    interviews: int
    points: Estimate
    agrees: Estimate
    effects: tuple[Effect, ...]

    def flags(self) -> tuple[Kind, ...]:
        """The kinds of the effects that are flagged."""
        return tuple(effect.kind for effect in self.effects if effect.flag)


def find(
    measured: Measured,
    again: Callable[[int], Measured],
    replicates: int,
    seed: int,
    tell: Progress | None = None,
) -> tuple[RaterEffects, ...]:
    """Every effect of every rater. `again(seed)`: the same of marks drawn from the model and fitted anew."""
    drawn = []
    for done, each in enumerate(np.random.SeedSequence(seed).generate_state(replicates), 1):
        drawn.append(table(again(int(each))))
        if tell:
            tell(done, replicates)
    return tuple(_found(measured, np.stack(drawn), seed))


def _found(measured: Measured, drawn: Floats, seed: int) -> Iterator[RaterEffects]:
    many, statistic = counts(measured), table(measured)
    enough = np.where(many >= FEWEST, 0.0, np.nan)[:, None]
    known = ordinary(drawn + enough)
    p = chances(statistic + enough, known)
    low, high = cutoffs(statistic + enough, known)
    flags, agreed = _discovered(p), agreements(measured)
    for place, rater in enumerate(measured.raters):
        n = int(many[place])
        if why := _refusal(n, int(np.count_nonzero(many >= FEWEST))):
            yield _nothing(rater, n, why)
            continue
        reach, moved = intervals(measured, place, seed), points(measured, place)
        about = Found(n, moved, agreed[place], tuple(_kinds(flags[place])))
        numbers = np.column_stack([statistic[place], reach, low[place], high[place], p[place]])
        effects = tuple(_effect(m, row, about) for m, row in zip(MEASURES, numbers, strict=True))
        yield RaterEffects(rater=rater, interviews=n, points=moved, agrees=agreed[place], effects=effects)


def _refusal(n: int, company: int) -> str | None:
    if n < FEWEST:
        return f"too few interviews to say: {n} of {FEWEST}"
    if company < COMPANY:
        return f"too few raters to compare with: {COMPANY} need {FEWEST} interviews each"
    return None


def _discovered(p: Floats) -> Flags:
    """Which of p (raters, measures) are flagged, measure by measure."""
    flags = np.zeros(p.shape, np.bool_)
    for place, column in enumerate(p.T):
        tested = np.isfinite(column)
        if tested.any():
            flags[tested, place] = scipy.stats.false_discovery_control(column[tested]) <= DISCOVERIES
    return flags


def _kinds(flags: Flags) -> Iterator[Kind]:
    return (measure.kind for measure, flag in zip(MEASURES, flags, strict=True) if flag)


def _nothing(rater: str, n: int, why: str) -> RaterEffects:
    nothing, says = unknown(why, n), f"{why[0].upper()}{why[1:]}."
    effects = tuple(Effect(kind=m.kind, unit=m.unit, statistic=nothing, says=says) for m in MEASURES)
    return RaterEffects(rater=rater, interviews=n, points=nothing, agrees=nothing, effects=effects)


def _effect(measure: Measure, row: Floats, about: Found) -> Effect:
    """`row`: value, interval from and to, cut-offs low and high, p; all as measured."""
    if np.isnan(row[-1]):
        why = (
            f"under {MONTHS:g} months of dated interviews" if measure.kind == "drift" else "too little varies"
        )
        nothing = unknown(why, about.interviews)
        return Effect(kind=measure.kind, unit=measure.unit, statistic=nothing, says=f"Cannot say: {why}.")
    value, start, end, low, high = (round(measure.shown(number), 4) for number in row[:5])
    return Effect(
        kind=measure.kind,
        unit=measure.unit,
        statistic=Estimate(value=value, n=about.interviews, interval=(start, end)),
        low=low if measure.side <= 0 else None,
        high=high if measure.side >= 0 else None,
        p=round(float(row[-1]), 5),
        flag=measure.kind in about.flags,
        says=sentence(measure, value, about),
    )

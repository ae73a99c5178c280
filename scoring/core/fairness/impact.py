"""Impact ratios: how often each group is chosen against the group chosen most, and what chance may do.

Sources: the four-fifths rule of the Uniform Guidelines (29 CFR 1607.4 D) with the care for small numbers its
questions and answers ask for; scores by the share above the sample's median (6 RCNY 5-301).
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from scenarios.core.schema import Doc
from scoring.core.estimate import Estimate, unknown
from scoring.core.fairness.groups import Division, Flags, Groups
from scoring.core.proportions import fisher, ratio_interval, wilson

FOUR_FIFTHS = 0.8
SMALL = 10  # people; a smaller group is counted and nothing else
CHANCE = 0.05
DRAWS = 4_000


class Impact(Doc):
    """One group: `chosen` of `n`. `ratio` to the group chosen most; 90 % score intervals.

    `fisher`: the exact p of equal rates of this group and that one. `flag`: the ratio is under four fifths.
    `turns`: one more person chosen would lift it.
    """

    group: str
    n: int
    chosen: int
    rate: Estimate
    ratio: Estimate
    fisher: float | None = None
    flag: bool = False
    turns: bool = False
    says: str


class ImpactTable(Doc):
    """`chance`: how often the lowest ratio is as low when choice has nothing to do with the attribute.

    It allows for how many groups there are and that the one chosen most is picked after the fact.
    """

    attribute: str
    unknown: int
    reference: str | None
    groups: tuple[Impact, ...]
    chance: float | None


class Count(Doc):
    """A group before anything is said of it."""

    group: str
    n: int
    chosen: int


def impacts(chosen: Flags, groups: Groups, seed: int) -> tuple[ImpactTable, ...]:
    """A table for each attribute and each pair of them. `chosen`: (people,)."""
    return tuple(impact(chosen, division, seed) for division in groups.divisions())


def impact(chosen: Flags, division: Division, seed: int) -> ImpactTable:
    """The table of one division of people."""
    counts = counted(chosen, division)
    large = [count for count in counts if count.n >= SMALL]
    top = max(large, key=lambda count: (count.chosen / count.n, count.n), default=None)
    return ImpactTable(
        attribute=division.attribute,
        unknown=division.unknown,
        reference=top.group if top else None,
        groups=tuple(_line(count, top) for count in counts),
        chance=_chance(large, seed),
    )


def counted(chosen: Flags, division: Division) -> tuple[Count, ...]:
    """How many of each group there are, and how many of them are chosen."""
    return tuple(
        Count(
            group=category.label,
            n=int(category.members.sum()),
            chosen=int((category.members & chosen).sum()),
        )
        for category in division.categories
    )


def above_median(score: NDArray[np.float64]) -> Flags:
    """Who scores above the median of all who have a score; (people,), nan is "no score" and not above."""
    known = score[~np.isnan(score)]
    if not len(known):
        return np.zeros(len(score), np.bool_)
    above: Flags = score > np.median(known)
    return above


def _line(count: Count, top: Count | None) -> Impact:
    if count.n < SMALL or top is None:
        why = f"{count.n} people; a rate is shown from {SMALL}"
        return _without(count, unknown(why, count.n), why, f"Counts only: {why}.")
    low, high = wilson(count.chosen, count.n)
    rate = Estimate(value=count.chosen / count.n, n=count.n, interval=(low, high)).rounded()
    if not top.chosen:
        return _without(count, rate, "nobody was chosen", "Nobody was chosen.")
    if count == top:
        return _without(count, rate, "the group chosen most", "Chosen most: the others are held against it.")
    return _compared(count, rate, top)


def _without(count: Count, rate: Estimate, why: str, says: str) -> Impact:
    return Impact(**count.model_dump(), rate=rate, ratio=unknown(why, count.n), says=says)


def _compared(count: Count, rate: Estimate, top: Count) -> Impact:
    ratio = _ratio(count.chosen, count.n, top)
    low, high = ratio_interval(count.chosen, count.n, top.chosen, top.n)
    p = fisher(count.chosen, count.n, top.chosen, top.n)
    flag = ratio < FOUR_FIFTHS
    return Impact(
        **count.model_dump(),
        rate=rate,
        ratio=Estimate(value=ratio, n=count.n + top.n, interval=(low, high)).rounded(),
        fisher=round(p, 6),
        flag=flag,
        turns=flag and _ratio(count.chosen + 1, count.n, top) >= FOUR_FIFTHS,
        says=" ".join(_sentences(count, ratio, (low, high), p, top)),
    )


def _ratio(chosen: int, n: int, top: Count) -> float:
    return (chosen / n) / (top.chosen / top.n)


def _sentences(
    count: Count, ratio: float, interval: tuple[float, float], p: float, top: Count
) -> Iterator[str]:
    where = "Under four fifths of" if ratio < FOUR_FIFTHS else "At least four fifths of"
    yield f"{where} the rate of {top.group}."
    if p < CHANCE:
        yield f"Chance alone seldom parts the two so far (exact p {p:.3f})."
    else:
        yield (
            f"Chance may part the two so far (exact p {p:.2f}); the ratio may be {interval[0]:.2f} to "
            f"{interval[1]:.2f}."
        )
    if ratio < FOUR_FIFTHS and _ratio(count.chosen + 1, count.n, top) >= FOUR_FIFTHS:
        yield "One more person chosen would lift it over four fifths."


def _chance(counts: list[Count], seed: int) -> float | None:
    """The chosen dealt to the groups at random, sizes and total kept (a hypergeometric draw)."""
    total = sum(count.chosen for count in counts)
    if len(counts) < 2 or not total:
        return None
    sizes = np.array([count.n for count in counts])
    seen = _lowest(np.array([[count.chosen for count in counts]]), sizes)[0]
    rng = np.random.default_rng(seed)
    drawn = _lowest(rng.multivariate_hypergeometric(sizes, total, size=DRAWS), sizes)
    return round((1 + int((drawn <= seen + 1e-12).sum())) / (1 + DRAWS), 4)


def _lowest(chosen: NDArray[np.int64], sizes: NDArray[np.int64]) -> NDArray[np.float64]:
    """(draws,) the lowest rate over the highest, from counts of shape (draws, groups)."""
    rates = chosen / sizes
    lowest: NDArray[np.float64] = rates.min(axis=1) / rates.max(axis=1)
    return lowest

"""The audit of one sample: every stage by every group, raw marks against adjusted ones, other bars."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from scenarios.core.schema import Doc
from scoring.core.fairness.groups import BadGroups, Flags, Groups
from scoring.core.fairness.impact import ImpactTable, above_median, impacts

Floats = NDArray[np.float64]


class Stage(Doc):
    """One step on the way, such as "raw marks", "recommendation" or "decision".

    `by`: what being chosen means there. `reached`: people who came so far.
    """

    name: str
    by: str
    reached: int
    chosen: int
    tables: tuple[ImpactTable, ...]


class OtherBar(Doc):
    """What another bar for everybody would have done. `lowest`: the lowest ratio by attribute, None without.

    `expected_misses`: of those above it, how many are expected to fall short of the declared bar.
    """

    bar: float
    declared: bool
    chosen: int
    expected_misses: float | None
    lowest: tuple[tuple[str, float | None], ...]


def scored(name: str, score: Floats, groups: Groups, seed: int) -> Stage:
    """A stage that gives scores: chosen is who lies above the sample's median. nan: not scored."""
    reached = ~np.isnan(_fitting(name, score, groups))
    return _stage(name, "a score above the sample's median", above_median(score), reached, groups, seed)


def selected(name: str, chosen: Sequence[bool | None], groups: Groups, seed: int) -> Stage:
    """A stage that says yes or no. None: the person did not come so far, and is left out."""
    given = _fitting(name, np.array([np.nan if c is None else float(c) for c in chosen]), groups)
    return _stage(name, "a yes", given == 1, ~np.isnan(given), groups, seed)


def other_bars(
    score: Floats, above: Floats, declared: float, others: Sequence[float], groups: Groups, seed: int
) -> tuple[OtherBar, ...]:
    """The declared bar and others side by side; one bar holds for everybody, whatever the group.

    `score`: composites on the rubric's scale; `above`: P(above the declared bar), nan where nobody said it;
    both (people,).
    """
    _fitting("score", score, groups)
    _fitting("above", above, groups)
    return tuple(
        _other_bar(bar, bar == declared, score, above, groups, seed) for bar in sorted({declared, *others})
    )


def _stage(name: str, by: str, chosen: Flags, reached: Flags, groups: Groups, seed: int) -> Stage:
    return Stage(
        name=name,
        by=by,
        reached=int(reached.sum()),
        chosen=int((chosen & reached).sum()),
        tables=impacts(chosen[reached], _kept(groups, reached), seed),
    )


def _other_bar(
    bar: float, declared: bool, score: Floats, above: Floats, groups: Groups, seed: int
) -> OtherBar:
    chosen = score >= bar - 1e-9
    tables = impacts(chosen, groups, seed)
    return OtherBar(
        bar=bar,
        declared=declared,
        chosen=int(chosen.sum()),
        expected_misses=None if np.isnan(above[chosen]).any() else round(float((1 - above[chosen]).sum()), 2),
        lowest=tuple((table.attribute, _lowest(table)) for table in tables),
    )


def _lowest(table: ImpactTable) -> float | None:
    return min((g.ratio.value for g in table.groups if g.ratio.value is not None), default=None)


def _kept(groups: Groups, kept: Flags) -> Groups:
    columns: Mapping[str, tuple[str | None, ...]] = {
        name: tuple(label for label, keep in zip(column, kept, strict=True) if keep)
        for name, column in groups.labels.items()
    }
    return Groups(columns, int(kept.sum()))


def _fitting(name: str, column: Floats, groups: Groups) -> Floats:
    if column.shape != (groups.people,):
        raise BadGroups(f"{name}: {len(column)} values for {groups.people} people")
    return column

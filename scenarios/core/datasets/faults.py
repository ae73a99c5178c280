"""Plant a fault in a table, and measure that it is there.

`plant` spoils a table; `size` puts a number on how far one is spoilt in this way, made to be held
against the same table without the fault: `visible` says whether the difference can be seen.
"""

import math
from typing import Any, NamedTuple, assert_never

import numpy as np
from numpy.typing import NDArray

from scenarios.core.datasets.table import Mask, Series, Table, fits
from scenarios.core.recipes import (
    AnyFault,
    BrokenWeek,
    DelayedLabels,
    Leakage,
    MixShift,
    NoisyLabels,
    Shift,
    Survivorship,
    ThinSegment,
    UnseenLabels,
)

Day = np.datetime64


def plant(fault: AnyFault, table: Table, as_of: Day, chance: np.random.Generator) -> Table:
    """The table with this fault in it. `as_of`: the day on which it was drawn."""
    match fault:
        case DelayedLabels():
            return _delayed(fault, table, as_of, chance)
        case NoisyLabels():
            return _noisy(fault, table, chance)
        case UnseenLabels():
            return _unseen(fault, table, chance)
        case ThinSegment():
            return _without(table, fits(table, (fault.where,)), fault.keep, chance)
        case Leakage():
            return _leaking(fault, table, chance)
        case Shift():
            return _shifted(fault, table, chance)
        case BrokenWeek():
            return _broken(fault, table, chance)
        case Survivorship():
            return _without(table, fits(table, fault.where), fault.keep, chance)
        case MixShift():
            early = fits(table, fault.where) & ~_after(table, fault.clock, fault.since)
            return _without(table, early, fault.keep, chance)
        case _:
            assert_never(fault)


def _delayed(fault: DelayedLabels, table: Table, as_of: Day, chance: np.random.Generator) -> Table:
    target, days = table.column(fault.target), table.column(fault.clock).values
    delay = np.exp(math.log(fault.median) + fault.spread * chance.standard_normal(table.rows))
    arrived = (days + np.ceil(delay).astype(np.int64) <= as_of) | ~fits(table, fault.where)
    return table.having(_with(target, np.where(arrived, target.values, 0)))


def _noisy(fault: NoisyLabels, table: Table, chance: np.random.Generator) -> Table:
    target = table.column(fault.target)
    luck = chance.random(table.rows)
    wrong = (luck < np.where(target.values == 1, fault.missed, fault.false)) & fits(table, fault.where)
    spoilt = np.where(wrong, 1 - target.values, target.values)
    again = chance.random(table.rows) < np.where(spoilt == 1, fault.audited_ones, fault.audited)
    audit = Series(fault.audit, fault.audit_about, "integer", target.values, ~again | target.empty)
    return table.having(_with(target, spoilt)).having(audit, after=fault.target)


def _unseen(fault: UnseenLabels, table: Table, chance: np.random.Generator) -> Table:
    place = table.column(fault.column).floats()
    seen_by = np.exp2(-(place - np.nanmin(place)) / fault.half)  # share of readers who come so far down
    missed = ~(chance.random(table.rows) < seen_by)
    for name in (fault.target, *fault.follows):
        series = table.column(name)
        table = table.having(_with(series, np.where(missed, 0, series.values)))
    return table


def _leaking(fault: Leakage, table: Table, chance: np.random.Generator) -> Table:
    target = table.column(fault.target)
    share = np.where(target.values == 1, fault.agrees, fault.alarms)
    told = (chance.random(table.rows) < share).astype(np.int64)
    before = table.names.index(fault.target)  # it stands among the ordinary columns, before the target
    series = Series(fault.column, fault.column_about, "integer", told, np.zeros(table.rows, dtype=bool))
    return table.having(series, after=table.names[before - 1])


def _shifted(fault: Shift, table: Table, chance: np.random.Generator) -> Table:
    series = table.column(fault.column)
    rows = _after(table, fault.clock, fault.since) & fits(table, fault.where)
    rows &= chance.random(table.rows) < fault.share
    if fault.to is not None:
        to: Any = int(fault.to) if series.kind == "integer" else fault.to
        values = series.values if series.kind == "integer" else _widened(series.values, fault.to)
        return table.having(_with(series, np.where(rows, to, values)))
    moved = np.where(rows, series.values * fault.times, series.values)
    moved = np.rint(moved).astype(np.int64) if series.kind == "integer" else np.round(moved, series.decimals)
    return table.having(_with(series, moved))


def _broken(fault: BrokenWeek, table: Table, chance: np.random.Generator) -> Table:
    rows = _window(fault, table) & (chance.random(table.rows) < fault.share)
    match fault.how:
        case "dropped":
            return table.take(~rows)
        case "doubled":
            return table.take(np.repeat(np.arange(table.rows), 1 + rows))
        case "empty" | "zero":
            for name in fault.columns:
                table = table.having(_blank(table.column(name), rows, fault.how == "zero"))
            return table


def _blank(series: Series, rows: Mask, zero: bool) -> Series:
    if not zero:
        return Series(
            series.name, series.about, series.kind, series.values, series.empty | rows, series.decimals
        )
    return _with(series, np.where(rows, np.zeros((), series.values.dtype), series.values))


def _without(table: Table, rows: Mask, keep: float, chance: np.random.Generator) -> Table:
    return table.take(~rows | (chance.random(table.rows) < keep))


def _with(series: Series, values: NDArray[Any]) -> Series:
    return Series(series.name, series.about, series.kind, values, series.empty, series.decimals)


def _widened(values: NDArray[Any], new: str) -> NDArray[Any]:
    return values.astype(f"<U{max(len(new), values.dtype.itemsize // 4)}")


def _after(table: Table, clock: str, since: Any) -> Mask:
    return np.asarray(table.column(clock).values >= np.datetime64(since))


def _window(fault: BrokenWeek, table: Table) -> Mask:
    days = table.column(fault.clock).values
    start = np.datetime64(fault.since)
    return (days >= start) & (days < start + fault.days) & fits(table, fault.where)


# --- is it there? -----------------------------------------------------------------------------------------


class Seen(NamedTuple):
    """How far a table is spoilt, beside its twin without the fault, and the difference that counts."""

    size: float
    control: float
    least: float

    @property
    def visible(self) -> bool:
        return abs(self.size - self.control) >= self.least


LEAST = {
    "delayed_labels": 0.25,
    "noisy_labels": 0.05,
    "unseen_labels": 0.25,
    "thin_segment": 0.7,
    "leakage": 0.4,
    "shift": 0.15,
    "broken_week": 0.3,
    "survivorship": 0.7,
    "mix_shift": 0.05,
}


def seen(fault: AnyFault, table: Table, control: Table, as_of: Day) -> Seen:
    """The fault measured in a table that has it and in one that has not."""
    return Seen(size(fault, table, as_of), size(fault, control, as_of), LEAST[fault.kind])


def size(fault: AnyFault, table: Table, as_of: Day) -> float:
    """One number for how far the table is spoilt in this fault's way.

    delayed_labels: rate of ones in fresh rows as a share of the rate in old ones. noisy_labels: of the
    audited rows with a one on either side, the share that disagree. unseen_labels: rate of ones in the lower
    half of the places as a share of the rate in the upper half. thin_segment, survivorship:
    logarithm of how many rows fit. leakage: correlation of column and target. shift: difference after
    minus before, in standard deviations (of a share, in points). broken_week: difference of the emptied
    or zero share; for rows, logarithm of how many there are a day, inside and outside the window.
    mix_shift: the group's share of all rows, after minus before.
    """
    match fault:
        case DelayedLabels():
            return _fresh_share(fault, table, as_of)
        case NoisyLabels():
            return _disagree(fault, table)
        case UnseenLabels():
            return _lower_share(fault, table)
        case ThinSegment():
            return math.log1p(int(fits(table, (fault.where,)).sum()))
        case Leakage():
            return _correlation(table, fault.column, fault.target)
        case Shift():
            return _difference(fault, table)
        case BrokenWeek():
            return _gap(fault, table)
        case Survivorship():
            return math.log1p(int(fits(table, fault.where).sum()))
        case MixShift():
            return _arrived(fault, table)
        case _:
            assert_never(fault)


def _fresh_share(fault: DelayedLabels, table: Table, as_of: Day) -> float:
    age = (as_of - table.column(fault.clock).values).astype(np.int64)
    label = np.where(fits(table, fault.where), table.column(fault.target).floats(), np.nan)
    fresh, old = label[age <= fault.median], label[age > 2 * fault.median]
    rate = float(np.nanmean(old)) if len(old) else 0.0
    return float(np.nanmean(fresh)) / rate if len(fresh) and rate else 1.0


def _disagree(fault: NoisyLabels, table: Table) -> float:
    if fault.audit not in table.names:
        return 0.0
    audit, target = table.column(fault.audit), table.column(fault.target)
    both = ~audit.empty & ~target.empty & ((audit.values == 1) | (target.values == 1))
    return float(np.mean(audit.values[both] != target.values[both])) if both.any() else 0.0


def _lower_share(fault: UnseenLabels, table: Table) -> float:
    place, label = table.column(fault.column).floats(), table.column(fault.target).floats()
    lower = place > np.nanmedian(place)
    return float(np.nanmean(label[lower])) / (float(np.nanmean(label[~lower])) or 1.0)


def _correlation(table: Table, one: str, other: str) -> float:
    if one not in table.names:
        return 0.0
    a, b = table.column(one).floats(), table.column(other).floats()
    known = ~np.isnan(a) & ~np.isnan(b)
    if not a[known].std() or not b[known].std():
        return 0.0
    return float(np.corrcoef(a[known], b[known])[0, 1])


def _difference(fault: Shift, table: Table) -> float:
    series = table.column(fault.column)
    if fault.to is not None:
        value, spread = (series.values.astype(str) == fault.to).astype(np.float64), 1.0
    else:
        value = series.floats()
        spread = float(np.nanstd(value)) or 1.0
    picked = fits(table, fault.where)
    after = _after(table, fault.clock, fault.since)
    return _mean(value[picked & after], spread) - _mean(value[picked & ~after], spread)


def _arrived(fault: MixShift, table: Table) -> float:
    group, after = fits(table, fault.where).astype(np.float64), _after(table, fault.clock, fault.since)
    return _mean(group[after], 1.0) - _mean(group[~after], 1.0)


def _mean(value: NDArray[np.float64], spread: float) -> float:
    return float(np.nanmean(value)) / spread if len(value) else 0.0


def _gap(fault: BrokenWeek, table: Table) -> float:
    inside, alike = _window(fault, table), fits(table, fault.where)
    outside = alike & ~inside
    if fault.how in ("dropped", "doubled"):
        days = table.column(fault.clock).values
        other = max(len(np.unique(days[outside])), 1)
        return math.log((int(inside.sum()) + 1) / fault.days) - math.log((int(outside.sum()) + 1) / other)
    parts = [_blanks(table.column(name), fault.how == "zero") for name in fault.columns]
    return max(float(p[inside].mean()) - float(p[outside].mean()) for p in parts)


def _blanks(series: Series, zero: bool) -> Mask:
    return np.asarray(series.values == np.zeros((), series.values.dtype)) if zero else series.empty

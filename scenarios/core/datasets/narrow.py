"""Less than the whole table: columns, rows, a stretch of time, or counted by group."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from scenarios.core.datasets.build import build, stream
from scenarios.core.datasets.table import Series, Table, fits
from scenarios.core.recipes import Narrowing, Recipe, Where

COUNT = "n"  # the column of a counted table that says how many rows a group has
STEPS = {"day": "datetime64[D]", "week": "datetime64[W]", "month": "datetime64[M]"}


def granted(recipe: Recipe, narrowing: Narrowing | None) -> Table:
    """The table as it is handed out."""
    table = build(recipe)
    return table if narrowing is None else narrowed(table, recipe, narrowing)


def narrowed(table: Table, recipe: Recipe, narrowing: Narrowing) -> Table:
    """The rows and columns that are left; counted last, so groups count only what was granted."""
    table = table.take(fits(table, _rows(recipe, narrowing)))
    if narrowing.share < 1:
        table = table.take(stream(recipe.seed, "narrowing").random(table.rows) < narrowing.share)
    if narrowing.by:
        table = counted(table, narrowing)
    kept = set(narrowing.columns or table.names) - set(narrowing.without)
    return Table(tuple(s for s in table.series if s.name in kept or (narrowing.by and s.name == COUNT)))


def _rows(recipe: Recipe, narrowing: Narrowing) -> tuple[Where, ...]:
    if recipe.clock is None or (narrowing.since is None and narrowing.until is None):
        return narrowing.where
    return (*narrowing.where, Where(column=recipe.clock, since=narrowing.since, until=narrowing.until))


def counted(table: Table, narrowing: Narrowing) -> Table:
    """One row for each combination of `by`: how many rows it has, and the mean of every number."""
    keys = [_stepped(table.column(name), narrowing.per) for name in narrowing.by]
    labels = np.array(["\x1f".join(cells) for cells in zip(*(k.cells() for k in keys), strict=True)])
    _, first, group, size = np.unique(labels, return_index=True, return_inverse=True, return_counts=True)
    large = size >= narrowing.smallest
    heads = tuple(key.take(first[large]) for key in keys)
    none = np.zeros(int(large.sum()), dtype=bool)
    count = Series(COUNT, "How many rows", "integer", size[large], none)
    numbers = [s for s in table.series if s.kind in ("integer", "number") and s.name not in narrowing.by]
    return Table((*heads, count, *(_mean(s, group, len(size)).take(large) for s in numbers)))


def _stepped(series: Series, per: str) -> Series:
    if series.kind != "date":
        return series
    values = series.values.astype(STEPS[per]).astype("datetime64[D]")
    return Series(series.name, f"{series.about} (first day of the {per})", "date", values, series.empty)


def _mean(series: Series, group: NDArray[Any], groups: int) -> Series:
    known = ~series.empty
    sums = np.bincount(group[known], weights=series.values[known].astype(np.float64), minlength=groups)
    counts = np.bincount(group[known], minlength=groups)
    values = np.divide(sums, counts, out=np.zeros(groups), where=counts > 0)
    return Series(series.name, f"Mean: {series.about}", "number", np.round(values, 4), counts == 0, 4)

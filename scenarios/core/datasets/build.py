"""build(recipe, seed) -> Table: the same recipe and seed give the same bytes.

Every column draws from a stream of its own, named by seed and column, so a column that is added,
or a fault that is taken out, leaves all others as they were.
"""

import zlib
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scenarios.core.datasets.faults import plant
from scenarios.core.datasets.table import Kind, Mask, Series, Table, fits, weekday
from scenarios.core.recipes import (
    AnyColumn,
    Category,
    Date,
    Effect,
    Entity,
    Flag,
    Id,
    Later,
    Number,
    Phrase,
    Recipe,
)

SATURDAY = 5
Floats = NDArray[np.float64]
Draw = Callable[[int], NDArray[Any]]  # so many draws


def build(recipe: Recipe, seed: int | None = None) -> Table:
    """The table of this recipe, faults and all. `seed`: instead of the recipe's own."""
    seed = recipe.seed if seed is None else seed
    table = clean(recipe, seed)
    for fault in recipe.faults:
        table = plant(fault, table, np.datetime64(recipe.as_of), stream(seed, f"fault {fault.key}"))
    return table


def clean(recipe: Recipe, seed: int) -> Table:
    """The table before any fault is planted."""
    crossed = _crossed(recipe)
    rows = len(next(iter(crossed.values()))) if crossed else recipe.rows or 0
    table = Table(())
    for column in recipe.columns:
        if column.name in crossed:
            series = _series(column, crossed[column.name])
        else:
            series = _drawn(column, table, rows, seed, recipe)
        table = Table((*table.series, series))
    for column in recipe.columns:
        if column.missing:
            table = table.having(_thinned(table.column(column.name), column, seed))
    return table


def stream(seed: int, name: str) -> np.random.Generator:
    """The random numbers of one column or fault."""
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, zlib.crc32(name.encode())])))


# --- columns --------------------------------------------------------------------------------------------


def _crossed(recipe: Recipe) -> dict[str, NDArray[Any]]:
    """The values of the columns in `each`: every combination once, the first column slowest."""
    columns = {c.name: c for c in recipe.columns}
    levels = [_levels(columns[name]) for name in recipe.each]
    grids = np.meshgrid(*levels, indexing="ij") if levels else []
    return {name: grid.ravel() for name, grid in zip(recipe.each, grids, strict=True)}


def _levels(column: AnyColumn) -> NDArray[Any]:
    match column:
        case Date():
            return np.datetime64(column.start) + np.arange(column.days)
        case Category():
            return np.array(list(column.options))
        case _:
            raise TypeError(f"{column.name}: only dates and categories can be crossed")


def _drawn(column: AnyColumn, table: Table, rows: int, seed: int, recipe: Recipe) -> Series:
    chance = stream(seed, column.name)
    match column:
        case Id():
            values = _numbered(column.prefix, np.arange(1, rows + 1), rows)
        case Entity():
            values = _numbered(
                column.prefix, _ranks(chance, column.distinct, column.skew, rows) + 1, column.distinct
            )
        case Phrase():
            values = _phrases(column, chance, rows)
        case Date():
            values = _dates(column, chance, rows, in_order=column.name == recipe.clock)
        case Later():
            return _later(column, table, chance, recipe)
        case Category():
            values = _by(column, table, rows, lambda n: _chosen(chance, column.options, n))
            values = _depending(column, table, values, chance)
        case Number():
            noise = _by(column, table, rows, lambda n: _noise(column, chance, n))
            values = _numbers(column, noise, _moved(column.effects, table, rows))
        case Flag():
            luck = _by(column, table, rows, chance.random)
            odds = np.log(column.chance / (1 - column.chance)) + _moved(column.effects, table, rows)
            values = (luck < 1 / (1 + np.exp(-odds))).astype(np.int64)
    return _series(column, values)


def _series(column: AnyColumn, values: NDArray[Any]) -> Series:
    kinds: dict[str, Kind] = {"i": "integer", "f": "number", "M": "date", "U": "text"}
    decimals = column.decimals if isinstance(column, Number) else 0
    empty = np.zeros(len(values), dtype=bool)
    return Series(column.name, column.about, kinds[values.dtype.kind], values, empty, decimals)


def _numbered(prefix: str, numbers: NDArray[np.int64], largest: int) -> NDArray[Any]:
    width = len(str(largest))
    return np.char.add(prefix, np.char.zfill(numbers.astype(str), width))


def _ranks(chance: np.random.Generator, distinct: int, skew: float, rows: int) -> NDArray[np.int64]:
    """Places from 0 up, the k-th as often as 1 / (k+1)^skew."""
    weights = 1 / np.arange(1, distinct + 1) ** skew
    edges = np.cumsum(weights)
    drawn: NDArray[np.int64] = np.searchsorted(edges, chance.random(rows) * edges[-1], side="right")
    return np.minimum(drawn, distinct - 1)


def _phrases(column: Phrase, chance: np.random.Generator, rows: int) -> NDArray[Any]:
    parts = [np.array(part)[_ranks(chance, len(part), column.skew, rows)] for part in column.parts]
    whole = parts[0]
    for part in parts[1:]:
        whole = np.char.add(np.char.add(whole, " "), part)
    return whole


def _dates(column: Date, chance: np.random.Generator, rows: int, in_order: bool) -> NDArray[Any]:
    days = np.datetime64(column.start) + np.arange(column.days)
    weights = 1 + column.growth * np.arange(column.days) / max(column.days - 1, 1)
    weights = np.where(weekday(days) >= SATURDAY, weights * column.weekend, weights)
    edges = np.cumsum(weights)
    drawn = days[np.searchsorted(edges, chance.random(rows) * edges[-1], side="right")]
    return np.sort(drawn) if in_order else drawn


def _later(column: Later, table: Table, chance: np.random.Generator, recipe: Recipe) -> Series:
    base = table.column(column.after)
    days = np.exp(np.log(column.median) + column.spread * chance.standard_normal(table.rows))
    values = base.values + np.rint(days).astype(np.int64)
    unknown = base.empty | (values > np.datetime64(recipe.as_of))
    return Series(column.name, column.about, "date", values, unknown)


def _chosen(chance: np.random.Generator, weights: dict[str, float], n: int) -> NDArray[Any]:
    edges = np.cumsum(list(weights.values()))
    options: NDArray[Any] = np.array(list(weights))
    places = np.searchsorted(edges, chance.random(n) * edges[-1], side="right")
    chosen: NDArray[Any] = options[places]
    return chosen


def _depending(
    column: Category, table: Table, values: NDArray[Any], chance: np.random.Generator
) -> NDArray[Any]:
    if column.depends is None:
        return values
    on = table.column(column.depends.column).values.astype(str)
    for value, weights in column.depends.weights.items():
        rows = on == value
        values = values.astype(f"<U{max(map(len, [*column.options, *weights]))}")
        values[rows] = _chosen(chance, weights, int(rows.sum()))
    return values


def _by(column: Category | Number | Flag, table: Table, rows: int, draw: Draw) -> NDArray[Any]:
    """One draw a row; or, with `by`, one for each value of that column, the same in all its rows."""
    if column.by is None:
        return draw(rows)
    names = table.column(column.by).values
    prefix = str(names[0]).rstrip("0123456789")
    numbers = np.char.replace(names, prefix, "", 1).astype(np.int64)
    return draw(int(numbers.max()) + 1)[numbers]


def _noise(column: Number, chance: np.random.Generator, n: int) -> Floats:
    if column.shape in ("uniform", "count", "exponential"):
        return chance.random(n)
    return chance.standard_normal(n)


def _numbers(column: Number, noise: Floats, moved: Floats) -> NDArray[Any]:
    match column.shape:
        case "normal":
            values = column.center + column.spread * noise + moved
        case "uniform":
            values = column.center + column.spread * (2 * noise - 1) + moved
        case "lognormal":
            values = np.exp(np.log(column.center) + column.spread * noise + moved)
        case "exponential":
            values = -column.center * np.exp(moved) * np.log1p(-noise)
        case "count":
            values = _poisson(column.center * np.exp(moved), noise)
    low = -np.inf if column.least is None else column.least
    high = np.inf if column.most is None else column.most
    values = np.clip(values, low, high)
    if column.shape == "count" or column.decimals == 0:
        return np.rint(values).astype(np.int64)
    return np.round(values, column.decimals)


def _poisson(mean: Floats, luck: Floats) -> Floats:
    """Poisson numbers by inversion: one random number a cell, whatever the mean."""
    count = np.zeros(len(mean))
    term = np.exp(-np.minimum(mean, 600))
    total = term.copy()
    for k in range(1, int(np.max(mean, initial=1) * 2 + 60)):
        more = luck > total
        if not more.any():
            break
        count += more
        term = term * mean / k
        total = total + term
    return count


def _moved(effects: tuple[Effect, ...], table: Table, rows: int) -> Floats:
    """How far the effects move each row."""
    total = np.zeros(rows)
    for effect in effects:
        strength = np.ones(rows) if effect.column is None else _strength(effect, table.column(effect.column))
        picked: Mask = fits(table, effect.where) if effect.where else np.ones(rows, dtype=bool)
        total += np.where(picked, effect.adds * strength, 0.0)
    return total


def _strength(effect: Effect, series: Series) -> Floats:
    value = series.floats()
    if effect.wave is not None:
        return np.asarray(np.sin(2 * np.pi * (value - effect.base) / effect.wave))
    return np.nan_to_num((value - effect.base) / effect.per)


def _thinned(series: Series, column: AnyColumn, seed: int) -> Series:
    gone = stream(seed, f"missing {column.name}").random(len(series.values)) < column.missing
    return Series(series.name, series.about, series.kind, series.values, series.empty | gone, series.decimals)

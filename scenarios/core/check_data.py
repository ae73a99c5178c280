"""Sense checks of data sets: recipes that can be made, faults that stand on them, rules that can be followed.

Each check yields (place, what is wrong). Nothing is built here; `unseen` builds, and is for authors
and tests.
"""

from collections.abc import Iterator

import numpy as np

from scenarios.core.datasets.build import build
from scenarios.core.datasets.faults import seen
from scenarios.core.recipes import (
    AnyColumn,
    AnyFault,
    BrokenWeek,
    Category,
    Date,
    DelayedLabels,
    Effect,
    Entity,
    Flag,
    Later,
    Leakage,
    Narrowing,
    NoisyLabels,
    Number,
    Recipe,
    Shift,
    UnseenLabels,
    Where,
    added,
)
from scenarios.core.schema import Access, DataSet, Scenario

Found = tuple[tuple[str | int, ...], str]

CELLS = 6_000_000  # rows x columns of one table
SQL_WORDS = """
    all analyse analyze and any array as asc asymmetric both case cast check collate column constraint
    create default deferrable desc distinct do else end except false fetch for foreign from group having in
    initially intersect into lateral leading limit not null offset on only or order pivot placing primary
    qualify references returning select show some summarize symmetric table then to trailing true union
    unique unpivot using variadic when where window with
"""


def problems(s: Scenario) -> Iterator[Found]:
    """What is wrong with the data sets of a scenario."""
    for n, data_set in enumerate(s.data_sets):
        for loc, message in _data_set(s, data_set):
            yield ("data_sets", n, *loc), message


def unseen(recipe: Recipe) -> Iterator[tuple[str, str]]:
    """(fault, why) for every planted fault that the table does not show. Builds the table."""
    as_of, whole = np.datetime64(recipe.as_of), build(recipe)
    for fault in recipe.faults:
        others = tuple(f for f in recipe.faults if f.key != fault.key)
        found = seen(fault, whole, build(recipe.model_copy(update={"faults": others})), as_of)
        if not found.visible:
            size = f"{found.size:.3f} with it and {found.control:.3f} without"
            yield fault.key, f"cannot be seen in the table: {size}, and {found.least} must lie between"


def _data_set(s: Scenario, d: DataSet) -> Iterator[Found]:
    if (d.recipe is None) == (not d.rows):
        yield (), "give either `columns` and `rows`, or a `recipe`"
    if d.recipe is not None:
        for loc, message in _recipe(s, d.recipe):
            yield ("recipe", *loc), message
    for n, rule in enumerate(d.access):
        for loc, message in _rule(s, d, rule):
            yield ("access", n, *loc), message


# --- recipes --------------------------------------------------------------------------------------------


def _recipe(s: Scenario, r: Recipe) -> Iterator[Found]:
    yield from _size(r)
    names: dict[str, AnyColumn] = {}
    for n, column in enumerate(r.columns):
        loc = ("columns", n)
        if column.name in names:
            yield (*loc, "name"), f"two columns are called {column.name!r}"
        if column.name in SQL_WORDS.split():
            yield (*loc, "name"), f"{column.name!r} is a word of SQL; choose another name"
        for place, message in _column(column, names):
            yield (*loc, *place), message
        names[column.name] = column
    yield from _clock(r, names)
    told = {f.key for f in s.facts} | {i.key for i in s.injects}
    yield from _faults(r, set(names), told)


def _size(r: Recipe) -> Iterator[Found]:
    if (r.rows is None) == (not r.each):
        yield ("rows",), "give either `rows`, or `each` with the columns that are crossed"
    if (r.rows or 0) * len(r.columns) > CELLS:
        yield ("rows",), f"rows times columns may be {CELLS:,} at most"
    crossed = 1
    for name in r.each:
        column = next((c for c in r.columns if c.name == name), None)
        if not isinstance(column, Date | Category):
            yield ("each",), f"{name!r} is no date and no category column"
        else:
            crossed *= column.days if isinstance(column, Date) else len(column.options)
    if crossed * len(r.columns) > CELLS:
        yield ("each",), f"makes {crossed:,} rows; rows times columns may be {CELLS:,} at most"


def _clock(r: Recipe, names: dict[str, AnyColumn]) -> Iterator[Found]:
    if r.clock is not None and not isinstance(names.get(r.clock), Date):
        yield ("clock",), f"{r.clock!r} is no date column of this recipe"


def _column(column: AnyColumn, before: dict[str, AnyColumn]) -> Iterator[Found]:
    """A column leans only on columns that stand before it."""
    if isinstance(column, Later) and not isinstance(before.get(column.after), Date | Later):
        yield ("after",), f"{column.after!r} is no date column before this one"
    if isinstance(column, Category) and column.depends and column.depends.column not in before:
        yield ("depends", "column"), f"there is no column {column.depends.column!r} before this one"
    by = getattr(column, "by", None)
    if by is not None and not isinstance(before.get(by), Entity):
        yield ("by",), f"{by!r} is no entity column before this one"
    if isinstance(column, Number | Flag):
        for n, effect in enumerate(column.effects):
            yield from _effect(("effects", n), effect, before)
    if (
        isinstance(column, Number)
        and column.shape in ("lognormal", "exponential", "count")
        and column.center <= 0
    ):
        yield ("center",), f"must be above 0 for {column.shape}"


def _effect(loc: tuple[str | int, ...], effect: Effect, before: dict[str, AnyColumn]) -> Iterator[Found]:
    names = set(before)
    yield from _wheres((*loc, "where"), effect.where, names)
    if effect.column is not None and effect.column not in names:
        yield (*loc, "column"), f"there is no column {effect.column!r} before this one"
    elif effect.column is not None and before[effect.column].kind in ("id", "entity", "phrase", "category"):
        yield (*loc, "column"), f"{effect.column!r} holds text; say `where` it holds what"
    if effect.column is None and not effect.where:
        yield loc, "say `where` it acts, or the `column` it is in proportion to"


def _wheres(loc: tuple[str | int, ...], wheres: tuple[Where, ...], names: set[str]) -> Iterator[Found]:
    for n, where in enumerate(wheres):
        if where.column not in names:
            yield (*loc, n, "column"), f"there is no column {where.column!r} here"
        if where == Where(column=where.column):
            yield (*loc, n), "fits every row; say what the column must hold"


# --- faults ---------------------------------------------------------------------------------------------


def _faults(r: Recipe, names: set[str], told: set[str]) -> Iterator[Found]:
    keys: set[str] = set()
    for n, fault in enumerate(r.faults):
        loc = ("faults", n)
        if fault.key in keys:
            yield (*loc, "key"), f"the key {fault.key!r} is used twice"
        keys.add(fault.key)
        names = names | added(fault)
        for field, name in _leans_on(fault):
            if name not in names:
                yield (*loc, field), f"there is no column {name!r}"
        if (clock := getattr(fault, "clock", None)) not in (None, r.clock):
            yield (*loc, "clock"), f"{clock!r} is not the clock of this recipe"
        for m, key in enumerate(fault.told_by):
            if key not in told:
                yield (*loc, "told_by", m), f"there is no fact and no inject {key!r}"


def _leans_on(fault: AnyFault) -> Iterator[tuple[str, str]]:
    """(field, column) for every column a fault names."""
    yield from (("looked", name) for name in fault.looked)
    where = getattr(fault, "where", ())
    yield from (("where", w.column) for w in ((where,) if isinstance(where, Where) else where))
    match fault:
        case DelayedLabels() | NoisyLabels() | Leakage():
            yield "target", fault.target
        case UnseenLabels():
            yield "target", fault.target
            yield "column", fault.column
            yield from (("follows", name) for name in fault.follows)
        case Shift():
            yield "column", fault.column
        case BrokenWeek():
            yield from (("columns", name) for name in fault.columns)


# --- handing out ----------------------------------------------------------------------------------------


def _rule(s: Scenario, d: DataSet, rule: Access) -> Iterator[Found]:
    phases = {p.key for p in s.phases}
    for field in ("before", "until"):
        if (key := getattr(rule, field)) is not None and key not in phases:
            yield (field,), f"there is no phase {key!r}"
    if (rule.do == "narrow") != (rule.narrow is not None):
        yield ("narrow",), "belongs to `do: narrow`, which needs it"
    if (rule.do == "delay") != (rule.until is not None or rule.minutes is not None):
        yield ("until",), "`do: delay` needs `until` a phase or `minutes`, and nothing else does"
    if rule.narrow is not None and d.recipe is None:
        yield ("narrow",), "only a table made by a recipe can be narrowed"
    elif rule.narrow is not None and d.recipe is not None:
        yield from misfits(d.recipe, rule.narrow)


def misfits(r: Recipe, narrowing: Narrowing) -> Iterator[Found]:
    """What of a narrowing does not fit the recipe's table."""
    names = r.names()
    for field in ("columns", "without", "by"):
        for n, name in enumerate(getattr(narrowing, field)):
            if name not in names:
                yield ("narrow", field, n), f"there is no column {name!r}"
    yield from _wheres(("narrow", "where"), narrowing.where, names)
    if (narrowing.since or narrowing.until) and r.clock is None:
        yield ("narrow", "since"), "the recipe has no `clock` to narrow by"

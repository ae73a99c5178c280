"""Ratings from CSV text in long format: one mark a line, `rater,candidate,dimension,score[,time]`.

The header names the columns, in any order; others are left alone and said so. A score is a whole
number, or empty or NA for "not observed". A time is an ISO date or moment (UTC unless it says
otherwise), or a number of months. Nothing is dropped without a word.
"""

import csv
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import compress, islice

import numpy as np
from numpy.typing import NDArray

from scoring.core.ratings import MOST_LEVELS, BadRatings, Named, Ratings, Repeats, from_columns, renamed

FACETS = ("rater", "candidate", "dimension")
MOST_ROWS = 10_000_000
MOST_PROBLEMS = 20  # named one by one; the rest are counted
LONGEST_NAME = 200
LARGEST = 999_999_999  # score
MOST_MONTHS = 1200  # a number beyond a century is no number of months
CHUNK = 5_000  # rows held as text at one time
DAYS_A_MONTH = 365.2425 / 12

_WHOLE = re.compile(r"[+-]?\d+(\.0*)?")  # 3.0 is what some programs write for 3 beside a missing value
_DATED = re.compile(r"\d{4}-")


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read. `notes` say in words what was left alone or replaced."""

    ratings: Ratings
    notes: tuple[str, ...]


def read_ratings(lines: Iterable[str], repeats: Repeats = "latest") -> Reading:
    """Ratings from the lines of a CSV file.

    Of repeated rater, candidate and dimension the latest stays, or all with `repeats="keep"`.
    Raises BadRatings, which names every wrong line and field, the first MOST_PROBLEMS of them.
    """
    table = _table(lines)
    rater, candidate, dimension = (_names(table, name) for name in FACETS)
    levels = _each(table, "score", _level)
    _scale(table, levels)
    months = _months(table) if "time" in table.columns else None
    _check(table.problems)
    if not len(levels):
        raise BadRatings(["line 1: no rating follows the header"])
    found = from_columns(rater, candidate, dimension, levels, months, repeats=repeats)
    return Reading(found, tuple(_notes(table, found)))


# --- lines and columns -------------------------------------------------------------------------------


class _Column:
    """One column: its distinct texts, and for each row the place of its text. Each text is parsed once."""

    def __init__(self) -> None:
        self._seen: defaultdict[str, int] = defaultdict()
        self._seen.default_factory = self._seen.__len__
        self._parts: list[NDArray[np.int32]] = []

    def add(self, texts: tuple[str, ...]) -> None:
        self._parts.append(np.fromiter(map(self._seen.__getitem__, texts), np.int32, len(texts)))

    @property
    def texts(self) -> tuple[str, ...]:
        return tuple(self._seen)

    @property
    def place(self) -> NDArray[np.int32]:
        return np.concatenate([np.empty(0, np.int32), *self._parts])


@dataclass
class _Table:
    """The columns read, in parts the line each row ended on, and what was wrong: (line, text)."""

    columns: dict[str, _Column]
    others: tuple[str, ...]
    line: list[NDArray[np.int32]] = field(default_factory=list)
    problems: list[tuple[int, str]] = field(default_factory=list)


def _table(lines: Iterable[str]) -> _Table:
    reader = csv.reader(lines, strict=True)
    try:
        header = [name.strip().lower() for name in next(reader, [""])]
        header[0] = header[0].removeprefix("\ufeff").strip()
        table, end = _headed(header), reader.line_num
        while rows := list(islice(reader, CHUNK)):
            _add(table, header, rows, _ends(rows, end, reader.line_num))
            end = reader.line_num
    except csv.Error as error:
        raise BadRatings([f"line {reader.line_num}: not CSV: {error}"]) from None
    return table


def _ends(rows: list[list[str]], before: int, last: int) -> NDArray[np.int32]:
    """The line each row ends on; only a quoted field can hold more than one."""
    if last - before == len(rows):
        return np.arange(before + 1, last + 1, dtype=np.int32)
    tall = [1 + sum(text.count("\n") for text in row) for row in rows]
    return before + np.cumsum(tall, dtype=np.int32)


def _headed(header: list[str]) -> _Table:
    """An empty table with the columns of the header. Raises BadRatings when one is missing or doubled."""
    missing = [name for name in (*FACETS, "score") if name not in header]
    if missing:
        raise BadRatings([f"line 1: the header lacks {', '.join(missing)}; it is {','.join(header)[:200]!r}"])
    wanted = [name for name in (*FACETS, "score", "time") if name in header]
    if twice := [name for name in wanted if header.count(name) > 1]:
        raise BadRatings([f"line 1: the header has {', '.join(twice)} more than once"])
    return _Table({name: _Column() for name in wanted}, tuple(n for n in header if n not in wanted))


def _add(table: _Table, header: list[str], rows: list[list[str]], ends: NDArray[np.int32]) -> None:
    """Add rows to the columns of the table; rows that do not fit the header to its problems."""
    width = np.fromiter(map(len, rows), np.int32, len(rows))
    for place in np.flatnonzero((width != len(header)) & (width > 0)):  # an empty line says nothing
        text = f"{width[place]} fields, the header has {len(header)}"
        table.problems.append((int(ends[place]), text))
    fits = width == len(header)
    columns = list(zip(*(rows if fits.all() else compress(rows, fits)), strict=True))
    for name, column in table.columns.items():
        column.add(columns[header.index(name)] if columns else ())
    table.line.append(ends[fits])
    if sum(map(len, table.line)) > MOST_ROWS:
        raise BadRatings([f"line {ends[-1]}: a file may hold at most {MOST_ROWS} ratings"])


# --- fields ------------------------------------------------------------------------------------------


def _names(table: _Table, name: str) -> Named:
    column = table.columns[name]
    texts = [text.strip() for text in column.texts]
    for place, text in enumerate(texts):
        if not text:
            _blame(table, column, place, f"{name} is empty")
        elif len(text) > LONGEST_NAME:
            _blame(table, column, place, f"{name} is longer than {LONGEST_NAME} characters")
    return renamed(texts, column.place)


def _each(table: _Table, name: str, parse: Callable[[str], float]) -> NDArray[np.float64]:
    """A column as numbers. What `parse` refuses is a problem of every line that has it."""
    column = table.columns[name]
    values = np.full(len(column.texts), np.nan)
    for place, text in enumerate(column.texts):
        try:
            values[place] = parse(text.strip())
        except ValueError as error:
            _blame(table, column, place, f"{name} {text[:40]!r} {error}")
    return values[column.place]


def _level(text: str) -> float:
    if text == "" or text.upper() == "NA":
        return np.nan
    if not _WHOLE.fullmatch(text):
        raise ValueError("is not a whole number; leave it empty or write NA for not observed")
    if abs(number := float(text)) > LARGEST:
        raise ValueError(f"is beyond {LARGEST}")
    return number


def _scale(table: _Table, levels: NDArray[np.float64]) -> None:
    """A level far from all others is a slip of the pen: every line that has it is named."""
    if np.isnan(levels).all() or (high := np.nanmax(levels)) - (low := np.nanmin(levels)) < MOST_LEVELS:
        return
    usual = np.nanmedian(levels)
    odd = high if high - usual >= usual - low else low
    text = f"score {odd:g}: levels go from {low:g} to {high:g}, and a scale has at most {MOST_LEVELS}"
    lines = np.concatenate(table.line)[levels == odd]
    table.problems += [(int(line), text) for line in lines]


def _months(table: _Table) -> NDArray[np.float64]:
    """The time of each row in months: since 1970 for dates, else as given."""
    dated = any(_DATED.match(text.strip()) for text in table.columns["time"].texts)
    return _each(table, "time", _date if dated else _number)


def _number(text: str) -> float:
    if text == "" or text.upper() == "NA":
        return np.nan
    try:
        months = float(text)
    except ValueError:
        raise ValueError("is neither a date nor a number of months") from None
    if not abs(months) <= MOST_MONTHS:
        raise ValueError(f"is more than {MOST_MONTHS} months; write a date as 2024-05-31")
    return months


def _date(text: str) -> float:
    if text == "" or text.upper() == "NA":
        return np.nan
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError("is no ISO date, and other lines have dates") from None
    moment = when if when.tzinfo else when.replace(tzinfo=UTC)
    return moment.timestamp() / 86_400 / DAYS_A_MONTH


def _blame(table: _Table, column: _Column, place: int, text: str) -> None:
    lines = np.concatenate(table.line)[column.place == place]
    table.problems += [(int(line), text) for line in lines]


def _check(problems: list[tuple[int, str]]) -> None:
    if not problems:
        return
    named = [f"line {line}: {text}" for line, text in sorted(problems)[:MOST_PROBLEMS]]
    more = len(problems) - len(named)
    raise BadRatings([*named, f"and {more} more problem{'s' * (more > 1)}"] if more else named)


# --- what to say of it -----------------------------------------------------------------------------------


def _notes(table: _Table, found: Ratings) -> Iterator[str]:
    if table.others:
        yield f"left alone: column {', '.join(table.others)}"
    unseen = int((~found.observed).sum())
    if unseen:
        yield f"not observed: {unseen} of {len(found.level)}"
    if len(found.replaced):
        lines = ", ".join(map(str, sorted(np.concatenate(table.line)[found.replaced])[:MOST_PROBLEMS]))
        more = ", ..." if len(found.replaced) > MOST_PROBLEMS else ""
        yield f"replaced by a later mark: {len(found.replaced)} (line {lines}{more})"

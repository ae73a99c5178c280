"""A table: typed columns of one length, each with its empty cells marked."""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from scenarios.core.recipes import Weekday, Where

Kind = Literal["text", "integer", "number", "date"]
Mask = NDArray[np.bool_]

SQL_TYPES: dict[Kind, str] = {"text": "VARCHAR", "integer": "BIGINT", "number": "DOUBLE", "date": "DATE"}
WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
EPOCH_DAY = 3  # 1 January 1970 was a Thursday: its place in WEEKDAYS


@dataclass(frozen=True, slots=True)
class Series:
    """A column with its cells. `values` under `empty` mean nothing."""

    name: str
    about: str
    kind: Kind
    values: NDArray[Any]
    empty: Mask
    decimals: int = 0  # of a number, as it is written

    def take(self, rows: NDArray[Any]) -> "Series":
        """The cells of these rows: by place, or by a mask."""
        return replace(self, values=self.values[rows], empty=self.empty[rows])

    def cells(self) -> list[str]:
        """The cells as text; an empty one is the empty text."""
        match self.kind:
            case "number":
                texts = [f"{value:.{self.decimals}f}" for value in self.values.tolist()]
            case _:
                texts = [str(value) for value in self.values.tolist()]
        return ["" if empty else text for text, empty in zip(texts, self.empty.tolist(), strict=True)]

    def floats(self) -> NDArray[np.float64]:
        """The cells as numbers (dates as days since 1970), NaN where empty. Not for text."""
        raw = self.values.astype(np.int64) if self.kind == "date" else self.values
        return np.where(self.empty, np.nan, raw.astype(np.float64))


@dataclass(frozen=True, slots=True)
class Table:
    series: tuple[Series, ...]

    @property
    def rows(self) -> int:
        return len(self.series[0].values) if self.series else 0

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(s.name for s in self.series)

    def column(self, name: str) -> Series:
        """The column of that name. KeyError if there is none."""
        for series in self.series:
            if series.name == name:
                return series
        raise KeyError(name)

    def take(self, rows: NDArray[Any]) -> "Table":
        """The table with these rows: by place, or by a mask."""
        return Table(tuple(s.take(rows) for s in self.series))

    def having(self, new: Series, after: str | None = None) -> "Table":
        """The table with a column put in place of the one of its name, else behind `after`."""
        if new.name in self.names:
            return Table(tuple(new if s.name == new.name else s for s in self.series))
        place = self.names.index(after) + 1 if after else len(self.series)
        return Table((*self.series[:place], new, *self.series[place:]))

    def csv(self) -> bytes:
        """The table as CSV with a head line: the same bytes for the same table."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(self.names)
        writer.writerows(zip(*(s.cells() for s in self.series), strict=True))
        return out.getvalue().encode()


def fits(table: Table, conditions: Iterable[Where]) -> Mask:
    """The rows in which every one of the conditions holds."""
    mask = np.ones(table.rows, dtype=bool)
    for where in conditions:
        mask &= _fits(table.column(where.column), where)
    return mask


def _fits(series: Series, where: Where) -> Mask:
    mask = ~series.empty
    if where.any_of:
        mask &= np.isin(series.values.astype(str), where.any_of)
    if where.least is not None or where.most is not None:
        value = series.floats()
        low, high = where.least, where.most
        mask &= (value >= (low if low is not None else -np.inf)) & (
            value <= (high if high is not None else np.inf)
        )
    if where.since is not None:
        mask &= series.values >= np.datetime64(where.since)
    if where.until is not None:
        mask &= series.values <= np.datetime64(where.until)
    if where.weekdays:
        mask &= np.isin(weekday(series.values), [WEEKDAYS.index(day) for day in where.weekdays])
    return mask


def weekday(days: NDArray[Any]) -> NDArray[np.int64]:
    """The place in WEEKDAYS of each date."""
    return (days.astype("datetime64[D]").astype(np.int64) + EPOCH_DAY) % 7

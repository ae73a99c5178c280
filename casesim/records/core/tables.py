"""A table as CSV and as JSON. Pure."""

import csv
import io
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

Value = str | int | float | bool | None

# A spreadsheet runs a cell that begins so; behind an apostrophe it is read as text.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under named columns; each row has a value for each column."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]


def table(name: str, columns: Sequence[str], rows: Iterable[Sequence[Value]]) -> Table:
    """A table; ValueError if a row is not as wide as its header."""
    made = Table(name, tuple(columns), tuple(tuple(row) for row in rows))
    if any(len(row) != len(made.columns) for row in made.rows):
        raise ValueError(f"{name}: a row has not {len(made.columns)} values")
    return made


def as_csv(table: Table) -> str:
    """Comma-separated with a header, lines ended by CRLF (RFC 4180). An absent value is an empty cell."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(table.columns)
    writer.writerows([[_cell(value) for value in row] for row in table.rows])
    return text.getvalue()


def as_json(table: Table) -> str:
    """A list with an object for each row, values untouched."""
    rows = [dict(zip(table.columns, row, strict=True)) for row in table.rows]
    return json.dumps(rows, ensure_ascii=False, indent=1)


def _cell(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return f"'{value}" if value.startswith(FORMULA) else value
    return str(value)

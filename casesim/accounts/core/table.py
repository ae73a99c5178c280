"""A table that people bring, as CSV however a spreadsheet writes it; errors name their place. Pure."""

import csv
import io
from collections.abc import Collection, Mapping
from dataclasses import dataclass


class BadTable(Exception):
    """A table that cannot be taken in; `problems` names each by its line and column."""

    def __init__(self, problems: Collection[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table. `line`: its number in the file."""

    line: int
    cells: tuple[str, ...]
    header: Mapping[str, int]

    def __getitem__(self, column: str) -> str:
        """The cell under this column; empty if the column or the cell is not there."""
        place = self.header.get(column, len(self.cells))
        return self.cells[place] if place < len(self.cells) else ""


def rows(text: str, known: Collection[str], needed: str, most: int) -> tuple[Row, ...]:
    """The lines below the header, without empty ones.

    The header names columns out of `known` in any order, `needed` among them. BadTable names everything that
    is wrong with it, a table with more than `most` lines or with none included.
    """
    lines = [(number, cells) for number, cells in _lines(text) if any(cells)]
    if not lines:
        raise BadTable([f"the table is empty; its first line names the columns: {', '.join(known)}"])
    header = _header(lines[0][1], known, needed)
    if len(lines) == 1:
        raise BadTable(["the table names nobody below its header"])
    if len(lines) - 1 > most:
        raise BadTable([f"the table has {len(lines) - 1} people; {most} at the most come in at once"])
    return tuple(Row(number, cells, header) for number, cells in lines[1:])


def too_wide(row: Row) -> list[str]:
    """Whether the row has cells under no column."""
    wide = len(row.cells) > len(row.header) and any(row.cells[len(row.header) :])
    return [f"line {row.line}: {len(row.cells)} cells under {len(row.header)} columns"] if wide else []


def _lines(text: str) -> list[tuple[int, tuple[str, ...]]]:
    """Each line's number and cells; a semicolon separates where the header has no comma."""
    text = text.removeprefix("\ufeff")
    if "\0" in text:
        raise BadTable(["this is not a text file: save the table as CSV"])
    first = text.lstrip().split("\n", 1)[0]
    reader = csv.reader(io.StringIO(text), delimiter=";" if ";" in first and "," not in first else ",")
    try:
        return [(reader.line_num, tuple(cell.strip() for cell in row)) for row in reader]
    except csv.Error as error:
        raise BadTable([f"line {reader.line_num}: {error}"]) from None


def _header(cells: Collection[str], known: Collection[str], needed: str) -> dict[str, int]:
    """column -> its place."""
    names = [cell.lower().replace(" ", "_") for cell in cells]
    unknown = [name for name in names if name not in known]
    problems = [f"line 1: there is no column {name!r}; known are {', '.join(known)}" for name in unknown]
    problems += [f"line 1: the column {name} stands twice" for name in known if names.count(name) > 1]
    if needed not in names:
        problems.append(f"line 1: the column {needed} is missing")
    if problems:
        raise BadTable(problems)
    return {name: names.index(name) for name in names}

"""A table of protected attributes from CSV: a room a row, an attribute a column. Pure."""

import csv
from collections.abc import Collection, Iterator
from io import StringIO
from typing import NamedTuple

ROOM, CANDIDATE = "room", "candidate"  # the columns that are no attributes
ATTRIBUTE_LENGTH, LABEL_LENGTH = 40, 60
ATTRIBUTES = 10
SHOWN = 20  # problems named at once

Labels = dict[str, dict[str, str]]  # room -> attribute -> label; an empty label is unknown


class BadLabels(ValueError):
    """A table that cannot be taken; `problems` names every bad line, up to a stated number."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        more = [f"... and {len(problems) - SHOWN} more"] if len(problems) > SHOWN else []
        self.problems = (*problems[:SHOWN], *more)


class _Line(NamedTuple):
    number: int
    cells: list[str]


def read_labels(text: str, rooms: Collection[str]) -> Labels:
    """The labels in a table with a header. Raises BadLabels; then nothing of it holds."""
    lines = [_Line(n, [cell.strip() for cell in row]) for n, row in enumerate(_rows(text), 1) if any(row)]
    if not lines:
        raise BadLabels(["The table is empty."])
    header = lines[0].cells
    problems = list(_of_header(header)) or list(_of_lines(header, lines[1:], rooms))
    if problems:
        raise BadLabels(problems)
    place = header.index(ROOM)
    return {line.cells[place]: _labels(header, line) for line in lines[1:]}


def as_csv(rows: list[tuple[str, str, dict[str, str]]], attributes: list[str]) -> str:
    """The table to be filled in: (room, candidate, labels) a row."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([ROOM, CANDIDATE, *attributes])
    for room, candidate, labels in rows:
        # a name that a spreadsheet would take for a formula is put into quotes of its own
        name = f"'{candidate}" if candidate[:1] in ("=", "+", "-", "@") else candidate
        writer.writerow([room, name, *(labels.get(attribute, "") for attribute in attributes)])
    return out.getvalue()


def _rows(text: str) -> Iterator[list[str]]:
    try:
        yield from csv.reader(StringIO(text.removeprefix("\ufeff")), strict=True)
    except csv.Error as error:
        raise BadLabels([f"This is no CSV: {error}."]) from None


def _of_header(header: list[str]) -> Iterator[str]:
    attributes = _attributes(header)
    if header.count(ROOM) != 1:
        yield f"Line 1: one column must be called {ROOM!r}."
    if not 1 <= len(attributes) <= ATTRIBUTES:
        yield f"Line 1: there must be 1 to {ATTRIBUTES} attributes beside {ROOM!r}, not {len(attributes)}."
    if len(set(header)) < len(header):
        yield "Line 1: two columns have the same name."
    for name in attributes:
        if not name or len(name) > ATTRIBUTE_LENGTH:
            yield f"Line 1: {name[:60]!r} must have 1 to {ATTRIBUTE_LENGTH} characters."


def _of_lines(header: list[str], lines: list[_Line], rooms: Collection[str]) -> Iterator[str]:
    seen: set[str] = set()
    for line in lines:
        if len(line.cells) != len(header):
            yield f"Line {line.number}: {len(line.cells)} cells under {len(header)} columns."
            continue
        room = line.cells[header.index(ROOM)]
        if room not in rooms:
            yield f"Line {line.number}, {ROOM}: there is no room {room[:40]!r} to audit here."
        if room in seen:
            yield f"Line {line.number}, {ROOM}: {room!r} stands on an earlier line too."
        seen.add(room)
        for attribute, label in _labels(header, line).items():
            if len(label) > LABEL_LENGTH:
                yield f"Line {line.number}, {attribute}: over {LABEL_LENGTH} characters."


def _attributes(header: list[str]) -> list[str]:
    return [name for name in header if name not in (ROOM, CANDIDATE)]


def _labels(header: list[str], line: _Line) -> dict[str, str]:
    pairs = zip(header, line.cells, strict=True)
    return {name: cell for name, cell in pairs if name not in (ROOM, CANDIDATE)}

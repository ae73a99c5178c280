"""The inject timeline as a CSV or XLSX file: written, read with limits, compared, put back into the YAML."""

import csv
import io
import zipfile
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException

from casesim.authoring.core.rewriting import rewritten
from casesim.authoring.core.timeline import COLUMNS, BadCell, Changes, as_written, changes, harmless, rows
from scenarios.core.schema import Scenario
from scenarios.loader import LoadError, load, read

SHEET = "Injects"
LARGEST = 2 * 1024 * 1024  # bytes of a file
UNPACKED = 20 * 1024 * 1024  # bytes of everything in an XLSX file together
PARTS = 200  # files in an XLSX file
MOST_ROWS, MOST_COLUMNS, MOST_TEXT = 300, 40, 5_000  # of a sheet; characters of a cell
WIDE = {"text": 60, "expected": 60, "title": 28, "condition": 36, "key": 22, "dimensions": 26}
MEDIA = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}

Cells = list[tuple[int, list[str]]]  # (row as the spreadsheet counts, cells)


BROKEN = (InvalidFileException, KeyError, ValueError, TypeError, IndexError, SyntaxError, zipfile.BadZipFile)


class Unreadable(Exception):
    """The file is no spreadsheet we read; the message says why. Nothing was changed."""


# --- out ------------------------------------------------------------------------------------------------


def exported(scenario: Scenario, kind: str) -> bytes:
    """The injects as a file, `kind` csv or xlsx. ValueError for another."""
    table = [list(COLUMNS), *([harmless(row[c]) for c in COLUMNS] for row in rows(scenario))]
    if kind == "csv":
        out = io.StringIO(newline="")
        csv.writer(out).writerows(table)
        return out.getvalue().encode("utf-8-sig")  # without the mark Excel reads it in another alphabet
    if kind != "xlsx":
        raise ValueError(f"a timeline is a csv or xlsx file, not {kind!r}")
    return _xlsx(table)


def _xlsx(table: list[list[str]]) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None  # noqa: S101  (a new workbook has one)
    sheet.title = SHEET
    for r, line in enumerate(table, 1):
        for c, text in enumerate(line, 1):
            cell = sheet.cell(r, c, text or None)
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            if text:
                cell.data_type = "s"  # whatever it begins with
            if r == 1:
                cell.font = Font(bold=True)
    for c, name in enumerate(COLUMNS, 1):
        sheet.column_dimensions[get_column_letter(c)].width = WIDE.get(name, 14)
    sheet.freeze_panes = "B2"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


# --- in -------------------------------------------------------------------------------------------------


def imported(scenario: Scenario, raw: bytes, kind: str) -> Changes:
    """What this file would change. Unreadable if it is no spreadsheet, or too large."""
    if len(raw) > LARGEST:
        raise Unreadable(f"the file is larger than {LARGEST // 1024} KiB")
    if kind not in MEDIA:
        raise Unreadable(f"give a .csv or .xlsx file, not .{kind}")
    name, cells, bad = _csv(raw) if kind == "csv" else _sheet(raw)
    found, more = _rows(name, cells)
    return changes(scenario, name, found, [*bad, *more])


def applied(text: str, found: Changes, file: str) -> tuple[str, list[str]]:
    """The scenario's text with these injects, and what is lost. LoadError if it is none, or not clean, then.

    The injects that are read back are those of the sheet, or Unreadable is raised: nothing is half written.
    """
    new, lost = rewritten(text, found)
    if load(new, file).injects != found.injects:
        raise Unreadable("the injects cannot be put back into this file; change them in the YAML")
    return new, lost


def _rows(sheet: str, cells: Cells) -> tuple[list[tuple[int, dict[str, str], Any]], list[BadCell]]:
    """Each row by column, with its condition as plain data."""
    if not cells:
        raise Unreadable("the sheet is empty")
    (number, header), *body = cells
    names = [cell.strip().casefold() for cell in header]
    if missing := [c for c in COLUMNS if c not in names]:
        raise Unreadable(f"row {number} of {sheet} is no header: {', '.join(missing)} missing")
    found, bad = [], []
    for place, line in body:
        row = {
            n: as_written(cell.strip()) for n, cell in zip_longest(names, line[: len(names)], fillvalue="")
        }
        if any(row.values()):
            condition, problem = _condition(sheet, place, row.get("condition", ""))
            found.append((place, row, condition))
            bad += [problem] if problem else []
    return found, bad


def _condition(sheet: str, row: int, text: str) -> tuple[Any, BadCell | None]:
    try:
        held = read(text, "condition") if text else None
    except LoadError as error:
        return None, BadCell(sheet, row, "condition", error.problems[0].message)
    if text and not isinstance(held, dict):
        return None, BadCell(sheet, row, "condition", "write it as {decided: 1}")
    return held, None


def _csv(raw: bytes) -> tuple[str, Cells, list[BadCell]]:
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Unreadable("the file is not text in UTF-8") from None
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)  # a spreadsheet writes what its country uses
    try:
        lines = list(_bounded(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)))
    except csv.Error as error:
        raise Unreadable(f"the file is no CSV: {error}") from None
    return "CSV", lines, []


def _sheet(raw: bytes) -> tuple[str, Cells, list[BadCell]]:
    """The first sheet, or the one called Injects. Formulas are not read."""
    _harmless_archive(raw)
    try:
        book = load_workbook(io.BytesIO(raw), read_only=True, data_only=False)
        sheet = book[SHEET] if SHEET in book.sheetnames else book.worksheets[0]
        sheet.reset_dimensions()  # what the file says of its own size is not to be trusted
        values, bad = [], []
        for r, line in enumerate(sheet.iter_rows(max_row=MOST_ROWS + 2, max_col=MOST_COLUMNS + 1), 1):
            values.append(_unpadded([_text(cell.value) for cell in line]))
            bad += [
                BadCell(sheet.title, r, get_column_letter(c), "holds a formula; paste its value")
                for c, cell in enumerate(line, 1)
                if cell.data_type == "f"
            ]
        return sheet.title, list(_bounded(iter(values))), bad
    except (
        InvalidFileException,
        KeyError,
        ValueError,
        TypeError,
        IndexError,
        SyntaxError,
        zipfile.BadZipFile,
    ):
        raise Unreadable("the file is no XLSX workbook") from None


def _unpadded(line: list[str]) -> list[str]:
    while line and not line[-1]:
        line.pop()
    return line


def _harmless_archive(raw: bytes) -> None:
    """Refuse what would unpack to more than it may, or declares entities of its own."""
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            parts = archive.infolist()
            if len(parts) > PARTS or sum(part.file_size for part in parts) > UNPACKED:
                raise Unreadable(f"the file unpacks to more than {UNPACKED // 1024 // 1024} MiB")
            left = UNPACKED
            for part in parts:
                with archive.open(part) as file:
                    held = file.read(left + 1)  # what the directory says of its size may be a lie
                left -= len(held)
                if left < 0:
                    raise Unreadable(f"the file unpacks to more than {UNPACKED // 1024 // 1024} MiB")
                if b"<!DOCTYPE" in held or b"<!ENTITY" in held:
                    raise Unreadable("the file declares entities; save it anew as .xlsx")
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError):
        raise Unreadable("the file is no XLSX workbook") from None


def _bounded(lines: Iterator[Sequence[str]]) -> Iterator[tuple[int, list[str]]]:
    for number, line in enumerate(lines, 1):
        if number > MOST_ROWS + 1:
            raise Unreadable(f"the sheet has more than {MOST_ROWS} rows")
        if len(line) > MOST_COLUMNS:
            raise Unreadable(f"row {number} has more than {MOST_COLUMNS} columns")
        if any(len(cell) > MOST_TEXT for cell in line):
            raise Unreadable(f"row {number} has a cell of more than {MOST_TEXT} characters")
        yield number, list(line)


def _text(value: Any) -> str:
    """A cell as text; whole numbers without a point, true as yes."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)

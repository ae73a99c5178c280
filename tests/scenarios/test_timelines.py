"""The inject timeline as a spreadsheet: out, changed, and back into the YAML with its comments."""

import csv
import io
import zipfile

import pytest
from django.core.management import CommandError, call_command
from openpyxl import Workbook, load_workbook

from casesim.authoring import timelines
from casesim.authoring.core.timeline import COLUMNS, as_written, harmless
from casesim.authoring.starter import starter
from casesim.authoring.timelines import Unreadable, applied, exported, imported
from scenarios.loader import LIBRARY, load

TEXT = starter("mine")
SCENARIO = load(TEXT)
HEADER = list(COLUMNS)


def sheet(change=lambda rows: rows) -> bytes:
    """The starter's timeline as CSV, changed."""
    read = csv.DictReader(io.StringIO(exported(SCENARIO, "csv").decode("utf-8-sig")))
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, HEADER)
    writer.writeheader()
    writer.writerows(change(list(read)))
    return out.getvalue().encode()


def setting(which: str, **cells: str):
    return lambda rows: [{**row, **cells} if row["key"] == which else row for row in rows]


def xlsx(rows: list[list[object]]) -> bytes:
    book, out = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_what_is_exported_and_brought_back_changes_nothing(kind):
    for scenario in (SCENARIO, load((LIBRARY / "fraud" / "scenario.yaml").read_text(encoding="utf-8"))):
        found = imported(scenario, exported(scenario, kind), kind)
        assert (found.bad, found.any) == ((), False)


def test_only_the_lines_that_change_are_written_anew():
    found = imported(SCENARIO, sheet(setting("who_waits", title="Who waits?", after="340")), "csv")
    [change] = found.changed
    assert change.fields == {"title": ("Somebody waits longer", "Who waits?"), "after": ("330", "340")}
    new, lost = applied(TEXT, found, "mine.yaml")
    old, now = TEXT.splitlines(), new.splitlines()
    assert [(a, b) for a, b in zip(old, now, strict=True) if a != b] == [
        ("    title: Somebody waits longer", "    title: Who waits?"),
        (
            "    when: {condition: {decided: 1}, after: 330, owed: true, before_end: 100}",
            "    when: {condition: {decided: 1}, after: 340, owed: true, before_end: 100}",
        ),
    ]
    assert lost == ["Comments inside the fields that change are lost."]


def test_injects_are_added_removed_and_moved_with_the_comments_above_them():
    text = TEXT.replace("  - key: five_years", "  # keep this one\n  - key: five_years")

    def change(rows: list[dict]) -> list[dict]:
        by_key = {row["key"]: row for row in rows if row["key"] != "one_sentence"}
        later = {**by_key["five_years"], "key": "ten_years", "at": "340", "title": "No: “ten”"}
        order = ["five_years", *[key for key in by_key if key != "five_years"]]
        return [*(by_key[key] for key in order), later]

    found = imported(SCENARIO, sheet(change), "csv")
    assert (found.added, found.removed, found.moved) == (("ten_years",), ("one_sentence",), True)
    new, lost = applied(text, found, "mine.yaml")
    assert [i.key for i in load(new).injects][::8] == ["five_years", "ten_years"]
    assert "injects:\n  # keep this one\n  - key: five_years" in new
    assert "# --- For whom a room is opened" in new
    assert "Comments right above the injects that go are lost." in lost


def test_injects_written_in_another_way_are_written_anew_and_it_is_said():
    head, tail = TEXT[: TEXT.index("injects:\n")], TEXT[TEXT.index("# --- For whom") :]
    found = imported(SCENARIO, sheet(setting("who_waits", title="Who waits?")), "csv")
    flow = head + "injects: [" + "{key: x}" + "]\n\n" + tail
    new, lost = applied(flow, found, "mine.yaml")
    assert load(new).injects == found.injects
    assert lost == ["The injects were not written as a list of blocks: their layout and comments are lost."]


def test_what_is_not_clean_with_the_sheet_is_not_written():
    found = imported(SCENARIO, sheet(setting("who_waits", role="nobody")), "csv")
    with pytest.raises(timelines.LoadError, match="there is no role 'nobody'"):
        applied(TEXT, found, "mine.yaml")


@pytest.mark.parametrize(
    ("key", "cells", "said"),
    [
        ("just_train", {"kind": "joke"}, "CSV, row 2, column kind: Input should be 'objection'"),
        ("five_years", {"at": "soon"}, "CSV, row 5, column at: Input should be a valid integer"),
        ("five_years", {"text": ""}, "CSV, row 5, column text: this cell is empty"),
        ("five_years", {"condition": "{decided: 1"}, "CSV, row 5, column condition: this is no YAML"),
        ("five_years", {"condition": "&a {decided: 1}"}, "CSV, row 5, column condition: anchors"),
        ("five_years", {"condition": "now"}, "CSV, row 5, column condition: write it as {decided: 1}"),
        ("five_years", {"condition": "{hears: [x]}"}, "CSV, row 5, column condition: Extra inputs"),
        ("five_years", {"owed": "perhaps"}, "CSV, row 5, column owed: 'perhaps' is neither yes nor no"),
        ("five_years", {"key": "just_train"}, "CSV, row 5, column key: 'just_train' stands already in row 2"),
    ],
)
def test_a_bad_cell_is_named_by_sheet_row_and_column(key, cells, said):
    [bad] = imported(SCENARIO, sheet(setting(key, **cells)), "csv").bad
    assert str(bad).startswith(said)


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\tx", "'x", "'=x", "a=b", ""])
def test_what_looks_like_a_formula_is_made_harmless_and_comes_back_as_it_was(text):
    assert as_written(harmless(text)) == text
    assert not harmless(text).startswith(("=", "+", "-", "@", "\t"))


def test_no_exported_cell_is_a_formula():
    scenario = SCENARIO.model_copy(
        update={"injects": tuple(i.model_copy(update={"title": '=CMD("x")'}) for i in SCENARIO.injects)}
    )
    book = load_workbook(io.BytesIO(exported(scenario, "xlsx")))
    assert {cell.data_type for row in book["Injects"] for cell in row} <= {"s", "n"}
    assert b"=CMD" in exported(scenario, "csv") and b",=CMD" not in exported(scenario, "csv")
    assert imported(scenario, exported(scenario, "xlsx"), "xlsx").any is False


def test_a_formula_in_a_sheet_is_a_bad_cell():
    row = [timelines.rows(SCENARIO)[0][c] for c in COLUMNS]
    found = imported(SCENARIO, xlsx([HEADER, [*row[:4], "=1+1", *row[5:]]]), "xlsx")
    assert "Sheet, row 2, column E: holds a formula; paste its value" in map(str, found.bad)


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * (timelines.UNPACKED + 1))
    return out.getvalue()


def entities() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("xl/workbook.xml", '<!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>')
    return out.getvalue()


@pytest.mark.parametrize(
    ("raw", "kind", "said"),
    [
        (b"x" * (timelines.LARGEST + 1), "csv", "larger than 2048 KiB"),
        (b"key,phase\n", "csv", "row 1 of CSV is no header: role, kind"),
        (b"", "csv", "the sheet is empty"),
        (b"\xff\xfe", "csv", "not text in UTF-8"),
        (b'"open', "csv", "no CSV"),
        (b"\n" * (timelines.MOST_ROWS + 5), "csv", "more than 300 rows"),
        (b"," * 60, "csv", "row 1 has more than 40 columns"),
        (b"no zip", "xlsx", "no XLSX workbook"),
        (bomb(), "xlsx", "unpacks to more than 20 MiB"),
        (entities(), "xlsx", "declares entities"),
        (xlsx([["a"]])[:-40], "xlsx", "no XLSX workbook"),
        (b"", "ods", "give a .csv or .xlsx file, not .ods"),
    ],
    ids=lambda x: x[:24] if isinstance(x, str) else "",
)
def test_what_is_no_spreadsheet_or_too_large_is_refused(raw, kind, said):
    with pytest.raises(Unreadable, match=said):
        imported(SCENARIO, raw, kind)


def test_a_sheet_of_another_country_is_read():
    raw = sheet().decode()
    lines = list(csv.reader(io.StringIO(raw)))
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=";").writerows(lines)
    assert imported(SCENARIO, out.getvalue().encode("utf-8-sig"), "csv").any is False


def test_the_command_says_what_would_change_and_writes_only_when_told(tmp_path):
    path, table, out = tmp_path / "mine.yaml", tmp_path / "t.csv", io.StringIO()
    path.write_text(TEXT, encoding="utf-8")
    table.write_bytes(sheet(setting("who_waits", title="Who waits?")))
    arguments = ("scenarios", "timeline", str(path), "--import", str(table))
    call_command(*arguments, stdout=out)
    assert "~ who_waits\n    title: Somebody waits longer -> Who waits?" in out.getvalue()
    assert "Nothing is written yet; --write does." in out.getvalue()
    assert path.read_text(encoding="utf-8") == TEXT
    call_command(*arguments, "--write", stdout=out)
    assert load(path.read_text(encoding="utf-8")).inject("who_waits").title == "Who waits?"
    table.write_bytes(sheet(setting("who_waits", kind="joke")))
    with pytest.raises(CommandError, match=r"^CSV, row 6, column kind"):
        call_command(*arguments, "--write")

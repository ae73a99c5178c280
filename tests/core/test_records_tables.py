"""Tables as text, and people's tables read."""

import csv
import json
from io import StringIO

import pytest

from casesim.accounts.core.table import BadTable
from casesim.records.core.people import Person, read_people, steps
from casesim.records.core.tables import as_csv, as_json, table

ZONES = {"UTC", "Europe/Madrid"}


def test_a_table_is_the_same_in_csv_and_in_json() -> None:
    made = table("t", ("a", "b"), [("x, y", 1), ('he said "no"\n', None), ("é", True)])
    rows = list(csv.reader(StringIO(as_csv(made), newline="")))
    assert rows == [["a", "b"], ["x, y", "1"], ['he said "no"\n', ""], ["é", "yes"]]
    assert json.loads(as_json(made)) == [
        {"a": "x, y", "b": 1},
        {"a": 'he said "no"\n', "b": None},
        {"a": "é", "b": True},
    ]


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@x", "\tx", "\rx", "=cmd|' /C calc'!A0"])
def test_what_a_spreadsheet_would_run_is_text_in_csv_and_untouched_in_json(cell: str) -> None:
    made = table("t", ("a",), [(cell,)])
    assert list(csv.reader(StringIO(as_csv(made), newline="")))[1] == [f"'{cell}"]
    assert json.loads(as_json(made)) == [{"a": cell}]


def test_a_negative_number_stays_a_number() -> None:
    assert as_csv(table("t", ("a",), [(-1.5,)])).splitlines()[1] == "-1.5"


def test_a_row_is_as_wide_as_its_header() -> None:
    with pytest.raises(ValueError, match="t: a row has not 2 values"):
        table("t", ("a", "b"), [(1,)])


# --- people ------------------------------------------------------------------------------------------


def people(text: str, giver="owner") -> tuple[Person, ...]:
    return read_people(text, giver, ZONES)


def problems(text: str, giver="owner") -> tuple[str, ...]:
    with pytest.raises(BadTable) as bad:
        people(text, giver)
    return bad.value.problems


@pytest.mark.parametrize(
    "text",
    [
        "email,name,role,time_zone\nAna@Acme.test,Ana Ruiz,author,Europe/Madrid\n",
        "\ufeffemail,name,role,time_zone\r\nana@acme.test,Ana Ruiz,Author,Europe/Madrid\r\n\r\n",
        "Name;Email;Time Zone;Role\nAna Ruiz;ana@acme.test;Europe/Madrid;author\n",
        '\nemail,name,role,time_zone\n"ana@acme.test","Ana Ruiz",author,Europe/Madrid',
    ],
)
def test_a_table_is_read_however_a_spreadsheet_writes_it(text: str) -> None:
    found = people(text)
    assert [(p.email, p.name, p.role, p.time_zone) for p in found] == [
        ("ana@acme.test", "Ana Ruiz", "author", "Europe/Madrid")
    ]


def test_only_the_address_is_needed() -> None:
    assert people("email\nana@acme.test")[0] == Person(2, "ana@acme.test", "", "member", "")


def test_everything_that_is_wrong_is_named_at_once_by_line_and_column() -> None:
    lines = ("nobody,A,member,UTC", "b@x.test,B,boss,Mars/Base", "b@x.test,B", "a@x.test,1,member,UTC,5")
    text = "\n".join(("email,name,role,time_zone", *lines))
    assert problems(text) == (
        "line 2, email: 'nobody' is no address",
        "line 3, role: 'boss' is none of owner, organiser, author, member",
        "line 3, time_zone: 'Mars/Base' is no time zone; write one such as Europe/Madrid",
        "line 5: 5 cells under 4 columns",
        "line 4, email: b@x.test stands in line 3 already",
    )


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "the table is empty; its first line names the columns: email, name, role, time_zone"),
        ("name\nAna", "line 1: the column email is missing"),
        ("email,email\na@x.test,b@x.test", "line 1: the column email stands twice"),
        (
            "email,boss\na@x.test,1",
            "line 1: there is no column 'boss'; known are email, name, role, time_zone",
        ),
        ("email\n", "the table names nobody below its header"),
        ("email\n\x00", "this is not a text file: save the table as CSV"),
        ("email,name\na@x.test," + "n" * 121, "line 2, name: 121 characters; 120 at the most"),
        ("email\na b@x.test", "line 2, email: 'a b@x.test' is no address"),
        (
            "email\n" + "\n".join(f"p{n}@x.test" for n in range(501)),
            "the table has 501 people; 500 at the most come in at once",
        ),
        ('email\n"' + "x" * 200_000, "line 2: field larger than field limit (131072)"),
    ],
)
def test_a_bad_table_is_refused_with_its_reason(text: str, problem: str) -> None:
    assert problems(text) == (problem,)


def test_nobody_hands_out_more_than_they_have() -> None:
    assert problems("email,role\na@x.test,owner", giver="organiser") == (
        "line 2, role: as organiser you may not make somebody owner",
    )
    assert people("email,role\na@x.test,author", giver="organiser")[0].role == "author"


def test_a_dry_run_says_line_by_line_what_would_happen() -> None:
    given = people("email,role\nnew@x.test,author\nold@x.test,member\nchief@x.test,member")
    told = steps(given, {"old@x.test": "member", "chief@x.test": "owner"})
    assert [(s.does, s.words) for s in told] == [
        ("adds", "comes in as author"),
        ("keeps", "is in already, as member"),
        ("keeps", "stays owner: a table changes nobody's role"),
    ]

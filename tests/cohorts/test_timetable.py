"""A cohort's availability as a table: taken along, filled in, looked at, taken in."""

import csv
from io import StringIO

import pytest
from django.test import Client
from django.urls import reverse

from casesim.accounts.core.table import BadTable
from casesim.cohorts import queries, timetable
from tests.cohorts.builders import cohort

pytestmark = pytest.mark.django_db
HEADER = "email,from,to,round 1,round 2,round 3\n"


@pytest.fixture
def here():
    return cohort("ana ben cem dia")


def known(here) -> dict[str, tuple[int, str]]:
    """name -> how many rounds are missed, and the hours."""
    return {
        str(m).split()[0]: (m.absences.count(), f"{m.hours_from}-{m.hours_to}" if m.hours_from else "")
        for m in queries.members(here.cohort)
    }


def test_what_is_taken_along_comes_back_without_a_change_but_for_who_had_not_answered(here):
    timetable.take_in(here, HEADER + "ana@acme.test,09:00,17:00,yes,no,yes\n")
    header, lines = timetable.as_rows(here)
    text = StringIO()
    csv.writer(text).writerows([header, *lines])
    steps = timetable.plan(here, text.getvalue())
    assert [(str(step.member).split()[0], step.does) for step in steps] == [
        ("Ana", "keeps"), ("Ben", "changes"), ("Cem", "changes"), ("Dia", "changes"),
    ]  # fmt: skip
    assert steps[0].words == "is so already"


def test_a_table_is_looked_at_first_and_then_taken_in_whole(here):
    table = HEADER + "ana@acme.test,9:00,17:30,yes,NO,\nBEN@acme.test,,,x,-,no\n"
    client = Client()
    client.force_login(here.standing.person)
    address = reverse("cohorts:timetable", args=["acme", here.cohort.pk])
    shown = client.post(address, {"table": table}).content.decode()
    assert "misses round 2, 09:00 to 17:30" in shown
    assert known(here)["Ana"] == (0, "")
    assert client.post(address, {"table": table, "take_in": "1"}).status_code == 302
    assert known(here) == {
        "Ana": (1, "09:00:00-17:30:00"), "Ben": (2, ""), "Cem": (0, ""), "Dia": (0, ""),
    }  # fmt: skip
    assert timetable.take_in(here, table) == 0


def test_an_empty_cell_leaves_what_is_known(here):
    timetable.take_in(here, HEADER + "ana@acme.test,09:00,17:00,no,no,no\n")
    timetable.take_in(here, "email,round 2\nana@acme.test,yes\n")
    assert known(here)["Ana"] == (2, "09:00:00-17:00:00")


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("zoe@acme.test,,,,,", "line 3, email: 'zoe@acme.test' is nobody in this cohort"),
        ("ana@acme.test,nine,17:00,,,", "line 3, from: 'nine' is no time; write 09:00"),
        ("ana@acme.test,25:00,17:00,,,", "line 3, from: '25:00' is no time; write 09:00"),
        ("ana@acme.test,09:00,,,,", "line 3, to: give two different hours, or neither"),
        ("ana@acme.test,,,maybe,,", "line 3, round_1: 'maybe' is neither yes nor no"),
        (
            "ana@acme.test,,,yes,,\nAna@acme.test,,,no,,",
            "line 4, email: Ana@acme.test stands in line 3 already",
        ),
        ("ana@acme.test,,,yes,,,yes", "line 3: 7 cells under 6 columns"),
    ],
)
def test_one_bad_line_and_nothing_of_the_table_holds(here, line, problem):
    with pytest.raises(BadTable) as bad:
        timetable.take_in(here, HEADER + "ben@acme.test,,,no,,\n" + line)
    assert bad.value.problems == (problem,)
    assert known(here)["Ben"] == (0, "")


def test_a_round_there_is_none_of_is_named(here):
    with pytest.raises(BadTable, match="there is no column 'round_4'"):
        timetable.plan(here, "email,round 4\nana@acme.test,yes\n")

"""What a person has to do, from the seats they hold."""

from typing import Any

import pytest

from casesim.todo.core import Held, todo


def held(kind: str = "panel", stage: str = "lobby", **changes: Any) -> Held:
    usual = {
        "room": "r",
        "room_title": "Fraud",
        "seat": kind,
        "kind": kind,
        "seat_title": kind,
        "stage": stage,
        "starts_at": None,
        "created_at": 1,
        "sheet_in": False,
        "may_read": False,
        "signed": False,
    }
    return Held(**{**usual, **changes})


def test_nobody_without_a_seat_has_anything_to_do():
    assert not todo([])


def test_rooms_that_run_come_first_then_by_their_time_then_the_newest():
    rooms = [
        held(room="old", created_at=1),
        held(room="new", created_at=2),
        held(room="late", starts_at=20),
        held(room="soon", starts_at=10),
        held(room="now", stage="running", starts_at=30),
    ]
    assert [task.held.room for task in todo(rooms).rooms] == ["now", "soon", "late", "new", "old"]


@pytest.mark.parametrize(
    ("kind", "page"), [("rater", "sheet"), ("candidate", "room"), ("facilitator", "room")]
)
def test_a_room_to_come_leads_to_where_one_works_in_it(kind, page):
    (task,) = todo([held(kind)]).rooms
    assert task.page == page


def pages(one: Held) -> list[str]:
    found = todo([one])
    return [task.page for task in (*found.sheets, *found.feedback, *found.reports)]


@pytest.mark.parametrize(
    ("one", "owed"),
    [
        (held("rater", "ended"), ["sheet"]),
        (held("rater", "ended", sheet_in=True), ["debrief"]),
        (held("rater", "ended", sheet_in=True, may_read=True), ["debrief", "report"]),
        (held("rater", "ended", sheet_in=True, may_read=True, signed=True), ["report"]),
        (held("panel", "ended"), ["debrief"]),
        (held("facilitator", "ended", may_read=True), ["debrief", "report"]),
        (held("candidate", "ended"), []),
        (held("observer", "ended"), []),
        (held("rater", "running"), []),
    ],
)
def test_after_the_end_each_kind_of_seat_owes_its_own(one, owed):
    assert pages(one) == owed


def test_what_is_over_is_listed_newest_first():
    sheets = todo([held("rater", "ended", room=str(n), created_at=n) for n in (1, 3, 2)]).sheets
    assert [task.held.room for task in sheets] == ["3", "2", "1"]

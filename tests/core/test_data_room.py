"""Asking for a table, being given some of it, looking at it: command in, event out."""

from datetime import date

import pytest

from rooms.core import messages as m
from rooms.core.head import head
from rooms.core.policy import CLOCK, DATA_ROOM, check_query
from scenarios.core.recipes import Narrowing
from tests.builders import EXCERPT, VISITS, Play, scenario

CASE = scenario(data_sets=[VISITS, EXCERPT])
ASK = m.RequestData(what="all visits", purpose="to count them")
FEBRUARY = Narrowing(since=date(2026, 1, 20))


def asked() -> Play:
    room = Play(CASE).start()
    room.do("candidate", ASK)
    return room


def granted(narrow: Narrowing | None = None) -> Play:
    room = asked()
    room.do("omar", m.GiveData(request="R1", data_set="visits", narrow=narrow))
    return room


def query(sql: str = "SELECT 1") -> m.RecordQuery:
    return m.RecordQuery(by="candidate", sql=sql, columns=("1",), rows=((1,),), count=1)


def test_a_request_says_what_for():
    [event] = Play(CASE).start().do("candidate", ASK)
    assert event == m.DataRequested(
        by="candidate", mark="R1", what="all visits", role="omar", purpose="to count them", utterance=1
    )


def test_a_real_table_is_granted_and_a_small_one_is_read_in_the_talk():
    [event] = asked().do("omar", m.GiveData(request="R1", data_set="visits"))
    assert event.grant == m.Grant(key="visits", title="Visits", about="every visit")
    assert event.table is None
    [event] = asked().do("omar", m.GiveData(request="R1", data_set="labels"))
    assert event.table.rows == (("1",), ("2",))
    assert event.grant is None


def test_the_newest_grant_of_a_table_holds_and_everyone_can_read_what_was_narrowed():
    room = granted(FEBRUARY)
    for seat in ("candidate", "dana", "rater1"):
        assert head(CASE, room.state, seat)["tables"] == [
            {"key": "visits", "title": "Visits", "about": "every visit", "words": ("from 2026-01-20",)}
        ]
    room.do("candidate", ASK)
    room.do("omar", m.GiveData(request="R2", data_set="visits"))
    assert [g.narrow for g in room.state.grants] == [None]


@pytest.mark.parametrize(
    ("data_set", "narrow", "why"),
    [
        ("visits", Narrowing(columns=("secret",)), "there is no column 'secret'"),
        ("labels", FEBRUARY, "only a table of the data room can be narrowed"),
    ],
)
def test_a_narrowing_that_does_not_fit_is_refused_and_says_what_does_not(data_set, narrow, why):
    with pytest.raises(m.Refused, match=why):
        asked().do("omar", m.GiveData(request="R1", data_set=data_set, narrow=narrow))


def test_an_answer_is_put_off_with_its_reason_and_can_still_be_given():
    room = asked()
    [event] = room.do("omar", m.DelayData(request="R1", why="It is being drawn.", until="two"))
    assert event == m.DataDelayed(by="omar", mark="R1", why="It is being drawn.", until="two")
    request = head(CASE, room.state, "candidate")["board"]["requests"][0]
    assert (request["state"], request["until"]) == ("delayed", "two")
    room.do("omar", m.GiveData(request="R1", data_set="visits"))
    assert room.state.requests[0].state == "given"


def test_a_promise_by_the_clock_moves_with_a_pause():
    room = asked()
    room.do("omar", m.DelayData(request="R1", why="Four minutes.", minutes=4))
    promised = head(CASE, room.state, "candidate")["board"]["requests"][0]["due"]
    assert promised == room.now + 240_000
    room.do("facilitator", m.Pause(), after=10)
    room.do("facilitator", m.Resume(), after=60)
    assert head(CASE, room.state, "candidate")["board"]["requests"][0]["due"] == promised + 60_000


@pytest.mark.parametrize(
    "wrong", [{}, {"until": "one"}, {"until": "nine"}, {"until": "two", "minutes": 3}], ids=str
)
def test_a_promise_names_one_time_that_is_still_to_come(wrong):
    assert asked().refused("omar", m.DelayData(request="R1", why="later", **wrong)) == "invalid"


def test_a_facilitator_is_told_when_a_promised_answer_is_due():
    room = asked()
    room.do("omar", m.DelayData(request="R1", why="later", until="two"))
    waits = "R1 waits for omar: all visits"
    assert waits not in head(CASE, room.state, "facilitator")["console"]["hints"]
    room.do("facilitator", m.Advance(phase="one"))
    assert waits in head(CASE, room.state, "facilitator")["console"]["hints"]


def test_the_first_look_is_an_event_and_the_second_says_nothing_new():
    room = granted()
    look = m.Look(data_set="visits", column="day")
    assert room.do("candidate", look) == [m.Looked(by="candidate", data_set="visits", column="day")]
    assert room.do("candidate", look) == []


@pytest.mark.parametrize(
    "look", [m.Look(data_set="labels"), m.Look(data_set="visits", column="secret")], ids=str
)
def test_nobody_looks_at_what_was_not_granted_or_is_not_there(look):
    assert granted().refused("candidate", look) == "no_such"


def test_a_query_is_on_record_for_everyone_with_the_beginning_of_its_answer():
    [event] = granted().do(DATA_ROOM, query())
    assert event == m.Queried(
        by="candidate", mark="Q1", sql="SELECT 1", columns=("1",), rows=((1,),), count=1
    )


@pytest.mark.parametrize("seat", ["candidate", "omar", "facilitator", "rater1", CLOCK])
def test_nobody_but_the_data_room_says_what_was_queried(seat):
    assert granted().refused(seat, query()) == "not_your_part"


def test_tables_are_questioned_by_the_candidate_in_a_live_room_that_granted_one():
    room = granted()
    check_query(room.state, "candidate")
    for seat in ("omar", "rater1", "facilitator"):
        with pytest.raises(m.Refused, match="only the candidate"):
            check_query(room.state, seat)
    with pytest.raises(m.Refused, match="no table has been granted"):
        check_query(asked().state, "candidate")
    room.do("facilitator", m.Pause())
    with pytest.raises(m.Refused, match="the room is paused"):
        check_query(room.state, "candidate")

"""Who is written to and when, who may see whose marks, and how long things are kept: without a database."""

from datetime import UTC, datetime

import pytest

from casesim.loops.core.blindness import RatedRoom, readable
from casesim.loops.core.notice import Promise, notice
from casesim.loops.core.reminders import HOUR, Invitee, Meeting, due, is_night
from casesim.loops.core.times import DAY, appeal_until, keep_until

NOON = int(datetime(2026, 3, 10, 12, tzinfo=UTC).timestamp() * 1000)
RITA = Invitee("rita@acme.test", "Rita", "UTC", "rater", "Rater 1", owes=True)
CORA = Invitee("cora@home.test", "Cora", "UTC", "candidate", "Candidate", owes=True)


def meeting(*people, starts_in=None, ended_ago=None, stage="lobby", cancelled=False, sequence=0):
    return Meeting(
        room="r1",
        title="Cora on fraud",
        starts_at=None if starts_in is None else NOON + int(starts_in * HOUR),
        ended_at=None if ended_ago is None else NOON - int(ended_ago * HOUR),
        stage=stage,
        cancelled=cancelled,
        sequence=sequence,
        invitees=people,
    )


def kinds(*meetings, now=NOON):
    return [(letter.key.kind, letter.invitee.name) for letter in due(meetings, now)]


@pytest.mark.parametrize(
    ("starts_in", "expected"),
    [
        (None, []),
        (72, ["calendar"]),
        (24, ["calendar", "tomorrow"]),
        (2, ["calendar", "tomorrow"]),
        (0.5, ["calendar", "soon"]),
        (-1, []),
    ],
)
def test_people_are_written_to_before_a_room_and_not_after(starts_in, expected):
    assert kinds(meeting(RITA, starts_in=starts_in)) == [(kind, "Rita") for kind in expected]


def test_a_candidate_who_has_not_agreed_is_asked_two_days_before():
    assert ("consent", "Cora") in kinds(meeting(CORA, starts_in=47))
    assert ("consent", "Cora") not in kinds(meeting(CORA, starts_in=49))
    assert ("consent", "Cora") not in kinds(meeting(CORA._replace(owes=False), starts_in=47))
    assert ("consent", "Rita") not in kinds(meeting(RITA, starts_in=47))


@pytest.mark.parametrize(("ended_ago", "expected"), [(1, []), (3, ["sheet"]), (50, ["sheet_again"])])
def test_a_rater_is_reminded_of_a_sheet_that_is_owed(ended_ago, expected):
    over = meeting(RITA, CORA, ended_ago=ended_ago, stage="ended")
    assert kinds(over) == [(kind, "Rita") for kind in expected]
    assert kinds(meeting(RITA._replace(owes=False), ended_ago=ended_ago, stage="ended")) == []


def test_nobody_is_written_to_at_night_by_their_own_clock():
    auckland = RITA._replace(time_zone="Pacific/Auckland")  # one in the morning there
    soon = meeting(RITA, auckland, starts_in=3)
    assert [letter.invitee.time_zone for letter in due([soon], NOON)] == ["UTC", "UTC"]
    assert is_night("Pacific/Auckland", NOON)
    assert not is_night("Pacific/Auckland", NOON + 9 * HOUR)


def test_a_reminder_is_the_same_one_until_the_time_moves():
    first, again = due([meeting(RITA, starts_in=20)], NOON), due([meeting(RITA, starts_in=20)], NOON + HOUR)
    assert [letter.key for letter in first] == [letter.key for letter in again]
    moved = due([meeting(RITA, starts_in=22, sequence=1)], NOON)
    assert not {letter.key for letter in first} & {letter.key for letter in moved}


def test_a_cancelled_room_is_told_once_and_reminds_nobody():
    assert kinds(meeting(RITA, starts_in=2, cancelled=True, sequence=1, stage="ended", ended_ago=0)) == [
        ("calendar", "Rita")
    ]


def test_somebody_without_an_address_is_not_written_to():
    assert kinds(meeting(RITA._replace(address=""), starts_in=2)) == []


# --- blindness --------------------------------------------------------------------------------------


def test_nobody_sees_marks_of_a_room_before_it_is_unlocked():
    assert readable([RatedRoom("r1", True), RatedRoom("r2", False)], person_id=9) == ("r1",)


def test_whoever_owes_a_sheet_on_the_candidate_sees_no_marks_of_any_room():
    rooms = [RatedRoom("r1", True), RatedRoom("r2", True, frozenset({5}))]
    assert readable(rooms, person_id=5) == ()
    assert readable(rooms, person_id=6) == ("r1", "r2")


# --- what is promised ---------------------------------------------------------------------------------


def test_the_notice_says_what_how_long_who_and_how_machines_help():
    text = " ".join(notice(Promise("Acme", keep_days=30, appeal_days=1, bots=True)))
    for said in ("What is recorded", "at Acme", "30 days", "1 day.", "scripted", "No program rates you"):
        assert said in text
    assert "scripted" not in " ".join(notice(Promise("Acme", 30, 14, bots=False)))


def test_content_is_kept_from_the_last_room_on():
    assert keep_until([5, NOON], created_at=1, keep_days=30) == NOON + 30 * DAY
    assert keep_until([], created_at=NOON, keep_days=1) == NOON + DAY
    assert appeal_until(NOON, 14) == NOON + 14 * DAY

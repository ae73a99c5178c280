"""A log is added to where it still ends; what that does not settle is decided under the lock."""

import pytest
from django.db import InterfaceError, OperationalError, connection, transaction

from rooms.core import messages as m
from rooms.live import group
from rooms.live.group import Folds, Job, commit
from rooms.live.writer import Writer
from rooms.models import Room, RoomEvent
from tests.builders import T0
from tests.rooms.adding import PAUSE, is_whole, said, say, until

pytestmark = pytest.mark.django_db(transaction=True)


def test_who_writes_alone_takes_the_lock_once_and_the_log_is_what_it_would_have_been(rooms, locked):
    one, other, _ = rooms
    folds = Folds()
    jobs = [say(one, "a"), say(one, "b"), Job(one, *PAUSE, "p", T0 + 6)]
    for job in jobs:
        assert commit([job], folds)[0] == [None]
    assert locked == [[one]]
    for job in jobs:
        commit([Job(other, job.seat, job.command, job.ref, job.now)], Folds())
    assert locked == [[one], *[[other]] * 3]
    stored = [RoomEvent.objects.filter(room_id=r).order_by("seq").values_list(*COLUMNS) for r in rooms[:2]]
    assert list(stored[0]) == list(stored[1])
    rows = [Room.objects.filter(pk=r).values("last_seq", "next_look", "live").get() for r in rooms[:2]]
    assert rows[0] == rows[1]
    is_whole(one)


COLUMNS = ("seq", "at", "cause", "digest", "audience", "body")


def test_what_others_wrote_meanwhile_is_read_before_anything_is_added(rooms, locked):
    room = rooms[0]
    mine, theirs = Folds(), Folds()
    commit([say(room, "one")], mine)
    commit([say(room, "two")], theirs)
    commit([say(room, "three")], mine)  # its fold is a line behind
    assert said(room) == ["one", "two", "three"]
    assert locked == [[room]] * 3
    commit([say(room, "four")], mine)
    assert locked == [[room]] * 3
    is_whole(room)


def test_of_several_rooms_only_those_that_went_on_are_decided_under_the_lock(rooms, locked):
    mine = Folds()
    commit([say(room, "first") for room in rooms], mine)
    commit([say(rooms[1], "theirs")], Folds())
    del locked[:]
    jobs = [say(room, ref) for ref in ("x", "y") for room in rooms]
    answers, growths = commit(jobs, mine)
    assert answers == [None] * 6
    assert locked == [[rooms[1]]]
    assert {g.room_id: len(g.entries) for g in growths} == dict.fromkeys(rooms, 2)
    assert [said(room) for room in rooms] == [
        ["first", "x", "y"],
        ["first", "theirs", "x", "y"],
        ["first", "x", "y"],
    ]
    for room in rooms:
        is_whole(room)


@pytest.mark.parametrize("together", [False, True], ids=["one by one", "in one group"])
def test_a_resend_is_answered_as_the_first_time_and_written_once(rooms, together):
    room, mine = rooms[0], Folds()
    commit([say(room, "first")], mine)
    commit([say(room, "again")], mine)
    jobs = [
        say(room, "again"),
        say(room, "again", "another text"),
        say(room, "new"),
        Job(room, "rater1", m.Say(text="I may not"), "no", T0 + 5),
        say(room, "new"),
    ]
    groups = [jobs] if together else [[job] for job in jobs]
    answers = [answer for each in groups for answer in commit(each, mine)[0]]
    assert [a and a.code for a in answers] == [None, "conflict", None, "not_your_part", None]
    assert said(room) == ["first", "again", "new"]
    is_whole(room)


def test_a_resend_the_process_does_not_remember_is_met_in_the_log(rooms, locked):
    """A web process was killed: the one that comes after it folds the log, and the client sends again."""
    room, mine = rooms[0], Folds()
    commit([say(room, "sent")], Folds())
    commit([say(room, "other")], mine)
    del locked[:]
    answers, growths = commit([say(room, "sent")], mine)
    assert (answers, growths, locked) == ([None], [], [[room]])
    assert said(room) == ["sent", "other"]


def test_a_resend_among_others_is_met_in_the_log_and_keeps_nobody_back(rooms, locked):
    one, two, three = rooms
    mine = Folds()
    commit([say(one, "sent")], Folds())
    commit([say(room, "other") for room in rooms], mine)
    del locked[:]
    jobs = [say(two, "x"), say(one, "new"), say(one, "sent"), say(three, "y"), say(one, "last")]
    answers, growths = commit(jobs, mine)
    assert (answers, locked) == ([None] * 5, [[one]])
    assert [g.room_id for g in growths] == [two, three, one]
    assert [said(room)[1:] for room in rooms] == [["other", "new", "last"], ["x"], ["y"]]


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has no connection to lose")
def test_a_connection_that_broke_is_thrown_away_and_the_next_command_opens_another(rooms):
    mine = Folds()
    commit([say(rooms[0], "first")], mine)
    connection.connection.close()
    with pytest.raises((OperationalError, InterfaceError)):
        commit([say(rooms[0], "second")], mine)
    assert commit([say(rooms[0], "second")], mine)[0] == [None]
    assert said(rooms[0]) == ["first", "second"]


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite's driver keeps statements by itself")
def test_postgresql_keeps_the_plan_for_a_line_alone_and_for_nothing_else(rooms):
    mine = Folds()
    for n in range(12):
        commit([say(rooms[0], f"a{n}")], mine)
        commit([say(room, f"b{n}") for room in rooms], mine)
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement, generic_plans + custom_plans FROM pg_prepared_statements")
        planned = dict(cursor.fetchall())
    assert {("INSERT INTO rooms_roomevent" in text, "json" in text) for text in planned} == {(True, False)}
    assert sum(planned.values()) >= 11


def test_a_log_of_another_epoch_or_none_is_not_added_to(rooms):
    restored, erased, kept = rooms
    mine = Folds()
    commit([say(room, "first") for room in rooms], mine)
    Room.objects.filter(pk=restored).update(epoch="another")
    RoomEvent.objects.filter(room_id=erased).delete()
    Room.objects.filter(pk=erased).delete()
    answers, _ = commit([say(room, "second") for room in rooms], mine)
    assert [a and a.code for a in answers] == [None, "no_such", None]
    assert said(restored) == said(kept) == ["first", "second"]
    commit([say(restored, "third")], mine)
    assert said(restored)[-1] == "third"


@pytest.mark.parametrize("error", [OperationalError("gone"), RuntimeError("a fault")])
def test_what_was_added_is_told_although_the_rest_of_its_group_meets_an_error(rooms, monkeypatch, error):
    """Two rooms end where they ended; for the third the lock is needed, and the database goes away."""
    told: list[tuple[str, str | None]] = []
    grown: list[str] = []

    def done(answers, growths) -> None:
        told.extend((job.room_id, answer and answer.code) for job, answer in answers)
        grown.extend(growth.room_id for growth in growths)

    real, failing = group.log.lock, []

    def lock(room_ids, causes):
        if failing:
            raise failing.pop()
        return real(room_ids, causes)

    monkeypatch.setattr(group.log, "lock", lock)
    writer = Writer(done)
    monkeypatch.setattr("rooms.live.writer.GATHER", 0.3)
    writer.start()
    for room in rooms[:2]:
        writer.put(say(room, "first"))
        until(lambda room=room: (room, None) in told)
    del told[:], grown[:]
    failing.append(error)
    for room in rooms:
        writer.put(say(room, "second"))
    until(lambda: len(told) == 3)
    assert sorted(told) == sorted([(rooms[0], None), (rooms[1], None), (rooms[2], "try_again")])
    assert sorted(grown) == rooms[:2]
    writer.put(say(rooms[2], "second"))
    writer.stop()
    assert told[3:] == [(rooms[2], None)]
    assert [said(room) for room in rooms] == [["first", "second"], ["first", "second"], ["second"]]


def test_what_is_shown_is_committed_so_nothing_is_added_inside_another_transaction(rooms):
    mine = Folds()
    commit([say(rooms[0], "first")], mine)
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        commit([say(rooms[0], "second")], mine)
    assert said(rooms[0]) == ["first"]

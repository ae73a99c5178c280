"""A log is added to where it still ends; what that does not settle is decided under the lock."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.migrations.executor import MigrationExecutor

from rooms.core import messages as m
from rooms.core.director import next_look
from rooms.live import group, log
from rooms.live.append import append, appending
from rooms.live.group import Answer, Folds, Job, Known, commit
from rooms.live.hub import Hub
from rooms.live.room import HubRoom
from rooms.live.writer import Writer
from rooms.models import Room, RoomEvent
from rooms.service import known
from tests.builders import T0, make_room

pytestmark = pytest.mark.django_db(transaction=True)

PAUSE = ("facilitator", m.Pause())  # it changes when the clock knocks and whether the room is live


def say(room: str, ref: str, text: str = "") -> Job:
    return Job(room, "candidate", m.Say(text=text or ref), ref, T0 + 5)


def said(room: str) -> list[str]:
    return [e.event.text for e in log.parsed(log.read(room)) if isinstance(e.event, m.Said)]


def is_whole(room: str) -> None:
    """Places without a gap, and a row that says where they end."""
    seqs = [line.seq for line in log.read(room)]
    assert seqs == list(range(1, len(seqs) + 1))
    assert log.rooms([room])[room].last_seq == len(seqs)


@pytest.fixture
def locked(monkeypatch) -> list[list[str]]:
    """The rooms of each group that was decided under the lock."""
    groups: list[list[str]] = []
    real = log.lock

    def noting(room_ids, causes):
        groups.append(list(room_ids))
        return real(room_ids, causes)

    monkeypatch.setattr(group.log, "lock", noting)
    return groups


@pytest.fixture
def rooms() -> list[str]:
    return sorted(make_room(started=True).room_id for _ in range(3))


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


@pytest.mark.parametrize(
    ("change", "undone", "ways"),
    [({"title": "Another"}, False, 0), ({"epoch": "another"}, False, 1), ({"epoch": "another"}, True, 0)],
    ids=["another column", "another epoch", "rolled back"],
)
def test_a_line_alone_waits_for_whoever_holds_the_row(rooms, locked, change, undone, ways):
    room, mine = rooms[0], Folds()
    commit([say(room, "first")], mine)
    del locked[:]

    def hold() -> None:
        Room.objects.filter(pk=room).update(**change)

    with committing([say(room, "second")], mine, hold, undone) as answers:
        until(somebody_waits)
        assert (answers, said(room)) == ([], ["first"])
    assert (answers, said(room), locked) == ([[None]], ["first", "second"], [[room]] * ways)
    is_whole(room)


@contextmanager
def committing(
    jobs: list[Job], folds: Folds, hold: Callable[[], object], undone: bool = False
) -> Iterator[list[list[Answer]]]:
    """A commit in one thread while another's transaction holds rows, which it does until the block ends."""
    held, go, answers = threading.Event(), threading.Event(), []

    def holding() -> None:
        with transaction.atomic():
            hold()
            held.set()
            assert go.wait(20)
            transaction.set_rollback(undone)
        connection.close()

    def writing() -> None:
        answers.append(commit(jobs, folds)[0])
        connection.close()

    threads = [threading.Thread(target=work) for work in (holding, writing)]
    threads[0].start()
    assert held.wait(20)
    threads[1].start()
    try:
        yield answers
    finally:
        go.set()
        for thread in threads:
            thread.join(20)


def somebody_waits() -> bool:
    if connection.vendor != "postgresql":
        time.sleep(0.2)  # SQLite cannot be asked
        return True
    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
        return cursor.fetchone()[0] > 0


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


def test_whoever_finds_a_row_taken_waits_for_it_under_the_lock(rooms):
    """Never with rows of its own in hand: of two who wait for each other's the database would end one."""
    one, mine = rooms[0], Folds()
    commit([say(room, "first") for room in rooms], mine)
    jobs = [say(room, "second") for room in reversed(rooms)]
    with committing(jobs, mine, lambda: log.lock([one], [])) as answers:
        if connection.vendor == "postgresql":
            until(lambda: [said(room)[-1] for room in rooms] == ["first", "second", "second"])
    assert answers == [[None] * 3]
    assert [said(room) for room in rooms] == [["first", "second"]] * 3


def until(true, seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_writers_of_the_same_rooms_at_the_same_time_lose_and_double_nothing(rooms):
    """Each in a thread with folds of its own, as two processes would be."""
    names, errors = ("ada", "bob", "cyd"), []

    def write(name: str) -> None:
        folds = Folds()
        try:
            for n in range(12):
                jobs = [say(room, f"{name}{n}") for room in (rooms if n % 2 else rooms[::-1])]
                assert commit(jobs[: 1 + n % 3], folds)[0] == [None] * (1 + n % 3)
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=write, args=[name]) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert errors == []
    wanted = {name: [f"{name}{n}" for n in range(12)] for name in names}
    for place, room in enumerate(rooms):
        is_whole(room)
        for name in names:
            theirs = [text for text in said(room) if text.startswith(name)]
            reaches = [w for n, w in enumerate(wanted[name]) if place in reached(n)]
            assert theirs == reaches


def reached(n: int) -> set[int]:
    """Places of the rooms that the n-th group of a writer writes to."""
    order = [0, 1, 2] if n % 2 else [2, 1, 0]
    return set(order[: 1 + n % 3])


def hub_room(room: str) -> HubRoom:
    """The room as a hub reads it from the log."""
    row = log.rooms([room])[room]
    here = HubRoom(row, known(room).scenario)
    here.take([(line, line.event()) for line in log.read(room)])
    return here


def test_what_the_hub_of_the_process_has_read_is_not_read_again(rooms, locked, monkeypatch):
    """The first command in a room that was opened long ago, and one after the lines of another process."""
    room = rooms[0]
    hub = {room: hub_room(room)}
    mine = Folds(seen=lambda room_id: seen(hub.get(room_id)))
    monkeypatch.setattr(group.log, "read", None)
    assert commit([say(room, "one")], mine)[0] == [None]
    monkeypatch.undo()
    commit([say(room, "two")], Folds())
    commit([Job(room, *PAUSE, "p", T0 + 6)], Folds())
    hub[room] = hub_room(room)
    monkeypatch.setattr(group.log, "lock", None)
    answers, _ = commit([Job(room, "facilitator", m.Resume(), "r", T0 + 60_000)], mine)
    monkeypatch.undo()
    assert (answers, said(room)) == ([None], ["one", "two"])
    is_whole(room)
    state, row = known(room).state, Room.objects.get(pk=room)
    assert (row.live, row.next_look) == (True, next_look(known(room).scenario, state))


def seen(room: HubRoom | None) -> Known | None:
    return room and Known(room.scenario, room.state, room.row)


def test_a_hub_that_lags_or_holds_another_epoch_is_not_believed(rooms):
    lagging, restored, _ = rooms
    hub = {room: hub_room(room) for room in rooms}
    mine = Folds(seen=lambda room_id: seen(hub.get(room_id)))
    for text in ("one", "two", "three"):
        assert commit([say(room, text) for room in rooms], mine)[0] == [None] * 3
    Room.objects.filter(pk=restored).update(epoch="another")
    for text in ("four", "five"):
        assert commit([say(room, text) for room in rooms], mine)[0] == [None] * 3
        assert commit([say(lagging, f"{text} elsewhere")], Folds())[0] == [None]
    assert said(lagging) == ["one", "two", "three", "four", "four elsewhere", "five", "five elsewhere"]
    assert said(restored) == said(rooms[2]) == ["one", "two", "three", "four", "five"]
    for room in rooms:
        is_whole(room)


def test_a_hub_takes_over_what_was_folded_from_its_own_state_and_folds_the_rest(rooms):
    room = rooms[0]
    here = hub_room(room)
    hub = Hub(lambda room: None)
    hub._hand_out_soon = lambda room, public: None
    hub.rooms[room] = here
    mine, strange = Folds(seen=lambda room_id: seen(here)), Folds()
    _, (growth,) = commit([say(room, "one"), say(room, "two")], mine)
    assert growth.before is here.state
    hub.grew(growth)
    assert here.state is growth.after
    _, (growth,) = commit([say(room, "three")], strange)
    hub.grew(growth)
    assert here.state == growth.after and here.state is not growth.after
    assert here.state == known(room).state
    _, (growth,) = commit([say(room, "four")], mine)
    hub.grew(growth)
    assert here.state is growth.after
    assert [line.seq for line in here.lines] == list(range(1, here.state.seq + 1))


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


def test_a_taken_place_is_refused_by_the_database_whoever_forgot_to_look(rooms):
    """The control: an addition that claims the log's end and names a place before it."""
    room = rooms[0]
    row = log.rooms([room])[room]
    entry = log.entry(row.last_seq, T0, m.Said(by="candidate", text="over"), "candidate:x", "0")
    with pytest.raises(Exception, match=r"(?i)unique"), appending():
        append([log.Addition(row, [entry], row.next_look, row.live)])
    assert said(room) == []
    is_whole(room)


def test_the_log_is_indexed_by_its_places_and_causes_alone_and_an_event_is_still_never_updated(rooms):
    assert on_room_alone() == []
    with pytest.raises(Exception, match="never updated"):
        RoomEvent.objects.filter(room_id=rooms[0]).update(at=0)
    try:
        MigrationExecutor(connection).migrate([("rooms", "0009_erased_at")])
        assert len(on_room_alone()) == 1
    finally:
        MigrationExecutor(connection).migrate([("rooms", "0010_fewer_indexes_on_the_log")])
    assert on_room_alone() == []


def on_room_alone() -> list[str]:
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, "rooms_roomevent")
    return [name for name, one in found.items() if one["index"] and one["columns"] == ["room_id"]]

"""A group is committed whole, whatever its size; what nobody needs is forgotten; readers end in order."""

import threading
import time

import pytest
from django.db import connection

from rooms.core import messages as m
from rooms.core.state import fold
from rooms.live import group, log
from rooms.live.group import Folds, Job, commit
from rooms.live.reader import Reader
from rooms.models import Room
from rooms.service import handle_now, known
from tests.builders import T0, make_room

pytestmark = pytest.mark.django_db

AWKWARD = (
    '"quoted" and \\ back',
    "a line\nand another",
    "ß 漢字 🙂",
    "{%s} ? :name %(x)s",
    "'; DROP TABLE rooms_room;--",
)


def jobs(room: str, times: int = 1) -> list[Job]:
    """Words, whispers and a decision, each so many times."""
    said: list[m.AnyCommand] = [m.Say(text=text) for text in AWKWARD]
    said += [m.Whisper(text=text) for text in AWKWARD]
    whole = [("dana" if isinstance(c, m.Whisper) else "candidate", c) for c in said]
    whole.append(("candidate", m.Commit(choice="A", why="B", gives_up="C", would_change="D")))
    return [Job(room, seat, c, f"{n}:{t}", T0 + n) for t in range(times) for n, (seat, c) in enumerate(whole)]


def stored(room: str) -> list[tuple]:
    """Every column of the log but the room's name."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT seq, at, cause, digest, audience, body FROM rooms_roomevent"
            " WHERE room_id = %s ORDER BY seq",
            [room],
        )
        return cursor.fetchall()


def test_a_large_group_writes_what_its_commands_would_write_one_by_one():
    one, other = (make_room(started=True).room_id for _ in range(2))
    folds = Folds()
    answers, growths = commit(jobs(one), folds)
    assert answers == [None] * len(answers)
    (growth,) = growths
    assert len({e.cause for e in growth.entries} - {None}) == len(answers)
    for job in jobs(other):
        commit([job], folds)
    assert stored(one) == stored(other)
    rows = log.rooms([one, other])
    assert rows[one].last_seq == rows[other].last_seq == len(stored(one))
    assert rows[one][4:] == rows[other][4:]


def test_a_large_group_of_many_rooms_keeps_each_ones_clock_and_end():
    rooms = [make_room(started=True).room_id for _ in range(5)]
    before = log.rooms(rooms)
    group = [job for room in rooms for job in jobs(room)[:3]]
    group.append(Job(rooms[0], "facilitator", m.Pause(), "pause", T0 + 60))
    commit(group, Folds())
    after = log.rooms(rooms)
    grown = [after[r].last_seq - before[r].last_seq for r in rooms]
    assert grown == [grown[1] + 1, *[grown[1]] * 4]
    assert [after[r].live for r in rooms] == [False, True, True, True, True]
    assert after[rooms[0]].next_look is None
    for room in rooms:
        state = fold((line.at, line.event) for line in log.parsed(log.read(room)))
        assert state == known(room).state


def test_in_a_large_group_too_a_resend_a_refusal_and_a_strange_room_harm_nobody():
    room = make_room(started=True).room_id
    handle_now(room, "candidate", m.Say(text="one"), "again", T0 + 2)
    group = [
        Job(room, "candidate", m.Say(text="one"), "again", T0 + 3),
        Job(room, "candidate", m.Say(text="other"), "again", T0 + 3),
        Job(room, "rater1", m.Say(text="I may not"), "no", T0 + 3),
        Job("nowhere", "candidate", m.Say(text="?"), "no", T0 + 3),
        *jobs(room),
        *jobs(room),
    ]
    answers, (growth,) = commit(group, Folds())
    codes = [answer.code if answer else None for answer in answers[:4]]
    assert codes == [None, "conflict", "not_your_part", "no_such"]
    assert answers[4:] == [None] * (len(group) - 4)
    assert len({e.cause for e in growth.entries} - {None}) == len(jobs(room))


def test_the_fold_of_a_room_nobody_needs_is_forgotten(monkeypatch):
    folds, rooms = Folds(), [make_room(started=True).room_id for _ in range(3)]
    for room in rooms:
        commit(jobs(room)[:1], folds)
    assert list(folds._known) == rooms
    later = time.monotonic() + group.IDLE - 1
    monkeypatch.setattr(group.time, "monotonic", lambda: later)
    commit(jobs(rooms[0])[1:2], folds)
    monkeypatch.setattr(group.time, "monotonic", lambda: later + 2)
    commit(jobs(rooms[0])[2:3], folds)
    assert list(folds._known) == list(folds._used) == [rooms[0]]
    commit(jobs(rooms[1])[1:2], folds)  # read anew
    assert folds._known[rooms[1]].state.seq == Room.objects.get(pk=rooms[1]).last_seq


async def test_readers_answer_what_was_asked_and_then_end_with_their_connections():
    import asyncio

    reader, go = Reader(threads=2), threading.Event()
    asked = [asyncio.ensure_future(reader(lambda n=n: go.wait(5) and n)) for n in range(6)]
    await asyncio.sleep(0)
    closing = asyncio.get_running_loop().run_in_executor(None, reader.close)
    go.set()
    assert await asyncio.gather(*asked) == list(range(6))
    await closing
    assert not any(thread.is_alive() for thread in reader._threads)


async def test_what_a_reader_meets_is_told_to_who_asked_and_to_nobody_else():
    reader = Reader(threads=1)
    with pytest.raises(ZeroDivisionError):
        await reader(lambda: 1 / 0)
    assert await reader(lambda: "well") == "well"
    reader.close()

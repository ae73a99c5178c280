"""Two processes over one log, with a bell that drops, doubles and delays; and the control without the log."""

import asyncio
import random
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
from channels.db import database_sync_to_async

from rooms import queries
from rooms.core import messages as m
from rooms.live.ear import Ear
from rooms.live.group import Job
from rooms.live.now import wall_ms
from rooms.live.process import Process
from tests.builders import make_room


class LossyBell:
    """Carries rings between processes, or does not."""

    def __init__(self, loop: asyncio.AbstractEventLoop, drop: float, double: float) -> None:
        self.loop, self.drop, self.double = loop, drop, double
        self.chance = random.Random(7)
        self.processes: list[Process] = []
        self.carrying: set[asyncio.Task[None]] = set()
        self.rung = self.dropped = 0

    def ring(self, word: str) -> None:
        self.rung += 1
        if self.chance.random() < self.drop:
            self.dropped += 1
            return
        for _ in range(2 if self.chance.random() < self.double else 1):
            delay = self.chance.random() * 0.05
            for process in self.processes:
                self.loop.call_soon_threadsafe(self.loop.call_later, delay, self.carry, process, word)

    def carry(self, process: Process, word: str) -> None:
        task = self.loop.create_task(database_sync_to_async(process._heard)([word]))
        self.carrying.add(task)
        task.add_done_callback(self.carrying.discard)


@pytest.fixture
async def two(request, transactional_db, settings) -> AsyncIterator[tuple[Process, Process, LossyBell]]:
    """Two web processes in one loop that share nothing but the database and this bell."""
    settings.REDIS_URL = ""
    loop = asyncio.get_running_loop()
    bell = LossyBell(loop, **request.param)
    bell.processes = [Process(loop), Process(loop)]
    for process in bell.processes:
        process.bell.ring = bell.ring
        process.start()
    yield (*bell.processes, bell)
    for process in bell.processes:
        await process.stop()


@dataclass
class Listener:
    """A socket that reads all it is given."""

    ear: Ear
    task: "asyncio.Task[None] | None" = None
    frames: list[str] = field(default_factory=list)

    async def listen(self) -> None:
        while (frame := await self.ear.next()) is not None:
            self.frames.append(frame)


async def sit(process: Process, room_id: str, seat: str, after: int = 0) -> Listener:
    listener = Listener(await process.join(room_id, seat))
    process.hub.sync(listener.ear, None, after)
    listener.task = asyncio.create_task(listener.listen())
    return listener


def heard(listener: Listener) -> str:
    return "".join(listener.frames)


BELLS = [{"drop": 1.0, "double": 0.0}, {"drop": 0.0, "double": 1.0}, {"drop": 0.5, "double": 0.5}]


@pytest.mark.parametrize("two", BELLS, indirect=True, ids=["drops all", "doubles all", "mixed"])
async def test_whatever_the_bell_does_every_seat_ends_with_exactly_its_feed(two):
    one, other, bell = two
    opened = await database_sync_to_async(make_room)(started=True, now=wall_ms())
    seats = {
        (process, seat): await sit(process, opened.room_id, seat)
        for process in (one, other)
        for seat in ("candidate", "dana", "rater1")
    }
    for number in range(40):
        process = (one, other)[number % 2]
        command = m.Whisper(text=f"WHISPER {number}") if number % 4 == 3 else m.Say(text=f"word {number}")
        job = Job(opened.room_id, "dana", command, f"r{number}", wall_ms())
        await process.handle(job)
        await process.handle(job)  # and each command is sent twice
    await asyncio.sleep(1.5)  # a lost ring costs at most one round of the poll
    assert bell.rung > 40
    for (_, seat), listener in seats.items():
        expected = await database_sync_to_async(queries.lines)(opened.room_id, seat)
        assert listener.ear.n == len(expected)
        words = [x.event.text for x in expected if isinstance(x.event, m.Said | m.Whispered)]
        assert [heard(listener).count(f'"text":"{word}"') for word in words] == [1] * len(words)
        places = [heard(listener).index(f'"text":"{word}"') for word in words]
        assert places == sorted(places)
    assert "WHISPER" not in heard(seats[one, "candidate"]) + heard(seats[other, "rater1"])


@pytest.mark.parametrize("two", BELLS[:1], indirect=True, ids=["drops all"])
async def test_who_has_seen_more_than_this_process_has_read_goes_on_where_he_was(two):
    one, other, _ = two
    opened = await database_sync_to_async(make_room)(started=True, now=wall_ms())
    here, _ = [await sit(process, opened.room_id, "candidate") for process in (one, other)]
    await one.handle(Job(opened.room_id, "dana", m.Say(text="not rung for"), "r1", wall_ms()))
    await asyncio.sleep(0.1)
    moved = await sit(other, opened.room_id, "candidate", after=here.ear.n)
    await asyncio.sleep(0.3)  # less than until the poll
    assert f'"from":{here.ear.n},"upto":{here.ear.n},' in moved.frames[0]
    assert "not rung for" not in heard(moved)


async def test_control_putting_the_content_into_the_ring_loses_doubles_and_tells():
    """The tutorial's way under the same bell: what the design is for."""
    chance, inbox = random.Random(7), []
    sent = [("WHISPER" if n % 4 == 3 else "word") + f" {n}" for n in range(40)]
    for text in sent:
        inbox += [text] * chance.choice((0, 1, 2))  # a group message goes to every socket of the room
    assert set(sent) - set(inbox)
    assert len(inbox) > len(set(inbox))
    assert any("WHISPER" in text for text in inbox)

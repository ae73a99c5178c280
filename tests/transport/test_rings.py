"""What a process does with the words it hears, whoever rang them."""

import asyncio
import logging
from collections.abc import AsyncIterator

import pytest
from channels.db import database_sync_to_async

from rooms.live.group import Folds, commit
from rooms.live.process import Process
from tests.builders import make_room
from tests.rooms.adding import say


@pytest.fixture
async def here(transactional_db, settings) -> AsyncIterator[Process]:
    settings.REDIS_URL = ""
    process = Process(asyncio.get_running_loop())
    process.start()
    yield process
    await process.stop()


async def opened(here: Process) -> str:
    """A room with the candidate's socket in it."""
    room = (await database_sync_to_async(make_room)(started=True)).room_id
    await here.join(room, "candidate")
    return room


async def elsewhere(room: str, text: str) -> int:
    """Another process adds a line; returns where the log ends."""
    _, (growth,) = await database_sync_to_async(commit)([say(room, text)], Folds())
    return growth.entries[-1].line.seq


async def hears(here: Process, *words: str) -> None:
    await database_sync_to_async(here._heard)(words)
    await asyncio.sleep(0)


NONSENSE = ("", "grew", "grew ", "grew x", "grew {room} ²", "grew {room} -1", "grew {room} " + "9" * 5000)
NONSENSE += (
    "grew {room}  5 5",
    "here",
    "here no-such-room",
    "seat",
    "erased",
    "hello",
    "grew {room} 5 5 5\t",
)


async def test_nonsense_is_passed_over_and_what_makes_sense_beside_it_is_followed(here, caplog):
    room = await opened(here)
    seq = await elsewhere(room, "one")
    await hears(here, *(word.format(room=room) for word in NONSENSE), f"grew {room} {seq}")
    assert here.hub.rooms[room].state.seq == seq
    assert caplog.records == []


async def test_a_room_that_cannot_be_read_or_taken_keeps_no_other_back(here, monkeypatch, caplog):
    broken, strange, well = [await opened(here) for _ in range(3)]
    ends = {room: await elsewhere(room, "one") for room in (broken, strange, well)}
    read, take = here.hub.read_ahead, here.hub.take_read

    def failing_read(room_id, seq):
        if room_id == broken:
            raise ValueError("an event of a later version")
        return read(room_id, seq)

    def failing_take(room, lines):
        if room.id == strange:
            raise ValueError("a fault in folding")
        take(room, lines)

    monkeypatch.setattr(here.hub, "read_ahead", failing_read)
    monkeypatch.setattr(here.hub, "take_read", failing_take)
    with caplog.at_level(logging.ERROR):
        await hears(here, *(f"grew {room} {seq}" for room, seq in ends.items()))
    assert here.hub.rooms[well].state.seq == ends[well]
    assert strange not in here.hub.rooms  # whoever is there comes back to it
    said = [(record.room, record.message.split(";")[0]) for record in caplog.records]
    assert (broken, "a room's new lines could not be read") in said
    assert (strange, "a room's new lines could not be taken") in said


async def test_a_room_let_go_and_loaded_again_keeps_its_clock_when_the_last_of_the_old_one_leaves(here):
    room = await opened(here)
    (old,) = here.hub.rooms[room].all_ears()
    here.hub.let_go(here.hub.rooms[room])
    new = await here.join(room, "candidate")
    assert room in here.clock._timers
    await here.leave(old)
    assert room in here.clock._timers
    await here.leave(new)
    assert room not in here.clock._timers


async def test_an_old_room_that_fails_late_does_not_take_the_new_one_with_it(here):
    room = await opened(here)
    old = here.hub.rooms[room]
    here.hub.let_go(old)
    await here.join(room, "candidate")
    here.hub.let_go(old)
    assert here.hub.rooms[room] is not old
    await here.handle(say(room, "still here"))
    assert here.hub.rooms[room].lines[-1].body.count("still here") == 1

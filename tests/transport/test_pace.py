"""A lively room is handed out in fewer, fuller frames, and no frame's time tells of what it does not hold."""

import asyncio
import json
import time

import pytest

from rooms.live import hub
from tests.transport.conftest import Socket, Table

PACE = 0.6  # seconds: long enough to be told from a busy machine


@pytest.fixture
async def rested(table: Table, monkeypatch) -> Table:
    """A table at which nothing was said for a while."""
    monkeypatch.setattr(hub, "PACE", PACE)
    for seat in ("candidate", "dana", "facilitator"):
        await table.seat(seat)
    for socket in table.sockets:
        await socket.rest(PACE)
        socket.frames.clear()
    return table


async def shown(socket: Socket, frames: int) -> float:
    """Wait for so many frames; when that was."""
    await socket.until(lambda: len(socket.frames) >= frames)
    return time.monotonic()


async def test_what_is_said_in_a_burst_comes_at_once_and_then_together(rested: Table):
    candidate, dana, _ = rested.sockets
    begun = time.monotonic()
    for number in range(5):
        assert (await dana.do(f"r{number}", type="say", text=f"word {number}"))["type"] == "done"
    first, last = await shown(candidate, 1) - begun, await shown(candidate, 2) - begun
    assert first < PACE / 2 < PACE <= last + 0.05
    assert [frame.count('"said"') for frame in candidate.frames] == [1, 4]
    assert candidate.said() == [f"word {n}" for n in range(5)]


async def test_a_whisper_neither_holds_back_nor_hurries_what_the_others_are_shown(rested: Table):
    candidate, dana, facilitator = rested.sockets
    await dana.do("w1", type="whisper", text="psst")
    begun = time.monotonic()
    await facilitator.do("1", type="say", text="one")
    assert await shown(candidate, 1) - begun < PACE / 2  # as if nobody had whispered
    await facilitator.do("2", type="say", text="two")
    await dana.do("w2", type="whisper", text="psst again")
    assert await shown(candidate, 2) - begun > PACE - 0.05
    await dana.rest()
    assert sorted(dana.said()) == ["one", "psst", "psst again", "two"]


async def test_who_comes_between_two_hand_outs_is_shown_everything_once(rested: Table):
    _, dana, facilitator = rested.sockets
    await dana.do("1", type="say", text="one")
    await dana.do("2", type="say", text="two")
    late = await rested.seat("rater1")
    assert late.said() == ["one"]
    await shown(late, 2)
    assert late.said() == ["one", "two"]
    assert json.loads(late.frames[1])["from"] == json.loads(late.frames[0])["upto"]
    await facilitator.rest(PACE)
    assert facilitator.said() == ["one", "two"]


async def test_a_server_that_goes_away_hands_out_what_waits(rested: Table):
    from rooms.live.process import process

    candidate, dana, _ = rested.sockets
    for number in range(3):
        await dana.do(f"r{number}", type="say", text=f"word {number}")
    await asyncio.gather(process().stop(), candidate.rest(1.0))
    assert candidate.closed == 4000
    assert candidate.said() == [f"word {n}" for n in range(3)]

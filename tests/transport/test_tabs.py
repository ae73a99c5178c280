"""A second tab of a seat is the seat once more: both hear all, either may act, and one may go."""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Callable

import pytest
from channels.db import database_sync_to_async

from rooms.core import messages as m
from rooms.live import presence
from rooms.live.group import Job
from rooms.live.now import wall_ms
from rooms.live.process import Process
from tests.builders import make_room
from tests.transport.conftest import Table


def who_is_here(table_socket) -> list[str]:
    return table_socket.head["here"]


async def test_both_tabs_hear_all_and_either_may_act(table: Table):
    one, other = await table.seat("candidate"), await table.seat("candidate")
    await one.do("1", type="say", text="from the first")
    await other.do("2", type="say", text="from the second")
    await one.until(lambda: one.said() == ["from the first", "from the second"])
    await other.until(lambda: other.said() == one.said())
    assert one.items == other.items


async def test_who_closes_one_of_two_tabs_is_still_here_and_nobody_stands_in(table: Table, monkeypatch):
    monkeypatch.setattr(presence, "REFRESH", 0.1)
    table.opened = await database_sync_to_async(make_room)(started=True, now=wall_ms(), stand_in=1)
    candidate = await table.seat("candidate")
    one, other = await table.seat("dana"), await table.seat("dana")
    await one.do("1", type="take_seat", name="Dana Berg")
    await one.close()
    table.sockets.remove(one)
    await candidate.rest(1.5)  # longer than a person may be away
    assert "dana" in who_is_here(candidate)
    assert {s["occupant"] for s in candidate.head["seats"] if s["seat"] == "dana"} == {"person"}
    assert (await other.do("2", type="say", text="and on"))["type"] == "done"
    await other.close()
    table.sockets.remove(other)
    await candidate.until(lambda: "dana" not in who_is_here(candidate))


needs_redis = pytest.mark.skipif(
    not os.environ.get("REDIS_URL"), reason="needs Redis: python -m tests.servers"
)


@pytest.fixture
async def two(transactional_db: None) -> AsyncIterator[tuple[Process, Process]]:
    """Two web processes in one loop, over one database and one Redis."""
    loop = asyncio.get_running_loop()
    both = Process(loop), Process(loop)
    for process in both:
        process.start()
    yield both
    for process in both:
        await process.stop()


@needs_redis
async def test_a_tab_at_another_process_keeps_the_seat_here(two: tuple[Process, Process]):
    room = (await database_sync_to_async(make_room)(started=True, now=wall_ms())).room_id
    one, other = two
    await one.join(room, "candidate")
    tab, second = await one.join(room, "dana"), await other.join(room, "dana")

    def seen(process: Process) -> bool:
        return "dana" in process.hub.rooms[room].present()

    await until(lambda: seen(one) and seen(other))
    await one.leave(tab)  # takes the key away; the other process puts it back when it hears of it
    await asyncio.sleep(1.0)
    assert seen(one)
    await other.leave(second)
    await until(lambda: not seen(one))


@needs_redis
async def test_one_seat_at_two_processes_acts_once_for_one_ref(two: tuple[Process, Process]):
    room = (await database_sync_to_async(make_room)(started=True, now=wall_ms())).room_id
    ears = [await process.join(room, "candidate") for process in two]
    job = Job(room, "candidate", m.Say(text="once"), "same", wall_ms())
    await asyncio.gather(*(process.handle(job) for process in two))
    await until(lambda: all(said(process, room) == 1 for process in two))
    for process, ear in zip(two, ears, strict=True):
        await process.leave(ear)


def said(process: Process, room: str) -> int:
    return sum('"once"' in line.body for line in process.hub.rooms[room].lines)


async def until(true: Callable[[], bool], seconds: float = 5.0) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, f"not within {seconds} s"
        await asyncio.sleep(0.02)

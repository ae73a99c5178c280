"""Everybody at once, one who is slow, and a server that is told to go."""

import asyncio
import time
from collections.abc import Callable
from http.client import HTTPConnection

import pytest

from tests.faults.clients import Client
from tests.faults.conftest import Note, Stages
from tests.faults.judge import WHOLE
from tests.faults.stage import LONG, Served, Stage
from tests.faults.table import Tables, share

pytestmark = pytest.mark.slow
EIGHT = ("candidate", "lead", "dana", "omar", "facilitator", "rater1", "rater2", "rater3")
STORM = 125 if LONG else 13  # rooms of eight


async def test_all_come_back_at_once_after_the_server_died(stages: Stages, note: Note):
    stage = stages()
    web = await stage.web(double="count_reads")
    async with Tables(stage, [web], rooms=STORM, seats=EIGHT) as tables:
        killed = time.monotonic()
        web.kill()
        before = reads(stage)
        await web.start()
        up = time.monotonic()
        back = killed + await tables.back(killed, 60) - up
        note(f"reconnect storm: {len(tables.clients)} sockets live after the port opened", back)
        note(f"reconnect storm: logs read for {STORM} rooms", reads(stage) - before)
        assert back < 3 * (10 if LONG else 2)
        assert reads(stage) - before <= 3 * STORM  # to load it, once more when it is registered, a poll
        assert await tables.verdict() == WHOLE
    assert stage.trouble() == []


def reads(stage: Stage) -> int:
    """How often a log was read so far, by servers with that double."""
    marks = stage.var / "reads"
    return marks.stat().st_size if marks.exists() else 0


async def test_control_who_comes_to_an_empty_room_makes_the_log_be_read(stages: Stages):
    stage = stages()
    web = await stage.web(double="count_reads")
    room, _ = stage.rooms[0]
    for number in range(1, 5):
        async with stage.client(web, room, "lead"):
            assert reads(stage) >= number


async def test_control_without_backoff_a_server_that_is_away_is_knocked_at_many_times_more(stages: Stages):
    stage = stages()
    web = await stage.web()
    room, tokens = stage.rooms[0]
    decent = Client(web.port, room, "candidate", tokens["candidate"])
    hasty = Client(web.port, room, "lead", tokens["lead"], backoff=0.01, patience=0.01)
    async with decent, hasty:
        web.kill()
        await asyncio.sleep(2)
        assert hasty.attempts > 5 * decent.attempts


@pytest.mark.parametrize(("double", "waits"), [("slow_page", False), ("slow_loop", True)])
async def test_no_room_waits_for_another_rooms_query_unless_it_ran_in_the_event_loop(
    stages: Stages, note: Note, double: str, waits: bool
):
    """The second is the control."""
    stage = stages()
    web = await stage.web(double=double)
    room, tokens = stage.rooms[-1]
    async with Tables(stage, [web], rooms=2) as tables:
        await tables.talk(1.0)
        quiet = share(tables.latencies(), 0.99)
        begun = time.monotonic()
        heavy = page if double == "slow_page" else opened
        work = [asyncio.create_task(heavy(web, room, tokens["omar"])) for _ in range(2)]
        await tables.talk(2.0)
        await asyncio.gather(*work)
        assert await tables.verdict() == WHOLE
        slow = share(tables.latencies(begun), 0.99)
        note(f"a query of 1 s for another room ({double}): others' p99 (quiet {quiet:.3f} s)", slow)
        assert (slow > 0.5) is waits


async def page(web: Served, room: str, token: str) -> None:
    """Ask for a page; it takes its second."""

    def get() -> int:
        connection = HTTPConnection("127.0.0.1", web.port, timeout=20)
        headers = {"Authorization": f"Bearer {token}"}
        connection.request("GET", f"/rooms/{room}/omar/transcript.jsonl", headers=headers)
        status = connection.getresponse().status
        connection.close()
        return status

    assert await asyncio.to_thread(get) == 200


async def opened(web: Served, room: str, token: str) -> None:
    async with Client(web.port, room, "omar", token):
        pass


GOING: Callable[[int | None], bool] = (1012, 4000).__contains__  # "come back"


async def test_a_server_told_to_go_finishes_its_work_and_tells_everybody_to_come_back(
    stages: Stages, note: Note
):
    stage = stages()
    web = await stage.web()
    async with Tables(stage, [web], rooms=2) as tables:
        await tables.talk(0.5)
        for seat in ("candidate", "lead", "facilitator"):
            tables.say(seat)  # under way
        begun = time.monotonic()
        took = await web.term()
        ended = time.monotonic()
        await web.start()
        back = ended - begun + await tables.back(ended)
        assert await tables.verdict() == WHOLE
        note("rolling restart: from SIGTERM to the end of the process", took)
        note("rolling restart: from SIGTERM to everybody live again", back)
        assert all(GOING(c.closes[0]) for c in tables.clients), tables.closes()
        assert len(tables.closes()) == len(tables.clients)  # the server that was going let nobody in again
        assert took < 3 * 5
    assert stage.trouble() == []


async def test_control_a_server_that_is_killed_tells_nobody(stages: Stages):
    stage = stages()
    web = await stage.web()
    async with Tables(stage, [web]) as tables:
        web.kill()
        await tables.seat("lead").until(lambda: len(tables.closes()) == len(tables.clients))
        assert not any(map(GOING, tables.closes()))

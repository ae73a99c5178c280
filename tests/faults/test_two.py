"""Two web processes, one room: one order, one clock, and one of the two may fall asleep."""

import asyncio
import signal
import time

import pytest

from rooms.core import messages as m
from rooms.core.decide import decide
from rooms.core.policy import CLOCK
from tests.builders import Play
from tests.faults.conftest import Note, Stages
from tests.faults.judge import WHOLE
from tests.faults.stage import LONG, Row, until
from tests.faults.table import Tables, share

pytestmark = pytest.mark.slow
AT_ONCE = 100 if LONG else 20
ASLEEP = 10 if LONG else 3
MINUTES = 600  # seconds of a phase of the laid rooms


@pytest.mark.parametrize("database", ["sqlite", "postgres"])
async def test_phases_that_end_in_the_same_second_end_once_each_and_in_time(
    stages: Stages, note: Note, database: str
):
    stage = stages(database)
    await stage.redis()
    webs = [await stage.web("one"), await stage.web("two")]
    async with Tables(stage, webs, rooms=AT_ONCE, seats=("candidate", "facilitator")) as tables:
        chairs = [c for c in tables.clients if c.seat == "facilitator"]
        left = 20 if LONG else 4
        await asyncio.gather(*(c.done(type="extend", seconds=left - MINUTES) for c in chairs))
        await until(lambda: all(ended(log) for log in read(tables).values()), left + 15, every=0.5)
        assert await tables.verdict() == WHOLE
        logs = await tables.logs()
        assert {ended(log) for log in logs.values()} == {1}
        assert {began(log) for log in logs.values()} == {2}
        late = sorted(lateness(log) / 1000 for log in logs.values())
        assert late[0] >= 0
        note(f"{AT_ONCE} phases end at once, two processes, {database}: p50 late", share(late, 0.5))
        note(f"{AT_ONCE} phases end at once, two processes, {database}: p99 late", share(late, 0.99))
        assert share(late, 0.99) < 3 * 0.25
    assert stage.trouble() == []


def read(tables: Tables) -> dict[str, list[Row]]:
    return {room: tables.stage.database.log(room) for room in tables.rooms}


def ended(log: list[Row]) -> int:
    return sum(row.body["type"] == "phase_ended" for row in log)


def began(log: list[Row]) -> int:
    return sum(row.body["type"] == "phase_started" for row in log)


def lateness(log: list[Row]) -> int:
    """ms from when the phase was to end to when it did."""
    due = next(row.body["ends_at"] for row in log if row.body["type"] == "extended")
    return next(row.at for row in log if row.body["type"] == "phase_ended") - due


def test_control_two_clocks_that_do_not_decide_on_one_log_end_a_phase_twice():
    play = Play().start()
    due = play.now + MINUTES * 1000
    twice = [decide(play.scenario, play.state, CLOCK, m.Tick(), due) for _ in range(2)]
    assert [sum(isinstance(e, m.PhaseEnded) for e in events) for events in twice] == [1, 1]


async def test_a_process_that_sleeps_holds_nobody_up_and_writes_nothing_stale_when_it_wakes(
    stages: Stages, note: Note
):
    stage = stages()
    await stage.redis()
    awake, asleep = await stage.web("awake"), await stage.web("asleep")
    everybody = ("candidate", "lead", "facilitator", "dana")
    async with Tables(stage, [awake, asleep], seats=everybody) as tables:
        await tables.talk(0.5)
        asleep.kill(signal.SIGSTOP)
        stopped = time.monotonic()
        await tables.talk(ASLEEP)
        mates = [tables.seat("candidate"), tables.seat("facilitator")]
        own = {t: at for c in mates for t, at in c.said_at.items() if at > stopped}
        late = [c.heard_at[t] - at for c in mates for t, at in own.items() if t in c.heard_at]
        assert max(late) < 1.5
        asleep.kill(signal.SIGCONT)
        woken = time.monotonic()
        await tables.talk(0.5)
        assert await tables.verdict() == WHOLE
        last = max(c.heard_at[t] for c in tables.clients for t in own if t in c.heard_at)
        note(f"SIGSTOP for {ASLEEP} s: all up to date after SIGCONT", last - woken)
        note(f"SIGSTOP for {ASLEEP} s: slowest word meanwhile at the other process", max(late))
        assert tables.closes() == []
        assert last - woken < 3 * 2
    assert stage.trouble() == []


async def test_control_a_process_that_decides_by_what_it_remembers_can_write_no_more(stages: Stages):
    stage = stages()
    await stage.redis()
    webs = [await stage.web("awake"), await stage.web("sleepy", "own_memory")]
    async with Tables(stage, webs, seats=("candidate", "facilitator")) as tables:
        await tables.seat("facilitator").done(type="say", text="~a~")
        await tables.seat("candidate").done(type="say", text="~b~")
        tables.say("facilitator")
        assert (await tables.verdict(4)).unsettled == 1


async def test_the_same_command_from_two_tabs_on_two_processes_happens_once(stages: Stages):
    stage = stages()
    await stage.redis()
    webs = [await stage.web("one"), await stage.web("two")]
    async with Tables(stage, webs, seats=("candidate", "candidate", "facilitator")) as tables:
        one, other = tables.clients[:2]
        frames = [{"type": "do", "ref": f"same{n}", "command": said(n)} for n in range(10)]
        for frame in frames * 2:
            for client in (one, other):
                client.waiting[frame["ref"]] = frame
                client._news.set()
            await asyncio.sleep(0.05)
        assert await tables.verdict() == WHOLE
        log = stage.database.log(tables.rooms[0])
        texts = [row.body["text"] for row in log if row.body["type"] == "said"]
        assert sorted(texts) == sorted(said(n)["text"] for n in range(10))
        assert set(one.acked) >= {frame["ref"] for frame in frames} <= set(other.acked)
        other.waiting["same0"] = {**frames[0], "command": said(99)}
        other.acked.pop("same0")
        await other.until(lambda: other.refused.get("same0") == "conflict")


def said(n: int) -> dict[str, str]:
    return {"type": "say", "text": f"~twice.{n}~"}

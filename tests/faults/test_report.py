"""A Celery worker dies in the middle of a report: it is there once all the same."""

import asyncio
import os
import signal
import sys
import time

import pytest

from casesim.processes import ROOT, beat, worker
from tests.faults.conftest import Note, Stages
from tests.faults.stage import LONG, Stage, doubled, until
from tests.faults.table import Tables

pytestmark = pytest.mark.slow


def reports(stage: Stage, room: str) -> int:
    return int(stage.database.query("SELECT count(*) FROM scoring_report WHERE room = ?", room)[0][0])


async def ended_room(stage: Stage) -> str:
    """A room with something to report on."""
    web = await stage.web()
    async with Tables(stage, [web]) as tables:
        await tables.talk(0.5)
        await tables.settled()
        await tables.seat("facilitator").done(type="end")
        return tables.rooms[0]


ASK = "from scoring.service import ask_report as f; f(sys.argv[1], int(sys.argv[2]))"
SWEEP = "from scoring.service import sweep as f; assert f(int(sys.argv[2])) == 1"


async def asked(stage: Stage, what: str, room: str, later: int = 0) -> None:
    """Do it in a process of its own, as if it were `later` seconds later."""
    code = f"import django, sys; django.setup(); {what}"
    now = time.time_ns() // 1_000_000 + later * 1000
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", code, room, str(now), env={**os.environ, **stage.env}, cwd=ROOT
    )
    assert await process.wait() == 0


async def building(stage: Stage) -> int:
    """Wait until a worker is in the middle of the report; its process."""
    note = stage.var / "building"
    await until(lambda: note.exists() and note.read_text(), 20)
    return int(note.read_text())


async def test_a_report_whose_pool_process_is_killed_is_built_again_once(stages: Stages, note: Note):
    stage = stages()
    await stage.redis()
    room = await ended_room(stage)
    await stage.run(doubled(worker(stage.env), "slow_report"))
    await asked(stage, ASK, room)
    child = await building(stage)
    killed = time.monotonic()
    os.kill(child, signal.SIGKILL)
    await until(lambda: reports(stage, room), 60)
    note("Celery, pool process killed mid-report: the report is there after", time.monotonic() - killed)
    assert reports(stage, room) == 1


@pytest.mark.skipif(not LONG, reason="waits for the sweep, up to a minute: make faults")
async def test_a_report_whose_whole_worker_is_killed_is_there_within_a_minute(stages: Stages, note: Note):
    stage = stages()
    await stage.redis()
    room = await ended_room(stage)
    first = await stage.run(doubled(worker(stage.env), "slow_report"))
    await asked(stage, ASK, room)
    await building(stage)
    os.killpg(first.pid, signal.SIGKILL)
    killed = time.monotonic()
    await stage.run(worker(stage.env, name="second"))
    await stage.run(beat(stage.env, stage.var / "schedule"))
    await until(lambda: reports(stage, room), 180)
    note("Celery, whole worker killed mid-report: the report is there after", time.monotonic() - killed)
    assert time.monotonic() - killed < 60
    assert reports(stage, room) == 1


async def test_a_sweep_asks_again_for_a_report_whose_whole_worker_was_killed(stages: Stages, note: Note):
    """The short form: the sweep is called as beat would call it half a minute later."""
    stage = stages()
    await stage.redis()
    room = await ended_room(stage)
    first = await stage.run(doubled(worker(stage.env), "slow_report"))
    await asked(stage, ASK, room)
    await building(stage)
    os.killpg(first.pid, signal.SIGKILL)
    await stage.run(worker(stage.env, name="second"))
    assert reports(stage, room) == 0  # the control: without the sweep it waits for Celery's own, minutes
    await asked(stage, SWEEP, room, later=31)
    swept = time.monotonic()
    await until(lambda: reports(stage, room), 30)
    note("Celery, whole worker killed mid-report: there after the sweep", time.monotonic() - swept)
    assert reports(stage, room) == 1

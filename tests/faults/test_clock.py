"""The wall clock jumps: order stays, time never goes back in the log, nothing happens twice."""

import asyncio
import time

import pytest

from tests.faults.conftest import Note, Stages
from tests.faults.judge import WHOLE
from tests.faults.stage import Stage, until
from tests.faults.table import Tables
from tests.faults.test_two import began, ended, lateness, read

pytestmark = pytest.mark.slow
HOUR = 3600


def shift(stage: Stage, seconds: float) -> None:
    """Set the clock of the processes with that double; in one step, as a correction of it is."""
    draft = stage.var / "shift.new"
    draft.write_text(str(seconds))
    draft.replace(stage.var / "shift")


@pytest.mark.parametrize("jump", [-HOUR, HOUR], ids=["an hour back", "an hour on"])
async def test_when_the_clock_jumps_the_order_stays_and_time_never_goes_back(stages: Stages, jump: int):
    stage = stages()
    web = await stage.web(double="shifted_clock")
    async with Tables(stage, [web]) as tables:
        await tables.talk(0.7)
        shift(stage, jump)
        await tables.talk(0.7)
        shift(stage, 0)
        await tables.talk(0.7)
        assert await tables.verdict() == WHOLE  # its `order` counts times that go back
        assert max(ended(log) for log in read(tables).values()) <= 1
        assert tables.closes() == []
    assert stage.trouble() == []


async def test_a_process_whose_clock_is_behind_neither_ends_a_phase_early_nor_keeps_the_other_from_ending_it(
    stages: Stages, note: Note
):
    stage = stages()
    await stage.redis()
    shift(stage, -30)
    webs = [await stage.web("right"), await stage.web("behind", "shifted_clock")]
    async with Tables(stage, webs, rooms=4, seats=("facilitator", "candidate")) as tables:
        chairs = [c for c in tables.clients if c.seat == "facilitator"]
        await asyncio.gather(*(c.done(type="extend", seconds=4 - 600) for c in chairs))
        await until(lambda: all(ended(log) for log in read(tables).values()), 20, every=0.3)
        assert await tables.verdict() == WHOLE
        logs = read(tables).values()
        assert {(ended(log), began(log)) for log in logs} == {(1, 2)}
        late = [lateness(log) / 1000 for log in logs]
        assert min(late) >= 0
        note("two processes, one 30 s behind: slowest end of a phase", max(late))
        assert max(late) < 3 * 0.25


async def test_control_the_double_does_move_that_processs_clock(stages: Stages):
    stage = stages()
    shift(stage, HOUR)
    web = await stage.web(double="shifted_clock")
    async with Tables(stage, [web]) as tables:
        text = tables.say()
        await tables.settled()
        spoken = next(r for r in stage.database.log(tables.rooms[0]) if r.body.get("text") == text)
        assert spoken.at / 1000 - time.time() > HOUR - 60

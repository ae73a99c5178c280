"""A web process that dies without a word."""

import signal
import time

import pytest

from tests.faults.conftest import Note, Stages
from tests.faults.doubles import HANG
from tests.faults.judge import WHOLE
from tests.faults.stage import LONG, until
from tests.faults.table import Tables, word

pytestmark = pytest.mark.slow
KILLS = {"sqlite": 20 if LONG else 3, "postgres": 20 if LONG else 1}


@pytest.mark.parametrize("database", ["sqlite", "postgres"])
async def test_a_web_process_killed_again_and_again_loses_doubles_and_moves_nothing(
    stages: Stages, note: Note, database: str
):
    stage = stages(database)
    web = await stage.web()
    async with Tables(stage, [web], rooms=2) as tables:
        late = []
        for _ in range(KILLS[database]):
            await tables.talk(0.7)
            killed = time.monotonic()
            web.kill()
            await tables.talk(0.2)  # nobody is there to hear it
            up = await web.start()
            late.append((await tables.back(killed), up))
            await tables.talk(0.3)
        assert await tables.verdict() == WHOLE
        assert sum(len(c.acked) for c in tables.clients) > 15 * KILLS[database]
    assert stage.trouble() == []
    slowest, up = max(late)
    note(f"kill -9 on {database}, {KILLS[database]} times: all live again (server itself)", slowest)
    note(f"kill -9 on {database}: of which until the server answered", up)
    assert slowest - up < 6


async def test_control_who_does_not_send_again_loses_what_was_under_way(stages: Stages):
    stage = stages()
    web = await stage.web()
    async with Tables(stage, [web]) as tables:
        tables.seat("candidate").resends = False
        web.kill(signal.SIGSTOP)  # so that both words are surely under way
        lost, kept = tables.say("candidate"), tables.say("lead")
        await tables.seat("lead").until(lambda: tables.seat("lead").sent(kept))
        await tables.seat("candidate").until(lambda: tables.seat("candidate").sent(lost))
        web.kill()
        await web.start()
        assert (await tables.verdict(5)).unsettled == 1
        written = [row.body.get("text") for row in stage.database.log(tables.rooms[0])]
        assert (written.count(kept), written.count(lost)) == (1, 0)


async def test_what_was_committed_and_not_yet_shown_when_the_process_died_is_shown_once(
    stages: Stages, note: Note
):
    stage = stages()
    web = await stage.web(double="hang_after_commit")
    async with Tables(stage, [web]) as tables:
        await tables.talk(0.3)
        text = word("say") + HANG
        tables.seat("candidate").do(type="say", text=text)
        await until((stage.var / "hanging").exists, 10)
        assert tables.seat("candidate").waiting and not any(text in c.heard_at for c in tables.clients)
        killed = time.monotonic()
        web.kill()
        stage.heal(web)
        await web.start()
        note("kill -9 between commit and fan-out: all live again", await tables.back(killed))
        assert await tables.verdict() == WHOLE
        assert all(text in c.heard_at for c in tables.clients)


async def test_control_who_shows_before_the_commit_shows_what_never_was(stages: Stages):
    stage = stages()
    web = await stage.web(double="show_first")
    async with Tables(stage, [web]) as tables:
        text = word("say") + HANG
        tables.seat("candidate").do(type="say", text=text)
        await tables.seat("lead").until(lambda: text in tables.seat("lead").heard_at)
        web.kill()
        stage.heal(web)
        await web.start()
        verdict = await tables.verdict(5)
        assert verdict.phantom >= len(tables.clients)
        assert verdict.lost == 1

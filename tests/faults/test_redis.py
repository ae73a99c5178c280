"""Redis goes away: it only rings, so nobody may lose more than a second."""

import asyncio
import json
import time
from collections.abc import Iterable
from http.client import HTTPConnection

import pytest

from tests.faults.conftest import Note, Stages
from tests.faults.judge import WHOLE
from tests.faults.stage import Served, until
from tests.faults.table import Tables, share

pytestmark = pytest.mark.slow


async def test_while_redis_is_gone_no_socket_closes_and_words_cross_within_the_poll(
    stages: Stages, note: Note
):
    stage = stages()
    redis = await stage.redis()
    webs = [await stage.web("one"), await stage.web("two")]
    async with Tables(stage, webs, rooms=2) as tables:
        await tables.talk(1.0)
        before = share(tables.latencies(), 0.99)
        gone = time.monotonic()
        redis.kill()
        await tables.talk(2.0)
        away = {"redis": "away", "bell": "silent", "status": "degraded"}
        await until(lambda: told(webs[0], away) == away, 10)
        await redis.start()
        back = time.monotonic()
        await tables.talk(1.5)
        assert await tables.verdict() == WHOLE
        assert tables.closes() == []
        late = tables.latencies(gone)
        well = {"redis": "ok", "bell": "ok"}
        await until(lambda: told(webs[0], well) == well, 10)
        note("two processes, Redis back: the bell is heard again", time.monotonic() - back)
        mended = time.monotonic()
        await tables.talk(1.0)
        assert await tables.verdict() == WHOLE
        note("two processes, Redis well: p99 to hear a word", before)
        note("two processes, Redis killed for 2 s: slowest word, there and after", late[-1])
        note("two processes, Redis back: p99 to hear a word", share(tables.latencies(mended), 0.99))
        assert late[-1] < 3 * 1.5
        assert back - gone < 10
    assert stage.trouble() == []


def told(web: Served, parts: Iterable[str]) -> dict[str, str]:
    """What the process says of these parts of its health; it is never more than degraded by this."""
    connection = HTTPConnection("127.0.0.1", web.port, timeout=5)
    connection.request("GET", "/health/ready")
    found = json.load(connection.getresponse())
    connection.close()
    return {name: found[name] for name in parts}


async def test_control_without_the_poll_a_word_said_meanwhile_does_not_cross(stages: Stages):
    stage = stages()
    redis = await stage.redis()
    webs = [await stage.web("one", "no_poll"), await stage.web("two", "no_poll")]
    async with Tables(stage, webs, seats=("candidate", "facilitator")) as tables:
        redis.kill()
        text = tables.say()
        await tables.seat("candidate").until(lambda: text in tables.seat("candidate").heard_at)
        await asyncio.sleep(2.5)
        assert text not in tables.seat("facilitator").heard_at

"""No seat is ever sent a word, an item or a count that is not its own: live, on resume, in the export."""

import asyncio
import json
import random
import time
from collections.abc import Callable
from http.client import HTTPConnection

import pytest

from tests.faults.clients import Client
from tests.faults.conftest import Note, Stages
from tests.faults.judge import WHOLE, view
from tests.faults.stage import LONG, Served
from tests.faults.table import Tables, word
from tests.faults.test_load import EIGHT

pytestmark = pytest.mark.slow
SECONDS = 60 if LONG else 6
# what the case keeps from whom; the rest follows from the log's audiences
KEPT = {
    "candidate": ("SECRET",),
    "rater1": ("SECRET-BRIEF", "SECRET-POSITION", "SECRET-YIELD", "SECRET-FLAW"),
    "lead": ("SECRET-BRIEF-dana", "SECRET-BRIEF-omar", "SECRET-FLAW", "SECRET-FACT", "SECRET-EXPECTED"),
    "dana": ("SECRET-BRIEF-lead", "SECRET-BRIEF-omar", "SECRET-FLAW", "SECRET-FACT"),
}


def marked(kind: str, **fields: object) -> dict[str, object]:
    return {"type": kind, "text": word(kind), **fields}


# what makes lines that not everybody sees, by seat
HUSHED: dict[str, list[Callable[[], dict[str, object]]]] = {
    "lead": [lambda: marked("whisper"), lambda: marked("say")],
    "dana": [lambda: marked("whisper"), lambda: marked("inject", inject="doubt")],
    "omar": [lambda: marked("whisper"), lambda: marked("reveal", fact="late")],
    "facilitator": [lambda: marked("whisper"), lambda: marked("fire", inject="twist")],
    "candidate": [lambda: marked("say"), lambda: {"type": "request_data", "what": word("data")}],
}


async def churn(tables: Tables, seconds: float) -> int:
    """Everybody speaks, by all means there are, while one socket after another is cut; how many were."""
    chance, cuts, until = random.Random(5), 0, time.monotonic() + seconds
    for step in range(10**6):
        if time.monotonic() > until:
            break
        seat = chance.choice(sorted(HUSHED))
        tables.seat(seat).do(**chance.choice(HUSHED[seat])())
        if step % 4 == 3:
            chance.choice(tables.clients).cut()
            cuts += 1
        await asyncio.sleep(0.05)
    return cuts


async def test_under_churn_and_whispers_every_seat_is_sent_its_own_and_nothing_else(
    stages: Stages, note: Note
):
    stage = stages()
    await stage.redis()
    webs = [await stage.web("one"), await stage.web("two")]
    async with Tables(stage, webs, seats=EIGHT) as tables:
        cuts = await churn(tables, SECONDS)
        assert await tables.verdict() == WHOLE
        log = stage.database.log(tables.rooms[0])
        for client in tables.clients:
            traffic = "\n".join(client.traffic)
            assert [secret for secret in KEPT.get(client.seat, ()) if secret in traffic] == []
            places = [json.loads(text).get("upto", 0) for text in client.traffic]
            assert max(places) == len(view(log, client.seat))  # numbers count its own items only
            assert '"seq"' not in traffic and '"to"' not in traffic
            assert await asyncio.to_thread(export, webs[0], client) == view(log, client.seat)
        backs = sum(len(c.back_at) for c in tables.clients) - len(tables.clients)
        note(f"leaks under churn: {cuts} cuts, {backs} resumes, {len(log)} lines", "0 leaked")
    assert stage.trouble() == []


def export(web: Served, client: Client) -> list[dict[str, object]]:
    """The seat's own transcript, as its page offers it."""
    connection = HTTPConnection("127.0.0.1", web.port, timeout=20)
    path = f"/rooms/{client.room_id}/{client.seat}/transcript.jsonl"
    connection.request("GET", path, headers={"Authorization": f"Bearer {client.token}"})
    lines = connection.getresponse().read().decode().splitlines()
    connection.close()
    return [json.loads(line) for line in lines]


async def test_control_a_hub_that_asks_no_audience_leaks_and_is_seen_to(stages: Stages):
    stage = stages()
    web = await stage.web(double="everybody_sees")
    async with Tables(stage, [web]) as tables:
        whispered = tables.say("lead", "whisper")
        await tables.seat("candidate").until(lambda: whispered in tables.seat("candidate").heard_at)
        verdict = await tables.verdict(2)
        assert verdict.leaked > 0
        assert verdict.wrong > 0

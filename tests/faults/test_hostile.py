"""Sockets that send nonsense, too much, too fast, or never read: on a real Daphne, beside decent people."""

import asyncio
import json
import random
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psutil
import pytest

from tests.faults.conftest import Note, Stages
from tests.faults.judge import WHOLE
from tests.faults.stage import LONG, Served, Stage
from tests.faults.table import SPEAKERS, Tables, share
from tests.faults.wire import Wire, frame
from tests.transport.test_socket import WRONG

pytestmark = pytest.mark.slow
SYNC = json.dumps({"type": "sync", "epoch": None, "after": 0}).encode()


@asynccontextmanager
async def wire(stage: Stage, web: Served, seat: str = "dana", window: int = 0) -> AsyncIterator[Wire]:
    """A socket of that seat in the first room."""
    room, tokens = stage.rooms[0]
    bearer = {"Authorization": f"Bearer {tokens[seat]}"}
    it = await Wire.open(web.port, f"/ws/rooms/{room}/", bearer, window)
    try:
        yield it
    finally:
        await it.hang_up()


# 1006: Daphne drops who breaks the protocol itself, without a word
ENDS = {
    "bad UTF-8": (frame(b'{"type":"\xff\xfe"}'), {1007, 1006}),
    "half a character": (frame("é".encode()[:1]), {1007, 1006}),
    "two megabytes": (frame(b"x" * 2_000_000), {1009, 1006}),
    "a length beyond reason": (b"\x81\xff" + b"\x7f" * 8 + b"mask", {1009, 1006}),
    "not masked": (frame(b"{}", masked=False), {1002, 1006}),
    "a reserved bit": (frame(b"{}", first=0xC0), {1002, 1006}),
    "an opcode nobody has": (frame(b"{}", opcode=3), {1002, 1006}),
    "a long ping": (frame(b"x" * 126, opcode=9), {1002, 1006}),
    "the rest of nothing": (frame(b"{}", opcode=0), {1002, 1006}),
    "a close with half a code": (frame(b"\x03", opcode=8), {1002, 1006}),
}


async def test_bytes_that_are_no_frame_of_ours_close_the_socket_with_their_code_and_touch_nobody_else(
    stages: Stages,
):
    stage = stages()
    web = await stage.web()
    async with Tables(stage, [web]) as tables:
        codes = {}
        for name, (data, _) in ENDS.items():
            async with wire(stage, web) as it:
                await it.send(frame(SYNC) + data)
                codes[name] = await it.closed()
            tables.say("lead")
        assert {n: c for n, c in codes.items() if c not in ENDS[n][1]} == {}
        assert await tables.verdict() == WHOLE
        assert tables.closes() == []
    assert stage.trouble() == []


@pytest.mark.parametrize(
    ("data", "codes"),
    [(frame(b"\x00\x01", opcode=2), {1003, 4003}), (frame(b"x" * (64 * 1024 + 1)), {1009, 4009})],
    ids=["binary", "a byte too many"],
)
async def test_a_frame_that_the_application_turns_away_closes_the_socket_under_daphne_too(
    stages: Stages, data: bytes, codes: set[int]
):
    stage = stages()
    web = await stage.web()
    async with wire(stage, web) as it:
        await it.send(frame(SYNC) + data)
        code = await it.closed()
    # Daphne's library refuses to send any close code but 1000 and 3000 to 4999
    assert code in codes, "not closed" if code == 0 else code


async def test_text_that_is_no_frame_of_ours_is_answered_as_declared_and_the_socket_lives_on(
    stages: Stages,
):
    stage = stages()
    web = await stage.web()
    texts = [*WRONG, *((text, "malformed", None) for text in noise(40 if LONG else 10))]
    async with Tables(stage, [web]) as tables, wire(stage, web, "candidate") as it:
        answers = []
        for text, _, _ in texts:
            await it.send(frame(text.encode()))
            answers.append(json.loads((await asyncio.wait_for(it.read(), 5))[1]))
            await asyncio.sleep(0.06)
        assert [(a["code"], a["ref"]) for a in answers] == [(code, ref) for _, code, ref in texts]
        assert await tables.verdict() == WHOLE
    assert stage.trouble() == []


def noise(many: int) -> list[str]:
    """Strings of any characters, none of them JSON."""
    chance = random.Random(3)
    points = [*range(32, 127), 0, 0x7F, 0xE9, 0x202E, 0x1F600, 0xFFFE]
    return ["{" + "".join(chr(chance.choice(points)) for _ in range(30)) for _ in range(many)]


def test_control_a_server_that_trusts_what_comes_falls_over_most_of_it():
    fell = 0
    for text, _, _ in WRONG:
        try:
            one = json.loads(text)
            str(one["ref"] + one["command"]["text"]).encode()
        except (ValueError, LookupError, TypeError, RecursionError):
            fell += 1
    assert fell > len(WRONG) / 2


async def test_who_floods_is_closed_at_once_and_the_others_notice_nothing(stages: Stages, note: Note):
    stage = stages()
    web = await stage.web()
    async with Tables(stage, [web]) as tables, wire(stage, web) as it:
        begun = time.monotonic()
        talking = asyncio.create_task(tables.talk(2))
        flood = asyncio.create_task(pour(it, 5))
        code = await it.closed()
        took = time.monotonic() - begun
        flood.cancel()
        await talking
        assert await tables.verdict() == WHOLE
        note("a flooding socket: closed after", took)
        note("a flooding socket: others' p99 meanwhile", share(tables.latencies(begun), 0.99))
        assert code in (4029, 1006)
        assert took < 3 * 1
        assert share(tables.latencies(begun), 0.99) < 0.5
    assert stage.trouble() == []


async def pour(it: Wire, seconds: float) -> None:
    """Frames as fast as the wire takes them."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and not it.writer.is_closing():
        await it.send(frame(SYNC) * 100)
        await asyncio.sleep(0)


async def test_control_who_sends_no_faster_than_allowed_is_not_closed(stages: Stages):
    stage = stages()
    web = await stage.web()
    async with Tables(stage, [web]), wire(stage, web) as it:
        for _ in range(30):
            await it.send(frame(SYNC))
            await asyncio.sleep(0.05)
        assert await it.closed(0.5) == 0


async def test_who_never_reads_costs_little_memory_is_closed_and_the_others_notice_nothing(
    stages: Stages, note: Note
):
    stage = stages()
    web = await stage.web()
    memory = psutil.Process(web.pid).memory_info
    async with Tables(stage, [web], seats=SPEAKERS) as tables:
        await tables.talk(1, rate=40, length=3900)
        assert await tables.verdict() == WHOLE
        before, begun = memory().rss, time.monotonic()
        async with wire(stage, web, window=4096) as one, wire(stage, web, window=4096) as other:
            for it in (one, other):
                it.writer.transport.pause_reading()
                await it.send(frame(SYNC))
            while connections(web) > len(tables.clients):
                assert time.monotonic() - begun < 60, "who never reads is kept"
                await tables.talk(1, rate=60, length=3900)
            took = time.monotonic() - begun
        assert await tables.verdict() == WHOLE
        log = sum(len(row.body.get("text", "")) for row in stage.database.log(tables.rooms[0]))
        note("two sockets that never read: closed after", took)
        note(
            "two sockets that never read: memory", f"{(memory().rss - before) >> 10} KiB, log {log >> 10} KiB"
        )
        note("two sockets that never read: others' p99", share(tables.latencies(begun), 0.99))
        assert took < 3 * 30
        assert (memory().rss - before) < 40 << 20
        assert tables.closes() == []
    assert stage.trouble() == []


def connections(web: Served) -> int:
    """Sockets that people hold open there."""
    held = psutil.Process(web.pid).net_connections("tcp")
    return sum(c.status == "ESTABLISHED" and c.laddr.port == web.port for c in held)

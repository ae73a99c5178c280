"""A room in which a great deal has happened: what opening its page costs, and coming back to it.

The server's time is processor time, of all its processes; the note has the clock's.
"""

import asyncio
import json
import time
from collections.abc import Awaitable
from dataclasses import replace
from http.client import HTTPConnection
from statistics import median
from typing import NamedTuple
from urllib.parse import urlsplit

from bench.figures import Figure, at_most
from bench.load import Chair, Socket
from bench.run import Run
from bench.servers import Server, ours

PART = "history"
EVENTS = 2_300  # of which the facilitator sees more than 2,000
ITEMS = 2_000
ROOMS = 9
MISSED = 100  # items, by who was away for a moment
SOON = 100  # ms
PATIENCE = 10.0  # seconds


class Span(NamedTuple):
    """How long something took, in ms: the server's processor, and the clock."""

    server: float
    clock: float


def measure(run: Run) -> list[Figure]:
    """On both databases."""
    figures = []
    for database in ("sqlite", "postgres"):
        with ours(run.directory / database, ROOMS, database, events=EVENTS) as server:
            chairs = [chair for room in server.rooms for chair in room if chair.seat == "facilitator"]
            figures += asyncio.run(_measure(server, chairs[0], chairs[1:]))
    return figures


async def _measure(server: Server, first: Chair, chairs: list[Chair]) -> list[Figure]:
    await spent(server, opened(first))  # templates and the like, once a process
    await spent(server, resumed(first, 0))
    whole = [await resumed(chair, 0) for chair in chairs]
    tried = (
        (f"the page of {ITEMS:,} items opens", [await spent(server, opened(c)) for c in chairs]),
        ("the page opens again", [await spent(server, opened(c)) for c in chairs]),
        ("all of it resumed", [await spent(server, resumed(c, 0)) for c in chairs]),
        (
            f"the last {MISSED} resumed",
            [await spent(server, resumed(c, n - MISSED)) for c, n in zip(chairs, whole, strict=True)],
        ),
    )
    assert min(whole) >= ITEMS, whole
    return [_figure(f"{server.name}: {name}", spans) for name, spans in tried]


def _figure(name: str, spans: list[Span]) -> Figure:
    note = f"{median(span.clock for span in spans):.0f} ms by the clock"
    return Figure(PART, name, median(span.server for span in spans), "ms", at_most(SOON), note)


async def spent(server: Server, work: Awaitable[object]) -> Span:
    """What a piece of work cost the server, and how long it took; in ms."""
    before, begun = sum(server.processor().values()), time.perf_counter()
    await work
    took = time.perf_counter() - begun
    return Span(1000 * (sum(server.processor().values()) - before), 1000 * took)


async def opened(chair: Chair) -> int:
    return await asyncio.to_thread(page, chair)


def page(chair: Chair) -> int:
    """Ask for the room's page; its size in bytes."""
    parts = urlsplit(chair.url)
    room = parts.path.split("/")[-2]
    connection = HTTPConnection(str(parts.hostname), parts.port, timeout=PATIENCE)
    connection.request("GET", f"/rooms/{room}/{chair.seat}/", headers=chair.headers)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    assert answer.status == 200, (answer.status, body[:200])
    return len(body)


async def resumed(chair: Chair, after: int) -> int:
    """From the handshake until all that was missing has come; how many items there are."""
    socket = Resumed(chair, after)
    await socket.open()
    async with asyncio.timeout(PATIENCE):
        await socket.whole.wait()
    assert not socket.gaps, "a page was missing"
    socket.wire.close()
    await socket.wire.closed
    return socket.upto


class Resumed(Socket):
    """A client that has the first items already. It has all when a frame brings the head."""

    def __init__(self, chair: Chair, after: int) -> None:
        super().__init__(chair)
        self.chair = replace(chair, hello=(json.dumps({"type": "sync", "epoch": None, "after": after}),))
        self.upto = after
        self.whole = asyncio.Event()

    def _hear(self, frame: bytes) -> None:
        super()._hear(frame)
        if not frame.endswith(b'"head":{}}'):
            self.whole.set()

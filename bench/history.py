"""A room in which a great deal has happened: how long its page takes, and how long who comes back waits."""

import asyncio
import json
import time
from dataclasses import replace
from http.client import HTTPConnection
from statistics import median
from urllib.parse import urlsplit

from bench.figures import Figure, at_most
from bench.load import Chair, Socket
from bench.run import Run
from bench.servers import ours

PART = "history"
EVENTS = 2_300  # of which the facilitator sees more than 2,000
ITEMS = 2_000
ROOMS = 9
MISSED = 100  # items, by who was away for a moment
SOON = 100  # ms
PATIENCE = 10.0  # seconds


def measure(run: Run) -> list[Figure]:
    """From asking to the last byte, on loopback: the server's time and a little more."""
    figures = []
    for database in ("sqlite", "postgres"):
        with ours(run.directory / database, ROOMS, database, events=EVENTS) as server:
            chairs = [chair for room in server.rooms for chair in room if chair.seat == "facilitator"]
            figures += _pages(server.name, chairs)
            figures += asyncio.run(_resumes(server.name, chairs))
    return figures


def _pages(name: str, chairs: list[Chair]) -> list[Figure]:
    page(chairs[0])  # templates and the like, once a process
    first, again = ([page(chair) for chair in chairs[1:]] for _ in range(2))
    size = f"{median(size for _, size in first):,.0f} bytes"
    return [
        _figure(f"{name}: the page of {ITEMS:,} items opens", [ms for ms, _ in first], size),
        _figure(f"{name}: the page opens again", [ms for ms, _ in again], size),
    ]


async def _resumes(name: str, chairs: list[Chair]) -> list[Figure]:
    await resume(chairs[0], 0)
    cold = [await resume(chair, 0) for chair in chairs[1:]]
    warm = [await resume(chair, 0) for chair in chairs[1:]]
    few = [await resume(chair, upto - MISSED) for chair, (_, upto) in zip(chairs[1:], cold, strict=True)]
    items = f"{min(upto for _, upto in cold):,} items at least"
    return [
        _figure(f"{name}: all of it resumed, nobody was there", [ms for ms, _ in cold], items),
        _figure(f"{name}: all of it resumed again", [ms for ms, _ in warm], items),
        _figure(f"{name}: the last {MISSED} resumed", [ms for ms, _ in few], ""),
    ]


def _figure(name: str, times: list[float], note: str) -> Figure:
    return Figure(PART, name, median(times), "ms", at_most(SOON), note)


def page(chair: Chair) -> tuple[float, int]:
    """ms until the room's page has come whole, and its size."""
    parts = urlsplit(chair.url)
    room = parts.path.split("/")[-2]
    connection = HTTPConnection(str(parts.hostname), parts.port, timeout=PATIENCE)
    begun = time.perf_counter()
    connection.request("GET", f"/rooms/{room}/{chair.seat}/", headers=chair.headers)
    answer = connection.getresponse()
    body = answer.read()
    took = time.perf_counter() - begun
    connection.close()
    assert answer.status == 200, (answer.status, body[:200])
    return took * 1000, len(body)


async def resume(chair: Chair, after: int) -> tuple[float, int]:
    """ms from the handshake until all that was missing has come, and how many items there are."""
    socket = Resumed(chair, after)
    begun = time.perf_counter()
    await socket.open()
    async with asyncio.timeout(PATIENCE):
        await socket.whole.wait()
    took = time.perf_counter() - begun
    assert not socket.gaps, "a page was missing"
    socket.wire.close()
    await socket.wire.closed
    return took * 1000, socket.upto


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

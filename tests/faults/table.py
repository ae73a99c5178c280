"""People around tables: who sits, talks and is waited for in a fault test."""

import asyncio
import random
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from itertools import count
from typing import Any

from tests.faults.clients import Client
from tests.faults.judge import Verdict, judge, view
from tests.faults.stage import Row, Served, Stage

SPEAKERS = ("candidate", "lead", "dana", "omar", "facilitator")
HEARERS = ("candidate", "lead", "facilitator", "rater1")  # whom most tests seat: each kind once

_words = count(1)


def word(kind: str) -> str:
    """A text that occurs once in the world."""
    return f"~{kind}.{next(_words)}~ what would you do?"


class Tables:
    """Rooms with clients, each room's spread over the given web processes in turn."""

    def __init__(
        self,
        stage: Stage,
        webs: Sequence[Served],
        rooms: int = 1,
        seats: Sequence[str] = HEARERS,
        **options: Any,
    ) -> None:
        self.stage = stage
        self.rooms = [room_id for room_id, _ in stage.rooms[:rooms]]
        self.clients = [
            stage.client(webs[place % len(webs)], room_id, seat, **options)
            for room_id in self.rooms
            for place, seat in enumerate(seats)
        ]
        self._chance = random.Random(11)
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> "Tables":
        for first in range(0, len(self.clients), 16):
            sixteen = self.clients[first : first + 16]
            await asyncio.gather(*(self._stack.enter_async_context(c) for c in sixteen))
        chairs = [c for c in self.clients if c.seat == "facilitator"]
        await asyncio.gather(*(c.done(type="start", anyway=True) for c in chairs))
        return self

    async def __aexit__(self, *_: object) -> None:
        await asyncio.gather(*(c.__aexit__() for c in self.clients))

    def seat(self, seat: str, room: int = 0) -> Client:
        return next(c for c in self.clients if c.seat == seat and c.room_id == self.rooms[room])

    async def talk(self, seconds: float, rate: float = 15, length: int = 0) -> None:
        """Everybody speaks in turn; every fourth word of who may whisper is a whisper."""
        speakers = [c for c in self.clients if c.seat in SPEAKERS]
        begun = time.monotonic()
        for number in range(int(seconds * rate)):
            await asyncio.sleep(max(0, begun + number / rate - time.monotonic()))
            speaker = self._chance.choice(speakers)
            hushed = number % 4 == 3 and speaker.seat != "candidate"
            kind = "whisper" if hushed else "say"
            speaker.do(type=kind, text=word(kind).ljust(length, "."))

    def say(self, seat: str = "candidate", kind: str = "say") -> str:
        """One word of one seat; returns it."""
        text = word(kind)
        self.seat(seat).do(type=kind, text=text)
        return text

    async def settled(self, seconds: float = 20) -> None:
        """Until all is answered and everybody has what the log has for him, or time is up."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if not any(c.waiting for c in self.clients):
                logs = await self.logs()
                if all(len(c.items) == len(view(logs[c.room_id], c.seat)) for c in self.clients):
                    return
            await asyncio.sleep(0.1)

    async def logs(self) -> dict[str, list[Row]]:
        return {room: await asyncio.to_thread(self.stage.database.log, room) for room in self.rooms}

    async def verdict(self, seconds: float = 20) -> Verdict:
        """Wait until it is quiet, then judge."""
        await self.settled(seconds)
        return judge(await self.logs(), self.clients)

    # --- what is measured -----------------------------------------------------------------------------

    def closes(self) -> list[int | None]:
        return [code for c in self.clients for code in c.closes]

    def all_back(self, since: float) -> bool:
        return all(c.back_at[-1] > since for c in self.clients)

    async def back(self, since: float, seconds: float = 30) -> float:
        """Wait until everybody came back after that moment; returns the seconds the last one took."""
        while not self.all_back(since):
            assert time.monotonic() - since < seconds, "not everybody came back"
            await asyncio.sleep(0.02)
        return max(c.back_at[-1] for c in self.clients) - since

    def latencies(self, since: float = 0, clients: Sequence[Client] = ()) -> list[float]:
        """Seconds from each word's saying to each hearing of it, sorted; of words said since then."""
        said = {t: at for c in self.clients for t, at in c.said_at.items() if at >= since}
        hearers = clients or self.clients
        return sorted(at - said[t] for c in hearers for t, at in c.heard_at.items() if t in said)


def share(ordered: Sequence[float], part: float) -> float:
    """The value below which that part lies; infinity if there is none."""
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))] if ordered else float("inf")

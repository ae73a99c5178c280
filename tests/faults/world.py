"""Two processes over one log in one event loop, and beside them the pure core as the model."""

import asyncio
import json
from dataclasses import dataclass, field
from typing import Any

from channels.db import database_sync_to_async

from rooms.core import messages as m
from rooms.core.decide import decide
from rooms.core.feed import body, visible_to
from rooms.core.head import head
from rooms.core.laying import NOTHING_AGREED, Terms
from rooms.core.state import State, apply
from rooms.live import log
from rooms.live.ear import Ear
from rooms.live.group import Job
from rooms.live.now import wall_ms
from rooms.live.process import Process
from scenarios.core.schema import Scenario
from tests.builders import make_room
from tests.faults.clients import merge

SEATS = ("candidate", "lead", "dana", "omar", "facilitator", "rater1")


class Model:
    """The room as the core alone would have it: every state since the first, and every line."""

    def __init__(self, scenario: Scenario, lines: list[log.Line]) -> None:
        self.scenario = scenario
        self.states = [State()]
        self.lines: list[tuple[int, tuple[str, ...] | None, str]] = []
        for line in lines:
            self._append(line.parsed().event, line.at)

    @property
    def state(self) -> State:
        return self.states[-1]

    def answer(self, job: Job) -> str | None:
        """Decide and apply; returns the code it is refused with, or None."""
        try:
            events = decide(self.scenario, self.state, job.seat, job.command, job.now)
        except m.Refused as no:
            return no.code
        at = max(job.now, self.state.at)
        for event in events:
            self._append(event, at)
        return None

    def _append(self, event: m.AnyEvent, at: int) -> None:
        self.states.append(apply(self.state, event, at))
        self.lines.append((at, event.to, body(event)))

    def forget(self, length: int) -> None:
        """Take back what came after so many lines."""
        del self.lines[length:], self.states[length + 1 :]

    def feed(self, seat: str) -> list[dict[str, Any]]:
        seen = [(at, text) for at, to, text in self.lines if visible_to(to, seat)]
        return [{"n": n, "at": at, **json.loads(text)} for n, (at, text) in enumerate(seen, 1)]


@dataclass
class Page:
    """A seat's page: what it has, and the socket it hears with, if any."""

    seat: str
    epoch: str | None = None
    items: list[dict[str, Any]] = field(default_factory=list)
    head: dict[str, Any] = field(default_factory=dict)
    at: int = 0  # which process
    ear: Ear | None = None
    over: bool = False  # it said it had nothing

    def read(self) -> None:
        """Take over what was sent."""
        while self.ear is not None and (sent := waiting(self.ear)) is not None:
            frame = json.loads(sent)
            assert frame["from"] <= len(self.items), "a gap"
            if self.items and frame["from"] == 0:
                assert self.over, "started over for nothing"
                self.items = []
            assert frame["upto"] == frame["from"] + len(frame["items"])
            for item in frame["items"]:
                assert item["n"] > len(self.items) or self.items[item["n"] - 1] == item, "an item changed"
                if item["n"] > len(self.items):
                    self.items.append(item)
            self.epoch = frame["epoch"]
            merge(self.head, frame["head"])


def waiting(ear: Ear) -> str | None:
    """The next frame, if there is one: what would be sent without waiting for anything."""
    coming = ear.next()
    try:
        coming.send(None)
    except StopIteration as ready:
        frame: str | None = ready.value
        return frame
    coming.close()
    return None


class World:
    """Rings go only where they are let; time is told by the test and runs ahead of the wall."""

    def __init__(self) -> None:
        self.rings: list[tuple[int, str]] = []
        self.refs = 0

    async def open(self, scenario: Scenario, terms: Terms = NOTHING_AGREED) -> "World":
        self.now = wall_ms()
        self.opened = await database_sync_to_async(make_room)(scenario, now=self.now, terms=terms)
        lines = await database_sync_to_async(log.read)(self.opened.room_id)
        self.model = Model(scenario, lines)
        loop = asyncio.get_running_loop()
        self.processes = [Process(loop), Process(loop)]
        for number, process in enumerate(self.processes):
            process.bell.ring = lambda word, to=1 - number: self.rings.append((to, word))
            # a seat handed back at a look is a command of the process's own, at a time nobody chose here
            process.around.hand_back = lambda room: None
            process.start()
        self.pages = {seat: Page(seat) for seat in SEATS}
        for number, seat in enumerate(SEATS):
            await self.come(seat, number % 2)
        return self

    async def close(self) -> None:
        for page in self.pages.values():
            await self.cut(page.seat)
        for process in self.processes:
            await process.stop()

    # --- what happens ---------------------------------------------------------------------------------

    def job(self, seat: str, command: m.AnyCommand, later: int = 0) -> Job:
        """A command, so many ms after the last."""
        self.now += later
        self.refs += 1
        return Job(self.opened.room_id, seat, command, f"r{self.refs}", self.now)

    async def send(self, process: int, job: Job) -> str | None:
        try:
            await self.processes[process].handle(job)
        except m.Refused as no:
            return no.code
        return None

    async def come(self, seat: str, process: int, after: int | None = None) -> None:
        """Open a socket there and say what the page has (or claim to have less)."""
        await self.cut(seat)
        page = self.pages[seat]
        page.at = process
        page.ear = await self.processes[process].join(self.opened.room_id, seat)
        have = len(page.items) if after is None else min(after, len(page.items))
        page.over = have == 0
        self.processes[process].hub.sync(page.ear, page.epoch, have)

    async def cut(self, seat: str) -> None:
        page = self.pages[seat]
        if page.ear is not None:
            page.read()
            await self.processes[page.at].leave(page.ear)
            page.ear = None

    async def ring(self) -> None:
        """Let what was rung be heard, in another thread as it is with a bell."""
        rings, self.rings = self.rings, []
        for process, word in rings:
            await database_sync_to_async(self.processes[process]._heard)([word])

    async def calm(self) -> None:
        """Every process has looked at the log's end, as it does once a second."""
        for process in self.processes:
            await process.hub.poll()
            await asyncio.gather(*process.hub.reading)
            for room in process.hub.rooms.values():
                process.hub.hand_out(room)

    # --- what must hold ---------------------------------------------------------------------------------

    async def check_log(self) -> None:
        """The log is what the core alone would have written; each process serves a state of it."""
        lines = await database_sync_to_async(log.read)(self.opened.room_id)
        assert [(x.at, x.to, x.body) for x in lines] == self.model.lines
        assert [x.seq for x in lines] == list(range(1, len(lines) + 1))
        for process in self.processes:
            for room in process.hub.rooms.values():
                assert room.state == self.model.states[room.state.seq]

    async def check_pages(self, whole: bool) -> None:
        """Each page has the beginning of its seat's feed; `whole`: all of it, and the present head."""
        for page in self.pages.values():
            page.read()
            feed = self.model.feed(page.seat)
            assert page.items == feed[: len(page.items)]
            if whole and page.ear is not None:
                assert page.items == feed
                self._check_head(page)

    def _check_head(self, page: Page) -> None:
        served = {name: page.head[name] for name in page.head if name not in ("here", "waits")}
        assert served == json.loads(json.dumps(head(self.model.scenario, self.model.state, page.seat)))

"""The people of one room, as their browsers would have them: some listen, one speaks, one starts and ends."""

import asyncio
import json
import time
from collections.abc import Sequence

from bench.load import Chair, Socket
from bench.servers import do
from scenarios.core.schema import CANDIDATE, FACILITATOR
from scenarios.core.script import ScriptLine

HEARTBEAT = 15.0  # seconds between two syncs, as a browser sends them


class Person(Socket):
    """A socket that notes when its room's phases were to end and when it heard that they had."""

    def __init__(self, chair: Chair) -> None:
        super().__init__(chair)
        self.phases: asyncio.Queue[str] = asyncio.Queue()  # that have started
        self.ends_at = 0  # ms
        self.late: list[float] = []  # ms from when a phase was to end to when this socket heard of it
        self._refs = 0

    def do(self, **command: object) -> None:
        self._refs += 1
        self.wire.send(json.dumps(do(f"p{self._refs}", **command)))

    def _hear(self, frame: bytes) -> None:
        super()._hear(frame)
        if b'"phase_' in frame or b'"extended"' in frame:
            for item in json.loads(frame)["items"]:
                self._note(item)

    def _note(self, item: dict[str, object]) -> None:
        if item["type"] == "phase_started":
            self.phases.put_nowait(str(item["phase"]))
        if item["type"] in ("phase_started", "extended"):
            self.ends_at = int(str(item["ends_at"]))
        elif item["type"] == "phase_ended" and int(str(item["at"])) >= self.ends_at:  # not by hand
            self.late.append(time.time() * 1000 - self.ends_at)


class Panel:
    """One room's people."""

    def __init__(self, chairs: Sequence[Chair], script: Sequence[ScriptLine]) -> None:
        self.people = {chair.seat: Person(chair) for chair in chairs}
        self._script = script

    @property
    def facilitator(self) -> Person:
        return self.people[FACILITATOR]

    async def come(self) -> None:
        """Everybody sits down, and the facilitator starts."""
        for person in self.people.values():
            await person.open()

    async def talk(self) -> None:
        """The candidate says what the script has for each phase, and everybody says how far he is."""
        await asyncio.gather(self._speak(), *(self._beat(person) for person in self.people.values()))

    async def end(self) -> None:
        """The facilitator ends the room, and everybody leaves."""
        self.facilitator.do(type="end", why="")
        await asyncio.sleep(1.0)
        for person in self.people.values():
            person.wire.close()
        await asyncio.wait([person.wire.closed for person in self.people.values()], timeout=5)

    async def _speak(self) -> None:
        candidate = self.people[CANDIDATE]
        while True:
            phase = await candidate.phases.get()
            begun = time.monotonic()
            for line in (line for line in self._script if line.phase == phase):
                await asyncio.sleep(max(0.0, begun + line.after - time.monotonic()))
                candidate.do(**line.do)

    @staticmethod
    async def _beat(person: Person) -> None:
        while True:
            await asyncio.sleep(HEARTBEAT)
            person.sync()

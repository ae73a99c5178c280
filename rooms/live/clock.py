"""The timer of each live room here. It has no owner: every process with the room knocks, one is first.

The ref names the moment (the log's end and the time that was due), so doubles are resends.
"""

import asyncio
from collections.abc import Awaitable, Callable

from rooms.core.director import next_look
from rooms.live.hub import HubRoom, wall_ms

AGAIN = 0.25  # seconds until the next try when a knock changed nothing
EARLY = 0.002  # timers may wake a little before the wall clock gets there

Knock = Callable[[str, str], Awaitable[bool]]  # (room, ref) -> did the log take it


class Clock:
    def __init__(self, knock: Knock) -> None:
        self._knock = knock
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._knocks: set[asyncio.Task[None]] = set()

    def arm(self, room: HubRoom, least: float = 0.0) -> None:
        """Set the room's one timer to when something may be due."""
        self.forget(room.id)
        due = next_look(room.scenario, room.state)
        if due is None or not room.ears:
            return
        delay = max(least, (due - wall_ms()) / 1000 + EARLY)
        loop = asyncio.get_running_loop()
        self._timers[room.id] = loop.call_later(delay, self._fire, room, due)

    def forget(self, room_id: str) -> None:
        timer = self._timers.pop(room_id, None)
        if timer is not None:
            timer.cancel()

    async def overdue(self, room: HubRoom) -> None:
        """Knock now for what fell due while nobody was looking, before anybody is shown the room."""
        due = next_look(room.scenario, room.state)
        if due is not None and due <= wall_ms():
            await self._knock(room.id, _ref(room, due))

    def _fire(self, room: HubRoom, due: int) -> None:
        task = asyncio.get_running_loop().create_task(self._ring(room, due))
        self._knocks.add(task)  # a task nobody holds may be collected before it is done
        task.add_done_callback(self._knocks.discard)

    async def _ring(self, room: HubRoom, due: int) -> None:
        seq = room.state.seq
        await self._knock(room.id, _ref(room, due))
        if room.state.seq == seq:
            self.arm(room, AGAIN)


def _ref(room: HubRoom, due: int) -> str:
    return f"tick:{room.state.seq}:{due}"

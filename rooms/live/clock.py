"""The timer of each live room here. It has no owner: every process with the room knocks, one is first.

The ref names the moment (the log's end and the time that was due), so doubles are resends.
"""

import asyncio
from collections.abc import Awaitable, Callable

from rooms.live.now import wall_ms
from rooms.live.room import HubRoom

AGAIN = 0.25  # seconds until the next try when a knock changed nothing
LONGEST = 5.0  # seconds a timer sleeps: the wall clock may be set meanwhile
EARLY = 0.002  # timers may wake a little before the wall clock gets there

Knock = Callable[[str, str], Awaitable[bool]]  # (room, ref) -> did the log take it


class Clock:
    def __init__(self, knock: Knock) -> None:
        self._knock = knock
        self._timers: dict[str, tuple[int, asyncio.TimerHandle]] = {}  # room -> due (wall ms), timer
        self._knocks: set[asyncio.Task[None]] = set()

    def arm(self, room: HubRoom) -> None:
        """Set the room's one timer to when something may be due."""
        due = room.look() if room.ears else None
        armed, _ = self._timers.get(room.id, (None, None))
        if due == armed:
            return
        if due is None:
            self.forget(room.id)
        else:
            self._sleep(room, due, (due - wall_ms()) / 1000 + EARLY)

    def forget(self, room_id: str) -> None:
        _, timer = self._timers.pop(room_id, (None, None))
        if timer is not None:
            timer.cancel()

    def _sleep(self, room: HubRoom, due: int, seconds: float) -> None:
        self.forget(room.id)
        delay = min(max(0.0, seconds), LONGEST)
        loop = asyncio.get_running_loop()
        self._timers[room.id] = due, loop.call_later(delay, self._wake, room, due)

    async def overdue(self, room: HubRoom) -> None:
        """Knock now for what fell due while nobody was looking, before anybody is shown the room."""
        due = room.look()
        if due is not None and due <= wall_ms():
            await self._knock(room.id, _ref(room, due))

    def _wake(self, room: HubRoom, due: int) -> None:
        left = (due - wall_ms()) / 1000
        if left > 0:
            return self._sleep(room, due, left + EARLY)
        self.forget(room.id)
        task = asyncio.get_running_loop().create_task(self._ring(room, due))
        self._knocks.add(task)  # a task nobody holds may be collected before it is done
        return task.add_done_callback(self._knocks.discard)

    async def _ring(self, room: HubRoom, due: int) -> None:
        seq = room.state.seq
        await self._knock(room.id, _ref(room, due))
        if room.state.seq == seq and room.ears:
            self._sleep(room, due, AGAIN)


def _ref(room: HubRoom, due: int) -> str:
    return f"tick:{room.state.seq}:{due}"

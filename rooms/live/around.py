"""Looking around in the rooms of this process: who is here, who has been away too long, who is back."""

import asyncio
import time
from collections.abc import Callable, Coroutine
from typing import Any, Protocol

from redis.asyncio import Redis

from rooms.core import messages as m
from rooms.core.policy import CLOCK
from rooms.live import presence
from rooms.live.hub import Hub
from rooms.live.room import HubRoom

SOON = 0.1  # seconds in which comings and goings are gathered


class Try(Protocol):
    """A command nobody waits for: room, seat, command, why, the log's end it was thought of at."""

    async def __call__(self, room_id: str, seat: str, command: m.AnyCommand, why: str, seq: int) -> None: ...


class Around:
    """`ring` tells other processes, `spawn` runs what takes a while."""

    def __init__(
        self,
        hub: Hub,
        redis: "Redis | None",
        ring: Callable[[str], None],
        spawn: Callable[[Coroutine[Any, Any, None]], None],
        try_: Try,
    ) -> None:
        self._hub = hub
        self._redis = redis
        self._ring = ring
        self._spawn = spawn
        self._try = try_
        self._soon: dict[str, asyncio.TimerHandle] = {}
        self.waits = False  # no worker answers: bots and reports wait

    def came_or_went(self, room_id: str) -> None:
        """Look around soon: when many come at once, once for all of them."""
        if room_id not in self._soon:
            loop = asyncio.get_running_loop()
            self._soon[room_id] = loop.call_later(SOON, self._look_and_ring, room_id)

    def heard(self, room_id: str) -> None:
        """Another process says that somebody came or went there."""
        if room_id in self._hub.rooms:
            self._spawn(self.look(self._hub.rooms[room_id]))

    async def left(self, room_id: str, seat: str) -> None:
        """The seat's last socket here is gone. Whoever is there again by then touches the key again."""
        await presence.gone(self._redis, room_id, seat)
        self.came_or_went(room_id)

    async def look(self, room: HubRoom, ring: bool = False) -> None:
        """Say who is here, see who else is, hand out heads that changed, and fill or give back chairs.

        `ring` that others look too; so they must if somebody here was taken to be away.
        """
        if await presence.touch(self._redis, room.id, list(room.ears)) or ring:
            self._ring(f"here {room.id}")
        here = await presence.here(self._redis, room.id, list(room.state.seats))
        if here is None:
            room.missing.clear()  # nobody is away because Redis is: the grace begins anew
        else:
            room.here = here
        room.waits = self.waits
        self._hub.show_heads(room)
        self.hand_back(room)
        if here is not None and room.state.status == "live":
            await self._stand_in(room)

    def hand_back(self, room: HubRoom) -> None:
        """Who is back in a seat a bot stands in gets it back; asked again at every look until it is so."""
        for seat in room.ears:
            away = room.state.seats[seat].away
            if away:
                command = m.TakeSeat(name=away)
                self._spawn(self._try(room.id, seat, command, "back", room.state.seq))

    def close(self) -> None:
        """Look around no more."""
        for timer in self._soon.values():
            timer.cancel()
        self._soon.clear()

    def _look_and_ring(self, room_id: str) -> None:
        del self._soon[room_id]
        if room_id in self._hub.rooms:
            self._spawn(self.look(self._hub.rooms[room_id], ring=True))
        else:
            self._ring(f"here {room_id}")

    async def _stand_in(self, room: HubRoom) -> None:
        for seat in room.away_too_long(time.monotonic()):
            if seat not in room.present():  # somebody may have come while another seat was seen to
                await self._try(room.id, CLOCK, m.StandIn(seat=seat), "away", room.state.seq)

"""One socket's place at the table: where it has got to, and what waits to be sent.

Daphne has no flow control, so the limits are here: who is too far behind is closed, comes back, reads on.
"""

import asyncio
import time
from collections import deque
from typing import TYPE_CHECKING

from rooms.live.heads import NOTHING

if TYPE_CHECKING:
    from rooms.live.room import HubRoom

FRAMES = 1_024  # frames that may wait for one socket
BYTES = 1 << 20  # characters that may wait for one socket
UNACKNOWLEDGED = 2 << 20  # characters a client may be sent before it says how far it is
SUSPICIOUS = 256 << 10  # with so many unacknowledged ...
SILENT = 20.0  # ... it may say nothing for so many seconds
TOO_SLOW = 4008


class Ear:
    """A socket of a seat, as the hub sees it."""

    def __init__(self, room: "HubRoom", seat: str, key: str = "") -> None:
        self.room = room
        self.seat = seat
        self.key = key  # what opened the seat to it: a token's digest, or a person
        self.n: int | None = None  # the last item handed to it; None until it has synced
        self.close_code: int | None = None
        self._outbox: deque[str] = deque()
        self._waiting = 0  # characters in the outbox
        self._unacknowledged = 0  # characters sent since it last said how far it is
        self._behind_since: float | None = None
        self._sleeper: asyncio.Future[None] | None = None  # who waits for something to send
        self._cursor: int | None = None  # the items it has while it is being given what it missed

    def push(self, frame: str) -> None:
        """Queue a frame. A socket too far behind is closed; it comes back and reads the log."""
        if self.close_code is not None:
            return
        self._outbox.append(frame)
        self._waiting += len(frame)
        self._unacknowledged += len(frame)
        if self._behind_since is None:
            self._behind_since = time.monotonic()
        too_much = self._waiting > BYTES and len(self._outbox) > 1  # one frame alone is never too much
        if too_much or len(self._outbox) > FRAMES or self._unacknowledged > UNACKNOWLEDGED:
            self.close(TOO_SLOW)
        self._wake()

    def read_from(self, n: int) -> None:
        """Give it what comes after item `n`, a page whenever nothing else waits; live items only then."""
        self._cursor, self.n = n, None
        self._wake()

    def acknowledge(self) -> None:
        """The client says how far it is: it reads, and is not to be given up."""
        self._unacknowledged = self._waiting
        self._behind_since = None

    def stuck(self, now: float) -> bool:
        """Has it been sent a good deal and said nothing for long? Daphne would buffer for it for ever."""
        silent = now - (self._behind_since or now)
        return silent > SILENT and self._unacknowledged > SUSPICIOUS

    def close(self, code: int) -> None:
        self.close_code = self.close_code or code
        self._wake()

    async def next(self) -> str | None:
        """The next frame to send; None when the socket should be closed with `close_code`."""
        while not self._outbox and self._cursor is None and self.close_code is None:
            self._sleeper = asyncio.get_running_loop().create_future()
            await self._sleeper
        if self._outbox and self.close_code != TOO_SLOW:
            frame = self._outbox.popleft()
            self._waiting -= len(frame)
            return frame
        # who is told to come back is still given what was queued, unless that is the trouble
        return None if self.close_code is not None else self._page()

    def _wake(self) -> None:
        if self._sleeper is not None and not self._sleeper.done():
            self._sleeper.set_result(None)

    def _page(self) -> str:
        """The next page of what it missed. With the last one it is live: no await comes between."""
        room, after = self.room, self._cursor or 0
        items = room.items(self.seat, after)
        upto, count = after + len(items), room.shown.get(self.seat, 0)
        done = upto >= count
        self._cursor, self.n = (None, upto) if done else (upto, None)
        # a head tells of the present: only the last page has one
        return room.frame(after, upto, items, room.head(self.seat) if done else NOTHING)

"""RoomConsumer: a seat's ear and mouth. It never decides, never writes except through `handle`.

A plain ASGI application under Channels' router: Channels' own dispatch would take every message
through the process's one shared thread (docs/adr/0002).
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any
from urllib.parse import parse_qs

from casesim.handshake import Scope, host_fits, origin_fits
from rooms.access import SeatRef, credentials, seat_by_credentials
from rooms.live import outage
from rooms.live.ear import Ear
from rooms.live.group import Answer
from rooms.live.hub import TooManySockets
from rooms.live.process import GoingAway, process
from rooms.service import handle
from rooms.transport import protocol

logger = logging.getLogger(__name__)

GOING = 2.0  # seconds a socket has for its last answers when the server goes away

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


class Bucket:
    """Frames a socket may send: a steady rate and a burst."""

    def __init__(self, rate: float = protocol.RATE, burst: float = protocol.BURST) -> None:
        self._rate, self._burst = rate, burst
        self._tokens, self._at = burst, time.monotonic()
        self.refused = 0

    def take(self) -> bool:
        now = time.monotonic()
        self._tokens = min(self._burst, self._tokens + (now - self._at) * self._rate)
        self._at = now
        if self._tokens < 1:
            self.refused += 1
            return False
        self._tokens -= 1
        return True


async def room_consumer(scope: Scope, receive: Receive, send: Send) -> None:
    """One socket, from handshake to close."""
    await receive()  # websocket.connect
    seated = await _sit(scope)
    if isinstance(seated, int):
        await send({"type": "websocket.close", "code": seated})  # before the accept: HTTP 403
        return
    await RoomConsumer(*seated, send).run(receive)


async def _sit(scope: Scope) -> tuple[SeatRef, Ear] | int:
    """The seat of this handshake and its ear, or the code it is turned away with."""
    try:
        seat = await _admit(scope)
        if isinstance(seat, int):
            return seat
        return seat, await process().join(seat.room_id, seat.seat, seat.key)
    except LookupError:
        return 4502
    except TooManySockets:
        return 4503
    except (GoingAway, *outage.AWAY):
        return 4000


async def _admit(scope: Scope) -> SeatRef | int:
    """The seat of this handshake, or the code it is turned away with."""
    room_id = scope["url_route"]["kwargs"]["room"]
    query = parse_qs(scope.get("query_string", b"").decode("latin-1"))
    wanted = query.get("seat", [None])[0]
    offered = credentials(scope["headers"], room_id, wanted)
    if not host_fits(scope) or not origin_fits(scope, offered.by_cookie):
        return 4500
    return await process().hub.reader(seat_by_credentials, offered, room_id, wanted) or 4501


class RoomConsumer:
    def __init__(self, seat: SeatRef, ear: Ear, send: Send) -> None:
        self._seat = seat
        self._ear = ear
        self._send = send
        self._bucket = Bucket()
        self._process = process()
        self._unanswered = 0
        self._all_answered = asyncio.Event()

    async def run(self, receive: Receive) -> None:
        """Until the socket closes: one task speaks, this one listens."""
        speaking = asyncio.create_task(self._speak())
        try:
            await self._send({"type": "websocket.accept"})
            while (message := await receive())["type"] != "websocket.disconnect":
                self._hear(message)
        except asyncio.CancelledError:
            await self._come_back(speaking)  # Daphne ends every application before it ends itself
            raise
        finally:
            speaking.cancel()
            await asyncio.gather(speaking, return_exceptions=True)
            await self._process.leave(self._ear)

    async def _come_back(self, speaking: "asyncio.Task[None]") -> None:
        """The server goes away: give the answers that are due, then say so."""
        if self._unanswered:
            self._all_answered.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(GOING):
                    await self._all_answered.wait()
        self._ear.close(4000)
        await asyncio.wait({speaking}, timeout=GOING)

    async def _speak(self) -> None:
        while (frame := await self._ear.next()) is not None:
            await self._send({"type": "websocket.send", "text": frame})
        with contextlib.suppress(Exception):  # the other side may be gone already
            await self._send({"type": "websocket.close", "code": self._ear.close_code})

    def _hear(self, message: dict[str, Any]) -> None:
        if self._ear.close_code is not None:
            return None  # it is going: nothing it still sends is worth an answer
        text = message.get("text")
        if text is None:
            return self._ear.close(4003)
        if len(text) > protocol.FRAME or len(text.encode("utf-8", "surrogatepass")) > protocol.FRAME:
            return self._ear.close(4009)
        if not self._bucket.take():
            return self._too_fast()
        try:
            frame = protocol.parse(text)
        except protocol.Bad as bad:
            return self._ear.push(protocol.refused(bad.ref, bad.code, bad.why))
        if isinstance(frame, protocol.Sync):
            return self._process.hub.sync(self._ear, frame.epoch, frame.after)
        return self._do(frame)

    def _too_fast(self) -> None:
        self._ear.push(protocol.refused(None, "slow_down", "too many frames; wait a moment"))
        if self._bucket.refused > protocol.FLOOD:
            self._ear.close(4029)

    def _do(self, frame: protocol.Do) -> None:
        """Commands of a socket are queued in the order they came; their answers need not block it."""
        self._unanswered += 1
        handle(
            self._seat.room_id, self._seat.seat, frame.command, frame.ref, partial(self._answer, frame.ref)
        )

    def _answer(self, ref: str, no: Answer) -> None:
        self._unanswered -= 1
        if not self._unanswered:
            self._all_answered.set()
        self._ear.push(protocol.done(ref) if no is None else protocol.refused(ref, no.code, no.why))

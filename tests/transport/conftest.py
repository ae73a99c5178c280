"""A table to seat people at: real sockets' worth of frames, in one event loop."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from asgiref.testing import ApplicationCommunicator
from channels.db import database_sync_to_async
from channels.routing import URLRouter

from rooms.core.head import merged
from rooms.live.now import wall_ms
from rooms.live.process import stop_running
from rooms.service import Opened
from rooms.transport.routing import websocket_urlpatterns
from tests.builders import make_room


@dataclass
class Socket:
    """A client of the socket: sends frames, keeps what it was given as the page's store does."""

    room_id: str
    token: str
    query: str = ""
    headers: list[tuple[bytes, bytes]] | None = None
    items: list[dict[str, Any]] = field(default_factory=list)
    frames: list[str] = field(default_factory=list)
    answers: dict[str | None, dict[str, Any]] = field(default_factory=dict)
    head: dict[str, Any] = field(default_factory=dict)
    closed: int | None = None

    async def open(self, after: int = 0, epoch: str | None = None, sync: bool = True) -> "Socket":
        bearer = [(b"host", b"testserver"), (b"authorization", f"Bearer {self.token}".encode())]
        scope = {
            "type": "websocket",
            "path": f"/ws/rooms/{self.room_id}/",
            "query_string": self.query.encode(),
            "headers": bearer if self.headers is None else self.headers,
        }
        self.wire = ApplicationCommunicator(URLRouter(websocket_urlpatterns), scope)
        await self.wire.send_input({"type": "websocket.connect"})
        answer = await self.wire.receive_output(5)
        if answer["type"] == "websocket.close":
            self.closed = answer["code"]
            return self
        if sync:
            await self.send(type="sync", epoch=epoch, after=after)
            await self.until(lambda: self.frames)
        return self

    async def send(self, **frame: Any) -> None:
        await self.raw(json.dumps(frame))

    async def raw(self, text: str) -> None:
        await self.wire.send_input({"type": "websocket.receive", "text": text})

    async def do(self, ref: str, **command: Any) -> dict[str, Any]:
        """Send a command and wait for its answer."""
        await self.send(type="do", ref=ref, command=command)
        return await self.answer(ref)

    async def answer(self, ref: str | None) -> dict[str, Any]:
        await self.until(lambda: ref in self.answers)
        return self.answers.pop(ref)

    async def until(self, true: Any, seconds: float = 5) -> None:
        async with asyncio.timeout(seconds):
            while not true() and self.closed is None:
                self.take(await self.wire.receive_output(seconds))

    async def rest(self, seconds: float = 0.2) -> None:
        """Take whatever still comes."""
        while self.closed is None and not await self.wire.receive_nothing(seconds):
            self.take(await self.wire.receive_output(1))

    def take(self, message: dict[str, Any]) -> None:
        if message["type"] == "websocket.close":
            self.closed = message["code"]
            return
        frame = json.loads(message["text"])
        if frame["type"] != "feed":
            self.answers[frame["ref"]] = frame
            return
        self.frames.append(message["text"])
        fresh = [i for i in frame["items"] if i["n"] > len(self.items)]
        assert [i["n"] for i in fresh] == list(range(len(self.items) + 1, len(self.items) + 1 + len(fresh)))
        self.items += fresh
        self.head = merged(self.head, frame["head"])

    def said(self) -> list[str]:
        return [i["text"] for i in self.items if i["type"] in ("said", "whispered")]

    async def close(self) -> None:
        await self.wire.send_input({"type": "websocket.disconnect", "code": self.closed or 1000})
        await self.wire.wait(5)


@dataclass
class Table:
    """A room in the database and the sockets around it."""

    opened: Opened
    sockets: list[Socket] = field(default_factory=list)

    @property
    def room_id(self) -> str:
        return self.opened.room_id

    async def seat(self, seat: str, **options: Any) -> Socket:
        socket = Socket(self.room_id, self.opened.tokens[seat])
        self.sockets.append(socket)
        return await socket.open(**options)

    async def close(self) -> None:
        for socket in self.sockets:
            await socket.close()


@pytest.fixture
async def table(transactional_db) -> AsyncIterator[Table]:
    """A started room; the process behind it is stopped at the end."""
    opened = await database_sync_to_async(make_room)(started=True, now=wall_ms())
    here = Table(opened)
    yield here
    await here.close()
    await stop_running()

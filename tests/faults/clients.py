"""A decent client: it comes back with backoff, syncs, sends again what was not answered, and notes all."""

import asyncio
import json
import random
import time
from contextlib import suppress
from itertools import count
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

RETRY = 3.0  # seconds until an unanswered command is sent again
HEARTBEAT = 5.0
APART = 0.055  # seconds between two frames: a socket may send 20 a second
LATER = ("slow_down", "busy", "try_again")
LOST = (ConnectionClosed, InvalidHandshake, OSError, EOFError, TimeoutError)

_refs = count(1)


class Client:
    """One person's page. `resends=False` is the control: each command is sent once, whatever comes."""

    def __init__(
        self,
        port: int,
        room_id: str,
        seat: str,
        token: str,
        *,
        resends: bool = True,
        backoff: float = 0.05,
        patience: float = 1.0,
    ) -> None:
        self.url = f"ws://127.0.0.1:{port}/ws/rooms/{room_id}/"
        self.room_id, self.seat, self.token = room_id, seat, token
        self.resends, self.backoff, self.patience = resends, backoff, patience
        self.epoch: str | None = None
        self.items: list[dict[str, Any]] = []
        self.head: dict[str, Any] = {}
        self.ever: list[dict[str, Any]] = []  # every item it was ever shown
        self.traffic: list[str] = []
        self.waiting: dict[str, dict[str, Any]] = {}  # what was not answered yet, by ref
        self.acked: dict[str, dict[str, Any]] = {}
        self.refused: dict[str, str] = {}
        self.said_at: dict[str, float] = {}  # text -> when it was handed to this client
        self.heard_at: dict[str, float] = {}  # text -> when this client was shown it
        self.acked_at: dict[str, float] = {}  # ref -> when
        self.closes: list[int | None] = []
        self.back_at: list[float] = []  # when the first feed of each connection came
        self.moved = self.restarts = self.put_off = self.attempts = 0
        self._sent: dict[str, float] = {}
        self._news = asyncio.Event()

    # --- a person's hands ---------------------------------------------------------------------------

    def do(self, **command: Any) -> str:
        """Hand over a command; returns its ref."""
        ref = f"c{next(_refs)}"
        self.waiting[ref] = {"type": "do", "ref": ref, "command": command}
        if "text" in command:
            self.said_at[command["text"]] = time.monotonic()
        self._news.set()
        return ref

    async def done(self, *, within: float = 10, **command: Any) -> str:
        """Hand over a command and wait until it is acknowledged."""
        ref = self.do(**command)
        await self.until(lambda: ref in self.acked or ref in self.refused, within)
        assert ref in self.acked, (command, self.refused[ref])
        return ref

    def sent(self, text: str) -> bool:
        """Whether a word has gone out on a wire."""
        return any(self.waiting[r]["command"].get("text") == text for r in self._sent if r in self.waiting)

    async def until(self, true: Any, seconds: float = 10) -> None:
        deadline = time.monotonic() + seconds
        while not true():
            assert time.monotonic() < deadline, f"{self.seat}: not within {seconds} s"
            await asyncio.sleep(0.01)

    # --- the connection -----------------------------------------------------------------------------

    async def __aenter__(self) -> "Client":
        self._life = asyncio.create_task(self._live())
        await self.until(lambda: self.back_at)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._life.cancel()
        with suppress(asyncio.CancelledError):
            await self._life

    def cut(self) -> None:
        """The network is gone, without a farewell."""
        self._wire.transport.abort()

    async def _live(self) -> None:
        wait = self.backoff
        while True:
            backs = len(self.back_at)
            self.attempts += 1
            with suppress(*LOST):
                await self._session()
            wait = self.backoff if len(self.back_at) > backs else min(wait * 2, self.patience)
            if self.closes and (self.closes[-1] or 0) // 100 == 45:
                return  # told not to come back
            await asyncio.sleep(wait * random.uniform(0.5, 1.0))

    async def _session(self) -> None:
        bearer = {"Authorization": f"Bearer {self.token}"}
        async with connect(
            self.url,
            additional_headers=bearer,
            proxy=None,
            compression=None,
            max_size=None,
            open_timeout=5,
            close_timeout=0.2,
            ping_interval=None,
        ) as wire:
            self._fresh, self._wire = True, wire
            await self._sync(wire)
            mouth = [asyncio.create_task(work(wire)) for work in (self._speak, self._beat)]
            try:
                async for text in wire:
                    await self._take(wire, str(text))
            finally:
                self.closes.append(wire.close_code)
                for task in mouth:
                    task.cancel()
                await asyncio.gather(*mouth, return_exceptions=True)

    async def _sync(self, wire: ClientConnection) -> None:
        await wire.send(json.dumps({"type": "sync", "epoch": self.epoch, "after": len(self.items)}))

    async def _beat(self, wire: ClientConnection) -> None:
        while True:
            await asyncio.sleep(HEARTBEAT)
            await self._sync(wire)

    async def _speak(self, wire: ClientConnection) -> None:
        """Send what waits, in order, and what was not answered again."""
        if self.resends:
            self._sent.clear()
        while True:
            for ref in [ref for ref in self.waiting if self._is_due(ref)]:
                if ref not in self.waiting:
                    continue
                self._sent[ref] = time.monotonic()
                await wire.send(json.dumps(self.waiting[ref]))
                await asyncio.sleep(APART)
            self._news.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(0.25):  # wait_for may swallow the cancellation that ends this
                    await self._news.wait()

    def _is_due(self, ref: str) -> bool:
        sent = self._sent.get(ref)
        return sent is None or (self.resends and time.monotonic() - sent > RETRY)

    # --- what comes -----------------------------------------------------------------------------------

    async def _take(self, wire: ClientConnection, text: str) -> None:
        self.traffic.append(text)
        frame = json.loads(text)
        if frame["type"] == "feed":
            await self._feed(wire, frame)
        elif frame["type"] == "done":
            self._settle(frame["ref"], self.acked)
        elif frame["ref"] is not None and frame["code"] not in LATER:
            self.refused[frame["ref"]] = frame["code"]
            self.waiting.pop(frame["ref"], None)
        else:
            self._put_off(frame["ref"])

    def _settle(self, ref: str, into: dict[str, dict[str, Any]]) -> None:
        if ref in self.waiting:
            into[ref] = self.waiting.pop(ref)["command"]
            self.acked_at[ref] = time.monotonic()

    def _put_off(self, ref: str | None) -> None:
        """Told to come again: in half a second."""
        self.put_off += 1
        if ref in self.waiting and self.resends:
            self._sent[ref] = time.monotonic() - RETRY + 0.5

    async def _feed(self, wire: ClientConnection, frame: dict[str, Any]) -> None:
        now = time.monotonic()
        if self._fresh:
            self._fresh = False
            self.back_at.append(now)
        if self.items and (frame["from"] == 0 or frame["epoch"] != self.epoch):
            self.items = []
            self.restarts += 1
        self.epoch = frame["epoch"]
        if frame["from"] > len(self.items):
            return await self._sync(wire)
        for item in frame["items"]:
            self._item(item, now)
        merge(self.head, frame.get("head") or {})
        return None

    def _item(self, item: dict[str, Any], now: float) -> None:
        if item["n"] <= len(self.items):
            self.moved += self.items[item["n"] - 1] != item
            return
        self.moved += item["n"] != len(self.items) + 1
        self.items.append(item)
        self.ever.append(item)
        if "text" in item:
            self.heard_at.setdefault(item["text"], now)


def merge(head: dict[str, Any], news: dict[str, Any]) -> None:
    """Take over what changed; the console one level deep."""
    for key, value in news.items():
        if key == "console" and isinstance(value, dict) and isinstance(head.get(key), dict):
            head[key] = {**head[key], **value}
        else:
            head[key] = value

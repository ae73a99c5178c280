"""A WebSocket client that costs next to nothing per frame, so that a server and not its clients is measured.

It speaks to servers of this run alone: what comes is not checked beyond what the bench needs.
"""

import asyncio
import base64
import os
from collections.abc import Callable
from urllib.parse import urlsplit

TEXT, CLOSE, PING, PONG = 1, 8, 9, 10
FIN, MASKED = 0x80, 0x80
NO_MASK = bytes(4)  # a mask of zeros leaves the payload as it is

Hear = Callable[[bytes], None]


class TurnedAway(Exception):
    """The handshake was not answered with 101; the message is the answer's first line."""


class Wire(asyncio.Protocol):
    """One connection. `hear` is called with each text frame."""

    def __init__(self, hear: Hear) -> None:
        loop = asyncio.get_running_loop()
        self.shaken: asyncio.Future[None] = loop.create_future()
        self.closed: asyncio.Future[int] = loop.create_future()  # the close code; 1006: cut
        self._hear = hear
        self._rest = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def connection_lost(self, error: Exception | None) -> None:
        if not self.shaken.done():
            self.shaken.set_exception(TurnedAway("cut in the handshake"))
        self._ended(1006)

    def data_received(self, data: bytes) -> None:
        data = self._rest + data if self._rest else data
        at = 0 if self.shaken.done() else self._shake(data)
        while (found := parsed(data, at)) is not None:
            opcode, payload, at = found
            self._take(opcode, payload)
        self._rest = data[at:]

    def send(self, text: str) -> None:
        """Send a text frame; nothing, if the connection is gone."""
        self._write(TEXT, text.encode())

    def close(self) -> None:
        self._write(CLOSE, (1000).to_bytes(2, "big"))

    def cut(self) -> None:
        """The network is gone, without a farewell."""
        assert self._transport is not None
        self._transport.abort()

    def _shake(self, data: bytes) -> int:
        """Read the answer to the handshake; returns where the first frame begins."""
        end = data.find(b"\r\n\r\n")
        if end < 0:
            return 0
        first = data[: data.index(b"\r\n")]
        if first.split()[1] == b"101":
            self.shaken.set_result(None)
        else:
            self.shaken.set_exception(TurnedAway(first.decode()))
        return end + 4

    def _take(self, opcode: int, payload: bytes) -> None:
        if opcode == TEXT:
            self._hear(payload)
        elif opcode == PING:
            self._write(PONG, payload)
        elif opcode == CLOSE:
            self._ended(int.from_bytes(payload[:2], "big"))
            self.cut()

    def _write(self, opcode: int, payload: bytes) -> None:
        assert self._transport is not None
        if not self._transport.is_closing():
            self._transport.write(frame(opcode, payload))

    def _ended(self, code: int) -> None:
        if not self.closed.done():
            self.closed.set_result(code)


def frame(opcode: int, payload: bytes) -> bytes:
    """A whole frame as a client sends it, of less than 64 KiB."""
    size = len(payload)
    length = bytes([MASKED | size]) if size < 126 else bytes([MASKED | 126]) + size.to_bytes(2, "big")
    return bytes([FIN | opcode]) + length + NO_MASK + payload


def parsed(data: bytes, at: int) -> tuple[int, bytes, int] | None:
    """The frame that begins at `at`: opcode, payload and where the next begins. None: it is not all here."""
    if len(data) < at + 2:
        return None
    size, begin = data[at + 1], at + 2
    if size >= 126:
        begin += 2 if size == 126 else 8
        size = int.from_bytes(data[at + 2 : begin], "big")
    if len(data) < begin + size:
        return None
    assert data[at] & FIN, "no server of ours sends a message in parts"
    return data[at] & 0xF, data[begin : begin + size], begin + size


async def connect(url: str, headers: dict[str, str], hear: Hear) -> Wire:
    """A connection after its handshake. TurnedAway or OSError if there is none."""
    parts = urlsplit(url)
    wanted = {
        "Host": parts.netloc,
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": base64.b64encode(os.urandom(16)).decode(),
        **headers,
    }
    loop = asyncio.get_running_loop()
    transport, wire = await loop.create_connection(lambda: Wire(hear), parts.hostname, parts.port)
    lines = [f"GET {parts.path} HTTP/1.1", *(f"{name}: {value}" for name, value in wanted.items())]
    transport.write("\r\n".join([*lines, "", ""]).encode())
    await wire.shaken
    return wire

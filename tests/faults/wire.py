"""Below a decent client: single frames of any bytes, handshakes of any headers, a socket that never reads."""

import asyncio
import base64
import os
import socket
from contextlib import suppress

CLOSE = 8


def frame(payload: bytes, opcode: int = 1, first: int = 0x80, masked: bool = True) -> bytes:
    """One WebSocket frame. `first` holds FIN and the reserved bits."""
    size = len(payload)
    length = bytes([size]) if size < 126 else bytes([126 if size < 1 << 16 else 127])
    if size >= 126:
        length += size.to_bytes(2 if size < 1 << 16 else 8, "big")
    head = bytes([first | opcode, length[0] | (0x80 if masked else 0)]) + length[1:]
    if not masked:
        return head + payload
    mask = os.urandom(4)
    key = int.from_bytes((mask * (size // 4 + 1))[:size], "big")
    return head + mask + (int.from_bytes(payload, "big") ^ key).to_bytes(size, "big")


class Wire:
    """A connection after its handshake; `status` and `body` are what the handshake was answered with."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer
        self.status, self.body = 0, b""

    @classmethod
    async def open(cls, port: int, path: str, headers: dict[str, str], window: int = 0) -> "Wire":
        """`window`: bytes the kernel may keep for a client that does not read."""
        plug = socket.socket()
        if window:
            plug.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, window)
        plug.setblocking(False)
        await asyncio.get_running_loop().sock_connect(plug, ("127.0.0.1", port))
        reader, writer = await asyncio.open_connection(sock=plug, limit=window or 2**16)
        self = cls(reader, writer)
        await self._shake(path, {"Host": f"127.0.0.1:{port}", **headers})
        return self

    async def _shake(self, path: str, headers: dict[str, str]) -> None:
        key = base64.b64encode(os.urandom(16)).decode()
        wanted = {
            "Connection": "Upgrade",
            "Upgrade": "websocket",
            "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": key,
            **headers,
        }
        lines = [f"GET {path} HTTP/1.1", *(f"{name}: {value}" for name, value in wanted.items())]
        self.writer.write("\r\n".join([*lines, "", ""]).encode())
        answer = await asyncio.wait_for(self.reader.readuntil(b"\r\n\r\n"), 10)
        self.status = int(answer.split()[1])
        if self.status != 101:
            self.body = await asyncio.wait_for(self.reader.read(), 10)

    async def send(self, data: bytes) -> None:
        with suppress(OSError, TimeoutError):
            self.writer.write(data)
            await asyncio.wait_for(self.writer.drain(), 5)

    async def read(self) -> tuple[int, bytes]:
        """The next frame: opcode and payload. A lost connection reads as a close with 1006."""
        try:
            first, second = await self.reader.readexactly(2)
            size = second & 0x7F
            if size >= 126:
                size = int.from_bytes(await self.reader.readexactly(2 if size == 126 else 8), "big")
            return first & 0xF, await self.reader.readexactly(size)
        except (asyncio.IncompleteReadError, OSError):
            return CLOSE, (1006).to_bytes(2, "big")

    async def closed(self, seconds: float = 5) -> int:
        """Read on until the server closes; its code. 0: it did not."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while (heard := await self.read())[0] != CLOSE:
                    pass
                return int.from_bytes(heard[1][:2], "big")
        return 0

    async def hang_up(self) -> None:
        self.writer.transport.abort()
        with suppress(OSError, TimeoutError):
            await asyncio.wait_for(self.writer.wait_closed(), 5)

"""The web server: Daphne, with less work for every frame. `python -m casesim.web ARGUMENTS OF DAPHNE`.

What is said in a room goes out to each who hears it, so a room costs what frames cost. Of that, half went
to what a panel has no use for: epoll asked before and after every write, log lines put together and thrown
away, and a reader that is ready for every kind of frame at every byte. Handshakes, limits, pings, closing,
pages and every frame that is not a plain text are Daphne's and autobahn's as before. See docs/adr/0017.
"""

import asyncio
from struct import Struct
from typing import Any

from daphne import http_protocol
from daphne.ws_protocol import WebSocketFactory, WebSocketProtocol
from twisted.internet import tcp
from twisted.internet.asyncioreactor import AsyncioSelectorReactor
from twisted.internet.main import installReactor
from twisted.python import log

TEXT = 0x81  # the first byte of a text message that is one frame (RFC 6455, 5.2)
MASKED = 0x80  # in the second: a client's
SHORT, MEDIUM, LONG = Struct("!BB"), Struct("!BBH"), Struct("!BBQ")


class PromptReactor(AsyncioSelectorReactor):
    """Writes to a socket when the running callback is over, and asks epoll only about what did not fit.

    Twisted has epoll say that a socket takes bytes before it writes any, which nearly every socket
    always does: two system calls more for a frame, and a round of the event loop.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(loop)
        self._full: dict[tcp.Server, None] = {}  # sockets with something to write, in their order
        self._writing: tcp.Server | None = None

    def addReader(self, reader: Any) -> None:  # noqa: N802
        """Without the log's context around each read."""
        if reader in self._readers or not isinstance(reader, tcp.Server):
            super().addReader(reader)
            return
        fd = reader.fileno()
        self._asyncioEventloop.add_reader(fd, self._do, reader, True)
        self._readers[reader] = fd

    def addWriter(self, writer: Any) -> None:  # noqa: N802
        if writer is self._writing or writer in self._writers or not isinstance(writer, tcp.Server):
            super().addWriter(writer)
            return
        if not self._full:
            self._asyncioEventloop.call_soon(self._write)
        self._full[writer] = None

    def removeWriter(self, writer: Any) -> None:  # noqa: N802
        self._full.pop(writer, None)
        if writer is self._writing:
            self._writing = None  # it took everything, or is gone
        super().removeWriter(writer)

    def _write(self) -> None:
        try:
            while self._full:
                self._write_to(next(iter(self._full)))
        finally:
            self._writing = None
            if self._full:  # what one socket met keeps no other's bytes back
                self._asyncioEventloop.call_soon(self._write)

    def _write_to(self, writer: tcp.Server) -> None:
        del self._full[writer]
        self._writing = writer
        self._do(writer, False)
        if self._writing is not None:  # there is more than it takes now
            super().addWriter(writer)

    def _do(self, socket: tcp.Server, read: bool) -> None:
        """Read or write. What a socket raises as it ends is for Twisted's log and stops nobody else."""
        try:
            self._readOrWrite(socket, read)
        except Exception:
            self._writing = None
            log.err()


class PromptRequest(http_protocol.WebRequest):
    """A request that is let go of as it becomes a socket: else its channel keeps it, and it its channel."""

    def process(self) -> Any:
        processed = super().process()
        if self.transport is None and self.channel is not None:  # a socket has it now
            self.channel.requests.clear()
        return processed


class PromptProtocol(WebSocketProtocol):
    """A socket that reads and writes plain texts itself, and leaves the rest to autobahn."""

    def connectionLost(self, reason: Any) -> None:  # noqa: N802
        """Let go of what holds this socket as its result: only the garbage collector would, minutes later."""
        super().connectionLost(reason)
        self.is_closed = None

    def dataReceived(self, data: bytes) -> None:  # noqa: N802
        at = 0
        while self._between_messages() and (text := text_at(data, at)) is not None:
            payload, end = text
            if self._too_long(payload):
                break
            at = end
            if self.autoPingTimeoutCall and self.autoPingRestartOnAnyTraffic:
                self._cancelAutoPingTimeoutCall()  # who talks need not answer a ping
            self.onMessage(payload, False)
        if at < len(data):
            self._dataReceived(data[at:])

    def serverSend(self, content: str | bytes, binary: bool = False) -> None:  # noqa: N802
        plain = self.state == self.STATE_OPEN and not self.send_queue and self._perMessageCompress is None
        payload = content.encode() if plain and not binary else b""
        if not payload or self._too_long(payload):
            super().serverSend(content, binary)
        else:
            self.transport.write(header(len(payload)) + payload)

    def _between_messages(self) -> bool:
        """Does a message begin with what comes next, and has nobody compressed it?"""
        return (
            self.state == self.STATE_OPEN
            and not self.data
            and self.current_frame is None
            and not self.inside_message
            and self._perMessageCompress is None
        )

    def _too_long(self, payload: bytes) -> bool:
        """Is it more than Daphne was told to let pass? Then autobahn says so."""
        size, frame, message = len(payload), self.maxFramePayloadSize, self.maxMessagePayloadSize
        return 0 < frame < size or 0 < message < size


def text_at(data: bytes, at: int) -> tuple[bytes, int] | None:
    """The payload of the frame that begins there, and where the frame ends.

    None unless it is whole and as a client sends a text below 64 KiB: one masked frame, its length
    written as short as it can be, in UTF-8. Anything else is for autobahn to read, wait for or refuse.
    """
    if len(data) < at + 6 or data[at] != TEXT or data[at + 1] < MASKED:
        return None
    length, begin = data[at + 1] - MASKED, at + 6
    if length == 126:
        length, begin = int.from_bytes(data[at + 2 : at + 4]), at + 8
        if length < 126:
            return None
    elif length == 127:
        return None
    end = begin + length
    if len(data) < end:
        return None
    mask = (data[begin - 4 : begin] * (length // 4 + 1))[:length]
    payload = (int.from_bytes(data[begin:end]) ^ int.from_bytes(mask)).to_bytes(length)
    try:
        payload.decode()
    except UnicodeDecodeError:
        return None
    return payload, end


def header(length: int) -> bytes:
    """What stands before so many bytes of a server's text: one frame, not masked."""
    if length < 126:
        return SHORT.pack(TEXT, length)
    if length < 1 << 16:
        return MEDIUM.pack(TEXT, 126, length)
    return LONG.pack(TEXT, 127, length)


def main() -> None:
    """Daphne's own command, on this reactor and with these sockets."""
    installReactor(PromptReactor(asyncio.new_event_loop()))
    WebSocketFactory.protocol = PromptProtocol
    http_protocol.WebRequest = PromptRequest
    from daphne.cli import CommandLineInterface  # it takes the reactor it finds

    CommandLineInterface.entrypoint()


if __name__ == "__main__":
    main()

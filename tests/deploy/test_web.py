"""The web server reads and writes plain texts itself. It must read and write what any other would."""

import socket
import struct
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.frames import Frame, Opcode

from casesim.processes import Child, Crew, free_port, port_is_free
from casesim.web import header, text_at

MOST = 1 << 20  # bytes of a message, as Daphne has it
LENGTHS = [0, 1, 3, 4, 125, 126, 127, 65_535]


def sent(text: str | bytes, opcode: Opcode = Opcode.TEXT, fin: bool = True) -> bytes:
    """A client's frame, as another library writes it."""
    data = text.encode() if isinstance(text, str) else text
    return Frame(opcode, data, fin).serialize(mask=True)


@pytest.mark.parametrize("length", LENGTHS)
def test_a_clients_text_is_read_whole_and_what_follows_is_left(length: int) -> None:
    text = b"x" * length
    frame = sent(text)
    assert text_at(frame, 0) == (text, len(frame))
    assert text_at(b"before" + frame + b"\x81\x85abc", 6) == (text, 6 + len(frame))


@pytest.mark.parametrize("length", [*LENGTHS, 65_536, 1 << 20])
def test_a_servers_text_has_the_header_another_library_would_give_it(length: int) -> None:
    text = b"x" * length
    assert header(length) + text == Frame(Opcode.TEXT, text).serialize(mask=False)


@given(st.text(max_size=300))
def test_any_text_is_read_as_it_was_sent(text: str) -> None:
    frame = sent(text)
    assert text_at(frame, 0) == (text.encode(), len(frame))
    assert all(text_at(frame[:cut], 0) is None for cut in range(len(frame)))


@given(st.binary(max_size=300))
def test_whatever_comes_is_read_as_utf_8_or_left_to_autobahn(data: bytes) -> None:
    first = text_at(data, 0)
    if first is not None:
        payload, end = first
        assert len(payload) < end <= len(data)
        payload.decode()


MASK = b"\x01\x02\x03\x04"


@pytest.mark.parametrize(
    "frame",
    [
        pytest.param(Frame(Opcode.TEXT, b"hello").serialize(mask=False), id="not masked"),
        pytest.param(sent(b"hello", Opcode.BINARY), id="binary"),
        pytest.param(sent(b"hello", fin=False), id="the first of several"),
        pytest.param(sent(b"hello", Opcode.CONT), id="the last of several"),
        pytest.param(sent(b"hello", Opcode.PING), id="a ping"),
        pytest.param(b"\xc1" + sent(b"hello")[1:], id="compressed, or so it says"),
        pytest.param(sent(b"\xff\xfe"), id="not UTF-8"),
        pytest.param(sent("é")[:-1], id="cut short"),
        pytest.param(b"\x81\xfe\x00\x05" + MASK + b"hello", id="a length in more bytes than it needs"),
        pytest.param(sent(b"x" * 65_536), id="64 KiB"),
    ],
)
def test_what_is_no_plain_text_is_left_to_autobahn(frame: bytes) -> None:
    assert text_at(frame, 0) is None


# -- Served ------------------------------------------------------------------------------------------


SHAKE = (
    b"GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)


class Client:
    """A socket that writes bytes as it is told to, and reads frames with another library's reader."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=20)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.sendall(SHAKE)
        self._rest = b""
        while b"\r\n\r\n" not in self._rest:
            self._rest += self._socket.recv(4096)
        answer, _, self._rest = self._rest.partition(b"\r\n\r\n")
        assert answer.startswith(b"HTTP/1.1 101"), answer

    def send(self, *pieces: bytes) -> None:
        for piece in pieces:
            self._socket.sendall(piece)

    def take(self) -> tuple[int, bytes]:
        """The next frame: (opcode, payload)."""
        first, second = self._read(2)
        length = second
        if second == 126:
            (length,) = struct.unpack("!H", self._read(2))
        elif second == 127:
            (length,) = struct.unpack("!Q", self._read(8))
        assert first & 0xF0 == 0x80, "every answer is one frame"
        return first & 0x0F, self._read(length)

    def ask(self, frame: bytes) -> tuple[int, bytes]:
        """Send it, and take the next frame."""
        self.send(frame)
        return self.take()

    def texts(self, count: int) -> list[str]:
        """So many texts; pings between them are passed over."""
        frames = (frame for frame in iter(self.take, None) if frame[0] != Opcode.PING)
        found = list(islice(frames, count))
        assert {opcode for opcode, _ in found} <= {Opcode.TEXT}, found
        return [payload.decode() for _, payload in found]

    def close(self) -> None:
        self._socket.close()

    def reset(self) -> None:
        """Gone at once, whatever is on its way."""
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._socket.close()

    def _read(self, count: int) -> bytes:
        while len(self._rest) < count:
            data = self._socket.recv(1 << 16)
            if not data:
                raise ConnectionResetError
            self._rest += data
        taken, self._rest = self._rest[:count], self._rest[count:]
        return taken


@contextmanager
def served(module: str, log: Path, *options: str) -> Iterator[int]:
    """The echo, served by that module; its port."""
    port = free_port()
    argv = [sys.executable, "-m", module, "-b", "127.0.0.1", "-p", str(port), "-v", "0", *options]
    with Crew(log) as crew:
        crew.start(Child("web", [*argv, "tests.deploy.echo:application"], lambda: not port_is_free(port)))
        yield port


# The web server, and Daphne as it comes, of which nothing else can be seen.
BOTH = ["casesim.web", "daphne"]


@pytest.fixture(scope="module", params=BOTH)
def port(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    with served(request.param, tmp_path_factory.mktemp("web")) as port:
        yield port


@pytest.fixture
def client(port: int) -> Iterator[Client]:
    client = Client(port)
    yield client
    client.close()


def test_texts_come_back_however_they_were_cut_on_the_way(client: Client) -> None:
    one, two = sent("the queue is längst full"), sent("x" * 300)
    client.send(one + two + one[:9], one[9:])
    client.send(*(bytes([byte]) for byte in two))
    assert client.texts(4) == ["the queue is längst full", "x" * 300] * 2


def test_a_text_in_several_frames_with_a_ping_between_is_one_text(client: Client) -> None:
    client.send(sent("one ", fin=False) + sent("p", Opcode.PING) + sent("text", Opcode.CONT) + sent("next"))
    assert client.take() == (Opcode.PONG, b"p")
    assert client.texts(2) == ["one text", "next"]


@pytest.mark.parametrize(
    "frame",
    [
        pytest.param(sent("one ", fin=False) + sent("two"), id="a text inside another"),
        pytest.param(sent(b"\xff\xfe"), id="not UTF-8"),
        pytest.param(Frame(Opcode.TEXT, b"hello").serialize(mask=False), id="not masked"),
        pytest.param(b"\x81\xfe\x00\x05" + MASK + b"hello", id="a length in more bytes than it needs"),
        pytest.param(b"\xc1" + sent(b"hello")[1:], id="compressed, or so it says"),
    ],
)
def test_a_frame_against_the_rules_cuts_the_socket(client: Client, frame: bytes) -> None:
    client.send(sent("before"))
    assert client.texts(1) == ["before"]
    with pytest.raises(ConnectionResetError):
        client.ask(frame)


@pytest.mark.parametrize(("characters", "code"), [(MOST // 2, None), (MOST // 2 + 1, 1011)])
def test_an_answer_may_be_a_mebibyte_long(client: Client, characters: int, code: int | None) -> None:
    opcode, payload = client.ask(sent(f"big {characters}"))
    if code is None:
        assert (opcode, payload) == (Opcode.TEXT, ("é" * characters).encode())
    else:
        assert (opcode, payload[:2]) == (Opcode.CLOSE, struct.pack("!H", code))


def test_what_a_client_says_may_be_as_long(client: Client) -> None:
    client.send(sent("x" * MOST))
    assert client.texts(1) == ["x" * MOST]
    with pytest.raises((ConnectionResetError, BrokenPipeError)):
        client.ask(sent("x" * (MOST + 1)))


def test_bytes_come_back_as_bytes(client: Client) -> None:
    assert client.ask(sent(b"\x00\xff", Opcode.BINARY)) == (Opcode.BINARY, b"\x00\xff")


def test_more_than_a_socket_takes_at_once_arrives_whole_and_in_order(client: Client) -> None:
    """Twenty megabytes wait until the client reads: the kernel takes them a part at a time."""
    client.send(sent("big 500000") * 20 + sent("burst 500"), sent("end"))
    assert client.texts(20) == ["é" * 500_000] * 20
    assert client.texts(501) == [*map(str, range(500)), "end"]


def test_a_socket_that_does_not_read_keeps_nobody_waiting(port: int, client: Client) -> None:
    deaf = Client(port)
    deaf.send(sent("big 500000") * 20)
    client.send(sent("hello"))
    assert client.texts(1) == ["hello"]
    deaf.close()  # with most of it unread
    client.send(sent("still here"))
    assert client.texts(1) == ["still here"]


@pytest.mark.parametrize("module", BOTH)
def test_who_talks_is_not_cut_for_not_answering_pings(module: str, tmp_path: Path) -> None:
    """And who is silent as well is cut, so the pings were meant."""
    with served(module, tmp_path, "--ping-interval", "1", "--ping-timeout", "2") as port:
        talker, silent = Client(port), Client(port)
        pings, until = 0, time.monotonic() + 6
        while time.monotonic() < until:
            opcode, _ = talker.take()
            if opcode == Opcode.PING:
                pings += 1
                talker.send(sent("still here"))
        assert pings >= 2
        with pytest.raises(ConnectionResetError):
            silent.texts(1)  # it was told nothing but pings
        talker.close()
        silent.close()


OF_A_SOCKET = ["WebRequest", "PromptRequest", "HTTPChannel", "WebSocketProtocol", "PromptProtocol", "Server"]


@pytest.mark.parametrize(
    ("module", "left"),
    [
        pytest.param("casesim.web", [], id="ours"),
        pytest.param(
            "daphne", ["WebRequest", "HTTPChannel", "WebSocketProtocol", "Server"], id="control: Daphne"
        ),
    ],
)
def test_a_socket_that_went_leaves_nothing_for_the_garbage_collector(
    module: str, left: list[str], tmp_path: Path
) -> None:
    """It would come by after minutes, and a process would seem to grow meanwhile."""
    with served(module, tmp_path) as port:
        stays = Client(port)
        stays.ask(sent("no collector"))
        for n in range(6):
            goes = Client(port)
            assert goes.ask(sent("hello")) == (Opcode.TEXT, b"hello")
            if n % 3 == 0:
                goes.send(sent(struct.pack("!H", 1000), Opcode.CLOSE))
                assert goes.take()[0] == Opcode.CLOSE
            (goes.reset if n % 3 == 1 else goes.close)()
        time.sleep(3)  # Daphne looks once a second for what has ended
        stays.send(sent("garbage"))
        found = stays.texts(1)[0].split()
        stays.close()
    assert [name for name in OF_A_SOCKET if name in found] == left


@pytest.mark.parametrize("module", BOTH)
def test_handshakes_that_fail_and_sockets_that_break_leave_no_line_in_the_log(
    module: str, tmp_path: Path
) -> None:
    with served(module, tmp_path) as port:
        for request in (SHAKE.replace(b"dGhlIHNhbXBsZSBub25jZQ==", b"x"), SHAKE.replace(b"13", b"7"), b"GET"):
            with socket.create_connection(("127.0.0.1", port), timeout=20) as stranger:
                stranger.sendall(request)
                stranger.settimeout(1)
                with suppress(TimeoutError):
                    stranger.recv(4096)
        for _ in range(3):
            broken = Client(port)
            broken.send(sent("big 500000"))
            broken.reset()
        last = Client(port)
        assert last.ask(sent("hello")) == (Opcode.TEXT, b"hello")
        last.close()
    assert "".join(file.read_text() for file in tmp_path.glob("*.log")) == ""

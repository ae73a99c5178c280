"""A real HTTP server on this machine that plays a language model's endpoint, well and badly."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

KEY = "sk-test-0123456789-secret"

Play = Callable[["Handler", dict[str, Any]], None]


class Handler(BaseHTTPRequestHandler):
    """One request. What it does is the server's `play`."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.note(body)
        with suppress(BrokenPipeError, ConnectionResetError):  # whoever asked has gone
            self.server.play(self, body)
        self.close_connection = True

    def do_GET(self) -> None:
        self.note(None)
        self.begin(200, "text/plain")

    def note(self, body: Any) -> None:
        key = self.headers.get("Authorization", "")
        self.server.asked.append({"path": self.path, "body": body, "key": key})

    def log_message(self, *args: Any) -> None:
        pass

    def begin(self, status: int = 200, kind: str = "text/event-stream", **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Connection", "close")
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()

    def send(self, text: str) -> None:
        self.wfile.write(text.encode())
        self.wfile.flush()

    def chunk(self, text: str, **more: Any) -> None:
        self.send(f"data: {json.dumps({'choices': [{'delta': {'content': text}, **more}]})}\r\n\r\n")


class Server(ThreadingHTTPServer):
    """Where it is (`url`), what it was asked, and how it plays."""

    daemon_threads = True

    def __init__(self, play: Play) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.play = play
        self.asked: list[dict[str, Any]] = []
        self.url = f"http://127.0.0.1:{self.server_port}/v1"


@contextmanager
def served(play: Play) -> Iterator[Server]:
    server = Server(play)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


# --- well ---------------------------------------------------------------------------------------------


def says(text: str, size: int = 7) -> Play:
    """The text in small pieces, with its tokens counted."""

    def play(handler: Handler, body: dict[str, Any]) -> None:
        handler.begin()
        for start in range(0, len(text), size):
            handler.chunk(text[start : start + size])
        handler.chunk("", finish_reason="stop")
        usage = {"prompt_tokens": 120, "completion_tokens": 30}
        handler.send(f"data: {json.dumps({'choices': [], 'usage': usage})}\n\ndata: [DONE]\n\n")

    return play


def acting(**answer: Any) -> Play:
    """A whole answer of a persona; what is not given is as it should be."""
    whole = {"speak": True, "text": "Say more.", "stance": None, "reason": "why not"}
    return says(json.dumps({**whole, **answer}))


def in_one_piece(handler: Handler, body: dict[str, Any]) -> None:
    handler.begin(kind="application/json")
    handler.send(json.dumps({"choices": [{"message": {"content": "All at once."}}]}))


# --- badly --------------------------------------------------------------------------------------------


def never(handler: Handler, body: dict[str, Any]) -> None:
    time.sleep(3)


def slow(handler: Handler, body: dict[str, Any]) -> None:
    handler.begin()
    for _ in range(100):
        handler.chunk("a")
        time.sleep(0.05)


def cut_off(handler: Handler, body: dict[str, Any]) -> None:
    handler.begin()
    handler.chunk('{"speak": true, "text": "And th')


def malformed(handler: Handler, body: dict[str, Any]) -> None:
    handler.begin()
    handler.send("data: {not json\n\n")


def huge(handler: Handler, body: dict[str, Any]) -> None:
    handler.begin()
    for _ in range(200):
        handler.chunk("x" * 5_000)


def one_endless_line(handler: Handler, body: dict[str, Any]) -> None:
    handler.begin()
    for _ in range(400):
        handler.send("data: " + "x" * 5_000)


def html(handler: Handler, body: dict[str, Any]) -> None:
    handler.begin(kind="text/html")
    handler.send("<h1>Sign in</h1>")


def status(code: int, **headers: str) -> Play:
    def play(handler: Handler, body: dict[str, Any]) -> None:
        handler.begin(code, "application/json", **headers)
        handler.send('{"error": {"message": "no"}}')

    return play


def an_error_in_the_stream(handler: Handler, body: dict[str, Any]) -> None:
    handler.begin()
    handler.send('data: {"error": {"message": "overloaded"}}\n\n')


def odd_shapes(handler: Handler, body: dict[str, Any]) -> None:
    handler.begin()
    handler.send('data: {"choices": ["text"]}\n\ndata: [DONE]\n\n')


def nothing(handler: Handler, body: dict[str, Any]) -> None:
    handler.begin()

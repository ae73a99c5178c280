"""A stage for one fault: a database of its own, rooms in it, and real processes over it."""

import asyncio
import json
import os
import re
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NamedTuple

import psycopg

from casesim.processes import ROOT, Child, Crew, bundled_redis, daphne, free_port
from tests.faults.clients import Client

LONG = os.environ.get("FAULTS") == "long"
ROOMS = 130 if LONG else 24
TROUBLE = re.compile(r"Traceback|Task was destroyed|never awaited|Exception ignored")


class Row(NamedTuple):
    """A line of the log as it is stored. `to` None is everyone."""

    seq: int
    at: int
    cause: str | None
    to: tuple[str, ...] | None
    body: dict[str, Any]


@dataclass(frozen=True)
class Laid:
    """A database with rooms in their lobbies, to be copied."""

    home: Path
    rooms: dict[str, dict[str, str]]


class Database:
    """What tests may ask and do to a stage's database, past the product."""

    def connect(self) -> Any:
        raise NotImplementedError

    def query(self, sql: str, *params: object) -> list[tuple[Any, ...]]:
        with closing(self.connect()) as connection:
            cursor = connection.execute(self.dialect(sql), params)
            rows = cursor.fetchall() if cursor.description else []
            connection.commit()
            return rows

    def dialect(self, sql: str) -> str:
        return sql

    def log(self, room_id: str) -> list[Row]:
        sql = "SELECT seq, at, cause, audience, body FROM rooms_roomevent WHERE room_id = ? ORDER BY seq"
        return [
            Row(seq, at, cause, None if to is None else tuple(json.loads(to)), json.loads(body))
            for seq, at, cause, to, body in self.query(sql, room_id)
        ]


class Sqlite(Database):
    def __init__(self, var: Path) -> None:
        self.path = var / "casesim.sqlite3"
        self.url = ""

    def connect(self) -> Any:
        return sqlite3.connect(self.path, timeout=5)


class Postgres(Database):
    def __init__(self, url: str) -> None:
        self.url = url

    def connect(self) -> Any:
        return psycopg.connect(self.url)

    def dialect(self, sql: str) -> str:
        return sql.replace("?", "%s")


@dataclass
class Served:
    """A process of the stage that can be killed, stopped, gone on with and started again."""

    crew: Crew
    child: Child
    port: int = 0
    lives: int = 0
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid

    async def start(self) -> float:
        """Start it; returns how many seconds it took until it answered."""
        begun = time.monotonic()
        self.lives += 1
        # the crew would wait in this thread, where the clients live
        child = replace(self.child, name=f"{self.child.name}-{self.lives}", ready=lambda: True, grace=0)
        self.crew.start(child)
        self.process = self.crew.running[-1][1]
        await until(self.child.ready, 60)
        return time.monotonic() - begun

    def kill(self, number: int = signal.SIGKILL) -> None:
        """Send a signal; after SIGKILL, SIGTERM or SIGQUIT wait until it is gone."""
        assert self.process is not None
        os.kill(self.process.pid, number)
        if number not in (signal.SIGSTOP, signal.SIGCONT):
            self.process.wait(30)

    async def term(self) -> float:
        """SIGTERM; returns the seconds until it had ended."""
        begun = time.monotonic()
        os.kill(self.pid, signal.SIGTERM)
        await asyncio.to_thread(self.process.wait, 30)  # type: ignore[union-attr]
        return time.monotonic() - begun

    def log(self) -> str:
        """What it has written, in all its lives."""
        paths = sorted(self.crew.logs.glob(f"{self.child.name}-*.log"))
        return "\n".join(path.read_text(errors="replace") for path in paths)


@dataclass
class Stage:
    """One database, its rooms, and the processes started over it."""

    var: Path
    crew: Crew
    database: Database
    rooms: list[tuple[str, dict[str, str]]]
    env: dict[str, str] = field(default_factory=dict)
    served: list[Served] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.env = {
            "CASESIM_VAR": str(self.var),
            "DATABASE_URL": self.database.url,
            "REDIS_URL": "",
            "DJANGO_SETTINGS_MODULE": "tests.settings",
        }

    async def web(self, name: str = "web", double: str = "") -> Served:
        """A web process, with one of `doubles` in place if named."""
        port = free_port()
        return await self.run(doubled(daphne(port, self.env, name), double), port)

    def heal(self, web: Served) -> None:
        """When it starts again, it has no double any more."""
        web.child = daphne(web.port, self.env, web.child.name)

    async def redis(self) -> Served:
        """Redis; every process started after it uses it."""
        child = bundled_redis(self.var / "redis", free_port())
        self.env |= child.env
        return await self.run(child)

    async def run(self, child: Child, port: int = 0) -> Served:
        served = Served(self.crew, child, port)
        self.served.append(served)
        await served.start()
        return served

    def client(self, web: Served, room_id: str, seat: str, **options: Any) -> Client:
        tokens = dict(self.rooms)[room_id]
        return Client(web.port, room_id, seat, tokens[seat], **options)

    def trouble(self) -> list[str]:
        """Lines of any server's log that no server should write."""
        return [line for served in self.served for line in served.log().splitlines() if TROUBLE.search(line)]


def doubled(child: Child, double: str) -> Child:
    """The same child with a double in place."""
    if not double:
        return child
    return replace(
        child, argv=[child.argv[0], "-m", "tests.faults.doubles", double, child.argv[2], *child.argv[3:]]
    )


async def until(true: Callable[[], object], seconds: float, every: float = 0.05) -> float:
    """Ask in a thread until it is true; returns the seconds it took."""
    begun = time.monotonic()
    while not await asyncio.to_thread(true):
        assert time.monotonic() - begun < seconds, f"not within {seconds} s: {true}"
        await asyncio.sleep(every)
    return time.monotonic() - begun


def lay(home: Path, url: str = "") -> Laid:
    """Migrate a fresh database and open rooms in it."""
    home.mkdir(parents=True, exist_ok=True)
    env = {
        **os.environ,
        "CASESIM_VAR": str(home),
        "DATABASE_URL": url,
        "REDIS_URL": "",
        "DJANGO_SETTINGS_MODULE": "tests.settings",
    }
    command = [sys.executable, "-m", "tests.faults.lay", str(ROOMS)]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return Laid(home, json.loads(done.stdout))


def copied(laid: Laid, var: Path) -> Sqlite:
    shutil.copy(laid.home / "casesim.sqlite3", var / "casesim.sqlite3")
    return Sqlite(var)


def limit_files(pid: int, size: int) -> None:
    """From now on no file of that process may grow beyond `size` bytes; -1 lifts it."""
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, -1))

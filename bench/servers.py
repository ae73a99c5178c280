"""Servers to be measured, each with stores of its own, and the chairs around its tables."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from bench.lay import laid
from bench.load import Chair, Tables
from bench.proc import processor_seconds
from casesim.postgres import bundled_postgres
from casesim.processes import Child, Crew, bundled_redis, daphne, free_port, port_is_free

SEATS = ("candidate", "panel1", "panel2", "panel3", "facilitator", "rater1", "rater2", "rater3")


@dataclass
class Server:
    """A server under load. `pids` are all its processes by name; those of its web processes come first."""

    name: str
    pids: dict[str, int]
    rooms: list[list[Chair]]
    tables: Tables
    seated: float = 0.0  # seconds the first seating took
    crew: Crew | None = field(default=None, repr=False)

    @property
    def web(self) -> int:
        return next(iter(self.pids.values()))

    def processor(self) -> dict[str, float]:
        """Seconds each process has used so far."""
        return {name: processor_seconds(pid) for name, pid in self.pids.items()}

    async def sit_down(self, *rooms: int) -> None:
        """Seat everybody of these rooms."""
        self.seated = await self.tables.seat([chair for room in rooms for chair in self.rooms[room]])


Serve = Callable[[int, dict[str, str], str], Child]  # port, environment, name


# -- Ours -----------------------------------------------------------------------------------------


@contextmanager
def ours(
    directory: Path,
    rooms: int,
    database: str = "sqlite",
    webs: int = 1,
    spread: int = 0,
    events: int = 0,
    serve: Serve = daphne,
) -> Iterator[Server]:
    """This project with a Redis and a database of its own; no worker, so no bot speaks.

    `database`: sqlite or postgres, both as they are deployed: what is acknowledged is on the disk.
    The first rooms sit at the first web process, the last `spread` rooms at all of them in turn. With
    `events` each room has a log of so many already. `serve` says by what
    program.
    """
    directory.mkdir(mode=0o711, parents=True, exist_ok=True)
    with Crew(directory / "log") as crew:
        env = stores(crew, directory, database)
        found = laid(env, rooms, *(["--events", str(events)] if events else []))
        ports = [free_port() for _ in range(webs)]
        for number, port in enumerate(ports, 1):
            crew.start(serve(port, env, f"web{number}"))
        around = [
            table(number, room_id, tokens, ports if number >= rooms - spread else ports[:1])
            for number, (room_id, tokens) in enumerate(found.items())
        ]
        pids = {child.name: process.pid for child, process in reversed(crew.running)}
        pids = {name: pids[name] for name in sorted(pids, key=lambda name: not name.startswith("web"))}
        yield Server(f"ours on {NAMES[database]}", pids, around, Tables(say), crew=crew)


NAMES = {"sqlite": "SQLite", "postgres": "PostgreSQL"}


def stores(crew: Crew, directory: Path, database: str) -> dict[str, str]:
    """Start Redis, and PostgreSQL where it is asked for; what a process of ours needs to find them."""
    env = {"CASESIM_VAR": str(directory), "DATABASE_URL": "", "LOG_LEVEL": "WARNING"}
    children = [bundled_redis(directory / "redis", free_port())]
    if database == "postgres":
        children.append(bundled_postgres(directory, free_port()))
    for child in children:
        crew.start(child)
        env |= child.env
    return env


def table(number: int, room_id: str, tokens: dict[str, str], ports: list[int]) -> list[Chair]:
    """A room's chairs: each says who sits there, and the facilitator starts."""
    return [
        Chair(
            number,
            seat,
            f"ws://127.0.0.1:{ports[place % len(ports)]}/ws/rooms/{room_id}/",
            {"Authorization": f"Bearer {token}"},
            hello(seat),
        )
        for place, (seat, token) in enumerate(tokens.items())
    ]


def hello(seat: str) -> tuple[str, ...]:
    """What a seat sends first."""
    first = [{"type": "sync", "epoch": None, "after": 0}, do("sit", type="take_seat", name=f"Person {seat}")]
    if seat == "facilitator":
        first.append(do("start", type="start", anyway=True))
    return tuple(json.dumps(frame) for frame in first)


def do(ref: str, **command: object) -> dict[str, object]:
    return {"type": "do", "ref": ref, "command": command}


def say(ref: str, text: str) -> str:
    return json.dumps(do(ref, type="say", text=text))


# -- The floor --------------------------------------------------------------------------------------


@contextmanager
def floor(directory: Path, rooms: int) -> Iterator[Server]:
    """The plain chat behind the same Daphne."""
    port = free_port()
    argv = [sys.executable, "-m", "daphne", "-b", "127.0.0.1", "-p", str(port), "-v", "0"]
    with Crew(directory / "log") as crew:
        crew.start(Child("floor", [*argv, "bench.floor.asgi:application"], lambda: not port_is_free(port)))
        around = [
            [Chair(room, seat, f"ws://127.0.0.1:{port}/ws/{room}/", {}, ()) for seat in SEATS]
            for room in range(rooms)
        ]
        yield Server("floor", {"web": crew.running[0][1].pid}, around, Tables(chat), crew=crew)


def chat(ref: str, text: str) -> str:
    return json.dumps({"text": text})


# -- A crowded table ------------------------------------------------------------------------------------


def doubled(chairs: list[Chair]) -> list[Chair]:
    """A second socket for each who speaks; the seat is taken already."""
    return [*chairs, *(replace(chair, hello=chair.hello[:1]) for chair in chairs if chair.speaks)]

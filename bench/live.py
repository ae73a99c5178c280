"""Rooms of eight real seats behind Daphne, against the floor: the same load in the same run, in turns."""

import asyncio
import json
import os
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from typing import NamedTuple

from bench.figures import Figure
from bench.load import Chair, Outcome, Tables, the_judge_sees_faults
from bench.rooms import opened
from casesim.processes import Child, Crew, daphne, free_port, port_is_free
from rooms.service import Opened

ROOMS = 20
RATE = 100  # messages a second over all rooms
SECONDS = 4.0
ROUNDS = 3
LADDER = (100, 200, 300, 400, 600, 800, 1_200, 1_600)  # messages a second; a socket may send 20
IDLE = 3.0  # seconds
STEP = 2.5  # seconds on each rung
LATE = 100.0  # ms: p99 above this is past the top rate
NOISE = "above 0.1 the clock times say more of the neighbours than of us"
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Server:
    """A server under load. `pids` are all its processes, the first the web process."""

    name: str
    pids: tuple[int, ...]
    chairs: list[Chair]
    crowd: list[Chair]  # one more room, with two sockets for each who speaks
    say: Callable[[str, str], str]
    tables: Tables | None = None
    seated: float = 0.0


Load = Callable[[Tables], Awaitable[Outcome]]


@dataclass(frozen=True, slots=True)
class Measured:
    """A run and what it cost, in µs of processor for each message with all its deliveries."""

    outcome: Outcome
    web: float
    all: float  # with Redis
    generator: float  # share of one core that the load generator itself used
    waited: float  # share of the time in which the web process was ready and had no core


def measure(crew: Crew) -> list[Figure]:
    """Latency, processor, top rate and a burst: ours, the floor, and ours over the floor."""
    the_judge_sees_faults()
    ours = start_ours(crew)
    floor = start_floor(crew, ours.chairs)
    return asyncio.run(_measure(ours, floor))


class Pair(NamedTuple):
    """The same load on both, one after the other."""

    floor: Measured
    ours: Measured


# -- The two servers ----------------------------------------------------------------------------


def start_ours(crew: Crew) -> Server:
    """This project behind Daphne with its bundled Redis; no worker, so no bot speaks."""
    port = free_port()
    crew.start(daphne(port, {}))
    redis, web = (process.pid for _, process in crew.running[:2])
    rooms = [opened() for _ in range(ROOMS)]
    chairs = [chair for number, room in enumerate(rooms) for chair in seats(port, number, room)]
    crowd = seats(port, ROOMS, opened())
    return Server("ours", (web, redis), chairs, [*crowd, *doubles(crowd)], say)


def doubles(chairs: list[Chair]) -> list[Chair]:
    """A second socket for each who speaks; the seat is taken already."""
    return [replace(chair, hello=chair.hello[:1]) for chair in chairs if chair.speaks]


def seats(port: int, number: int, room: Opened) -> list[Chair]:
    """A room's chairs: each says who sits there, and the facilitator starts."""
    address = f"ws://127.0.0.1:{port}/ws/rooms/{room.room_id}/"
    return [
        Chair(number, seat, address, {"Authorization": f"Bearer {token}"}, hello(seat))
        for seat, token in room.tokens.items()
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


def start_floor(crew: Crew, like: list[Chair]) -> Server:
    """The plain chat behind the same Daphne, with as many sockets in as many rooms."""
    port = free_port()
    argv = [sys.executable, "-m", "daphne", "-b", "127.0.0.1", "-p", str(port), "-v", "0"]
    crew.start(Child("floor", [*argv, "bench.floor.asgi:application"], lambda: not port_is_free(port)))
    pid = crew.running[-1][1].pid

    named = [chair.seat for chair in like if chair.room == 0]
    chairs = [
        Chair(room, seat, f"ws://127.0.0.1:{port}/ws/{room}/", {}, ())
        for room in range(ROOMS + 1)
        for seat in named
    ]
    crowd = [chair for chair in chairs if chair.room == ROOMS]
    return Server("floor", (pid,), chairs[: -len(crowd)], [*crowd, *doubles(crowd)], chat)


def chat(ref: str, text: str) -> str:
    return json.dumps({"text": text})


# -- The load ---------------------------------------------------------------------------------------


async def _measure(ours: Server, floor: Server) -> list[Figure]:
    for server in (floor, ours):
        await _sit_down(server)
    idle = [await idle_share(server) for server in (floor, ours)]
    panel = await _rounds(floor, ours, panel_only)
    table = await _rounds(floor, ours, everybody)
    tops = [await _top(floor), await _top(ours)]
    for server in (floor, ours):
        assert server.tables is not None
        await server.tables.leave()
    bursts = [await _crowded(floor), await _crowded(ours)]
    return [
        Figure("live", "floor: sockets seated", len(floor.chairs) / floor.seated, "a second"),
        Figure("live", "ours: sockets seated", len(ours.chairs) / ours.seated, "a second"),
        Figure("live", "floor: idle, share of a core", idle[0], "x"),
        Figure("live", "ours: idle, share of a core", idle[1], "x", "< 0.05", "160 sockets, nobody speaks"),
        *_compared("panel", panel, "nothing calls for listener or bots"),
        *_compared("table", table, "every event calls for the listener"),
        *_steady_figures([*panel, *table]),
        *_top_figures(*tops),
        *_burst_figures(*bursts),
    ]


async def _sit_down(server: Server) -> None:
    server.tables = Tables(server.say)
    server.seated = await server.tables.seat(server.chairs)


async def panel_only(tables: Tables) -> Outcome:
    """Nothing calls for listener or bots. It comes first: once the candidate has spoken, and no worker
    listens, every event calls for the listener again."""
    return await tables.steady(RATE, SECONDS, silent="candidate")


async def everybody(tables: Tables) -> Outcome:
    """What a room with bots costs the web process at most."""
    return await tables.steady(RATE, SECONDS)


async def idle_share(server: Server) -> float:
    """The share of a core that a server uses while nobody speaks, with Redis."""
    before = sum(map(processor_seconds, server.pids))
    await asyncio.sleep(IDLE)
    return (sum(map(processor_seconds, server.pids)) - before) / IDLE


async def _rounds(floor: Server, ours: Server, load: Load) -> list[Pair]:
    return [Pair(await _run(floor, load), await _run(ours, load)) for _ in range(ROUNDS)]


async def _run(server: Server, load: Load) -> Measured:
    """One load on one server, with what it cost."""
    assert server.tables is not None
    before = [processor_seconds(pid) for pid in server.pids]
    waited, own, begun = waited_seconds(server.pids[0]), time.process_time(), time.perf_counter()
    outcome = await load(server.tables)
    used = [processor_seconds(pid) - was for pid, was in zip(server.pids, before, strict=True)]
    took = time.perf_counter() - begun
    return Measured(
        outcome,
        web=used[0] * 1e6 / outcome.sent,
        all=sum(used) * 1e6 / outcome.sent,
        generator=(time.process_time() - own) / took,
        waited=(waited_seconds(server.pids[0]) - waited) / took,
    )


async def _top(server: Server) -> tuple[int, Measured | None, str]:
    """The highest rung that stayed whole and quick, its measurement, and how the next one failed.

    A rung is tried twice: on a shared machine somebody else may have had the core.
    """
    best, held = 0, None
    for rate in LADDER:
        tries = [await _rung(server, rate)]
        if not good(tries[0]):
            tries.append(await _rung(server, rate))
        if not good(tries[-1]):
            return best, held, f"at {rate}: {_why(tries[-1])}"
        best, held = rate, tries[-1]
    return best, held, "the ladder ended"


async def _rung(server: Server, rate: int) -> Measured:
    return await _run(server, lambda tables: tables.steady(rate, STEP))


def good(run: Measured) -> bool:
    """Nothing went wrong, and it was quick."""
    return run.outcome.whole() and run.outcome.p99 <= LATE


def _why(run: Measured) -> str:
    faults = run.outcome.faults() or f"p99 {run.outcome.p99:.0f} ms"
    return f"{faults}; the generator used {run.generator:.0%} of a core"


async def _crowded(server: Server) -> Measured:
    """One room, 400 messages in flight: as many at once as its sockets may send."""
    server.tables = Tables(server.say)
    await server.tables.seat(server.crowd)
    await asyncio.sleep(2)  # so that each socket's burst is whole again
    run = await _run(server, lambda tables: tables.burst(38))
    await server.tables.leave()
    return run


def waited_seconds(pid: int) -> float:
    """How long a process's threads have waited for a core so far."""
    threads = Path(f"/proc/{pid}/task").glob("*/schedstat")
    return sum(int(thread.read_text().split()[1]) for thread in threads) / 1e9


def processor_seconds(pid: int) -> float:
    """What a process and its children have used so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    ended = sum(int(ticks) for ticks in fields[11:15]) / TICKS  # own and of children that were waited for
    listed = " ".join(tasks.read_text() for tasks in Path(f"/proc/{pid}/task").glob("*/children"))
    return ended + sum(processor_seconds(int(child)) for child in listed.split())


# -- The figures ---------------------------------------------------------------------------------------


def _compared(who: str, pairs: list[Pair], note: str) -> list[Figure]:
    """For each measure: the floor, ours, and the median of the rounds' ratios."""
    figures = []
    for name, unit, goal, what in MEASURES:
        floor, ours = ([what(run) for run in runs] for runs in zip(*pairs, strict=True))
        ratio = median(o / f for f, o in zip(floor, ours, strict=True))
        figures += [
            Figure("live", f"{who}, floor: {name}", median(floor), unit),
            Figure("live", f"{who}, ours: {name}", median(ours), unit, note=note),
            Figure("live", f"{who}, ours/floor: {name}", ratio, "x", goal),
        ]
    return figures


MEASURES: tuple[tuple[str, str, str, Callable[[Measured], float]], ...] = (
    ("p50", "ms", "<= 1.5", lambda run: run.outcome.p50),
    ("p99", "ms", "<= 2", lambda run: run.outcome.p99),
    ("processor per event", "µs", "<= 1.2", lambda run: run.all),
)


def _steady_figures(pairs: list[Pair]) -> list[Figure]:
    """What holds for all steady runs: nothing may be wrong, and how far the figures can be trusted."""
    ours = [pair.ours.outcome for pair in pairs]
    size = median(o.bytes / o.deliveries for o in ours)
    faults = "; ".join(o.faults() for o in ours if o.faults())
    generator = max(run.generator for pair in pairs for run in pair)
    waited = [median(run.waited for run in runs) for runs in zip(*pairs, strict=True)]
    return [
        Figure("live", "ours: bytes sent per delivery", size, "bytes"),
        Figure("live", "ours: deliveries at fault", sum(map(_at_fault, ours)), "", "0", faults),
        Figure("live", "generator: share of a core used", generator, "x", "< 0.8"),
        Figure("live", "floor: share of the time without a core", waited[0], "x", note=NOISE),
        Figure("live", "ours: share of the time without a core", waited[1], "x", note=NOISE),
    ]


def _at_fault(o: Outcome) -> int:
    return o.lost + o.doubled + o.disorder + o.gaps + o.refused + o.closed


def _top_figures(
    floor: tuple[int, Measured | None, str], ours: tuple[int, Measured | None, str]
) -> list[Figure]:
    figures = []
    for name, (rate, held, end) in (("floor", floor), ("ours", ours)):
        figures.append(
            Figure("live", f"{name}: top rate, p99 under {LATE:.0f} ms", rate, "a second", note=end)
        )
        if held is not None:
            figures.append(Figure("live", f"{name}: processor per event there", held.web, "µs"))
    ratio = ours[0] / floor[0] if floor[0] else None
    return [*figures, Figure("live", "top rate: ours/floor", ratio, "x", ">= 2")]


def _burst_figures(floor: Measured, ours: Measured) -> list[Figure]:
    figures = []
    for name, run in (("floor", floor), ("ours", ours)):
        o = run.outcome
        share = 100 * o.lost / (o.lost + o.deliveries)
        note = o.faults() or "nothing lost, doubled or moved"
        title = f"{name}: one room, {o.sent} in flight"
        figures.append(Figure("live", f"{title}: lost", share, "%", "0" if name == "ours" else "", note))
        figures.append(Figure("live", f"{title}: last one", o.p99, "ms", note="p99 from the burst's start"))
    return figures

"""Twenty rooms of eight real seats behind Daphne, on both databases, against the floor: a steady load."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from statistics import median

from bench.figures import Figure, Goal, at_most
from bench.load import Outcome, Tables, the_judge_sees_faults
from bench.measured import NOISE, Measured, faults, in_turns, ratio
from bench.run import Run
from bench.servers import Server, floor, ours

PART = "live"
ROOMS = 20
RATE = 100  # messages a second over all rooms
SECONDS = 4.0
IDLE = 3.0  # seconds


def measure(run: Run) -> list[Figure]:
    """Latency and processor at a steady rate: the floor, ours, and ours over the floor."""
    the_judge_sees_faults()
    with ExitStack() as stack:
        servers = [
            stack.enter_context(floor(run.directory / "floor", ROOMS)),
            stack.enter_context(ours(run.directory / "sqlite", ROOMS)),
            stack.enter_context(ours(run.directory / "postgres", ROOMS, "postgres")),
        ]
        return asyncio.run(_measure(servers, run.rounds))


async def _measure(servers: list[Server], rounds: int) -> list[Figure]:
    for server in servers:
        await server.sit_down(*range(ROOMS))
    figures = [seated(server) for server in servers]
    figures += [await idle(server) for server in servers]
    # The candidate's first word calls for the listener, and no worker runs: so `table` comes last.
    panel = await in_turns(panel_only, servers, rounds)
    table = await in_turns(everybody, servers, rounds)
    return [
        *figures,
        *_compared("panel", servers, panel),
        *_compared("table", servers, table),
        *_trust(servers, [p + t for p, t in zip(panel, table, strict=True)]),
    ]


async def panel_only(tables: Tables) -> Outcome:
    """Nothing calls for listener or bots."""
    return await tables.steady(RATE, SECONDS, silent="candidate")


async def everybody(tables: Tables) -> Outcome:
    """What a room with bots costs the web process at most: every event calls for the listener."""
    return await tables.steady(RATE, SECONDS)


def seated(server: Server) -> Figure:
    return Figure(PART, f"{server.name}: sockets seated", 8 * ROOMS / server.seated, "a second")


async def idle(server: Server) -> Figure:
    """The share of a core that a server uses while nobody speaks, with its stores."""
    before = server.processor()
    await asyncio.sleep(IDLE)
    share = (sum(server.processor().values()) - sum(before.values())) / IDLE
    goal = None if server.name == "floor" else at_most(0.05)
    return Figure(PART, f"{server.name}: idle, share of a core", share, "x", goal, "160 sockets")


# -- The figures --------------------------------------------------------------------------------------

Measure = tuple[str, str, Callable[[Measured], float]]
MEASURES: tuple[Measure, ...] = (
    ("p50", "ms", lambda run: run.outcome.p50),
    ("p99", "ms", lambda run: run.outcome.p99),
    ("processor per event", "µs", lambda run: run.all),
)
GOALS = {  # against the floor
    "ours on SQLite": {"p50": 1.2, "p99": 1.5, "processor per event": 1.0},
    "ours on PostgreSQL": {"p50": 1.6, "p99": 1.5, "processor per event": 1.4},
}
LATE = Goal(most=25)  # ms, p99


def _compared(who: str, servers: Sequence[Server], runs: list[list[Measured]]) -> list[Figure]:
    """Each measure of each server, and how many times the floor's it is."""
    figures = []
    for measure_ in MEASURES:
        name, unit, what = measure_
        for server, mine in zip(servers, runs, strict=True):
            late = LATE if name == "p99" and server.name in GOALS else None
            figures.append(Figure(PART, f"{who}, {server.name}: {name}", median(map(what, mine)), unit, late))
            if server.name in GOALS:
                times, goal = ratio(mine, runs[0], what), at_most(GOALS[server.name][name])
                figures.append(Figure(PART, f"{who}, {server.name} / floor: {name}", times, "x", goal))
                if name == "processor per event":
                    figures.append(_web_alone(who, server, mine, runs[0]))
    return figures


def _web_alone(who: str, server: Server, mine: list[Measured], floors: list[Measured]) -> Figure:
    """The web process by itself: what is left out is Redis's and the database's part."""
    times = ratio(mine, floors, lambda run: run.web)
    share = median(run.web for run in mine)
    return Figure(
        PART, f"{who}, {server.name} / floor: web process alone", times, "x", note=f"{share:.0f} µs"
    )


def _trust(servers: Sequence[Server], runs: list[list[Measured]]) -> list[Figure]:
    """Nothing may be wrong; and how far the figures can be trusted."""
    generator = max(run.generator for mine in runs for run in mine)
    sizes = [
        (s, median(r.outcome.bytes / r.outcome.deliveries for r in mine))
        for s, mine in zip(servers, runs, strict=True)
    ]
    return [
        *(faults(PART, server.name, mine) for server, mine in zip(servers[1:], runs[1:], strict=True)),
        *(Figure(PART, f"{server.name}: bytes a delivery", size, "bytes") for server, size in sizes),
        Figure(PART, "generator: share of a core used", generator, "x", at_most(0.8)),
        *(
            Figure(
                PART,
                f"{s.name}: share of the time without a core",
                median(r.waited for r in mine),
                "x",
                note=NOISE,
            )
            for s, mine in zip(servers, runs, strict=True)
        ),
    ]

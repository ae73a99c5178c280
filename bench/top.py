"""How much a server takes: its highest rate with nothing lost and nobody late, and 400 messages at once."""

import asyncio
from contextlib import ExitStack
from statistics import median
from typing import NamedTuple

from bench.figures import Figure, Goal, at_least
from bench.load import the_judge_sees_faults
from bench.measured import Measured, under
from bench.run import Run
from bench.servers import Server, doubled, floor, ours

PART = "top"
ROOMS = 20
STEP = 2.5  # seconds on each rung
LATE = 100.0  # ms: p99 above this is past the top rate
# messages a second, each rung a sixth above the last
LADDER = tuple(round(100 * 2 ** (rung / 4.5), -1) for rung in range(28))
LEAP = 4  # rungs at once, until one is too high
TRIES = 3  # of a rung, the floor's as well: on a shared machine somebody else may have had the core
EACH = 40  # messages of each of ten sockets


class Top(NamedTuple):
    """The highest rung that held, its measurement, and why the next one did not."""

    rate: float
    held: Measured | None
    end: str


def measure(run: Run) -> list[Figure]:
    """Top rate and a burst: the floor, ours on both databases, and ours over the floor."""
    the_judge_sees_faults()
    with ExitStack() as stack:
        servers = [
            stack.enter_context(floor(run.directory / "floor", ROOMS + 1)),
            stack.enter_context(ours(run.directory / "sqlite", ROOMS + 1)),
            stack.enter_context(ours(run.directory / "postgres", ROOMS + 1, "postgres")),
        ]
        return asyncio.run(_measure(servers, run.rounds))


async def _measure(servers: list[Server], rounds: int) -> list[Figure]:
    bursts = [[await burst(server) for server in servers] for _ in range(rounds)]
    for server in servers:
        await server.sit_down(*range(ROOMS))
    tops = [[await top(server) for server in servers] for _ in range(rounds)]
    figures = []
    for server, mine, first in zip(servers, zip(*tops, strict=True), [None, tops, tops], strict=True):
        figures += _top(server.name, mine, None if first is None else [t[0] for t in first])
    for server, runs in zip(servers, zip(*bursts, strict=True), strict=True):
        figures += _burst(server.name, runs)
    return figures


async def top(server: Server) -> Top:
    """Up in leaps until a rung fails, then between the last that held and that one."""
    low, high, end = -1, len(LADDER), "the ladder ended"
    held = None
    while high - low > 1:
        rung = min(low + LEAP, len(LADDER) - 1) if high == len(LADDER) else (low + high) // 2
        run = await tried(server, LADDER[rung])
        if good(run):
            low, held = rung, run
        else:
            high, end = rung, f"at {LADDER[rung]:.0f}: {_why(run)}"
    return Top(LADDER[low] if low >= 0 else 0, held, end)


async def tried(server: Server, rate: float) -> Measured:
    """A rung. One hiccup decides nothing: it has failed when it failed every time."""
    for _ in range(TRIES):
        run = await rung(server, rate)
        if good(run):
            break
    return run


async def rung(server: Server, rate: float) -> Measured:
    """Nobody is left out: who was cut by the last rung comes back first."""
    await server.tables.all_here()
    return await under(lambda tables: tables.steady(rate, STEP), server)


def good(run: Measured) -> bool:
    """Nothing went wrong, and it was quick."""
    return not run.outcome.wrong() and run.outcome.p99 <= LATE


def _why(run: Measured) -> str:
    faults = run.outcome.faults() or f"p99 {run.outcome.p99:.0f} ms"
    return f"{faults}; the generator used {run.generator:.0%} of a core"


async def burst(server: Server) -> Measured:
    """One room, 400 messages in flight: as many at once as its sockets may send."""
    await server.tables.seat(doubled(server.rooms[ROOMS]))
    await asyncio.sleep(2)  # so that each socket's allowance is whole again
    run = await under(lambda tables: tables.burst(EACH), server)
    await server.tables.leave()
    return run


# -- The figures --------------------------------------------------------------------------------------


def _top(name: str, mine: tuple[Top, ...], floors: list[Top] | None) -> list[Figure]:
    """The median of the rounds, what an event costs there, and how many times the floor's it is."""
    ends = "; ".join(one.end for one in mine)
    figures = [Figure(PART, f"{name}: top rate", median(one.rate for one in mine), "a second", note=ends)]
    there = [one.held for one in mine if one.held is not None]
    if there:
        figures.append(
            Figure(PART, f"{name}: processor per event there", median(run.all for run in there), "µs")
        )
    if floors is not None:
        # a floor that held no rung is given the lowest: the ratio is then too small, never too large
        times = median(one.rate / max(f.rate, LADDER[0]) for one, f in zip(mine, floors, strict=True))
        figures.append(Figure(PART, f"{name} / floor: top rate", times, "x", at_least(4)))
    return figures


def _burst(name: str, runs: tuple[Measured, ...]) -> list[Figure]:
    outcomes = [run.outcome for run in runs]
    lost = sum(o.lost for o in outcomes)
    owed = lost + sum(o.deliveries for o in outcomes)
    note = "; ".join(o.faults() for o in outcomes if o.faults()) or "nothing lost, doubled or moved"
    title = f"{name}: one room, {outcomes[0].sent} in flight"
    goal = None if name == "floor" else Goal(most=0)
    return [
        Figure(PART, f"{title}: lost", 100 * lost / owed, "%", goal, note),
        Figure(PART, f"{title}: last one", median(o.p99 for o in outcomes), "ms", note="p99 from the start"),
    ]

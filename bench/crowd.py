"""A thousand sockets: what an event costs then, what an idle one takes, and all of them back at once."""

import asyncio
from contextlib import ExitStack
from itertools import pairwise
from statistics import median

from bench.figures import Figure, at_most
from bench.live import panel_only
from bench.measured import Measured, faults, in_turns, ratio
from bench.proc import resident_kib
from bench.run import Run
from bench.servers import Server, floor, ours

PART = "crowd"
FEW, MANY = 13, 125  # rooms of eight: 104 and 1,000 sockets
SETTLED = 2.0  # seconds until what was needed for seating is given back


def measure(run: Run) -> list[Figure]:
    """Processor per event, memory and the return of all, each beside the floor's."""
    with ExitStack() as stack:
        few = [
            stack.enter_context(floor(run.directory / "few-floor", FEW)),
            stack.enter_context(ours(run.directory / "few-ours", FEW)),
        ]
        many = [
            stack.enter_context(floor(run.directory / "many-floor", 2 * MANY)),
            stack.enter_context(ours(run.directory / "many-ours", 2 * MANY)),
        ]
        return asyncio.run(_measure(few, many, run.rounds))


async def _measure(few: list[Server], many: list[Server], rounds: int) -> list[Figure]:
    figures = memory(*[await idle(server) for server in many])
    for server in few:
        await server.sit_down(*range(FEW))
    runs = await in_turns(panel_only, [*few, *many], rounds)
    figures += cost(*runs)
    returns = [[await server.tables.return_at_once() for server in many] for _ in range(rounds)]
    for server, times in zip(many, zip(*returns, strict=True), strict=True):
        name = f"{server.name}: {MANY * 8:,} sockets that return at once, all live again"
        figures.append(Figure(PART, name, median(times), "s", note="clients without backoff"))
    return figures


# -- Memory ---------------------------------------------------------------------------------------------


async def idle(server: Server) -> list[int]:
    """The web process's memory in KiB with 8, 1,000 and 2,000 sockets; a thousand of them then leave."""
    held = []
    for rooms in (range(1), range(1, MANY), range(MANY, 2 * MANY)):
        await server.sit_down(*rooms)
        await asyncio.sleep(SETTLED)
        held.append(resident_kib(server.web))
    await server.tables.leave(after=8 * MANY)
    return held


def memory(floor_: list[int], ours_: list[int]) -> list[Figure]:
    """KiB for each idle socket, its share of its room included: of the first thousand, and of the second."""
    figures = []
    sockets = (8 * (MANY - 1), 8 * MANY)
    each = [
        [(b - a) / n for (a, b), n in zip(pairwise(held), sockets, strict=True)] for held in (floor_, ours_)
    ]
    for number, which in enumerate(("first", "second")):
        name = f"memory per idle socket, {which} thousand"
        figures += [
            Figure(PART, f"floor: {name}", each[0][number], "KiB"),
            Figure(PART, f"ours: {name}", each[1][number], "KiB", note="with its room: state, log, heads"),
            Figure(PART, f"ours / floor: {name}", each[1][number] / each[0][number], "x", at_most(1.5)),
        ]
    return figures


# -- Processor ------------------------------------------------------------------------------------------


def cost(
    few_floor: list[Measured], few_ours: list[Measured], many_floor: list[Measured], many_ours: list[Measured]
) -> list[Figure]:
    """What an event costs with few and with many sockets, most of which it does not concern."""
    figures = []
    for name, few, many, goal in (
        ("floor", few_floor, many_floor, None),
        ("ours", few_ours, many_ours, at_most(1.2)),
    ):
        for sockets, runs in ((8 * FEW, few), (8 * MANY, many)):
            title = f"{name}: processor per event, {sockets:,} sockets"
            figures.append(Figure(PART, title, median(run.all for run in runs), "µs"))
        times = ratio(many, few, lambda run: run.all)
        figures.append(Figure(PART, f"{name}: {8 * MANY:,} sockets / {8 * FEW}", times, "x", goal))
    return [*figures, faults(PART, "ours", [*few_ours, *many_ours])]

"""Two web processes over one log, every room spread over both, against one; and without Redis."""

import asyncio
import os
import signal
from contextlib import ExitStack
from dataclasses import replace
from statistics import median

from bench.figures import Figure, at_most
from bench.live import panel_only
from bench.load import Outcome, Tables
from bench.measured import Measured, faults, in_turns, ratio, under
from bench.run import Run
from bench.servers import Server, ours

PART = "two"
ROOMS = 20
RATE = 100  # messages a second over all rooms
LONG, KILLED = 8.0, 2.0  # seconds of the run in which Redis is killed, and when


def measure(run: Run) -> list[Figure]:
    """On both databases."""
    figures = []
    for database in ("sqlite", "postgres"):
        with ExitStack() as stack:
            server = stack.enter_context(
                ours(run.directory / database, 2 * ROOMS, database, webs=2, spread=ROOMS)
            )
            figures += asyncio.run(_measure(server, run.rounds))
    return figures


async def _measure(server: Server, rounds: int) -> list[Figure]:
    """The same processes carry both kinds of rooms: those at the first alone, and those spread over both."""
    one = replace(server, tables=Tables(server.tables.say))
    await one.sit_down(*range(ROOMS))
    await server.sit_down(*range(ROOMS, 2 * ROOMS))
    alone, both = await in_turns(panel_only, [one, server], rounds)
    without = await under(lambda tables: redis_dies(server, tables), server)
    return [*_compared(server.name, alone, both), *_without_redis(server.name, without)]


async def redis_dies(server: Server, tables: Tables) -> Outcome:
    """Killed for good in the middle of a run."""

    async def kill() -> None:
        await asyncio.sleep(KILLED)
        os.kill(server.pids["redis"], signal.SIGKILL)

    killing = asyncio.create_task(kill())
    outcome = await tables.steady(RATE, LONG, silent="candidate")
    await killing
    return outcome


def _compared(name: str, alone: list[Measured], both: list[Measured]) -> list[Figure]:
    figures = []
    for who, runs in (("one process", alone), ("two processes", both)):
        p50, p99 = (
            median(values) for values in zip(*((r.outcome.p50, r.outcome.p99) for r in runs), strict=True)
        )
        cost = median(run.all for run in runs)
        figures += [
            Figure(PART, f"{name}, {who}: p50", p50, "ms"),
            Figure(PART, f"{name}, {who}: p99", p99, "ms"),
            Figure(PART, f"{name}, {who}: processor per event, all processes", cost, "µs"),
        ]
    times = ratio(both, alone, lambda run: run.outcome.p50)
    figures.append(Figure(PART, f"{name}, two processes / one: p50", times, "x", at_most(1.3)))
    return [*figures, faults(PART, f"{name}, two processes", both)]


def _without_redis(name: str, run: Measured) -> list[Figure]:
    """A word that crosses waits for the other process's next look at the log, once a second."""
    who = f"{name}, two processes, Redis killed"
    return [
        Figure(PART, f"{who}: p50", run.outcome.p50, "ms"),
        Figure(PART, f"{who}: p99", run.outcome.p99, "ms", at_most(1_200)),
        faults(PART, who, [run]),
    ]

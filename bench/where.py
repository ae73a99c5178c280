"""Where the processor time of one command goes, stage by stage, from the frame that came to those sent."""

import asyncio
import json
import os
from collections import Counter
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from bench.figures import Figure
from bench.live import ROOMS, panel_only
from bench.run import Run
from bench.servers import Server, ours
from bench.staged import BEGIN, FILE, STAGES, TELL
from casesim.processes import Child, daphne

PART = "where"
TELLING = 0.5  # seconds


def measure(run: Run) -> list[Figure]:
    """Of the web process, at the steady rate of `live`."""
    figures = []
    for database in ("sqlite", "postgres"):
        with ExitStack() as stack:
            server = stack.enter_context(ours(run.directory / database, ROOMS, database, serve=noting))
            spent, sent = asyncio.run(_spent(server, run.directory / database / FILE, run.rounds))
            figures += _figures(server.name, spent, sent)
    return figures


def noting(port: int, env: dict[str, str], name: str) -> Child:
    """A web process that notes where its time goes."""
    child = daphne(port, env, name)
    python, module, *rest = child.argv
    return replace(child, argv=[python, module, "bench.staged", *rest])


async def _spent(server: Server, result: Path, rounds: int) -> tuple[Counter[str], int]:
    """Seconds by stage, and how many commands they were spent on."""
    await server.sit_down(*range(ROOMS))
    spent: Counter[str] = Counter()
    sent = 0
    for _ in range(rounds):
        await server.tables.ready()
        os.kill(server.web, BEGIN)
        outcome = await panel_only(server.tables)
        os.kill(server.web, TELL)
        await asyncio.sleep(TELLING)
        spent.update(told(result))
        sent += outcome.sent
    return spent, sent


def told(result: Path) -> dict[str, float]:
    """What the web process wrote."""
    stages: dict[str, float] = json.loads(result.read_text())
    return stages


def _figures(name: str, spent: Counter[str], sent: int) -> list[Figure]:
    whole = spent[""]
    staged = [(stage, spent[stage]) for stage in STAGES]
    rest = whole - sum(seconds for _, seconds in staged)
    return [
        Figure(PART, f"{name}: {stage}", seconds * 1e6 / sent, "µs", note=f"{seconds / whole:.0%}")
        for stage, seconds in [*staged, ("the rest: event loop, tasks, polling", rest), ("in all", whole)]
    ]

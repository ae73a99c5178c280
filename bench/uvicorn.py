"""The same rooms behind Daphne and behind uvicorn, which this project does not install.

`python -m bench uvicorn --python PATH`: a Python that has uvicorn beside what this project needs.
"""

import asyncio
import os
import signal
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from functools import partial
from itertools import pairwise
from statistics import median

from bench.crowd import MANY, idle
from bench.figures import Figure, at_most
from bench.live import MEASURES, ROOMS, panel_only
from bench.measured import Measured, faults, in_turns, ratio
from bench.run import Run
from bench.servers import Server, ours
from bench.top import top
from casesim.processes import Child, http_answers

PART = "uvicorn"
OPTIONS = ("--ws-per-message-deflate", "false", "--no-access-log", "--log-level", "warning")
OPTIONS += ("--timeout-graceful-shutdown", "5")


def uvicorn(python: str, port: int, env: dict[str, str], name: str) -> Child:
    """The web process behind uvicorn."""
    argv = [python, "-m", "uvicorn", "casesim.asgi:application", "--host", "127.0.0.1", "--port", str(port)]
    ready: Callable[[], bool] = lambda: http_answers(f"http://127.0.0.1:{port}/health/ready")  # noqa: E731
    return Child(name, [*argv, *OPTIONS], ready, env)


def measure(run: Run) -> list[Figure]:
    """A steady load, the top rate, idle sockets and the end, on PostgreSQL as deployed."""
    if not run.python:
        raise SystemExit("uvicorn: say with --python which Python has it")
    with ExitStack() as stack:
        servers = [
            stack.enter_context(ours(run.directory / "daphne", 2 * MANY, "postgres")),
            stack.enter_context(
                ours(run.directory / "uvicorn", 2 * MANY, "postgres", serve=partial(uvicorn, run.python))
            ),
        ]
        servers[0].name, servers[1].name = "Daphne", "uvicorn"
        return asyncio.run(_measure(servers, run.rounds))


async def _measure(servers: Sequence[Server], rounds: int) -> list[Figure]:
    figures = [figure for server in servers for figure in memory(server.name, await idle(server))]
    for server in servers:
        await server.tables.leave(after=8 * ROOMS)
    daphne, other = await in_turns(panel_only, servers, rounds)
    figures += compared(daphne, other)
    for _ in range(rounds):
        for server in servers:
            best = await top(server)
            figures.append(Figure(PART, f"{server.name}: top rate", best.rate, "a second", note=best.end))
    return [*figures, *[await stopped(server) for server in servers]]


def memory(name: str, held: Sequence[int]) -> list[Figure]:
    """KiB for each of the second thousand idle sockets."""
    *_, second = ((b - a) / (8 * MANY) for a, b in pairwise(held))
    return [Figure(PART, f"{name}: memory per idle socket", second, "KiB")]


def compared(daphne: list[Measured], other: list[Measured]) -> list[Figure]:
    """Each measure of both, and uvicorn over Daphne."""
    figures = []
    for name, unit, what in MEASURES:
        figures += [
            Figure(PART, f"Daphne: {name}", median(map(what, daphne)), unit),
            Figure(PART, f"uvicorn: {name}", median(map(what, other)), unit),
            Figure(PART, f"uvicorn / Daphne: {name}", ratio(other, daphne, what), "x"),
        ]
    alone = ratio(other, daphne, lambda run: run.web)
    figures.append(Figure(PART, "uvicorn / Daphne: web process alone", alone, "x"))
    return [*figures, faults(PART, "Daphne", daphne), faults(PART, "uvicorn", other)]


async def stopped(server: Server) -> Figure:
    """SIGTERM with everybody seated: seconds until every socket was told to come back."""
    begun = time.perf_counter()
    os.kill(server.web, signal.SIGTERM)
    await asyncio.wait([socket.wire.closed for socket in server.tables.sockets], timeout=20)
    took = time.perf_counter() - begun
    codes = {s.wire.closed.result() if s.wire.closed.done() else 0 for s in server.tables.sockets}
    note = f"close codes {', '.join(map(str, sorted(codes)))}"
    return Figure(PART, f"{server.name}: SIGTERM, the last socket told", took, "s", at_most(5), note)

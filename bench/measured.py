"""One load on one server, with what it cost; and the same of several servers, in turns."""

import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from statistics import median

from bench.figures import Figure, Goal
from bench.load import Outcome, Tables
from bench.proc import waited_seconds
from bench.servers import Server

NOISE = "above 0.1 the clock times say more of the neighbours than of us"

Load = Callable[[Tables], Awaitable[Outcome]]


@dataclass(frozen=True, slots=True)
class Measured:
    """A run and what it cost, in µs of processor for each message with all its deliveries."""

    outcome: Outcome
    web: float  # the first web process alone
    all: float  # with every other process of the server: Redis, PostgreSQL, a second web process
    generator: float  # share of one core that the load generator itself used
    waited: float  # share of the time in which the web process was ready and had no core


async def under(load: Load, server: Server) -> Measured:
    """Put a server under a load."""
    await server.tables.ready()
    before = server.processor()
    waited, own, begun = waited_seconds(server.web), time.process_time(), time.perf_counter()
    outcome = await load(server.tables)
    used = [seconds - before[name] for name, seconds in server.processor().items()]
    took = time.perf_counter() - begun
    return Measured(
        outcome,
        web=used[0] * 1e6 / outcome.sent,
        all=sum(used) * 1e6 / outcome.sent,
        generator=(time.process_time() - own) / took,
        waited=(waited_seconds(server.web) - waited) / took,
    )


async def in_turns(load: Load, servers: Sequence[Server], rounds: int) -> list[list[Measured]]:
    """For each server its runs; in each round every server has its turn."""
    turns = [[await under(load, server) for server in servers] for _ in range(rounds)]
    return [list(runs) for runs in zip(*turns, strict=True)]


def ratio(over: Sequence[Measured], under_: Sequence[Measured], what: Callable[[Measured], float]) -> float:
    """The median of the rounds' ratios."""
    return median(what(o) / what(u) for o, u in zip(over, under_, strict=True))


def faults(part: str, who: str, runs: Sequence[Measured]) -> Figure:
    """How many deliveries went wrong in these runs; none may."""
    outcomes = [run.outcome for run in runs]
    said = "; ".join(outcome.faults() for outcome in outcomes if outcome.faults())
    wrong = sum(outcome.wrong() for outcome in outcomes)
    return Figure(part, f"{who}: lost, doubled, moved, gaps, refused, cut", wrong, "", Goal(most=0), said)

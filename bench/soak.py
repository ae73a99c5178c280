"""Many rooms for minutes, as deployed: people and bots, two web processes, a worker, beat, PostgreSQL, Redis.

Rooms are replaced one by one as they grow old, so that what a room takes is given back and taken again:
memory that grows then is memory that leaks. At the end a hundred phases end in the same second.
"""

import asyncio
import math
import re
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from statistics import linear_regression, median

import redis

from bench.figures import Figure, Goal, at_most
from bench.lay import laid
from bench.load import Chair
from bench.panel import Panel
from bench.proc import children, processor_seconds, resident_kib
from bench.rooms import SCENARIO
from bench.run import Run
from bench.servers import stores, table
from casesim.processes import Crew, beat, daphne, free_port, worker
from scenarios.loader import bundled_script, load_bundled

PART = "soak"
LIFE = 330.0  # seconds a room lives: past the end of its first phase
KEPT = 120.0  # seconds for which a server keeps its fold of a room that is over: until then memory only grows
SAMPLE = 3.7  # seconds between two looks at the processes: not in step with the sweeps
AT_ONCE = 100  # phases that end in the same second
SOON = 15  # seconds until they do
FLAT = 0.03  # of its memory a process may gain or lose in ten minutes
TROUBLE = re.compile(r"\b(WARNING|ERROR|CRITICAL)\b|Traceback|never awaited|Task was destroyed")
OF_THE_MACHINE = "overcommit"  # Redis wishes the kernel would let it save; it saves nothing here
LAG = re.compile(r"^casesim_bot_lag_seconds (\S+)", re.MULTILINE)
LATE = re.compile(r'^casesim_bot_late_seconds_bucket\{le="(\S+)"\} (\S+)', re.MULTILINE)


def measure(run: Run) -> list[Figure]:
    """Memory, logs, the bots' delay and the phases' ends, with what the processor had to do."""
    seconds = run.minutes * 60
    life = min(LIFE, seconds / 2)
    with deployed(run.directory, 1 + math.ceil(run.rooms * seconds / life)) as site:
        soak = Soak(site, run.rooms, life)
        asyncio.run(soak.run(seconds))
        return [*figures(soak, seconds), logs(run.directory / "log")]


# -- The processes ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Site:
    """All processes of a deployment, and the people's chairs in each room."""

    pids: dict[str, int]
    rooms: list[list[Chair]]
    port: int
    redis: redis.Redis

    def processes(self) -> dict[str, int]:
        """Every process by name, a worker's children too: it starts new ones when it likes."""
        forked = children(self.pids["worker"])
        return self.pids | {f"worker's child {number}": pid for number, pid in enumerate(forked, 1)}


@contextmanager
def deployed(directory: Path, rooms: int) -> Iterator[Site]:
    """The processes of compose.yaml but nginx. The panel's seats are bots, all others people."""
    panel = [role.key for role in load_bundled(SCENARIO).roles]
    with Crew(directory / "log") as crew:
        env = stores(crew, directory, "postgres")
        found = laid(env, rooms, "--bots", *panel)
        ports = [free_port(), free_port()]
        for number, port in enumerate(ports, 1):
            crew.start(daphne(port, env, f"web{number}"))
        crew.start(worker(env))
        crew.start(beat(env, directory / "schedule"))
        people = [
            [chair for chair in table(number, room_id, tokens, ports) if chair.seat not in panel]
            for number, (room_id, tokens) in enumerate(found.items())
        ]
        pids = {child.name: process.pid for child, process in crew.running}
        with redis.Redis.from_url(env["REDIS_URL"]) as client:
            yield Site(pids, people, ports[0], client)


def logs(directory: Path) -> Figure:
    """Lines that no process should have written."""
    found = [
        f"{path.stem}: {line[:200]}"
        for path in sorted(directory.glob("*.log"))
        for line in path.read_text(errors="replace").splitlines()
        if TROUBLE.search(line) and OF_THE_MACHINE not in line
    ]
    return Figure(PART, "warnings and errors in all logs", len(found), "", Goal(most=0), "; ".join(found[:3]))


# -- The minutes --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Look:
    """What the processes had at one moment."""

    at: float
    memory: dict[str, int]  # KiB
    processor: dict[str, float]  # seconds so far
    lag: float  # seconds the bots were behind, the worst of a minute or two; NaN: nothing was due
    late: dict[float, float]  # so many acts of bots, ever, were no later than so many seconds
    queued: int  # calls for bots and listener


class Soak:
    """So many rooms are alive all the time, each for `life` seconds."""

    def __init__(self, site: Site, size: int, life: float) -> None:
        self.site, self.size, self.life = site, size, life
        self.looks: list[Look] = []
        self.gaps = self.items = 0
        self.cut: Counter[int] = Counter()  # close codes
        self.late: list[float] = []  # ms, of phases that ended one by one
        self.late_at_once: list[float] = []  # ms, of those that ended in the same second
        self._alive: list[Panel] = []
        self._over = asyncio.Event()  # nobody leaves any more
        self._done = asyncio.Event()

    async def run(self, seconds: float) -> None:
        """A room starts, and soon one ends, every `life / size` seconds."""
        script = [line for line in bundled_script(SCENARIO, "strong") if line.phase is not None]
        begun = time.monotonic()
        async with asyncio.TaskGroup() as group:
            looking = group.create_task(self._look(begun))
            for number, chairs in enumerate(self.site.rooms):
                due = number * self.life / self.size
                if due > seconds:
                    break
                await asyncio.sleep(max(0.0, begun + due - time.monotonic()))
                group.create_task(self._live(Panel(chairs, script)))
            looking.cancel()
            self._over.set()
            self.late_at_once = await self._end_at_once()
            self._done.set()

    async def _live(self, panel: Panel) -> None:
        await panel.come()
        self._alive.append(panel)
        talking = asyncio.create_task(panel.talk())
        with suppress(TimeoutError):
            async with asyncio.timeout(self.life):
                await self._over.wait()
        if self._over.is_set():
            await self._done.wait()
        talking.cancel()
        with suppress(asyncio.CancelledError):
            await talking
        self._alive.remove(panel)
        self._count(panel)
        await panel.end()

    def _count(self, panel: Panel) -> None:
        people = panel.people.values()
        self.cut.update(person.wire.closed.result() for person in people if person.closed)
        self.gaps += sum(person.gaps for person in people)
        self.items += panel.facilitator.upto
        self.late += panel.facilitator.late

    async def _end_at_once(self) -> list[float]:
        """Facilitators shorten their phase so that all end in the same second; ms each was late."""
        chairs = [panel.facilitator for panel in self._alive if not panel.facilitator.late][:AT_ONCE]
        end = time.time() + SOON
        for chair in chairs:
            chair.do(type="extend", seconds=round(end - chair.ends_at / 1000))
        await asyncio.sleep(SOON + 5)
        late = [lateness for chair in chairs for lateness in chair.late]
        for chair in chairs:
            chair.late.clear()
        return late

    async def _look(self, begun: float) -> None:
        while True:
            await asyncio.sleep(SAMPLE)
            processes = self.site.processes()
            self.looks.append(
                Look(
                    time.monotonic() - begun,
                    {name: resident_kib(pid) for name, pid in processes.items()},
                    {name: processor_seconds(pid) for name, pid in self.site.pids.items()},
                    *await asyncio.to_thread(bots_late, self.site.port),
                    int(self.site.redis.llen("casesim")),
                )
            )


def bots_late(port: int) -> tuple[float, dict[float, float]]:
    """What /metrics says of how late the bots are."""
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", "/metrics")
    text = connection.getresponse().read().decode()
    connection.close()
    found = LAG.search(text)
    return (float(found[1]) if found else math.nan), {float(le): float(n) for le, n in LATE.findall(text)}


def within(late: dict[float, float], share: float) -> float | None:
    """Seconds within which that share of the acts came, as Prometheus reckons it; None if there were none."""
    wanted, below, least = share * max(late.values(), default=0), 0.0, 0.0
    for bound, count in sorted(late.items()):
        if wanted and count >= wanted:
            return (
                least if math.isinf(bound) else least + (bound - least) * (wanted - below) / (count - below)
            )
        below, least = count, bound
    return None


# -- The figures ------------------------------------------------------------------------------------


def figures(soak: Soak, seconds: float) -> list[Figure]:
    steady = [look for look in soak.looks if look.at > soak.life + SAMPLE]
    # a short run has no more than its second half
    settled = min(soak.life + KEPT, steady[len(steady) // 2].at)
    full = [look for look in steady if look.at >= settled]
    note = f"from {steady[0].at:.0f} to {steady[-1].at:.0f} s"
    return [
        Figure(PART, "rooms of eight alive at a time, with three bots each", soak.size, ""),
        Figure(PART, "items a second in all rooms", soak.items / seconds, ""),
        Figure(PART, "sockets cut", soak.cut.total(), "", Goal(most=0), f"codes {dict(soak.cut)}"),
        Figure(PART, "gaps in feeds", soak.gaps, "", Goal(most=0)),
        *(figure for name in steady[0].memory for figure in memory(name, full)),
        *processor(steady, note),
        *bots(steady, note),
        *lateness("phases that end one by one", soak.late),
        *lateness(f"{len(soak.late_at_once)} phases that end in one second", soak.late_at_once),
    ]


def memory(name: str, full: Sequence[Look]) -> list[Figure]:
    """What a process held, and its growth: the slope of a line through all looks, for ten minutes."""
    held = [look.memory.get(name, 0) for look in full]
    slope, start = linear_regression([look.at for look in full], held)
    growth = slope * 600 / (start + slope * full[0].at)
    note = f"from {full[0].at:.0f} to {full[-1].at:.0f} s"
    goal = None if name == "postgres" else at_most(FLAT)  # it fills its cache, as it should
    return [
        Figure(PART, f"{name}: memory", median(held) / 1024, "MiB", note=note),
        Figure(PART, f"{name}: growth in ten minutes, of that", growth, "x", goal),
    ]


def processor(steady: Sequence[Look], note: str) -> list[Figure]:
    """The share of a core each process used."""
    first, last = steady[0], steady[-1]
    shares = {
        name: (last.processor[name] - used) / (last.at - first.at) for name, used in first.processor.items()
    }
    every = Figure(PART, "all processes: cores used", sum(shares.values()), "", note=note)
    return [*(Figure(PART, f"{name}: cores used", share, "") for name, share in shares.items()), every]


def bots(steady: Sequence[Look], note: str) -> list[Figure]:
    """How late bots acted, and how many calls wait."""
    first, last = steady[0].late, steady[-1].late
    late = {bound: count - first.get(bound, 0) for bound, count in last.items()}
    acts = f"{max(late.values(), default=0):.0f} acts, {note}"
    lags = [look.lag for look in steady if not math.isnan(look.lag)]
    queued = [look.queued for look in steady]
    return [
        Figure(PART, "bots: half of what they did came within", within(late, 0.5), "s", at_most(0.5), acts),
        Figure(PART, "bots: 99 % of it within", within(late, 0.99), "s", at_most(2)),
        Figure(PART, "bots: the latest", max(lags, default=None), "s"),
        Figure(PART, "calls that wait for a worker, median", median(queued), ""),
        Figure(PART, "calls that wait for a worker, most", max(queued), ""),
    ]


def lateness(name: str, late: Sequence[float]) -> list[Figure]:
    """From when a phase was to end to when the facilitator's page heard that it had. Nothing if none did."""
    if not late:
        return []
    ordered = sorted(late)
    p99 = ordered[min(len(ordered) - 1, int(0.99 * len(ordered)))]
    return [
        Figure(PART, f"{name}: late, median", median(ordered), "ms"),
        Figure(PART, f"{name}: late, p99", p99, "ms", at_most(250), f"{len(ordered)} phases"),
    ]

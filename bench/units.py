"""What one of each costs on PostgreSQL and Redis: the numbers that docs/scaling.md multiplies."""

import asyncio
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from statistics import median

from bench.figures import Figure
from bench.run import Run
from bench.servers import stores
from casesim.processes import ROOT, Crew

PART = "units"
ROOMS = 500  # whose heads are asked for in one query
EVENTS = 2_000  # in each of the rooms whose size is taken
SAID = 100  # words of a candidate, as many as in a long hour
RINGS = 2_000
SUBSCRIBED = 1.0  # seconds
TIMES = 50


def measure(run: Run) -> list[Figure]:
    """In a process of its own, since settings are read once."""
    with Crew(run.directory / "log") as crew:
        env = stores(crew, run.directory, "postgres")
        command = [sys.executable, "-m", "bench.units", str(run.rounds)]
        done = subprocess.run(
            command, cwd=ROOT, env={**os.environ, **env}, stdout=subprocess.PIPE, text=True, check=True
        )
    return [Figure(**told) for told in json.loads(done.stdout)]


def main(rounds: int) -> None:
    """Each number as JSON."""
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0, interactive=False)
    from bench.writer import rates

    figures = [
        *(
            Figure(PART, f"one writer, groups of {size}", rate, "commands/s")
            for size, rate in rates(rounds).items()
        ),
        Figure(PART, "an event in the database, with its indexes", event_size(), "bytes"),
        Figure(PART, f"the poll of a process with {ROOMS} rooms", poll(), "ms", note="once a second"),
        Figure(PART, "a bots' turn in which nobody speaks", turn(), "ms", note=f"{SAID} words in the room"),
        *asyncio.run(rings()),
    ]
    print(json.dumps([asdict(figure) for figure in figures]))


def event_size() -> float:
    """Bytes, of a lively room's events."""
    from django.db import connection

    from bench.rooms import with_log

    with connection.cursor() as cursor:
        before = _table(cursor)
        for _ in range(3):
            with_log(EVENTS)
        after = _table(cursor)
    return (after[0] - before[0]) / (after[1] - before[1])


def _table(cursor: object) -> tuple[int, int]:
    """Bytes and rows of the log's table."""
    cursor.execute("SELECT pg_total_relation_size('rooms_roomevent'), COUNT(*) FROM rooms_roomevent")  # type: ignore[attr-defined]
    size, rows = cursor.fetchone()  # type: ignore[attr-defined]
    return size, rows


def poll() -> float:
    """ms to ask how far all these rooms are, on an idle database."""
    from bench.rooms import opened
    from rooms.live import log

    rooms = [opened().room_id for _ in range(ROOMS)]
    return 1000 * timed(lambda: log.heads(rooms), time.perf_counter)


def turn() -> float:
    """ms of this thread's processor: what every call to the worker costs at least, Celery apart."""
    from bench.rooms import SCENARIO, opened, started
    from rooms.bots.runner import take_turns
    from rooms.core import messages as m
    from rooms.live.now import wall_ms
    from rooms.service import handle_now
    from scenarios.loader import load_bundled

    room_id = started(opened([role.key for role in load_bundled(SCENARIO).roles]))
    for number in range(SAID):
        handle_now(room_id, "candidate", m.Say(text=f"{number}: before a model I would ask."), f"u{number}")
    take_turns(room_id, wall_ms())
    handle_now(room_id, "facilitator", m.QuietBots(), "quiet")
    return 1000 * timed(lambda: take_turns(room_id, wall_ms()), time.thread_time)


def timed(call: Callable[[], object], clock: Callable[[], float]) -> float:
    """Median seconds of a call, after one that warms up."""
    call()
    took = []
    for _ in range(TIMES):
        begun = clock()
        call()
        took.append(clock() - begun)
    return median(took)


async def rings() -> list[Figure]:
    """What a ring costs a process that has no socket in that room: one in a message, and twenty."""
    from rooms.live.bell import CHANNEL, NOBODY, Bell
    from rooms.live.process import process
    from rooms.live.redis import client

    all_heard = threading.Event()
    here = process()
    count, begun, used = 0, 0.0, 0.0

    def hear(words: Sequence[str]) -> None:
        nonlocal count, begun, used
        begun = begun or time.thread_time()
        here._heard(words)
        count += len(words)
        if count == RINGS:
            used = time.thread_time() - begun
            all_heard.set()

    bell = Bell(hear)
    bell.start()
    await asyncio.sleep(SUBSCRIBED)
    assert bell.alive
    figures = []
    for together in (1, 20):
        count, begun = 0, 0.0
        all_heard.clear()
        message = "\n".join([NOBODY, *["grew 0123456789ab 100"] * together])
        publisher = threading.Thread(
            target=lambda text=message, times=RINGS // together: [
                client().publish(CHANNEL, text) for _ in range(times)
            ]
        )
        publisher.start()
        await asyncio.to_thread(all_heard.wait)
        figures.append(
            Figure(PART, f"a ring heard for nothing, {together} in a message", used / RINGS * 1e6, "µs")
        )
    await asyncio.to_thread(bell.stop)
    await here.stop()
    return figures


if __name__ == "__main__":
    main(int(sys.argv[1]))

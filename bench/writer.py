"""What committing in groups is worth: the writer's own `commit`, on SQLite with `synchronous=FULL`."""

import time
from collections.abc import Sequence
from itertools import count
from statistics import median

from bench.figures import Figure
from bench.rooms import opened, started
from bench.run import Run
from rooms.core import messages as m
from rooms.live.group import Folds, Job, commit
from rooms.live.now import wall_ms

ROOMS = 20
COMMANDS = 400  # a round
GROUPS = (20, 200)

_refs = count()


def measure(run: Run) -> list[Figure]:
    """Commands a second one by one and in groups."""
    found = rates(run.rounds)
    figures = [Figure("writer", "one by one", found[1], "commands/s")]
    for size in GROUPS:
        note = f"{ROOMS} rooms"
        figures.append(Figure("writer", f"in groups of {size}", found[size], "commands/s", note=note))
        times = found[size] / found[1]
        figures.append(Figure("writer", f"groups of {size} against one by one", times, "x"))
    return figures


def rates(rounds: int) -> dict[int, float]:
    """Group size -> commands a second, the median of rounds in which the sizes take turns."""
    rooms = [started(opened()) for _ in range(ROOMS)]
    folds = Folds()
    took: dict[int, list[float]] = {size: [] for size in (1, *GROUPS)}
    for _ in range(rounds):
        for size, times in took.items():
            times.append(seconds(rooms, folds, size))
    return {size: COMMANDS / median(times) for size, times in took.items()}


def seconds(rooms: Sequence[str], folds: Folds, size: int) -> float:
    """How long a round of commands takes, in groups of `size`."""
    jobs = [_job(rooms[number % len(rooms)]) for number in range(COMMANDS)]
    begun = time.perf_counter()
    for first in range(0, COMMANDS, size):
        answers, _ = commit(jobs[first : first + size], folds)
        assert answers == [None] * len(answers), answers
    return time.perf_counter() - begun


def _job(room_id: str) -> Job:
    number = next(_refs)
    return Job(room_id, "data_owner", m.Say(text=f"{number}: {'x' * 112}"), f"bench:{number}", wall_ms())

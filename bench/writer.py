"""What committing in groups is worth: the writer's own `commit`, on SQLite with `synchronous=FULL`."""

import time
from collections.abc import Sequence
from itertools import count
from statistics import median

from bench.figures import Figure
from bench.rooms import opened, started
from bench.run import Run
from rooms.core import messages as m
from rooms.live.hub import wall_ms
from rooms.live.writer import Folds, Job, commit

ROOMS = 20
COMMANDS = 400  # a round
GROUPS = (20, 200)

_refs = count()


def measure(run: Run) -> list[Figure]:
    """Commands a second one by one and in groups, in turns, and the median of each round's ratio."""
    rooms = [started(opened()) for _ in range(ROOMS)]
    folds = Folds()
    took: dict[int, list[float]] = {size: [] for size in (1, *GROUPS)}
    for _ in range(run.rounds):
        for size, times in took.items():
            times.append(seconds(rooms, folds, size))
    figures = [Figure("writer", "one by one", COMMANDS / median(took[1]), "commands/s")]
    for size in GROUPS:
        ratio = median(alone / grouped for alone, grouped in zip(took[1], took[size], strict=True))
        rate = COMMANDS / median(took[size])
        figures.append(Figure("writer", f"in groups of {size}", rate, "commands/s", note=f"{ROOMS} rooms"))
        figures.append(Figure("writer", f"groups of {size} against one by one", ratio, "x"))
    return figures


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

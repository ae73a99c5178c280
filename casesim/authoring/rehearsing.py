"""A scenario rehearsed many times in memory, by several scripts: no database, no report, no reader.

Each run is another hour: its seed draws what the personas say and how the script is varied. The same
scenario, scripts and number of runs give the same outcome, however many processes share the work.
"""

import multiprocessing
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from itertools import repeat
from typing import Any, NamedTuple

from casesim.authoring.core.runs import Run, composite, observed
from casesim.authoring.core.tried import tried
from casesim.authoring.core.varying import varied
from rooms.bots.memory import Room, rehearsed
from rooms.core.feed import feed
from rooms.listener.builtin import hear
from scenarios.core.schema import Scenario
from scenarios.core.script import Script
from scoring.core.rehearsal import mark

OPENS = 1_767_603_600_000  # Monday 5 January 2026, 09:00 UTC: every rehearsal's clock starts here
SEVERITIES = {"rater1": 0.0, "rater2": 0.4}  # levels by which a scripted rater marks lower
CHUNK = 4  # runs a process takes at a time

Progress = Callable[[int, int], None]  # runs done, of


class _Line(NamedTuple):
    """What a scripted rater reads."""

    n: int
    seq: int
    at: int
    event: Any


def rehearse_many(
    scenario: Scenario,
    scripts: Mapping[str, Script],
    runs: int,
    seniority: str = "",
    jobs: int = 1,
    progress: Progress = lambda done, of: None,
) -> dict[str, Any]:
    """The report of so many runs of each script. KeyError: no such seniority. ValueError: nothing to run."""
    if not scripts or runs < 1:
        raise ValueError("give a script and at least one run")
    played = scenario.at(seniority)
    tasks = [(name, seed) for seed in range(1, runs + 1) for name in scripts]
    found = []
    for run in _runs(scenario, scripts, tasks, seniority, jobs):
        found.append(run)
        progress(len(found), len(tasks))
    return tried(played, found)


def one_run(scenario: Scenario, scripts: Mapping[str, Script], seniority: str, task: tuple[str, int]) -> Run:
    """One hour of one script, varied by its seed, marked by two scripted raters."""
    name, seed = task
    room = rehearsed(scenario, varied(scripts[name], scenario, seed), seed, OPENS, seniority)
    sheets = [
        mark(_seen(room, seat), room.scenario.rubric, severity, seed + n, hear).marks
        for n, (seat, severity) in enumerate(SEVERITIES.items())
    ]
    worth = composite(room.scenario.rubric, sheets)
    return observed(name, seed, room.scenario, room.record.lines, worth)


def _seen(room: Room, seat: str) -> Iterable[_Line]:
    return [_Line(item.n, item.n, item.at, item.event) for item in feed(room.record.lines, seat)]


def _runs(
    scenario: Scenario,
    scripts: Mapping[str, Script],
    tasks: list[tuple[str, int]],
    seniority: str,
    jobs: int,
) -> Iterator[Run]:
    """In this process, or in several; in the order of the tasks either way."""
    if jobs <= 1:
        yield from map(partial(one_run, scenario, scripts, seniority), tasks)
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(jobs, context) as pool:
        given = repeat(scenario), repeat(scripts), repeat(seniority)
        yield from pool.map(one_run, *given, tasks, chunksize=CHUNK)

"""How soon a cohort has a plan, how soon its best one, and how far that is from what arithmetic allows."""

import json
import random
import time
from collections.abc import Callable
from typing import TypeVar

from bench.figures import Figure, at_most
from bench.run import Run
from casesim.programs.core.rotation.plan import Plan
from casesim.programs.core.rotation.planner import planned
from casesim.programs.core.rotation.problem import problem
from casesim.programs.core.rotation.reading import cohort
from casesim.programs.core.rotation.schema import Cohort
from casesim.programs.core.rotation.solve import feasible

SIZES = ((6, 4, 4), (12, 6, 6), (24, 8, 8), (60, 12, 6))  # members, rounds, scenarios
ROLES = ("interviewer", "dissenter", "data_owner")
LONGEST = 300.0  # seconds; a plan that takes them all is said to
Answer = TypeVar("Answer")
SPREADS = {"candidate", "roles", "pairs", "ratings"}  # the others are plain counts
GOALS = {"candidate": 0, "links": 0, "idle": 0}  # the gaps that must be closed


def measure(_: Run) -> list[Figure]:
    """Processor time, since the clock tells of the neighbours; and the gaps of the plan handed out."""
    return [figure for size in SIZES for figure in figures(*size)]


def figures(members: int, rounds: int, scenarios: int) -> list[Figure]:
    """One size: rooms of six with two raters, everybody there each time, no bots, seed 0, effort 1."""
    asked, name = group(members, rounds, scenarios), f"{members} x {rounds}"
    first, _ = timed(lambda: feasible(problem(asked), until()))
    took, plan = timed(lambda: planned(asked, random.Random(0), until(), lambda *told: None))
    assert isinstance(plan, Plan)
    gaps = [
        Figure(
            "rotation",
            f"{name}: {goal.goal}, above the bound",
            goal.gap,
            "squares" if goal.goal in SPREADS else "",
            goal=at_most(GOALS[goal.goal]) if goal.goal in GOALS else None,
            note=f"{goal.value} of at least {goal.bound}",
        )
        for goal in plan.goals
    ]
    return [
        Figure("rotation", f"{name}: to a feasible plan", first, "s", note="processor"),
        Figure(
            "rotation", f"{name}: to the best plan found", took, "s", note=f"processor; ends at {plan.finish}"
        ),
        *gaps,
    ]


def group(members: int, rounds: int, scenarios: int) -> Cohort:
    """Everybody there, nobody special."""
    return cohort(
        json.dumps(
            {
                "members": [{"id": f"p{n}", "name": f"Person {n}"} for n in range(members)],
                "rounds": [{"id": f"r{n}"} for n in range(rounds)],
                "scenarios": [{"id": f"s{n}", "roles": ROLES} for n in range(scenarios)],
            }
        )
    )


def timed(call: Callable[[], Answer]) -> tuple[float, Answer]:
    """Processor seconds of a call, and its answer."""
    begun = time.process_time()
    answer = call()
    return time.process_time() - begun, answer


def until() -> Callable[[], float]:
    """A clock that starts now."""
    end = time.monotonic() + LONGEST
    return lambda: end - time.monotonic()

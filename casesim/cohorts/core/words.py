"""What a plan is worth, and why there is none, in plain words. Pure."""

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from casesim.programs.core.rotation.plan import Goal, Plan

MEANS = {
    "candidate": "Turns as candidate",
    "idle": "Visits without a seat",
    "links": "One design in which marks can be compared",
    "bots": "Seats that a bot fills",
    "roles": "Turns at every role, and at rating",
    "pairs": "Who meets whom",
    "ratings": "Who rates whom",
}
WHOLE = {
    "candidate": "as even as so many turns can be",
    "idle": "nobody comes for nothing",
    "links": "hard raters can be told from weak candidates",
    "bots": "as few as there can be",
    "roles": "as even as so many turns can be",
    "pairs": "spread as evenly as arithmetic allows",
    "ratings": "spread as evenly as arithmetic allows",
}


class GoalLine(NamedTuple):
    """One goal as people read it. `met`: no plan with as many seats does better."""

    name: str
    value: int
    bound: int
    met: bool
    says: str


def goal_lines(plan: Plan) -> list[GoalLine]:
    """What was made as even as it can be, and how near it came."""
    return [GoalLine(MEANS[g.goal], g.value, g.bound, not g.gap, _says(g)) for g in plan.goals]


def _says(goal: Goal) -> str:
    if not goal.gap:
        return f"{WHOLE[goal.goal]}."
    if goal.goal in ("idle", "bots", "links"):
        return f"{goal.gap} more than the least possible."
    over = round(100 * goal.gap / goal.bound) if goal.bound else 100
    near = "nearly even" if over <= 10 else "uneven in places"
    return f"{near}: {over} % above the least that arithmetic allows, which no plan may reach."


def finish(plan: Plan) -> str:
    """Why the search ended."""
    return {
        "bound": "Nothing better exists: every goal is where arithmetic allows no less.",
        "trials": "The search tried what it was given to try; a better plan may exist.",
        "time": "The time ran out, so the best plan until then was taken; a better one may exist.",
    }[plan.finish]


def linking(plan: Plan, names: Mapping[str, str]) -> str:
    """Whether severity can be told from ability, in a sentence or two."""
    found = plan.linking
    if not found.ratings:
        return "Nobody rates anybody in this plan, so nothing will be known of how hard anybody marks."
    if not found.connected:
        return (
            f"The {found.ratings} ratings fall into {len(found.islands)} islands: between them a hard rater "
            f"and a weak candidate look the same. To connect them takes at least {found.needed} ratings; a "
            "second rater in each room usually does it."
        )
    said = f"All {found.ratings} ratings are one design, so a hard rater can be told from a weak candidate."
    if (weak := found.weakest) is not None and weak.shared <= 2:
        few = weak.side if len(weak.side) <= len(weak.other) else weak.other
        who = ", ".join(names.get(each, each) for each in few)
        tie = "1 shared candidate ties" if weak.shared == 1 else f"{weak.shared} shared candidates tie"
        said += f" The weakest link: {tie} {who} in."
    return said


def plainly(lines: Iterable[str]) -> list[str]:
    """The planner's reasons with rounds as people count them: r3 is round 3."""
    return [_upper(re.sub(r"\b(?:[Rr]ound )?r(\d+)\b", r"round \1", line)) for line in lines]


def _upper(line: str) -> str:
    return line[:1].upper() + line[1:]

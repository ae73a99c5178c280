"""The planner's front: a cohort in, a plan or a refusal out. For commands, tasks and pages alike.

The caller brings chance (`random.Random(seed)`), the clock (`left`: seconds left; 0 or less cancels)
and somebody to hear of progress.
"""

from casesim.programs.core.rotation import solve
from casesim.programs.core.rotation.balance import arrangement, digest, document
from casesim.programs.core.rotation.explain import why
from casesim.programs.core.rotation.model import Left, NoPlan
from casesim.programs.core.rotation.plan import Plan, Refusal
from casesim.programs.core.rotation.problem import Problem, problem
from casesim.programs.core.rotation.schema import Cohort
from casesim.programs.core.rotation.search import Chance, Progress


def planned(
    cohort: Cohort, chance: Chance, left: Left, progress: Progress, best_effort: bool = False
) -> Plan | Refusal:
    """The best plan found that keeps every hard rule; with `best_effort`, else one that gives up little."""
    asked = problem(cohort)
    try:
        return document(asked, solve.rotate(asked, chance, left, progress))
    except NoPlan as none:
        if best_effort and left() > 0:
            return document(asked, solve.best_effort(asked, chance, left, progress))
        return _refused(asked, none, left)


def replanned(
    cohort: Cohort, old: Plan, gone: str, start: str | None, left: Left, progress: Progress
) -> Plan | Refusal:
    """The plan without a member from round `start` on (None: from the first), with the fewest changes.

    Raises ValueError when the old plan, the member or the round is not this cohort's.
    """
    asked = problem(cohort)
    before = arrangement(asked, old)
    member = _place("member", gone, [one.id for one in cohort.members])
    first = 0 if start is None else _place("round", start, [one.id for one in cohort.rounds])
    fewer = solve.without(asked, before, member, first)
    try:
        return document(fewer, solve.replan(fewer, before, member, left, progress), before)
    except NoPlan as none:
        return _refused(fewer, none, left)


def _place(kind: str, name: str, names: list[str]) -> int:
    if name not in names:
        raise ValueError(f"there is no {kind} {name!r}; there are {', '.join(names)}")
    return names.index(name)


def _refused(asked: Problem, none: NoPlan, left: Left) -> Refusal:
    reasons = why(asked, left)
    return Refusal(
        digest=digest(asked.cohort), certain=none.certain, clashes=reasons.clashes, remedy=reasons.remedy
    )

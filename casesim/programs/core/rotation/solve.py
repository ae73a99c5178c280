"""From a problem to a plan: a feasible one first, then a better one; and around a drop-out.

A skeleton fixes who is candidate when and on what, and the seats follow round by round; where that
leads nowhere, all rounds are solved together, which is slower and has the last word.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from casesim.programs.core.rotation.model import RELAXED, Demand, Left, NoPlan, Promise, RoomsModel, Solved
from casesim.programs.core.rotation.problem import Arrangement, Problem, Rooms
from casesim.programs.core.rotation.search import Chance, Progress, improve
from casesim.programs.core.rotation.skeleton import promises

# Deterministic work, about a second each on a quick machine: for one round, the skeleton, the last word.
ROUND, SKELETON, LAST = 0.15, 5.0, 40.0


@dataclass(frozen=True, slots=True)
class Found:
    """`given_up`: what a plan of best effort does not keep. `in_time`: the clock did not cut it short."""

    plan: Arrangement
    given_up: tuple[Demand, ...] = ()
    in_time: bool = True


def rotate(problem: Problem, chance: Chance, left: Left, progress: Progress) -> Found:
    """The best plan found. Raises NoPlan."""
    plan = feasible(problem, left)
    progress(0.1, None)
    return _improved(problem, Found(plan), chance, left, progress)


def _improved(problem: Problem, found: Found, chance: Chance, left: Left, progress: Progress) -> Found:
    """Rounds behind us stay as they are, and so do those in which a rule was given up."""
    poor = {demand.round for demand in found.given_up}
    if None in poor:
        return found  # what was given up belongs to no round
    rounds = [r for r in problem.rounds if r >= problem.held and r not in poor]

    def told(part: float, best: int | None) -> None:
        progress(0.1 + 0.9 * part, best)

    better = improve(problem, found.plan, rounds, chance, left, told)
    return replace(found, plan=better.plan, in_time=better.in_time)


def feasible(problem: Problem, left: Left) -> Arrangement:
    """A plan that keeps every hard rule, candidate turns as even as was soon found. Raises NoPlan."""
    promised = promises(problem, left, SKELETON, problem.cohort.settings.seed)
    if promised and (rooms := _by_rounds(problem, promised, left)):
        return _whole(problem, rooms)
    model = RoomsModel(problem, problem.rounds[problem.held :], dict(enumerate(problem.past)))
    solved = _solve(model, left, (LAST,))
    if solved.rooms is None:
        raise NoPlan(solved.certain)
    return _whole(problem, solved.rooms)


def best_effort(problem: Problem, chance: Chance, left: Left, progress: Progress) -> Found:
    """The plan that gives up least, or where that is too much to ask, the least round by round."""
    ahead = problem.rounds[problem.held :]
    rooms: dict[int, Rooms] = dict(enumerate(problem.past))
    solved = _giving_up(problem, ahead, rooms, left, (SKELETON,))
    given_up = list(solved.given_up)
    if solved.rooms is None:
        for r in ahead:
            solved = _giving_up(problem, [r], rooms, left, (1.0, LAST))
            if solved.rooms is None:
                raise NoPlan(certain=False)
            rooms |= solved.rooms
            given_up += solved.given_up
    else:
        rooms |= solved.rooms
    progress(0.1, None)
    return _improved(problem, Found(_whole(problem, rooms), tuple(given_up)), chance, left, progress)


def _giving_up(
    problem: Problem, rounds: Iterable[int], rooms: dict[int, Rooms], left: Left, works: Iterable[float]
) -> Solved:
    model = RoomsModel(problem, rounds, rooms, give_up=RELAXED)
    model.prefer_rules()
    model.prefer_even()
    return _solve(model, left, works)


def _by_rounds(problem: Problem, promised: list[Promise], left: Left) -> dict[int, Rooms] | None:
    """Seats for the promised candidates, one round after the other. None if a round has none."""
    rooms: dict[int, Rooms] = dict(enumerate(problem.past))
    for r in problem.rounds[problem.held :]:
        model = RoomsModel(problem, [r], rooms, promised)
        model.prefer_even()
        solved = _solve(model, left, (ROUND, ROUND * 4, LAST / 4))
        if solved.rooms is None:
            return None
        rooms |= solved.rooms
    return rooms


def _solve(model: RoomsModel, left: Left, works: Iterable[float]) -> Solved:
    """The first answer, with ever more work."""
    solved = Solved(None, certain=False)
    for work in works:
        solved = model.solve(left, work, model.problem.cohort.settings.seed)
        if solved.certain:
            break
    return solved


def _whole(problem: Problem, rooms: dict[int, Rooms]) -> Arrangement:
    past = dict(enumerate(problem.past))
    return tuple((past | rooms)[r] for r in problem.rounds)


# --- around a drop-out ------------------------------------------------------------------------------


def without(problem: Problem, plan: Arrangement, gone: int, start: int) -> Problem:
    """The problem that is left when a member is gone from round `start` on and what was before stays."""
    free = tuple(
        tuple(can and (m != gone or r < start) for r, can in enumerate(row))
        for m, row in enumerate(problem.free)
    )
    pins = tuple(pin for pin in problem.pins if pin.member != gone or pin.round < start)
    return replace(problem, free=free, past=plan[:start], rooms=tuple(map(len, plan)), pins=pins)


def replan(problem: Problem, plan: Arrangement, gone: int, left: Left, progress: Progress) -> Found:
    """The fewest changes to what people have in their calendars, then balance. Raises NoPlan.

    `problem` is `without` the member. Rounds in which the member had no seat stay. Each other round is
    mended by itself while the rest of the plan stands; a room is not held if there is no other way.
    """
    rooms: dict[int, Rooms] = dict(enumerate(plan))
    given_up: list[Demand] = []
    for r in problem.rounds[problem.held :]:
        if any(gone in room.people for room in plan[r]):
            model = RoomsModel(problem, [r], rooms, give_up=frozenset({"room"}))
            model.prefer_even()
            model.prefer_rules()
            model.prefer_unchanged(plan, but=gone)
            solved = _solve(model, left, (1.0, LAST))
            if solved.rooms is None:
                raise NoPlan(solved.certain)
            rooms |= solved.rooms
            given_up += solved.given_up
        progress((r + 1) / len(problem.rooms), None)
    return Found(_whole(problem, rooms), tuple(given_up))

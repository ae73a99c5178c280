"""The hard rules for a room and for what a member meets, as the improving search asks them."""

from collections.abc import Iterable, Sequence

from casesim.programs.core.rotation.problem import Problem


def keeps_company(problem: Problem, scenario: int, people: Sequence[int | None]) -> bool:
    """Nobody in this room meets or rates whom they should not, and no trainee is left without experience."""
    here = [m for m in people if m is not None]
    if problem.trainees and problem.trainees.issuperset(here) and here:
        return False
    if not problem.unrated:
        return True
    return not any(
        pair in problem.apart or _rates(problem, scenario, people, pair)
        for pair in problem.unrated
        if pair.issubset(here)
    )


def _rates(problem: Problem, scenario: int, people: Sequence[int | None], pair: frozenset[int]) -> bool:
    """One of the pair is the candidate and the other a rater."""
    kinds = {
        slot.kind
        for slot, m in zip(problem.slots[scenario], people, strict=True)
        if m is not None and m in pair
    }
    return kinds == {0, problem.rater}


def comes_fresh(seen: Iterable[int], turns: Iterable[tuple[int, bool]]) -> bool:
    """No scenario is met as candidate after it was met in any seat.

    `seen`: scenarios met before; `turns`: in order, each round's scenario and whether as candidate.
    """
    met = set(seen)
    for scenario, as_candidate in turns:
        if as_candidate and scenario in met:
            return False
        met.add(scenario)
    return True

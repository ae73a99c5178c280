"""What no plan with as many seats could better: the arithmetic bounds of the goals."""

from itertools import combinations

from casesim.programs.core.rotation.problem import Arrangement
from casesim.programs.core.rotation.tally import Tally, least_squares


def pair_squares(counted: Tally, plan: Arrangement) -> int:
    """The least sum of squared meetings over all pairs, if the same people come to each round.

    Two bounds, the higher one. As many meetings spread over all pairs as evenly as can be. And, because
    a pair meets twice where two rooms share both: if M = X X' counts the meetings (X: who was in which
    room), the squares of M sum to those of X' X, the numbers of people that two rooms share; those of
    two rounds add up to the people who came to both, over as many cells as there are pairs of rooms.
    """
    rounds = [[{m for m in room.people if m is not None} for room in rooms if room.is_held] for rooms in plan]
    present = [set[int]().union(*rooms) for rooms in rounds]
    shared = sum(len(room) ** 2 for rooms in rounds for room in rooms)
    for (here, one), (there, other) in combinations(zip(present, rounds, strict=True), 2):
        cells = len(one) * len(other)
        common = len(here & there)
        shared += 2 * least_squares([common] * cells)[common] if cells else 0
    visits = sum(sum(m in here for here in present) ** 2 for m in set[int]().union(*present))
    return max(counted.pairs.least[counted.pairs.total], (shared - visits) // 2)

"""What a plan is worth: how far each goal is from what arithmetic allows.

A goal like "everyone is candidate equally often" is a spread: counts over cells, here turns over
members. Its value is the sum of the squared counts less the least sum that as many turns could have,
whoever took them; so 0 is as even as numbers can be, and seating more people costs nothing in itself.
"""

from collections.abc import Iterable, Sequence

from casesim.programs.core.rotation.problem import Problem, Room, Rooms


def least_squares(most: Iterable[int]) -> list[int]:
    """For 0, 1, 2 ... turns: the least sum of squared counts, when each cell can take so many at most.

    The next turn is cheapest where the count is lowest: the one after `count` turns adds 2 count + 1.
    """
    caps = list(most)
    sums = [0]
    for count in range(max(caps, default=0)):
        for _ in range(sum(cap > count for cap in caps)):
            sums.append(sums[-1] + 2 * count + 1)
    return sums


class Spread:
    """Counts over cells, with their total and their squares kept up to date."""

    __slots__ = ("counts", "least", "squares", "total")

    def __init__(self, most: Sequence[int]) -> None:
        self.counts = [0] * len(most)
        self.least = least_squares(most)
        self.squares = self.total = 0

    def change(self, cell: int, by: int) -> None:
        """One turn more (by = 1) or less (by = -1) in this cell."""
        self.squares += 2 * self.counts[cell] * by + 1
        self.counts[cell] += by
        self.total += by

    @property
    def excess(self) -> int:
        """Squares above the least that this total could have."""
        return self.squares - self.least[self.total]


class Tally:
    """The goals of a plan, kept up to date as rooms are added and taken away."""

    def __init__(self, problem: Problem) -> None:
        self._problem = problem
        self._size, self._rater = len(problem.members), problem.rater
        self.weights: dict[str, int] = problem.cohort.settings.weights.model_dump()
        self.sits = [Spread(most) for most in _seat_caps(problem)]  # by kind; cells are members
        self.pairs = Spread(_pair_caps(problem))  # cells are first * members + second, first < second
        self.ratings = Spread(_rating_caps(problem))  # cells are rater * members + candidate
        self.seated = self.bots = 0

    def add(self, room: Room) -> None:
        """Count a whole room in."""
        people: list[int | None] = [None] * len(room.people)
        for at, member in enumerate(room.people):
            people[at] = member
            self.change(room.scenario, people, at, 1)

    def change(self, scenario: int, people: list[int | None], at: int, by: int) -> None:
        """Count the occupant of one chair in (by = 1) or out (by = -1), beside all others who sit there."""
        slots, member = self._problem.slots[scenario], people[at]
        slot = slots[at]
        if member is None:
            self.bots += by * slot.bot
            return
        self.seated += by
        self.sits[slot.kind].change(member, by)
        size, pairs = self._size, self.pairs
        for other in people:
            if other is not None and other != member:
                pairs.change(member * size + other if member < other else other * size + member, by)
        if slot.kind == self._rater and people[0] is not None:
            self.ratings.change(member * size + people[0], by)
        elif slot.kind == 0:
            for chair, other in zip(slots, people, strict=True):
                if chair.kind == self._rater and other is not None:
                    self.ratings.change(other * size + member, by)

    def penalty(self) -> int:
        """The weighted sum of all goals but the links, which are not so quickly counted."""
        w = self.weights
        return (
            w["candidate"] * self.sits[0].excess
            + w["roles"] * self.roles()
            + w["pairs"] * self.pairs.excess
            + w["ratings"] * self.ratings.excess
            + w["bots"] * self.bots
            - w["idle"] * self.seated
        )

    def roles(self) -> int:
        """How unevenly roles, facilitating and rating are shared. Observing is no turn at anything."""
        return sum(spread.excess for spread in self.sits[1:-1])

    def design(self) -> list[tuple[int, int]]:
        """Who rates whom, as (rater, candidate), once for each time."""
        return [
            divmod(cell, self._size)
            for cell, count in enumerate(self.ratings.counts)
            if count
            for _ in range(count)
        ]


def tally(problem: Problem, plan: Iterable[Rooms]) -> Tally:
    """All rooms of these rounds, counted."""
    counted = Tally(problem)
    for rooms in plan:
        for room in rooms:
            if room.is_held:
                counted.add(room)
    return counted


# --- how often at most -----------------------------------------------------------------------------


def _present(problem: Problem) -> list[set[int]]:
    """The rounds each member can be in; in those behind us anybody may have been."""
    held = set(range(problem.held))
    return [held | {r for r in problem.rounds if free[r]} for free in problem.free]


def _seat_caps(problem: Problem) -> list[list[int]]:
    rounds = [len(present) for present in _present(problem)]
    return [
        [rounds[m] if problem.may[m][kind] else problem.held for m in problem.members]
        for kind in range(len(problem.kinds))
    ]


def _pair_caps(problem: Problem) -> list[int]:
    present = _present(problem)
    return [
        _common(problem, present, one, other, problem.apart) if one < other else 0
        for one in problem.members
        for other in problem.members
    ]


def _rating_caps(problem: Problem) -> list[int]:
    present = _present(problem)
    return [
        _common(problem, present, rater, candidate, problem.unrated)
        if problem.may[rater][problem.rater] and problem.may[candidate][0]
        else problem.held
        for rater in problem.members
        for candidate in problem.members
    ]


def _common(
    problem: Problem, present: list[set[int]], one: int, other: int, never: frozenset[frozenset[int]]
) -> int:
    if one == other:
        return 0
    return problem.held if frozenset((one, other)) in never else len(present[one] & present[other])

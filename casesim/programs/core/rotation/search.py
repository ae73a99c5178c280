"""Improve a plan: two people of a round change places, again and again.

Simulated annealing: a change for the worse is taken now and then, ever more seldom. No change that
breaks a hard rule is ever taken, so at any moment the plan is one. Chance is handed in; the number of
trials, not the clock, ends the search, unless the clock is over first.
"""

from collections.abc import Callable, Sequence
from math import log
from typing import NamedTuple, Protocol

from casesim.programs.core.rotation.bound import pair_squares
from casesim.programs.core.rotation.linking import components
from casesim.programs.core.rotation.model import Left
from casesim.programs.core.rotation.problem import Arrangement, Problem, Room, Slot
from casesim.programs.core.rotation.rules import comes_fresh, keeps_company
from casesim.programs.core.rotation.tally import tally

# The part that is done, 0 to 1; how far the best plan so far is above what arithmetic allows, weighted.
Progress = Callable[[float, int | None], None]

TRIALS, FEWEST = 400, 4000  # for each member and round, and altogether at least, at effort 1
HOT, COLD = 200.0, 2.0  # of the annealing, in units of the penalty
LOOK = 500  # trials between two looks at the clock
AT_HOME = Slot(kind=-1, optional=True, bot=False)


class Chance(Protocol):
    """Where chance comes from, e.g. random.Random(seed)."""

    def random(self) -> float: ...
    def randrange(self, stop: int, /) -> int: ...


class Place(NamedTuple):
    """A chair of a round; those at home sit in the room after the last."""

    room: int
    chair: int
    slot: Slot


class Improved(NamedTuple):
    """`in_time`: all trials were made, so the same seed gives the same plan on any machine."""

    plan: Arrangement
    in_time: bool


def improve(
    problem: Problem,
    plan: Arrangement,
    rounds: Sequence[int],
    chance: Chance,
    left: Left,
    progress: Progress,
) -> Improved:
    """The best plan met on the way. Only these rounds are changed; without any, the plan is as it was."""
    trials = max(FEWEST, TRIALS * len(problem.members) * len(problem.rooms)) * problem.cohort.settings.effort
    table = Table(problem, plan, rounds)
    cooling = (COLD / HOT) ** (LOOK / max(trials, 1))
    heat = HOT
    for trial in range(trials):
        if trial % LOOK == 0:
            if left() <= 0:
                return Improved(table.best, in_time=False)
            progress(trial / trials, table.lowest - table.floor)
            heat *= cooling
        if not rounds or table.lowest <= table.floor:
            break
        table.try_a_change(chance, heat)
    return Improved(table.best, in_time=True)


class Table:
    """A plan in the making: who sits where, and what it is worth."""

    def __init__(self, problem: Problem, plan: Arrangement, rounds: Sequence[int]) -> None:
        self.problem = problem
        self.rounds = rounds
        self.tally = tally(problem, plan)
        self.scenarios = [[room.scenario for room in rooms] for rooms in plan]
        self.people = [[list(room.people) for room in rooms] for rooms in plan]
        for r in problem.rounds:
            self.people[r].append(self._at_home(r))
        self.places = [self._places(r) for r in problem.rounds]
        self.fixed = {(pin.member, pin.round) for pin in problem.pins}
        self.turns = [[self._turn(m, r) for r in problem.rounds] for m in problem.members]
        self.islands = self._islands()
        self.penalty = self._penalty()
        self.lowest, self.best = self.penalty, plan
        self.floor = self._floor()

    def _at_home(self, r: int) -> list[int | None]:
        """Who is free and has no seat, with a chair for each who might join them."""
        seated = {m for people in self.people[r] for m in people if m is not None}
        home: list[int | None] = [m for m in self.problem.available(r) if m not in seated]
        could = sum(
            slot.optional and m is not None
            for s, people in zip(self.scenarios[r], self.people[r], strict=True)
            for slot, m in zip(self.problem.slots[s], people, strict=True)
        )
        return home + [None] * could

    def _places(self, r: int) -> list[Place]:
        """The chairs of the rooms that are held, and those at home."""
        slots = [self.problem.slots[s] for s in self.scenarios[r]]
        slots.append((AT_HOME,) * len(self.people[r][-1]))
        return [
            Place(q, at, slot)
            for q, room in enumerate(slots)
            if q == len(self.scenarios[r]) or any(m is not None for m in self.people[r][q])
            for at, slot in enumerate(room)
        ]

    # --- worth ------------------------------------------------------------------------------------

    def _islands(self) -> int:
        # No rating at all is no better than one design.
        return max(1, len(components(self.tally.design())))

    def _penalty(self) -> int:
        return self.tally.penalty() + self.tally.weights["links"] * self.islands

    def _floor(self) -> int:
        """Where to stop: even everywhere, one design, everyone seated and no bots; nothing is below that.

        With everyone seated already, pairs cannot be more even than these rooms allow.
        """
        weights, counted = self.tally.weights, self.tally
        at_home = sum(m is not None for r in self.rounds for m in self.people[r][-1])
        floor = weights["links"] - weights["idle"] * (counted.seated + at_home)
        if at_home:
            return floor
        uneven = pair_squares(counted, self.best) - counted.pairs.least[counted.pairs.total]
        return floor + weights["pairs"] * uneven

    # --- change ------------------------------------------------------------------------------------

    def try_a_change(self, chance: Chance, heat: float) -> None:
        """Two places of a round, any that may be: exchange who sits there if that is good enough."""
        r = self.rounds[chance.randrange(len(self.rounds))]
        places = self.places[r]
        one, other = places[chance.randrange(len(places))], places[chance.randrange(len(places))]
        if not self._may_exchange(r, one, other):
            return
        before, islands = self.penalty, self.islands
        self._exchange(r, one, other)
        if self._allowed(r, one, other) and self._good_enough(before, chance, heat, one, other):
            if self.penalty < self.lowest:
                self.lowest, self.best = self.penalty, self.plan()
            return
        self._exchange(r, one, other)
        self.penalty, self.islands = before, islands

    def _may_exchange(self, r: int, one: Place, other: Place) -> bool:
        people = self.people[r]
        here, there = people[one.room][one.chair], people[other.room][other.chair]
        if here is there or (one.room == other.room and one.slot.kind == other.slot.kind):
            return False
        return self._may_sit(r, here, other.slot) and self._may_sit(r, there, one.slot)

    def _may_sit(self, r: int, member: int | None, slot: Slot) -> bool:
        if member is None:
            return slot.optional
        return (member, r) not in self.fixed and (slot is AT_HOME or self.problem.may[member][slot.kind])

    def _exchange(self, r: int, one: Place, other: Place) -> None:
        here, there = self._stand_up(r, one), self._stand_up(r, other)
        self._sit_down(r, one, there)
        self._sit_down(r, other, here)

    def _stand_up(self, r: int, place: Place) -> int | None:
        people = self.people[r][place.room]
        member = people[place.chair]
        if place.slot is not AT_HOME:
            self.tally.change(self.scenarios[r][place.room], people, place.chair, -1)
        people[place.chair] = None
        return member

    def _sit_down(self, r: int, place: Place, member: int | None) -> None:
        people = self.people[r][place.room]
        people[place.chair] = member
        at_home = place.slot is AT_HOME
        if not at_home:
            self.tally.change(self.scenarios[r][place.room], people, place.chair, 1)
        if member is not None:
            self.turns[member][r] = None if at_home else (self.scenarios[r][place.room], place.slot.kind == 0)

    def _allowed(self, r: int, one: Place, other: Place) -> bool:
        problem = self.problem
        for q in {one.room, other.room}:
            if q < len(self.scenarios[r]) and not keeps_company(
                problem, self.scenarios[r][q], self.people[r][q]
            ):
                return False
        for place in (one, other):
            member = self.people[r][place.room][place.chair]
            if member is not None:
                turns = [turn for turn in self.turns[member] if turn is not None]
                if not comes_fresh(problem.seen[member], turns):
                    return False
        return True

    def _good_enough(self, before: int, chance: Chance, heat: float, one: Place, other: Place) -> bool:
        """The new penalty against the old. Islands are counted last: they take the longest."""
        links = self.tally.weights["links"]
        allowance = -heat * log(1.0 - chance.random())
        self.penalty = self.tally.penalty() + links * self.islands
        rates = {0, self.problem.rater} & {one.slot.kind, other.slot.kind}
        if not rates:
            return self.penalty - before <= allowance
        if self.penalty - links * self.islands - before > allowance:
            return False
        self.islands = self._islands()
        self.penalty = self._penalty()
        return self.penalty - before <= allowance

    # --- reading ------------------------------------------------------------------------------------

    def plan(self) -> Arrangement:
        """What the table holds, as a plan."""
        return tuple(
            tuple(Room(s, tuple(people)) for s, people in zip(scenarios, rooms, strict=False))
            for scenarios, rooms in zip(self.scenarios, self.people, strict=True)
        )

    def _turn(self, member: int, r: int) -> tuple[int, bool] | None:
        for s, people in zip(self.scenarios[r], self.people[r], strict=False):
            if member in people:
                return s, people[0] == member
        return None

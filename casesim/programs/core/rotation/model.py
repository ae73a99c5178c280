"""The hard rules as a constraint model, for some rounds or all, and its solution by CP-SAT.

Whether a member sits in a kind of seat in a room is one variable; which scenario a room has is another.
Rounds that are not solved are given: what was met there before and who is candidate there later counts.

Every rule that could be at fault is a `Demand`. As a rule they all hold; where some may be given up,
each of those has a literal, so that a solution can say what it gives up and a refusal what clashes.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import NamedTuple

from ortools.sat.python import cp_model

from casesim.programs.core.rotation.problem import Arrangement, Pin, Problem, Room, Rooms
from casesim.programs.core.rotation.tally import tally

Literal = cp_model.LiteralT
Left = Callable[[], float]  # seconds left; 0 or less: stop

# What a plan to start from is asked for: people in seats before bots, and doing before watching.
SEATED, BOT, WATCHING = 1000, 1000, 600
CHANGED = 100_000  # of a place in somebody's calendar
GIVEN_UP = {"pin": 3, "raters": 5, "trainee": 5, "seat": 8, "room": 12}
RELAXED = frozenset(GIVEN_UP)  # what a plan of best effort may give up: never what protects a person
EVERY_RULE = RELAXED | {"available", "may", "conflict", "fresh"}


class Demand(NamedTuple):
    """One case of a hard rule: `rule` is room, raters, seat, available, may, conflict, trainee, fresh or pin.

    `other` is a second member, a kind of seat, a scenario, a room or a pin, as the rule needs.
    """

    rule: str
    round: int | None = None
    member: int | None = None
    other: int | None = None


class Promise(NamedTuple):
    """Who will be candidate when, and on which scenario."""

    member: int
    round: int
    scenario: int


class NoPlan(Exception):
    """There is no plan, or none was found in time (not `certain`)."""

    def __init__(self, certain: bool) -> None:
        self.certain = certain
        super().__init__("there is no plan" if certain else "no plan was found in time")


@dataclass(frozen=True, slots=True)
class Solved:
    """`rooms` by round; None if there are none. `certain`: then there can be none."""

    rooms: dict[int, Rooms] | None
    certain: bool
    given_up: tuple[Demand, ...] = ()
    best: bool = False  # no better one exists, by the model's own costs


class RoomsModel:
    """Variables and rules for the rooms of `rounds`."""

    def __init__(
        self,
        problem: Problem,
        rounds: Iterable[int],
        given: Mapping[int, Rooms] | None = None,
        promises: Iterable[Promise] = (),
        give_up: frozenset[str] = frozenset(),
    ) -> None:
        self.problem = problem
        self.rounds = sorted(rounds)
        self.given = {r: rooms for r, rooms in (given or {}).items() if r not in self.rounds}
        self.promises = [p for p in promises if p.round not in self.given]
        self.give_up = give_up
        self.model = cp_model.CpModel()
        self.holds: dict[Demand, cp_model.IntVar] = {}
        self.sit: dict[tuple[int, int, int, int], cp_model.IntVar] = {}  # member, round, room, kind
        self.at: dict[tuple[int, int, int], cp_model.IntVar] = {}  # member, round, room
        self.runs: dict[tuple[int, int, int], cp_model.IntVar] = {}  # round, room, scenario
        self.bots: dict[tuple[int, int, int], cp_model.IntVar] = {}  # round, room, kind
        self.costs: list[cp_model.LinearExprT] = []
        self._variables()
        for r, q in self.tables():
            self._room(r, q)
            self._company(r, q)
        for member in problem.members:
            for scenario in problem.scenarios:
                self._fresh(member, scenario)
        self._pins()

    def tables(self) -> Iterator[tuple[int, int]]:
        """Every room as (round, its number)."""
        return ((r, q) for r in self.rounds for q in range(self.problem.rooms[r]))

    # --- variables ------------------------------------------------------------------------------

    def _held(self, demand: Demand) -> list[Literal]:
        """The condition under which this demand binds: none, or its literal where it may be given up."""
        if demand.rule not in self.give_up:
            return []
        if demand not in self.holds:
            self.holds[demand] = self.model.new_bool_var("_".join(map(str, demand)))
        return [self.holds[demand]]

    def _variables(self) -> None:
        p = self.problem
        for r, q in self.tables():
            for s in p.scenarios:
                self.runs[r, q, s] = self.model.new_bool_var(f"runs_{r}_{q}_{s}")
            for m in p.members:
                self._seats_of(m, r, q)
        for m, r in product(p.members, self.rounds):
            self.model.add_at_most_one(self.at[m, r, q] for q in range(p.rooms[r]) if (m, r, q) in self.at)

    def _seats_of(self, m: int, r: int, q: int) -> None:
        p = self.problem
        away = [] if p.free[m][r] else [Demand("available", r, m)]
        if away and "available" not in self.give_up:
            return
        kinds: list[cp_model.IntVar] = []
        for kind in range(len(p.kinds)):
            never = away + ([] if p.may[m][kind] else [Demand("may", member=m, other=kind)])
            if all(demand.rule in self.give_up for demand in never):
                sits = self.sit[m, r, q, kind] = self.model.new_bool_var(f"sit_{m}_{r}_{q}_{kind}")
                kinds.append(sits)
                for demand in never:
                    self.model.add(sits == 0).only_enforce_if(*self._held(demand))
        self.at[m, r, q] = self.model.new_bool_var(f"at_{m}_{r}_{q}")
        self.model.add(sum(kinds) == self.at[m, r, q])

    def _sitting(self, r: int, q: int, kind: int) -> list[cp_model.IntVar]:
        everyone = self.problem.members
        return [self.sit[m, r, q, kind] for m in everyone if (m, r, q, kind) in self.sit]

    # --- what a room needs ------------------------------------------------------------------------

    def _room(self, r: int, q: int) -> None:
        p = self.problem
        opened = sum(self.runs[r, q, s] for s in p.scenarios)
        self.model.add(opened <= 1)
        self.model.add(opened == 1).only_enforce_if(*self._held(Demand("room", r, other=q)))
        self.model.add(sum(self._sitting(r, q, 0)) == opened)
        for kind in range(1, p.rater):
            self._filled(r, q, kind)
        raters = p.cohort.seats.raters
        rating = sum(self._sitting(r, q, p.rater))
        self.model.add(rating <= raters.most * opened)
        self.model.add(rating >= raters.least * opened).only_enforce_if(
            *self._held(Demand("raters", r, other=q))
        )
        self.model.add(sum(self._sitting(r, q, p.observer)) <= p.cohort.seats.observers * opened)

    def _filled(self, r: int, q: int, kind: int) -> None:
        """A role, or the facilitator: one where the scenario has the seat, none elsewhere."""
        p = self.problem
        wanted = sum(self.runs[r, q, s] for s in p.scenarios if any(slot.kind == kind for slot in p.slots[s]))
        seated = sum(self._sitting(r, q, kind))
        botable = p.kinds[kind] in p.cohort.seats.bots
        demand = Demand("seat", r, other=kind)
        if not botable and demand.rule not in self.give_up:
            self.model.add(seated == wanted)
            return
        empty = self.bots[r, q, kind] = self.model.new_bool_var(f"bot_{r}_{q}_{kind}")
        self.model.add(seated + empty == wanted)
        if not botable:
            self.model.add(empty == 0).only_enforce_if(*self._held(demand))

    def _company(self, r: int, q: int) -> None:
        p = self.problem
        for one, other in sorted(tuple(sorted(pair)) for pair in p.unrated):
            held = self._held(Demand("conflict", member=one, other=other))
            if frozenset((one, other)) in p.apart:
                self._not_both(self.at.get((one, r, q)), self.at.get((other, r, q)), held)
            else:
                for rater, candidate in ((one, other), (other, one)):
                    rates = self.sit.get((rater, r, q, p.rater))
                    self._not_both(rates, self.sit.get((candidate, r, q, 0)), held)
        experienced = [self.at[m, r, q] for m in p.members if m not in p.trainees and (m, r, q) in self.at]
        for m in sorted(p.trainees):
            if (m, r, q) in self.at:
                held = self._held(Demand("trainee", member=m))
                self.model.add(sum(experienced) >= 1).only_enforce_if(self.at[m, r, q], *held)

    def _not_both(
        self, one: cp_model.IntVar | None, other: cp_model.IntVar | None, held: list[Literal]
    ) -> None:
        if one is not None and other is not None:
            self.model.add(one + other <= 1).only_enforce_if(*held)

    # --- who has met what ---------------------------------------------------------------------------

    def _fresh(self, m: int, s: int) -> None:
        """Never candidate on a scenario met in an earlier round, nor met what is promised for later."""
        p = self.problem
        held = self._held(Demand("fresh", member=m, other=s))
        turns = {
            r
            for r, rooms in self.given.items()
            for room in rooms
            if room.scenario == s and room.people[0] == m
        }
        turns |= {one.round for one in self.promises if (one.member, one.scenario) == (m, s)}
        met: Literal = s in p.seen[m]
        for r in p.rounds:
            if r in turns and met is not True:
                self.model.add_implication(met, False) if not held else self.model.add_bool_or(
                    ~met, *(~h for h in held)
                )
            if r in self.given:
                if any(room.scenario == s and m in room.people for room in self.given[r]):
                    met = True
            elif r in self.rounds:
                met = self._met(m, s, r, met, held)

    def _met(self, m: int, s: int, r: int, before: Literal, held: list[Literal]) -> Literal:
        """Whether m has met s by the end of round r."""
        after = self.model.new_bool_var(f"met_{m}_{r}_{s}")
        for q in range(self.problem.rooms[r]):
            if (m, r, q) not in self.at:
                continue
            runs = self.runs[r, q, s]
            self.model.add_bool_or(~self.at[m, r, q], ~runs, after)
            if (m, r, q, 0) in self.sit:
                turn = self.sit[m, r, q, 0]
                self.model.add(before == 0).only_enforce_if(turn, runs, *held)
        self.model.add(after == 1).only_enforce_if(before)
        return after

    def _pins(self) -> None:
        for at, pin in enumerate(self.problem.pins):
            if pin.round in self.rounds:
                self._pin(pin, self._held(Demand("pin", other=at)))
        for r in self.rounds:
            self._promised(r)

    def _promised(self, r: int) -> None:
        """The candidates promised for this round, each in a room of their own that may as well be named."""
        promised = sorted(p for p in self.promises if p.round == r)
        named = any(pin.round == r and pin.room is not None for pin in self.problem.pins)
        for q, p in enumerate(promised):
            self._pin(Pin(p.member, r, None if named else q, p.scenario, 0), [])

    def _pin(self, pin: Pin, held: list[Literal]) -> None:
        rooms = range(self.problem.rooms[pin.round]) if pin.room is None else [pin.room]
        kinds = range(len(self.problem.kinds)) if pin.kind is None else [pin.kind]
        places = [
            (q, self.sit[seat])
            for q, kind in product(rooms, kinds)
            if (seat := (pin.member, pin.round, q, kind)) in self.sit
        ]
        self.model.add(sum(sits for _, sits in places) == 1).only_enforce_if(*held)
        if pin.scenario is not None:
            for q, sits in places:
                runs = self.runs[pin.round, q, pin.scenario]
                self.model.add_implication(sits, runs).only_enforce_if(*held)

    # --- what is better -------------------------------------------------------------------------------

    def prefer_even(self) -> None:
        """People in seats, few bots, and the same number of turns at everything for everyone."""
        p = self.problem
        weights = p.cohort.settings.weights
        self.costs += [-SEATED * at for at in self.at.values()] + [BOT * bot for bot in self.bots.values()]
        for (_, _, _, kind), sits in self.sit.items():
            if kind == p.observer:
                self.costs.append(WATCHING * sits)
        had = tally(p, self.given.values()).sits
        for kind in range(p.observer):
            for m in p.members:
                self._even(m, kind, had[kind].counts[m], weights.roles if kind else weights.candidate)

    def _even(self, m: int, kind: int, had: int, weight: int) -> None:
        """The squared number of turns: the one after n turns costs 2 n + 1."""
        sits = [self.sit[m, r, q, kind] for r, q in self.tables() if (m, r, q, kind) in self.sit]
        turns = [self.model.new_bool_var(f"turn_{m}_{kind}_{n}") for n in self.rounds]
        self.model.add(sum(turns) == sum(sits))
        self.costs += [weight * (2 * (had + n) + 1) * turn for n, turn in enumerate(turns)]

    def prefer_unchanged(self, old: Arrangement, but: int) -> None:
        """Everyone except `but` where they were: the same room, scenario and kind of seat, or at home."""
        for r in self.rounds:
            seats = seating(self.problem, old[r])
            for m in self.problem.members:
                if m != but:
                    self.costs.append(CHANGED * (1 - self._kept(m, r, seats.get(m))))

    def _kept(self, m: int, r: int, seat: tuple[int, int, int] | None) -> cp_model.LinearExprT:
        if seat is None:
            return 1 - sum(self.at[m, r, q] for q in range(self.problem.rooms[r]) if (m, r, q) in self.at)
        q, s, kind = seat
        if (m, r, q, kind) not in self.sit or q >= self.problem.rooms[r]:
            return 0
        kept = self.model.new_bool_var(f"kept_{m}_{r}")
        self.model.add_implication(kept, self.sit[m, r, q, kind])
        self.model.add_implication(kept, self.runs[r, q, s])
        return kept

    def prefer_rules(self) -> None:
        """Give up as little as possible, and the lesser rules first."""
        self.costs += [GIVEN_UP[demand.rule] * CHANGED * (1 - holds) for demand, holds in self.holds.items()]

    # --- solution ------------------------------------------------------------------------------------

    def solve(self, left: Left, work: float, seed: int) -> Solved:
        """The best rooms found by so much work."""
        if self.costs:
            self.model.minimize(sum(self.costs))
        solver = quiet_solver(left, work, seed)
        status = solver.solve(self.model)
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return Solved(None, certain=status == cp_model.INFEASIBLE)
        rooms = {r: self._rooms(solver, r) for r in self.rounds}
        given_up = tuple(sorted(d for d, holds in self.holds.items() if not solver.boolean_value(holds)))
        return Solved(rooms, True, given_up, best=status == cp_model.OPTIMAL)

    def clash(self, demands: Iterable[Demand], left: Left, work: float) -> frozenset[Demand] | None:
        """Some of these demands that cannot hold together; None if all can, or if nobody knows."""
        literals = {self.holds[demand].index: demand for demand in demands}
        self.model.clear_assumptions()
        self.model.add_assumptions(self.holds[demand] for demand in literals.values())
        solver = quiet_solver(left, work, seed=0)
        if solver.solve(self.model) != cp_model.INFEASIBLE:
            return None
        return frozenset(literals[i] for i in solver.sufficient_assumptions_for_infeasibility())

    def _rooms(self, solver: cp_model.CpSolver, r: int) -> Rooms:
        return tuple(self._found(solver, r, q) for q in range(self.problem.rooms[r]))

    def _found(self, solver: cp_model.CpSolver, r: int, q: int) -> Room:
        for s in self.problem.scenarios:
            if solver.boolean_value(self.runs[r, q, s]):
                return Room(s, self._people(solver, r, q, s))
        return empty_room(self.problem)

    def _people(self, solver: cp_model.CpSolver, r: int, q: int, s: int) -> tuple[int | None, ...]:
        seated: dict[int, list[int]] = {}
        for m, kind in product(self.problem.members, range(len(self.problem.kinds))):
            if (m, r, q, kind) in self.sit and solver.boolean_value(self.sit[m, r, q, kind]):
                seated.setdefault(kind, []).append(m)
        # Slots of a kind are side by side, the ones that need somebody first.
        return tuple(
            seated[slot.kind].pop(0) if seated.get(slot.kind) else None for slot in self.problem.slots[s]
        )


def empty_room(problem: Problem) -> Room:
    """A room that is not held, in its place among the others."""
    return Room(0, (None,) * len(problem.slots[0]))


def quiet_solver(left: Left, work: float, seed: int) -> cp_model.CpSolver:
    """One worker and a limit in deterministic work, so that the same seed gives the same plan.

    The clock is the second limit, for machines slower than that.
    """
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = seed
    solver.parameters.max_deterministic_time = work
    solver.parameters.max_time_in_seconds = max(left(), 0.01)
    return solver


def seating(problem: Problem, rooms: Rooms) -> dict[int, tuple[int, int, int]]:
    """Where everyone sits in a round: member -> room, scenario, kind of seat."""
    return {
        m: (q, room.scenario, slot.kind)
        for q, room in enumerate(rooms)
        for slot, m in zip(problem.slots[room.scenario], room.people, strict=True)
        if m is not None
    }

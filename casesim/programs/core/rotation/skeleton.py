"""The skeleton of a large plan: who is candidate in which round and on which scenario.

Rooms of one round and scenario are alike here, so 60 members and 12 rounds take a second or two. Seats
are then found round by round; what this coarse model does not know (conflicts, say) may still refuse them.
"""

from itertools import product

from ortools.sat.python import cp_model

from casesim.programs.core.rotation.model import Left, NoPlan, Promise, quiet_solver
from casesim.programs.core.rotation.problem import Problem
from casesim.programs.core.rotation.tally import tally


def promises(problem: Problem, left: Left, work: float, seed: int) -> list[Promise] | None:
    """Candidate turns, nobody on a scenario already met. None if none were found; NoPlan if there are none.

    As even as arithmetic allows if such a skeleton is soon found, with the scenarios going round in turn
    or in any order; or else as even as was found.
    """
    for in_turn, evenly in ((True, True), (False, True), (False, False)):
        solver = quiet_solver(left, work, seed)
        skeleton = Skeleton(problem, in_turn, evenly)
        status = solver.solve(skeleton.model)
        if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return [Promise(*cell) for cell, one in skeleton.turn.items() if solver.boolean_value(one)]
    # The last skeleton asks for less than any plan.
    if status == cp_model.INFEASIBLE:
        raise NoPlan(certain=True)
    return None


class Skeleton:
    """Variables by member, round and scenario: whether they meet, and whether as candidate."""

    def __init__(self, problem: Problem, in_turn: bool, evenly: bool) -> None:
        self.problem = problem
        self.model = cp_model.CpModel()
        self.rounds = range(problem.held, len(problem.rooms))
        self.meets = {
            (m, r, s): self.model.new_bool_var(f"meets_{m}_{r}_{s}")
            for m, r, s in product(problem.members, self.rounds, problem.scenarios)
            if problem.free[m][r]
        }
        self.turn = {
            cell: self.model.new_bool_var(f"turn_{cell}") for cell in self.meets if problem.may[cell[0]][0]
        }
        for cell, turn in self.turn.items():
            self.model.add_implication(turn, self.meets[cell])
        for r in self.rounds:
            self._rooms(r, in_turn)
        for m in problem.members:
            self._one_room_at_a_time(m)
            for s in problem.scenarios:
                self._fresh(m, s)
        self._pins()
        self._even(evenly)

    def _rooms(self, r: int, in_turn: bool) -> None:
        """Each scenario has as many candidates as rooms, and people enough for them and not too many."""
        p, model = self.problem, self.model
        counts = [model.new_int_var(0, p.rooms[r], f"rooms_{r}_{s}") for s in p.scenarios]
        model.add(sum(counts) == p.rooms[r])
        for s, count in enumerate(counts):
            if in_turn:
                model.add(count == sum((q + r) % len(counts) == s for q in range(p.rooms[r])))
            here = [m for m in p.members if (m, r, s) in self.meets]
            people = sum(self.meets[m, r, s] for m in here)
            model.add(sum(self.turn[m, r, s] for m in here if (m, r, s) in self.turn) == count)
            model.add(people >= sum(not slot.optional for slot in p.slots[s]) * count)
            model.add(people <= len(p.slots[s]) * count)
            raters = [m for m in here if p.may[m][p.rater]]
            rating = sum(self.meets[m, r, s] - self.turn.get((m, r, s), 0) for m in raters)
            model.add(rating >= p.cohort.seats.raters.least * count)

    def _one_room_at_a_time(self, m: int) -> None:
        for r in self.rounds:
            if self.problem.free[m][r]:
                self.model.add_at_most_one(self.meets[m, r, s] for s in self.problem.scenarios)

    def _fresh(self, m: int, s: int) -> None:
        p, model = self.problem, self.model
        met: cp_model.LiteralT = s in p.seen[m] or any(
            room.scenario == s and m in room.people for rooms in p.past for room in rooms
        )
        for r in self.rounds:
            if (m, r, s) not in self.meets:
                continue
            if (m, r, s) in self.turn:
                model.add(met == 0).only_enforce_if(self.turn[m, r, s])
            after = model.new_bool_var(f"met_{m}_{r}_{s}")
            model.add_implication(self.meets[m, r, s], after)
            model.add(after == 1).only_enforce_if(met)
            met = after

    def _pins(self) -> None:
        for pin in self.problem.pins:
            if pin.round in self.rounds:
                cells = self.turn if pin.kind == 0 else self.meets
                asked = [
                    one
                    for (m, r, s), one in cells.items()
                    if (m, r) == (pin.member, pin.round) and pin.scenario in (None, s)
                ]
                self.model.add(sum(asked) == 1)

    def _even(self, evenly: bool) -> None:
        """The squared turns, where the one after n turns adds 2 n + 1: the least sum, or as low as can be."""
        p = self.problem
        turns = tally(p, p.past).sits[0]
        squares: list[cp_model.LinearExprT] = [had * had for had in turns.counts]
        for m, had in enumerate(turns.counts):
            steps = [self.model.new_bool_var(f"step_{m}_{n}") for n in self.rounds]
            self.model.add(sum(steps) == sum(one for (who, _, _), one in self.turn.items() if who == m))
            squares += [(2 * (had + n) + 1) * step for n, step in enumerate(steps)]
        if evenly:
            planned = turns.total + sum(p.rooms[r] for r in self.rounds)
            self.model.add(sum(squares) <= turns.least[min(planned, len(turns.least) - 1)])
        else:
            self.model.minimize(sum(squares))

"""Why there is no plan: the rules that clash, and the least that would have to give, in sentences."""

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from casesim.programs.core.rotation.model import EVERY_RULE, RELAXED, Demand, Left, RoomsModel
from casesim.programs.core.rotation.plan import Unmet
from casesim.programs.core.rotation.problem import Problem

WORK = 2.0  # deterministic, for each question to the solver
QUESTIONS = 150  # to make one clash smaller


class Why(NamedTuple):
    """Sentences: what cannot hold together, and what would do if it were given up."""

    clashes: tuple[str, ...]
    remedy: tuple[str, ...]


def why(problem: Problem, left: Left) -> Why:
    """What makes this problem infeasible. Rounds that have no plan by themselves are told one by one.

    Where every round could be filled alone, the clash lies between rounds.
    """
    ahead = problem.rounds[problem.held :]
    words = Words(problem)
    alone = [(r, clash) for r in ahead if (clash := _clash(problem, [r], left))]
    if alone:
        clashes = [words.clash(f"Round {words.round(r)}", clash) for r, clash in alone]
        remedy = [said for r, _ in alone for said in _remedy(problem, [r], left)]
    else:
        clash = _clash(problem, ahead, left)
        clashes = [words.clash("The rounds together", clash)] if clash else []
        remedy = _remedy(problem, ahead, left)
    return Why(tuple(clashes), tuple(remedy))


def _clash(problem: Problem, rounds: Iterable[int], left: Left) -> list[Demand]:
    """Demands that cannot hold together, none superfluous unless time ran out. Empty: no clash was found."""
    model = RoomsModel(problem, rounds, dict(enumerate(problem.past)), give_up=EVERY_RULE)
    core = model.clash(model.holds, left, WORK)
    if core is None:
        return []
    for demand in sorted(core, key=_order)[:QUESTIONS]:
        if demand in core and left() > 0:
            core = model.clash(sorted(core - {demand}, key=_order), left, WORK) or core
    return sorted(core, key=_order)


def _order(demand: Demand) -> tuple[str, int, int, int]:
    numbers = [-1 if part is None else part for part in demand[1:]]
    return (demand.rule, numbers[0], numbers[1], numbers[2])


def _remedy(problem: Problem, rounds: Iterable[int], left: Left) -> list[str]:
    model = RoomsModel(problem, rounds, dict(enumerate(problem.past)), give_up=RELAXED)
    model.prefer_rules()
    solved = model.solve(left, WORK * 5, problem.cohort.settings.seed)
    return [Words(problem).unmet(demand).says for demand in solved.given_up]


class Words:
    """Demands in plain words, with people and rounds by name."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem

    def round(self, r: int) -> str:
        """The round as the file names it."""
        return self.problem.cohort.rounds[r].id

    def name(self, m: int) -> str:
        """The member as people know them."""
        return self.problem.cohort.members[m].name

    def clash(self, lead: str, clash: Iterable[Demand]) -> str:
        """One sentence that names all that clashes."""
        by_rule: dict[str, list[Demand]] = {}
        for demand in clash:
            by_rule.setdefault(demand.rule, []).append(demand)
        parts = [said for rule, demands in by_rule.items() for said in self._together(rule, demands)]
        return f"{lead} cannot be filled: {'; '.join(parts)}."

    def unmet(self, demand: Demand) -> Unmet:
        """What a plan does not keep."""
        p = self.problem
        other = -1 if demand.other is None else demand.other
        r = p.pins[other].round if demand.rule == "pin" else demand.round
        where = "" if r is None else f"round {self.round(r)}: "
        members: tuple[int, ...] = () if demand.member is None else (demand.member,)
        match demand.rule:
            case "room":
                says = "a room is not held"
            case "raters":
                says = f"a room has fewer than {p.cohort.seats.raters.least} raters"
            case "seat":
                says = f"a room has nobody as {p.kinds[other]}"
            case "pin":
                members = (p.pins[other].member,)
                says = f"pins[{other}] is not kept for {self.name(members[0])}"
            case _:
                says = f"{self.name(members[0])}, a trainee, has nobody experienced in the room"
        ids = tuple(p.cohort.members[m].id for m in members)
        return Unmet(
            rule=demand.rule, says=where + says, round=None if r is None else self.round(r), members=ids
        )

    # --- parts of a clash -----------------------------------------------------------------------------

    def _together(self, rule: str, demands: list[Demand]) -> list[str]:
        """The demands of one rule, in as few parts of a sentence as say them."""
        match rule:
            case "room":
                return self._rooms(_distinct(d.round for d in demands))
            case "raters":
                return self._raters(_distinct(d.round for d in demands))
            case "seat":
                kinds = {self.problem.kinds[d.other] for d in demands if d.other is not None}
                return [f"{_and(sorted(kinds))} must be people"]
            case "available":
                return self._by_people(demands, lambda d: self.round(d.round or 0), "cannot come in {}")
            case "may":
                return self._by_people(demands, lambda d: self.problem.kinds[d.other or 0], "may not be {}")
            case "fresh":
                scenarios = self.problem.cohort.scenarios
                never = "cannot be candidate on {} after having met it"
                return self._by_people(demands, lambda d: scenarios[d.other or 0].id, never)
            case _:
                return [self._single(demand) for demand in demands]

    def _rooms(self, rounds: list[int]) -> list[str]:
        """Where people are too few, how few; elsewhere only that rooms are to be held."""
        p, parts, enough = self.problem, [], []
        least = min(sum(not slot.optional for slot in slots) for slots in p.slots)
        for r in rounds:
            people, needed = len(p.available(r)), p.rooms[r] * least
            if people < needed:
                rooms = _count(p.rooms[r], "room")
                parts.append(f"{rooms} in {self.round(r)}: {needed} people needed, {people} can come")
            else:
                enough.append(f"{_count(p.rooms[r], 'room')} in {self.round(r)}")
        return parts + ([f"to be held: {_and(enough)}"] if enough else [])

    def _raters(self, rounds: list[int]) -> list[str]:
        p, parts, enough = self.problem, [], []
        least = p.cohort.seats.raters.least
        for r in rounds:
            here = p.available(r)
            may = sum(p.may[m][p.rater] for m in here)
            if may < p.rooms[r] * least:
                needed = _count(p.rooms[r] * least, "rater")
                parts.append(
                    f"{needed} are needed in {self.round(r)}, only {may} of the {len(here)} there may rate"
                )
            else:
                enough.append(self.round(r))
        return parts + ([f"each room in {_and(enough)} needs {_count(least, 'rater')}"] if enough else [])

    def _by_people(self, demands: list[Demand], what: Callable[[Demand], str], says: str) -> list[str]:
        """One part for each set of people to whom the same things apply."""
        who: dict[str, list[int]] = {}
        for demand in demands:
            if demand.member is not None:
                who.setdefault(what(demand), []).append(demand.member)
        things: dict[tuple[int, ...], list[str]] = {}
        for thing, members in who.items():
            things.setdefault(tuple(sorted(members)), []).append(thing)
        return [f"{self._people(members)} {says.format(_and(named))}" for members, named in things.items()]

    def _single(self, demand: Demand) -> str:
        other = -1 if demand.other is None else demand.other
        if demand.rule == "pin":
            pin = self.problem.pins[other]
            return f"pins[{other}] has {self.name(pin.member)} in {self.round(pin.round)}"
        member = self.name(-1 if demand.member is None else demand.member)
        if demand.rule == "trainee":
            return f"{member} is a trainee and needs somebody experienced in the room"
        pair = frozenset((demand.member, demand.other))
        never = "share a room" if pair in self.problem.apart else "rate each other"
        return f"{member} and {self.name(other)} never {never}"

    def _people(self, members: Sequence[int]) -> str:
        everyone = len(members) == len(self.problem.members)
        return "everyone" if everyone else _and([self.name(m) for m in members])


def _distinct(numbers: Iterable[int | None]) -> list[int]:
    return sorted({number for number in numbers if number is not None})


def _and(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}" + ("" if number == 1 else "s")

"""An arrangement -> the plan as a document, with who plays what how often and how good that is."""

from collections.abc import Iterable
from hashlib import sha256

from casesim.programs.core.rotation import plan as doc
from casesim.programs.core.rotation.bound import pair_squares
from casesim.programs.core.rotation.explain import Words
from casesim.programs.core.rotation.linking import components, shared
from casesim.programs.core.rotation.model import empty_room, seating
from casesim.programs.core.rotation.problem import Arrangement, Problem, Room, Rooms
from casesim.programs.core.rotation.schema import Cohort
from casesim.programs.core.rotation.solve import Found
from casesim.programs.core.rotation.tally import Tally, tally
from scoring.core.connectivity import connectivity, weakest_link
from scoring.core.ratings import Row, ratings


def digest(cohort: Cohort) -> str:
    """The SHA-256 of what the file says, however it is laid out."""
    return sha256(cohort.model_dump_json(by_alias=True).encode()).hexdigest()


def document(problem: Problem, found: Found, before: Arrangement | None = None) -> doc.Plan:
    """The plan to hand out; with the changes against an earlier one."""
    cohort = problem.cohort
    numbered = bool(before) or any(pin.room is not None for pin in problem.pins)
    arranged = found.plan if numbered else ordered(found.plan)
    counted = tally(problem, arranged)
    goals = _goals(problem, counted, arranged)
    objective = sum(goal.weight * goal.gap for goal in goals)
    return doc.Plan(
        digest=digest(cohort),
        seed=cohort.settings.seed,
        finish="bound" if not objective else "trials" if found.in_time else "time",
        rounds=tuple(_round(problem, r, rooms) for r, rooms in enumerate(arranged)),
        shares=_shares(problem, counted, arranged),
        pairs=_pairs(problem, counted),
        linking=_linking(problem, counted),
        objective=objective,
        goals=goals,
        unmet=tuple(Words(problem).unmet(demand) for demand in found.given_up),
        changes=changes(problem, before, arranged) if before else (),
    )


def ordered(arranged: Arrangement) -> Arrangement:
    """Rooms by scenario and candidate: their numbers mean nothing yet."""
    return tuple(
        tuple(sorted(filter(_held, rooms), key=lambda room: (room.scenario, room.people[0] or 0)))
        for rooms in arranged
    )


def _held(room: Room) -> bool:
    return room.is_held


# --- who sits where ---------------------------------------------------------------------------------


def _round(problem: Problem, r: int, rooms: Rooms) -> doc.Round:
    asked = problem.cohort.rounds[r]
    seated = seating(problem, rooms)
    return doc.Round(
        round=asked.id,
        starts=asked.starts,
        minutes=asked.minutes,
        rooms=tuple(
            _room(problem, number, room) for number, room in enumerate(rooms, start=1) if room.is_held
        ),
        idle=_ids(problem, (m for m in problem.available(r) if m not in seated)),
    )


def _room(problem: Problem, number: int, room: Room) -> doc.Room:
    slots = zip(problem.slots[room.scenario], room.people, strict=True)
    watching = (problem.rater, problem.observer)
    return doc.Room(
        room=number,
        scenario=problem.cohort.scenarios[room.scenario].id,
        seats=tuple(
            doc.Seat(
                seat=problem.kinds[slot.kind],
                member=None if m is None else problem.cohort.members[m].id,
                bot=m is None and slot.bot,
            )
            for slot, m in slots
            if m is not None or slot.kind not in watching  # a rater's chair may be left out, a role's may not
        ),
    )


def arrangement(problem: Problem, plan: doc.Plan) -> Arrangement:
    """The plan as numbers again. ValueError names what it holds that the cohort does not."""
    rounds = [asked.id for asked in problem.cohort.rounds]
    if [held.round for held in plan.rounds] != rounds:
        raise ValueError(f"rounds: the plan's are not the cohort's, {', '.join(rounds)}")
    return tuple(_arranged_round(problem, held, f"rounds[{r}]") for r, held in enumerate(plan.rounds))


def _arranged_round(problem: Problem, held: doc.Round, path: str) -> Rooms:
    """By number, with an empty room for each that is not held."""
    rooms: dict[int, Room] = {}
    for q, room in enumerate(held.rooms):
        if room.room in rooms:
            raise ValueError(f"{path}.rooms[{q}].room: there are two rooms {room.room}")
        rooms[room.room] = _arranged(problem, room, f"{path}.rooms[{q}]")
    seated = [m for room in rooms.values() for m in room.people if m is not None]
    if twice := sorted({m for m in seated if seated.count(m) > 1}):
        raise ValueError(f"{path}: {', '.join(_ids(problem, twice))} sit in two places")
    return tuple(rooms.get(number, empty_room(problem)) for number in range(1, max(rooms, default=0) + 1))


def _arranged(problem: Problem, room: doc.Room, path: str) -> Room:
    scenarios = [one.id for one in problem.cohort.scenarios]
    members = [one.id for one in problem.cohort.members]
    if room.scenario not in scenarios:
        raise ValueError(f"{path}.scenario: there is no scenario {room.scenario!r}")
    scenario = scenarios.index(room.scenario)
    people: list[int | None] = [None] * len(problem.slots[scenario])
    for place, seat in enumerate(room.seats):
        if seat.member is None:
            continue
        if seat.member not in members:
            raise ValueError(f"{path}.seats[{place}].member: there is no member {seat.member!r}")
        chairs = [
            at
            for at, slot in enumerate(problem.slots[scenario])
            if problem.kinds[slot.kind] == seat.seat and people[at] is None
        ]
        if not chairs:
            raise ValueError(
                f"{path}.seats[{place}].seat: a room of this cohort has no such seat left: {seat.seat!r}"
            )
        people[chairs[0]] = members.index(seat.member)
    return Room(scenario, tuple(people))


def changes(problem: Problem, before: Arrangement, after: Arrangement) -> tuple[doc.Change, ...]:
    """Whose calendar says something else now, in order of rounds and members."""
    rounds = [
        (r, seating(problem, old), seating(problem, new))
        for r, (old, new) in enumerate(zip(before, after, strict=True))
    ]
    return tuple(
        doc.Change(
            member=member.id,
            round=problem.cohort.rounds[r].id,
            before=_place(problem, old.get(m)),
            after=_place(problem, new.get(m)),
        )
        for r, old, new in rounds
        for m, member in enumerate(problem.cohort.members)
        if old.get(m) != new.get(m)
    )


def _place(problem: Problem, seat: tuple[int, int, int] | None) -> str | None:
    if seat is None:
        return None
    room, scenario, kind = seat
    return f"{problem.kinds[kind]} in room {room + 1}, {problem.cohort.scenarios[scenario].id}"


# --- who does what how often ---------------------------------------------------------------------------


def _shares(problem: Problem, counted: Tally, arranged: Arrangement) -> tuple[doc.Share, ...]:
    linked = shared(counted.design())
    size = len(problem.members)
    seated = [seating(problem, rooms) for rooms in arranged]
    found = []
    for m, member in enumerate(problem.cohort.members):
        met = [counted.pairs.counts[min(m, o) * size + max(m, o)] for o in problem.members if o != m]
        found.append(
            doc.Share(
                member=member.id,
                seats={
                    kind: spread.counts[m] for kind, spread in zip(problem.kinds, counted.sits, strict=True)
                },
                idle=sum(problem.free[m][r] and m not in seated[r] for r in problem.rounds),
                met=sum(count > 0 for count in met),
                most_met=max(met),
                rated=sum(count > 0 for count in counted.ratings.counts[m * size : (m + 1) * size]),
                linked=linked.get(m),
            )
        )
    return tuple(found)


def _pairs(problem: Problem, counted: Tally) -> tuple[doc.Pair, ...]:
    size = len(problem.members)
    ratings = counted.ratings.counts
    return tuple(
        doc.Pair(
            members=(problem.cohort.members[one].id, problem.cohort.members[other].id),
            meetings=counted.pairs.counts[one * size + other],
            ratings=ratings[one * size + other] + ratings[other * size + one],
        )
        for one in problem.members
        for other in range(one + 1, size)
    )


def _linking(problem: Problem, counted: Tally) -> doc.Linking:
    names = [member.id for member in problem.cohort.members]
    design = ratings(Row(names[rater], names[candidate], "all", 1) for rater, candidate in counted.design())
    found, weakest = connectivity(design), weakest_link(design)
    return doc.Linking(
        connected=found.connected,
        ratings=len(counted.design()),
        needed=max(0, sum(len(part.raters) + len(part.candidates) for part in found.components) - 1),
        islands=tuple(doc.Island(raters=p.raters, candidates=p.candidates) for p in found.components),
        weakest=weakest and doc.WeakestLink(shared=weakest.shared, side=weakest.side, other=weakest.other),
    )


def _ids(problem: Problem, members: Iterable[int]) -> tuple[str, ...]:
    return tuple(problem.cohort.members[m].id for m in members)


# --- how good that is -------------------------------------------------------------------------------------


def _goals(problem: Problem, counted: Tally, arranged: Arrangement) -> tuple[doc.Goal, ...]:
    """Every goal with its bound, the most important first."""
    roles = sum(spread.squares for spread in counted.sits[1:-1])
    reached = {
        "candidate": (counted.sits[0].squares, counted.sits[0].squares - counted.sits[0].excess),
        "links": (len(components(counted.design())), min(1, len(counted.design()))),
        "idle": _idle(problem, arranged),
        "roles": (roles, roles - counted.roles()),
        "bots": _bots(problem, arranged),
        "pairs": (counted.pairs.squares, pair_squares(counted, arranged)),
        "ratings": (counted.ratings.squares, counted.ratings.squares - counted.ratings.excess),
    }
    goals = [
        doc.Goal(goal=name, weight=counted.weights[name], value=value, bound=bound, gap=value - bound)
        for name, (value, bound) in reached.items()
    ]
    return tuple(sorted(goals, key=lambda goal: -goal.weight))


def _idle(problem: Problem, arranged: Arrangement) -> tuple[int, int]:
    """Visits without a seat, and those for which the rooms have no chair."""
    value = bound = 0
    for r, rooms in enumerate(arranged):
        people = len(problem.available(r))
        value += people - len(seating(problem, rooms))
        bound += max(0, people - sum(len(room.people) for room in rooms if room.is_held))
    return value, bound


def _bots(problem: Problem, arranged: Arrangement) -> tuple[int, int]:
    """Seats that bots take, and those for which there is nobody once the seats for people are filled."""
    value = bound = 0
    for r, rooms in enumerate(arranged):
        chairs = [
            (slot, m)
            for room in filter(_held, rooms)
            for slot, m in zip(problem.slots[room.scenario], room.people, strict=True)
        ]
        value += sum(slot.bot and m is None for slot, m in chairs)
        wanted = sum(slot.bot or not slot.optional for slot, _ in chairs)
        bound += max(0, wanted - len(problem.available(r)))
    return value, bound

"""A cohort compiled to numbers: who is free when, who may sit where, what a room holds.

Members, rounds, scenarios and kinds of seats are their places in the file from here on.
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import NamedTuple

from casesim.programs.core.rotation.reading import ends, local, seat_names, zone_of
from casesim.programs.core.rotation.schema import (
    CANDIDATE,
    FACILITATOR,
    OBSERVER,
    RATER,
    Cohort,
    Hours,
    Member,
    Round,
    Scenario,
    Span,
)


class Slot(NamedTuple):
    """A chair of a room. Without a person an `optional` one is empty, or a bot's if `bot` is true."""

    kind: int
    optional: bool
    bot: bool


class Pin(NamedTuple):
    """None: anywhere."""

    member: int
    round: int
    room: int | None
    scenario: int | None
    kind: int | None


class Room(NamedTuple):
    """A scenario and who sits in its slots; None is a bot or nobody. Without people it is not held."""

    scenario: int
    people: tuple[int | None, ...]

    @property
    def is_held(self) -> bool:
        return any(member is not None for member in self.people)


Rooms = tuple[Room, ...]  # of one round
Arrangement = tuple[Rooms, ...]  # of every round


@dataclass(frozen=True, slots=True)
class Problem:
    """What the planner works on. `held` rounds lie behind us: their rooms are as they are in `past`."""

    cohort: Cohort
    kinds: tuple[str, ...]  # the first is the candidate
    free: tuple[tuple[bool, ...], ...]  # member x round
    may: tuple[tuple[bool, ...], ...]  # member x kind
    seen: tuple[frozenset[int], ...]  # of each member: scenarios met before the first round
    apart: frozenset[frozenset[int]]
    unrated: frozenset[frozenset[int]]  # pairs who never rate each other, those apart included
    trainees: frozenset[int]
    pins: tuple[Pin, ...]
    slots: tuple[tuple[Slot, ...], ...]  # of each scenario
    rooms: tuple[int, ...]  # how many in each round
    past: Arrangement = ()

    @property
    def held(self) -> int:
        return len(self.past)

    @property
    def rater(self) -> int:
        return len(self.kinds) - 2

    @property
    def observer(self) -> int:
        return len(self.kinds) - 1

    @property
    def members(self) -> range:
        return range(len(self.free))

    @property
    def rounds(self) -> range:
        return range(len(self.rooms))

    @property
    def scenarios(self) -> range:
        return range(len(self.slots))

    def available(self, round_: int) -> list[int]:
        """The members who can come to this round."""
        return [m for m in self.members if self.free[m][round_]]


def problem(cohort: Cohort) -> Problem:
    """The cohort as numbers. It has passed `reading.check`."""
    kinds = seat_names(cohort)
    place = {member.id: at for at, member in enumerate(cohort.members)}
    scenario = {one.id: at for at, one in enumerate(cohort.scenarios)}
    free = tuple(tuple(_free(member, one) for one in cohort.rounds) for member in cohort.members)
    slots = tuple(_slots(cohort, one, kinds) for one in cohort.scenarios)
    pairs = [(frozenset(place[name] for name in c.members), c.never) for c in cohort.conflicts]
    trained = cohort.settings.trainees_beside_experienced
    return Problem(
        cohort=cohort,
        kinds=kinds,
        free=free,
        may=tuple(tuple(_may(member, kind) for kind in kinds) for member in cohort.members),
        seen=tuple(frozenset(scenario[name] for name in member.seen) for member in cohort.members),
        apart=frozenset(pair for pair, never in pairs if never == "together"),
        unrated=frozenset(pair for pair, _ in pairs),
        trainees=frozenset(
            at for at, member in enumerate(cohort.members) if trained and member.experience == "trainee"
        ),
        pins=_pins(cohort, place, scenario, kinds),
        slots=slots,
        rooms=tuple(
            one.rooms or rooms_for(sum(row[at] for row in free), slots, kinds.index(OBSERVER))
            for at, one in enumerate(cohort.rounds)
        ),
    )


def rooms_for(people: int, slots: tuple[tuple[Slot, ...], ...], observer: int) -> int:
    """As few rooms as give so many people more to do than to observe, if they can fill them. At least one."""
    places = max(sum(slot.kind != observer for slot in room) for room in slots)
    needed = min(sum(not slot.optional for slot in room) for room in slots)
    return max(1, min(-(-people // places), people // needed))


def _slots(cohort: Cohort, scenario: Scenario, kinds: tuple[str, ...]) -> tuple[Slot, ...]:
    """The chairs of a room with this scenario, those of one kind side by side."""
    seats = cohort.seats
    counts = {
        FACILITATOR: (1, 1),
        RATER: (seats.raters.least, seats.raters.most),
        OBSERVER: (0, seats.observers),
        CANDIDATE: (1, 1),
        **{role: (0 if role in seats.bots else 1, 1) for role in scenario.roles},
    }
    return tuple(
        Slot(at, optional=number >= counts[kind][0], bot=kind in seats.bots)
        for at, kind in enumerate(kinds)
        if kind in counts
        for number in range(counts[kind][1])
    )


def _may(member: Member, kind: str) -> bool:
    asked = {
        CANDIDATE: member.may_be_candidate,
        RATER: member.may_rate,
        FACILITATOR: member.may_facilitate,
    }
    return asked.get(kind, True)


def _pins(
    cohort: Cohort, place: dict[str, int], scenario: dict[str, int], kinds: tuple[str, ...]
) -> tuple[Pin, ...]:
    rounds = [one.id for one in cohort.rounds]
    return tuple(
        Pin(
            place[pin.member],
            rounds.index(pin.round),
            None if pin.room is None else pin.room - 1,
            None if pin.scenario is None else scenario[pin.scenario],
            None if pin.seat is None else kinds.index(pin.seat),
        )
        for pin in cohort.pins
    )


# --- who can come -----------------------------------------------------------------------------------


def _free(member: Member, round_: Round) -> bool:
    return _within_availability(member, round_) and _within_hours(member, round_)


def _within_availability(member: Member, round_: Round) -> bool:
    if member.availability is None:
        return True
    return any(
        when == round_.id if isinstance(when, str) else _within(when, member, round_)
        for when in member.availability
    )


def _within(span: Span, member: Member, round_: Round) -> bool:
    zone = zone_of(member)
    if zone is None or round_.starts is None:
        return False
    return local(span.from_, zone) <= round_.starts and ends(round_) <= local(span.to, zone)


def _within_hours(member: Member, round_: Round) -> bool:
    zone = zone_of(member)
    if member.hours is None or round_.starts is None or zone is None:
        return True
    here = round_.starts.astimezone(zone)
    # Yesterday's hours as well: they may go over midnight.
    return any(
        opens <= here and ends(round_).astimezone(zone) <= closes
        for opens, closes in (_hours_on(member.hours, here, days) for days in (0, -1))
    )


def _hours_on(hours: Hours, here: datetime, days: int) -> tuple[datetime, datetime]:
    day = here.date() + timedelta(days=days)
    opens = datetime.combine(day, time.fromisoformat(hours.from_), here.tzinfo)
    until = day if hours.to > hours.from_ else day + timedelta(days=1)
    return opens, datetime.combine(until, time.fromisoformat(hours.to), here.tzinfo)

"""A plan becomes rooms to schedule: what the step that opens them has to know, in one function."""

from datetime import datetime
from typing import NamedTuple

from casesim.programs.core.rotation.plan import Plan, Room
from casesim.programs.core.rotation.schema import CANDIDATE, FACILITATOR, OBSERVER, RATER, RESERVED, Cohort


class Occupant(NamedTuple):
    """Who sits in a panel's or candidate's seat. Neither member nor bot: nobody yet."""

    seat: str
    member: str | None
    bot: bool


class RoomSpec(NamedTuple):
    """One room to open. `facilitator` None: somebody from outside the cohort. `starts` None: not set."""

    title: str
    round: str
    room: int
    scenario: str
    starts: datetime | None
    minutes: int
    seats: tuple[Occupant, ...]  # candidate and panel
    facilitator: str | None
    raters: tuple[str, ...]
    observers: tuple[str, ...]


def room_specs(plan: Plan, cohort: Cohort) -> list[RoomSpec]:
    """The rooms of all rounds, in order."""
    names = {member.id: member.name for member in cohort.members}
    return [
        _spec(held.round, held.starts, held.minutes, room, names)
        for held in plan.rounds
        for room in held.rooms
    ]


def _spec(round_: str, starts: datetime | None, minutes: int, room: Room, names: dict[str, str]) -> RoomSpec:
    by_seat: dict[str, list[str]] = {}
    for seat in room.seats:
        if seat.member is not None:
            by_seat.setdefault(seat.seat, []).append(seat.member)
    candidate = by_seat.get(CANDIDATE, [None])[0]
    return RoomSpec(
        title=f"{names[candidate]}, {room.scenario}" if candidate else room.scenario,
        round=round_,
        room=room.room,
        scenario=room.scenario,
        starts=starts,
        minutes=minutes,
        seats=tuple(
            Occupant(s.seat, s.member, s.bot)
            for s in room.seats
            if s.seat == CANDIDATE or s.seat not in RESERVED
        ),
        facilitator=next(iter(by_seat.get(FACILITATOR, [])), None),
        raters=tuple(by_seat.get(RATER, [])),
        observers=tuple(by_seat.get(OBSERVER, [])),
    )

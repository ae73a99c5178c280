"""A plan as two tables: rounds by rooms by seats, and what each member does in each round. Pure."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from casesim.programs.core.rotation.plan import Change, Plan, Room
from casesim.programs.core.rotation.schema import CANDIDATE, FACILITATOR, RATER


class Place(NamedTuple):
    """A chair. Neither member nor bot: nobody."""

    seat: str  # its kind: candidate, rater, a role
    title: str
    member: str  # by its name in the file; empty for a bot or nobody
    name: str
    bot: bool


class RoomLine(NamedTuple):
    number: int
    case: str  # slug
    case_title: str
    places: tuple[Place, ...]


class RoundLine(NamedTuple):
    number: int  # from 1
    id: str
    starts: datetime | None
    minutes: int
    rooms: tuple[RoomLine, ...]
    idle: tuple[str, ...]  # names


class MemberLine(NamedTuple):
    """What a member does. `turns`: one for each round, empty where they have no seat."""

    member: str
    name: str
    turns: tuple[str, ...]
    candidate: int
    rates: int
    panel: int
    idle: int
    met: int


class ChangeLine(NamedTuple):
    name: str
    round: str
    before: str
    after: str


Names = Mapping[str, str]


def rounds(plan: Plan, names: Names, cases: Names) -> list[RoundLine]:
    """Rounds with their rooms. `names`: members; `cases`: titles by slug."""
    return [
        RoundLine(
            number=number,
            id=held.round,
            starts=held.starts,
            minutes=held.minutes,
            rooms=tuple(_room(room, names, cases) for room in held.rooms),
            idle=tuple(names.get(member, member) for member in held.idle),
        )
        for number, held in enumerate(plan.rounds, 1)
    ]


def _room(room: Room, names: Names, cases: Names) -> RoomLine:
    return RoomLine(
        number=room.room,
        case=room.scenario,
        case_title=cases.get(room.scenario, room.scenario),
        places=tuple(
            Place(s.seat, titled(s.seat), s.member or "", names.get(s.member or "", ""), s.bot)
            for s in room.seats
        ),
    )


def titled(seat: str) -> str:
    """A kind of seat as people read it."""
    return seat.replace("_", " ").capitalize()


def members(plan: Plan, names: Names) -> list[MemberLine]:
    """One line a member, by name."""
    sits = {
        (seat.member, r): f"{titled(seat.seat)}, room {room.room}"
        for r, held in enumerate(plan.rounds)
        for room in held.rooms
        for seat in room.seats
        if seat.member
    }
    lines = [
        MemberLine(
            member=share.member,
            name=names.get(share.member, share.member),
            turns=tuple(sits.get((share.member, r), "") for r in range(len(plan.rounds))),
            candidate=share.seats.get(CANDIDATE, 0),
            rates=share.seats.get(RATER, 0),
            panel=sum(n for kind, n in share.seats.items() if kind not in (CANDIDATE, RATER, FACILITATOR)),
            idle=share.idle,
            met=share.met,
        )
        for share in plan.shares
    ]
    return sorted(lines, key=lambda line: line.name)


def changes(plan: Plan, names: Names) -> list[ChangeLine]:
    """What is new in whose calendar, round by round."""
    return [
        ChangeLine(
            names.get(c.member, c.member), c.round.removeprefix("r"), _place(c.before), _place(c.after)
        )
        for c in sorted(plan.changes, key=lambda c: (_number(c), names.get(c.member, "")))
    ]


def _number(change: Change) -> int:
    return int(change.round.removeprefix("r"))


def _place(text: str | None) -> str:
    return text or "no seat"

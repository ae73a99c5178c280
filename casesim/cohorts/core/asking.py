"""A cohort as its pages know it -> the file that the rotation planner reads. Pure.

Rounds are named r1, r2 ... in the order of their times, members by `name_of`, cases by their slugs.
"""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from casesim.programs.core.rotation.reading import cohort as read_cohort
from casesim.programs.core.rotation.schema import Cohort

SECONDS = 240  # of one planning at most; longer than a page's patience, shorter than a worker's


class Person(NamedTuple):
    """A member. `rounds`: which they can come to, by place from 0; None: all of them."""

    id: str
    name: str
    time_zone: str
    trainee: bool
    may_be_candidate: bool
    may_rate: bool
    hours: tuple[str, str] | None
    rounds: tuple[int, ...] | None
    seen: tuple[str, ...]


class Turn(NamedTuple):
    starts: datetime
    minutes: int
    rooms: int | None


class Case(NamedTuple):
    slug: str
    roles: tuple[str, ...]


class Pinned(NamedTuple):
    """`seat` and `case` may be empty and `room` None: then any."""

    member: str
    round: int
    case: str
    seat: str
    room: int | None = None


class Group(NamedTuple):
    """Everything a plan is asked for. `conflicts`: member, member, together or rate."""

    people: tuple[Person, ...]
    turns: tuple[Turn, ...]
    cases: tuple[Case, ...]
    raters: tuple[int, int]
    member_facilitates: bool
    bots_fill: bool
    conflicts: tuple[tuple[str, str, str], ...]
    pins: tuple[Pinned, ...]


def name_of(member: int) -> str:
    """A member's name in the file."""
    return f"m{member}"


def round_name(place: int) -> str:
    """A round's name in the file; places count from 0."""
    return f"r{place + 1}"


def lacking(group: Group) -> list[str]:
    """What has to be there before anything can be planned, in plain words."""
    people, turns, cases = len(group.people), len(group.turns), len(group.cases)
    found = []
    if not 4 <= people <= 60:
        found.append(f"A cohort has 4 to 60 members; here are {people}.")
    if not 1 <= turns <= 12:
        found.append(f"A cohort has 1 to 12 rounds; here are {turns}.")
    if not cases:
        found.append("Choose at least one scenario.")
    return found


def asked(group: Group) -> Cohort:
    """The file. Raises BadCohort with every problem, each with its field."""
    return read_cohort(json.dumps(_document(group)))


def _document(group: Group) -> dict[str, Any]:
    least, most = group.raters
    roles = dict.fromkeys(role for case in group.cases for role in case.roles)
    return {
        "members": [_member(person) for person in group.people],
        "rounds": [_round(place, turn) for place, turn in enumerate(group.turns)],
        "scenarios": [{"id": case.slug, "roles": case.roles} for case in group.cases],
        "seats": {
            "raters": {"least": least, "most": most},
            "facilitator": "member" if group.member_facilitates else "outside",
            "bots": list(roles) if group.bots_fill else [],
        },
        "conflicts": [{"members": [one, other], "never": never} for one, other, never in group.conflicts],
        "pins": [_pin(pin) for pin in group.pins],
        "settings": {"time_limit": SECONDS},
    }


def _member(person: Person) -> dict[str, Any]:
    found: dict[str, Any] = {
        "id": person.id,
        "name": person.name,
        "time_zone": person.time_zone,
        "experience": "trainee" if person.trainee else "experienced",
        "seen": person.seen,
        "may_be_candidate": person.may_be_candidate,
        "may_rate": person.may_rate,
    }
    if person.rounds is not None:
        found["availability"] = [round_name(place) for place in person.rounds]
    if person.hours is not None:
        found["hours"] = {"from": person.hours[0], "to": person.hours[1]}
    return found


def _round(place: int, turn: Turn) -> dict[str, Any]:
    return {
        "id": round_name(place),
        "starts": turn.starts.isoformat(),
        "minutes": turn.minutes,
        "rooms": turn.rooms,
    }


def _pin(pin: Pinned) -> dict[str, Any]:
    return {
        "member": pin.member,
        "round": round_name(pin.round),
        "room": pin.room,
        "scenario": pin.case or None,
        "seat": pin.seat or None,
    }


def without(file: Cohort, member: str, start: str) -> Cohort:
    """The file once a member is gone from this round on: a later drop-out must not find them free again."""
    rounds = [each.id for each in file.rounds]
    ahead = set(rounds[rounds.index(start) :])

    def left(given: tuple[Any, ...] | None) -> tuple[Any, ...]:
        return tuple(r for r in (rounds if given is None else given) if r not in ahead)

    members = tuple(
        each.model_copy(update={"availability": left(each.availability)}) if each.id == member else each
        for each in file.members
    )
    pins = tuple(pin for pin in file.pins if pin.member != member or pin.round not in ahead)
    return file.model_copy(update={"members": members, "pins": pins})


def seats_of(cases: Sequence[Case], member_facilitates: bool) -> tuple[str, ...]:
    """The kinds of seats a member can be pinned to."""
    roles = dict.fromkeys(role for case in cases for role in case.roles)
    return ("candidate", *roles, *(("facilitator",) if member_facilitates else ()), "rater")

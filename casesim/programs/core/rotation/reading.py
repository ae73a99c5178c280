"""JSON text -> Cohort, with every problem at once and each with its field."""

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from casesim.programs.core.rotation.schema import RESERVED, Cohort, Member, Round, Span

LARGEST = 1024 * 1024  # characters of one file

Problems = Iterator[str]
Document = TypeVar("Document", bound=BaseModel)


class BadCohort(ValueError):
    """The text is no cohort; `problems` says why, all of them at once, each with its field."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = list(problems)
        super().__init__("\n".join(self.problems))


def cohort(text: str) -> Cohort:
    """The cohort in this JSON text, of the right shape and sense. Raises BadCohort."""
    read = document(Cohort, text)
    if problems := list(check(read)):
        raise BadCohort(problems)
    return read


def document(kind: type[Document], text: str) -> Document:
    """A document of this kind from JSON text. Raises BadCohort."""
    if len(text) > LARGEST:
        raise BadCohort([f"the file is larger than {LARGEST:,} characters"])
    try:
        return kind.model_validate(json.loads(text))
    except json.JSONDecodeError as error:
        raise BadCohort([f"line {error.lineno}, column {error.colno}: not JSON: {error.msg}"]) from None
    except RecursionError:
        raise BadCohort(["the file is nested too deeply"]) from None
    except ValidationError as error:  # is a ValueError, so before it
        raise BadCohort(map(_told, error.errors(include_url=False))) from None
    except ValueError as error:  # a number of thousands of digits
        raise BadCohort([f"the file is not JSON as it is read here: {error}"]) from None


def _told(error: ErrorDetails) -> str:
    said = {"missing": "is missing", "extra_forbidden": "is not a field of this document"}
    given = error["input"]
    shown = f", not {given!r}" if isinstance(given, str | int | float | bool) else ""
    message = error["msg"][0].lower() + error["msg"][1:]
    return f"{field(error['loc'])}: {said.get(error['type'], message + shown)}"


def field(loc: tuple[str | int, ...]) -> str:
    """A place as it is written in code: `members[3].availability[0].from`."""
    path = ""
    for before, step in zip((None, *loc), loc, strict=False):
        if isinstance(step, int):
            path += f"[{step}]"
        elif not (isinstance(before, int) and step in ("round", "span") and "availability" in path):
            path += f".{step}" if path else step
    return path or "the file"


# --- what no single field can say ---------------------------------------------------------------


def check(read: Cohort) -> Problems:
    """Everything that is of the right shape and makes no sense."""
    yield from _unique(read)
    yield from _rounds(read.rounds)
    yield from _seats(read)
    for place, member in enumerate(read.members):
        yield from _member(f"members[{place}]", member, read)
    yield from _conflicts(read)
    yield from _pins(read)


def _unique(read: Cohort) -> Problems:
    for name in ("members", "rounds", "scenarios"):
        first: dict[str, int] = {}
        for place, one in enumerate(getattr(read, name)):
            if (earlier := first.setdefault(one.id, place)) != place:
                yield f"{name}[{place}].id: {one.id!r} is {name}[{earlier}] already"


def _rounds(rounds: tuple[Round, ...]) -> Problems:
    """Rounds follow one another: a member sits in one room at a time."""
    for place, (before, after) in enumerate(pairwise(rounds), start=1):
        if before.starts and after.starts and after.starts < ends(before):
            yield f"rounds[{place}].starts: before round {before.id!r} has ended"


def _seats(read: Cohort) -> Problems:
    raters = read.seats.raters
    if raters.least > raters.most:
        yield f"seats.raters.least: {raters.least} is more than most, {raters.most}"
    known = {role for scenario in read.scenarios for role in scenario.roles}
    for place, role in enumerate(read.seats.bots):
        if role not in known:
            yield f"seats.bots[{place}]: no scenario has a role {role!r}"
    for place, scenario in enumerate(read.scenarios):
        for at, role in enumerate(scenario.roles):
            if role in RESERVED:
                yield f"scenarios[{place}].roles[{at}]: {role!r} is a seat of every room and no role"
            if role in scenario.roles[:at]:
                yield f"scenarios[{place}].roles[{at}]: {role!r} is there twice"


def _member(path: str, member: Member, read: Cohort) -> Problems:
    if not (zone := zone_of(member)):
        yield f"{path}.time_zone: {member.time_zone!r} is no time zone; write one like Europe/Berlin"
    rounds = {round_.id for round_ in read.rounds}
    for place, when in enumerate(member.availability or ()):
        at = f"{path}.availability[{place}]"
        if isinstance(when, str):
            if when not in rounds:
                yield f"{at}: there is no round {when!r}"
        elif zone and local(when.to, zone) <= local(when.from_, zone):
            yield f"{at}.to: not after from"
    if member.hours and member.hours.from_ == member.hours.to:
        yield f"{path}.hours.to: the same as from"
    if _in_times(member):
        for at_round, round_ in enumerate(read.rounds):
            if round_.starts is None:
                yield f"rounds[{at_round}].starts: is missing, and {path} is available by the clock"
    yield from _names(f"{path}.seen", member.seen, {s.id for s in read.scenarios}, "scenario")


def _in_times(member: Member) -> bool:
    return member.hours is not None or any(isinstance(when, Span) for when in member.availability or ())


def _conflicts(read: Cohort) -> Problems:
    known = {member.id for member in read.members}
    for place, conflict in enumerate(read.conflicts):
        yield from _names(f"conflicts[{place}].members", conflict.members, known, "member")
        if conflict.members[0] == conflict.members[1]:
            yield f"conflicts[{place}].members[1]: the same person twice"


def _pins(read: Cohort) -> Problems:
    known: dict[str, set[str]] = {
        "member": {member.id for member in read.members},
        "round": {round_.id for round_ in read.rounds},
        "scenario": {scenario.id for scenario in read.scenarios},
        "seat": set(seat_names(read)),
    }
    first: dict[tuple[str, str], int] = {}
    for place, pin in enumerate(read.pins):
        for name, names in known.items():
            given = getattr(pin, name)
            if given is not None and given not in names:
                yield f"pins[{place}].{name}: there is no {name} {given!r}"
        if (earlier := first.setdefault((pin.member, pin.round), place)) != place:
            yield f"pins[{place}]: pins[{earlier}] has {pin.member!r} in round {pin.round!r} already"


def _names(path: str, given: Iterable[str], known: set[str], kind: str) -> Problems:
    for place, name in enumerate(given):
        if name not in known:
            yield f"{path}[{place}]: there is no {kind} {name!r}"


# --- words and times ------------------------------------------------------------------------------


def seat_names(read: Cohort) -> tuple[str, ...]:
    """The kinds of seats a room of this cohort may have: candidate, roles, facilitator, rater, observer."""
    candidate, facilitator, rater, observer = RESERVED
    roles = dict.fromkeys(role for scenario in read.scenarios for role in scenario.roles)
    outside = read.seats.facilitator == "outside"
    return (candidate, *roles, *(() if outside else (facilitator,)), rater, observer)


def ends(round_: Round) -> datetime:
    """When a round with a start is over."""
    if round_.starts is None:
        raise ValueError(f"round {round_.id!r} has no start")
    return round_.starts + timedelta(minutes=round_.minutes)


def zone_of(member: Member) -> ZoneInfo | None:
    """The member's time zone; None if there is none of that name."""
    try:
        return ZoneInfo(member.time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def local(time: datetime, zone: ZoneInfo) -> datetime:
    """A time in UTC; one without an offset is read on the clock of this zone."""
    return (time if time.tzinfo else time.replace(tzinfo=zone)).astimezone(UTC)


def published() -> dict[str, Any]:
    """The JSON Schema of a cohort file."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **Cohort.model_json_schema()}

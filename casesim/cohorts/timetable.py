"""A cohort's availability as a table: looked at first, and then done whole or not at all."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import time
from typing import Literal

from django.db import transaction

from casesim.accounts.core.table import BadTable, Row, rows, too_wide
from casesim.cohorts import queries, service
from casesim.cohorts.access import Here
from casesim.cohorts.models import Member

WORDS = {"yes": True, "y": True, "x": True, "1": True, "no": False, "n": False, "0": False, "-": False}
Hours = tuple[time, time] | None


@dataclass(frozen=True, slots=True)
class Given:
    """When a member can come: ids of rounds, and the hours of their own day (None: any)."""

    comes: frozenset[int]
    hours: Hours


@dataclass(frozen=True, slots=True)
class Step:
    """What taking a line in would do."""

    line: int
    member: Member
    does: Literal["changes", "keeps"]
    words: str
    given: Given

    @property
    def who(self) -> str:
        return str(self.member)


def as_rows(here: Here) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """The header and a line for each member, with what is known; to be filled in and brought back."""
    turns = [turn.pk for turn in here.cohort.rounds.all()]
    lines = []
    for member in queries.members(here.cohort):
        now = _now(member, turns)
        hours = (f"{now.hours[0]:%H:%M}", f"{now.hours[1]:%H:%M}") if now.hours else ("", "")
        lines.append((member.person.email, *hours, *("yes" if t in now.comes else "no" for t in turns)))
    return _columns(turns), lines


def plan(here: Here, text: str) -> tuple[Step, ...]:
    """What taking this table in would do, line by line; nothing is written. Raises BadTable.

    An empty cell leaves what is known. `from` and `to` are given together.
    """
    turns = [turn.pk for turn in here.cohort.rounds.all()]
    members = {member.person.email.lower(): member for member in queries.members(here.cohort)}
    found = rows(text, _columns(turns), "email", service.MOST_MEMBERS)
    problems = [p for row in found for p in (*_wrong(row, members, len(turns)), *too_wide(row))]
    if problems := [*problems, *_twice(found)]:
        raise BadTable(problems)
    return tuple(_step(row, members[row["email"].lower()], turns) for row in found)


def take_in(here: Here, text: str) -> int:
    """Set the availability of everybody in the table; returns of how many it changed. Raises BadTable."""
    changes = [step for step in plan(here, text) if step.does == "changes"]
    with transaction.atomic():
        for step in changes:
            hours = tuple(f"{at:%H:%M}" for at in step.given.hours) if step.given.hours else None
            seen = [each.scenario_id for each in step.member.seen.all()]
            service.set_availability(here.standing.person, step.member, step.given.comes, hours, seen)
    return len(changes)


def _columns(turns: Collection[int]) -> tuple[str, ...]:
    return ("email", "from", "to", *(f"round_{number}" for number in range(1, len(turns) + 1)))


def _now(member: Member, turns: Iterable[int]) -> Given:
    absent = {absence.round_id for absence in member.absences.all()}
    hours = (member.hours_from, member.hours_to) if member.hours_from and member.hours_to else None
    return Given(frozenset(turns) - absent, hours)


def _step(row: Row, member: Member, turns: list[int]) -> Step:
    now = _now(member, turns)
    said = {turn: WORDS[cell] for n, turn in enumerate(turns, 1) if (cell := row[f"round_{n}"].lower())}
    comes = frozenset(turn for turn in turns if said.get(turn, turn in now.comes))
    hours = (_clock(row["from"]), _clock(row["to"])) if row["from"] else now.hours
    given = Given(comes, hours)
    if given == now and member.answered_at:
        return Step(row.line, member, "keeps", "is so already", given)
    return Step(row.line, member, "changes", _told(given, turns), given)


def _told(given: Given, turns: list[int]) -> str:
    missed = [str(n) for n, turn in enumerate(turns, 1) if turn not in given.comes]
    comes = f"misses round {', '.join(missed)}" if missed else "comes to every round"
    return f"{comes}, {given.hours[0]:%H:%M} to {given.hours[1]:%H:%M}" if given.hours else comes


def _wrong(row: Row, members: Collection[str], turns: int) -> list[str]:
    wrong = []
    if row["email"].lower() not in members:
        wrong.append(f"email: {row['email']!r} is nobody in this cohort")
    wrong += [f"{c}: {row[c]!r} is no time; write 09:00" for c in ("from", "to") if not _is_clock(row[c])]
    if bool(row["from"]) != bool(row["to"]) or (row["from"] and row["from"] == row["to"]):
        wrong.append("to: give two different hours, or neither")
    for column in (f"round_{number}" for number in range(1, turns + 1)):
        if row[column] and row[column].lower() not in WORDS:
            wrong.append(f"{column}: {row[column]!r} is neither yes nor no")
    return [f"line {row.line}, {what}" for what in wrong]


def _is_clock(cell: str) -> bool:
    try:
        return not cell or _clock(cell) is not None
    except ValueError:
        return False


def _clock(cell: str) -> time:
    """A time such as 9:00 or 09:00. ValueError for anything else."""
    hour, _, minute = cell.partition(":")
    return time(int(hour), int(minute))


def _twice(found: Iterable[Row]) -> list[str]:
    seen: dict[str, int] = {}
    problems = []
    for row in found:
        first = seen.setdefault(row["email"].lower(), row.line)
        if first != row.line:
            problems.append(f"line {row.line}, email: {row['email']} stands in line {first} already")
    return problems

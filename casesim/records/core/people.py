"""A table of people, read and checked: who would come in, as what, and what is wrong with it. Pure."""

import csv
import io
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal

from casesim.accounts.core.permissions import ROLES, Role, may_give

COLUMNS = ("email", "name", "role", "time_zone")
MOST = 500  # people in one table
LONGEST = 120  # characters of a name


class BadPeople(Exception):
    """A table that cannot be taken in; `problems` names each by its line and column."""

    def __init__(self, problems: Collection[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class Person:
    """A line of the table. Empty: not given."""

    line: int
    email: str
    name: str
    role: Role
    time_zone: str


@dataclass(frozen=True, slots=True)
class Step:
    """What taking a line in would do."""

    person: Person
    does: Literal["adds", "keeps"]
    words: str


def read_people(text: str, giver: Role, zones: Collection[str]) -> tuple[Person, ...]:
    """The people of a CSV table with a header. BadPeople names everything that is wrong with it at once."""
    rows = [row for row in _rows(text) if any(cell.strip() for cell in row.cells)]
    if not rows:
        raise BadPeople(
            ["the table is empty; its first line names the columns: email, name, role, time_zone"]
        )
    header = _header(rows[0].cells)
    if len(rows) - 1 > MOST:
        raise BadPeople([f"the table has {len(rows) - 1} people; {MOST} at the most come in at once"])
    problems: list[str] = []
    people = [_person(row, header, giver, zones, problems) for row in rows[1:]]
    problems += _twice(people)
    if not people:
        problems.append("the table names nobody below its header")
    if problems:
        raise BadPeople(problems)
    return tuple(people)


def steps(people: Collection[Person], members: Mapping[str, Role]) -> tuple[Step, ...]:
    """What each line would do in a workspace with these members (address in small letters -> role)."""
    return tuple(_step(person, members.get(person.email)) for person in people)


def _step(person: Person, is_already: Role | None) -> Step:
    if is_already is None:
        return Step(person, "adds", f"comes in as {person.role}")
    if is_already == person.role:
        return Step(person, "keeps", f"is in already, as {is_already}")
    return Step(person, "keeps", f"stays {is_already}: a table changes nobody's role")


@dataclass(frozen=True, slots=True)
class _Row:
    line: int
    cells: list[str]


def _rows(text: str) -> list[_Row]:
    """Rows with the line each ends on; a semicolon separates where the header has no comma."""
    text = text.removeprefix("\ufeff")
    if "\0" in text:
        raise BadPeople(["this is not a text file: save the table as CSV"])
    first = text.lstrip().split("\n", 1)[0]
    reader = csv.reader(io.StringIO(text), delimiter=";" if ";" in first and "," not in first else ",")
    try:
        return [_Row(reader.line_num, row) for row in reader]
    except csv.Error as error:
        raise BadPeople([f"line {reader.line_num}: {error}"]) from None


def _header(cells: list[str]) -> dict[str, int]:
    """column -> its place. BadPeople for one there is none of, one that stands twice, or no addresses."""
    names = [cell.strip().lower().replace(" ", "_") for cell in cells]
    unknown = [name for name in names if name not in COLUMNS]
    problems = [f"line 1: there is no column {name!r}; known are {', '.join(COLUMNS)}" for name in unknown]
    problems += [f"line 1: the column {name} stands twice" for name in COLUMNS if names.count(name) > 1]
    if "email" not in names:
        problems.append("line 1: the column email is missing")
    if problems:
        raise BadPeople(problems)
    return {name: names.index(name) for name in names}


def _person(
    row: _Row, header: Mapping[str, int], giver: Role, zones: Collection[str], problems: list[str]
) -> Person:
    def cell(name: str) -> str:
        place = header.get(name, len(row.cells))
        return row.cells[place].strip() if place < len(row.cells) else ""

    found = Person(
        row.line,
        cell("email").lower(),
        cell("name"),
        _role(cell("role").lower()),
        cell("time_zone"),
    )
    problems += [f"line {row.line}, {what}" for what in _wrong(found, cell("role").lower(), giver, zones)]
    if len(row.cells) > len(header):
        problems.append(f"line {row.line}: {len(row.cells)} cells under {len(header)} columns")
    return found


def _role(written: str) -> Role:
    return next((role for role in ROLES if role == written), "member")


def _wrong(person: Person, role: str, giver: Role, zones: Collection[str]) -> list[str]:
    """What cannot be meant, column by column."""
    wrong = []
    name, _, domain = person.email.rpartition("@")
    if not name or "." not in domain or any(c.isspace() for c in person.email) or len(person.email) > 254:
        wrong.append(f"email: {person.email!r} is no address")
    if len(person.name) > LONGEST:
        wrong.append(f"name: {len(person.name)} characters; {LONGEST} at the most")
    if role and role not in ROLES:
        wrong.append(f"role: {role!r} is none of {', '.join(ROLES)}")
    elif not may_give(giver, person.role):
        wrong.append(f"role: as {giver} you may not make somebody {person.role}")
    if person.time_zone and person.time_zone not in zones:
        wrong.append(f"time_zone: {person.time_zone!r} is no time zone; write one such as Europe/Madrid")
    return wrong


def _twice(people: Collection[Person]) -> list[str]:
    seen: dict[str, int] = {}
    problems = []
    for person in people:
        if person.email in seen:
            problems.append(
                f"line {person.line}, email: {person.email} stands in line {seen[person.email]} already"
            )
        seen.setdefault(person.email, person.line)
    return problems

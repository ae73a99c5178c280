"""A table of people, read and checked: who would come in, as what, and what is wrong with it. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal

from casesim.accounts.core.permissions import ROLES, Role, may_give
from casesim.accounts.core.table import BadTable, Row, rows, too_wide

COLUMNS = ("email", "name", "role", "time_zone")
MOST = 500  # people in one table
LONGEST = 120  # characters of a name


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

    @property
    def line(self) -> int:
        return self.person.line

    @property
    def who(self) -> str:
        name = self.person.name
        return f"{name} ({self.person.email})" if name else self.person.email


def read_people(text: str, giver: Role, zones: Collection[str]) -> tuple[Person, ...]:
    """The people of a CSV table with a header. BadTable names everything that is wrong with it at once."""
    found = rows(text, COLUMNS, "email", MOST)
    problems = [p for row in found for p in (*_wrong(row, giver, zones), *too_wide(row))]
    people = tuple(_person(row) for row in found)
    if problems := [*problems, *_twice(people)]:
        raise BadTable(problems)
    return people


def steps(people: Collection[Person], members: Mapping[str, Role]) -> tuple[Step, ...]:
    """What each line would do in a workspace with these members (address in small letters -> role)."""
    return tuple(_step(person, members.get(person.email)) for person in people)


def _step(person: Person, is_already: Role | None) -> Step:
    if is_already is None:
        return Step(person, "adds", f"comes in as {person.role}")
    if is_already == person.role:
        return Step(person, "keeps", f"is in already, as {is_already}")
    return Step(person, "keeps", f"stays {is_already}: a table changes nobody's role")


def _person(row: Row) -> Person:
    role: Role = next((role for role in ROLES if role == row["role"].lower()), "member")
    return Person(row.line, row["email"].lower(), row["name"], role, row["time_zone"])


def _wrong(row: Row, giver: Role, zones: Collection[str]) -> list[str]:
    """What cannot be meant, column by column."""
    wrong = []
    email, role, zone = row["email"], row["role"].lower(), row["time_zone"]
    name, _, domain = email.rpartition("@")
    if not name or "." not in domain or any(c.isspace() for c in email) or len(email) > 254:
        wrong.append(f"email: {email!r} is no address")
    if len(row["name"]) > LONGEST:
        wrong.append(f"name: {len(row['name'])} characters; {LONGEST} at the most")
    if role and role not in ROLES:
        wrong.append(f"role: {role!r} is none of {', '.join(ROLES)}")
    elif not may_give(giver, _person(row).role):
        wrong.append(f"role: as {giver} you may not make somebody {_person(row).role}")
    if zone and zone not in zones:
        wrong.append(f"time_zone: {zone!r} is no time zone; write one such as Europe/Madrid")
    return [f"line {row.line}, {what}" for what in wrong]


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

"""Taking a table of people into a workspace: looked at first, then done whole or not at all."""

import zoneinfo
from dataclasses import dataclass
from typing import cast

from allauth.account.models import EmailAddress
from django.db import transaction

from casesim.accounts.access import Standing
from casesim.accounts.core.permissions import Role
from casesim.accounts.models import Membership, User
from casesim.accounts.service import noted
from casesim.records.core.people import Person, Step, read_people, steps


@dataclass(frozen=True, slots=True)
class Taken:
    """What taking a table in did."""

    added: int
    kept: int


def plan(by: Standing, text: str) -> tuple[Step, ...]:
    """What taking this table in would do, line by line; nothing is written. Raises BadTable."""
    people = read_people(text, by.role, zoneinfo.available_timezones())
    return steps(people, _members(by))


@transaction.atomic
def take_in(by: Standing, text: str) -> Taken:
    """Make everybody in the table a member. Who is one stays as they are; doing it again adds nobody.

    An account that is new has no password: its person signs in by a code sent to the address. Of one that
    is there already nothing is changed. Raises BadTable; then nothing of the table holds.
    """
    planned = plan(by, text)
    added = [_added(by, step.person) for step in planned if step.does == "adds"]
    return Taken(len(added), len(planned) - len(added))


def _members(by: Standing) -> dict[str, Role]:
    rows = Membership.objects.filter(workspace=by.workspace).values_list("person__email", "role")
    return {email.lower(): cast(Role, role) for email, role in rows}


def _added(by: Standing, person: Person) -> Membership:
    who = User.objects.filter(email__iexact=person.email).first() or _account(person)
    noted(by.person, "added member", f"{who.email} as {person.role}, from a table", by.workspace.pk)
    return Membership.objects.create(workspace=by.workspace, person=who, role=person.role)


def _account(person: Person) -> User:
    made = User.objects.create_user(person.email, name=person.name, time_zone=person.time_zone or "UTC")
    # the first code they sign in by shows that the address is theirs; without this row they would need two
    EmailAddress.objects.create(user=made, email=made.email, primary=True, verified=False)
    return made

"""Erasing: of one seat, of a person in a workspace, of rooms that are kept no longer. Marks stay.

What is left is told by `rooms.core.erasure` for the log and by `scoring.erasing` for sheets and reports.
Whether somebody may is asked before, by `workspace_for`.
"""

import re
from collections.abc import Collection
from typing import cast

from allauth.account.models import EmailAddress
from django.db import transaction
from django.db.models import Q, QuerySet

import casesim.loops.erasing
import rooms.erasing
import scoring.erasing
from casesim.accounts.access import Standing
from casesim.accounts.core.permissions import Role
from casesim.accounts.models import AuditEntry, Membership, User
from casesim.accounts.service import Refusal, leave, noted, remove_member
from casesim.cohorts import erasing as cohort_words
from casesim.cohorts.models import Member
from casesim.loops.models import Loop
from rooms.core.erasure import NOBODY, seats_erased
from rooms.models import Seat
from scoring.models import RaterFinding

GRAVE = "@erased.invalid"  # no address ends so (RFC 2606)


@transaction.atomic
def erase_seat(by: Standing, room_id: str, seat: str, now: int) -> None:
    """What was said from a seat of a room, and who said it. Refusal while the room runs."""
    _erase(room_id, [seat])
    rooms.erasing.close(room_id, [seat], now)
    noted(by.person, "erased seat", f"room {room_id} {seat}", by.workspace.pk)


@transaction.atomic
def erase_person(by: Standing, person_id: int, now: int) -> None:
    """A person's traces in a workspace: words, names, findings, membership, lines of the audit log.

    Their account goes too if it is in no other workspace: its row stays, without anything that says whose
    it was, so that one rater stays one rater. Refusal: themselves, the last owner, or a room that runs.
    """
    if person_id == by.person.pk:
        raise Refusal("You cannot erase yourself: another owner of the workspace has to.")
    person = User.objects.filter(pk=person_id).first()
    if person is None or not _was_here(by, person):
        raise Refusal("This person has left no traces here.")
    held = _seats_by_room(by, person)
    for room_id, seats in held.items():
        _erase(room_id, seats)
    _forget(by, person, held, now)
    noted(by.person, "erased person", f"number {person_id}, {len(held)} rooms", by.workspace.pk)


@transaction.atomic
def end_account(person: User) -> None:
    """Somebody ends their own account. What they said in rooms is the workspaces' to erase.

    Refusal: an operator, or a workspace's last owner.
    """
    if person.is_superuser:
        raise Refusal("An operator's account is ended by another operator.")
    memberships = Membership.objects.filter(person=person).select_related("workspace")
    for membership in memberships.order_by("workspace__slug"):
        here = Standing(membership.workspace, person, cast(Role, membership.role))
        try:
            leave(here)
        except Refusal:
            raise Refusal(
                f"You are the last owner of {here.workspace}. Make somebody else an owner first."
            ) from None
        _rename_in_audit(here, person, forget=False)
    bury(person)


@transaction.atomic
def empty_room(room_id: str) -> None:
    """Everything that was said in a room, and every name: it is kept no longer. Refusal while it runs."""
    seats = list(Seat.objects.filter(room_id=room_id).values_list("seat", flat=True))
    _erase(room_id, seats)


def people_of(by: Standing) -> QuerySet[User]:
    """Whoever has left traces here and is not erased yet: members, and who held a seat before they left."""
    members = Membership.objects.filter(workspace=by.workspace).values("person")
    held = Seat.objects.filter(room__workspace=by.workspace).exclude(person=None).values("person")
    found = User.objects.filter(Q(pk__in=members) | Q(pk__in=held)).exclude(email__endswith=GRAVE)
    return found.exclude(pk=by.person.pk).order_by("name", "email")


def _erase(room_id: str, seats: Collection[str]) -> None:
    try:
        rooms.erasing.erase(room_id, seats)
    except rooms.erasing.StillRunning:
        raise Refusal(f"Room {room_id} is still running: end it first.") from None
    scoring.erasing.erase(room_id, seats)
    casesim.loops.erasing.erase(room_id, seats)
    held = Seat.objects.filter(room=room_id, seat__in=seats).exclude(person=None)
    everybody = seats_erased(seats) is None
    cohort_words.erase(room_id, None if everybody else set(held.values_list("person", flat=True)))


def _was_here(by: Standing, person: User) -> bool:
    here = Membership.objects.filter(workspace=by.workspace, person=person).exists()
    return here or bool(_seats_by_room(by, person))


def _seats_by_room(by: Standing, person: User) -> dict[str, list[str]]:
    held: dict[str, list[str]] = {}
    rows = Seat.objects.filter(room__workspace=by.workspace, person=person).order_by("pk")
    for room_id, seat in rows.values_list("room_id", "seat"):
        held.setdefault(room_id, []).append(seat)
    return held


def _forget(by: Standing, person: User, held: dict[str, list[str]], now: int) -> None:
    if Membership.objects.filter(workspace=by.workspace, person=person).exists():
        remove_member(by, person.pk)
    RaterFinding.objects.filter(calibration__workspace=by.workspace, person=person).delete()
    elsewhere = Membership.objects.filter(person=person).exists() or person.is_superuser
    if elsewhere:  # the account is theirs, and others know them by it
        for room_id, seats in held.items():
            rooms.erasing.close(room_id, seats, now)
        Member.objects.filter(cohort__workspace=by.workspace, person=person).update(
            person=_nobody(by, person)
        )
        Loop.objects.filter(workspace=by.workspace, person=person).update(person=None)
    _rename_in_audit(by, person, forget=elsewhere)
    if not elsewhere:
        bury(person)


def _nobody(by: Standing, person: User) -> User:
    """An account that is nobody's, in a cohort's place of somebody who lives on elsewhere."""
    made = User.objects.create_user(f"erased-{person.pk}-{by.workspace.pk}{GRAVE}", name=NOBODY)
    made.is_active = False
    made.save()
    return made


def bury(person: User) -> None:
    """Make an account nobody's: it stays as a number that marks and counts belong to."""
    EmailAddress.objects.filter(user=person).delete()
    person.email = f"erased-{person.pk}{GRAVE}"
    person.name, person.time_zone, person.is_active = f"{NOBODY} {person.pk}", "UTC", False
    person.set_unusable_password()  # which ends their sessions too
    person.save()


def _rename_in_audit(by: Standing, person: User, forget: bool) -> None:
    """Lines are never changed: they go, and come back in the same place without the name."""
    naming = re.compile("|".join(rf"(?<!\w){re.escape(each)}(?!\w)" for each in _names(person)))
    rows = AuditEntry.objects.filter(workspace=by.workspace).order_by("pk").iterator()
    theirs = [r for r in rows if r.actor_id == person.pk or naming.search(f"{r.actor_name}\n{r.object}")]
    AuditEntry.objects.filter(pk__in=[row.pk for row in theirs]).delete()
    for row in theirs:
        if forget and row.actor_id == person.pk:
            row.actor_id = None
        row.actor_name, row.object = naming.sub(NOBODY, row.actor_name), naming.sub(NOBODY, row.object)
    AuditEntry.objects.bulk_create(theirs)


def _names(person: User) -> list[str]:
    """How lines name a person. A first name alone may be anybody's, and part of any word."""
    return [person.email, *([person.name] if " " in person.name.strip() else [])]

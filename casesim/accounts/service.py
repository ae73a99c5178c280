"""What changes who is who. Whatever changes something notes it in the audit log, in one transaction.

Whether somebody may is asked before, by `access.workspace_for`; a Standing is its answer.
"""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify

from casesim.accounts.access import Standing
from casesim.accounts.core.invitations import refusal
from casesim.accounts.core.permissions import Role, may_give, may_lose_owner
from casesim.accounts.models import Acceptance, AuditEntry, Invitation, Membership, User, Workspace
from casesim.accounts.queries import terms

MAX_PLACES = 500
MAX_DAYS = 90


class Refusal(Exception):
    """What was asked for is not done; the message says why, for the person who asked."""


def noted(actor: User | str, act: str, about: str, workspace_id: int | None) -> None:
    """Write a line of the audit log. `actor`: a person, or the name under which a guest's seat is known."""
    person = actor if isinstance(actor, User) else None
    AuditEntry.objects.create(
        workspace_id=workspace_id,
        actor=person,
        actor_name=(person.email if person is not None else str(actor))[:254],
        act=act,
        object=about[:400],
    )


# --- workspaces and members ------------------------------------------------------------------------


@transaction.atomic
def create_workspace(owner: User, name: str, slug: str = "") -> Workspace:
    """A new workspace with its first owner. Refusal if its short name is taken or nothing is left of it."""
    short = slugify(slug or name)[:40].strip("-")
    if not short:
        raise Refusal("The name needs at least one letter or digit.")
    try:
        with transaction.atomic():
            workspace = Workspace.objects.create(slug=short, name=name.strip())
    except IntegrityError:
        raise Refusal(f"There is a workspace {short} already; choose another name.") from None
    Membership.objects.create(workspace=workspace, person=owner, role="owner")
    noted(owner, "created workspace", workspace.name, workspace.pk)
    return workspace


@transaction.atomic
def change_role(by: Standing, person_id: int, role: Role) -> None:
    """Give a member another role. Refusal if no owner would be left."""
    found = _member(by, person_id)
    if role != "owner":
        _keep_an_owner(found)
    found.role = role
    found.save(update_fields=["role"])
    noted(by.person, "changed role", f"{found.person.email} is now {role}", by.workspace.pk)


@transaction.atomic
def remove_member(by: Standing, person_id: int) -> None:
    """Take somebody out of the workspace. Refusal for the last owner."""
    found = _member(by, person_id)
    _take_out(found)
    noted(by.person, "removed member", found.person.email, by.workspace.pk)


@transaction.atomic
def leave(by: Standing) -> None:
    """Leave the workspace. Refusal for the last owner."""
    _take_out(_member(by, by.person.pk))
    noted(by.person, "left", by.workspace.name, by.workspace.pk)


def _take_out(found: Membership) -> None:
    _keep_an_owner(found)
    made = Invitation.objects.filter(made_by=found.person, workspace=found.workspace, revoked_at=None)
    made.update(revoked_at=timezone.now())  # or they would come back by a link of their own
    found.delete()


def _member(by: Standing, person_id: int) -> Membership:
    """The membership, its workspace locked: two owners who leave at once are asked one after the other."""
    Workspace.objects.select_for_update().get(pk=by.workspace.pk)
    found = Membership.objects.filter(workspace=by.workspace, person_id=person_id).first()
    if found is None:
        raise Refusal("This person is not in the workspace any more.")
    return found


def _keep_an_owner(leaving: Membership) -> None:
    owners = Membership.objects.filter(workspace=leaving.workspace, role="owner").count()
    if not may_lose_owner(owners, leaving.role):
        raise Refusal("A workspace needs an owner. Make somebody else an owner first.")


# --- invitations ------------------------------------------------------------------------------------


@transaction.atomic
def invite(by: Standing, role: Role, domain: str, places: int, days: int) -> tuple[Invitation, str]:
    """An invitation and, this once, its token. Refusal names what is out of bounds."""
    if not may_give(by.role, role):
        raise Refusal(f"As {by.role} you may not invite somebody as {role}.")
    if not 1 <= places <= MAX_PLACES or not 1 <= days <= MAX_DAYS:
        raise Refusal(f"An invitation is for 1 to {MAX_PLACES} people and 1 to {MAX_DAYS} days.")
    token = secrets.token_urlsafe(24)
    made = Invitation.objects.create(
        workspace=by.workspace,
        role=role,
        token_digest=digest(token),
        domain=domain.strip().lower().removeprefix("@"),
        places=places,
        expires_at=timezone.now() + timedelta(days=days),
        made_by=by.person,
    )
    limits = f"{role}, {places} places, {days} days, {made.domain or 'any address'}"
    noted(by.person, "invited", limits, by.workspace.pk)
    return made, token


@transaction.atomic
def revoke(by: Standing, invitation_id: int) -> None:
    """Withdraw an invitation; who came in by it stays. Refusal if the workspace has no such open one."""
    rows = Invitation.objects.filter(pk=invitation_id, workspace=by.workspace, revoked_at=None)
    if not rows.update(revoked_at=timezone.now()):
        raise Refusal("This invitation is not open any more.")
    noted(by.person, "withdrew invitation", str(invitation_id), by.workspace.pk)


def invitation_by_token(token: str) -> Invitation | None:
    """The invitation a link stands for, whatever has become of it."""
    return Invitation.objects.filter(token_digest=digest(token)).select_related("workspace").first()


@transaction.atomic
def accept(person: User, invitation_id: int, now: datetime | None = None) -> Workspace:
    """Let a person in by an invitation. Who is in already stays as they are. Refusal says why not."""
    found = (
        Invitation.objects.select_for_update(of=("self",)).select_related("workspace").get(pk=invitation_id)
    )
    if Membership.objects.filter(workspace=found.workspace, person=person).exists():
        return found.workspace
    if why := refusal(terms(found, person), person.email, now or timezone.now()):
        raise Refusal(why)
    Membership.objects.create(workspace=found.workspace, person=person, role=found.role)
    Acceptance.objects.create(invitation=found, person=person)
    noted(person, "accepted invitation", f"{found.role} by invitation {found.pk}", found.workspace.pk)
    return found.workspace


def digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


# --- a link that signs in once ------------------------------------------------------------------------


class _SignIn(PasswordResetTokenGenerator):
    """Tokens that end with the first use, since signing in changes what they are made from."""

    key_salt = "casesim.accounts.sign_in"


def sign_in_token(person: User) -> str:
    """`<id>-<token>`: signs this person in, once, within PASSWORD_RESET_TIMEOUT. Nothing of it is stored."""
    return f"{person.pk}-{_SignIn().make_token(person)}"


def sign_in_link(person: User) -> str:
    """The address of a new sign-in token."""
    return settings.SITE_URL + reverse("accounts:sign_in", args=[sign_in_token(person)])


def person_by_sign_in(token: str) -> User | None:
    """Whom such a token signs in; None when it is wrong, old or used."""
    number, _, rest = token.partition("-")
    if not (number.isascii() and number.isdigit()) or len(number) > 18:
        return None
    person = User.objects.filter(pk=int(number), is_active=True).first()
    return person if person is not None and _SignIn().check_token(person, rest) else None

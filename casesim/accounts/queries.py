"""Who is in which workspace, which invitations are out, and what was noted."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import Count, F, QuerySet

from casesim.accounts.core.invitations import Terms
from casesim.accounts.models import AuditEntry, Invitation, Membership, User, Workspace

NOTED_SHOWN = 500


def memberships(person: User) -> QuerySet[Membership]:
    """A person's workspaces with their role in each, by name."""
    return Membership.objects.filter(person=person).select_related("workspace").order_by("workspace__name")


def members(workspace: Workspace) -> QuerySet[Membership]:
    """Everybody in a workspace, by name."""
    rows = Membership.objects.filter(workspace=workspace).select_related("person")
    return rows.order_by("person__name", "person__email")


def unpractised(workspace_id: int, people: Collection[int]) -> list[User]:
    """Who of these may not rate for real yet, because the workspace asks for practice first; by name."""
    rows = Membership.objects.filter(workspace=workspace_id, person__in=people, practised_at=None)
    asked = rows.filter(workspace__raters_practise=True).select_related("person")
    return sorted((row.person for row in asked), key=str)


def open_invitations(workspace: Workspace, now: datetime) -> QuerySet[Invitation]:
    """Invitations somebody could still come in by, with how many did, the newest first."""
    rows = Invitation.objects.filter(workspace=workspace, revoked_at=None, expires_at__gt=now)
    free = rows.annotate(taken=Count("acceptances")).filter(taken__lt=F("places"))
    return free.select_related("made_by").order_by("-made_at")


def terms(invitation: Invitation, person: User | None = None) -> Terms:
    """The invitation as the core judges it for this person."""
    taken = invitation.acceptances
    return Terms(
        domain=invitation.domain,
        expires_at=invitation.expires_at,
        places=invitation.places,
        taken=taken.count(),
        revoked=invitation.revoked_at is not None,
        used=person is not None and taken.filter(person=person).exists(),
    )


def audit(workspace: Workspace) -> QuerySet[AuditEntry]:
    """The newest entries of a workspace's audit log."""
    return AuditEntry.objects.filter(workspace=workspace).order_by("-pk")[:NOTED_SHOWN]

"""Fetch a workspace and ask permission in one call. Whoever may not, and whoever is not in it, gets 404."""

from dataclasses import dataclass
from importlib import import_module
from typing import cast

from django.conf import settings
from django.contrib.auth import get_user
from django.http import Http404, HttpRequest

from casesim.accounts.core.permissions import ACTS, Act, Role, may
from casesim.accounts.models import Membership, User, Workspace


@dataclass(frozen=True, slots=True)
class Standing:
    """A person's place in a workspace."""

    workspace: Workspace
    person: User
    role: Role

    @property
    def rights(self) -> frozenset[Act]:
        """Everything this person may do here; pages show nothing else."""
        return frozenset(act for act in ACTS if may(self.role, act))


def standing(person: User, slug: str) -> Standing | None:
    """This person's place in the workspace of that name; None for strangers."""
    found = Membership.objects.filter(workspace__slug=slug, person=person).select_related("workspace").first()
    return Standing(found.workspace, person, cast(Role, found.role)) if found is not None else None


def signed_in(session: str) -> User | None:
    """The person of a session, asked the way Django's middleware does: a changed password ends it."""
    if not session:
        return None
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(session)
    found = get_user(request)
    return found if isinstance(found, User) else None


def workspace_for(request: HttpRequest, slug: str, act: Act) -> Standing:
    """The workspace, if this request's person may do this in it. Http404 else: no page tells why."""
    person = request.user
    found = standing(person, slug) if isinstance(person, User) else None
    if found is None or not may(found.role, act):
        raise Http404("no such workspace")
    return found


def may_create_workspace(person: User) -> bool:
    """Operators may; everybody where the settings say so."""
    return person.is_superuser or settings.NEW_WORKSPACES == "everyone"

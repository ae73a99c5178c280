"""Pages of a person and of a workspace's people. Fetch and permit in one call, call one function, render.

Signing in, out and up are allauth's views in our templates.
"""

from collections.abc import Callable, Mapping
from typing import Any, cast

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from casesim.accounts import queries, service
from casesim.accounts.access import Standing, may_create_workspace, standing, workspace_for
from casesim.accounts.adapter import INVITATION
from casesim.accounts.core.invitations import refusal
from casesim.accounts.core.permissions import Role as RoleName
from casesim.accounts.forms import InviteForm, PersonForm, RoleForm, WorkspaceForm
from casesim.accounts.models import Invitation, Role, User
from casesim.accounts.service import Refusal
from casesim.nearness import from_this_machine

SIGN_IN_BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


# --- a person ---------------------------------------------------------------------------------------


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def you(request: HttpRequest) -> HttpResponse:
    """One's own name and time zone."""
    person = cast(User, request.user)
    form = PersonForm(request.POST or None, instance=person)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, "Saved.")
        return redirect("accounts:you")
    return render(request, "accounts/you.html", {"form": form}, status=_status(form))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest, token: str) -> HttpResponse:
    """A link that signs in once, at this machine alone. A POST uses it up; merely looking does not."""
    person = service.person_by_sign_in(token) if from_this_machine(request) else None
    if person is None:
        return render(request, "accounts/sign_in_over.html", status=404)
    if request.method != "POST":
        return render(request, "accounts/sign_in.html", {"person": person})
    login(request, person, SIGN_IN_BACKEND)
    return redirect("/")


# --- workspaces -------------------------------------------------------------------------------------


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def workspaces(request: HttpRequest) -> HttpResponse:
    """One's workspaces, and a form for a new one where one may make it."""
    person = cast(User, request.user)
    allowed = may_create_workspace(person)
    form = WorkspaceForm(request.POST or None)
    if request.method == "POST":
        if not allowed:
            raise Http404("no new workspaces")
        if form.is_valid():
            try:
                made = service.create_workspace(person, form.cleaned_data["name"])
                return redirect("accounts:members", made.slug)
            except Refusal as no:
                form.add_error("name", str(no))
    context = {"memberships": queries.memberships(person), "form": form if allowed else None}
    return render(request, "accounts/workspaces.html", context, status=_status(form))


@never_cache
@require_safe
def members(request: HttpRequest, workspace: str) -> HttpResponse:
    """Who is in the workspace, in which role, and which invitations are out."""
    return _members(request, workspace_for(request, workspace, "see_members"))


@never_cache
@require_POST
def change_role(request: HttpRequest, workspace: str, person: int) -> HttpResponse:
    """Give a member another role."""
    here = workspace_for(request, workspace, "manage_members")
    form = RoleForm(request.POST)
    if not form.is_valid():
        return _members(request, here, {"error": "There is no such role."}, 422)
    return _done(request, here, lambda: service.change_role(here, person, form.cleaned_data["role"]))


@never_cache
@require_POST
def remove(request: HttpRequest, workspace: str, person: int) -> HttpResponse:
    """Take a member out of the workspace."""
    here = workspace_for(request, workspace, "manage_members")
    return _done(request, here, lambda: service.remove_member(here, person))


@never_cache
@require_POST
def leave(request: HttpRequest, workspace: str) -> HttpResponse:
    """Leave the workspace oneself."""
    here = workspace_for(request, workspace, "see")
    try:
        service.leave(here)
    except Refusal as no:
        messages.error(request, str(no))
        return redirect("programs:workspace", here.workspace.slug)
    messages.success(request, f"You left {here.workspace.name}.")
    return redirect("accounts:workspaces")


@never_cache
@require_safe
def audit(request: HttpRequest, workspace: str) -> HttpResponse:
    """The newest lines of the audit log."""
    here = workspace_for(request, workspace, "see_audit_log")
    context = {"standing": here, "entries": queries.audit(here.workspace), "most": queries.NOTED_SHOWN}
    return render(request, "accounts/audit.html", context)


# --- invitations ------------------------------------------------------------------------------------


@never_cache
@require_POST
def invite(request: HttpRequest, workspace: str) -> HttpResponse:
    """Make an invitation; its link is in this answer and nowhere else."""
    here = workspace_for(request, workspace, "invite")
    form = InviteForm(here.role, request.POST)
    if not form.is_valid():
        return _members(request, here, {"form": form}, 422)
    given = form.cleaned_data
    made, token = service.invite(
        here, cast(RoleName, given["role"]), given["domain"], given["places"], given["days"]
    )
    link = settings.SITE_URL + reverse("accounts:invitation_link", args=[token])
    return _members(request, here, {"link": link, "made": made})


@never_cache
@require_POST
def revoke(request: HttpRequest, workspace: str, invitation: int) -> HttpResponse:
    """Withdraw an invitation."""
    here = workspace_for(request, workspace, "invite")
    return _done(request, here, lambda: service.revoke(here, invitation))


@never_cache
@require_safe
def invitation_link(request: HttpRequest, token: str) -> HttpResponse:
    """An invitation's link: remember which one it is, and lead to an address without a secret in it."""
    found = service.invitation_by_token(token)
    if found is None:
        return render(request, "accounts/invitation_over.html", status=404)
    request.session[INVITATION] = found.pk
    return redirect("accounts:invitation")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest) -> HttpResponse:
    """The invitation one follows: what it is to, and the button that accepts it."""
    found = Invitation.objects.filter(pk=request.session.get(INVITATION)).select_related("workspace").first()
    if found is None:
        return render(request, "accounts/invitation_over.html", status=404)
    person = request.user if isinstance(request.user, User) else None
    if person is not None and standing(person, found.workspace.slug) is not None:
        return _led_in(found)  # in already, perhaps by this very link
    if request.method == "POST" and person is not None:
        return _accept(request, person, found)
    why = refusal(queries.terms(found, person), person.email if person else "", timezone.now())
    context = {"invitation": found, "role": Role(found.role).label, "why": why}
    return render(request, "accounts/invitation.html", context, status=410 if why else 200)


def _accept(request: HttpRequest, person: User, found: Invitation) -> HttpResponse:
    try:
        here = service.accept(person, found.pk)
    except Refusal as no:
        context = {"invitation": found, "role": Role(found.role).label, "why": str(no)}
        return render(request, "accounts/invitation.html", context, status=410)
    del request.session[INVITATION]
    messages.success(request, f"Welcome to {here.name}.")
    return _led_in(found)


def _led_in(found: Invitation) -> HttpResponse:
    """Where an invitation leads somebody who is in: on to what it was made for, or the workspace."""
    return redirect(found.leads_to or reverse("programs:workspace", args=[found.workspace.slug]))


# --- answers ----------------------------------------------------------------------------------------


def _members(
    request: HttpRequest, here: Standing, more: Mapping[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    context = {
        "standing": here,
        "members": queries.members(here.workspace),
        "invitations": queries.open_invitations(here.workspace, timezone.now()),
        "roles": Role.choices,
        "form": InviteForm(here.role),
        **(more or {}),
    }
    return render(request, "accounts/members.html", context, status=status)


def _done(request: HttpRequest, here: Standing, change: Callable[[], None]) -> HttpResponse:
    """Change something about the members; a refusal is shown above them."""
    try:
        change()
    except Refusal as no:
        return _members(request, here, {"error": str(no)}, 422)
    return redirect("accounts:members", here.workspace.slug)


def _status(form: Any) -> int:
    return 422 if form.errors else 200

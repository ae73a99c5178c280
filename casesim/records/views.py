"""The pages of records. Fetch and permit in one call, call one function, render."""

import time
from collections.abc import Mapping
from typing import Any, cast

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

import rooms.queries
from casesim.accounts.access import Standing, workspace_for
from casesim.accounts.core.table import BadTable
from casesim.accounts.forms import TableForm
from casesim.accounts.models import User
from casesim.accounts.service import Refusal, noted
from casesim.programs.access import room_for
from casesim.records import erasure, exports, retention
from casesim.records import people as people_table
from casesim.records.forms import RetentionForm
from casesim.records.models import Export

COLUMNS = "The first line names the columns: email, name, role, time_zone. Only email is needed."


@never_cache
@require_safe
def records(request: HttpRequest, workspace: str) -> HttpResponse:
    """Take everything along, let go of what is old, erase somebody."""
    return _records(request, workspace_for(request, workspace, "export"))


@never_cache
@require_POST
def export(request: HttpRequest, workspace: str) -> HttpResponse:
    """Ask for an export; the page says when it is there."""
    here = workspace_for(request, workspace, "export")
    exports.ask(here.workspace, here.person, _now())
    noted(here.person, "asked for export", here.workspace.name, here.workspace.pk)
    return redirect("records:records", here.workspace.slug)


@never_cache
@require_safe
def download(request: HttpRequest, workspace: str, run: int) -> HttpResponseBase:
    """An export's file, while it is there."""
    here = workspace_for(request, workspace, "export")
    found = Export.objects.filter(pk=run, workspace=here.workspace).exclude(file="").first()
    if found is None or not exports.path(found.file).is_file():
        raise Http404("no such export")
    noted(here.person, "took export", f"number {found.pk}", here.workspace.pk)
    file = exports.path(found.file).open("rb")
    return FileResponse(file, as_attachment=True, filename=f"{here.workspace.slug}.zip")


@never_cache
@require_POST
def retain(request: HttpRequest, workspace: str) -> HttpResponse:
    """Say how long what was said is kept."""
    here = workspace_for(request, workspace, "erase")
    form = RetentionForm(request.POST)
    if not form.is_valid():
        return _records(request, here, {"retention_form": form}, 422)
    retention.declare(here, form.cleaned_data["days"], _now())
    messages.success(request, "Saved. Rooms are looked through every night.")
    return redirect("records:records", here.workspace.slug)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def erase(request: HttpRequest, workspace: str) -> HttpResponse:
    """Whom one can erase; and erasing a person."""
    here = workspace_for(request, workspace, "erase")
    if request.method != "POST":
        return _erase(request, here)
    chosen = request.POST.get("person", "")
    if "sure" not in request.POST or not chosen.isascii() or not chosen.isdigit():
        return _erase(request, here, "Choose a person, and tick that you mean it.")
    try:
        erasure.erase_person(here, int(chosen), _now())
    except Refusal as no:
        return _erase(request, here, str(no))
    messages.success(request, "Erased. What they said, their name and their membership are gone; marks stay.")
    return redirect("records:erase", here.workspace.slug)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def erase_seat(request: HttpRequest, workspace: str, room: str) -> HttpResponse:
    """The seats of a room; and erasing one, for guests have no account to be erased by."""
    here, info = room_for(request, workspace, room, "erase")
    chairs = rooms.queries.chairs(info.id)
    context: dict[str, Any] = {"standing": here, "room": info, "chairs": chairs}
    if request.method != "POST":
        return render(request, "records/erase_seat.html", context)
    seat = request.POST.get("seat", "")
    if seat not in {chair.seat for chair in chairs}:
        raise Http404("no such seat")
    try:
        erasure.erase_seat(here, info.id, seat, _now())
    except Refusal as no:
        return render(request, "records/erase_seat.html", {**context, "error": str(no)}, status=422)
    messages.success(request, "Erased. Marks and times stay.")
    return redirect("records:erase_seat", here.workspace.slug, info.id)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def people(request: HttpRequest, workspace: str) -> HttpResponse:
    """A table of people: what it would do, and then doing it."""
    here = workspace_for(request, workspace, "invite")
    if request.method != "POST":
        return _people(request, here, {"form": TableForm(columns=COLUMNS)})
    form = TableForm(request.POST, request.FILES, columns=COLUMNS)
    if not form.is_valid():
        return _people(request, here, {"form": form}, 422)
    try:
        if "take_in" not in request.POST:
            planned = people_table.plan(here, form.text)
            return _people(request, here, {"form": form, "steps": planned, "text": form.text})
        taken = people_table.take_in(here, form.text)
    except BadTable as bad:
        return _people(request, here, {"form": form, "problems": bad.problems}, 422)
    messages.success(request, f"{taken.added} came in, {taken.kept} were here already.")
    return redirect("accounts:members", here.workspace.slug)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def end_account(request: HttpRequest) -> HttpResponse:
    """End one's own account, once its address is written out."""
    person = cast(User, request.user)
    if request.method != "POST":
        return render(request, "records/end_account.html")
    why = "Write your address as it stands above."
    if request.POST.get("address", "").strip().lower() == person.email:
        try:
            erasure.end_account(person)
        except Refusal as no:
            why = str(no)
        else:
            logout(request)
            messages.success(request, "Your account has ended.")
            return redirect("/")
    return render(request, "records/end_account.html", {"error": why}, status=422)


# --- answers ------------------------------------------------------------------------------------------------


def _records(
    request: HttpRequest, here: Standing, more: Mapping[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    rule = retention.declared(here.workspace.pk)
    context = {
        "standing": here,
        "run": Export.objects.filter(workspace=here.workspace).order_by("-pk").first(),
        "rule": rule,
        "due": len(retention.due(rule, _now())) if rule is not None else 0,
        "retention_form": RetentionForm(initial={"days": rule.days if rule is not None else None}),
        **(more or {}),
    }
    return render(request, "records/records.html", context, status=status)


def _erase(request: HttpRequest, here: Standing, error: str = "") -> HttpResponse:
    context = {
        "standing": here,
        "people": erasure.people_of(here),
        "rooms": rooms.queries.rooms_of(here.workspace.pk, most=500),
        "error": error,
    }
    return render(request, "records/erase.html", context, status=422 if error else 200)


def _people(request: HttpRequest, here: Standing, more: Mapping[str, Any], status: int = 200) -> HttpResponse:
    return render(request, "records/people.html", {"standing": here, **more}, status=status)


def _now() -> int:
    return time.time_ns() // 1_000_000

"""A workspace's rooms, and the people of one. Fetch and permit, call one function, render."""

import time
from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

import rooms.queries
import scenarios.queries
from casesim.accounts.access import Standing, workspace_for
from casesim.accounts.queries import members
from casesim.accounts.service import noted
from casesim.programs.access import room_for
from casesim.programs.forms import CodeForm, GiveForm, OpenForm
from casesim.programs.opening import Wish, join_link, not_practised, open_in
from rooms.bots.voices import model_name
from rooms.queries import RoomInfo
from rooms.service import close_code, give_seat, hand_over, open_code, withdraw_link
from scenarios.core.schema import FACILITATOR
from scenarios.models import ScenarioVersion

# --- a workspace's rooms ------------------------------------------------------------------------------


@never_cache
@require_safe
def workspace(request: HttpRequest, workspace: str) -> HttpResponse:
    """A workspace: its rooms, for those who may see them all."""
    here = workspace_for(request, workspace, "see")
    listed = rooms.queries.rooms_of(here.workspace.pk) if "see_rooms" in here.rights else ()
    context = {"standing": here, "rooms": listed, "more": len(listed) == rooms.queries.LISTED}
    return render(request, "programs/workspace.html", context)


@never_cache
@require_safe
def choose_scenario(request: HttpRequest, workspace: str) -> HttpResponse:
    """The first step of opening a room: which case."""
    here = workspace_for(request, workspace, "open_rooms")
    context = {"standing": here, "scenarios": scenarios.queries.catalogue(here.workspace.pk)}
    return render(request, "programs/choose_scenario.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def open_room(request: HttpRequest, workspace: str, slug: str) -> HttpResponse:
    """The second step: who sits where, and when."""
    here = workspace_for(request, workspace, "open_rooms")
    try:
        version = scenarios.queries.latest(slug, here.workspace.pk)
    except ScenarioVersion.DoesNotExist:
        raise Http404("no such scenario") from None
    scenario = scenarios.queries.scenario(version.pk)
    known = {"me": here.person.pk, "model": model_name()}
    form = OpenForm(scenario, members(here.workspace), request.POST or None, **known)
    if request.method == "POST" and form.is_valid():
        return redirect("programs:people", here.workspace.slug, open_in(here, _wish(version.pk, form)))
    context = {"standing": here, "version": version, "scenario": scenario, "form": form}
    return render(request, "programs/open_room.html", context, status=422 if form.errors else 200)


def _wish(version_id: int, form: OpenForm) -> Wish:
    seating = form.seating()
    return Wish(
        version_id=version_id,
        seniority=form.cleaned_data["seniority"],
        title=form.cleaned_data["title"],
        starts_at=form.starts_at_ms(),
        stand_in=form.cleaned_data["stand_in"],
        bots=seating.bots,
        people=seating.people,
        raters=seating.raters,
        terms=form.terms(),
    )


# --- the people of a room -----------------------------------------------------------------------------


@never_cache
@require_safe
def people(request: HttpRequest, workspace: str, room: str) -> HttpResponse:
    """Every seat: who holds it, whether it has a link, who sits there."""
    return _people(request, *room_for(request, workspace, room, "see_rooms"))


@never_cache
@require_POST
def links(request: HttpRequest, workspace: str, room: str) -> HttpResponse:
    """Links for all guests' seats that have none yet; they are in this answer and nowhere else."""
    here, info = room_for(request, workspace, room, "give_seats")
    without = [c.seat for c in rooms.queries.chairs(info.id) if c.for_guest and not c.has_link]
    made = {seat: join_link(hand_over(info.id, seat)) for seat in without}
    for seat in made:
        _noted(here, "made link", info, seat)
    return _people(request, here, info, {"links": made})


@never_cache
@require_POST
def link(request: HttpRequest, workspace: str, room: str, seat: str) -> HttpResponse:
    """A new link for one seat; its old one opens nothing any more."""
    here, info = _seat_of(request, workspace, room, seat)
    made = {seat: join_link(hand_over(info.id, seat))}
    _noted(here, "made link", info, seat)
    return _people(request, here, info, {"links": made})


@never_cache
@require_POST
def withdraw(request: HttpRequest, workspace: str, room: str, seat: str) -> HttpResponse:
    """The seat's link opens nothing any more."""
    here, info = _seat_of(request, workspace, room, seat)
    withdraw_link(info.id, seat)
    _noted(here, "withdrew link", info, seat)
    return _done(request, here, info, "The link opens nothing any more.")


@never_cache
@require_POST
def give(request: HttpRequest, workspace: str, room: str, seat: str) -> HttpResponse:
    """The seat is this member's, or nobody's by account."""
    here, info = _seat_of(request, workspace, room, seat)
    form = GiveForm(members(here.workspace), request.POST)
    if not form.is_valid():
        return _people(request, here, info, {"error": "This person is not in the workspace."}, 422)
    if why := _not_practised(here, info, seat, form.person_id()):
        return _people(request, here, info, {"error": f"Not given: {why}."}, 422)
    try:
        give_seat(info.id, seat, form.person_id())
    except ValueError as no:
        return _people(request, here, info, {"error": f"Not given: {no}."}, 422)
    _noted(here, "gave seat", info, f"{seat} to {form.cleaned_data['person'] or 'nobody'}")
    return _done(request, here, info, "Saved.")


@never_cache
@require_POST
def code(request: HttpRequest, workspace: str, room: str) -> HttpResponse:
    """A short code that opens some seats for a while, or none any more."""
    here, info = room_for(request, workspace, room, "give_seats")
    if "off" in request.POST:
        close_code(info.id)
        _noted(here, "closed room code", info)
        return _done(request, here, info, "The code opens nothing any more.")
    form = CodeForm(_seats_for_code(info.id), request.POST)
    if not form.is_valid():
        return _people(request, here, info, {"code_form": form}, 422)
    open_code(info.id, form.cleaned_data["seats"], form.cleaned_data["minutes"])
    _noted(here, "made room code", info, ", ".join(form.cleaned_data["seats"]))
    return _done(request, here, info, "The code is below. Tell it to the people in your call.")


def _not_practised(here: Standing, info: RoomInfo, seat: str, person: int | None) -> str:
    """Why this person may not have this rater's seat yet; empty if they may, or the seat is no rater's."""
    counts = any(ref.seat == seat for ref in rooms.queries.counted_raters(info.id))
    return not_practised(here.workspace.pk, [person]) if counts and person is not None else ""


def _seat_of(request: HttpRequest, workspace: str, room: str, seat: str) -> tuple[Standing, RoomInfo]:
    """The room, where it has this seat and its seats are this person's to give."""
    here, info = room_for(request, workspace, room, "give_seats")
    if seat not in info.state.seats:
        raise Http404("no such seat")
    return here, info


def _seats_for_code(room_id: str) -> list[tuple[str, str]]:
    """The seats a code may open: nobody's by account, with no person in them, and not the facilitator's."""
    chairs = rooms.queries.chairs(room_id)
    free = [c for c in chairs if c.person_id is None and c.occupant != "person" and c.seat != FACILITATOR]
    return [(chair.seat, chair.title) for chair in free]


def _noted(here: Standing, act: str, info: RoomInfo, about: str = "") -> None:
    noted(here.person, act, f"room {info.id} {about}".strip(), here.workspace.pk)


def _done(request: HttpRequest, here: Standing, info: RoomInfo, said: str) -> HttpResponse:
    messages.success(request, said)
    return redirect("programs:people", here.workspace.slug, info.id)


def _people(
    request: HttpRequest,
    here: Standing,
    info: RoomInfo,
    more: Mapping[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    made: Mapping[str, str] = (more or {}).get("links", {})
    chairs = rooms.queries.chairs(info.id)
    context = {
        "standing": here,
        "room": info,
        "lines": [(chair, made.get(chair.seat, "")) for chair in chairs],
        "without_link": sum(c.for_guest and not c.has_link for c in chairs),
        "members": members(here.workspace),
        "code": rooms.queries.code_of(info.id, time.time_ns() // 1_000_000),
        "code_form": CodeForm(_seats_for_code(info.id)),
        **(more or {}),
    }
    return render(request, "programs/people.html", context, status=status)

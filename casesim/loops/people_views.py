"""Pages of the people of a loop: raters and players by account, and the candidate by link or account."""

import time
from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from casesim.accounts.access import Standing
from casesim.accounts.service import Refusal, noted
from casesim.loops import appeals, learning, queries, reports, service
from casesim.loops.access import loop_for_candidate, loop_for_member, token_of
from casesim.loops.calendar import Entry, calendar
from casesim.loops.forms import WordsForm
from casesim.loops.models import Loop
from casesim.loops.queries import Overview, RoomView
from casesim.loops.tokens import COOKIE_DAYS, cookie_name, digest
from rooms.access import COOKIE_DAYS as SEAT_DAYS
from rooms.access import cookie_name as seat_cookie
from scenarios.core.schema import CANDIDATE

# --- raters and players ---------------------------------------------------------------------------


@never_cache
@require_safe
def yours(request: HttpRequest, workspace: str, loop: int) -> HttpResponse:
    """One's own part in a loop: rooms, what to watch, the calendar, and what one learnt as a trainee."""
    here, found = _own_part(request, workspace, loop)
    context = {
        "standing": here,
        "loop": found,
        "parts": queries.parts(found, here.person.pk),
        "learnt": learning.of_trainee(found, here.person.pk),
    }
    return render(request, "loops/yours.html", context)


@never_cache
@require_POST
def my_conflict(request: HttpRequest, workspace: str, loop: int) -> HttpResponse:
    """Say of oneself that one may neither rate nor sit with this candidate."""
    here, found = _own_part(request, workspace, loop)
    try:
        service.declare_conflict(here, found, here.person.pk, _now())
    except Refusal as no:
        messages.error(request, str(no))
        return redirect("loops:yours", here.workspace.slug, found.pk)
    messages.success(request, "Thank you. You hold no seat with this candidate any more.")
    return redirect("todo:home")


@never_cache
@require_safe
def my_calendar(request: HttpRequest, workspace: str, loop: int) -> HttpResponse:
    """One's own rooms of the loop, as a calendar file."""
    here, found = _own_part(request, workspace, loop)
    held = [(part.room, part.chair.title) for part in queries.parts(found, here.person.pk)]
    return _file(held, here.person.time_zone)


@never_cache
@require_safe
def debrief(request: HttpRequest, workspace: str, loop: int) -> HttpResponse:
    """The marks of all rooms side by side, for whoever owes no sheet on this candidate any more."""
    here, found = loop_for_member(request, workspace, loop)
    runs = "run_programs" in here.rights
    if not (runs or queries.sits_in(found, here.person.pk)) or found.person_id == here.person.pk:
        raise Http404("no such loop")
    readable = queries.readable_rooms(found, here.person.pk)
    rated = queries.rated(found)
    if readable:
        noted(here.person, "opened loop debrief", f"loop {found.pk}", here.workspace.pk)
    context = {
        "standing": here,
        "loop": found,
        "runs": runs,
        "report": reports.debrief(found, readable),
        "you_owe": any(here.person.pk in each.owed_by for each in rated),
        "locked": [v for v in queries.rooms_of(found) if not v.cancelled and v.row.room not in readable],
    }
    return render(request, "loops/debrief.html", context)


def _own_part(request: HttpRequest, workspace: str, loop_id: int) -> tuple[Standing, Loop]:
    """The loop, for a member who holds a seat in it that is not the candidate's. Http404 else."""
    here, found = loop_for_member(request, workspace, loop_id)
    if not queries.sits_in(found, here.person.pk):
        raise Http404("no such loop")
    return here, found


# --- the candidate --------------------------------------------------------------------------------


@never_cache
@require_safe
def follow(request: HttpRequest, token: str) -> HttpResponse:
    """The candidate's link: remember it, and lead to an address without a secret in it."""
    found = Loop.objects.filter(token_digest=digest(token)).first()
    if found is None:
        return render(request, "loops/link_over.html", status=404)
    response = redirect("loops:candidate", found.pk)
    _keep(response, request, cookie_name(found.pk), token, COOKIE_DAYS)
    return response


@never_cache
@require_safe
def candidate(request: HttpRequest, loop: int) -> HttpResponse:
    """What will happen and when, what is recorded, what was decided; for the candidate alone."""
    return _candidate(request, loop_for_candidate(request, loop))


@never_cache
@require_POST
def consent(request: HttpRequest, loop: int) -> HttpResponse:
    """Agree to the notice of every room to come, or take consent back."""
    found = loop_for_candidate(request, loop)
    given = request.POST.get("given") == "yes"
    service.consent(found, given, _now())
    messages.success(request, "Thank you. You can take it back here at any time." if given else "Taken back.")
    return redirect("loops:candidate", found.pk)


@never_cache
@require_POST
def enter(request: HttpRequest, loop: int, room: str) -> HttpResponse:
    """Into the candidate's seat of one room."""
    found = loop_for_candidate(request, loop)
    token = token_of(request, found)
    if room not in set(found.rooms.filter(cancelled_at=None).values_list("room", flat=True)):
        raise Http404("no such room")
    response = redirect("rooms:room", room, CANDIDATE)
    if token:
        _keep(
            response,
            request,
            seat_cookie(room, CANDIDATE),
            service.seat_of_link(found, room, token),
            SEAT_DAYS,
        )
    return response


@never_cache
@require_POST
def contest(request: HttpRequest, loop: int) -> HttpResponse:
    """Contest the decision."""
    found = loop_for_candidate(request, loop)
    form = WordsForm("What you contest, and why", request.POST)
    try:
        if not form.is_valid():
            raise Refusal("Say what you contest, and why, in at most 4,000 characters.")
        appeals.contest(found, form.cleaned_data["text"], _now())
    except Refusal as no:
        return _candidate(request, found, {"error": str(no), "contest_form": form}, 422)
    messages.success(request, "We have it. Somebody who did not take the decision will look at it.")
    return redirect("loops:candidate", found.pk)


@never_cache
@require_safe
def candidate_calendar(request: HttpRequest, loop: int) -> HttpResponse:
    """The candidate's rooms, as a calendar file."""
    found = loop_for_candidate(request, loop)
    zone = found.person.time_zone if found.person is not None else found.time_zone
    return _file([(view, "Candidate") for view in queries.rooms_of(found)], zone)


# --- answers --------------------------------------------------------------------------------------


def _candidate(
    request: HttpRequest, found: Loop, more: Mapping[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    view = queries.overview(found)
    ahead = [each for each in view.standing_rooms if each.needs_consent]
    context = {
        "loop": found,
        "view": view,
        "notice": ahead[-1].info.state.notice if ahead else (),
        "owes_consent": [each for each in ahead if each.stage == "lobby" and each.consent != "given"],
        "has_times": any(each.info.starts_at is not None for each in view.rooms),
        "has_consented": any(each.consent == "given" for each in ahead),
        "decision": view.decision if found.released_at is not None else None,
        "may_contest": _may_contest(view),
        "contest_form": WordsForm("What you contest, and why"),
        "zone": found.person.time_zone if found.person is not None else found.time_zone,
        **(more or {}),
    }
    with timezone.override(context["zone"]):
        return render(request, "loops/candidate.html", context, status=status)


def _may_contest(view: Overview) -> bool:
    return view.contested_until is not None and view.appeal is None and _now() <= view.contested_until


def _file(held: Iterable[tuple[RoomView, str]], zone: str) -> HttpResponse:
    entries = [
        Entry(
            room=view.row.room,
            title=view.info.title,
            seat_title=title,
            starts_at=view.info.starts_at,
            minutes=view.row.minutes,
            sequence=view.row.sequence,
            cancelled=view.cancelled,
        )
        for view, title in held
        if view.info.starts_at is not None
    ]
    response = HttpResponse(calendar(entries, zone, _now()), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="rooms.ics"'
    return response


def _keep(response: HttpResponse, request: HttpRequest, name: str, token: str, days: int) -> None:
    response.set_cookie(
        name, token, max_age=days * 86_400, httponly=True, secure=request.is_secure(), samesite="Lax"
    )


def _now() -> int:
    return time.time_ns() // 1_000_000

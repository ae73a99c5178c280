"""Progress: a member's page, what is shared of it, words on a room, its replay; and the coach's page."""

import time

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

import rooms.queries
from casesim.cohorts import coaching, service
from casesim.cohorts.access import Here, coached, cohort_for, member_of, own
from casesim.cohorts.core import asking
from casesim.cohorts.core.replay import replayed
from casesim.cohorts.forms import WordsForm
from casesim.cohorts.models import PlannedRoom, Shared, Words
from casesim.cohorts.progress import progress_of
from casesim.cohorts.queries import Held, held, members
from rooms.access import seat_for
from scenarios.core.schema import CANDIDATE

EVERYTHING = frozenset(Shared.Part.values)


@never_cache
@require_safe
def yours(request: HttpRequest, workspace: str, cohort: int) -> HttpResponse:
    """One's own progress, whole."""
    here, mine = own(request, workspace, cohort)
    shared = set(mine.shared.values_list("part", flat=True))
    context = {
        "here": here,
        "standing": here.standing,
        "member": mine,
        "own": True,
        "may": EVERYTHING,
        "shared": shared,
        "parts": [(key, label, key in shared) for key, label in Shared.Part.choices],
        "progress": progress_of(here.cohort, mine),
        "others": _sharing(here),
    }
    return render(request, "cohorts/progress.html", context)


@never_cache
@require_safe
def of_member(request: HttpRequest, workspace: str, cohort: int, member: int) -> HttpResponse:
    """What a member shares of their progress; 404 when that is nothing."""
    here = cohort_for(request, workspace, cohort)
    found = member_of(here, member)
    may = set(found.shared.values_list("part", flat=True))
    if not may:
        raise Http404("nothing is shared")
    progress = progress_of(here.cohort, found)
    context = {"here": here, "standing": here.standing, "member": found, "may": may, "progress": progress}
    return render(request, "cohorts/progress.html", context)


def _sharing(here: Here) -> list[object]:
    """The others of the cohort who share something."""
    return [m for m in members(here.cohort) if m != here.member and m.shared.exists()]


@never_cache
@require_POST
def share(request: HttpRequest, workspace: str, cohort: int) -> HttpResponse:
    """Say which parts of one's page the cohort may see; what is not ticked is taken back."""
    here, mine = own(request, workspace, cohort)
    service.share(here, mine, set(request.POST.getlist("part")) & EVERYTHING)
    messages.success(request, "Saved. What is not ticked is yours alone again.")
    return redirect("cohorts:yours", workspace, cohort)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def words(request: HttpRequest, workspace: str, cohort: int, room: int) -> HttpResponse:
    """What went well and what to change, in one's own words, once the room is over."""
    here, mine = own(request, workspace, cohort)
    found = _room(here, room)
    seats = [s for s, who in found.laid.people.items() if who == asking.name_of(mine.pk)]
    if not seats or found.listed.stage != "ended":
        raise Http404("no such room")
    written = Words.objects.filter(planned=found.planned, person=mine.person).first()
    form = WordsForm(request.POST if request.method == "POST" else None, instance=written)
    if request.method == "POST" and form.is_valid():
        service.write(here, mine, found.planned, **form.cleaned_data, now=time.time_ns() // 1_000_000)
        messages.success(request, "Thank you. Kept.")
        return redirect("cohorts:yours", workspace, cohort)
    context = {
        "here": here,
        "standing": here.standing,
        "room": found,
        "form": form,
        "about_self": CANDIDATE in seats,
        "seat": seats[0],
    }
    return render(request, "cohorts/words.html", context, status=422 if form.errors else 200)


def _room(here: Here, room: int) -> Held:
    row = PlannedRoom.objects.filter(pk=room, cohort=here.cohort, retired_at=None).first()
    found = next((each for each in held(here.cohort) if row is not None and each.planned.pk == row.pk), None)
    if found is None:
        raise Http404("no such room")
    return found


@never_cache
@require_safe
def replay(request: HttpRequest, workspace: str, cohort: int, room: int, seat: str) -> HttpResponse:
    """A room as one's own seat saw it, to read again; each moment has an address."""
    here = cohort_for(request, workspace, cohort)
    found = _room(here, room)
    you = seat_for(request, found.planned.room, seat)
    info = rooms.queries.room(you.room_id)
    lines = replayed(rooms.queries.lines(you.room_id, you.seat), info.state)
    context = {"here": here, "standing": here.standing, "room": found, "seat": you, "lines": lines}
    return render(request, "cohorts/replay.html", context)


@never_cache
@require_safe
def coach(request: HttpRequest, workspace: str, cohort: int) -> HttpResponse:
    """The cohort at a glance, for its coach."""
    here = coached(request, workspace, cohort)
    lines = coaching.lines(here.cohort)
    shares = {row.member_id for row in Shared.objects.filter(member__cohort=here.cohort)}
    context = {
        "here": here,
        "standing": here.standing,
        "lines": lines,
        "shares": shares,
        "next": coaching.next_round(here.cohort, lines, timezone.now()),
        "played": any(line.candidate or line.rated for line in lines),
    }
    return render(request, "cohorts/coach.html", context)

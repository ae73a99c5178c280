"""Practice on recordings: which there are, rating one, what it shows; keeping a room as one."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from casesim.accounts.access import Standing, workspace_for
from casesim.accounts.service import Refusal
from casesim.cohorts import recordings
from casesim.cohorts.core.recording import RATER
from casesim.cohorts.forms import KeepForm
from casesim.programs.access import room_for


@never_cache
@require_safe
def practice(request: HttpRequest, workspace: str) -> HttpResponse:
    """The recordings, what one has done of them, and for coaches who has practised."""
    here = workspace_for(request, workspace, "see")
    mine = recordings.begun(here.workspace, here.person)
    handed_in = {row.recording for row in recordings.done(here.workspace, here.person)}
    listed = [
        (found, mine.get(key), key in handed_in) for key, found in recordings.kept(here.workspace).items()
    ]
    context = {
        "standing": here,
        "listed": listed,
        "done": len(handed_in),
        "needed": recordings.NEEDED,
        "people": recordings.practised(here.workspace) if _coaches(here) else None,
    }
    return render(request, "cohorts/practice.html", context)


def _coaches(here: Standing) -> bool:
    return "run_programs" in here.rights


@never_cache
@require_POST
def begin(request: HttpRequest, workspace: str, recording: str) -> HttpResponse:
    """Lay a recording for oneself and go to its scoresheet."""
    here = workspace_for(request, workspace, "see")
    try:
        found = recordings.begin(here, recording)
    except LookupError:
        raise Http404("no such recording") from None
    return redirect("scoring:sheet", found.room, RATER)


@never_cache
@require_safe
def feedback(request: HttpRequest, workspace: str) -> HttpResponse:
    """How one's own marks compare with the reference; nobody else reads it."""
    here = workspace_for(request, workspace, "see")
    found = recordings.feedback(here.workspace, here.person)
    context = {"standing": here, "feedback": found, "needed": recordings.NEEDED}
    return render(request, "cohorts/feedback.html", context)


@never_cache
@require_POST
def switch(request: HttpRequest, workspace: str) -> HttpResponse:
    """Say whether raters must practise before they rate for real."""
    here = workspace_for(request, workspace, "run_programs")
    recordings.ask_practice(here, "raters_practise" in request.POST)
    messages.success(request, "Saved.")
    return redirect("cohorts:practice", workspace)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def keep(request: HttpRequest, workspace: str, room: str) -> HttpResponse:
    """Keep a room that is over as a recording, with reference marks and their reasons."""
    here, info = room_for(request, workspace, room, "run_programs")
    if info.state.status != "ended" or RATER not in info.state.seats:
        raise Http404("no such recording")
    form = KeepForm(info.scenario.rubric, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            recordings.keep(here, info.id, form.sheet())
        except Refusal as no:
            form.add_error(None, str(no))
        else:
            messages.success(request, "Kept. Raters of this workspace can practise on it.")
            return redirect("cohorts:practice", workspace)
    context: dict[str, Any] = {"standing": here, "room": info, "form": form}
    return render(request, "cohorts/keep.html", context, status=422 if form.errors else 200)

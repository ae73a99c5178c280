"""The plan of a cohort: asked for, read, pinned, mended, opened. Fetch and permit, call one, render."""

import time
from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from casesim.accounts.service import Refusal, noted
from casesim.cohorts import opening, planning, queries, service
from casesim.cohorts.access import Here, coached, member_of
from casesim.cohorts.core import asking, table, words
from casesim.cohorts.forms import GoneForm, PinForm
from casesim.cohorts.models import Plan


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def plan(request: HttpRequest, workspace: str, cohort: int) -> HttpResponse:
    """The newest plan; a POST asks for another."""
    here = coached(request, workspace, cohort)
    if request.method != "POST":
        return _plan(request, here)
    best_effort = "best_effort" in request.POST
    person = here.standing.person
    return _done(request, here, lambda: planning.ask(here.cohort, person, best_effort, _now()))


@never_cache
@require_POST
def cancel(request: HttpRequest, workspace: str, cohort: int) -> HttpResponse:
    """Cancel the plan that is being made, if one is."""
    here = coached(request, workspace, cohort)
    if planning.cancel(here.cohort, _now()):
        noted(here.standing.person, "cancelled plan", str(here.cohort), here.cohort.workspace_id)
    return redirect("cohorts:plan", workspace, cohort)


@never_cache
@require_safe
def progress(request: HttpRequest, workspace: str, cohort: int) -> HttpResponse:
    """How far the newest run is: `{"open": bool, "part": 0 to 1, "best": number or null}`."""
    here = coached(request, workspace, cohort)
    run = planning.last_run(here.cohort)
    if run is None:
        return JsonResponse({"open": False, "part": 0, "best": None})
    return JsonResponse({"open": run.ended_at is None, "part": run.part, "best": run.best})


@never_cache
@require_POST
def pin(request: HttpRequest, workspace: str, cohort: int) -> HttpResponse:
    """Give a member's place in a round; the next plan keeps it."""
    here = coached(request, workspace, cohort)
    form = PinForm(here.cohort, _seats(here), request.POST)
    if not form.is_valid():
        return _plan(request, here, {"pin": form}, 422)
    given = form.cleaned_data
    return _done(
        request,
        here,
        lambda: service.pin(here, given["member"], given["round"], given["seat"], given["scenario"]),
    )


@never_cache
@require_POST
def unpin(request: HttpRequest, workspace: str, cohort: int, pin: int) -> HttpResponse:
    """Take a pin out."""
    here = coached(request, workspace, cohort)
    return _done(request, here, lambda: service.unpin(here, pin))


@never_cache
@require_POST
def gone(request: HttpRequest, workspace: str, cohort: int) -> HttpResponse:
    """Somebody dropped out: mend the plan around them with the fewest changes."""
    here = coached(request, workspace, cohort)
    form = GoneForm(here.cohort, request.POST)
    if not form.is_valid():
        return _plan(request, here, {"gone": form}, 422)
    member, start = member_of(here, form.cleaned_data["member"].pk), form.cleaned_data["round"]
    person = here.standing.person
    return _done(request, here, lambda: planning.ask_without(here.cohort, person, member, start, _now()))


@never_cache
@require_POST
def open_rooms(request: HttpRequest, workspace: str, cohort: int) -> HttpResponse:
    """Turn the newest plan into rooms with their seats and raters."""
    here = coached(request, workspace, cohort)
    newest = planning.newest(here.cohort)
    if newest is None:
        return _plan(request, here, {"error": "There is no plan yet."}, 422)
    try:
        done = opening.open_rooms(here.standing, here.cohort, newest, _now())
    except Refusal as no:
        return _plan(request, here, {"error": str(no)}, 422)
    messages.success(request, _said(done))
    return redirect("cohorts:plan", workspace, cohort)


def _said(done: opening.Done) -> str:
    if done.nothing:
        return f"Nothing had to change: all {done.kept} rooms are as planned."
    parts = [
        (done.opened, "room opened", "rooms opened"),
        (done.given, "room with seats given anew", "rooms with seats given anew"),
        (done.retired, "room put away", "rooms put away"),
        (done.kept, "room unchanged", "rooms unchanged"),
    ]
    said = ", ".join(f"{count} {one if count == 1 else many}" for count, one, many in parts if count)
    return f"{said}."


# --- the page ---------------------------------------------------------------------------------------------


def _done(request: HttpRequest, here: Here, change: Callable[[], object]) -> HttpResponse:
    """Change something about the plan; a refusal is shown above it."""
    try:
        change()
    except Refusal as no:
        return _plan(request, here, {"error": str(no)}, 422)
    return redirect("cohorts:plan", here.cohort.workspace.slug, here.cohort.pk)


def _seats(here: Here) -> list[tuple[str, str]]:
    facilitates = here.cohort.facilitator == here.cohort.Facilitates.MEMBER
    return [(seat, table.titled(seat)) for seat in asking.seats_of(queries.cases(here.cohort), facilitates)]


def _plan(
    request: HttpRequest, here: Here, more: Mapping[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    run = planning.last_run(here.cohort)
    newest = planning.newest(here.cohort)
    context: dict[str, Any] = {
        "here": here,
        "standing": here.standing,
        "run": run,
        "lacks": asking.lacking(queries.group_of(here.cohort)),
        "pins": queries.pins(here.cohort),
        "pin": PinForm(here.cohort, _seats(here)),
        "gone": GoneForm(here.cohort),
    }
    if run is not None and (refused := planning.refusal_of(run)) is not None:
        context["clashes"] = words.plainly(refused.clashes)
        context["remedy"] = words.plainly(refused.remedy)
        context["certain"] = refused.certain
    if newest is not None:
        context |= _tables(here, newest)
    return render(request, "cohorts/plan.html", context | dict(more or {}), status=status)


def _tables(here: Here, newest: Plan) -> dict[str, Any]:
    """The plan as its page shows it."""
    document, names = planning.document_of(newest), queries.names(here.cohort)
    held = queries.held(here.cohort)
    return {
        "plan": newest,
        "outdated": planning.outdated(newest),
        "finish": words.finish(document),
        "rounds": table.rounds(document, names, queries.case_titles(here.cohort)),
        "lines": table.members(document, names),
        "goals": words.goal_lines(document),
        "objective": document.objective,
        "linking": words.linking(document, names),
        "unmet": words.plainly(unmet.says for unmet in document.unmet),
        "changes": table.changes(document, names),
        "rooms": {(each.planned.round_id, each.planned.number): each for each in held},
        "held": held,
        "keys": queries.keys(here.cohort),
    }


def _now() -> int:
    return time.time_ns() // 1_000_000

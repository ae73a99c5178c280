"""A workspace's loops, for whoever runs them. Fetch and permit, call one function, render."""

import json
import time
from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

import scenarios.queries
from casesim.accounts.access import Standing, workspace_for
from casesim.accounts.queries import members
from casesim.accounts.service import Refusal, noted
from casesim.loops import appeals, queries, reports, service
from casesim.loops.access import loop_for
from casesim.loops.forms import LONGEST, ConflictForm, DecisionForm, LoopForm, RoomForm, TimeForm, WordsForm
from casesim.loops.models import Decision, Loop
from casesim.loops.service import LoopWish
from casesim.loops.tokens import link_of
from scenarios.models import ScenarioVersion
from scoring.core.calibrated import rubric_name

TOO_LONG = f"That is too long: at most {LONGEST:,} characters. Nothing was kept; your words are still below."

# --- loops, and one loop --------------------------------------------------------------------------


@never_cache
@require_safe
def loops(request: HttpRequest, workspace: str) -> HttpResponse:
    """A workspace's loops."""
    here = workspace_for(request, workspace, "run_programs")
    listed = queries.listed(here.workspace.pk)
    return render(request, "loops/loops.html", {"standing": here, "loops": listed})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, workspace: str) -> HttpResponse:
    """A new loop: who, at which level, and what is promised."""
    here = workspace_for(request, workspace, "run_programs")
    rubrics, seniorities = service.choices(here.workspace.pk)
    form = LoopForm(rubrics, seniorities, members(here.workspace), _posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            made = service.create(here, _loop_wish(form), _now())
            return redirect("loops:loop", here.workspace.slug, made.pk)
        except Refusal as no:
            form.add_error("person", str(no))
    context = {"standing": here, "form": form, "rubrics": rubrics}
    return render(request, "loops/new.html", context, status=422 if form.errors else 200)


def _loop_wish(form: LoopForm) -> LoopWish:
    given = form.cleaned_data
    return LoopWish(
        **{key: given[key] for key in ("candidate", "email", "time_zone", "purpose", "rubric", "seniority")},
        **{key: given[key] for key in ("extra_time", "keep_days", "appeal_days")},
        person=int(given["person"]) if given["person"] else None,
        rubric_title=form.name_of("rubric"),
        seniority_name=form.name_of("seniority"),
    )


@never_cache
@require_safe
def loop(request: HttpRequest, workspace: str, loop: int) -> HttpResponse:
    """One loop: its rooms in time, who owes what, consent, conflicts, decision, appeal."""
    return _loop(request, *loop_for(request, workspace, loop))


@never_cache
@require_POST
def link(request: HttpRequest, workspace: str, loop: int) -> HttpResponse:
    """A new link for the candidate, in this answer and nowhere else; or none any more."""
    here, found = loop_for(request, workspace, loop)
    if "off" in request.POST:
        service.withdraw_candidates_link(here, found)
        return _done(request, here, found, "The link opens nothing any more.")
    made = link_of(service.make_link(here, found))
    found.refresh_from_db()
    return _loop(request, here, found, {"link": made})


# --- rooms of a loop ------------------------------------------------------------------------------


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def add_room(request: HttpRequest, workspace: str, loop: int, slug: str) -> HttpResponse:
    """One more room: which case, when, who sits where, what each rater watches."""
    here, found = loop_for(request, workspace, loop)
    version = _version(here, found, slug)
    scenario = scenarios.queries.scenario(version.pk, found.seniority)
    form = RoomForm(scenario, _free_members(here, found), _posted(request), me=here.person.pk)
    if request.method == "POST" and form.is_valid():
        try:
            service.add_room(here, found, form.wish(version.pk))
            return redirect("loops:loop", here.workspace.slug, found.pk)
        except Refusal as no:
            form.add_error(None, str(no))
    context = {"standing": here, "loop": found, "scenario": scenario, "form": form}
    return render(request, "loops/add_room.html", context, status=422 if form.errors else 200)


def _version(here: Standing, found: Loop, slug: str) -> ScenarioVersion:
    """A case this loop can play. Http404 else."""
    try:
        version = scenarios.queries.latest(slug, here.workspace.pk)
        scenario = scenarios.queries.scenario(version.pk, found.seniority)
    except (ScenarioVersion.DoesNotExist, KeyError):
        raise Http404("no such case for this loop") from None
    if rubric_name(scenario.rubric) != found.rubric:
        raise Http404("no such case for this loop")
    return version


def _free_members(here: Standing, found: Loop) -> list[Any]:
    """Members who may sit with this candidate."""
    barred = {found.person_id, *found.conflicts.values_list("person", flat=True)}
    return [each for each in members(here.workspace) if each.person_id not in barred]


@never_cache
@require_POST
def move(request: HttpRequest, workspace: str, loop: int, room: str) -> HttpResponse:
    """Another time for a room that has not begun."""
    here, found = loop_for(request, workspace, loop)
    form = TimeForm(request.POST)
    if not form.is_valid():
        return _loop(request, here, found, {"error": "The new time is no date with a time."}, 422)
    at = int(form.cleaned_data["starts_at"].timestamp() * 1000)
    return _change(
        request, here, found, lambda: service.move(here, found, room, at), "Moved. Calendars learn of it."
    )


@never_cache
@require_POST
def cancel(request: HttpRequest, workspace: str, loop: int, room: str) -> HttpResponse:
    """The room does not take place."""
    here, found = loop_for(request, workspace, loop)
    return _change(
        request, here, found, lambda: service.cancel(here, found, room, _now()), "Cancelled. People are told."
    )


@never_cache
@require_POST
def conflict(request: HttpRequest, workspace: str, loop: int) -> HttpResponse:
    """Declare that a member may neither rate nor sit with this candidate."""
    here, found = loop_for(request, workspace, loop)
    form = ConflictForm(members(here.workspace), request.POST)
    if not form.is_valid():
        return _loop(request, here, found, {"error": "This person is not in the workspace."}, 422)
    person = int(form.cleaned_data["person"])
    return _change(
        request,
        here,
        found,
        lambda: service.declare_conflict(here, found, person, _now()),
        "Declared. They hold no seat with this candidate.",
    )


@never_cache
@require_POST
def no_conflict(request: HttpRequest, workspace: str, loop: int, conflict: int) -> HttpResponse:
    """A conflict was declared by mistake."""
    here, found = loop_for(request, workspace, loop)
    return _change(
        request, here, found, lambda: service.withdraw_conflict(here, found, conflict), "Taken back."
    )


# --- report, decision, what the candidate is told, appeal -----------------------------------------


@never_cache
@require_safe
def report(request: HttpRequest, workspace: str, loop: int) -> HttpResponse:
    """The report on all rooms of the loop."""
    here, found = loop_for(request, workspace, loop)
    if not _may_read(here, found):
        return render(request, "loops/blind.html", {"standing": here, "loop": found}, status=403)
    noted(here.person, "opened loop report", f"loop {found.pk}", here.workspace.pk)
    return _report(request, here, found)


@never_cache
@require_safe
def document(request: HttpRequest, workspace: str, loop: int) -> HttpResponse:
    """The report as JSON, to the byte as it is kept."""
    here, found = loop_for(request, workspace, loop)
    current = reports.current(found)
    if current is None or not _may_read(here, found):
        raise Http404("no report")
    noted(here.person, "took loop report", f"loop {found.pk}", here.workspace.pk)
    response = HttpResponse(current.row.document, content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="loop-{found.pk}.json"'
    return response


@never_cache
@require_POST
def sign(request: HttpRequest, workspace: str, loop: int) -> HttpResponse:
    """This person decides, by name."""
    here, found = loop_for(request, workspace, loop)
    form = DecisionForm(request.POST)
    if not _may_read(here, found):
        raise Http404("no report")
    if not form.is_valid():
        error = TOO_LONG if form.has_error("reason") else "Choose hire or no hire."
        return _report(request, here, found, {"error": error, "given": request.POST}, 422)
    given = form.cleaned_data
    try:
        reports.sign(here, found, given["digest"], given["decision"], given["reason"], _now())
    except Refusal as no:
        return _report(request, here, found, {"error": str(no), "given": given}, 422)
    messages.success(request, "Signed.")
    return redirect("loops:report", here.workspace.slug, found.pk)


@never_cache
@require_POST
def release(request: HttpRequest, workspace: str, loop: int) -> HttpResponse:
    """Tell the candidate the decision, with words for them."""
    here, found = loop_for(request, workspace, loop)
    return _told(
        request,
        here,
        found,
        {"feedback_form": _feedback_form(request.POST)},
        lambda text: reports.release(here, found, text, _now()),
        "The candidate can read the decision and your words now.",
    )


@never_cache
@require_POST
def answer(request: HttpRequest, workspace: str, loop: int) -> HttpResponse:
    """Answer the candidate who contests the decision."""
    here, found = loop_for(request, workspace, loop)
    return _told(
        request,
        here,
        found,
        {"answer_form": _answer_form(request.POST)},
        lambda text: appeals.answer(here, found, text, _now()),
        "Answered. A second person decides now.",
    )


@never_cache
@require_POST
def review(request: HttpRequest, workspace: str, loop: int) -> HttpResponse:
    """A second named person decides what was contested."""
    here, found = loop_for(request, workspace, loop)
    form = DecisionForm(request.POST)
    try:
        if form.has_error("reason"):
            raise Refusal(TOO_LONG)
        given = form.cleaned_data
        appeals.review(here, found, given.get("decision", ""), given["reason"], _now())
    except Refusal as no:
        return _loop(request, here, found, {"error": str(no), "given": request.POST}, 422)
    return _done(request, here, found, "Decided. The candidate can read it.")


# --- answers --------------------------------------------------------------------------------------


def _may_read(here: Standing, found: Loop) -> bool:
    """Whoever still owes a sheet on this candidate reads nobody's marks."""
    rated = queries.rated(found)
    return not any(here.person.pk in each.owed_by for each in rated)


def _report(
    request: HttpRequest,
    here: Standing,
    found: Loop,
    more: Mapping[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    current = reports.current(found)
    context = {
        "standing": here,
        "loop": found,
        "current": current,
        "report": json.loads(current.row.document) if current is not None else None,
        "decision": getattr(current.row, "decision", None) if current is not None else None,
        "earlier": queries.decision_of(found),
        "owed": [each for each in queries.rooms_of(found) if not each.cancelled],
        "decisions": Decision.Word.choices,
        **(more or {}),
    }
    return render(request, "loops/report.html", context, status=status)


def _loop(
    request: HttpRequest,
    here: Standing,
    found: Loop,
    more: Mapping[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    view = queries.overview(found)
    context = {
        "standing": here,
        "loop": found,
        "view": view,
        "cases": service.cases(here.workspace.pk, found),
        "conflict_form": ConflictForm(_free_members(here, found)),
        "feedback_form": _feedback_form(),
        "answer_form": _answer_form(),
        "why_not_second": appeals.may_review(here, found),
        "decisions": Decision.Word.choices,
        "now": _now(),
        **(more or {}),
    }
    return render(request, "loops/loop.html", context, status=status)


def _feedback_form(*given: Any) -> WordsForm:
    return WordsForm(
        "Words for the candidate",
        *given,
        help_text="What went well, what to work on. No rater is named by it.",
    )


def _answer_form(*given: Any) -> WordsForm:
    return WordsForm(
        "Your answer", *given, help_text="The second person reads it beside the candidate's words."
    )


def _told(
    request: HttpRequest,
    here: Standing,
    found: Loop,
    forms: dict[str, WordsForm],
    change: Callable[[str], Any],
    said: str,
) -> HttpResponse:
    """Change something by the words in a form of the page. Refused ones stay in it, whole."""
    (form,) = forms.values()
    try:
        if form.has_error("text", "max_length"):
            raise Refusal(TOO_LONG)
        change(form.cleaned_data.get("text", ""))
    except Refusal as no:
        return _loop(request, here, found, {"error": str(no), **forms}, 422)
    return _done(request, here, found, said)


def _change(
    request: HttpRequest, here: Standing, found: Loop, change: Callable[[], Any], said: str
) -> HttpResponse:
    """Change something about the loop; a refusal is shown above it."""
    try:
        change()
    except LookupError:
        raise Http404("no such thing in this loop") from None
    except Refusal as no:
        return _loop(request, here, found, {"error": str(no)}, 422)
    return _done(request, here, found, said)


def _done(request: HttpRequest, here: Standing, found: Loop, said: str) -> HttpResponse:
    messages.success(request, said)
    return redirect("loops:loop", here.workspace.slug, found.pk)


def _now() -> int:
    return time.time_ns() // 1_000_000


def _posted(request: HttpRequest) -> Any:
    """What a form was filled in with; None before it was sent. An empty form that was sent has errors."""
    return request.POST if request.method == "POST" else None

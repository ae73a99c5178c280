"""Scoresheet, debrief and report. Find the seat, call one function, render."""

import re
import time
from collections.abc import Mapping

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from pydantic import ValidationError

import rooms.queries
from casesim.accounts.models import User
from casesim.accounts.service import noted
from rooms.access import SeatRef, seat_for
from scenarios.core.schema import FACILITATOR, Rubric
from scoring import queries, service
from scoring.core.policy import Page, may_open
from scoring.core.sheets import BadSheet, Draft, DraftMark, Problem, progress
from scoring.core.suggested import moments
from scoring.models import Signature

NOT_OBSERVED = "none"  # the value of that choice among the levels


def visitor(request: HttpRequest, room: str, seat: str, page: Page) -> SeatRef:
    """The seat this request may open the page for. Http404 for all others: no page tells them apart."""
    you = seat_for(request, room, seat)
    if not may_open(you.kind, page, queries.unlocked(you.room_id)):
        raise Http404("no such page")
    return you


# --- the scoresheet -------------------------------------------------------------------------------------


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sheet(request: HttpRequest, room: str, seat: str) -> HttpResponse:
    """A rater's scoresheet beside the live transcript; a POST submits it."""
    you = visitor(request, room, seat, "sheet")
    if request.method != "POST":
        return _sheet(request, you)
    rubric = rooms.queries.room(you.room_id).scenario.rubric
    try:
        service.submit_scoresheet(
            you.room_id, you.seat, written(request.POST, rubric), _now(), _version(request)
        )
    except (BadSheet, service.StaleSheet) as error:
        return _sheet(request, you, _problems(error), status=422)
    return _to("sheet", you)


@never_cache
@require_POST
def draft(request: HttpRequest, room: str, seat: str) -> HttpResponse:
    """Keep a draft: `{"saved": ms, "problems": [...]}`; 422 for nonsense, 409 when it was submitted already.

    A form sent without a script (`plain`) gets the sheet again instead.
    """
    you = visitor(request, room, seat, "sheet")
    status, problems, now = 200, (), _now()
    try:
        rubric = rooms.queries.room(you.room_id).scenario.rubric
        problems = service.save_draft(
            you.room_id, you.seat, written(request.POST, rubric), now, _version(request)
        ).problems
    except (BadSheet, service.StaleSheet) as error:
        status, problems = (422 if isinstance(error, BadSheet) else 409), _problems(error)
    if "plain" in request.POST:
        return _sheet(request, you, problems, status) if problems else _to("sheet", you)
    return JsonResponse({"saved": now, "problems": [p.text for p in problems]}, status=status)


def written(post: Mapping[str, str], rubric: Rubric) -> Draft:
    """What a rater wrote into the form. Raises BadSheet for what no form of ours can send."""
    try:
        return Draft(
            marks=tuple(_mark(post, d.key) for d in rubric.dimensions),
            closing=_number(post.get("closing", "")),
            closing_note=_text(post, "closing_note"),
            incident=_text(post, "incident"),
        )
    except ValidationError as error:
        wrong = (Problem(None, f"{'.'.join(map(str, e['loc']))}: {e['msg']}") for e in error.errors())
        raise BadSheet(tuple(wrong)) from None


def _mark(post: Mapping[str, str], key: str) -> DraftMark:
    level = post.get(f"level-{key}", "")
    return DraftMark(
        dimension=key,
        level=None if level == NOT_OBSERVED else _number(level),
        not_observed=level == NOT_OBSERVED,
        note=_text(post, f"note-{key}"),
        evidence=tuple(map(int, re.findall("[0-9]{1,9}", post.get(f"evidence-{key}", "")))),
    )


def _number(text: str) -> int | None:
    if not text:
        return None
    # a level no rubric has, so that what is no number is named like any other wrong level
    return int(text) if re.fullmatch("[0-9]{1,2}", text) else -1


def _text(post: Mapping[str, str], name: str) -> str:
    return post.get(name, "").replace("\r\n", "\n")


def _version(request: HttpRequest) -> int | None:
    return _number(request.POST.get("version", ""))


def _problems(error: BadSheet | service.StaleSheet) -> tuple[Problem, ...]:
    if isinstance(error, BadSheet):
        return error.problems
    text = "This version was submitted already, perhaps in another window. Load the page again."
    return (Problem(None, text),)


def _sheet(
    request: HttpRequest, you: SeatRef, problems: tuple[Problem, ...] = (), status: int = 200
) -> HttpResponse:
    info = rooms.queries.room(you.room_id)
    desk = queries.desk(info, you.seat)
    editing = desk.submitted is None or desk.saved_at is not None or "change" in request.GET
    said = rooms.queries.utterances(you.room_id, you.seat)
    context = {
        **rooms.queries.page(you),
        "rubric": info.scenario.rubric,
        "trainee": you.seat in rooms.queries.trainees(you.room_id),
        "desk": desk,
        "lines": _lines(info.scenario.rubric, desk, problems, said),
        "problems": problems,
        "progress": progress(info.scenario.rubric, desk.draft),
        "editing": editing or bool(problems),
        "unlocked": queries.unlocked(you.room_id),
        "not_observed": NOT_OBSERVED,
    }
    return render(request, "scoring/sheet.html", context, status=status)


def _lines(
    rubric: Rubric,
    desk: queries.Desk,
    problems: tuple[Problem, ...],
    said: tuple[rooms.queries.Utterance, ...],
) -> list[dict[str, object]]:
    """One line a dimension: what is asked, what was marked, what is wrong, and where one might look."""
    marks = {mark.dimension: mark for mark in desk.draft.marks}
    wrong = [p.dimension for p in problems if p.dimension]
    first = wrong[0] if wrong else next((m.dimension for m in desk.draft.marks if _open(m)), None)
    return [
        {
            "dimension": d,
            "mark": marks[d.key],
            "quotes": [(n, desk.quotes[n]) for n in marks[d.key].evidence if n in desk.quotes],
            "problems": [p.text for p in problems if p.dimension == d.key],
            "open": d.key == first,
            "moments": moments(said, d.key),
        }
        for d in rubric.dimensions
    ]


def _open(mark: DraftMark) -> bool:
    return mark.level is None and not mark.not_observed


# --- the debrief ----------------------------------------------------------------------------------------


@never_cache
@require_safe
def debrief(request: HttpRequest, room: str, seat: str) -> HttpResponse:
    """Before unlocking: who is still owed. After it: the marks side by side."""
    you = visitor(request, room, seat, "debrief")
    info = rooms.queries.room(you.room_id)
    unlocked = queries.unlocked(you.room_id)
    context: dict[str, object] = {"seat": you, "room": info, "unlocked": unlocked, "page": "debrief"}
    if unlocked:
        found = queries.debrief(you.room_id)
        by_key = {line["key"]: line for line in found["dimensions"]}
        context |= {"report": found, "talk": [by_key[key] for key in found["talk_order"]]}
    else:
        context |= {"owed": queries.owed(info), "all_seats": len(rooms.queries.counted_raters(you.room_id))}
    return render(request, "scoring/debrief.html", context)


@never_cache
@require_POST
def close(request: HttpRequest, room: str, seat: str) -> HttpResponse:
    """Close rating: the sheets that are in are unlocked."""
    you = visitor(request, room, seat, "close")
    service.close_rating(you.room_id, you.seat, _now())
    return _to("debrief", you)


# --- the report -----------------------------------------------------------------------------------------


@never_cache
@require_safe
def report(request: HttpRequest, room: str, seat: str) -> HttpResponse:
    """The report, or what it waits for."""
    return _report(request, visitor(request, room, seat, "report"))


@never_cache
@require_safe
def compare(request: HttpRequest, room: str, seat: str) -> HttpResponse:
    """What this room's candidate met, beside another room that the visitor runs as well."""
    you = visitor(request, room, seat, "compare")
    other = request.GET.get("with", "").strip()
    context: dict[str, object] = {
        "seat": you,
        "room": rooms.queries.room(you.room_id),
        "unlocked": queries.unlocked(you.room_id),
        "page": "compare",
        "other": other,
    }
    if other:
        try:
            there = seat_for(request, other, FACILITATOR)
            context["comparison"] = queries.comparison(you.room_id, there.room_id)
        except Http404:  # not there and not yours sound alike
            context["problem"] = (
                f"You run no room “{other}”. Open its facilitator's link in this browser first."
            )
    return render(request, "scoring/compare.html", context)


@never_cache
@require_safe
def document(request: HttpRequest, room: str, seat: str) -> HttpResponse:
    """The report as JSON: the stored bytes."""
    you = visitor(request, room, seat, "report")
    current = queries.current_report(you.room_id) if queries.unlocked(you.room_id) else None
    if current is None:
        raise Http404("no report yet")
    _noted(request, you, "took report as JSON")
    response = HttpResponse(current.row.document, content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="report-{you.room_id}.json"'
    return response


@never_cache
@require_POST
def sign(request: HttpRequest, room: str, seat: str) -> HttpResponse:
    """A named person signs the decision."""
    you = visitor(request, room, seat, "sign")
    given = {key: request.POST.get(key, "") for key in ("digest", "decision", "name", "reason")}
    try:
        service.sign(you.room_id, seat=you.seat, now=_now(), **given)
    except service.CannotSign as error:
        return _report(request, you, {"error": str(error), "given": given}, status=422)
    _noted(request, you, "signed decision")
    return _to("report", you)


def _report(
    request: HttpRequest, you: SeatRef, more: Mapping[str, object] | None = None, status: int = 200
) -> HttpResponse:
    info = rooms.queries.room(you.room_id)
    unlocked = queries.unlocked(you.room_id)
    current = queries.current_report(you.room_id) if unlocked else None
    context = {"seat": you, "room": info, "unlocked": unlocked, "page": "report"}
    if current is None:
        context |= {"owed": queries.owed(info), "request_open": queries.waiting(you.room_id)}
        return render(request, "scoring/waiting.html", context)
    _noted(request, you, "opened report")
    context |= {
        "current": current,
        "report": queries.plain(current.row.document),
        "signature": getattr(current.row, "signature", None),
        "signed_before": queries.signed_before(current.row),
        "may_sign": may_open(you.kind, "sign", unlocked) and not current.stale,
        "decisions": Signature.Decision.choices,
        "you_name": info.state.seats[you.seat].name,
        **(more or {}),
    }
    return render(request, "scoring/report.html", context, status=status)


def _noted(request: HttpRequest, you: SeatRef, act: str) -> None:
    """Write into the workspace's audit log who did this: the person signed in, or the guest in the seat."""
    info = rooms.queries.room(you.room_id)
    guest = f"{info.state.seats[you.seat].name or you.seat}, a guest"
    who = request.user if isinstance(request.user, User) else guest
    noted(who, act, f"room {you.room_id} as {you.seat}", info.workspace_id)


def _to(page: str, you: SeatRef) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse(f"scoring:{page}", args=[you.room_id, you.seat]))


def _now() -> int:
    return time.time_ns() // 1_000_000

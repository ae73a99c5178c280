"""Pages of a workspace: rule, calibrations, raters. Fetch and permit in one call, call one, render."""

import time
from collections.abc import Mapping

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from casesim.accounts.access import Standing, workspace_for
from casesim.accounts.service import noted
from scoring import bars, calibrations, rules
from scoring import outcomes as hires
from scoring import raters as known
from scoring.core.effects.measured import FEWEST
from scoring.core.outcomes.outcome import BadOutcomes


@never_cache
@require_safe
def raters(request: HttpRequest, workspace: str) -> HttpResponse:
    """Every rater, what is known of the marks, and how the calibration runs."""
    here = workspace_for(request, workspace, "see_raters")
    context = {
        "standing": here,
        "run": known.last_run(here.workspace.pk),
        "kept": known.kept(here.workspace.pk),
        "found": known.found(here.workspace.pk),
        "fewest": FEWEST,
    }
    return render(request, "scoring/raters.html", context)


@never_cache
@require_safe
def rater(request: HttpRequest, workspace: str, person: int) -> HttpResponse:
    """One rater, for the organiser."""
    here = workspace_for(request, workspace, "see_raters")
    found = known.found(here.workspace.pk, person)
    if not found:
        raise Http404("no such rater")
    noted(here.person, "looked at rater", found[0].name, here.workspace.pk)
    context = {"standing": here, "found": found, "name": found[0].name, "fewest": FEWEST}
    return render(request, "scoring/rater.html", context)


@never_cache
@require_safe
def your_marks(request: HttpRequest, workspace: str) -> HttpResponse:
    """What one's own marks show, for oneself."""
    here = workspace_for(request, workspace, "see")
    found = known.found(here.workspace.pk, here.person.pk)
    return render(request, "scoring/rater.html", {"standing": here, "found": found, "fewest": FEWEST})


@never_cache
@require_POST
def calibrate(request: HttpRequest, workspace: str) -> HttpResponse:
    """Ask for a calibration; while one runs this changes nothing."""
    here = workspace_for(request, workspace, "calibrate")
    calibrations.ask(here.workspace.pk, _now(), here.person)
    noted(here.person, "asked for calibration", here.workspace.name, here.workspace.pk)
    return redirect("scoring:raters", here.workspace.slug)


@never_cache
@require_POST
def cancel(request: HttpRequest, workspace: str) -> HttpResponse:
    """Cancel the calibration that runs, if one does."""
    here = workspace_for(request, workspace, "calibrate")
    if calibrations.cancel(here.workspace.pk, _now()):
        noted(here.person, "cancelled calibration", here.workspace.name, here.workspace.pk)
    return redirect("scoring:raters", here.workspace.slug)


@never_cache
@require_safe
def progress(request: HttpRequest, workspace: str) -> HttpResponse:
    """How far the newest run is, for where there is no socket: `{"open", "stage", "done": passes}`."""
    here = workspace_for(request, workspace, "see_raters")
    return JsonResponse(known.progress(here.workspace.pk))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def rule(request: HttpRequest, workspace: str) -> HttpResponse:
    """The declared rule and what is asked of whom; a POST declares another rule."""
    here = workspace_for(request, workspace, "calibrate")
    if request.method != "POST":
        return _rule(request, here)
    try:
        given = rules.written(request.POST)
    except rules.BadRule as bad:
        return _rule(request, here, {"problems": bad.problems, "given": request.POST}, 422)
    again = rules.declare(here.workspace.pk, given, str(here.person), _now())
    newest = rules.rule_for(here.workspace.pk).declared
    noted(here.person, "declared rule", f"version {newest.version if newest else 0}", here.workspace.pk)
    messages.success(request, f"Declared. Reports to be made again: {again}.")
    return redirect("scoring:rule", here.workspace.slug)


def _rule(
    request: HttpRequest, here: Standing, more: Mapping[str, object] | None = None, status: int = 200
) -> HttpResponse:
    holds = rules.rule_for(here.workspace.pk)
    context = {
        "standing": here,
        "rule": holds,
        "given": {
            "recommends": "yes" if holds.recommends else "no",
            "bad_hire": f"{holds.costs.bad_hire:g}",
            "missed_hire": f"{holds.costs.missed_hire:g}",
            "band_low": f"{holds.band[0]:g}",
            "band_high": f"{holds.band[1]:g}",
        },
        "versions": rules.versions(here.workspace.pk),
        "waiting": rules.waiting(here.workspace.pk),
        "asked": bars.asked(here.workspace.pk),
        "proposals": bars.proposals(here.workspace.pk),
        **(more or {}),
    }
    return render(request, "scoring/rule.html", context, status=status)


@never_cache
@require_safe
def outcomes(request: HttpRequest, workspace: str) -> HttpResponse:
    """What became of people, and what that taught."""
    return _outcomes(request, workspace_for(request, workspace, "record_outcomes"))


@never_cache
@require_POST
def record(request: HttpRequest, workspace: str) -> HttpResponse:
    """Record one outcome."""
    here = workspace_for(request, workspace, "record_outcomes")
    room, good, known_on = (request.POST.get(key, "").strip() for key in ("room", "good", "known"))
    try:
        hires.record(here, room, good, known_on, timezone.localdate())
    except BadOutcomes as bad:
        return _outcomes(request, here, {"problems": str(bad).splitlines()}, 422)
    return redirect("scoring:outcomes", here.workspace.slug)


@never_cache
@require_POST
def outcome_table(request: HttpRequest, workspace: str) -> HttpResponse:
    """Take a table of outcomes in; with `look` only say what it would do."""
    here = workspace_for(request, workspace, "record_outcomes")
    text, look = request.POST.get("table", ""), "look" in request.POST
    try:
        rows = hires.import_table(here, text, timezone.localdate(), keep=not look)
    except BadOutcomes as bad:
        return _outcomes(request, here, {"problems": str(bad).splitlines(), "table": text}, 422)
    if look:
        return _outcomes(request, here, {"would": rows, "table": text})
    return redirect("scoring:outcomes", here.workspace.slug)


def _outcomes(
    request: HttpRequest, here: Standing, more: Mapping[str, object] | None = None, status: int = 200
) -> HttpResponse:
    context = {"standing": here, "rubrics": hires.taught(here.workspace.pk), **(more or {})}
    return render(request, "scoring/outcomes.html", context, status=status)


def _now() -> int:
    return time.time_ns() // 1_000_000

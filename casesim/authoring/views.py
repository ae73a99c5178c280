"""Scenarios on the page, for authors without a shell. Fetch and permit in one call, render."""

import time
from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from casesim.accounts.access import Standing, workspace_for
from casesim.authoring import charts, queries, service, sources, trials
from casesim.authoring.core.tried import verdict
from casesim.authoring.forms import BeginForm, ScriptForm, SheetForm, TextForm, TrialForm, UploadForm
from casesim.authoring.models import Draft, Trial
from casesim.authoring.timelines import MEDIA, Unreadable, exported
from scenarios.loader import LoadError
from scenarios.queries import catalogue

Context = dict[str, Any]


def _draft(request: HttpRequest, workspace: str, draft: str) -> tuple[Standing, Draft]:
    """A draft of this workspace, for whoever may write scenarios here. Http404 else."""
    here = workspace_for(request, workspace, "write_scenarios")
    found = Draft.objects.filter(workspace=here.workspace, slug=draft).select_related("written_by").first()
    if found is None:
        raise Http404("no such draft")
    return here, found


def _given(request: HttpRequest) -> tuple[Any, Any]:
    """What a form was sent, also if that is nothing; None for a page that is only looked at."""
    return (request.POST, request.FILES) if request.method == "POST" else (None, None)


def _now() -> int:
    return time.time_ns() // 1_000_000


# --- all of them ----------------------------------------------------------------------------------------


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def scenarios(request: HttpRequest, workspace: str) -> HttpResponse:
    """Drafts and published versions; begin another draft."""
    here = workspace_for(request, workspace, "write_scenarios")
    form = BeginForm(sources.choices(here.workspace.pk), *_given(request))
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        text, scripts = sources.begin_with(here.workspace.pk, given["name"], given["source"], given["file"])
        try:
            draft = service.begin(here, given["name"], text, scripts, _now())
        except service.No as no:
            form.add_error("name", str(no))
        else:
            return redirect("authoring:draft", here.workspace.slug, draft.slug)
    pk = here.workspace.pk
    context = {
        "standing": here,
        "drafts": queries.drafts(pk),
        "versions": queries.versions(pk),
        "catalogue": catalogue(pk),
        "form": form,
    }
    return render(request, "authoring/scenarios.html", context, status=422 if form.errors else 200)


# --- one draft ------------------------------------------------------------------------------------------


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def draft(request: HttpRequest, workspace: str, draft: str) -> HttpResponse:
    """Its text, and what is wrong with it. What is written is kept, clean or not."""
    here, found = _draft(request, workspace, draft)
    form = TextForm(*_given(request), initial={"text": found.text, "seen": service.digest(found.text)})
    if request.method == "POST" and form.is_valid():
        try:
            service.write(here, found, form.cleaned_data["text"], form.cleaned_data["seen"], _now())
        except service.No as no:
            mine = {"text": form.cleaned_data["text"], "seen": service.digest(found.text)}
            return _text_page(request, here, found, TextForm(initial=mine), str(no), 409)
        messages.success(request, "The draft is kept.")
        return redirect("authoring:draft", here.workspace.slug, found.slug)
    return _text_page(request, here, found, form, "", 422 if form.errors else 200)


def _text_page(
    request: HttpRequest, here: Standing, found: Draft, form: TextForm, problem: str, status: int
) -> HttpResponse:
    more = {"form": form, "upload": UploadForm(), "problem": problem}
    return _page(request, "text", here, found, more, status)


@never_cache
@require_POST
def upload(request: HttpRequest, workspace: str, draft: str) -> HttpResponse:
    """A file in place of the text."""
    here, found = _draft(request, workspace, draft)
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        text = TextForm(initial={"text": found.text, "seen": service.digest(found.text)})
        return _page(request, "text", here, found, {"form": text, "upload": form}, 422)
    service.write(here, found, form.cleaned_data["file"], service.digest(found.text), _now())
    messages.success(request, "The file is kept as the draft.")
    return redirect("authoring:draft", here.workspace.slug, found.slug)


@never_cache
@require_safe
def preview(request: HttpRequest, workspace: str, draft: str) -> HttpResponse:
    """What each audience sees of it."""
    here, found = _draft(request, workspace, draft)
    read = queries.reading(found)
    more: Context = {}
    if read.scenario is not None:
        more = {"roles": queries.previews(read.scenario), "planned": queries.planned(read.scenario)}
    return _page(request, "preview", here, found, more)


@never_cache
@require_POST
def publish(request: HttpRequest, workspace: str, draft: str) -> HttpResponse:
    """A version of it in the workspace, if it is clean."""
    here, found = _draft(request, workspace, draft)
    try:
        row = service.publish(here, found)
    except LoadError:
        messages.error(request, "It is not clean yet, so it was not published. What is wrong stands below.")
        return redirect("authoring:draft", here.workspace.slug, found.slug)
    messages.success(request, f"{row.slug}, version {row.version}, is published in this workspace.")
    return redirect("authoring:scenarios", here.workspace.slug)


@never_cache
@require_POST
def delete(request: HttpRequest, workspace: str, draft: str) -> HttpResponse:
    """The draft goes, with its rehearsals; published versions stay."""
    here, found = _draft(request, workspace, draft)
    service.delete(here, found)
    messages.success(request, f"The draft {found.slug} is deleted.")
    return redirect("authoring:scenarios", here.workspace.slug)


# --- the timeline ---------------------------------------------------------------------------------------


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def timeline(request: HttpRequest, workspace: str, draft: str) -> HttpResponse:
    """The injects in their order; a sheet that is given is tried, and changes nothing yet."""
    here, found = _draft(request, workspace, draft)
    read = queries.reading(found)
    form = SheetForm(*_given(request))
    more: Context = {"sheet": form, "planned": queries.planned(read.scenario) if read.scenario else ()}
    if request.method == "POST" and read.scenario is not None and form.is_valid():
        try:
            changes, lost = service.try_sheet(found, read.scenario, form.cleaned_data["sheet"], form.kind)
            more |= {"changes": changes, "lost": lost}
        except Unreadable as no:
            form.add_error("sheet", f"{no}."[0].upper() + f"{no}."[1:])
        except LoadError as error:
            more["not_clean"] = queries.faults(error.problems, "", "")
    wrong = bool(form.errors or "not_clean" in more or ("changes" in more and more["changes"].bad))
    return _page(request, "timeline", here, found, more, 422 if wrong else 200)


@never_cache
@require_POST
def take_sheet(request: HttpRequest, workspace: str, draft: str) -> HttpResponse:
    """Say yes to the sheet that was tried."""
    here, found = _draft(request, workspace, draft)
    try:
        service.take_sheet(here, found, _now())
        messages.success(request, "The sheet is in the draft.")
    except service.No as no:
        messages.error(request, str(no))
    return redirect("authoring:timeline", here.workspace.slug, found.slug)


@never_cache
@require_safe
def sheet(request: HttpRequest, workspace: str, draft: str, kind: str) -> HttpResponse:
    """The timeline as a file."""
    _, found = _draft(request, workspace, draft)
    read = queries.reading(found)
    if read.scenario is None or kind not in MEDIA:
        raise Http404("no timeline to give out")
    response = HttpResponse(exported(read.scenario, kind), content_type=MEDIA[kind])
    response["Content-Disposition"] = f'attachment; filename="{found.slug}-injects.{kind}"'
    return response


# --- rehearsals -----------------------------------------------------------------------------------------


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def rehearse(request: HttpRequest, workspace: str, draft: str) -> HttpResponse:
    """Scripts, rehearsals so far, and asking for another."""
    here, found = _draft(request, workspace, draft)
    read = queries.reading(found)
    form = TrialForm(read.scenario, *_given(request))
    more: Context = {"trial_form": form, "script_form": ScriptForm()}
    if request.method == "POST" and form.is_valid():
        try:
            given = form.cleaned_data
            trial = service.ask_trial(here, found, given["runs"], given["seniority"], _now())
        except service.No as no:
            form.add_error(None, str(no))
        except LoadError as error:
            more["not_clean"] = queries.faults(error.problems, "", "")
        else:
            trials.ask(trial.pk)
            return redirect("authoring:trial", here.workspace.slug, found.slug, trial.pk)
    wrong = bool(form.errors or "not_clean" in more)
    return _page(request, "rehearse", here, found, more, 422 if wrong else 200)


@never_cache
@require_POST
def script(request: HttpRequest, workspace: str, draft: str) -> HttpResponse:
    """Add a script, or take one out (`remove`)."""
    here, found = _draft(request, workspace, draft)
    if name := request.POST.get("remove"):
        found.scripts.filter(name=name).delete()
        return redirect("authoring:rehearse", here.workspace.slug, found.slug)
    form = ScriptForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            service.put_script(found, form.name, form.cleaned_data["script"])
            return redirect("authoring:rehearse", here.workspace.slug, found.slug)
        except service.No as no:
            form.add_error("script", str(no))
    more = {"trial_form": TrialForm(queries.reading(found).scenario), "script_form": form}
    return _page(request, "rehearse", here, found, more, 422)


def _trial(request: HttpRequest, workspace: str, draft: str, trial: int) -> tuple[Standing, Draft, Trial]:
    here, found = _draft(request, workspace, draft)
    one = found.trials.select_related("asked_by").filter(pk=trial).first()
    if one is None:
        raise Http404("no such rehearsal")
    return here, found, one


@never_cache
@require_safe
def trial(request: HttpRequest, workspace: str, draft: str, trial: int) -> HttpResponse:
    """What a rehearsal found, or how far it is."""
    here, found, one = _trial(request, workspace, draft, trial)
    more: Context = {"trial": one, **_progress(one)}
    if one.found is not None:
        more |= {
            "pacing": charts.pacing(one.found),
            "lanes": charts.lanes(one.found),
            "bar_at": charts.bar_at(one.found),
            "look_at": verdict(one.found),
        }
    return _page(request, "trial", here, found, more)


@never_cache
@require_safe
def progress(request: HttpRequest, workspace: str, draft: str, trial: int) -> HttpResponse:
    """How far a rehearsal is, for the page that waits."""
    _, _, one = _trial(request, workspace, draft, trial)
    return JsonResponse({"ended": one.ended_at is not None, **_progress(one)})


def _progress(one: Trial) -> dict[str, int]:
    of = one.runs * len(one.scripts)
    return {"done": of if one.ended_at else one.played.count(), "of": of}


def _page(
    request: HttpRequest,
    name: str,
    here: Standing,
    found: Draft,
    more: Mapping[str, Any],
    status: int = 200,
) -> HttpResponse:
    """A page of a draft, with what all of them show."""
    context = {
        "standing": here,
        "draft": found,
        "read": queries.reading(found),
        "scripts": found.scripts.order_by("name") if name == "rehearse" else (),
        "trials": queries.trials(found) if name == "rehearse" else (),
        **more,
    }
    return render(request, f"authoring/{name}.html", context, status=status)

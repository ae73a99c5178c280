"""A cohort's people, rounds and rooms. Fetch and permit in one call, call one function, render."""

from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

import scenarios.queries
from casesim.accounts.access import workspace_for
from casesim.accounts.adapter import INVITATION
from casesim.accounts.service import Refusal
from casesim.cohorts import planning, queries, service
from casesim.cohorts.access import Here, coached, cohort_for, member_of, own
from casesim.cohorts.forms import (
    AddForm,
    AvailabilityForm,
    CasesForm,
    ConflictForm,
    InviteForm,
    NameForm,
    OwnConflictForm,
    PartForm,
    RoundsForm,
    SeatsForm,
)  # fmt: skip
from casesim.cohorts.models import Cohort, Conflict, Member


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def cohorts(request: HttpRequest, workspace: str) -> HttpResponse:
    """The cohorts one runs or is in; a POST makes a new one."""
    here = workspace_for(request, workspace, "see")
    coaches = "run_programs" in here.rights
    form = NameForm(request.POST or None)
    if request.method == "POST":
        if not coaches:
            raise Http404("no new cohorts")
        if form.is_valid():
            try:
                made = service.create(here, form.cleaned_data["name"])
                return redirect("cohorts:cohort", workspace, made.pk)
            except Refusal as no:
                form.add_error("name", str(no))
    listed = queries.cohorts(here.workspace, None if coaches else here.person)
    context = {"standing": here, "cohorts": listed, "form": form if coaches else None}
    return render(request, "cohorts/cohorts.html", context, status=422 if form.errors else 200)


@never_cache
@require_safe
def cohort(request: HttpRequest, workspace: str, cohort: int) -> HttpResponse:
    """The coach's set-up, or what a member has ahead."""
    here = cohort_for(request, workspace, cohort)
    return _set_up(request, here) if here.coaches else _ahead(request, here)


def _ahead(request: HttpRequest, here: Here) -> HttpResponse:
    """A member's own rounds: where they sit, and when."""
    context = {
        "here": here,
        "standing": here.standing,
        "rounds": queries.own_rounds(here.cohort, here.member),
    }
    return render(request, "cohorts/member.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest, workspace: str, cohort: int) -> HttpResponse:
    """Whoever came by the cohort's link joins it here."""
    standing = workspace_for(request, workspace, "see")
    found = Cohort.objects.filter(pk=cohort, workspace=standing.workspace).first()
    followed = request.session.get(INVITATION)
    if found is None or not service.may_join(found, standing.person, followed):
        raise Http404("no such cohort")
    if Member.objects.filter(cohort=found, person=standing.person).exists():
        return redirect("cohorts:availability", workspace, cohort)
    if request.method == "POST":
        try:
            service.add(Here(standing, found, None), standing.person)
        except Refusal as no:
            context = {"standing": standing, "cohort": found, "why": str(no)}
            return render(request, "cohorts/join.html", context, status=422)
        request.session.pop(INVITATION, None)
        messages.success(request, f"You are in {found}. Say which rounds you can come to.")
        return redirect("cohorts:availability", workspace, cohort)
    return render(request, "cohorts/join.html", {"standing": standing, "cohort": found})


# --- availability, by members themselves ------------------------------------------------------------------


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def availability(request: HttpRequest, workspace: str, cohort: int) -> HttpResponse:
    """When one can come, what one knows already, and whom one is kept apart from."""
    here, mine = own(request, workspace, cohort)
    form = AvailabilityForm(mine, _sent(request))
    if request.method == "POST" and form.is_valid():
        given = (form.ids("rounds"), form.hours(), form.ids("seen"))
        service.set_availability(here.standing.person, mine, *given)
        messages.success(request, "Saved. Your coach sees it when planning.")
        return redirect("cohorts:cohort", workspace, cohort)
    return _availability(request, here, mine, form)


@never_cache
@require_POST
def own_conflict(request: HttpRequest, workspace: str, cohort: int) -> HttpResponse:
    """Say whom one is kept apart from; the coach and oneself see it, nobody else."""
    here, mine = own(request, workspace, cohort)
    form = OwnConflictForm(mine, request.POST)
    if not form.is_valid():
        return _availability(request, here, mine, AvailabilityForm(mine), form)
    service.say_conflict(here, mine, form.cleaned_data["other"], form.cleaned_data["never"])
    return redirect("cohorts:availability", workspace, cohort)


@never_cache
@require_POST
def remove_conflict(request: HttpRequest, workspace: str, cohort: int, conflict: int) -> HttpResponse:
    """Take a conflict back."""
    here = cohort_for(request, workspace, cohort)
    service.drop_conflict(here, conflict)
    return redirect("cohorts:cohort" if here.coaches else "cohorts:availability", workspace, cohort)


def _availability(
    request: HttpRequest, here: Here, mine: Member, form: AvailabilityForm, conflict: Form | None = None
) -> HttpResponse:
    said = Conflict.objects.filter(cohort=here.cohort, said_by=here.standing.person)
    context = {
        "here": here,
        "standing": here.standing,
        "form": form,
        "chosen": form["rounds"].value() or [],
        "conflict": conflict or OwnConflictForm(mine),
        "conflicts": said.select_related("one__person", "other__person"),
    }
    wrong = form.errors or (conflict is not None and conflict.errors)
    return render(request, "cohorts/availability.html", context, status=422 if wrong else 200)


# --- set-up, by the coach ---------------------------------------------------------------------------------


@never_cache
@require_POST
def add(request: HttpRequest, workspace: str, cohort: int) -> HttpResponse:
    """Put members of the workspace into the cohort."""
    here = coached(request, workspace, cohort)
    form = AddForm(queries.others(here.cohort), request.POST)

    def put() -> None:
        for person in form.cleaned_data["person"]:
            service.add(here, person)

    return _changed(request, here, form, "add", put)


@never_cache
@require_POST
def invite(request: HttpRequest, workspace: str, cohort: int) -> HttpResponse:
    """A link that leads into the cohort; it is in this answer and nowhere else."""
    here = coached(request, workspace, cohort)
    form = InviteForm(request.POST)
    if not form.is_valid():
        return _set_up(request, here, {"invite": form}, 422)
    token = service.invite_into(here, form.cleaned_data["places"], form.cleaned_data["days"])
    link = settings.SITE_URL + reverse("accounts:invitation_link", args=[token])
    return _set_up(request, here, {"link": link})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def member(request: HttpRequest, workspace: str, cohort: int, member: int) -> HttpResponse:
    """What a member may do and when they can come, as the coach says."""
    here = coached(request, workspace, cohort)
    found = member_of(here, member)
    part = PartForm(_sent(request), initial=vars(found))
    form = AvailabilityForm(found, _sent(request))
    if request.method == "POST" and part.is_valid() and form.is_valid():
        service.set_part(here, found, **part.cleaned_data)
        given = (form.ids("rounds"), form.hours(), form.ids("seen"))
        service.set_availability(here.standing.person, found, *given)
        messages.success(request, f"Saved for {found}.")
        return redirect("cohorts:cohort", workspace, cohort)
    context = {"here": here, "standing": here.standing, "member": found, "part": part, "form": form}
    context |= {"chosen": form["rounds"].value() or []}
    return render(request, "cohorts/edit_member.html", context, status=422 if form.errors else 200)


@never_cache
@require_POST
def remove(request: HttpRequest, workspace: str, cohort: int, member: int) -> HttpResponse:
    """Take a member out of the cohort."""
    here = coached(request, workspace, cohort)
    found = member_of(here, member)
    return _changed(request, here, None, "", lambda: service.remove(here, found))


@never_cache
@require_POST
def rounds(request: HttpRequest, workspace: str, cohort: int) -> HttpResponse:
    """Add rounds."""
    here = coached(request, workspace, cohort)
    form = RoundsForm(request.POST)
    return _changed(request, here, form, "rounds", lambda: service.add_rounds(here, **form.cleaned_data))


@never_cache
@require_POST
def remove_round(request: HttpRequest, workspace: str, cohort: int, turn: int) -> HttpResponse:
    """Take a round out again."""
    here = coached(request, workspace, cohort)
    return _changed(request, here, None, "", lambda: service.remove_round(here, turn))


@never_cache
@require_POST
def cases(request: HttpRequest, workspace: str, cohort: int) -> HttpResponse:
    """Choose the cases."""
    here = coached(request, workspace, cohort)
    form = CasesForm(_choices(here), request.POST)
    return _changed(
        request, here, form, "cases", lambda: service.choose_cases(here, form.cleaned_data["slugs"])
    )


@never_cache
@require_POST
def seats(request: HttpRequest, workspace: str, cohort: int) -> HttpResponse:
    """What the rooms are like."""
    here = coached(request, workspace, cohort)
    form = SeatsForm(request.POST, instance=here.cohort)
    return _changed(request, here, form, "seats", lambda: form.save() and None)


@never_cache
@require_POST
def conflicts(request: HttpRequest, workspace: str, cohort: int) -> HttpResponse:
    """Keep two members apart."""
    here = coached(request, workspace, cohort)
    form = ConflictForm(here.cohort, request.POST)
    return _changed(request, here, form, "conflict", lambda: service.say_conflict(here, **form.cleaned_data))


def _sent(request: HttpRequest) -> QueryDict | None:
    """What was sent; a form in which nothing is ticked is sent all the same."""
    return request.POST if request.method == "POST" else None


def _choices(here: Here) -> list[tuple[str, str]]:
    return [(each.slug, each.title) for each in scenarios.queries.catalogue(here.cohort.workspace_id)]


def _changed(
    request: HttpRequest, here: Here, form: Any, name: str, change: Callable[[], object]
) -> HttpResponse:
    """Change something about the cohort; what is wrong is shown beside it."""
    if form is not None and not form.is_valid():
        return _set_up(request, here, {name: form}, 422)
    try:
        change()
    except Refusal as no:
        return _set_up(request, here, {"error": str(no), **({name: form} if form is not None else {})}, 422)
    return redirect("cohorts:cohort", here.cohort.workspace.slug, here.cohort.pk)


def _set_up(
    request: HttpRequest, here: Here, more: Mapping[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    cohort = Cohort.objects.select_related("workspace", "coach").get(pk=here.cohort.pk)
    others = queries.others(cohort)
    chosen = {"slugs": [row.version.slug for row in cohort.scenarios.select_related("version")]}
    context = {
        "here": here,
        "standing": here.standing,
        "members": queries.members(cohort),
        "rounds": cohort.rounds.all(),
        "conflicts_said": cohort.conflicts.select_related("one__person", "other__person"),
        "planned": planning.newest(cohort) is not None,
        "others": others,
        "add": AddForm(others),
        "invite": InviteForm(),
        "rounds_form": RoundsForm(),
        "cases": CasesForm(_choices(here), initial=chosen),
        "chosen": chosen["slugs"],
        "seats": SeatsForm(instance=cohort),
        "conflict": ConflictForm(cohort),
        **({"rounds_form" if key == "rounds" else key: value for key, value in (more or {}).items()}),
    }
    return render(request, "cohorts/set_up.html", context, status=status)

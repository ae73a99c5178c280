"""The audit's pages, for whoever may audit. Fetch and permit in one call, call one function, render."""

from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from casesim.accounts.access import Standing, workspace_for
from casesim.accounts.forms import TableForm
from casesim.accounts.service import noted
from casesim.fairness import queries, service
from casesim.fairness.forms import NoticeForm, SummaryForm
from casesim.fairness.reading import BadLabels
from scoring.core.fairness.new_york import About, Notice, as_csv, candidate_notice

KINDS = {"json": "application/json", "csv": "text/csv", "txt": "text/plain"}


@never_cache
@require_safe
def audit(request: HttpRequest, workspace: str) -> HttpResponse:
    """Every stage by every group; what is known, and the ways in and out."""
    here = workspace_for(request, workspace, "audit_fairness")
    noted(here.person, "opened fairness audit", here.workspace.name, here.workspace.pk)
    return _audit(request, here)


@never_cache
@require_POST
def labels(request: HttpRequest, workspace: str) -> HttpResponse:
    """Take a table of protected attributes in, all of it or nothing."""
    here = workspace_for(request, workspace, "audit_fairness")
    form = TableForm(request.POST, request.FILES)
    if not form.is_valid():
        return _audit(request, here, {"table": form}, 422)
    try:
        service.enter(here, form.text)
    except BadLabels as bad:
        return _audit(request, here, {"table": form, "problems": bad.problems}, 422)
    return redirect("fairness:audit", here.workspace.slug)


@never_cache
@require_safe
def table(request: HttpRequest, workspace: str) -> HttpResponse:
    """The table to fill in, with the labels that are known."""
    here = workspace_for(request, workspace, "audit_fairness")
    noted(here.person, "took protected attributes", here.workspace.name, here.workspace.pk)
    return _file(queries.table(here.workspace.pk), f"labels-{here.workspace.slug}.csv")


@never_cache
@require_safe
def summary(request: HttpRequest, workspace: str) -> HttpResponse:
    """The table of New York's rules, as CSV or JSON."""
    here = workspace_for(request, workspace, "audit_fairness")
    form = SummaryForm(request.GET)
    if not form.is_valid():
        return _audit(request, here, {"summary": form}, 422)
    given = form.cleaned_data
    about = About(
        tool=given["tool"],
        in_use_since=given["in_use_since"],
        audited_on=timezone.localdate(),
        data=given["data"],
    )
    found = queries.summary(here.workspace.pk, given["kind"], about)
    if found is None:
        form.add_error("kind", "No candidate who came so far has a label.")
        return _audit(request, here, {"summary": form}, 422)
    noted(here.person, "took bias audit", f"{given['kind']} as {given['form']}", here.workspace.pk)
    text = as_csv(found) if given["form"] == "csv" else found.model_dump_json(indent=2)
    return _file(text, f"bias-audit-{here.workspace.slug}-{given['kind']}.{given['form']}")


@never_cache
@require_safe
def document(request: HttpRequest, workspace: str) -> HttpResponse:
    """The whole audit as JSON."""
    here = workspace_for(request, workspace, "audit_fairness")
    noted(here.person, "took fairness audit", here.workspace.name, here.workspace.pk)
    return _file(queries.audit(here.workspace.pk).as_json(), f"fairness-{here.workspace.slug}.json")


@never_cache
@require_safe
def notice(request: HttpRequest, workspace: str) -> HttpResponse:
    """The text for candidates that New York's rules ask for, ten business days before."""
    here = workspace_for(request, workspace, "audit_fairness")
    form = NoticeForm(request.GET)
    if not form.is_valid():
        return _audit(request, here, {"notice": form}, 422)
    return _file(candidate_notice(Notice(**form.cleaned_data)) + "\n", f"notice-{here.workspace.slug}.txt")


def _audit(
    request: HttpRequest, here: Standing, more: Mapping[str, object] | None = None, status: int = 200
) -> HttpResponse:
    context = {
        "standing": here,
        "audit": queries.audit(here.workspace.pk),
        "table": TableForm(),
        "summary": SummaryForm(),
        "notice": NoticeForm(initial=queries.notice_of(here.workspace.pk, here.workspace.name)),
        **(more or {}),
    }
    return render(request, "fairness/audit.html", context, status=status)


def _file(text: str, name: str) -> HttpResponse:
    response = HttpResponse(text, content_type=f"{KINDS[name.rsplit('.')[-1]]}; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response

"""Availability by table, for the coach. Fetch and permit in one call, call one function, render."""

import csv
from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from casesim.accounts.core.table import BadTable
from casesim.accounts.forms import TableForm
from casesim.cohorts import timetable
from casesim.cohorts.access import Here, coached

COLUMNS = "Take the table below, fill it in, bring it back. An empty cell leaves what is known."


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def bring(request: HttpRequest, workspace: str, cohort: int) -> HttpResponse:
    """A table of availability: what it would do, and then doing it."""
    here = coached(request, workspace, cohort)
    if request.method != "POST":
        return _page(request, here, {"form": TableForm(columns=COLUMNS)})
    form = TableForm(request.POST, request.FILES, columns=COLUMNS)
    if not form.is_valid():
        return _page(request, here, {"form": form}, 422)
    try:
        if "take_in" not in request.POST:
            return _page(
                request, here, {"form": form, "steps": timetable.plan(here, form.text), "text": form.text}
            )
        changed = timetable.take_in(here, form.text)
    except BadTable as bad:
        return _page(request, here, {"form": form, "problems": bad.problems}, 422)
    messages.success(request, f"The availability of {changed} changed.")
    return redirect("cohorts:cohort", workspace, cohort)


@never_cache
@require_safe
def take(request: HttpRequest, workspace: str, cohort: int) -> HttpResponse:
    """The table with what is known."""
    here = coached(request, workspace, cohort)
    header, lines = timetable.as_rows(here)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="availability-{here.cohort.pk}.csv"'
    writer = csv.writer(response)
    writer.writerows([header, *lines])
    return response


def _page(request: HttpRequest, here: Here, more: Mapping[str, Any], status: int = 200) -> HttpResponse:
    context = {"standing": here.standing, "here": here, **more}
    return render(request, "cohorts/timetable.html", context, status=status)

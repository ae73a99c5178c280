"""The first page and the catalogue."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from scenarios import queries


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What casesim is, and what to do next."""
    return render(request, "scenarios/home.html", {"scenarios": queries.catalogue()})


@require_safe
def catalogue(request: HttpRequest) -> HttpResponse:
    """The published scenarios, as everyone may know them."""
    return render(request, "scenarios/catalogue.html", {"scenarios": queries.catalogue()})

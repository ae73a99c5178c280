"""The first page: what a person has to do; for strangers, what casesim is."""

from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

import scenarios.views
from casesim.accounts.models import User
from casesim.accounts.queries import memberships
from casesim.todo.queries import todo_of


@never_cache
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What a person has to do; for strangers, what casesim is."""
    if not request.user.is_authenticated:
        return scenarios.views.home(request)
    person = cast(User, request.user)
    context = {"todo": todo_of(person), "memberships": memberships(person)}
    return render(request, "todo/todo.html", context)

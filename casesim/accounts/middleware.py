"""Times are shown in the time zone of whoever is signed in."""

import zoneinfo
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from casesim.accounts.models import User


class OwnTimeZone:
    """Activates the person's time zone for their request; UTC for everybody else."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with timezone.override(zone_of(request)):
            return self._get_response(request)


def zone_of(request: HttpRequest) -> zoneinfo.ZoneInfo | None:
    """The zone, or None where nobody is signed in. Sessions are not read for whoever brings none."""
    person = request.user if request.session.session_key else None
    return zoneinfo.ZoneInfo(person.time_zone) if isinstance(person, User) else None

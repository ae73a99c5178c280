"""Join, the room page, and a seat's own transcript. Find the seat, call one function, render."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from rooms import queries
from rooms.access import COOKIE_DAYS, SeatRef, cookie_name, seat_by_token, seat_for
from rooms.core.feed import body as stored
from rooms.core.feed import item_json


@require_safe
@never_cache
def join(request: HttpRequest, token: str) -> HttpResponse:
    """A join link: give the browser the seat's cookie and lead it to the seat's page."""
    seat = seat_by_token(token)
    if seat is None:
        return render(request, "rooms/join_error.html", status=404)
    response = redirect(seat_home(seat))
    response.set_cookie(
        cookie_name(seat.room_id, seat.seat),
        token,
        max_age=COOKIE_DAYS * 86_400,
        httponly=True,
        secure=request.is_secure(),
        samesite="Lax",  # a join link is followed from a mail or a chat
    )
    return response


@require_safe
@never_cache
def room(request: HttpRequest, room: str, seat: str) -> HttpResponse:
    """The one page of every kind of seat, with its first feed inside."""
    you = seat_for(request, room, seat)
    return render(request, "rooms/room.html", queries.page(you))


@require_safe
@never_cache
def transcript(request: HttpRequest, room: str, seat: str) -> HttpResponse:
    """What this seat saw, one JSON item a line."""
    you = seat_for(request, room, seat)
    items = [item_json(x.n, x.at, stored(x.event)) for x in queries.lines(you.room_id, you.seat)]
    response = HttpResponse("\n".join(items) + "\n", content_type="application/jsonl; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="transcript-{you.room_id}-{you.seat}.jsonl"'
    return response


def seat_home(seat: SeatRef) -> str:
    """Where a seat's person works: the room page, unless the settings name another for its kind."""
    name = settings.CASESIM_SEAT_HOME.get(seat.kind, "rooms:room")
    return reverse(name, kwargs={"room": seat.room_id, "seat": seat.seat})

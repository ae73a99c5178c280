"""Join, the room page, and a seat's own transcript. Find the seat, call one function, render."""

from allauth.core import ratelimit
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from casesim.accounts.service import noted
from rooms import queries, service
from rooms.access import COOKIE_DAYS, SeatRef, cookie_name, seat_by_token, seat_for
from rooms.core.feed import body as stored
from rooms.core.feed import item_json
from rooms.live.now import wall_ms

CODE = "room_code"  # in the session: the code somebody entered


@require_safe
@never_cache
def join(request: HttpRequest, token: str) -> HttpResponse:
    """A join link."""
    seat = seat_by_token(token)
    if seat is None:
        return render(request, "rooms/join_error.html", status=404)
    return _seated(request, seat, token)


def _seated(request: HttpRequest, seat: SeatRef, token: str) -> HttpResponse:
    """Give the browser the seat's cookie and lead it to the seat's page."""
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


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def enter_code(request: HttpRequest) -> HttpResponse:
    """For people in the same call: type the room's code. Wrong ones are counted, right ones are not."""
    if request.method != "POST":
        return render(request, "rooms/enter_code.html")
    if not ratelimit.consume(request, action="room_code", dry_run=True):
        return _no_code(request, "Too many wrong codes came from here. Wait five minutes.", 429)
    typed = request.POST.get("code", "")
    if queries.room_by_code(typed, wall_ms()) is None:
        ratelimit.consume(request, action="room_code")
        return _no_code(request, "No room has this code now. Ask whoever gave it to you.", 422)
    request.session[CODE] = typed
    return redirect("rooms:choose_seat")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def choose_seat(request: HttpRequest) -> HttpResponse:
    """The free seats of the room whose code was entered; a POST takes one."""
    info = queries.room_by_code(request.session.get(CODE, ""), wall_ms())
    if info is None:
        return redirect("rooms:enter_code")
    free = queries.free_chairs(info.id)
    if request.method == "POST" and request.POST.get("seat") in {chair.seat for chair in free}:
        try:
            seat, token = service.take_by_code(info.id, request.POST["seat"])
        except LookupError:
            return redirect("rooms:choose_seat")  # somebody was quicker; the page shows what is left
        del request.session[CODE]
        noted("a guest", "took seat by code", f"room {info.id} {seat.seat}", info.workspace_id)
        return _seated(request, seat, token)
    return render(request, "rooms/choose_seat.html", {"room": info, "free": free})


def _no_code(request: HttpRequest, why: str, status: int) -> HttpResponse:
    context = {"why": why, "typed": request.POST.get("code", "")}
    return render(request, "rooms/enter_code.html", context, status=status)


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

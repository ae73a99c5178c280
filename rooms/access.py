"""Which seat are you? Asked at the door by every view and by the socket. A stranger gets 404.

A seat's token opens it: as a cookie set by the join link (browsers), or as `Authorization: Bearer`
(other clients). Only the token's digest is stored.
"""

import hashlib
import re
import secrets
from dataclasses import dataclass

from django.http import Http404, HttpRequest
from django.http.cookie import parse_cookie

from rooms.models import Seat

COOKIE_DAYS = 30
TOKEN = re.compile(r"[A-Za-z0-9_-]{20,64}")


@dataclass(frozen=True, slots=True)
class SeatRef:
    """A seat somebody has shown a right to."""

    room_id: str
    seat: str
    kind: str
    role: str
    title: str
    key: str = ""  # digest of the token that opens it


def new_token() -> str:
    return secrets.token_urlsafe(24)


def digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def cookie_name(room_id: str, seat: str) -> str:
    return f"seat-{room_id}-{seat}"


def seat_by_token(token: str, room_id: str | None = None, seat: str | None = None) -> SeatRef | None:
    """The seat a token opens, if it is of that room and that seat, and was not revoked."""
    if not TOKEN.fullmatch(token):
        return None
    found = Seat.objects.filter(token_digest=digest(token), revoked_at=None).first()
    if found is None or room_id not in (None, found.room_id) or seat not in (None, found.seat):
        return None
    return seat_ref(found)


def seat_ref(row: Seat) -> SeatRef:
    return SeatRef(row.room_id, row.seat, row.kind, row.role, row.title, row.token_digest)


def seat_for(request: HttpRequest, room_id: str, seat: str) -> SeatRef:
    """The seat this request may act for. Http404 for a stranger: no page tells rooms apart."""
    token = _bearer(request.headers.get("Authorization", "")) or request.COOKIES.get(
        cookie_name(room_id, seat), ""
    )
    found = seat_by_token(token, room_id, seat)
    if found is None:
        raise Http404("no such seat")
    return found


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a socket's handshake offered. `token` is empty for a stranger."""

    token: str
    by_cookie: bool


def credentials(headers: list[tuple[bytes, bytes]], room_id: str, seat: str | None) -> Credentials:
    """The token in a handshake's headers: a bearer's, else the cookie of that seat.

    Without a seat's name the one cookie for this room is taken, if there is just one.
    """
    named = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in headers}
    if bearer := _bearer(named.get("authorization", "")):
        return Credentials(bearer, by_cookie=False)
    cookies = parse_cookie(named.get("cookie", ""))
    if seat is not None:
        return Credentials(cookies.get(cookie_name(room_id, seat), ""), by_cookie=True)
    mine = [value for name, value in cookies.items() if name.startswith(cookie_name(room_id, ""))]
    return Credentials(mine[0] if len(mine) == 1 else "", by_cookie=True)


def _bearer(header: str) -> str:
    scheme, _, token = header.partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""

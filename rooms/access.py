"""Which seat are you? Asked at the door by every view and by the socket. A stranger gets 404.

A seat's token opens it: as a cookie set by the join link (browsers), or as `Authorization: Bearer`
(other clients). Only the token's digest is stored. So does being signed in as the person who holds
it, for as long as that person is in the room's workspace.
"""

import hashlib
import re
import secrets
from dataclasses import dataclass

from django.conf import settings
from django.db.models import F, QuerySet
from django.http import Http404, HttpRequest
from django.http.cookie import parse_cookie

from casesim.accounts.access import signed_in
from rooms.live.log import SeatRow, person_key, seat_of
from rooms.models import Seat

COOKIE_DAYS = 30
CODE_LETTERS = "BCDFGHJKLMNPQRSTVWXZ"  # no vowels, so no words; nothing that looks like a digit
CODE_LENGTH = 6
TOKEN = re.compile(r"[A-Za-z0-9_-]{20,64}")


@dataclass(frozen=True, slots=True)
class SeatRef:
    """A seat somebody has shown a right to."""

    room_id: str
    seat: str
    kind: str
    role: str
    title: str
    key: str = ""  # what opened it: the digest of a token, or a person
    person_id: int | None = None  # who holds it by account


def new_token() -> str:
    return secrets.token_urlsafe(24)


def digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def new_code() -> str:
    return "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))


def plain_code(typed: str) -> str:
    """A code as it is stored, however somebody typed it."""
    return "".join(typed.split()).replace("-", "").upper()[: CODE_LENGTH + 1]


def cookie_name(room_id: str, seat: str) -> str:
    return f"seat-{room_id}-{seat}"


def seat_by_token(token: str, room_id: str | None = None, seat: str | None = None) -> SeatRef | None:
    """The seat a token opens, if it is of that room and that seat, and was not revoked."""
    if not TOKEN.fullmatch(token):
        return None
    found = seat_of(digest(token))
    if found is None or room_id not in (None, found.room_id) or seat not in (None, found.seat):
        return None
    return seat_ref(found, digest(token))


def seat_by_person(person_id: int, room_id: str, seat: str) -> SeatRef | None:
    """The seat, if this person holds it, was not taken out of the workspace, and the seat not closed."""
    found = seats_of(person_id).filter(room_id=room_id, seat=seat).first()
    return seat_ref(found, person_key(person_id)) if found is not None else None


def seats_of(person_id: int) -> QuerySet[Seat]:
    """The seats that being signed in as this person opens."""
    rows = Seat.objects.filter(person=person_id, revoked_at=None)
    return rows.filter(room__workspace__memberships__person=F("person"))


def seat_ref(row: Seat | SeatRow, key: str = "") -> SeatRef:
    return SeatRef(row.room_id, row.seat, row.kind, row.role, row.title, key, row.person_id)


def seat_for(request: HttpRequest, room_id: str, seat: str) -> SeatRef:
    """The seat this request may act for. Http404 for a stranger: no page tells rooms apart."""
    bearer = _bearer(request.headers.get("Authorization", ""))
    found = seat_by_token(bearer or request.COOKIES.get(cookie_name(room_id, seat), ""), room_id, seat)
    if found is None and not bearer and request.user.is_authenticated:
        found = seat_by_person(request.user.pk, room_id, seat)
    if found is None:
        raise Http404("no such seat")
    return found


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a socket's handshake offered; both are empty for a stranger."""

    token: str
    by_cookie: bool
    session: str = ""  # of somebody who may be signed in


def credentials(headers: list[tuple[bytes, bytes]], room_id: str, seat: str | None) -> Credentials:
    """The token in a handshake's headers: a bearer's, else the cookie of that seat.

    Without a seat's name the one cookie for this room is taken, if there is just one.
    """
    named = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in headers}
    if bearer := _bearer(named.get("authorization", "")):
        return Credentials(bearer, by_cookie=False)
    cookies = parse_cookie(named.get("cookie", ""))
    session = cookies.get(settings.SESSION_COOKIE_NAME, "")
    if seat is not None:
        return Credentials(cookies.get(cookie_name(room_id, seat), ""), by_cookie=True, session=session)
    mine = [value for name, value in cookies.items() if name.startswith(cookie_name(room_id, ""))]
    return Credentials(mine[0] if len(mine) == 1 else "", by_cookie=True, session=session)


def seat_by_credentials(offered: Credentials, room_id: str, seat: str | None) -> SeatRef | None:
    """The seat a handshake opens: by its token, else by the person of its session. None for a stranger."""
    found = seat_by_token(offered.token, room_id, seat)
    if found is None and seat is not None and offered.session:
        person = signed_in(offered.session)
        found = seat_by_person(person.pk, room_id, seat) if person is not None else None
    return found


def _bearer(header: str) -> str:
    scheme, _, token = header.partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""

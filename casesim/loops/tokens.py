"""The candidate's link: one secret that leads to all rooms of a loop. Only its digest is stored.

Each seat opens to a token of its own, derived from the link's and the room's id: so the link needs not be
known when a room is added, and two browsers of the same person do not put one another out.
"""

import base64
import hashlib
import hmac

from django.conf import settings
from django.urls import reverse

from rooms.access import digest as digest
from rooms.access import new_token as new_token

COOKIE_DAYS = 90


def cookie_name(loop_id: int) -> str:
    return f"loop-{loop_id}"


def seat_token(token: str, room_id: str) -> str:
    """The token of the candidate's seat in one room, for whoever has the loop's."""
    made = hmac.new(token.encode(), room_id.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(made).decode().rstrip("=")


def link_of(token: str) -> str:
    """The candidate's link, as it is sent to them."""
    return settings.SITE_URL + reverse("loops:follow", args=[token])

"""Whom an invitation lets in, and the one reason when it does not."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Terms:
    """What an invitation was limited to. An empty `domain`: any address. `taken` of `places` are gone."""

    domain: str
    expires_at: datetime
    places: int
    taken: int
    revoked: bool
    used: bool = False  # by the very person who asks


def refusal(terms: Terms, email: str, now: datetime) -> str:
    """Why this address may not come in by this invitation now, in words for that person; "" if it may.

    An empty address is one not known yet: nobody is signed in.
    """
    if terms.revoked:
        return "This invitation was withdrawn. Ask whoever sent it for a new one."
    if terms.used:
        return "You came in by this invitation before and were removed. Ask whoever sent it for a new one."
    if now >= terms.expires_at:
        return "This invitation has expired. Ask whoever sent it for a new one."
    if terms.taken >= terms.places:
        return "Every place of this invitation is taken. Ask whoever sent it for a new one."
    if terms.domain and email and domain_of(email) != terms.domain:
        return f"This invitation is for addresses at {terms.domain}; you are signed in as {email}."
    return ""


def domain_of(email: str) -> str:
    """What stands behind the last @, in small letters."""
    return email.rpartition("@")[2].strip().lower()

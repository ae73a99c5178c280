"""How long what was said is kept, and the night's work of letting it go. Times in ms."""

from django.db import transaction

import rooms.erasing
from casesim.accounts.access import Standing
from casesim.accounts.service import Refusal, noted
from casesim.records.erasure import empty_room
from casesim.records.models import Retention

DAY = 24 * 3_600_000
LEAST, MOST = 7, 3_650  # days


@transaction.atomic
def declare(by: Standing, days: int | None, now: int) -> None:
    """Keep what is said for so many days; None: without an end. Refusal names the bounds."""
    if days is None:
        Retention.objects.filter(workspace=by.workspace).delete()
    elif not LEAST <= days <= MOST:
        raise Refusal(f"Rooms are kept for {LEAST} to {MOST} days, or without an end.")
    else:
        fields = {"days": days, "set_by": by.person, "set_at": now}
        Retention.objects.update_or_create(workspace=by.workspace, defaults=fields)
    noted(by.person, "set retention", f"{days} days" if days else "no end", by.workspace.pk)


def declared(workspace_id: int) -> Retention | None:
    """The rule of a workspace; None: what is said stays."""
    return Retention.objects.filter(workspace=workspace_id).select_related("set_by").first()


def due(rule: Retention, now: int) -> list[str]:
    """The rooms whose time is over."""
    return rooms.erasing.over_before(rule.workspace_id, now - rule.days * DAY)


def retain(now: int) -> int:
    """Empty every room whose time is over, each in a transaction of its own; returns how many."""
    rules = Retention.objects.order_by("pk")
    return sum(_emptied(rule, room_id) for rule in rules for room_id in due(rule, now))


def _emptied(rule: Retention, room_id: str) -> bool:
    try:
        with transaction.atomic():
            empty_room(room_id)
            noted("retention", "erased room", f"room {room_id}, {rule.days} days", rule.workspace_id)
    except Refusal:  # it runs again: another night
        return False
    return True

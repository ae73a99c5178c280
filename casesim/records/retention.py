"""How long what was said is kept, and the night's work of letting it go. Times in ms."""

from django.db import transaction

import rooms.erasing
from casesim.accounts.access import Standing
from casesim.accounts.service import Refusal, noted
from casesim.loops.queries import due_for_removal
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
    """Empty every room whose time is over, each in a transaction of its own; returns how many.

    A workspace's rule comes first; then what loops promised their candidates, or were asked to forget.
    """
    rules = Retention.objects.order_by("pk")
    emptied = sum(
        _emptied(room_id, rule.workspace_id, f"{rule.days} days")
        for rule in rules
        for room_id in due(rule, now)
    )
    return emptied + sum(
        _emptied(room_id, of.loop.workspace_id, f"loop {of.loop.pk}: {of.why}")
        for of in due_for_removal(now)
        for room_id in of.rooms
    )


def _emptied(room_id: str, workspace_id: int, why: str) -> bool:
    try:
        with transaction.atomic():
            empty_room(room_id)
            noted("retention", "erased room", f"room {room_id}, {why}", workspace_id)
    except Refusal:  # it runs again: another night
        return False
    return True

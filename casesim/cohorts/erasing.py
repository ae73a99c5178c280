"""What people wrote about a room of a cohort, taken out when its words are."""

from collections.abc import Collection

from casesim.cohorts.models import PlannedRoom, Words


def erase(room_id: str, persons: Collection[int] | None) -> None:
    """Take out what these people wrote about the room; None: what anybody wrote."""
    rows = Words.objects.filter(planned__in=PlannedRoom.objects.filter(room=room_id))
    (rows if persons is None else rows.filter(person__in=persons)).delete()

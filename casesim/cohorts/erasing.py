"""What a cohort and its raters' practice keep of a room's words, taken out when the words are."""

from collections.abc import Collection

import rooms.erasing
import scoring.erasing
from casesim.cohorts.models import PlannedRoom, Practice, Recording, Words
from scenarios.core.schema import CANDIDATE


def erase(room_id: str, persons: Collection[int] | None) -> None:
    """Take out what these people wrote about the room; None: what anybody wrote.

    A recording made from the room goes whole, whoever asked, and so do the words of every room it was laid
    again as: what a part of it would be worth to raters is not for a machine to say.
    """
    rows = Words.objects.filter(planned__in=PlannedRoom.objects.filter(room=room_id))
    (rows if persons is None else rows.filter(person__in=persons)).delete()
    for kept in Recording.objects.filter(room=room_id):
        for again in Practice.objects.filter(workspace=kept.workspace_id, recording=f"kept-{kept.pk}"):
            rooms.erasing.erase(again.room, [CANDIDATE])
            scoring.erasing.erase(again.room, [CANDIDATE])
        kept.delete()

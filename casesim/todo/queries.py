"""What the to-do page reads. It stands above everything a person can take part in."""

from dataclasses import replace

from django.urls import reverse
from django.utils import timezone

import rooms.queries
import scoring.queries
from casesim.cohorts.queries import Owed, owed_by
from casesim.todo.core import Errand, Held, Todo, todo
from rooms.access import SeatRef
from rooms.queries import Listed
from scoring.core.policy import may_open
from scoring.queries import Progress


def todo_of(person_id: int) -> Todo:
    """What this person has to do, from every seat they hold in every workspace."""
    seats = rooms.queries.held_by(person_id)
    progress = scoring.queries.progress_of({room.id for room, _ in seats})
    found = todo(_held(room, seat, progress[room.id]) for room, seat in seats)
    return replace(found, cohorts=tuple(map(_errand, owed_by(person_id, timezone.now()))))


WHAT = {
    "availability": "Say which rounds you can come to",
    "self": "Say how it was for you",
    "words": "Say what went well and what to change",
}


def _errand(owed: Owed) -> Errand:
    place = [owed.cohort.workspace.slug, owed.cohort.pk]
    if owed.room is None:
        return Errand(WHAT[owed.what], owed.about, reverse("cohorts:availability", args=place))
    return Errand(WHAT[owed.what], owed.about, reverse("cohorts:words", args=[*place, owed.room]))


def _held(room: Listed, seat: SeatRef, progress: Progress) -> Held:
    return Held(
        room=room.id,
        room_title=room.title,
        seat=seat.seat,
        kind=seat.kind,
        seat_title=seat.title,
        stage=room.stage,
        starts_at=room.starts_at,
        created_at=room.created_at,
        sheet_in=seat.seat in progress.submitted,
        may_read=progress.reported and may_open(seat.kind, "report", progress.unlocked),
        signed=progress.signed,
    )

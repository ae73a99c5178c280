"""What the to-do page reads. It stands above everything a person can take part in."""

from dataclasses import replace

from django.urls import reverse
from django.utils import timezone

import rooms.queries
import scoring.queries
from casesim.accounts.models import User
from casesim.cohorts.models import Practice
from casesim.cohorts.queries import Owed, owed_by
from casesim.cohorts.recordings import unread
from casesim.loops.queries import Owing, errands_of
from casesim.todo.core import Errand, Held, Todo, todo
from rooms.access import SeatRef
from rooms.queries import Listed
from scoring.core.policy import may_open
from scoring.queries import Progress


def todo_of(person: User) -> Todo:
    """What this person has to do, from every seat they hold, their cohorts and their loops."""
    seats = rooms.queries.held_by(person.pk)
    progress = scoring.queries.progress_of({room.id for room, _ in seats})
    found = todo(_held(room, seat, progress[room.id]) for room, seat in seats)
    coaching = [*map(_errand, owed_by(person.pk, timezone.now())), *map(_to_read, unread(person.pk))]
    return replace(found, cohorts=tuple(coaching), loops=tuple(map(_loop_errand, errands_of(person))))


def _to_read(done: Practice) -> Errand:
    address = reverse("cohorts:feedback", args=[done.workspace.slug])
    return Errand("Read how your marks compare", "Practice on a recording", address)


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


LOOPS = {
    "consent": "Read what is recorded, and say whether you agree",
    "decide": "Every room is played and rated: decide",
    "release": "Decided: tell the candidate",
    "answer": "The candidate contests the decision: answer",
    "review": "A contested decision waits for a second person: you can be it",
}


def _loop_errand(owing: Owing) -> Errand:
    loop = owing.loop
    if owing.what == "consent":
        where = reverse("loops:candidate", args=[loop.pk])
    else:
        page = "loops:report" if owing.what == "decide" else "loops:loop"
        where = reverse(page, args=[loop.workspace.slug, loop.pk])
    return Errand(LOOPS[owing.what], loop.candidate, where)


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
        recording=room.purpose == "recording",
    )

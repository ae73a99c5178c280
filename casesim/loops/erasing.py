"""Taking people's words out of what a loop keeps. Follows `rooms.erasing` and `scoring.erasing`.

Reports and decisions are never changed: rows go and come back without the words, made again from what is
left in the rooms, by the rule and the calibration they were made by.
"""

from collections.abc import Collection

from django.db import transaction

import rooms.queries
import scoring.queries
from casesim.loops import reports
from casesim.loops.core.given import LoopMadeFrom
from casesim.loops.core.report import assemble
from casesim.loops.models import Appeal, Decision, Loop, LoopReport, LoopRoom
from rooms.core.erasure import NOBODY, TOMBSTONE
from rooms.models import Seat
from scenarios.core.schema import CANDIDATE
from scoring.core.report import MadeFrom, canonical


@transaction.atomic
def erase(room_id: str, seats: Collection[str]) -> None:
    """The third part of an erasing: call it last, in one transaction. A room of no loop changes nothing."""
    row = LoopRoom.objects.filter(room=room_id).select_related("loop").first()
    if row is None:
        return
    if CANDIDATE in seats:
        _forget_candidate(row.loop)
    held = Seat.objects.filter(room=room_id, seat__in=seats).exclude(person=None)
    _make_again(row.loop, CANDIDATE in seats, set(held.values_list("person", flat=True)))


def _forget_candidate(loop: Loop) -> None:
    """Their name, address and words, and the words that were for them; when and how it was decided stays."""
    loop.candidate, loop.email, loop.token_digest, loop.time_zone = NOBODY, "", None, "UTC"
    loop.feedback = loop.feedback and TOMBSTONE
    loop.save()
    for appeal in Appeal.objects.filter(loop=loop):
        appeal.text, appeal.answer = TOMBSTONE, appeal.answer and TOMBSTONE
        appeal.reason = appeal.reason and TOMBSTONE
        appeal.save()


def _make_again(loop: Loop, everything: bool, people: set[int | None]) -> None:
    """The newest report and those that were decided on; the others go."""
    rows = list(LoopReport.objects.filter(loop=loop).select_related("decision", "calibration").order_by("pk"))
    decisions = {row.pk: row.decision for row in rows if hasattr(row, "decision")}
    kept = [row for row in rows if row.pk in decisions or row is rows[-1]]
    Decision.objects.filter(report__loop=loop).delete()
    LoopReport.objects.filter(loop=loop).delete()
    for row in kept:
        made = _made(loop, row)
        if (decision := decisions.get(row.pk)) is not None:
            _decide_again(decision, made, everything, people)


def _made(loop: Loop, row: LoopReport) -> LoopReport:
    was = LoopMadeFrom.model_validate(row.made_from)
    rooms_now = {room: _as_it_is_called(room, then) for room, then in was.rooms.items()}
    was = was.model_copy(update={"candidate": loop.candidate, "missing": (), "rooms": rooms_now})
    document = assemble(reports.as_it_was(loop, was), reports.known(row.calibration))
    made, _ = LoopReport.objects.get_or_create(
        loop=loop,
        digest=document.digest,
        defaults={
            "document": canonical(document).decode(),
            "calibration": row.calibration,
            "made_from": was.model_dump(mode="json"),
            "final": row.final,
            "created_at": row.created_at,
        },
    )
    return made


def _as_it_is_called(room_id: str, then: MadeFrom) -> MadeFrom:
    """The names of now: a title may say whose room it was, and whoever closed rating may be erased."""
    closed = scoring.queries.closed(room_id) if then.closed else None
    return then.model_copy(update={"title": rooms.queries.room(room_id).title, "closed": closed})


def _decide_again(decision: Decision, report: LoopReport, everything: bool, people: set[int | None]) -> None:
    """What was decided, when and by which number stays; names and words that are to go, go."""
    Decision.objects.get_or_create(
        report=report,
        defaults={
            "decision": decision.decision,
            "person_id": decision.person_id,
            "name": NOBODY if decision.person_id in people else decision.name,
            "reason": decision.reason and (TOMBSTONE if everything else decision.reason),
            "at": decision.at,
        },
    )

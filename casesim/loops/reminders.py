"""Letters: read who is to be written to, claim each letter in the database, send it. Times in ms."""

import logging
from collections.abc import Iterable
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string

import rooms.queries
import scoring.queries
from casesim.loops import queries
from casesim.loops.calendar import Entry, calendar
from casesim.loops.core.reminders import Invitee, Meeting, due, local
from casesim.loops.core.reminders import Reminder as Letter
from casesim.loops.models import Loop, LoopRoom, Reminder
from rooms.models import Room, RoomEvent, Seat
from scenarios.core.schema import CANDIDATE

log = logging.getLogger(__name__)

LOOKED_BACK = 7 * 24 * 3_600_000  # ms: rooms that were over before are nobody's to be reminded of

SUBJECTS = {
    "calendar": "{title}: {when}",
    "tomorrow": "Tomorrow: {title}",
    "soon": "In less than an hour: {title}",
    "consent": "Before {title}: please read the notice",
    "sheet": "Your scoresheet: {title}",
    "sheet_again": "Your scoresheet is still missing: {title}",
}


def remind(now: int) -> int:
    """Send what is due and was not sent. May run twice, or twice at once: each letter is claimed by one."""
    return sum(_send(letter, now) for letter in due(meetings(now), now))


def _send(letter: Letter, now: int) -> bool:
    """Claim, then send: whoever dies in between has sent nothing twice. A refused letter is free again."""
    try:
        with transaction.atomic():
            claim = Reminder.objects.create(**letter.key._asdict(), claimed_at=now)
    except IntegrityError:
        return False  # sent, or being sent
    try:
        _mail(letter, now).send()
    except (OSError, SMTPException) as error:
        claim.delete()
        log.warning("a letter was not taken, it is tried again: %s", type(error).__name__)
        return False
    Reminder.objects.filter(pk=claim.pk).update(sent_at=now)
    return True


def _mail(letter: Letter, now: int) -> EmailMessage:
    meeting, person = letter.meeting, letter.invitee
    starts = local(person.time_zone, meeting.starts_at) if meeting.starts_at is not None else None
    when = f"{starts:%A %-d %B %Y, %H:%M} ({person.time_zone})" if starts is not None else ""
    subject = SUBJECTS[letter.key.kind].format(title=meeting.title, when=when)
    if meeting.cancelled:
        subject = f"Cancelled: {meeting.title}"
    context = {
        "kind": letter.key.kind,
        "meeting": meeting,
        "person": person,
        "when": when,
        "site": settings.SITE_URL,
    }
    mail = EmailMessage(subject, render_to_string("loops/mail.txt", context), to=[person.address])
    if letter.key.kind == "calendar":
        mail.attach("room.ics", _file(letter, now), "text/calendar; charset=utf-8; method=PUBLISH")
    return mail


def _file(letter: Letter, now: int) -> str:
    meeting, minutes = letter.meeting, LoopRoom.objects.get(room=letter.key.room).minutes
    entry = Entry(
        room=meeting.room,
        title=meeting.title,
        seat_title=letter.invitee.seat_title,
        starts_at=meeting.starts_at or 0,
        minutes=minutes,
        sequence=meeting.sequence,
        cancelled=meeting.cancelled,
    )
    return calendar([entry], letter.invitee.time_zone, now).decode()


# --- who is to be written to ------------------------------------------------------------------------------


def meetings(now: int) -> tuple[Meeting, ...]:
    """Every room of a loop that somebody may still be reminded of."""
    rows = LoopRoom.objects.filter(loop__released_at=None, loop__withdrawn_at=None).select_related(
        "loop__person"
    )
    rooms_by_id = {each.room: each for each in rows}
    reached = queries.stages(list(rooms_by_id))
    ended = _ended(room for room, stage in reached.items() if stage == "ended")
    fresh = [room for room in rooms_by_id if ended.get(room, now) > now - LOOKED_BACK]
    agreed = rooms.queries.consents(fresh)
    progress = scoring.queries.progress_of(fresh)
    found = []
    for room in Room.objects.filter(pk__in=fresh).order_by("pk"):
        row = rooms_by_id[room.pk]
        owes_consent = row.loop.purpose == Room.Purpose.ASSESSMENT and agreed.get(room.pk) != "given"
        found.append(
            Meeting(
                room=room.pk,
                title=room.title,
                starts_at=room.starts_at,
                ended_at=ended.get(room.pk),
                stage=reached[room.pk],  # type: ignore[arg-type]
                cancelled=row.cancelled_at is not None,
                sequence=row.sequence,
                invitees=tuple(_invitees(row.loop, room.pk, owes_consent, progress[room.pk].submitted)),
            )
        )
    return tuple(found)


def _invitees(loop: Loop, room_id: str, owes_consent: bool, submitted: frozenset[str]) -> Iterable[Invitee]:
    """Whoever holds a seat by account, and the candidate."""
    for seat in (
        Seat.objects.filter(room=room_id).exclude(person=None).select_related("person").order_by("pk")
    ):
        owes = (
            owes_consent if seat.kind == "candidate" else seat.kind == "rater" and seat.seat not in submitted
        )
        who = seat.person
        yield Invitee(who.email, str(who), who.time_zone, seat.kind, seat.title, owes)
    if loop.person_id is None and loop.email:
        yield Invitee(loop.email, loop.candidate, loop.time_zone, CANDIDATE, "Candidate", owes_consent)


def _ended(room_ids: Iterable[str]) -> dict[str, int]:
    """When each of these rooms ended: the time of the log's last word on it."""
    rows = RoomEvent.objects.filter(room__in=list(room_ids), body__startswith='{"type":"room_ended"')
    return dict(rows.values_list("room", "at"))

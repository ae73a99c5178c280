"""Who is to be written to now, and about what. Pure: people, rooms and the time in, letters out.

What was sent already is left out by whoever sends: a reminder names itself (`Reminder.key`), and the
database takes each name once.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

Kind = Literal["calendar", "tomorrow", "soon", "consent", "sheet", "sheet_again"]
Stage = Literal["lobby", "running", "ended"]

HOUR = 3_600_000  # ms
MORNING, EVENING = 8, 21  # of the person's own clock; nobody is written to between evening and morning
TOMORROW = 24 * HOUR  # before the start
SOON = HOUR
CONSENT = 48 * HOUR
SHEET, SHEET_AGAIN = 2 * HOUR, 48 * HOUR  # after the end


class Invitee(NamedTuple):
    """One person in one seat, as far as letters go. `owes`: a sheet, or their consent."""

    address: str
    name: str
    time_zone: str
    kind: str  # of seat
    seat_title: str
    owes: bool = False


class Meeting(NamedTuple):
    """One room of a loop. Times in ms; `sequence` counts the changes of its time."""

    room: str
    title: str
    starts_at: int | None
    ended_at: int | None
    stage: Stage
    cancelled: bool
    sequence: int
    invitees: tuple[Invitee, ...]


class Key(NamedTuple):
    """What makes a reminder the same one: sent once, whoever asks how often."""

    room: str
    kind: Kind
    address: str
    about: int  # the start it is about, or the sequence of the calendar's entry


class Reminder(NamedTuple):
    key: Key
    meeting: Meeting
    invitee: Invitee


def due(meetings: Iterable[Meeting], now: int) -> tuple[Reminder, ...]:
    """Every letter that should be out by `now` (ms); at night in a person's own zone there is none."""
    return tuple(
        Reminder(Key(meeting.room, kind, person.address, about), meeting, person)
        for meeting in meetings
        for person in meeting.invitees
        if person.address and not is_night(person.time_zone, now)
        for kind, about in _kinds(meeting, person, now)
    )


def is_night(time_zone: str, now: int) -> bool:
    """Whether it is night where this person lives."""
    hour = local(time_zone, now).hour
    return not MORNING <= hour < EVENING


def local(time_zone: str, at: int) -> datetime:
    """A moment (ms) on somebody's own clock."""
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=at)).astimezone(ZoneInfo(time_zone))


def _kinds(meeting: Meeting, person: Invitee, now: int) -> Iterator[tuple[Kind, int]]:
    ahead = meeting.stage == "lobby" and meeting.starts_at is not None and now < meeting.starts_at
    if ahead or (meeting.cancelled and meeting.starts_at is not None):
        yield "calendar", meeting.sequence
    if meeting.cancelled:
        return
    if meeting.stage == "lobby" and meeting.starts_at is not None:
        yield from _before(meeting.starts_at, person, now)
    if meeting.ended_at is not None and person.kind == "rater" and person.owes:
        yield from _after(meeting.ended_at, now)


def _before(starts_at: int, person: Invitee, now: int) -> Iterator[tuple[Kind, int]]:
    left = starts_at - now
    if person.kind == "candidate" and person.owes and 0 < left <= CONSENT:
        yield "consent", starts_at
    if SOON < left <= TOMORROW:
        yield "tomorrow", starts_at
    if 0 < left <= SOON:
        yield "soon", starts_at


def _after(ended_at: int, now: int) -> Iterator[tuple[Kind, int]]:
    since = now - ended_at
    if since >= SHEET_AGAIN:
        yield "sheet_again", ended_at
    elif since >= SHEET:
        yield "sheet", ended_at

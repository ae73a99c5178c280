"""Calendar files: one person's rooms of a loop. A file opens nothing; it says when, where and as what."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from icalendar import Calendar, Event

from casesim.loops.core.reminders import local


@dataclass(frozen=True, slots=True)
class Entry:
    """One room as it stands in one person's calendar. `starts_at` in ms; `sequence` counts its changes."""

    room: str
    title: str
    seat_title: str
    starts_at: int
    minutes: int
    sequence: int
    cancelled: bool


def calendar(entries: Iterable[Entry], time_zone: str, now: int) -> bytes:
    """The file (RFC 5545), with times in this person's zone. The same room keeps its UID for ever."""
    made = Calendar()
    made.add("prodid", "-//casesim//loops//EN")
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    for entry in entries:
        made.add_component(_event(entry, time_zone, now))
    made.add_missing_timezones()
    return bytes(made.to_ical())


def _event(entry: Entry, time_zone: str, now: int) -> Event:
    starts = local(time_zone, entry.starts_at)
    event = Event()
    event.add("uid", f"{entry.room}@{urlsplit(settings.SITE_URL).hostname}")
    event.add("dtstamp", datetime.fromtimestamp(now // 1000, UTC))
    event.add("dtstart", starts)
    event.add("dtend", starts + timedelta(minutes=entry.minutes))
    event.add("summary", f"Cancelled: {entry.title}" if entry.cancelled else entry.title)
    event.add("description", f"Your seat: {entry.seat_title}. Find your way in at {settings.SITE_URL}")
    event.add("status", "CANCELLED" if entry.cancelled else "CONFIRMED")
    event.add("sequence", entry.sequence)
    return event

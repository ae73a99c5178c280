"""Letters go out once, to whom they concern, with a calendar entry that follows the room; also by SMTP."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from icalendar import Calendar

from casesim.loops import reminders, service, tasks
from casesim.loops.calendar import Entry, calendar
from casesim.loops.core.reminders import HOUR
from casesim.loops.core.times import DAY
from casesim.loops.models import Reminder
from rooms.core import messages as m
from tests.builders import T0
from tests.loops.smtp import mail_server

# T0 is 2025-10-09 08:53:20 UTC: day for everybody here
STARTS = T0 + 3 * DAY


@pytest.fixture
def loop(acme):
    made = acme.loop()
    acme.first = acme.room(made, starts_at=STARTS, people={"rater1": acme.rita.person.pk}, raters=1)
    return made


def sent(now):
    """Who was written to at this moment, and with which subject."""
    mail.outbox.clear()
    reminders.remind(now)
    return sorted((letter.to[0], letter.subject) for letter in mail.outbox)


def noon(after):
    """The next noon in UTC."""
    return after + (DAY // 2 - after) % DAY


def subjects(now):
    return {subject.split(":")[0] for _, subject in sent(now)}


def test_each_letter_is_sent_once_to_everybody_whom_it_concerns(loop):
    first = sent(T0)
    assert first == [
        ("cora@home.test", "Cora Lind: A small case: Sunday 12 October 2025, 08:53 (UTC)"),
        ("rita@acme.test", "Cora Lind: A small case: Sunday 12 October 2025, 08:53 (UTC)"),
    ]
    assert sent(T0) == sent(T0 + HOUR) == []
    assert Reminder.objects.exclude(sent_at=None).count() == 2


def test_reminders_follow_the_time_of_the_room(loop):
    sent(T0)
    assert sent(STARTS - 40 * HOUR) == [
        ("cora@home.test", "Before Cora Lind: A small case: please read the notice")
    ]
    assert subjects(STARTS - 22 * HOUR) == {"Tomorrow"}
    assert subjects(STARTS - HOUR // 2) == {"In less than an hour"}
    assert subjects(STARTS - HOUR // 4) == set()


def test_a_rater_is_reminded_of_a_sheet_and_not_once_it_is_in(acme, loop):
    acme.play(acme.first)
    assert sent(noon(acme.now + 3 * HOUR)) == [("rita@acme.test", "Your scoresheet: Cora Lind: A small case")]
    assert subjects(noon(acme.now + 49 * HOUR)) == {"Your scoresheet is still missing"}
    other = acme.room(loop, people={"rater1": acme.ben.person.pk}, raters=1)
    acme.play(other)
    acme.rate(other, "rater1", 3, 3)
    assert sent(noon(acme.now + 3 * HOUR)) == []


def test_a_letter_holds_no_link_that_opens_anything(acme, loop):
    token = service.make_link(acme.olga, loop)
    sent(T0)
    for letter in mail.outbox:
        everything = letter.subject + letter.body + str(letter.attachments).replace("\\r\\n ", "")
        assert token not in everything
        assert set(re.findall(r"https?://[\w.:/-]+", everything)) == {"http://127.0.0.1:8000"}


def test_a_room_that_moves_or_is_cancelled_is_told_again(acme, loop):
    sent(T0)
    service.move(acme.olga, loop, acme.first, STARTS + HOUR)
    assert len(sent(T0 + HOUR)) == 2
    (event,) = Calendar.from_ical(mail.outbox[0].attachments[0][1]).walk("VEVENT")
    assert event["SEQUENCE"] == 1
    service.cancel(acme.olga, loop, acme.first, acme.now)
    assert subjects(T0 + 2 * HOUR) == {"Cancelled"}
    (event,) = Calendar.from_ical(mail.outbox[0].attachments[0][1]).walk("VEVENT")
    assert (event["STATUS"], event["SEQUENCE"]) == ("CANCELLED", 2)
    assert sent(T0 + 3 * HOUR) == []


def test_nobody_is_reminded_of_a_loop_whose_candidate_took_consent_back(acme, loop):
    acme.do(acme.first, "candidate", m.Consent())
    service.consent(loop, False, acme.now)
    assert sent(T0) == []


def test_the_task_sends_what_is_due(loop, monkeypatch):
    monkeypatch.setattr(tasks, "_now", lambda: T0)
    mail.outbox.clear()
    tasks.remind()
    tasks.remind()
    assert len(mail.outbox) == 2


# --- a real mail server -----------------------------------------------------------------------------------


@pytest.fixture
def smtp(settings):
    with mail_server() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        yield server


def test_a_letter_arrives_by_smtp_with_a_calendar_entry_in_the_readers_own_zone(acme, loop, smtp):
    person = acme.rita.person
    person.time_zone = "Asia/Tokyo"
    person.save()
    assert reminders.remind(T0) == 2
    letter = next(each for each in smtp.taken if each["to"] == "rita@acme.test")
    assert "17:53 (Asia/Tokyo)" in letter["subject"]
    attached = next(part for part in letter.walk() if part.get_content_type() == "text/calendar")
    (event,) = Calendar.from_ical(attached.get_payload(decode=True)).walk("VEVENT")
    assert event["DTSTART"].dt == datetime(2025, 10, 12, 17, 53, 20, tzinfo=ZoneInfo("Asia/Tokyo"))


def test_a_letter_that_the_server_does_not_take_is_tried_again_and_then_sent_once(loop, smtp):
    smtp.refuses = True
    assert reminders.remind(T0) == 0
    assert not Reminder.objects.exists()
    smtp.refuses = False
    assert reminders.remind(T0) == 2
    assert reminders.remind(T0) == 0
    assert len(smtp.taken) == 2


def test_a_letter_that_was_claimed_by_a_worker_that_died_is_not_sent_a_second_time(loop, smtp):
    letters = reminders.due(reminders.meetings(T0), T0)
    Reminder.objects.create(**letters[0].key._asdict(), claimed_at=T0)
    assert reminders.remind(T0) == 1
    assert len(smtp.taken) == 1


# --- calendar files ---------------------------------------------------------------------------------------


def entry(**changes):
    usual = {
        "room": "r1",
        "title": "Cora on fraud",
        "seat_title": "Rater 1",
        "starts_at": T0,
        "minutes": 60,
        "sequence": 0,
        "cancelled": False,
    }
    return Entry(**{**usual, **changes})


def events(*entries, zone="Europe/Berlin"):
    return Calendar.from_ical(calendar(entries, zone, T0)).walk("VEVENT")


def test_a_calendar_file_says_when_in_the_readers_zone_and_brings_that_zone_along():
    text = calendar([entry()], "Europe/Berlin", T0).decode()
    assert "DTSTART;TZID=Europe/Berlin:20251009T105320" in text
    assert "BEGIN:VTIMEZONE" in text
    (event,) = events(entry())
    assert event["DTEND"].dt - event["DTSTART"].dt == timedelta(minutes=60)
    assert event["DTSTART"].dt.astimezone(UTC) == datetime(2025, 10, 9, 8, 53, 20, tzinfo=UTC)


def test_a_room_keeps_its_uid_through_every_change():
    (before,), (after,) = events(entry()), events(entry(starts_at=T0 + HOUR, sequence=3, cancelled=True))
    assert before["UID"] == after["UID"] == "r1@127.0.0.1"
    assert (after["SEQUENCE"], after["STATUS"], str(after["SUMMARY"])) == (
        3,
        "CANCELLED",
        "Cancelled: Cora on fraud",
    )


def test_a_calendar_without_rooms_is_a_calendar():
    assert events() == []

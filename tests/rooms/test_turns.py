"""When the bots are called again: once for each time, and never for what the sweep finds first."""

import os
from collections.abc import Callable

import pytest
from django.db import connection

from rooms.bots import agenda, runner
from rooms.bots.runner import FARTHEST, LOOK, LOST, SENT, live_turn, sweep
from rooms.core import messages as m
from rooms.live import heartbeat, log
from rooms.live.now import wall_ms
from rooms.live.redis import client
from rooms.models import Room
from rooms.service import handle_now, known
from tests.builders import T0, make_room

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not os.environ.get("REDIS_URL"), reason="needs Redis: python -m tests.servers"),
]


class Calls(list[tuple[str, int, float]]):
    """What was asked for: room, due, seconds."""

    def __call__(self, room_id: str, due: int, seconds: float) -> None:
        self.append((room_id, due, seconds))


@pytest.fixture(autouse=True)
def nothing_noted():
    client().delete(agenda.LOOKS, heartbeat.TURNS)
    yield
    client().delete(agenda.LOOKS, heartbeat.TURNS)


@pytest.fixture
def room(monkeypatch: pytest.MonkeyPatch) -> str:
    """A live room whose bot wants to speak in three seconds."""
    found = make_room(bots=("lead",), started=True).room_id
    due = wall_ms() + 3_000
    wants(monkeypatch, lambda now: due)
    return found


def wants(monkeypatch: pytest.MonkeyPatch, when: Callable[[int], int | None]) -> None:
    """Its bot wants to act then."""
    monkeypatch.setattr(runner, "take_turns", lambda room_id, now, acted, voice: when(now))


def swept() -> list[str]:
    """Whom a sweep sends for."""
    woken: list[str] = []
    sweep(woken.extend)
    return woken


def later(monkeypatch: pytest.MonkeyPatch, ms: int) -> None:
    """The time is so much later than it is."""
    now = wall_ms() + ms
    monkeypatch.setattr(runner, "wall_ms", lambda: now)


def test_of_many_reasons_to_look_only_the_first_asks_for_the_next_call(room: str):
    calls = Calls()
    for _ in range(5):
        live_turn(room, None, calls)
    assert [(room_id, round(seconds)) for room_id, _, seconds in calls] == [(room, 3)]


def test_the_call_that_was_waited_for_asks_for_the_next_one(room: str):
    calls = Calls()
    live_turn(room, None, calls)
    live_turn(room, calls[0][1], calls)
    assert len(calls) == 2


def test_a_call_that_something_sooner_has_overtaken_does_nothing(room: str, monkeypatch: pytest.MonkeyPatch):
    calls = Calls()
    live_turn(room, None, calls)
    sooner = wall_ms() + 1_000
    wants(monkeypatch, lambda now: sooner)
    live_turn(room, None, calls)
    live_turn(room, calls[0][1], calls)
    assert [due for _, due, _ in calls[1:]] == [sooner]


def test_what_is_far_away_is_left_to_the_sweep(room: str, monkeypatch: pytest.MonkeyPatch):
    calls = Calls()
    wants(monkeypatch, lambda now: now + FARTHEST + 1_000)
    live_turn(room, None, calls)
    assert (calls, swept()) == ([], [])
    later(monkeypatch, LOOK + 1)
    assert swept() == [room]


def test_what_was_far_away_is_called_for_when_it_has_come_near(room: str, monkeypatch: pytest.MonkeyPatch):
    calls, due = Calls(), wall_ms() + FARTHEST + 1_000
    wants(monkeypatch, lambda now: due)
    live_turn(room, None, calls)
    later(monkeypatch, 5_000)
    live_turn(room, None, calls)
    assert [at for _, at, _ in calls] == [due]


def test_a_sweep_asks_for_no_room_whose_call_still_waits_and_for_one_whose_call_is_lost(
    room: str, monkeypatch: pytest.MonkeyPatch
):
    live_turn(room, None, Calls())
    assert swept() == []
    later(monkeypatch, 3_000 + LOST - 500)
    assert swept() == []
    later(monkeypatch, 3_000 + LOST + 500)
    assert swept() == [room]


def test_a_room_of_which_nothing_is_noted_is_asked_for_at_once_and_not_by_every_sweep_again(
    room: str, monkeypatch: pytest.MonkeyPatch
):
    assert swept() == [room]
    assert swept() == []
    later(monkeypatch, SENT + 1)
    assert swept() == [room]


def test_a_room_whose_bots_want_nothing_is_looked_at_again_and_one_that_rests_is_not(
    room: str, monkeypatch: pytest.MonkeyPatch
):
    wants(monkeypatch, lambda now: None)
    live_turn(room, None, Calls())
    assert swept() == []
    later(monkeypatch, LOOK + 1)
    assert swept() == [room]
    handle_now(room, "facilitator", m.Pause(), "pause")
    live_turn(room, None, Calls())
    later(monkeypatch, 60_000)
    assert swept() == []


def test_every_live_room_is_found_however_many_there_are(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(log, "ROOMS", 3)
    rooms = sorted(make_room(bots=("lead",), started=True).room_id for _ in range(7))
    make_room()  # not live
    assert [room for page in log.live_rooms() for room in page] == rooms
    assert sorted(swept()) == rooms


def test_every_overdue_room_is_found_the_longest_overdue_first(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(log, "ROOMS", 3)
    rooms = [make_room().room_id for _ in range(8)]
    looks = [5, 5, 5, 5, 2, 9, 9, None]
    for room_id, look in zip(rooms, looks, strict=True):
        Room.objects.filter(pk=room_id).update(next_look=look)
    found = list(log.overdue(8))
    assert found == [rooms[4], *sorted(rooms[:4])]


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL reads a table this small whole")
def test_the_sweep_finds_live_rooms_by_an_index():
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {log.LIVE_ROOMS}", ["", 1])
        assert "INDEX room_live" in str(cursor.fetchall())


def test_how_late_a_bot_acted_is_noted_when_it_acts(monkeypatch: pytest.MonkeyPatch):
    client().delete(heartbeat.LATENESS)
    room = make_room(bots=("omar",), started=True).room_id
    handle_now(room, "candidate", m.Say(text="Omar, how late is it?"), "asks", now=T0 + 2)
    begun = known(room).state.at
    monkeypatch.setattr(runner, "wall_ms", lambda: T0 + 10_000)
    live_turn(room, None, Calls())
    counts, total = heartbeat.lateness()
    assert counts[-1][1] == 1
    assert total * 1000 <= wall_ms() - begun


def test_a_turn_nobody_takes_is_seen_to_be_late(room: str, monkeypatch: pytest.MonkeyPatch):
    for key in client().scan_iter(f"{heartbeat.LATEST}:*"):
        client().delete(key)
    past = wall_ms() - 7_000
    agenda.note(room, past, look=past)
    assert 7.0 <= heartbeat.bot_lag() < 8.0
    agenda.forget([room])
    assert heartbeat.bot_lag() is None

"""When the bots are called again: once for each time, and never for what the sweep finds first."""

import os

import pytest

from rooms.bots import runner
from rooms.bots.runner import FARTHEST, live_turn, sweep
from rooms.live.hub import wall_ms
from rooms.live.redis import client
from tests.builders import make_room

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not os.environ.get("REDIS_URL"), reason="needs Redis: python -m tests.servers"),
]


class Calls(list[tuple[str, int, float]]):
    """What was asked for: room, due, seconds."""

    def __call__(self, room_id: str, due: int, seconds: float) -> None:
        self.append((room_id, due, seconds))


@pytest.fixture
def room(monkeypatch: pytest.MonkeyPatch) -> str:
    """A live room whose bot wants to speak in three seconds."""
    found = make_room(bots=("lead",), started=True).room_id
    due = wall_ms() + 3_000
    monkeypatch.setattr(runner, "take_turns", lambda room_id, now: due)
    client().delete(f"casesim:turn:{found}")
    return found


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
    monkeypatch.setattr(runner, "take_turns", lambda room_id, now: sooner)
    live_turn(room, None, calls)
    live_turn(room, calls[0][1], calls)
    assert [due for _, due, _ in calls[1:]] == [sooner]


def test_what_is_far_away_is_left_to_the_sweep(room: str, monkeypatch: pytest.MonkeyPatch):
    calls, woken = Calls(), []
    monkeypatch.setattr(runner, "take_turns", lambda room_id, now: now + int(FARTHEST * 1000) + 1_000)
    live_turn(room, None, calls)
    sweep(woken.extend)
    assert calls == []
    assert room in woken

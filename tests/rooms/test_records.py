"""What a worker remembers of a log is the log, and it reads only what is new."""

import pytest

from rooms.bots import records
from rooms.bots.notes import Notes, take_notes
from rooms.bots.runner import take_turns
from rooms.bots.turns import view_of
from rooms.core import messages as m
from rooms.core.feed import feed
from rooms.live import log
from rooms.models import Room
from rooms.service import handle_now, known
from tests.builders import T0, make_room

pytestmark = pytest.mark.django_db


@pytest.fixture
def reads(monkeypatch) -> list[int]:
    """After which seq each reading of a log began."""
    begun: list[int] = []
    read = log.read

    def noted(room_id: str, after: int = 0) -> list[log.Line]:
        begun.append(after)
        return read(room_id, after)

    monkeypatch.setattr(log, "read", noted)
    return begun


def remembered(room_id: str) -> list:
    return records.record(room_id, known(room_id)).lines


def say(room_id: str, text: str) -> None:
    handle_now(room_id, "candidate", m.Say(text=text), text, T0 + 5)


def test_what_is_remembered_is_the_log_and_only_what_is_new_is_read(reads):
    room = make_room(started=True).room_id
    for text in ("one", "two", "three"):
        say(room, text)
        remembered(room)
    before = known(room).state.seq
    reads.clear()
    say(room, "four")
    assert remembered(room) == log.parsed(log.read(room))
    assert reads == [before, 0]  # the 0 is this test's own


def test_bots_take_a_second_turn_without_reading_the_log_again(reads):
    room = make_room(started=True, bots=("lead", "dana", "omar")).room_id
    take_turns(room, T0 + 60_000)
    reads.clear()
    take_turns(room, T0 + 61_000)
    assert 0 not in reads


def test_a_log_of_another_epoch_is_read_from_its_beginning(reads):
    room = make_room(started=True).room_id
    remembered(room)
    Room.objects.filter(pk=room).update(epoch="restored")
    reads.clear()
    assert remembered(room) == log.parsed(log.read(room))
    assert 0 in reads[:-1]


def test_a_state_behind_what_is_remembered_is_given_no_more_than_it_knows():
    room = make_room(started=True).room_id
    early = known(room)
    say(room, "later")
    assert len(records.record(room, early).lines) == early.state.seq


def test_what_a_bot_has_seen_and_noted_goes_on_as_if_it_were_read_from_the_beginning():
    room = make_room(started=True, bots=("lead", "dana", "omar")).room_id
    noted = Notes()
    for number in range(12):
        say(room, f"Dana, how late is number {number}?")
        if number == 6:
            handle_now(room, "rater1", m.TakeSeat(name="Rita"), "sits", T0 + 5)
            handle_now(room, "facilitator", m.Whisper(text="hurry"), "hurry", T0 + 5)
        take_turns(room, T0 + 20_000 * number)
        found = known(room)
        seen = records.record(room, found).seen("dana")
        assert seen.items == feed(log.parsed(log.read(room)), "dana")
        view = view_of(found.scenario, found.state, seen.items, "dana", T0, 1)
        noted = take_notes(view, noted if number else None)
        assert noted == take_notes(view)
    assert len(noted.spoken) > 12


def test_rooms_asked_for_longest_ago_are_forgotten_first(monkeypatch):
    rooms = [make_room(started=True).room_id for _ in range(4)]
    lines = len(remembered(rooms[0]))
    monkeypatch.setattr(records, "KEPT", 3 * lines)
    for room in [*rooms[1:], rooms[1]]:
        remembered(room)
    kept = [room for room in records._records() if room in rooms]
    assert kept == [rooms[2], rooms[3], rooms[1]]
    monkeypatch.setattr(records, "IDLE", 0.0)
    remembered(rooms[3])
    assert [room for room in records._records() if room in rooms] == [rooms[3]]

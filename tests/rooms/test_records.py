"""What a worker remembers of a log is the log, and it reads only what is new."""

import pytest

from rooms.bots import records
from rooms.bots.runner import take_turns
from rooms.core import messages as m
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
    return records.record(room_id, known(room_id))


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
    assert len(records.record(room, early)) == early.state.seq

"""What another process rang is read in the bell's thread and taken in the event loop, in any order."""

import logging

import pytest
from django.db import OperationalError, connection

from rooms.core import messages as m
from rooms.live import log
from rooms.live.group import Folds, Job, commit
from rooms.live.hub import Hub, _read_lines
from rooms.live.room import HubRoom
from rooms.service import known
from tests.builders import T0
from tests.rooms.adding import hub_room, said, say

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def here(hub: Hub, rooms: list[str]) -> HubRoom:
    """A room this hub has; what is said in it afterwards is another process's."""
    commit([say(rooms[0], "the first word takes the seat as well")], Folds())
    hub.rooms[rooms[0]] = hub_room(rooms[0])
    return hub.rooms[rooms[0]]


def grow(room: HubRoom, *texts: str) -> int:
    """Another process adds these; returns where the log ends then."""
    for text in texts:
        commit([say(room.id, text)], Folds())
    return log.heads([room.id])[room.id].seq


def test_a_line_or_several_are_read_and_taken(hub, here):
    for texts in (["one"], ["two", "three"], ["four"]):
        room, lines = hub.read_ahead(here.id, grow(here, *texts))
        assert (room, [event.text for _, event in lines]) == (here, texts)
        hub.take_read(room, lines)
    assert here.state == known(here.id).state
    assert [line.seq for line in here.lines] == list(range(1, here.state.seq + 1))


def test_what_is_here_already_or_nobodys_here_is_not_asked_for(hub, here, monkeypatch):
    monkeypatch.setattr("rooms.live.hub._read_lines", None)
    assert hub.read_ahead(here.id, here.state.seq) is None
    assert hub.read_ahead(here.id, 1) is None
    assert hub.read_ahead("no room of ours", 99) is None


def test_a_ring_for_what_is_not_in_the_log_changes_nothing(hub, here):
    before = here.state
    for far in (1, 9):
        hub.take_read(*hub.read_ahead(here.id, before.seq + far))
    assert here.state is before


def test_while_the_event_loop_is_busy_each_line_is_read_once(hub, here):
    first, second = (hub.read_ahead(here.id, grow(here, text)) for text in ("one", "two"))
    assert [[event.text for _, event in lines] for _, lines in (first, second)] == [["one"], ["two"]]
    assert hub.read_ahead(here.id, here.state.seq + 2) is None
    for read in (first, second):
        hub.take_read(*read)
    assert here.state == known(here.id).state


def test_what_was_read_by_others_as_well_is_taken_once(hub, here):
    before, seq = here.state.seq, grow(here, "one", "two")
    ahead = hub.read_ahead(here.id, seq)
    grow(here, "three")
    for read in ((here, _read_lines(here.id, before)), ahead, (here, _read_lines(here.id, before))):
        hub.take_read(*read)
    assert here.state == known(here.id).state
    assert [line.seq for line in here.lines] == list(range(1, here.state.seq + 1))


def test_of_a_room_that_was_left_meanwhile_nothing_is_taken(hub, here):
    before = here.state
    read = hub.read_ahead(here.id, grow(here, "one"))
    hub.rooms[here.id] = hub_room(here.id)  # somebody else came after the last had gone
    hub.take_read(*read)
    assert here.state is before


def test_lines_that_cannot_be_gone_on_from_begin_the_room_anew(hub, here, caplog):
    """A line was taken out of the log behind this process's back."""
    seq = grow(here, "one", "two")
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM rooms_roomevent WHERE room_id = %s AND seq = %s", [here.id, seq - 1])
    hub.take_read(*hub.read_ahead(here.id, seq))
    assert here.id not in hub.rooms
    assert caplog.record_tuples == [("rooms.live.hub", logging.ERROR, "a room is read anew")]


def test_while_the_database_is_away_a_ring_is_let_go(hub, here, monkeypatch):
    seq = grow(here, "one")

    def gone(*_: object) -> None:
        raise OperationalError("gone")

    monkeypatch.setattr("rooms.live.hub._read_lines", gone)
    assert hub.read_ahead(here.id, seq) is None
    monkeypatch.undo()
    hub.take_read(*hub.read_ahead(here.id, seq))
    assert said(here.id)[1:] == ["one"]
    assert here.state == known(here.id).state


def test_a_secret_line_is_read_with_its_audience(hub, here):
    before = dict(here.counts)
    commit([Job(here.id, "dana", m.Whisper(text="only us"), "w", T0 + 6)], Folds())
    hub.take_read(*hub.read_ahead(here.id, log.heads([here.id])[here.id].seq))
    assert "only us" in here.lines[-1].body and "candidate" not in here.lines[-1].to
    assert here.counts["dana"] - before["dana"] == here.counts["candidate"] - before["candidate"] + 1

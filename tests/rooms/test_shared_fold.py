"""The writer decides on what the hub has read, and the hub takes over what the writer has folded."""

import pytest

from rooms.core import messages as m
from rooms.core.director import next_look
from rooms.live import group
from rooms.live.group import Folds, Job, Known, commit
from rooms.live.room import HubRoom
from rooms.models import Room
from rooms.service import known
from tests.builders import T0
from tests.rooms.adding import PAUSE, hub_room, is_whole, said, say

pytestmark = pytest.mark.django_db(transaction=True)


def seen(room: HubRoom | None) -> Known | None:
    return room and Known(room.scenario, room.state, room.row)


def test_what_the_hub_of_the_process_has_read_is_not_read_again(rooms, locked, monkeypatch):
    """The first command in a room that was opened long ago, and one after the lines of another process."""
    room = rooms[0]
    hub = {room: hub_room(room)}
    mine = Folds(seen=lambda room_id: seen(hub.get(room_id)))
    monkeypatch.setattr(group.log, "read", None)
    assert commit([say(room, "one")], mine)[0] == [None]
    monkeypatch.undo()
    commit([say(room, "two")], Folds())
    commit([Job(room, *PAUSE, "p", T0 + 6)], Folds())
    hub[room] = hub_room(room)
    monkeypatch.setattr(group.log, "lock", None)
    answers, _ = commit([Job(room, "facilitator", m.Resume(), "r", T0 + 60_000)], mine)
    monkeypatch.undo()
    assert (answers, said(room)) == ([None], ["one", "two"])
    is_whole(room)
    state, row = known(room).state, Room.objects.get(pk=room)
    assert (row.live, row.next_look) == (True, next_look(known(room).scenario, state))


def test_a_hub_that_lags_or_holds_another_epoch_is_not_believed(rooms):
    lagging, restored, _ = rooms
    hub = {room: hub_room(room) for room in rooms}
    mine = Folds(seen=lambda room_id: seen(hub.get(room_id)))
    for text in ("one", "two", "three"):
        assert commit([say(room, text) for room in rooms], mine)[0] == [None] * 3
    Room.objects.filter(pk=restored).update(epoch="another")
    for text in ("four", "five"):
        assert commit([say(room, text) for room in rooms], mine)[0] == [None] * 3
        assert commit([say(lagging, f"{text} elsewhere")], Folds())[0] == [None]
    assert said(lagging) == ["one", "two", "three", "four", "four elsewhere", "five", "five elsewhere"]
    assert said(restored) == said(rooms[2]) == ["one", "two", "three", "four", "five"]
    for room in rooms:
        is_whole(room)


def test_a_hub_takes_over_what_was_folded_from_its_own_state_and_folds_the_rest(rooms, hub):
    room = rooms[0]
    here = hub_room(room)
    hub.rooms[room] = here
    mine, strange = Folds(seen=lambda room_id: seen(here)), Folds()
    _, (growth,) = commit([say(room, "one"), say(room, "two")], mine)
    assert growth.before is here.state
    hub.grew(growth)
    assert here.state is growth.after
    _, (growth,) = commit([say(room, "three")], strange)
    hub.grew(growth)
    assert here.state == growth.after and here.state is not growth.after
    assert here.state == known(room).state
    _, (growth,) = commit([say(room, "four")], mine)
    hub.grew(growth)
    assert here.state is growth.after
    assert [line.seq for line in here.lines] == list(range(1, here.state.seq + 1))

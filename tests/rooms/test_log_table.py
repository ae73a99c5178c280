"""What the database itself holds to, whoever forgot to look."""

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from rooms.core import messages as m
from rooms.live import log
from rooms.live.append import append, appending
from rooms.models import RoomEvent
from tests.builders import T0
from tests.rooms.adding import is_whole, said

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_taken_place_is_refused_by_the_database_whoever_forgot_to_look(rooms):
    """The control: an addition that claims the log's end and names a place before it."""
    room = rooms[0]
    row = log.rooms([room])[room]
    entry = log.entry(row.last_seq, T0, m.Said(by="candidate", text="over"), "candidate:x", "0")
    with pytest.raises(Exception, match=r"(?i)unique"), appending():
        append([log.Addition(row, [entry], row.next_look, row.live)])
    assert said(room) == []
    is_whole(room)


def test_the_log_is_indexed_by_its_places_and_causes_alone_and_an_event_is_still_never_updated(rooms):
    assert on_room_alone() == []
    with pytest.raises(Exception, match="never updated"):
        RoomEvent.objects.filter(room_id=rooms[0]).update(at=0)
    try:
        MigrationExecutor(connection).migrate([("rooms", "0009_erased_at")])
        assert len(on_room_alone()) == 1
    finally:
        MigrationExecutor(connection).migrate([("rooms", "0010_fewer_indexes_on_the_log")])
    assert on_room_alone() == []


def on_room_alone() -> list[str]:
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, "rooms_roomevent")
    return [name for name, one in found.items() if one["index"] and one["columns"] == ["room_id"]]

"""After a backup was restored nobody keeps what it has lost."""

from io import StringIO

import pytest
from django.core.management import call_command

from rooms import queries
from tests.builders import make_room


@pytest.mark.django_db
def test_every_room_begins_a_new_epoch_and_keeps_its_log():
    rooms = [make_room().room_id, make_room().room_id]
    before = {room: queries.feed(room, "candidate") for room in rooms}
    said = StringIO()
    call_command("after_restore", stdout=said)
    after = {room: queries.feed(room, "candidate") for room in rooms}
    assert said.getvalue() == "2 rooms begin a new epoch\n"
    assert [after[room]["items"] for room in rooms] == [before[room]["items"] for room in rooms]
    assert {after[room]["epoch"] for room in rooms} & {before[room]["epoch"] for room in rooms} == set()

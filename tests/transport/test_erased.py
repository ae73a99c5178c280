"""A room whose words were taken out, while somebody still looks at it."""

import pytest
from channels.db import database_sync_to_async

from rooms.core import messages as m
from rooms.core.erasure import TOMBSTONE
from rooms.erasing import erase
from rooms.models import Room
from rooms.service import handle_now
from tests.transport.conftest import Table


def over(room_id: str) -> None:
    handle_now(room_id, "candidate", m.Say(text="PRIVATE words"), "said")
    handle_now(room_id, "facilitator", m.End(), "end")


@pytest.mark.parametrize("rung", [True, False], ids=["rung", "the ring is lost"])
async def test_who_is_still_there_comes_back_and_sees_what_is_left(table: Table, monkeypatch, rung: bool):
    if not rung:
        monkeypatch.setattr("rooms.erasing.ring", lambda word: None)
    await database_sync_to_async(over)(table.room_id)
    open_page = await table.seat("lead")
    before = await database_sync_to_async(Room.objects.get)(pk=table.room_id)
    assert open_page.said() == ["PRIVATE words"]

    await database_sync_to_async(erase)(table.room_id, ["candidate"])
    await open_page.rest(2.5)
    assert open_page.closed == 4000

    back = await table.seat("lead", after=len(open_page.items), epoch=before.epoch)
    await back.rest()
    assert back.said() == [TOMBSTONE]
    assert "PRIVATE" not in "".join(back.frames)

"""Sending for the bots: few messages, each naming many rooms, and one bad room spoils no other."""

import asyncio
import base64
import json
import os

import pytest

from rooms import queries, tasks
from rooms.core import messages as m
from rooms.core.laying import Terms
from rooms.core.state import State
from rooms.live.log import RoomRow
from rooms.live.redis import client
from rooms.live.room import HubRoom
from rooms.live.waker import GATHER, TOGETHER, Waker
from rooms.service import handle_now
from tests.builders import SCENARIO, make_room

QUEUE = "casesim"


def busy(number: int) -> HubRoom:
    """A room in which the candidate has said what nobody has heard yet."""
    room = HubRoom(RoomRow(f"room-{number}", "e", 0, 0, ""), SCENARIO)
    room.state = State(utterances=1)
    return room


def sent(queue: str = QUEUE) -> list[list[str]]:
    """What each message in one of the broker's queues names: rooms, or a room."""
    bodies = [json.loads(message)["body"] for message in client().lrange(queue, 0, -1)]
    return [json.loads(base64.b64decode(body))[0][0] for body in bodies]


@pytest.mark.skipif(not os.environ.get("REDIS_URL"), reason="needs Redis: python -m tests.servers")
async def test_rooms_with_work_are_sent_for_together_and_quiet_ones_not_at_all():
    client().delete(QUEUE)
    waker = Waker(asyncio.get_running_loop())
    rooms = [busy(number) for number in range(TOGETHER + 5)]
    for room in [*rooms, *rooms, HubRoom(RoomRow("quiet", "e", 0, 0, ""), SCENARIO)]:
        waker.look(room)
    await asyncio.sleep(2 * GATHER)
    waker.close()
    assert sorted(map(len, sent())) == [5, TOGETHER]
    assert sorted(room for some in sent() for room in some) == sorted(room.id for room in rooms)
    client().delete(QUEUE)


@pytest.mark.django_db
def test_a_room_that_cannot_be_seen_to_keeps_no_other_waiting(caplog):
    room = make_room(started=True).room_id
    handle_now(room, "candidate", m.Say(text="What would a wrong block cost us?"), "1")
    tasks.wake(["no-such-room", room])
    assert any(isinstance(line.event, m.Heard) for line in queries.record(room))
    assert [record.message for record in caplog.records] == ["the bots' turn failed"]


@pytest.mark.skipif(not os.environ.get("REDIS_URL"), reason="needs Redis: python -m tests.servers")
@pytest.mark.django_db
def test_a_room_whose_words_a_model_finds_keeps_no_other_waiting(settings):
    settings.LLM_URL = "http://127.0.0.1:9/v1"
    slow, plain = (make_room(started=True, terms=terms).room_id for terms in (Terms(model="m"), Terms()))
    handle_now(plain, "candidate", m.Say(text="What would a wrong block cost us?"), "1")
    client().delete(tasks.VOICES)
    tasks.wake([slow, plain])
    assert sent(tasks.VOICES) == [slow]
    assert any(isinstance(line.event, m.Heard) for line in queries.record(plain))
    client().delete(tasks.VOICES)

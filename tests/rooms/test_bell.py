"""The bell over a real Redis: who is alone rings for nobody, and hears at once when that changes."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable

import pytest

from rooms.live import presence
from rooms.live.bell import CHANNEL, Bell
from rooms.live.redis import CONNECTIONS, async_client, client

pytestmark = pytest.mark.skipif(
    not os.environ.get("REDIS_URL"), reason="needs Redis: python -m tests.servers"
)


class Ringing:
    """A bell with its two tasks, and what it heard."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.bell = Bell(self.heard.append)
        self.tasks = [asyncio.create_task(work()) for work in (self.bell.listen, self.bell.carry)]

    async def end(self) -> None:
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        await self.bell.close()


async def until(true: Callable[[], object]) -> None:
    for _ in range(600):
        if true():
            return
        await asyncio.sleep(0.005)
    pytest.fail("it did not come true within three seconds")


@pytest.fixture
async def one() -> AsyncIterator[Ringing]:
    ringing = Ringing()
    await until(lambda: ringing.bell.alive)
    yield ringing
    await ringing.end()


async def rung(bell: Bell, words: list[str]) -> None:
    for word in words:
        bell.ring(word)
        await asyncio.sleep(0.01)


async def test_who_is_alone_does_not_ring_and_who_comes_is_rung_for_at_once(one: Ringing):
    await rung(one.bell, ["grew a 1", "grew a 2", "grew a 3"])
    assert one.heard == ["grew a 1"]  # and in publishing it learnt that nobody else listens
    other = Ringing()
    await until(lambda: other.bell.alive)
    await asyncio.sleep(0.05)
    await rung(one.bell, ["grew a 4", "grew a 5"])
    await until(lambda: "grew a 5" in other.heard)
    assert other.heard == ["grew a 4", "grew a 5"]
    await other.end()


async def test_whoever_goes_unheard_asks_again_after_a_second(one: Ringing, monkeypatch):
    await rung(one.bell, ["grew a 1"])
    listener = async_client()
    async with listener.pubsub() as pubsub:  # listens without saying hello
        await pubsub.subscribe(CHANNEL)
        await rung(one.bell, ["grew a 2"])
        await asyncio.sleep(1.0)
        await rung(one.bell, ["grew a 3"])
        got = []
        while len(got) < 2:
            got.append(await pubsub.get_message(timeout=2))
    await listener.aclose()
    assert [message["data"] for message in got] == [1, "grew a 3"]


async def test_what_waits_goes_out_in_one_message(one: Ringing):
    other = Ringing()
    await until(lambda: other.bell.alive)
    await asyncio.sleep(0.05)
    messages = []
    other.bell._hear = messages.append
    for number in range(50):
        one.bell.ring(f"grew a {number}")
    await until(lambda: messages)
    assert messages[0].splitlines() == [f"grew a {number}" for number in range(50)]
    await other.end()


async def test_however_many_look_at_once_a_process_holds_few_connections_to_redis():
    here = async_client()
    before = len(await here.client_list())
    await asyncio.gather(*(presence.touch(here, f"room-{n}", ["dana"]) for n in range(200)))
    assert await presence.here(here, "room-199", ["dana", "omar"]) == {"dana"}
    assert len(await here.client_list()) < before + CONNECTIONS
    await here.aclose()
    assert len(client().client_list()) <= before

"""The bell over a real Redis: who is alone rings for nobody, and hears at once when that changes."""

import asyncio
import contextlib
import os
import signal
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest
import redis

from casesim.processes import Crew, bundled_redis, free_port
from rooms.live import bell as bells
from rooms.live import presence
from rooms.live.bell import CHANNEL, Bell, ring
from rooms.live.redis import CONNECTIONS, async_client, client

pytestmark = pytest.mark.skipif(
    not os.environ.get("REDIS_URL"), reason="needs Redis: python -m tests.servers"
)


class Ringing:
    """A bell that is hung up, and what it heard, message by message."""

    def __init__(self) -> None:
        self.messages: list[list[str]] = []
        self.bell = Bell(lambda words: self.messages.append(list(words)))
        self.bell.start()

    @property
    def heard(self) -> list[str]:
        return [word for message in self.messages for word in message]

    async def end(self) -> None:
        await asyncio.to_thread(self.bell.stop)


async def until(true: Callable[[], object], seconds: float = 3.0) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if true():
            return
        await asyncio.sleep(0.005)
    pytest.fail(f"it did not come true within {seconds} s")


@contextlib.asynccontextmanager
async def hung_up() -> AsyncIterator[Ringing]:
    ringing = Ringing()
    try:
        await until(lambda: ringing.bell.alive)
        await asyncio.sleep(0.05)  # its hello is heard
        yield ringing
    finally:
        await ringing.end()


@pytest.fixture
async def one() -> AsyncIterator[Ringing]:
    async with hung_up() as ringing:
        yield ringing


async def rung(bell: Bell, words: list[str]) -> None:
    for word in words:
        bell.ring(word)
        await asyncio.sleep(0.01)


async def test_who_is_alone_does_not_ring_and_who_comes_is_rung_for_at_once(one: Ringing):
    said = published()
    await rung(one.bell, ["grew a 1", "grew a 2", "grew a 3"])
    assert published() <= said + 1  # and in publishing it learnt that nobody else listens
    async with hung_up() as other:
        await rung(one.bell, ["grew a 4", "grew a 5"])
        await until(lambda: "grew a 5" in other.heard)
        assert other.heard == ["grew a 4", "grew a 5"]
    assert one.heard == []  # it does not hear itself


def published() -> int:
    stats = client().info("commandstats")
    return stats.get("cmdstat_publish", {"calls": 0})["calls"]


async def test_whoever_goes_unheard_asks_again_after_a_second(one: Ringing):
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
    assert got[0]["data"] == 1
    assert got[1]["data"].split("\n")[1:] == ["grew a 3"]


def held(bell: Bell, monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Redis does not answer this bell until the event is set."""
    publish, may = bell._publish, threading.Event()
    monkeypatch.setattr(bell, "_publish", lambda words: may.wait(3) and publish(words))
    return may


async def test_what_waits_goes_out_in_one_message(one: Ringing, monkeypatch):
    """While Redis answers to the first, the others come together."""
    async with hung_up() as other:
        may = held(one.bell, monkeypatch)
        await rung(one.bell, ["first"])
        words = [f"grew a {number}" for number in range(50)]
        for word in words:
            one.bell.ring(word)
        may.set()
        await until(lambda: len(other.heard) > 1)
    assert other.messages == [["first"], words]


async def test_whoever_is_no_web_process_is_heard_by_all(one: Ringing):
    async with hung_up() as other:
        await asyncio.to_thread(ring, "grew a 1")
        await until(lambda: one.heard == other.heard == ["grew a 1"])


async def test_too_many_rings_are_dropped_and_nobody_waits_for_them(one: Ringing, monkeypatch):
    monkeypatch.setattr(bells, "WAITING", 3)
    async with hung_up() as other:
        may = held(one.bell, monkeypatch)
        await rung(one.bell, ["first"])  # at Redis, which does not answer
        begun = time.monotonic()
        for number in range(50):
            one.bell.ring(f"grew a {number}")
        assert time.monotonic() - begun < 1.0
        may.set()
        await until(lambda: len(other.heard) == 4)
    assert other.heard == ["first", "grew a 0", "grew a 1", "grew a 2"]


async def test_a_ring_that_cannot_be_followed_is_logged_and_the_next_is_heard(one: Ringing, caplog):
    heard = []

    def fails_once(words) -> None:
        heard.append(list(words))
        if len(heard) == 1:
            raise RuntimeError("a fault")

    one.bell._heard = fails_once
    ring("grew a 1")
    ring("grew a 2")
    await until(lambda: len(heard) == 2)
    assert "could not be followed" in caplog.text
    assert one.bell.alive


async def test_a_message_that_is_no_text_ends_nothing(one: Ringing, monkeypatch, caplog):
    monkeypatch.setattr(bells, "PAUSE", 0.05)
    client().publish(CHANNEL, b"\xff")
    await until(lambda: "the bell fell silent" in caplog.text)
    await until(lambda: one.bell.alive)
    ring("grew a 1")
    await until(lambda: one.heard == ["grew a 1"])


async def test_a_bell_whose_rings_cannot_be_followed_for_long_is_not_called_alive(one: Ringing, monkeypatch):
    monkeypatch.setattr(bells, "PATIENCE", 0.1)
    may = threading.Event()
    one.bell._heard = lambda words: may.wait(3)
    ring("grew a 1")
    await until(lambda: not one.bell.alive)
    may.set()
    await until(lambda: one.bell.alive)


async def test_a_hello_that_crosses_an_answer_is_not_forgotten(one: Ringing, monkeypatch):
    """Redis counts one listener; before its answer is read another process has come and said so."""
    publish = one.bell._redis.publish

    def crossed(*args) -> int:
        counted = publish(*args)
        one.bell._follow(["hello"])
        return counted

    one.bell._alone_until = 0.0
    with monkeypatch.context() as patch:
        patch.setattr(one.bell._redis, "publish", crossed)
        await rung(one.bell, ["grew a 1"])
    assert one.bell._alone_until == 0.0
    await rung(one.bell, ["grew a 2"])
    assert one.bell._alone_until > 0.0


@pytest.fixture
def own_redis(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[int], None]]:
    """A Redis for one bell alone, to which a signal may be sent."""
    child = bundled_redis(tmp_path / "redis", free_port())
    with Crew(tmp_path / "logs") as crew:
        crew.start(child)
        _, process = crew.running[-1]
        made = redis.Redis.from_url(child.env["REDIS_URL"], socket_timeout=0.5, decode_responses=True)
        monkeypatch.setattr(bells, "client", lambda: made)
        yield process.send_signal
        process.send_signal(signal.SIGCONT)


async def test_a_subscription_that_died_without_a_word_is_noticed_and_renewed(
    own_redis: Callable[[int], None], monkeypatch: pytest.MonkeyPatch
):
    """No connection is cut: Redis is stopped in the middle of everything, and goes on later."""
    monkeypatch.setattr(bells, "QUIET", 0.2)
    async with hung_up() as one, hung_up() as other:
        await asyncio.sleep(0.5)  # nothing is rung, and Redis is asked whether it is there
        assert one.bell.alive and other.bell.alive
        own_redis(signal.SIGSTOP)
        await until(lambda: not one.bell.alive and not other.bell.alive)
        own_redis(signal.SIGCONT)
        await until(lambda: one.bell.alive and other.bell.alive)
        await asyncio.sleep(0.2)
        one.bell.ring("grew a 1")
        await until(lambda: other.heard[-1:] == ["grew a 1"])


async def test_a_bell_is_taken_down_at_once():
    async with hung_up() as one:
        begun = time.monotonic()
        await one.end()
        assert time.monotonic() - begun < bells.QUIET / 2
    assert not [thread for thread in one.bell._threads if thread.is_alive()]


async def test_however_many_look_at_once_a_process_holds_few_connections_to_redis():
    here = async_client()
    before = len(await here.client_list())
    await asyncio.gather(*(presence.touch(here, f"room-{n}", ["dana"]) for n in range(200)))
    assert await presence.here(here, "room-199", ["dana", "omar"]) == {"dana"}
    assert len(await here.client_list()) < before + CONNECTIONS
    await here.aclose()
    assert len(client().client_list()) <= before

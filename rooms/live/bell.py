"""The bell: "room 7 grew", to other processes. Never the record, never fatal.

What is rung: `grew ROOM SEQ`, `here ROOM` (somebody came or went), `seat ROOM SEAT` (its token changed),
`hello` (a process has begun to listen). A message holds one of these a line.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable

from redis.exceptions import RedisError

from rooms.live.redis import async_client, client

logger = logging.getLogger(__name__)

CHANNEL = "casesim:bell"
HELLO = "hello"
ALONE = 1.0  # seconds for which "nobody else listens" is taken to hold
WAITING = 10_000  # rings


def ring(word: str) -> None:
    """Ring from a thread, a task or a command."""
    redis = client()
    if redis is None:
        return
    try:
        redis.publish(CHANNEL, word)
    except (RedisError, OSError) as error:
        logger.warning("the bell was not rung: %s", type(error).__name__)


class Bell:
    """One subscription a process, kept alive; and ringing without waiting."""

    def __init__(self, heard: Callable[[str], None]) -> None:
        self._heard = heard
        self._redis = async_client()
        self._rings: list[str] = []
        self._rung = asyncio.Event()
        self._alone_until = 0.0
        self.alive = False

    def ring(self, word: str) -> None:
        """Queue a ring, unless nobody else listens. If too many wait it is dropped: the poll finds it."""
        if self._redis is None or len(self._rings) >= WAITING or time.monotonic() < self._alone_until:
            return
        self._rings.append(word)
        self._rung.set()

    async def listen(self) -> None:
        """Hear rings for ever; after a failure subscribe again."""
        while self._redis is not None:
            try:
                await self._listen()
            except (RedisError, OSError) as error:
                logger.warning("the bell fell silent: %s", type(error).__name__)
            self.alive = False
            await asyncio.sleep(0.5)

    async def _listen(self) -> None:
        assert self._redis is not None  # noqa: S101
        async with self._redis.pubsub() as pubsub:
            await pubsub.subscribe(CHANNEL)
            self.alive = True
            self.ring(HELLO)  # whoever rang for himself alone hears that he is not
            while True:
                message = await pubsub.get_message(ignore_subscribe_messages=True, timeout=5.0)
                if message is not None and message["type"] == "message":
                    self._hear(str(message["data"]))

    def _hear(self, message: str) -> None:
        for word in message.splitlines():
            if word == HELLO:
                self._alone_until = 0.0
            else:
                self._heard(word)

    async def carry(self) -> None:
        """Publish what was rung, for ever: all that waits in one message."""
        while self._redis is not None:
            await self._rung.wait()
            self._rung.clear()
            rings, self._rings = self._rings, []
            try:
                listeners = await self._redis.publish(CHANNEL, "\n".join(rings))
            except (RedisError, OSError) as error:
                logger.warning("the bell was not rung: %s", type(error).__name__)
                continue
            if self.alive and listeners == 1:  # that is this process itself
                self._alone_until = time.monotonic() + ALONE

    async def close(self) -> None:
        if self._redis is not None:
            with contextlib.suppress(RedisError, OSError):
                await self._redis.aclose()

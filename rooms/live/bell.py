"""The bell: "room 7 grew", to other processes. Never the record, never fatal.

Two words: `grew ROOM SEQ` and `here ROOM` (somebody came or went).
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable

from redis.exceptions import RedisError

from rooms.live.redis import async_client, client

logger = logging.getLogger(__name__)

CHANNEL = "casesim:bell"


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
        self._rings: asyncio.Queue[str] = asyncio.Queue(10_000)
        self.alive = False

    def ring(self, word: str) -> None:
        """Queue a ring. If too many wait it is dropped: the poll makes up for it."""
        if self._redis is not None:
            with contextlib.suppress(asyncio.QueueFull):
                self._rings.put_nowait(word)

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
            while True:
                message = await pubsub.get_message(ignore_subscribe_messages=True, timeout=5.0)
                if message is not None and message["type"] == "message":
                    self._heard(str(message["data"]))

    async def carry(self) -> None:
        """Publish what was rung, for ever."""
        while self._redis is not None:
            word = await self._rings.get()
            try:
                await self._redis.publish(CHANNEL, word)
            except (RedisError, OSError) as error:
                logger.warning("the bell was not rung: %s", type(error).__name__)

    async def close(self) -> None:
        if self._redis is not None:
            with contextlib.suppress(RedisError, OSError):
                await self._redis.aclose()

"""The bell: "room 7 grew", to other processes. Never the record, never fatal.

A message is several lines: the process that rings (empty: it is no web process), then what is rung,
`grew ROOM SEQ`, `here ROOM` (somebody came or went), `seat ROOM SEAT` (its token changed) or `hello`
(a process has begun to listen).
"""

import contextlib
import logging
import queue
import secrets
import threading
import time
from collections.abc import Callable, Sequence

from django.db import connection
from redis.client import PubSub
from redis.exceptions import RedisError

from rooms.live import metrics
from rooms.live.redis import client

logger = logging.getLogger(__name__)

CHANNEL = "casesim:bell"
HELLO = "hello"
NOBODY = ""
ALONE = 1.0  # seconds for which "nobody else listens" is taken to hold
WAITING = 10_000  # rings
QUIET = 5.0  # seconds without a word after which Redis is asked whether it is still there
PAUSE = 0.5  # seconds before the bell is hung up again
PATIENCE = 2.0  # seconds for a thread that waits for a store which does not answer


def ring(word: str) -> None:
    """Ring from outside a web process, or from a thread that may wait for it."""
    redis = client()
    if redis is None:
        return
    try:
        redis.publish(CHANNEL, f"{NOBODY}\n{word}")
    except (RedisError, OSError) as error:
        logger.warning("the bell was not rung: %s", type(error).__name__)


class Bell:
    """Rings in one thread and hears in another: neither waits for the event loop, nor it for them.

    `heard` is called in the thread that hears, with what another process rang, and may wait for the log.
    """

    def __init__(self, heard: Callable[[Sequence[str]], None]) -> None:
        self._heard = heard
        self._redis = client()
        self._me = secrets.token_hex(4)
        self._rings: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._alone_until = 0.0
        self._stopping = False
        self._subscription: PubSub | None = None
        self._threads: list[threading.Thread] = []
        self.alive = False

    def start(self) -> None:
        """Without Redis there is nobody to ring for."""
        if self._redis is not None:
            works = {"bell-rings": self._ring_for_ever, "bell-hears": self._hear_for_ever}
            self._threads = [threading.Thread(target=w, name=n, daemon=True) for n, w in works.items()]
            for thread in self._threads:
                thread.start()

    def stop(self) -> None:
        """Ring what waits, and hear no more. Neither thread is waited for longer than `PATIENCE`."""
        self._stopping = True
        self._rings.put(None)
        if self._subscription is not None:
            with contextlib.suppress(RedisError, OSError):
                self._subscription.ping()  # its answer wakes the thread that hears
        for thread in self._threads:
            thread.join(PATIENCE)

    def ring(self, word: str) -> None:
        """Queue a ring, unless nobody else listens. If too many wait it is dropped: the poll finds it."""
        if self._threads and self._rings.qsize() < WAITING and time.monotonic() >= self._alone_until:
            self._rings.put(word)

    # --- the thread that rings ------------------------------------------------------------------------

    def _ring_for_ever(self) -> None:
        while (first := self._rings.get()) is not None:
            words = [first]
            with contextlib.suppress(queue.Empty):
                while (word := self._rings.get_nowait()) is not None:
                    words.append(word)
                self._rings.put(None)  # to be met again when these are rung
            try:
                self._publish(words)
            except (RedisError, OSError) as error:
                logger.warning("the bell was not rung: %s", type(error).__name__)

    def _publish(self, words: Sequence[str]) -> None:
        """All that waits in one message."""
        assert self._redis is not None  # noqa: S101
        listeners = self._redis.publish(CHANNEL, "\n".join([self._me, *words]))
        if self.alive and listeners == 1:  # that is this process itself
            self._alone_until = time.monotonic() + ALONE

    # --- the thread that hears ------------------------------------------------------------------------

    def _hear_for_ever(self) -> None:
        while not self._stopping:
            try:
                self._hear()
            except (RedisError, OSError) as error:
                logger.warning("the bell fell silent: %s", type(error).__name__)
            self.alive, self._subscription = False, None
            if not self._stopping:
                time.sleep(PAUSE)
        connection.close()  # whoever heard has read the log in this thread

    def _hear(self) -> None:
        """Subscribe, and hear until something breaks."""
        assert self._redis is not None  # noqa: S101
        with self._redis.pubsub() as subscription:
            subscription.subscribe(CHANNEL)
            self._subscription = subscription
            self.alive = True
            self._alone_until = 0.0
            self.ring(HELLO)  # whoever rang for himself alone hears that he is not
            asked = False
            while not self._stopping:
                message = subscription.get_message(ignore_subscribe_messages=False, timeout=QUIET)
                if message is not None:
                    asked = False
                    self._take(message)
                elif asked:
                    raise TimeoutError
                else:
                    subscription.ping()
                    asked = True

    def _take(self, message: dict[str, object]) -> None:
        if message["type"] != "message":
            return
        who, *words = str(message["data"]).split("\n")
        if who == self._me:
            return
        if HELLO in words:
            self._alone_until = 0.0
        try:
            self._heard([word for word in words if word != HELLO])
        except Exception:
            metrics.restarted()
            logger.exception("what was rung could not be followed; the poll finds it")

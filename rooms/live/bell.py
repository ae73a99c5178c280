"""The bell: "room 7 grew", to other processes. Never the record, never fatal.

A message is several lines: the bell that rings (empty: whoever has none), then what is rung, `grew ROOM SEQ`,
`here ROOM` (somebody came or went), `seat ROOM SEAT` (its token changed), `erased ROOM` (its words were taken
out) or `hello` (a process has begun to listen).
"""

import contextlib
import logging
import queue
import secrets
import threading
import time
from collections.abc import Callable, Sequence

from django.db import connection
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
PATIENCE = 2.0  # seconds for a store that does not answer


def ring(word: str) -> None:
    """Ring from a thread that may wait for it, with no bell of its own: every process hears it."""
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
        self._hellos = 0  # heard
        self._alone_until = 0.0
        self._subscribed = False
        self._follows: float | None = None  # since when it has followed one message, monotonic
        self._stopping = False
        self._threads: list[threading.Thread] = []

    @property
    def alive(self) -> bool:
        """Is what others ring heard, and followed?"""
        follows = self._follows
        return self._subscribed and (follows is None or time.monotonic() - follows < PATIENCE)

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
            self._publish(words)
        self._publish([])  # by this the thread that hears notices that it should stop

    def _publish(self, words: Sequence[str]) -> None:
        """All that waits in one message."""
        assert self._redis is not None  # noqa: S101
        hellos = self._hellos
        try:
            listeners = self._redis.publish(CHANNEL, "\n".join([self._me, *words]))
        except Exception as error:
            logger.warning("the bell was not rung: %s", type(error).__name__)
        else:
            if listeners == 1 and self._subscribed and hellos == self._hellos:  # it is this process itself
                self._alone_until = time.monotonic() + ALONE

    # --- the thread that hears ------------------------------------------------------------------------

    def _hear_for_ever(self) -> None:
        while not self._stopping:
            try:
                self._hear()
            except (RedisError, OSError) as error:
                logger.warning("the bell fell silent: %s", type(error).__name__)
            except Exception:
                metrics.restarted()
                logger.exception("the bell fell silent")
            self._subscribed = False
            if not self._stopping:
                time.sleep(PAUSE)
        connection.close()  # whoever heard has read the log in this thread

    def _hear(self) -> None:
        """Subscribe, and hear until something breaks."""
        assert self._redis is not None  # noqa: S101
        with self._redis.pubsub() as subscription:
            subscription.subscribe(CHANNEL)
            asked = False
            while not self._stopping:
                # the answer to a ping would be ignored with the answers to subscribing
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
        if message["type"] == "subscribe":
            self._subscribed = True
            self._alone_until = 0.0
            self.ring(HELLO)  # whoever rang for himself alone hears that he is not
        elif message["type"] == "message":
            who, *words = str(message["data"]).split("\n")
            if who != self._me:
                self._follow(words)

    def _follow(self, words: Sequence[str]) -> None:
        if HELLO in words:
            self._hellos += 1
            self._alone_until = 0.0
        self._follows = time.monotonic()
        try:
            self._heard([word for word in words if word != HELLO])
        except Exception:
            metrics.restarted()
            logger.exception("what was rung could not be followed; the poll finds it")
        self._follows = None

"""Sending for the bots and the listener, who live in tasks. A hint: the sweep finds whom it missed."""

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor

from django.conf import settings

from rooms.core.state import State
from rooms.live.room import HubRoom

logger = logging.getLogger(__name__)

GATHER = 0.25  # seconds in which reasons to send are gathered
TOGETHER = 20  # rooms named in one message: one worker sees to them one after the other


class Waker:
    """Gathers rooms with work and sends for all of them at once, from a thread of its own."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._rooms: set[str] = set()
        self._thread = ThreadPoolExecutor(1, "waker")
        self._timer: asyncio.TimerHandle | None = None

    def look(self, room: HubRoom) -> None:
        """Send for a room soon, if there is something to do in it."""
        if not settings.REDIS_URL or room.id in self._rooms or not has_work(room.state):
            return
        self._rooms.add(room.id)
        if self._timer is None:
            self._timer = self._loop.call_later(GATHER, self._go)

    def close(self) -> None:
        """Send for nobody any more."""
        if self._timer is not None:
            self._timer.cancel()
        self._thread.shutdown(wait=False)

    def _go(self) -> None:
        rooms, self._rooms, self._timer = sorted(self._rooms), set(), None
        self._loop.run_in_executor(self._thread, send, rooms)


def send(room_ids: list[str]) -> None:
    """One message for every so many rooms."""
    from celery import current_app

    for first in range(0, len(room_ids), TOGETHER):
        some = room_ids[first : first + TOGETHER]
        try:
            current_app.send_task("rooms.tasks.wake", args=[some], expires=30, retry=False)
        except Exception as error:
            logger.warning("bots of %d rooms were not woken: %s", len(some), type(error).__name__)


def has_work(state: State) -> bool:
    """Is there a bot that may speak, or an utterance the listener has not heard?"""
    if state.utterances > state.heard_to:
        return True
    return state.status == "live" and any(s.bot for s in state.seats.values())

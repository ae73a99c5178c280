"""Bots' turns and the sweep. Ids in, one call; each may run twice."""

import logging

from celery import shared_task

from rooms.bots import runner
from rooms.live import heartbeat, waker

logger = logging.getLogger(__name__)

# The queue of turns that may wait seconds for a model: no other room waits for them.
VOICES = "voices"


@shared_task(name="rooms.tasks.take_turns", ignore_result=True, expires=60)
def take_turns(room_id: str, due: int | None = None) -> None:
    """Let the listener and the bots of a room do what they would do now."""
    runner.live_turn(room_id, due, again=_again)


@shared_task(name="rooms.tasks.wake", ignore_result=True, expires=60)
def wake(room_ids: list[str]) -> None:
    """A turn in each of these rooms. What one of them meets keeps no other waiting: its sweep comes."""
    for room_id in room_ids:
        try:
            if runner.asks_a_model(room_id):
                take_turns.apply_async(args=[room_id], queue=VOICES)
            else:
                take_turns(room_id)
        except Exception:
            logger.exception("the bots' turn failed", extra={"room": room_id})


@shared_task(name="rooms.tasks.sweep", ignore_result=True, expires=10)
def sweep() -> None:
    """Knock at rooms nobody watches, and wake bots whose call was lost."""
    heartbeat.beat()
    runner.sweep(wake=waker.send)


def _again(room_id: str, due: int, seconds: float) -> None:
    queue = VOICES if runner.asks_a_model(room_id) else None
    take_turns.apply_async(args=[room_id, due], countdown=seconds, expires=seconds + 60, queue=queue)

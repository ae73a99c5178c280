"""Whether Celery works, and how late the bots are: signs that a worker leaves in Redis.

They are left by the work itself (the sweep, a bot's turn), so that a fresh one means that beat, Redis
and a worker's child are all well. Each expires by itself: nobody compares two machines' clocks.
"""

import contextlib
import sys
import time

import redis.asyncio
from redis.exceptions import RedisError

from rooms.live.redis import client

WORKER = "casesim:worker"
FRESH = 15  # seconds: a sweep comes every five
LAG = "casesim:bot-lag"
LAG_KEPT = 60  # seconds

AWAY = (RedisError, OSError)


def beat() -> None:
    """The sweep has run here, just now."""
    _leave(WORKER, str(_wall_ms()), FRESH)


def celery_alive() -> bool:
    """Whether a worker has swept within 15 s. Asks Redis: for threads, never for the event loop."""
    return _found(WORKER) is not None


async def celery_answers(redis: redis.asyncio.Redis | None) -> bool:
    """The same for the event loop."""
    if redis is None:
        return False
    try:
        return await redis.get(WORKER) is not None
    except AWAY:
        return False


def late(due: int) -> None:
    """A bot's turn that was due at `due` (ms) begins only now."""
    _leave(LAG, str(max(0, _wall_ms() - due)), LAG_KEPT)


def bot_lag() -> float | None:
    """Seconds the last scheduled turn of a bot waited for a worker; None if there was none in a minute."""
    found = _found(LAG)
    return None if found is None else int(found) / 1000


def _leave(key: str, value: str, seconds: int) -> None:
    here = client()
    if here is not None:
        with contextlib.suppress(*AWAY):
            here.set(key, value, ex=seconds)


def _found(key: str) -> str | None:
    here = client()
    if here is None:
        return None
    try:
        found = here.get(key)
    except AWAY:
        return None
    return None if found is None else str(found)


def _wall_ms() -> int:
    return time.time_ns() // 1_000_000


if __name__ == "__main__":  # a container's health check
    sys.exit(not celery_alive())

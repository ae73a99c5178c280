"""Whether Celery works, and how late the bots are: signs that a worker leaves in Redis.

They are left by the work itself (the sweep, a bot's turn), so that a fresh one means that beat, Redis
and a worker's child are all well. Each expires by itself: nobody compares two machines' clocks.
"""

import contextlib
import sys
import time
from itertools import accumulate

import redis.asyncio
from redis.exceptions import RedisError

from rooms.live.redis import client

WORKER = "casesim:worker"
FRESH = 15  # seconds: a sweep comes every five
TURNS = "casesim:turns"  # room -> when a bot wants to act next, wall ms (rooms.bots.agenda)
LATENESS = "casesim:bots-late"  # how many acts of bots were how late, ever since Redis began
LATEST = "casesim:bots-latest"
SUM = "sum"
BOUNDS = ("0.1", "0.25", "0.5", "1.0", "1.5", "2.0", "3.0", "5.0", "10.0", "30.0", "+Inf")  # seconds

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
    """A bot did only now what was due at `due` (ms). How many were how late is kept."""
    here, lateness = client(), max(0, _wall_ms() - due)
    if here is None:
        return
    minute = _minute(_wall_ms())
    pipe = here.pipeline(transaction=False)
    pipe.hincrby(LATENESS, _bucket(lateness), 1)
    pipe.hincrby(LATENESS, SUM, lateness)
    pipe.zadd(minute, {"latest": lateness}, gt=True)
    pipe.expire(minute, 120)
    with contextlib.suppress(*AWAY):
        pipe.execute()


def bot_lag() -> float | None:
    """Seconds the bots are behind: the latest act of this and the last minute, or the longest wait.

    None if nothing was done and nothing is overdue.
    """
    here, now = client(), _wall_ms()
    if here is None:
        return None
    pipe = here.pipeline(transaction=False)
    for minute in (_minute(now), _minute(now - 60_000)):
        pipe.zscore(minute, "latest")
    pipe.zrange(TURNS, 0, 0, withscores=True)
    try:
        *latest, waiting = pipe.execute()
    except AWAY:
        return None
    overdue = [now - due for _, due in waiting if due < now]
    return max((found / 1000 for found in [*latest, *overdue] if found is not None), default=None)


def lateness() -> tuple[list[tuple[str, int]], float]:
    """(bound in seconds, acts of bots no later than that) for each bound; and the sum of all seconds."""
    here = client()
    try:
        found = {} if here is None else here.hgetall(LATENESS)
    except AWAY:
        found = {}
    counts = accumulate(int(found.get(bound, 0)) for bound in BOUNDS)
    return list(zip(BOUNDS, counts, strict=True)), int(found.get(SUM, 0)) / 1000


def _bucket(lateness: int) -> str:
    return next(bound for bound in BOUNDS if lateness <= float(bound) * 1000)


def _minute(now: int) -> str:
    return f"{LATEST}:{now // 60_000}"


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

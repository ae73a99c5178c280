"""Who is here: one expiring key a seat, never a count."""

import contextlib

from redis.asyncio import Redis
from redis.exceptions import RedisError

SECONDS = 45
REFRESH = 10


def _key(room_id: str, seat: str) -> str:
    return f"casesim:here:{room_id}:{seat}"


async def touch(redis: Redis | None, room_id: str, seats: list[str]) -> bool:
    """These seats have a live socket in this process. Was any of them taken to be empty?"""
    if redis is None or not seats:
        return False
    pipe = redis.pipeline(transaction=False)
    keys = [_key(room_id, seat) for seat in seats]
    pipe.mget(keys)
    for key in keys:
        pipe.set(key, "1", ex=SECONDS)
    try:
        found, *_ = await pipe.execute()
    except (RedisError, OSError):
        return False
    return not all(found)


async def gone(redis: Redis | None, room_id: str, seat: str) -> None:
    """The seat's last socket in this process closed. Another process that has one touches the key again."""
    if redis is not None:
        with contextlib.suppress(RedisError, OSError):
            await redis.delete(_key(room_id, seat))


async def here(redis: Redis | None, room_id: str, seats: list[str]) -> set[str] | None:
    """The seats somebody is in, as Redis knows; none where there is no Redis. None: Redis does not say."""
    if redis is None or not seats:
        return set()
    try:
        found = await redis.mget([_key(room_id, seat) for seat in seats])
    except (RedisError, OSError):
        return None
    return {seat for seat, mark in zip(seats, found, strict=True) if mark}

"""When rooms' bots are due, as workers leave it in Redis: two sorted sets, room -> wall ms.

In `heartbeat.TURNS` stands the turn a call waits for: what is past there is late, and everybody can see
it. In `LOOKS` stands when the sweep should see to the room at the latest, so that a sweep asks for the
rooms that are due and for no others. Both are hints: what is lost is noted anew by the next sweep.
"""

import logging
from collections.abc import Sequence

from redis.exceptions import RedisError

from rooms.live.heartbeat import TURNS
from rooms.live.redis import client

logger = logging.getLogger(__name__)

LOOKS = "casesim:looks"
AWAY = (RedisError, OSError)


def note(room_id: str, turn: int | None, look: int) -> bool:
    """Note the next turn, if there is one, and the next look. True if that very turn stood there already."""
    redis = client()
    if redis is None:
        return False
    pipe = redis.pipeline()
    pipe.zscore(TURNS, room_id)
    if turn is None:
        pipe.zrem(TURNS, room_id)
    else:
        pipe.zadd(TURNS, {room_id: turn})
    pipe.zadd(LOOKS, {room_id: look})
    try:
        return bool(pipe.execute()[0] == turn)
    except AWAY:
        logger.warning("could not note the next turn", extra={"room": room_id})
        return False


def sent_for(room_ids: Sequence[str], look: int) -> None:
    """These rooms have been sent for, and need not be looked at before `look`."""
    redis = client()
    if redis is None or not room_ids:
        return
    try:
        redis.zadd(LOOKS, dict.fromkeys(room_ids, look))
    except AWAY:
        logger.warning("could not note that %d rooms were sent for", len(room_ids))


def forget(room_ids: Sequence[str]) -> None:
    """Nothing is due in these rooms until somebody sends for their bots."""
    redis = client()
    if redis is None or not room_ids:
        return
    pipe = redis.pipeline()
    pipe.zrem(TURNS, *room_ids)
    pipe.zrem(LOOKS, *room_ids)
    try:
        pipe.execute()
    except AWAY:
        logger.warning("could not forget the turns of %d rooms", len(room_ids))


def is_next(room_id: str, turn: int) -> bool:
    """Is this turn the one noted last? It is as well where nothing is noted, or Redis does not say."""
    redis = client()
    if redis is None:
        return True
    try:
        return redis.zscore(TURNS, room_id) in (None, turn)
    except AWAY:
        return True


def to_look_at(now: int) -> list[str]:
    """Rooms whose look is due, the longest due first."""
    redis = client()
    if redis is None:
        return []
    try:
        return list(redis.zrange(LOOKS, "-inf", now, byscore=True))
    except AWAY:
        return []


def unnoted(room_ids: Sequence[str]) -> list[str]:
    """Those of the rooms of which nothing is noted: nobody saw to them yet, or Redis has forgotten."""
    redis = client()
    if redis is None or not room_ids:
        return list(room_ids)
    try:
        looks = redis.zmscore(LOOKS, list(room_ids))
    except AWAY:
        return list(room_ids)
    return [room_id for room_id, look in zip(room_ids, looks, strict=True) if look is None]

"""One place where Redis clients are made. REDIS_URL empty: there is none, and one web process may run."""

from functools import cache

import redis
import redis.asyncio
from django.conf import settings

PING = 10  # seconds
CONNECTIONS = (
    8  # of one event loop's client: without a bound it keeps one for each look that ever ran at once
)
IN_LINE = 5.0  # seconds to wait for one of them
PATIENCE = 0.5  # seconds: Redis carries hints, nobody waits long for it


def client() -> redis.Redis | None:
    """For threads, tasks and commands, one for all. None without REDIS_URL."""
    return _client(settings.REDIS_URL) if settings.REDIS_URL else None


@cache
def _client(url: str) -> redis.Redis:
    return redis.Redis.from_url(
        url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE, decode_responses=True
    )


def async_client() -> redis.asyncio.Redis | None:
    """A new client for the running event loop. None without REDIS_URL."""
    if not settings.REDIS_URL:
        return None
    pool = redis.asyncio.BlockingConnectionPool.from_url(
        settings.REDIS_URL,
        max_connections=CONNECTIONS,
        timeout=IN_LINE,
        socket_connect_timeout=PATIENCE,
        health_check_interval=PING,  # one that died without a word is noticed before it is used
        decode_responses=True,
    )
    return redis.asyncio.Redis.from_pool(pool)

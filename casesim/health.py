"""Is this process alive, and can it do its work? Plain answers for a load balancer or a person."""

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.urls import path
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from rooms.live import heartbeat, metrics
from rooms.live import process as web

NEEDED = ("database", "writer")  # rooms cannot go on without these
WELL = ("ok", "idle")  # idle: nobody has come to this process yet
WAITS = {
    "celery": ("bots", "reports"),
    "bell": (
        "what happens in other processes, for up to a second",
        "who comes and goes there, for up to ten",
    ),
}
RECENT = 300  # seconds


def database() -> str:
    """Whether the database answers."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return "away"
    return "ok"


def redis_server() -> str:
    """Whether Redis answers; `unset` where casesim runs without one."""
    if not settings.REDIS_URL:
        return "unset"
    try:
        with redis.Redis.from_url(settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1) as client:
            client.ping()
    except (redis.RedisError, OSError):
        return "away"
    return "ok"


def celery() -> str:
    """Whether a worker has swept in the last seconds."""
    if not settings.REDIS_URL:
        return "unset"
    return "ok" if heartbeat.celery_alive() else "away"


def here() -> dict[str, str]:
    """This process's own writer, bell and background work."""
    found = web.health()
    if found is None:
        return {"writer": "idle", "bell": "idle", "background": "ok"}
    silent = "silent" if settings.REDIS_URL else "idle"  # alone, it has nobody to hear
    return {
        "writer": "ok" if found["writer"] else "ended",
        "bell": "ok" if found["bell"] else silent,
        "background": "restarted" if metrics.restarted_within(RECENT) else "ok",
    }


def verdict(parts: dict[str, str]) -> str:
    """`down`: rooms cannot go on. `degraded`: they can, and something waits or has failed lately."""
    if any(parts[name] not in WELL for name in NEEDED):
        return "down"
    return "ok" if all(part in WELL for part in parts.values()) else "degraded"


def waiting(parts: dict[str, str]) -> list[str]:
    """What people are kept waiting for, in plain words."""
    return [what for name, whats in WAITS.items() if parts[name] not in WELL for what in whats]


@require_safe
@never_cache
def live(request: HttpRequest) -> JsonResponse:
    """The process answers; nothing else is asked."""
    return JsonResponse({"status": "ok"})


@require_safe
@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    """503 when rooms cannot go on; 200 with `degraded` when only a convenience is missing."""
    parts = {"database": database(), "redis": redis_server(), "celery": celery(), **here()}
    status = verdict(parts)
    answer = {"status": status, **parts, "waits": waiting(parts)}
    return JsonResponse(answer, status=503 if status == "down" else 200)


urlpatterns = [path("live", live, name="live"), path("ready", ready, name="ready")]

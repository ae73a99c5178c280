"""Is this process alive, and can it do its work? Plain answers for a load balancer or a person."""

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.urls import path
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe


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


def verdict(parts: dict[str, str]) -> str:
    """Rooms need the database; without Redis they go on, while bots and reports wait."""
    if parts["database"] != "ok":
        return "down"
    return "ok" if parts["redis"] == "ok" else "degraded"


@require_safe
@never_cache
def live(request: HttpRequest) -> JsonResponse:
    """The process answers; nothing else is asked."""
    return JsonResponse({"status": "ok"})


@require_safe
@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    """503 when rooms cannot go on; 200 with `degraded` when only a convenience is missing."""
    parts = {"database": database(), "redis": redis_server()}
    status = verdict(parts)
    return JsonResponse({"status": status, **parts}, status=503 if status == "down" else 200)


urlpatterns = [path("live", live, name="live"), path("ready", ready, name="ready")]

"""`/metrics` for Prometheus. Each web process is a target of its own; a stranger gets 404.

This machine may read it; others by METRICS_TOKEN, or when METRICS is 1. A request that came through a
proxy is never one of this machine.
"""

import hmac
import math
from collections.abc import Iterator

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, disable_created_metrics, generate_latest
from prometheus_client.core import HistogramMetricFamily
from prometheus_client.registry import Collector

from casesim.nearness import from_this_machine, through_proxy
from rooms.live import heartbeat, metrics
from rooms.live.process import health

disable_created_metrics()


class BotsLate(Collector):
    """How late bots acted, as workers count it in Redis: every web process tells the same numbers."""

    def collect(self) -> Iterator[HistogramMetricFamily]:
        name, about = (
            "casesim_bot_late_seconds",
            "From when a bot's act was due to when it came; of all workers",
        )
        buckets, total = heartbeat.lateness()
        yield HistogramMetricFamily(name, about, buckets=buckets, sum_value=total)


metrics.REGISTRY.register(BotsLate())


@require_safe
@never_cache
def show(request: HttpRequest) -> HttpResponse:
    """The numbers of this process as text."""
    if not may_read(request):
        raise Http404("not for you")
    look()
    return HttpResponse(generate_latest(metrics.REGISTRY), content_type=CONTENT_TYPE_LATEST)


def may_read(request: HttpRequest) -> bool:
    """By token from anywhere; without one from this machine, or from wherever a port is open."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if settings.METRICS_TOKEN and scheme.lower() == "bearer":
        return hmac.compare_digest(token.strip().encode(), settings.METRICS_TOKEN.encode())
    if through_proxy(request):
        return False
    return bool(settings.METRICS) or from_this_machine(request)


def look() -> None:
    """Ask for what is not counted as it happens."""
    here = health() or {"rooms": 0, "waiting": 0, "bell": False}
    metrics.ROOMS.set(here["rooms"])
    metrics.QUEUE.set(here["waiting"])
    metrics.BELL.set(here["bell"])
    metrics.CELERY.set(heartbeat.celery_alive())
    lag = heartbeat.bot_lag()
    metrics.BOT_LAG.set(math.nan if lag is None else lag)

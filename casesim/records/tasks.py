"""Thin: ids in, one service call. May run twice."""

import time

from celery import shared_task

from casesim.records import exports, retention

LONGEST = 3_600  # seconds; the broker hands it out again before, and the claim refuses it


@shared_task(name="casesim.records.tasks.export", soft_time_limit=LONGEST, time_limit=LONGEST + 20)
def export(run_id: int) -> None:
    exports.work(run_id)


@shared_task(name="casesim.records.tasks.sweep")
def sweep() -> None:
    exports.sweep(_now())


@shared_task(name="casesim.records.tasks.retain", soft_time_limit=LONGEST, time_limit=LONGEST + 20)
def retain() -> None:
    retention.retain(_now())


def _now() -> int:
    return time.time_ns() // 1_000_000

"""Thin: ids in, one call. May run twice."""

import time

from celery import shared_task

from casesim.loops import reminders, reports


@shared_task(name="casesim.loops.tasks.build_report")
def build_report(loop_id: int) -> None:
    reports.build(loop_id, _now())


@shared_task(name="casesim.loops.tasks.sweep")
def sweep() -> None:
    reports.sweep(_now())


@shared_task(name="casesim.loops.tasks.remind")
def remind() -> None:
    reminders.remind(_now())


def _now() -> int:
    return time.time_ns() // 1_000_000

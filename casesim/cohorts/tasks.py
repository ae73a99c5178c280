"""Thin: ids in, one service call. May run twice."""

import time

from celery import shared_task

from casesim.cohorts import planning

# Seconds for a plan, above the planner's own limit: the search ends by itself and hands out its best.
LONGEST = 600


@shared_task(name="cohorts.tasks.plan", soft_time_limit=LONGEST, time_limit=LONGEST + 20)
def plan(run_id: int) -> None:
    planning.work(run_id)


@shared_task(name="cohorts.tasks.sweep")
def sweep() -> None:
    planning.sweep(time.time_ns() // 1_000_000)

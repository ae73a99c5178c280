"""Thin: ids in, one call. May run twice."""

import time

from celery import shared_task

from casesim.authoring import trials


@shared_task(name="authoring.tasks.rehearse", ignore_result=True)
def rehearse(trial_id: int) -> None:
    trials.work(trial_id)


@shared_task(name="authoring.tasks.sweep", ignore_result=True)
def sweep() -> None:
    trials.sweep(time.time_ns() // 1_000_000)

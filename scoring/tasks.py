"""Thin: ids in, one service call. May run twice."""

import time

from celery import shared_task

from scoring import calibrations, service

LONGEST = 3_600  # seconds for a calibration; the broker hands it out again before, and the claim refuses it


@shared_task(name="scoring.tasks.build_report")
def build_report(room_id: str) -> None:
    service.build_report(room_id)


@shared_task(name="scoring.tasks.sweep")
def sweep() -> None:
    service.sweep()
    calibrations.sweep(_now())


@shared_task(name="scoring.tasks.calibrate", soft_time_limit=LONGEST, time_limit=LONGEST + 20)
def calibrate(run_id: int) -> None:
    calibrations.work(run_id)


@shared_task(name="scoring.tasks.calibrate_all")
def calibrate_all() -> None:
    calibrations.ask_all(_now())


def _now() -> int:
    return time.time_ns() // 1_000_000

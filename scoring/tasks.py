"""Thin: ids in, one service call. May run twice."""

from celery import shared_task

from scoring import service


@shared_task(name="scoring.tasks.build_report")
def build_report(room_id: str) -> None:
    service.build_report(room_id)


@shared_task(name="scoring.tasks.sweep")
def sweep() -> None:
    service.sweep()

"""Handing tasks to the broker."""

import logging

from celery import current_app
from kombu.exceptions import OperationalError

log = logging.getLogger(__name__)


def send(task: str, about: str | int) -> None:
    """Never fatal: what is not handed over, a sweep asks for again."""
    try:
        current_app.send_task(task, args=[about])
    except (OperationalError, OSError) as error:
        log.warning("no broker, %s of %s waits: %s", task, about, error)

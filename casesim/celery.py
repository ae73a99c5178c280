"""The Celery app: tasks are found in each app's `tasks` module."""

import os

from celery import Celery
from celery.signals import worker_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "casesim.settings")

GIVES_WAY = 5  # by how much nicer than whoever started it a worker is

app = Celery("casesim")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_init.connect  # type: ignore[untyped-decorator]
def give_way(**_: object) -> None:
    """Where people and bots want the same core, people go first. A worker's children inherit it."""
    os.nice(GIVES_WAY)

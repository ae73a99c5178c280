"""The plot: what the apps stand on, and the wiring between them."""

# Shared tasks bind to the current Celery app, so every process has to know ours.
from casesim.celery import app as celery_app

__all__ = ["celery_app"]

"""Without Redis exactly one web process may run: it holds a lock file, or it stops."""

import fcntl
from typing import IO

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

_held: IO[str] | None = None  # open as long as the process lives


def only_web_process() -> None:
    """ImproperlyConfigured if another one runs here."""
    global _held  # noqa: PLW0603
    if _held is not None:
        return
    settings.VAR.mkdir(parents=True, exist_ok=True)
    lock = (settings.VAR / "web.lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.close()
        raise ImproperlyConfigured(
            "another web process runs here. Set REDIS_URL so that several can share rooms."
        ) from None
    _held = lock

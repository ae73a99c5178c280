"""Whether the database answers this process: said once when it goes and once when it is back."""

import logging

from django.db import InterfaceError, OperationalError

logger = logging.getLogger(__name__)

AWAY = (OperationalError, InterfaceError)

_away = False


def went(error: Exception) -> None:
    """It did not answer just now."""
    global _away  # noqa: PLW0603
    if not _away:
        logger.warning("the database is away: %s", type(error).__name__)
    _away = True


def over() -> None:
    """It answered just now."""
    global _away  # noqa: PLW0603
    if _away:
        logger.warning("the database is back")
    _away = False

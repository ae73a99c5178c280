"""Work that one worker does at a time: called for, held, taken up again after a kill. Times in ms.

A worker holds a row by a claim that it renews with its progress. Whoever finds the claim stale may take the
row over; whoever finds that the row bears the claim no more, or is over, stops.
"""

import secrets
import time
from collections.abc import Callable
from typing import Generic, TypeVar

from django.db import models
from django.db.models import F, Q, QuerySet

LEASE = 60_000  # ms without a sign of life after which a claim is stale
TRIES = 5  # of a row, before it is given up
TOLD = 1.0  # seconds between two signs of life


class Stopped(Exception):
    """The work is over, or another worker has it."""


class Work(models.Model):
    """A row of work. Open until `ended_at`; whose `claim` it bears while `beat_at` is fresh is at it."""

    sent_at = models.BigIntegerField()  # when it was last handed to the broker, or tried to
    claim = models.CharField(max_length=16, blank=True)
    beat_at = models.BigIntegerField(default=0)
    tries = models.PositiveIntegerField(default=0)
    ended_at = models.BigIntegerField(null=True)
    error = models.TextField(blank=True)

    class Meta:
        abstract = True


W = TypeVar("W", bound=Work)


class Hold(Generic[W]):
    """One worker's hold on a row. Every change is a sign of life; Stopped is raised when the hold is lost."""

    def __init__(self, rows: QuerySet[W], row: W) -> None:
        self.row = row
        self._mine = rows.filter(pk=row.pk, claim=row.claim, ended_at=None)
        self._told: tuple[str, float] = ("", 0.0)

    def change(self, **fields: object) -> None:
        """Change the row while it is ours."""
        if not self._mine.update(beat_at=now_ms(), **fields):
            raise Stopped

    def tell(self, about: str = "", **fields: object) -> None:
        """Progress; about one thing at most once a second."""
        before, at = self._told
        if about != before or time.monotonic() - at >= TOLD:
            self._told = (about, time.monotonic())
            self.change(**fields)

    def leave(self, error: Exception) -> None:
        """Leave the row to the sweep, with the reason."""
        self._mine.update(claim="", beat_at=now_ms(), error=repr(error)[:2000])


def work(rows: QuerySet[W], pk: int, job: Callable[[Hold[W]], None]) -> None:
    """Do the job of a row, unless it is over or another worker is at it. What goes wrong is raised."""
    hold = take(rows, pk)
    if hold is None:
        return
    try:
        job(hold)
    except Stopped:
        return
    except Exception as error:
        hold.leave(error)
        raise


def take(rows: QuerySet[W], pk: int) -> Hold[W] | None:
    """A hold on a row that nobody is at; None if there is none to be had."""
    now, claim = now_ms(), secrets.token_hex(8)
    free = rows.filter(Q(claim="") | Q(beat_at__lt=now - LEASE), pk=pk, ended_at=None, tries__lt=TRIES)
    if not free.update(claim=claim, beat_at=now, tries=F("tries") + 1):
        return None
    return Hold(rows, rows.get(pk=pk))


def sweep(rows: QuerySet[W], now: int, send: Callable[[int], None], **failed: object) -> int:
    """Call again for open rows without a sign of life; after too many tries end them as `failed` says."""
    silent = rows.filter(ended_at=None, sent_at__lt=now - LEASE, beat_at__lt=now - LEASE)
    silent.filter(tries__gte=TRIES).update(ended_at=now, **failed)
    again = list(silent.filter(tries__lt=TRIES).values_list("pk", flat=True))
    for pk in again:
        rows.filter(pk=pk).update(sent_at=now)
        send(pk)
    return len(again)


def now_ms() -> int:
    return time.time_ns() // 1_000_000

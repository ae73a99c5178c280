"""The writer: one thread a process. Takes what waits, commits it as a group, answers."""

import logging
import queue
import threading
import time
from collections.abc import Callable

from django.db import connection

from rooms.core import messages as m
from rooms.live import metrics, outage
from rooms.live.group import Answer, Folds, Growth, Job, Seen, Step, step

logger = logging.getLogger(__name__)

GROUP = 512  # commands committed together at most
GATHER = 0.005  # seconds between two groups: where many speak, a few of them share a commit
WAITING = 4_096  # commands that may wait; more are told to come again

Done = Callable[[list[tuple[Job, Answer]], list[Growth]], None]


class Writer:
    """The thread. `done` is called in it after each step of a group, with its answers and what grew.

    `seen` is asked in it for a room's fold elsewhere in this process.
    """

    def __init__(self, done: Done, seen: Seen = lambda _: None) -> None:
        self._done = done
        self._seen = seen
        self._queue: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="writer", daemon=True)
        self._stopping = False
        self._pause = 0.05
        self._told = 0.0  # when the last group's answers went out, monotonic

    def start(self) -> None:
        self._thread.start()

    def alive(self) -> bool:
        return self._thread.is_alive()

    def waiting(self) -> int:
        return self._queue.qsize()

    def put(self, job: Job) -> None:
        """Queue a command. Refused("busy") if too many wait: nothing is dropped in silence."""
        if self._stopping:
            raise m.Refused("try_again", "the server is going away; your command was not taken")
        if self._queue.qsize() >= WAITING:
            raise m.Refused("busy", "too many commands wait; send it again in a moment")
        self._queue.put(job)

    def stop(self, timeout: float = 5.0) -> None:
        """Finish what waits, then end the thread."""
        self._stopping = True
        self._queue.put(None)
        self._thread.join(timeout)

    def _run(self) -> None:
        folds = Folds(seen=self._seen)
        while (group := self._take()) is not None:
            while group:
                answers, growths, group = self._commit(group, folds)
                self._tell(answers, growths)
            self._told = time.monotonic()
        connection.close()

    def _commit(self, group: list[Job], folds: Folds) -> Step:
        """A step of a group. What cannot be committed together is tried one by one. The thread never dies."""
        begun = time.monotonic()
        try:
            done = step(group, folds)
            outage.over()
            metrics.committed(time.monotonic() - begun, len(done.answers))
            self._pause = 0.05
            return done
        except outage.AWAY as error:
            outage.went(error)
            self._recover()
        except Exception:
            logger.exception("a group could not be committed", extra={"room": group[0].room_id})
            self._recover()
            if len(group) > 1:
                return self._commit_singly(group, folds)
        again = m.Refused("try_again", "it could not be recorded; send it again")
        return Step([(job, again) for job in group], [], [])

    def _commit_singly(self, group: list[Job], folds: Folds) -> Step:
        done = [self._commit([job], folds) for job in group]
        return Step([a for one in done for a in one.answers], [g for one in done for g in one.growths], [])

    def _take(self) -> list[Job] | None:
        """All that waits, a group at most; None when the writer was stopped and nothing is left."""
        first = self._queue.get()
        if first is None:
            return None
        early = self._told + GATHER - time.monotonic()
        if early > 0:
            time.sleep(early)
        group = [first]
        while len(group) < GROUP:
            try:
                job = self._queue.get_nowait()
            except queue.Empty:
                break
            if job is None:
                self._queue.put(None)  # to be met again when this group is done
                break
            group.append(job)
        return group

    def _recover(self) -> None:
        """A broken connection is thrown away, with a backoff; Django opens a new one for the next group."""
        try:
            connection.close()
        except Exception:
            logger.exception("closing a broken connection")
            connection.connection = None
        time.sleep(self._pause)
        self._pause = min(self._pause * 2, 2.0)

    def _tell(self, answers: list[tuple[Job, Answer]], growths: list[Growth]) -> None:
        try:
            self._done(answers, growths)
        except Exception:
            logger.exception("telling of a group failed")

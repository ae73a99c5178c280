"""The writer: takes what waits, folds, decides, commits as a group, answers.

One thread a process. `commit` is the whole of its work and is also what a caller without an
event loop (a task, a command) runs in its own thread, with a group of one.
"""

import hashlib
import logging
import queue
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field

from django.db import connection, transaction

from rooms.core import messages as m
from rooms.core.decide import decide
from rooms.core.director import looks_again, next_look
from rooms.core.state import State, apply, fold
from rooms.live import log, metrics, outage
from rooms.live.sql import at_once, unanswered
from scenarios.core.schema import Scenario
from scenarios.queries import scenario as scenario_of

logger = logging.getLogger(__name__)

GROUP = 512  # commands committed together at most
GATHER = 0.005  # seconds between two groups: where many speak, a few of them share a commit
WAITING = 4_096  # commands that may wait; more are told to come again
KNOWN = 2_000  # rooms whose fold is kept at most ...
IDLE = 120.0  # ... and for so many seconds since it was last needed: a room that is over is let go


@dataclass(frozen=True, slots=True)
class Job:
    """A command on its way in. `now` is wall time in ms."""

    room_id: str
    seat: str
    command: m.AnyCommand
    ref: str
    now: int
    bot: bool = False

    @property
    def cause(self) -> str:
        return f"{self.seat}:{self.ref}"

    def digest(self) -> str:
        return hashlib.sha256(self.command.model_dump_json().encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Growth:
    """What a group added to one room's log."""

    room_id: str
    entries: tuple[log.Entry, ...]


Answer = m.Refused | None  # None: it is in the log (or needed no line)


@dataclass(frozen=True, slots=True)
class Known:
    """A room as this thread last saw it."""

    scenario: Scenario
    state: State
    epoch: str = ""


@dataclass(slots=True)
class _Draft:
    """A room while a group is being decided."""

    row: log.RoomRow
    before: State
    known: Known
    entries: list[log.Entry] = field(default_factory=list)


class Folds:
    """The folds a thread keeps, thrown away the longest unused first."""

    def __init__(self, size: int = KNOWN) -> None:
        self._size = size
        self._known: OrderedDict[str, Known] = OrderedDict()
        self._used: dict[str, float] = {}  # monotonic

    def at_head(self, row: log.RoomRow) -> Known:
        """The room's fold, brought up to the log's head."""
        known = self._known.get(row.id)
        if known is None or known.epoch != row.epoch or known.state.seq > row.last_seq:
            # never seen; or the log is another than the one folded here: restored, or rolled back
            known = Known(scenario_of(row.version_id, row.seniority, row.extra_time), State(), row.epoch)
        if known.state.seq == row.last_seq:
            return known
        missing = log.read(row.id, known.state.seq)
        state = fold(((line.at, line.event()) for line in missing), known.state)
        return Known(known.scenario, state, row.epoch)

    def keep(self, room_id: str, known: Known) -> None:
        """Remember a room's fold, and forget those that nobody needed for long."""
        now = time.monotonic()
        self._known[room_id], self._used[room_id] = known, now
        self._known.move_to_end(room_id)
        while len(self._known) > self._size or self._oldest_use() < now - IDLE:
            forgotten, _ = self._known.popitem(last=False)
            del self._used[forgotten]

    def _oldest_use(self) -> float:
        return self._used[next(iter(self._known))]


def commit(jobs: Sequence[Job], folds: Folds) -> tuple[list[Answer], list[Growth]]:
    """Decide and append a group in one transaction. DatabaseError if the database is away.

    A refused or failing command harms no other in its group.
    """
    # durable: never inside another transaction, for what is shown must be committed
    with unanswered() if at_once(len(jobs)) else nullcontext(), transaction.atomic(durable=True):
        rows, known = log.lock(sorted({job.room_id for job in jobs}), sorted({job.cause for job in jobs}))
        drafts = {room_id: _draft(row, folds) for room_id, row in rows.items()}
        answers = [_answer(job, drafts.get(job.room_id), known) for job in jobs]
        grown = {room_id: draft for room_id, draft in drafts.items() if draft.entries}
        log.append([_addition(draft) for draft in grown.values()])
    for room_id, draft in drafts.items():
        folds.keep(room_id, draft.known)
    return answers, [Growth(room_id, tuple(draft.entries)) for room_id, draft in grown.items()]


def _draft(row: log.RoomRow, folds: Folds) -> _Draft:
    known = folds.at_head(row)
    return _Draft(row, known.state, known)


def _addition(draft: _Draft) -> log.Addition:
    scenario, state = draft.known.scenario, draft.known.state
    look = next_look(scenario, state) if looks_again(draft.before, state) else draft.row.next_look
    return log.Addition(draft.row, draft.entries, look, state.status == "live")


def _answer(job: Job, draft: _Draft | None, known: dict[tuple[str, str], str]) -> Answer:
    if draft is None:
        return m.Refused("no_such", "there is no such room")
    first = known.get((job.room_id, job.cause))
    if first is not None:
        same = first == job.digest()
        return None if same else m.Refused("conflict", "this ref was used for another command")
    try:
        _decide(job, draft, known)
    except m.Refused as refused:
        return refused
    except Exception:
        logger.exception("a command failed", extra={"room": job.room_id, "cause": job.cause})
        return m.Refused("failed", "this command could not be carried out")
    return None


def _decide(job: Job, draft: _Draft, known: dict[tuple[str, str], str]) -> None:
    scenario, state = draft.known.scenario, draft.known.state
    events = decide(scenario, state, job.seat, job.command, job.now, job.bot)
    at = max(job.now, state.at)
    digest = job.digest()
    entries = []
    for event in events:
        first = not entries
        entries.append(
            log.entry(state.seq + 1, at, event, job.cause if first else None, digest if first else None)
        )
        state = apply(state, event, at)
    if entries:
        known[job.room_id, job.cause] = digest
        draft.entries += entries
        draft.known = Known(scenario, state, draft.known.epoch)


Done = Callable[[list[tuple[Job, Answer]], list[Growth]], None]


class Writer:
    """The thread. `done` is called in it after each group, with every answer and what grew."""

    def __init__(self, done: Done) -> None:
        self._done = done
        self._queue: queue.Queue[Job | None] = queue.Queue(WAITING)
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
        try:
            self._queue.put_nowait(job)
        except queue.Full:
            raise m.Refused("busy", "too many commands wait; send it again in a moment") from None

    def stop(self, timeout: float = 5.0) -> None:
        """Finish what waits, then end the thread."""
        self._stopping = True
        self._queue.put(None)
        self._thread.join(timeout)

    def _run(self) -> None:
        folds = Folds()
        while (group := self._take()) is not None:
            self._tell(*self._commit(group, folds))
            self._told = time.monotonic()
        connection.close()

    def _commit(self, group: list[Job], folds: Folds) -> tuple[list[tuple[Job, Answer]], list[Growth]]:
        """Commit a group. What cannot be committed together is tried one by one: the thread never dies."""
        begun = time.monotonic()
        try:
            answers, growths = commit(group, folds)
            outage.over()
            metrics.committed(time.monotonic() - begun, len(group))
            self._pause = 0.05
            return list(zip(group, answers, strict=True)), growths
        except outage.AWAY as error:
            outage.went(error)
            self._recover()
        except Exception:
            logger.exception("a group could not be committed", extra={"room": group[0].room_id})
            self._recover()
            if len(group) > 1:
                return self._commit_singly(group, folds)
        return [(job, m.Refused("try_again", "it could not be recorded; send it again")) for job in group], []

    def _commit_singly(self, group: list[Job], folds: Folds) -> tuple[list[tuple[Job, Answer]], list[Growth]]:
        answers: list[tuple[Job, Answer]] = []
        growths: list[Growth] = []
        for job in group:
            one_answer, one_growth = self._commit([job], folds)
            answers += one_answer
            growths += one_growth
        return answers, growths

    def _take(self) -> list[Job] | None:
        """All that waits, a group at most; None when the writer was stopped and nothing is left."""
        first = self._queue.get()
        if first is None:
            return None
        time.sleep(max(0.0, self._told + GATHER - time.monotonic()))
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

"""A group of commands on its way into the logs: folded, decided and appended together.

A `step` is the whole of a writer's work; `commit` is what a caller without an event loop (a task, a
command) runs in its own thread, with a group of one. There are two ways (docs/adr/0018). Commands are
decided on a fold there is already, and appended if the log still ends there. Whatever that does not
settle is decided under the lock of the room's row.
"""

import hashlib
import logging
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import repeat
from typing import NamedTuple

from django.db import IntegrityError, transaction

from rooms.core import messages as m
from rooms.core.decide import decide
from rooms.core.director import looks_again, next_look
from rooms.core.state import State, apply, fold
from rooms.live import log
from rooms.live.append import append, appending
from scenarios.core.schema import Scenario
from scenarios.queries import scenario as scenario_of

logger = logging.getLogger(__name__)

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
    before: State  # what they were decided on
    after: State  # and what they lead to


Answer = m.Refused | None  # None: it is in the log (or needed no line)
ByRoom = Mapping[str, Sequence[Job]]


@dataclass(frozen=True, slots=True)
class Known:
    """A room as this thread last saw it: the fold of its log, and its row at that end of it."""

    scenario: Scenario
    state: State
    row: log.RoomRow
    current: bool = True  # its log most likely still ends here

    def at_its_end(self) -> "Known":
        """With the row as whoever wrote the last line left it."""
        look, live = next_look(self.scenario, self.state), self.state.status == "live"
        return replace(self, row=self.row._replace(last_seq=self.state.seq, next_look=look, live=live))


Seen = Callable[[str], Known | None]  # a room as its process has folded it to show it, if it has


@dataclass
class _Draft:
    """A room while its part of a group is being decided."""

    before: Known
    state: State
    answered: dict[str, str] = field(default_factory=dict)  # cause -> digest, in the log or to be
    entries: list[log.Entry] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)  # one a command, in their order

    @cached_property
    def addition(self) -> log.Addition:
        """What its log grows by, when all is decided."""
        scenario, row, state = self.before.scenario, self.before.row, self.state
        look = next_look(scenario, state) if looks_again(self.before.state, state) else row.next_look
        return log.Addition(row, self.entries, look, state.status == "live")

    def growth(self) -> Growth:
        return Growth(self.before.row.id, tuple(self.entries), self.before.state, self.state)

    def known(self) -> Known:
        """The room with what was added, once it is in the log."""
        row = self.addition.row_after() if self.entries else self.before.row
        return replace(self.before, state=self.state, row=row)


class Folds:
    """The folds a thread keeps, thrown away the longest unused first.

    `seen`: where another thread of this process may have folded more. States never change: they are shared.
    """

    def __init__(self, size: int = KNOWN, seen: Seen = lambda _: None) -> None:
        self._size = size
        self._seen = seen
        self._known: OrderedDict[str, Known] = OrderedDict()
        self._used: dict[str, float] = {}  # monotonic

    def current(self, room_id: str) -> Known | None:
        """The room's fold, if its log most likely still ends there."""
        known = self._furthest(room_id)
        return known if known is not None and known.current else None

    def doubt(self, room_id: str) -> None:
        """Its log did not end there any more."""
        if room_id in self._known:
            self._known[room_id] = replace(self._known[room_id], current=False)

    def at_head(self, row: log.RoomRow) -> Known:
        """The room's fold, brought up to the log's head."""
        known = self._furthest(row.id)
        if known is None or known.row.epoch != row.epoch or known.state.seq > row.last_seq:
            # never seen; or the log is another than the one folded here: restored, or rolled back
            return self._read_on(Known(_scenario(row), State(), row))
        known = Known(known.scenario, known.state, row)
        return known if known.state.seq == row.last_seq else self._read_on(known)

    def _furthest(self, room_id: str) -> Known | None:
        """The fold kept here or the one seen elsewhere, whichever reaches further.

        Of two that reach as far it is the other's: then what comes of it need not be folded there.
        """
        known, seen = self._known.get(room_id), self._seen(room_id)
        if known is None or seen is None or seen.row.epoch != known.row.epoch:
            return known or (seen and seen.at_its_end())
        if seen.state.seq == known.state.seq:
            return replace(known, state=seen.state)
        return seen.at_its_end() if seen.state.seq > known.state.seq else known

    @staticmethod
    def _read_on(known: Known) -> Known:
        missing = log.read(known.row.id, known.state.seq)
        return replace(known, state=fold(((line.at, line.event()) for line in missing), known.state))

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


def _scenario(row: log.RoomRow) -> Scenario:
    return scenario_of(row.version_id, row.seniority, row.extra_time)


class Step(NamedTuple):
    """What one transaction did of a group."""

    answers: list[tuple[Job, Answer]]
    growths: list[Growth]
    rest: list[Job]  # for another step: nothing was done about these


def commit(jobs: Sequence[Job], folds: Folds) -> tuple[list[Answer], list[Growth]]:
    """Decide and append a group, in as many steps as it takes.

    DatabaseError if the database is away. What the steps before did is in the logs all the same.
    """
    answers: dict[int, Answer] = {}
    growths: list[Growth] = []
    rest = list(jobs)
    while rest:
        done = step(rest, folds)
        answers |= {id(job): answer for job, answer in done.answers}
        growths += done.growths
        rest = done.rest
    return [answers[id(job)] for job in jobs], growths


def step(jobs: Sequence[Job], folds: Folds) -> Step:
    """Decide and append what of a group goes into one transaction, whole rooms at a time.

    What one room's commands meet harms no other room's, and a refused or failing command no other at all.
    DatabaseError if the database is away: then nothing was done, or all of it and nobody knows.
    """
    by_room: dict[str, list[Job]] = {}
    for job in jobs:
        by_room.setdefault(job.room_id, []).append(job)
    settled = _where_they_ended(by_room, folds)
    drafts = settled or _under_the_lock(by_room, folds)
    for room_id, draft in drafts.items():
        folds.keep(room_id, draft.known())
    answers = {room_id: iter(draft.answers) for room_id, draft in drafts.items()}
    strange = repeat(m.Refused("no_such", "there is no such room"))
    tried = [job for job in jobs if not settled or job.room_id in settled]
    return Step(
        [(job, next(answers.get(job.room_id, strange))) for job in tried],
        [draft.growth() for draft in drafts.values() if draft.entries],
        [job for job in jobs if settled and job.room_id not in settled],
    )


def _where_they_ended(by_room: ByRoom, folds: Folds) -> dict[str, _Draft]:
    """Decide on the folds that are kept, and append to the logs that still end there: only those are done."""
    drafts = {}
    for room_id, jobs in by_room.items():
        known = folds.current(room_id)
        draft = None if known is None else _settled(jobs, known)
        if draft is not None:
            drafts[room_id] = draft
    if not drafts:
        return {}
    with appending():
        longer = append([draft.addition for draft in drafts.values()])
    for room_id in drafts.keys() - longer:
        folds.doubt(room_id)
    return {room_id: draft for room_id, draft in drafts.items() if room_id in longer}


def _settled(jobs: Sequence[Job], known: Known) -> _Draft | None:
    """A room's commands decided, if each of them brings lines about.

    Whichever does not, or comes twice, may be a resend: then its answer is in the log.
    """
    draft = _Draft(known, known.state)
    for job in jobs:
        try:
            _decide(job, draft)
        except Exception:
            return None  # it is met again, and told, under the lock
        draft.answers.append(None)
    return draft if len(draft.answered) == len(jobs) else None


def _under_the_lock(by_room: ByRoom, folds: Folds) -> dict[str, _Draft]:
    """Decide on what the logs hold, which cannot change meanwhile, and append."""
    jobs = [job for asked in by_room.values() for job in asked]
    # durable: never inside another transaction, for what is shown must be committed
    with transaction.atomic(durable=True):
        rows, known = log.lock(sorted(by_room), sorted({job.cause for job in jobs}))
        drafts = {}
        for room_id, row in rows.items():
            before = folds.at_head(row)
            drafts[room_id] = draft = _Draft(before, before.state, known.get(room_id, {}))
            draft.answers = [_answer(job, draft) for job in by_room[room_id]]
        additions = [draft.addition for draft in drafts.values() if draft.entries]
        if additions and len(append(additions)) < len(additions):
            raise IntegrityError("a log went on although its room's row was held")
    return drafts


def _answer(job: Job, draft: _Draft) -> Answer:
    first = draft.answered.get(job.cause)
    if first is not None:
        same = first == job.digest()
        return None if same else m.Refused("conflict", "this ref was used for another command")
    try:
        _decide(job, draft)
    except m.Refused as refused:
        return refused
    except Exception:
        logger.exception("a command failed", extra={"room": job.room_id, "cause": job.cause})
        return m.Refused("failed", "this command could not be carried out")
    return None


def _decide(job: Job, draft: _Draft) -> None:
    state = draft.state
    events = decide(draft.before.scenario, state, job.seat, job.command, job.now, job.bot)
    at = max(job.now, state.at)
    digest = job.digest()
    entries: list[log.Entry] = []
    for event in events:
        first = not entries
        entries.append(
            log.entry(state.seq + 1, at, event, job.cause if first else None, digest if first else None)
        )
        state = apply(state, event, at)
    if entries:
        draft.answered[job.cause] = digest
        draft.entries += entries
        draft.state = state

"""One web process: its writer, hub, bell and clock, wired together, and the tasks that keep them going."""

import asyncio
import contextlib
import logging
import re
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from itertools import takewhile
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary, WeakSet

from django.conf import settings

from rooms.core import messages as m
from rooms.core.policy import CLOCK
from rooms.live import log, metrics, outage, presence
from rooms.live.alone import only_web_process
from rooms.live.around import Around
from rooms.live.bell import Bell
from rooms.live.clock import Clock
from rooms.live.ear import TOO_SLOW, Ear
from rooms.live.group import Answer, Growth, Job, Known
from rooms.live.heartbeat import celery_answers
from rooms.live.hub import Hub
from rooms.live.now import wall_ms
from rooms.live.redis import async_client
from rooms.live.room import HubRoom
from rooms.live.waker import Waker
from rooms.live.writer import Writer

logger = logging.getLogger(__name__)

POLL = 1.0  # seconds
WATCH = 5.0  # seconds between looks for sockets that do not read
OVERLAP = 5_000  # ms a changed seat is looked for again: clocks of two machines may differ
PATIENCE = 20.0  # seconds a command may wait for the writer
FAREWELL = 2.0  # seconds the sockets have to go when this process ends
SEQ = re.compile(r"[0-9]{1,18}")

Answered = Callable[[Answer], None]

_processes: "WeakKeyDictionary[asyncio.AbstractEventLoop, Process]" = WeakKeyDictionary()
_ended: "WeakSet[asyncio.AbstractEventLoop]" = WeakSet()


class GoingAway(Exception):
    """This process is stopping: whoever comes should come again, to another or to the next."""


class Awaited(NamedTuple):
    """A command at the writer, and who is told what became of it."""

    answered: Answered
    job: Job
    until: float  # monotonic


def process() -> "Process":
    """The process of the running event loop, started at the first call. GoingAway once it has ended."""
    loop = asyncio.get_running_loop()
    if loop in _ended:
        raise GoingAway
    if loop not in _processes:
        _processes[loop] = Process(loop)
        _processes[loop].start()
    return _processes[loop]


class Process:
    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        if not settings.REDIS_URL:
            only_web_process()
        self._loop = loop
        self.stopping = False
        self._waiting: dict[int, Awaited] = {}  # the longest waiting first
        self._tasks: set[asyncio.Task[None]] = set()
        self._asked_seats = wall_ms()
        self.waker = Waker(loop)
        self.redis = async_client()
        self.bell = Bell(self._heard)
        self.hub = Hub(self._grown)
        self.clock = Clock(self._knock)
        self.writer = Writer(self._done, self._seen)
        self.around = Around(self.hub, self.redis, self._ring, self._spawn, self._try)

    def start(self) -> None:
        self.writer.start()
        self.bell.start()
        for keep in (self._poll, self._stay_here, self._watch_sockets):
            self._keep(keep)
        stop_with_server(self)

    async def stop(self) -> None:
        """Finish what waits, close the sockets with "come back", end every task and thread."""
        if self.stopping:
            return
        self.stopping = True
        # whoever it answered hears of it before this goes on: the loop takes what it is given in order
        await self._loop.run_in_executor(None, self.writer.stop)
        self.around.close()
        for room in list(self.hub.rooms.values()):
            self.clock.forget(room.id)
            self.hub.hand_out(room)
            for ear in room.all_ears():
                ear.close(4000)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.hub.empty.wait(), FAREWELL)
        await self._loop.run_in_executor(None, self.bell.stop)
        await self._end_tasks()
        if self.redis is not None:
            await self.redis.aclose()
        await self.hub.close()
        self.waker.close()
        _processes.pop(self._loop, None)
        _ended.add(self._loop)

    async def _end_tasks(self) -> None:
        """Cancel what runs until it has ended: a client library may swallow a cancellation."""
        for _ in range(20):
            for task in self._tasks:
                task.cancel()
            if not self._tasks:
                return
            await asyncio.wait(set(self._tasks), timeout=0.2)

    def post(self, job: Job, answered: Answered) -> None:
        """Carry a command to the writer. `answered` is called once, in the event loop, with its answer."""
        try:
            self.writer.put(job)
        except m.Refused as full:
            _tell(answered, job, full)
        else:
            self._waiting[id(job)] = Awaited(answered, job, time.monotonic() + PATIENCE)

    async def handle(self, job: Job) -> None:
        """Carry a command to the writer and await its answer. Raises Refused."""
        answer: asyncio.Future[Answer] = self._loop.create_future()
        self.post(job, lambda refused: answer.cancelled() or answer.set_result(refused))
        refused = await answer
        if refused is not None:
            raise refused

    async def join(self, room_id: str, seat: str, key: str = "") -> Ear:
        """Seat a socket. `key`: what opened the seat to it. LookupError without the room; GoingAway."""
        if self.stopping:
            raise GoingAway
        ear = await self.hub.join(room_id, seat, key)
        try:
            await self.clock.overdue(ear.room)
        except BaseException:
            await self.leave(ear)
            raise
        self.clock.arm(ear.room)
        if len(ear.room.ears[seat]) == 1:
            self.around.came_or_went(room_id)
        self.waker.look(ear.room)
        self.around.hand_back(ear.room)
        return ear

    async def _try(self, room_id: str, seat: str, command: m.AnyCommand, why: str, seq: int) -> None:
        """A command nobody waits for; the next look tries again."""
        try:
            await self.handle(Job(room_id, seat, command, f"{why}:{seat}:{seq}", wall_ms()))
        except m.Refused as refused:
            logger.warning("%s was refused: %s", why, refused.code, extra={"room": room_id})

    async def leave(self, ear: Ear) -> None:
        last = self.hub.leave(ear)
        if ear.room.id not in self.hub.rooms:
            self.clock.forget(ear.room.id)
        if last and not self.stopping:
            await self.around.left(ear.room.id, ear.seat)

    def health(self) -> dict[str, Any]:
        return {
            "writer": self.writer.alive(),
            "bell": self.bell.alive,
            "waiting": self.writer.waiting(),
            "rooms": len(self.hub.rooms),
        }

    # --- from the writer's thread -----------------------------------------------------------------

    def _done(self, answers: list[tuple[Job, Answer]], growths: list[Growth]) -> None:
        for growth in growths:
            self.bell.ring(f"grew {growth.room_id} {growth.entries[-1].line.seq}")
        self._loop.call_soon_threadsafe(self._finish, answers, growths)

    def _seen(self, room_id: str) -> Known | None:
        """A room as it is folded here, with the row of when it was first read."""
        room = self.hub.rooms.get(room_id)
        return None if room is None else Known(room.scenario, room.state, room.row)

    def _finish(self, answers: list[tuple[Job, Answer]], growths: list[Growth]) -> None:
        for growth in growths:
            self._hand_out(growth)
        for job, answer in answers:
            awaited = self._waiting.pop(id(job), None)
            if awaited is not None:
                _tell(awaited.answered, job, answer)

    def _hand_out(self, growth: Growth) -> None:
        room = self.hub.rooms.get(growth.room_id)
        if room is not None:
            room.written = True
            self._alone(room, partial(self.hub.grew, growth))

    def _alone(self, room: HubRoom, take: Callable[[], None]) -> None:
        """What one room meets in taking its lines keeps no other's back."""
        try:
            take()
        except Exception:
            logger.exception("a room's new lines could not be taken", extra={"room": room.id})
            self.hub.give_up(room.id)

    # --- from the bell's thread ---------------------------------------------------------------------

    def _heard(self, words: Sequence[str]) -> None:
        grew: dict[str, int] = {}
        for what, room_id, *rest in (word.split(" ") for word in words if " " in word):
            if what != "grew":
                self._loop.call_soon_threadsafe(self._told, what, room_id)
            elif SEQ.fullmatch(rest[0] if rest else ""):
                grew[room_id] = max(int(rest[0]), grew.get(room_id, 0))
        for room_id, seq in grew.items():
            self._read_ahead(room_id, seq)

    def _read_ahead(self, room_id: str, seq: int) -> None:
        try:
            read = self.hub.read_ahead(room_id, seq)
        except Exception:
            logger.exception("a room's new lines could not be read", extra={"room": room_id})
            return
        if read is not None:
            room, lines = read
            self._loop.call_soon_threadsafe(self._alone, room, partial(self.hub.take_read, room, lines))

    # --- and in the event loop again ------------------------------------------------------------------

    def _told(self, what: str, room_id: str) -> None:
        if self.stopping or room_id not in self.hub.rooms:
            return
        if what == "seat":
            self._spawn(self._close_revoked())
        elif what == "erased":
            self._spawn(self.hub.poll())
        elif what == "here":
            self.around.heard(room_id)

    # --- what keeps going ---------------------------------------------------------------------------

    def _grown(self, room: HubRoom) -> None:
        self.clock.arm(room)
        if room.written:  # who only heard of it does not send for the bots a second time
            room.written = False
            self.waker.look(room)

    async def _knock(self, room_id: str, ref: str) -> bool:
        try:
            await self.handle(Job(room_id, CLOCK, m.Tick(), ref, wall_ms()))
        except m.Refused as refused:
            logger.warning("the clock was refused: %s", refused.code, extra={"room": room_id})
            return False
        return True

    def _ring(self, word: str) -> None:
        self.bell.ring(word)

    async def _poll(self) -> None:
        while True:
            await asyncio.sleep(POLL)
            self._put_off_the_late()
            if self.hub.rooms:
                await self.hub.poll()
                await self._close_revoked()

    def _put_off_the_late(self) -> None:
        """Whoever has waited too long for the writer is told to send it again."""
        now = time.monotonic()
        late = list(takewhile(lambda waiting: waiting[1].until < now, self._waiting.items()))
        for key, awaited in late:
            del self._waiting[key]
            _tell(awaited.answered, awaited.job, m.Refused("try_again", "no answer yet; send it again"))

    async def _close_revoked(self) -> None:
        """Close sockets whose key no longer opens their seat. A ring only makes it quicker."""
        now = wall_ms()
        try:
            changed = await self.hub.reader(log.changed_seats, self._asked_seats - OVERLAP)
        except outage.AWAY:
            return  # the next round asks again
        self._asked_seats = now  # only when it was answered: a change is never passed over
        for room_id, seat, keys in changed:
            room = self.hub.rooms.get(room_id)
            for ear in room.ears.get(seat, ()) if room else ():
                if ear.key and ear.key not in keys:
                    ear.close(4501)

    async def _watch_sockets(self) -> None:
        while True:
            await asyncio.sleep(WATCH)
            now = time.monotonic()
            for room in list(self.hub.rooms.values()):
                for ear in room.all_ears():
                    if ear.stuck(now):
                        ear.close(TOO_SLOW)

    async def _stay_here(self) -> None:
        while True:
            await asyncio.sleep(presence.REFRESH)
            self.around.waits = not await celery_answers(self.redis)
            for room in list(self.hub.rooms.values()):
                await self.around.look(room)

    def _keep(self, work: Callable[[], Awaitable[None]]) -> None:
        self._spawn(_for_ever(work))

    def _spawn(self, work: Any) -> None:
        task = self._loop.create_task(work)
        self._tasks.add(task)  # a task nobody holds may be collected before it is done
        task.add_done_callback(self._tasks.discard)


def _tell(answered: Answered, job: Job, answer: Answer) -> None:
    metrics.answered(job.command.type, "done" if answer is None else answer.code)
    answered(answer)


async def _for_ever(work: Callable[[], Awaitable[None]]) -> None:
    """Background work that an error cannot end."""
    while True:
        try:
            await work()
            return
        except asyncio.CancelledError:
            raise
        except Exception:
            metrics.restarted()
            logger.exception("background work failed and is started again")
            await asyncio.sleep(1.0)


def health() -> dict[str, Any] | None:
    """Of this operating system process's first live event loop; None before anybody came."""
    return next((p.health() for p in _processes.values()), None)


async def stop_running() -> None:
    """Stop this event loop's process, if anybody came."""
    running = _processes.get(asyncio.get_running_loop())
    if running is not None:
        await running.stop()


def stop_with_server(process: "Process") -> None:
    """Under Daphne, stop before the reactor does: finish the queue, tell the sockets to come back.

    A server that speaks ASGI's lifespan calls `stop` itself (casesim.asgi).
    """
    if "twisted.internet.reactor" not in sys.modules:
        return
    from twisted.internet import reactor
    from twisted.internet.defer import Deferred

    def before_shutdown() -> Deferred[None]:
        return Deferred.fromFuture(asyncio.ensure_future(process.stop()))

    reactor.addSystemEventTrigger("before", "shutdown", before_shutdown)

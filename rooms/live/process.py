"""One web process: its writer, hub, bell and clock, wired together, and the tasks that keep them going."""

import asyncio
import fcntl
import logging
import sys
import time
from collections.abc import Awaitable, Callable
from itertools import takewhile
from typing import IO, Any, NamedTuple
from weakref import WeakKeyDictionary, WeakSet

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from rooms.core import messages as m
from rooms.core.policy import CLOCK
from rooms.live import log, metrics, outage, presence
from rooms.live.bell import Bell
from rooms.live.clock import Clock
from rooms.live.heartbeat import celery_answers
from rooms.live.hub import TOO_SLOW, Ear, Hub, HubRoom, wall_ms
from rooms.live.redis import async_client
from rooms.live.waker import Waker
from rooms.live.writer import Answer, Growth, Job, Writer

logger = logging.getLogger(__name__)

POLL = 1.0  # seconds
WATCH = 5.0  # seconds between looks for sockets that do not read
LOOK = 0.1  # seconds in which comings and goings are gathered
OVERLAP = 5_000  # ms a changed seat is looked for again: clocks of two machines may differ
PATIENCE = 20.0  # seconds a command may wait for the writer

Answered = Callable[[Answer], None]

_processes: "WeakKeyDictionary[asyncio.AbstractEventLoop, Process]" = WeakKeyDictionary()
_ended: "WeakSet[asyncio.AbstractEventLoop]" = WeakSet()
_lock_file: IO[str] | None = None


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
        self.waits = False  # no worker answers: bots and reports wait
        self._waiting: dict[int, Awaited] = {}  # the longest waiting first
        self._tasks: set[asyncio.Task[None]] = set()
        self._looks: set[str] = set()
        self._asked_seats = wall_ms()
        self.waker = Waker(loop)
        self.redis = async_client()
        self.bell = Bell(self._heard)
        self.hub = Hub(self._grown)
        self.clock = Clock(self._knock)
        self.writer = Writer(self._done)

    def start(self) -> None:
        self.writer.start()
        for keep in (self.bell.listen, self.bell.carry, self._poll, self._stay_here, self._watch_sockets):
            self._keep(keep)
        stop_with_server(self)

    async def stop(self) -> None:
        """Finish what waits, close the sockets with "come back", end every task and thread."""
        if self.stopping:
            return
        self.stopping = True
        await self._loop.run_in_executor(None, self.writer.stop)
        await asyncio.sleep(0)  # the last answers reach their sockets' outboxes
        for room in list(self.hub.rooms.values()):
            self.clock.forget(room.id)
            self.hub.hand_out(room)
            for ear in room.all_ears():
                ear.close(4000)
        for _ in range(20):  # and the sockets themselves, for two seconds at most
            if not self.hub.rooms:
                break
            await asyncio.sleep(0.1)
        await self._end_tasks()
        await self.bell.close()
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
            self._came_or_went(room_id)
        self.waker.look(ear.room)
        self._hand_back(ear.room)
        return ear

    async def _try(self, room_id: str, seat: str, command: m.AnyCommand, why: str, seq: int) -> None:
        """A command nobody waits for; the next look tries again."""
        try:
            await self.handle(Job(room_id, seat, command, f"{why}:{seat}:{seq}", wall_ms()))
        except m.Refused as refused:
            logger.warning("%s was refused: %s", why, refused.code, extra={"room": room_id})

    async def leave(self, ear: Ear) -> None:
        last = self.hub.leave(ear)
        if not ear.room.ears:
            self.clock.forget(ear.room.id)
        if last and not self.stopping:
            await presence.gone(self.redis, ear.room.id, ear.seat)
            self._came_or_went(ear.room.id)  # whoever is there again by then touches the key again

    def health(self) -> dict[str, Any]:
        return {
            "writer": self.writer.alive(),
            "bell": self.bell.alive,
            "waiting": self.writer.waiting(),
            "rooms": len(self.hub.rooms),
        }

    # --- from the writer's thread -----------------------------------------------------------------

    def _done(self, answers: list[tuple[Job, Answer]], growths: list[Growth]) -> None:
        self._loop.call_soon_threadsafe(self._finish, answers, growths)

    def _finish(self, answers: list[tuple[Job, Answer]], growths: list[Growth]) -> None:
        for growth in growths:
            self._hand_out(growth)
            self.bell.ring(f"grew {growth.room_id} {growth.entries[-1].line.seq}")
        for job, answer in answers:
            awaited = self._waiting.pop(id(job), None)
            if awaited is not None:
                _tell(awaited.answered, job, answer)

    def _hand_out(self, growth: Growth) -> None:
        """What one room meets keeps no other's answers back."""
        room = self.hub.rooms.get(growth.room_id)
        if room is None:
            return
        room.written = True
        try:
            self.hub.grew(growth.room_id, growth.entries)
        except Exception:
            logger.exception("a room's new lines could not be taken", extra={"room": growth.room_id})
            self.hub.give_up(growth.room_id)

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

    def _heard(self, word: str) -> None:
        what, _, rest = word.partition(" ")
        room_id, _, seq = rest.partition(" ")
        if what == "grew" and seq.isdigit():
            self.hub.heard(room_id, int(seq))
        elif what == "seat" and room_id in self.hub.rooms:
            self._spawn(self._close_revoked())
        elif what == "here" and room_id in self.hub.rooms:
            self._spawn(self._look_around(self.hub.rooms[room_id]))

    def _came_or_went(self, room_id: str) -> None:
        """Look around soon: when many come at once, once for all of them."""
        if room_id not in self._looks:
            self._looks.add(room_id)
            self._loop.call_later(LOOK, self._look_and_ring, room_id)

    def _look_and_ring(self, room_id: str) -> None:
        self._looks.discard(room_id)
        if self.stopping:
            return
        self.bell.ring(f"here {room_id}")
        if room_id in self.hub.rooms:
            self._spawn(self._look_around(self.hub.rooms[room_id]))

    async def _look_around(self, room: HubRoom) -> None:
        await presence.touch(self.redis, room.id, list(room.ears))
        here = await presence.here(self.redis, room.id, list(room.state.seats))
        if here is None:
            room.missing.clear()  # nobody is away because Redis is: the grace begins anew
        else:
            room.here = here
        room.waits = self.waits
        self.hub.show_heads(room)
        self._hand_back(room)
        if here is not None and room.state.status == "live":
            await self._stand_in(room)

    async def _stand_in(self, room: HubRoom) -> None:
        for seat in room.away_too_long(time.monotonic()):
            if seat not in room.present():  # somebody may have come while another seat was seen to
                await self._try(room.id, CLOCK, m.StandIn(seat=seat), "away", room.state.seq)

    def _hand_back(self, room: HubRoom) -> None:
        """Who is back in a seat a bot stands in gets it back; asked again at every look until it is so."""
        for seat in room.ears:
            away = room.state.seats[seat].away
            if away:
                command = m.TakeSeat(name=away)
                self._spawn(self._try(room.id, seat, command, "back", room.state.seq))

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
        for room_id, epoch, seat, keys in changed:
            room = self.hub.rooms.get(room_id)
            for ear in room.ears.get(seat, ()) if room else ():
                if ear.key and ear.key not in keys:
                    ear.close(4501)
            if room is not None and room.epoch != epoch:  # what it holds is not in the log any more
                self.hub.let_go(room)

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
            self.waits = not await celery_answers(self.redis)
            for room in list(self.hub.rooms.values()):
                await self._look_around(room)

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


def only_web_process() -> None:
    """Without Redis exactly one web process may run: it holds a lock file, or this one stops."""
    global _lock_file  # noqa: PLW0603  (the file must stay open as long as the process lives)
    if _lock_file is not None:
        return
    settings.VAR.mkdir(parents=True, exist_ok=True)
    held = (settings.VAR / "web.lock").open("w")
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        held.close()
        raise ImproperlyConfigured(
            "another web process runs here. Set REDIS_URL so that several can share rooms."
        ) from None
    _lock_file = held

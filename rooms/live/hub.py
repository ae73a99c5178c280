"""The hub: this process's table of rooms and sockets. Hands out each audience's bytes, strictly in order.

Everything here runs in one event loop, so what stands between two awaits happens at once. The hub
reads the log, never writes it, and holds for each room the fold of what it has handed out.
"""

import asyncio
import contextlib
import logging
import time
from collections import deque
from collections.abc import Callable, Coroutine, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import Any, Protocol

from rooms.core import messages as m
from rooms.core.director import looks_again, next_look
from rooms.core.feed import item_json, visible_to
from rooms.core.state import State, apply
from rooms.live import log, metrics, outage
from rooms.live.heads import NOTHING, Heads, Turn
from scenarios.core.schema import Scenario
from scenarios.queries import scenario as scenario_of

logger = logging.getLogger(__name__)

PAGE = 200  # items in one feed frame
PAGE_SIZE = 256 << 10  # characters after which a page ends
FRAMES = 1_024  # frames that may wait for one socket
BYTES = 1 << 20  # characters that may wait for one socket
UNACKNOWLEDGED = 2 << 20  # characters a client may be sent before it says how far it is
SUSPICIOUS = 256 << 10  # with so many unacknowledged ...
SILENT = 20.0  # ... it may say nothing for so many seconds
TOO_SLOW = 4008
SOCKETS = 12  # of one seat in this process
PACE = 0.04  # seconds between two hand-outs of one room: what comes in between goes out together
AGAIN = 1.0  # seconds until the log is asked again for who waits for it


class TooManySockets(Exception):
    """A seat has as many sockets as it may."""


def wall_ms() -> int:
    return time.time_ns() // 1_000_000


class Ear:
    """One socket's place at the table: where it has got to, and what waits to be sent."""

    def __init__(self, room: "HubRoom", seat: str, key: str = "") -> None:
        self.room = room
        self.seat = seat
        self.key = key  # what opened the seat to it: a token's digest, or a person
        self.n: int | None = None  # the last item handed to it; None until it has synced
        self.close_code: int | None = None
        self._outbox: deque[str] = deque()
        self._waiting = 0  # characters in the outbox
        self._unacknowledged = 0  # characters sent since it last said how far it is
        self._behind_since: float | None = None
        self._ready = asyncio.Event()
        self._cursor: int | None = None  # the items it has while it is being given what it missed

    def push(self, frame: str) -> None:
        """Queue a frame. A socket too far behind is closed; it comes back and reads the log."""
        if self.close_code is not None:
            return
        self._outbox.append(frame)
        self._waiting += len(frame)
        self._unacknowledged += len(frame)
        if self._behind_since is None:
            self._behind_since = time.monotonic()
        too_much = self._waiting > BYTES and len(self._outbox) > 1  # one frame alone is never too much
        if too_much or len(self._outbox) > FRAMES or self._unacknowledged > UNACKNOWLEDGED:
            self.close(TOO_SLOW)
        self._ready.set()

    def read_from(self, n: int) -> None:
        """Give it what comes after item `n`, a page whenever nothing else waits; live items only then."""
        self._cursor, self.n = n, None
        self._ready.set()

    def acknowledge(self) -> None:
        """The client says how far it is: it reads, and is not to be given up."""
        self._unacknowledged = self._waiting
        self._behind_since = None

    def stuck(self, now: float) -> bool:
        """Has it been sent a good deal and said nothing for long? Daphne would buffer for it for ever."""
        silent = now - (self._behind_since or now)
        return silent > SILENT and self._unacknowledged > SUSPICIOUS

    def close(self, code: int) -> None:
        self.close_code = self.close_code or code
        self._ready.set()

    async def next(self) -> str | None:
        """The next frame to send; None when the socket should be closed with `close_code`."""
        while not self._outbox and self._cursor is None and self.close_code is None:
            self._ready.clear()
            await self._ready.wait()
        if self._outbox and self.close_code != TOO_SLOW:
            frame = self._outbox.popleft()
            self._waiting -= len(frame)
            return frame
        # who is told to come back is still given what was queued, unless that is the trouble
        return None if self.close_code is not None else self._page()

    def _page(self) -> str:
        """The next page of what it missed. With the last one it is live: no await comes between."""
        room, after = self.room, self._cursor or 0
        items = room.items(self.seat, after)
        upto, count = after + len(items), room.shown.get(self.seat, 0)
        done = upto >= count
        self._cursor, self.n = (None, upto) if done else (upto, None)
        # a head tells of the present: only the last page has one
        return room.frame(after, upto, items, room.head(self.seat) if done else NOTHING)


class HubRoom:
    """A room as far as this process has handed it out."""

    def __init__(self, room_id: str, epoch: str, scenario: Scenario) -> None:
        self.id = room_id
        self.epoch = epoch
        self.scenario = scenario
        self.state = State()
        self.lines: list[log.Line] = []  # the log so far: who comes back is served from memory
        self.counts: dict[str, int] = {}  # items each seat has in its feed
        # as handed out: a moment behind the rest when much is said
        self.shown: dict[str, int] = {}
        self.shown_seq = 0
        self.paced = 0.0  # when something for everybody was last handed out, monotonic
        self.later: asyncio.TimerHandle | None = None  # the next hand-out, if one waits
        self.ears: dict[str, set[Ear]] = {}
        self.here: set[str] = set()
        self.missing: dict[str, float] = {}  # panel seats whose person is away -> since when
        self.waits = False  # bots and reports wait for a worker
        self.written = False  # this process has added lines which are not folded here yet
        self.catching_up: asyncio.Task[None] | None = None
        self._heads = Heads(scenario)
        self._looked_at = self.state
        self._look: int | None = None

    def take(self, line: log.Line, event: m.AnyEvent) -> None:
        """Fold one more line."""
        self.state = apply(self.state, event, line.at)
        self.lines.append(line)
        for seat in self.state.seats:
            if visible_to(line.to, seat):
                self.counts[seat] = self.counts.get(seat, 0) + 1

    def fresh(self, seat: str) -> list[str]:
        """What came into the seat's feed since the last hand-out."""
        seen = [line for line in self.lines[self.shown_seq :] if visible_to(line.to, seat)]
        return [item_json(n, line.at, line.body) for n, line in enumerate(seen, self.shown.get(seat, 0) + 1)]

    def is_shown(self) -> None:
        """All there is has been handed out."""
        self.shown, self.shown_seq = dict(self.counts), self.state.seq

    def look(self) -> int | None:
        """Wall time at which the clock should knock next."""
        if looks_again(self._looked_at, self.state):
            self._look = next_look(self.scenario, self.state)
        self._looked_at = self.state
        return self._look

    def items(self, seat: str, after: int) -> list[str]:
        """A page of the seat's feed after item `after`, as far as it was handed out."""
        seen = (line for line in islice(self.lines, self.shown_seq) if visible_to(line.to, seat))
        page, size = [], 0
        for n, line in enumerate(islice(seen, after, after + PAGE), after + 1):
            page.append(item_json(n, line.at, line.body))
            size += len(page[-1])
            if size > PAGE_SIZE:
                break
        return page

    def head(self, seat: str) -> str:
        return self._heads.whole(seat)

    def turn(self) -> Turn:
        """What of the heads changed since the last hand-out."""
        return self._heads.turn(self.state, self._around())

    def all_ears(self) -> list[Ear]:
        return [ear for ears in self.ears.values() for ear in ears]

    def frame(self, after: int, upto: int, items: Iterable[str], head_json: str) -> str:
        return (
            f'{{"type":"feed","epoch":"{self.epoch}","from":{after},"upto":{upto},"now":{wall_ms()},'
            f'"items":[{",".join(items)}],"head":{head_json}}}'
        )

    def present(self) -> list[str]:
        return [s for s in self.state.seats if s in self.here or s in self.ears]

    def away_too_long(self, now: float) -> list[str]:
        """Panel seats whose person has not been here for longer than the room allows."""
        present = set(self.present())
        gone = {
            s.seat
            for s in self.state.seats.values()
            if s.kind == "panel" and s.occupant == "person" and s.seat not in present
        }
        self.missing = {seat: self.missing.get(seat, now) for seat in gone}
        allowed = self.state.stand_in
        return [seat for seat, since in self.missing.items() if allowed and now - since >= allowed]

    def _around(self) -> dict[str, Any]:
        return {"here": self.present(), "waits": self.waits}


class Reader:
    """Threads that read the log, so that no query ever waits in the event loop."""

    def __init__(self, threads: int = 2) -> None:
        self._pool = ThreadPoolExecutor(threads, "reader")
        self._threads = threads

    async def __call__(self, call: Callable[..., Any], *args: Any) -> Any:
        """What the call returns. One of `outage.AWAY` if the database does not answer."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, _reading, call, *args)

    def close(self) -> None:
        """End the threads and the connections they hold."""
        for _ in range(self._threads):
            self._pool.submit(_close_connection)
        self._pool.shutdown(wait=True)


def _reading(call: Callable[..., Any], *args: Any) -> Any:
    from django.db import connection

    try:
        found = call(*args)
    except Exception as error:
        connection.close()  # a broken connection is not used again
        if isinstance(error, outage.AWAY):
            outage.went(error)
        raise
    outage.over()
    return found


def _close_connection() -> None:
    from django.db import connection

    connection.close()
    time.sleep(0.05)  # so that each thread of the pool takes one of these


class Grown(Protocol):
    def __call__(self, room: HubRoom) -> None: ...


class Hub:
    """Rooms with sockets in this process. `grown` is called when a room has folded more lines."""

    def __init__(self, grown: Grown) -> None:
        self.rooms: dict[str, HubRoom] = {}
        self.reader = Reader()
        self.reading: set[asyncio.Task[None]] = set()  # catching up with the log
        self._grown = grown
        self._loading: dict[str, asyncio.Task[HubRoom]] = {}

    async def join(self, room_id: str, seat: str, key: str = "") -> Ear:
        """Register a socket. LookupError if there is no such room, TooManySockets of one seat.

        A room just loaded reads once more after it is registered, or a line between the two would
        wait for the poll.
        """
        room = self.rooms.get(room_id)
        if room is None:
            room = await self._load(room_id)
            self.catch_up(room)
        if len(room.ears.get(seat, ())) >= SOCKETS:
            raise TooManySockets(seat)
        ear = Ear(room, seat, key)
        room.ears.setdefault(seat, set()).add(ear)
        metrics.joined()
        self.rooms[room_id] = room
        return ear

    def leave(self, ear: Ear) -> bool:
        """Forget a socket. True if it was the seat's last one here."""
        room = ear.room
        room.ears[ear.seat].discard(ear)
        metrics.left()
        if room.ears[ear.seat]:
            return False
        del room.ears[ear.seat]
        if not room.ears and self.rooms.get(room.id) is room:
            del self.rooms[room.id]
        return True

    def sync(self, ear: Ear, epoch: str | None, after: int) -> None:
        """Give a socket exactly what it is missing, in pages, then let it live.

        Who claims another epoch, or to be ahead of the log, is started over (`from` is 0).
        """
        ear.acknowledge()
        if epoch not in (None, ear.room.epoch):
            ear.read_from(0)
        elif after <= ear.room.shown.get(ear.seat, 0):
            ear.read_from(after)
        else:
            self._read(self._claim(ear, after))

    async def _claim(self, ear: Ear, after: int) -> None:
        """Another process may have shown it more than this one has read: only the log knows."""
        while ear.close_code is None:
            try:
                await self._read_on(ear.room)
            except outage.AWAY:
                await asyncio.sleep(AGAIN)
                continue
            self.hand_out(ear.room)
            known = after <= ear.room.shown.get(ear.seat, 0)
            return ear.read_from(after if known else 0)
        return None

    def grew(self, room_id: str, entries: Sequence[log.Entry]) -> None:
        """Lines this process has just committed: straight out if they are the next ones."""
        room = self.rooms.get(room_id)
        if room is None:
            return
        if entries[0].line.seq > room.state.seq + 1:
            self.catch_up(room)
        else:
            self._take(room, [(e.line, e.event) for e in entries])

    def heard(self, room_id: str, seq: int) -> None:
        """Another process says that a room grew to `seq`."""
        room = self.rooms.get(room_id)
        if room is not None and seq > room.state.seq:
            self.catch_up(room)

    def catch_up(self, room: HubRoom) -> None:
        """Read the gap from the log, once at a time."""
        if room.catching_up is None or room.catching_up.done():
            room.catching_up = self._read(self._catch_up(room))

    def _read(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work)
        self.reading.add(task)  # a task nobody holds may be collected before it is done
        task.add_done_callback(self.reading.discard)
        return task

    async def close(self) -> None:
        """Read no more, and let the database go."""
        for task in self.reading:
            task.cancel()
        await asyncio.gather(*self.reading, return_exceptions=True)
        await asyncio.get_running_loop().run_in_executor(None, self.reader.close)

    async def poll(self) -> None:
        """One query for the heads of all rooms here: what a lost ring costs is one round of this."""
        try:
            heads = await self.reader(log.heads, list(self.rooms))
        except outage.AWAY:
            return  # the next round asks again
        for room_id, seq in heads.items():
            self.heard(room_id, seq)

    def show_heads(self, room: HubRoom) -> None:
        """Hand out heads that changed although no line came (somebody came or went)."""
        self._hand_out_soon(room, public=False)

    async def _catch_up(self, room: HubRoom) -> None:
        with contextlib.suppress(*outage.AWAY):  # the poll comes back to it
            await self._read_on(room)

    async def _read_on(self, room: HubRoom) -> None:
        """Read to the log's end. One of `outage.AWAY` if the database does not answer."""
        while True:
            seq = room.state.seq
            lines = await self.reader(_read_lines, room.id, seq)
            if not lines:
                return None
            self._take(room, lines)
            if room.state.seq == seq:
                return self._start_over(room)

    def give_up(self, room_id: str) -> None:
        """Something went wrong in handing out: forget the room, and let everybody come back to it."""
        room = self.rooms.get(room_id)
        if room is not None:
            self._start_over(room)

    def _start_over(self, room: HubRoom) -> None:
        """What was handed out cannot be gone on from."""
        logger.error("a room is read anew", extra={"room": room.id})
        self.let_go(room)

    def let_go(self, room: HubRoom) -> None:
        """Forget a room. Everybody comes back to it, and the log is read anew."""
        self.rooms.pop(room.id, None)
        for ear in room.all_ears():
            ear.close(4000)

    def _take(self, room: HubRoom, lines: Iterable[tuple[log.Line, m.AnyEvent]]) -> None:
        public = False
        for line, event in lines:
            if line.seq == room.state.seq + 1:  # others were taken before
                room.take(line, event)
                public = public or line.to is None
        self._hand_out_soon(room, public)
        self._grown(room)

    def _hand_out_soon(self, room: HubRoom, public: bool) -> None:
        """At once; but what is for everybody only so often: a lively room sends fewer, fuller frames.

        What only some may see neither hurries that nor holds it back, or its time would tell of it.
        """
        if room.later is not None:
            return
        now = time.monotonic()
        wait = room.paced + PACE - now if public else 0.0
        if wait > 0:
            room.later = asyncio.get_running_loop().call_later(wait, self.hand_out, room)
        else:
            room.paced = now if public else room.paced
            self.hand_out(room)

    def hand_out(self, room: HubRoom) -> None:
        """Everything new to the outboxes of the room's sockets, now."""
        begun = time.monotonic()
        if room.later is not None:
            room.later.cancel()
            room.later, room.paced = None, begun
        try:
            turn = room.turn()
            for seat, ears in room.ears.items():
                self._send(room, seat, ears, turn.of(seat))
            room.is_shown()
        except Exception:
            logger.exception("a hand-out failed", extra={"room": room.id})
            self._start_over(room)
        metrics.handed_out(time.monotonic() - begun)

    def _send(self, room: HubRoom, seat: str, ears: set[Ear], change: str) -> None:
        after, upto = room.shown.get(seat, 0), room.counts.get(seat, 0)
        if after == upto and change == NOTHING:
            return  # what changes nothing for a seat sends it nothing
        frame = room.frame(after, upto, room.fresh(seat), change)
        for ear in ears:
            if ear.n == after:
                ear.push(frame)
                ear.n = upto

    async def _load(self, room_id: str) -> HubRoom:
        """Two sockets that come at once share one load."""
        if room_id not in self._loading:
            self._loading[room_id] = asyncio.get_running_loop().create_task(self._read_room(room_id))
        try:
            room = await asyncio.shield(self._loading[room_id])
        finally:
            self._loading.pop(room_id, None)
        return self.rooms.setdefault(room_id, room)

    async def _read_room(self, room_id: str) -> HubRoom:
        room: HubRoom = await self.reader(_read_room, room_id)
        self.hand_out(room)  # to nobody yet: from here on only what is new
        return room


def _read_room(room_id: str) -> HubRoom:
    """A room folded to its log's end: in a reader's thread, for a long one takes its time."""
    row = log.rooms([room_id]).get(room_id)
    if row is None:
        raise LookupError(room_id)
    room = HubRoom(row.id, row.epoch, scenario_of(row.version_id, row.seniority, row.extra_time))
    for line, event in _read_lines(room_id, 0):
        room.take(line, event)
    return room


def _read_lines(room_id: str, after: int) -> list[tuple[log.Line, m.AnyEvent]]:
    return [(line, line.parsed().event) for line in log.read(room_id, after)]

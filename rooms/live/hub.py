"""The hub: this process's table of rooms and sockets. Hands out each audience's bytes, strictly in order.

What reads the log does so in other threads; all else runs in one event loop, so what stands between two
awaits happens at once. The hub never writes the log. It holds the fold of what each room was handed out.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import Coroutine, Iterable
from functools import partial
from itertools import count
from typing import Any, Protocol

from rooms.core import messages as m
from rooms.core.state import State
from rooms.live import log, metrics, outage
from rooms.live.ear import Ear
from rooms.live.group import Growth
from rooms.live.heads import NOTHING
from rooms.live.reader import Reader, asked
from rooms.live.room import HubRoom
from scenarios.queries import scenario as scenario_of

logger = logging.getLogger(__name__)

SOCKETS = 12  # of one seat in this process
PACE = 0.04  # seconds between two hand-outs of one room: what comes in between goes out together
AGAIN = 1.0  # seconds until the log is asked again for who waits for it

Read = list[tuple[log.Line, m.AnyEvent]]


class TooManySockets(Exception):
    """A seat has as many sockets as it may."""


class Grown(Protocol):
    def __call__(self, room: HubRoom) -> None: ...


class Hub:
    """Rooms with sockets in this process. `grown` is called when a room has folded more lines."""

    def __init__(self, grown: Grown) -> None:
        self.rooms: dict[str, HubRoom] = {}
        self.reader = Reader()
        self.reading: set[asyncio.Task[None]] = set()  # catching up with the log
        self.empty = asyncio.Event()  # nobody has a socket here
        self.empty.set()
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
        self.empty.clear()
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
        if not self.rooms:
            self.empty.set()
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

    def grew(self, growth: Growth) -> None:
        """Lines this process has just committed: straight out if they are the next ones."""
        room = self.rooms.get(growth.room_id)
        if room is None:
            return
        if growth.entries[0].line.seq > room.state.seq + 1:
            self.heard(room.id, growth.entries[-1].line.seq)
        else:
            after = growth.after if growth.before is room.state else None
            self._take(room, [(e.line, e.event) for e in growth.entries], after)

    def heard(self, room_id: str, seq: int) -> None:
        """The log says that a room grew to `seq`."""
        room = self.rooms.get(room_id)
        if room is not None and seq > room.state.seq:
            room.heard = max(room.heard, seq)
            self.catch_up(room)

    def read_ahead(self, room_id: str, seq: int) -> tuple[HubRoom, Read] | None:
        """In another thread: what a room grew to `seq` by, to be taken by `take_read` in the event loop.

        Nothing if it is here already, or if the database is away: the poll comes back to it.
        """
        room = self.rooms.get(room_id)
        if room is not None and (after := max(room.state.seq, room.ahead)) < seq:
            with contextlib.suppress(*outage.AWAY):
                lines = asked(partial(_read_lines, room_id, after, seq))
                room.ahead = lines[-1][0].seq if lines else after
                return room, lines
        return None

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
        for room_id, head in heads.items():
            room = self.rooms.get(room_id)
            if room is not None and room.epoch != head.epoch:  # what it holds is not in the log any more
                self.let_go(room)
            self.heard(room_id, head.seq)

    def show_heads(self, room: HubRoom) -> None:
        """Hand out heads that changed although no line came (somebody came or went)."""
        self._hand_out_soon(room, public=False)

    async def _catch_up(self, room: HubRoom) -> None:
        """Once, and again if meanwhile it was heard that the log goes on."""
        with contextlib.suppress(*outage.AWAY):  # the poll comes back to it
            before = -1
            while before < room.heard:
                before = room.heard
                await self._read_on(room)

    async def _read_on(self, room: HubRoom) -> None:
        """Read to the log's end. One of `outage.AWAY` if the database does not answer."""
        self.take_read(room, await self.reader(_read_lines, room.id, room.state.seq))

    def take_read(self, room: HubRoom, lines: Read) -> None:
        """Lines read from the log: the next ones, but for those that were taken meanwhile."""
        if not lines or lines[-1][0].seq <= room.state.seq or self.rooms.get(room.id) is not room:
            return
        self._take(room, lines)
        if room.state.seq < lines[-1][0].seq:
            self._start_over(room)

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
        if self.rooms.get(room.id) is room:
            del self.rooms[room.id]
        for ear in room.all_ears():
            ear.close(4000)

    def _take(
        self, room: HubRoom, lines: Iterable[tuple[log.Line, m.AnyEvent]], after: State | None = None
    ) -> None:
        """The lines that come next. `after`: the state they lead to, where somebody folded them already."""
        new = [pair for pair in lines if pair[0].seq > room.state.seq]  # others were taken before
        seqs = count(room.state.seq + 1)
        taken = [pair for pair, seq in zip(new, seqs, strict=False) if pair[0].seq == seq]
        room.take(taken, after)
        self._hand_out_soon(room, public=any(line.to is None for line, _ in taken))
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
    room = HubRoom(row, scenario_of(row.version_id, row.seniority, row.extra_time))
    room.take(_read_lines(room_id, 0))
    return room


def _read_lines(room_id: str, after: int, upto: int = 0) -> Read:
    """What comes after a seq; no further than `upto`, where that is the next one alone."""
    lines = log.line(room_id, upto) if upto == after + 1 else log.read(room_id, after)
    return [(line, line.event()) for line in lines]

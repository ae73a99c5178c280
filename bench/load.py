"""A load generator: sockets around tables, messages at given times, and what became of each.

Every message carries a mark, `~17~`. A socket notes each mark it hears and when. From that follow
latency (from the moment the message was due, so that a server that blocks cannot hide it), loss,
doubles and order. Frames that name their place in the feed are checked for gaps as well.
"""

import asyncio
import gc
import json
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count, pairwise

from bench.wire import Wire, connect

MARK = re.compile(rb"~(\d+)~")
EPOCH = re.compile(rb'"epoch":"([^"]*)"')
PLACE = re.compile(rb'"from":(\d+),"upto":(\d+)')
LENGTH = 120  # characters of a message
QUIET = 0.5  # seconds without a frame after which a table is taken to be at rest
STALLED = 3.0  # seconds without a frame after which what is missing is taken to be lost
PATIENCE = 12.0  # seconds to wait for either
FAULTS = ("lost", "doubled", "disorder", "gaps", "refused", "closed")

_marks = count(1)


@dataclass(frozen=True, slots=True)
class Chair:
    """Where a socket goes, whose it is, and what it sends first. Raters listen; all others speak."""

    room: int
    seat: str
    url: str
    headers: dict[str, str]
    hello: tuple[str, ...]

    @property
    def speaks(self) -> bool:
        return not self.seat.startswith("rater")


class Account:
    """What one socket in a room heard: each mark with its time, and what else came."""

    def __init__(self, room: int) -> None:
        self.room = room
        self.epoch: str | None = None
        self.upto = 0
        self.last = 0.0
        self.closed = False
        self.clear()

    def clear(self) -> None:
        """Begin a new run; the place in the feed is kept."""
        self.heard: list[tuple[int, float]] = []
        self.gaps = self.refused = self.bytes = 0

    def hear(self, frame: bytes, now: float) -> None:
        self.last = now
        self.bytes += len(frame)
        place = PLACE.search(frame, 0, 200)
        if place is not None:
            self._place(frame, int(place[1]), int(place[2]))
        else:
            self.refused += b'"refused"' in frame
        self.heard += [(int(mark), now) for mark in MARK.findall(frame)]

    def _place(self, frame: bytes, first: int, upto: int) -> None:
        self.gaps += first > self.upto  # less is no gap: an answer to a sync that a live frame overtook
        self.upto = upto
        if self.epoch is None and (found := EPOCH.search(frame, 0, 200)) is not None:
            self.epoch = found[1].decode()


class Socket(Account):
    """A client that keeps what it heard. It is opened, may be cut, and may come back."""

    def __init__(self, chair: Chair) -> None:
        super().__init__(chair.room)
        self.chair = chair

    async def open(self) -> None:
        """Connect and say hello."""
        await self._connect()
        for frame in self.chair.hello:
            self.wire.send(frame)

    async def come_back(self) -> None:
        """Connect again and ask for what came meanwhile. Seconds of `last` say when it was there."""
        await self._connect()
        self.last = time.perf_counter()
        self.sync()

    def sync(self) -> None:
        """Say how far it is. A socket that never does is closed one day; the floor knows no such thing."""
        if self.epoch is not None:
            self.wire.send(json.dumps({"type": "sync", "epoch": self.epoch, "after": self.upto}))

    async def _connect(self) -> None:
        # what comes is taken at once, so that only the server can be slow
        self.wire: Wire = await connect(self.chair.url, self.chair.headers, self._hear)
        self.closed = False
        self.wire.closed.add_done_callback(self._ended)

    def _hear(self, frame: bytes) -> None:
        self.hear(frame, time.perf_counter())

    def _ended(self, code: "asyncio.Future[int]") -> None:
        self.closed = True


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a run's messages. Latencies in ms; `lost` and `doubled` count deliveries."""

    sent: int
    p50: float
    p99: float
    deliveries: int
    lost: int
    doubled: int
    disorder: int  # sockets that heard their room in another order than its first socket
    gaps: int
    refused: int
    closed: int
    bytes: int

    def wrong(self) -> int:
        """How much was lost, doubled, moved, refused or cut."""
        return sum(getattr(self, name) for name in FAULTS)

    def faults(self) -> str:
        """What went wrong, in words; empty if nothing did."""
        return ", ".join(f"{getattr(self, name)} {name}" for name in FAULTS if getattr(self, name))


@dataclass
class Tables:
    """All sockets of one server. `say` makes the frame that says a text under a ref."""

    say: Callable[[str, str], str]
    sockets: list[Socket] = field(default_factory=list)

    async def seat(self, chairs: Sequence[Chair]) -> float:
        """Open a socket for each chair, eight at a time. Seconds until the last has all it was owed."""
        begun = time.perf_counter()
        come = [Socket(chair) for chair in chairs]
        self.sockets += come
        for first in range(0, len(come), 8):
            await asyncio.gather(*(socket.open() for socket in come[first : first + 8]))
        opened = time.perf_counter()
        await self.quiet()
        return max(opened, *(s.last for s in self.sockets)) - begun

    async def all_here(self) -> None:
        """Who was cut comes back."""
        if away := [socket for socket in self.sockets if socket.closed]:
            await asyncio.gather(*(socket.come_back() for socket in away))
            await self.quiet(STALLED)

    async def return_at_once(self) -> float:
        """Everybody is cut and comes back at the same time. Seconds until the last has all it was owed."""
        for socket in self.sockets:
            socket.wire.cut()
        await asyncio.gather(*(socket.wire.closed for socket in self.sockets))
        await self.quiet(1.0)  # the server has noticed
        begun = time.perf_counter()
        await asyncio.gather(*(socket.come_back() for socket in self.sockets))
        await self.quiet()
        return max(s.last for s in self.sockets) - begun

    async def quiet(self, seconds: float = QUIET, enough: Callable[[], bool] = lambda: False) -> None:
        """Until no frame has come for so long, or there is enough."""
        begun = time.perf_counter()
        while time.perf_counter() - begun < PATIENCE and not enough():
            await asyncio.sleep(0.05)
            last = max(begun, *(s.last for s in self.sockets))
            if time.perf_counter() - last > seconds:
                return

    async def leave(self, after: int = 0) -> None:
        """All but the first so many close their sockets."""
        self.sockets, going = self.sockets[:after], self.sockets[after:]
        for socket in going:
            socket.wire.close()
        await asyncio.wait([socket.wire.closed for socket in going], timeout=PATIENCE)

    async def steady(self, rate: float, seconds: float, silent: str = "") -> Outcome:
        """Messages at an even rate over all rooms, each room's speakers taking turns, but for one seat."""
        turns = [socket for socket in self._turns() if socket.chair.seat != silent]
        return await self._run([(n / rate, turns[n % len(turns)]) for n in range(round(rate * seconds))])

    async def burst(self, each: int) -> Outcome:
        """Every speaker says so many things at once."""
        return await self._run([(0.0, socket) for _ in range(each) for socket in self._turns()])

    def _turns(self) -> list[Socket]:
        """The speakers, room by room: the first of every room, then the second of every room, and on."""
        spoken: Counter[int] = Counter()
        placed = []
        for socket in self.sockets:
            if socket.chair.speaks:
                placed.append((spoken[socket.room], socket.room, socket))
                spoken[socket.room] += 1
        return [socket for _, _, socket in sorted(placed, key=lambda p: p[:2])]

    async def _run(self, plan: Sequence[tuple[float, Socket]]) -> Outcome:
        """`plan`: seconds from the beginning, and who speaks then."""
        due: dict[int, tuple[float, int]] = {}
        with undisturbed():
            begun = time.perf_counter()
            for offset, socket in plan:
                at = begun + offset
                await asyncio.sleep(max(0.0, at - time.perf_counter()))
                mark = next(_marks)
                due[mark] = (at, socket.room)
                socket.wire.send(self.say(f"b{mark}", _text(mark)))
        said = Counter(room for _, room in due.values())
        owed = sum(said[s.room] for s in self.sockets)
        await self.quiet(STALLED, lambda: sum(len(s.heard) for s in self.sockets) >= owed)
        return judged(self.sockets, due)

    async def ready(self) -> None:
        """Before a run: everybody has said how far he is, and the accounts are empty."""
        for socket in self.sockets:
            socket.sync()
        await self.quiet(0.2)
        for socket in self.sockets:
            socket.clear()


@contextmanager
def undisturbed() -> Iterator[None]:
    """No collection of the generator's own garbage: it would stop the clock for fifty milliseconds."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _text(mark: int) -> str:
    return f"~{mark}~ ".ljust(LENGTH, "x")


def judged(sockets: Sequence[Account], due: dict[int, tuple[float, int]]) -> Outcome:
    """Compare what each socket heard with what was said in its room. `due`: mark -> (when, room)."""
    said: Counter[int] = Counter(room for _, room in due.values())
    late: list[float] = []
    lost = doubled = 0
    orders: dict[int, set[tuple[int, ...]]] = {}
    for socket in sockets:
        marks = [mark for mark, _ in socket.heard if mark in due]
        late += [(at - due[mark][0]) * 1000 for mark, at in socket.heard if mark in due]
        lost += said[socket.room] - len(set(marks))
        doubled += len(marks) - len(set(marks))
        orders.setdefault(socket.room, set()).add(tuple(marks))
    late.sort()
    return Outcome(
        sent=len(due),
        p50=_at(late, 0.50),
        p99=_at(late, 0.99),
        deliveries=len(late),
        lost=lost,
        doubled=doubled,
        disorder=sum(_out_of_order(heard) for heard in orders.values()),
        gaps=sum(s.gaps for s in sockets),
        refused=sum(s.refused for s in sockets),
        closed=sum(s.closed for s in sockets),
        bytes=sum(s.bytes for s in sockets),
    )


def _out_of_order(heard: set[tuple[int, ...]]) -> int:
    """How many of these accounts of one room contradict the longest; one that merely lacks marks does not."""
    longest = {mark: place for place, mark in enumerate(max(heard, key=len, default=()))}
    return sum(_contradicts([longest[m] for m in marks if m in longest]) for marks in heard)


def _contradicts(places: Sequence[int]) -> bool:
    return any(one > other for one, other in pairwise(places))


def _at(ordered: Sequence[float], share: float) -> float:
    """The value below which that share lies; infinity if nothing came."""
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else float("inf")


def the_judge_sees_faults() -> None:
    """The control: three accounts of one room, each wrong in another way, and every fault is counted."""
    told = {"whole": (1, 2, 3), "lossy": (1, 3), "twice": (1, 2, 2, 3), "moved": (2, 1, 3)}
    accounts = []
    for marks in told.values():
        account = Account(room=0)
        for mark in marks:
            account.hear(f'{{"text":"~{mark}~"}}'.encode(), float(mark))
        accounts.append(account)
    found = judged(accounts, dict.fromkeys((1, 2, 3), (0.0, 0)))
    assert (found.lost, found.doubled, found.disorder) == (1, 1, 1), found

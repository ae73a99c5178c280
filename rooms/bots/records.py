"""What a worker remembers of rooms: their logs, parsed, and each bot's notes. Only what is new is read."""

import threading
import time
from collections import OrderedDict

from rooms.bots.seen import Record
from rooms.live import log
from rooms.live.group import Known

KEPT = 40_000  # lines a thread remembers, of all rooms together: some 60 MB
IDLE = 120.0  # seconds after which a room nobody asked for is forgotten

_own = threading.local()


def record(room_id: str, room: Known) -> Record:
    """The room's log up to the state that is known of it."""
    kept = _records()
    found = kept.get(room_id)
    if found is None or found.epoch != room.row.epoch or len(found.lines) > room.state.seq:
        found = Record(room.row.epoch)
    have = len(found.lines)
    if have < room.state.seq:
        found.lines.extend(log.parsed(log.read(room_id, have)[: room.state.seq - have]))
    kept[room_id] = found
    kept.move_to_end(room_id)
    found.used = time.monotonic()
    _forget(kept, found.used)
    return found


def _forget(kept: OrderedDict[str, Record], now: float) -> None:
    """The rooms asked for longest ago go first: those nobody needs, and what is too much."""
    lines = sum(len(one.lines) for one in kept.values())
    while len(kept) > 1:
        oldest = next(iter(kept.values()))
        if lines <= KEPT and now - oldest.used <= IDLE:
            return
        lines -= len(oldest.lines)
        kept.popitem(last=False)


def _records() -> OrderedDict[str, Record]:
    if not hasattr(_own, "records"):
        _own.records = OrderedDict()
    records: OrderedDict[str, Record] = _own.records
    return records

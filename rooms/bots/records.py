"""The logs a worker has read, parsed: a turn reads only what is new."""

import threading
from collections import OrderedDict
from typing import NamedTuple

from rooms.core.feed import Logged
from rooms.live import log
from rooms.live.writer import Known

KEPT = 100  # rooms a thread remembers, the least used forgotten first

_own = threading.local()


class Record(NamedTuple):
    """A room's log so far; of one epoch only."""

    epoch: str
    lines: list[Logged]


def record(room_id: str, room: Known) -> list[Logged]:
    """The room's log up to the state that is known of it. To be read, not changed."""
    kept = _records()
    found = kept.get(room_id)
    if found is None or found.epoch != room.epoch or len(found.lines) > room.state.seq:
        found = Record(room.epoch, [])
    have = len(found.lines)
    if have < room.state.seq:
        found.lines.extend(log.parsed(log.read(room_id, have)[: room.state.seq - have]))
    kept[room_id] = found
    kept.move_to_end(room_id)
    if len(kept) > KEPT:
        kept.popitem(last=False)
    return found.lines


def _records() -> OrderedDict[str, Record]:
    if not hasattr(_own, "records"):
        _own.records = OrderedDict()
    records: OrderedDict[str, Record] = _own.records
    return records

"""What is said in a room, and whether its log is whole."""

import time
from collections.abc import Callable

from rooms.core import messages as m
from rooms.live import log
from rooms.live.group import Job
from rooms.live.room import HubRoom
from rooms.service import known
from tests.builders import T0

PAUSE = ("facilitator", m.Pause())  # it changes when the clock knocks and whether the room is live


def say(room: str, ref: str, text: str = "") -> Job:
    return Job(room, "candidate", m.Say(text=text or ref), ref, T0 + 5)


def said(room: str) -> list[str]:
    return [e.event.text for e in log.parsed(log.read(room)) if isinstance(e.event, m.Said)]


def is_whole(room: str) -> None:
    """Places without a gap, and a row that says where they end."""
    seqs = [line.seq for line in log.read(room)]
    assert seqs == list(range(1, len(seqs) + 1))
    assert log.rooms([room])[room].last_seq == len(seqs)


def hub_room(room: str) -> HubRoom:
    """The room as a hub reads it from the log."""
    row = log.rooms([room])[room]
    here = HubRoom(row, known(room).scenario)
    here.take([(line, line.event()) for line in log.read(room)])
    return here


def until(true: Callable[[], object], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.02)

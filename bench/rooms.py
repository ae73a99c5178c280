"""Rooms of eight real seats to measure in."""

from functools import cache

from rooms.core import messages as m
from rooms.service import Opened, handle_now, open_room
from scenarios.loader import load_bundled
from scenarios.service import publish

SEATS = 8
SCENARIO = "fraud"


@cache
def _version() -> tuple[int, int]:
    """The published version, and how many raters make its table one of eight."""
    scenario = load_bundled(SCENARIO)
    return publish(scenario).pk, SEATS - 2 - len(scenario.roles)


def opened() -> Opened:
    """A room of the bundled case with a person's seat at every place."""
    version, raters = _version()
    return open_room(version, raters=raters)


def started(room: Opened) -> str:
    """Everybody sits down and the first phase runs; returns the room's id."""
    for seat in room.tokens:
        handle_now(room.room_id, seat, m.TakeSeat(name=f"Person {seat}"), "sit")
    handle_now(room.room_id, "facilitator", m.Start(anyway=True), "start")
    return room.room_id

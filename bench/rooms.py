"""Rooms of eight real seats to measure in."""

from collections.abc import Sequence
from functools import cache

from bench.core import play
from rooms.core import messages as m
from rooms.live import log
from rooms.live.append import append, appending
from rooms.live.now import wall_ms
from rooms.service import Opened, handle_now, open_room
from scenarios.loader import load_bundled
from scenarios.service import publish

SEATS = 8
SCENARIO = "fraud"


@cache
def _version(phase: int) -> tuple[int, int]:
    """The published version, and how many raters make its table one of eight. `phase`: see `opened`."""
    scenario = load_bundled(SCENARIO)
    if phase:
        phases = tuple(p.model_copy(update={"seconds": phase}) for p in scenario.phases)
        scenario = scenario.model_copy(update={"phases": phases})
    return publish(scenario).pk, SEATS - 2 - len(scenario.roles)


def opened(bots: Sequence[str] = (), phase: int = 0) -> Opened:
    """A room of the bundled case; a person's seat where no bot sits. `phase`: seconds of each, if not 0."""
    version, raters = _version(phase)
    return open_room(version, bots, raters=raters)


def started(room: Opened) -> str:
    """Everybody sits down and the first phase runs; returns the room's id."""
    for seat in room.tokens:
        handle_now(room.room_id, seat, m.TakeSeat(name=f"Person {seat}"), "sit")
    handle_now(room.room_id, "facilitator", m.Start(anyway=True), "start")
    return room.room_id


def with_log(events: int) -> Opened:
    """A live room in its first phase in which so much has happened already."""
    room = opened()
    played, _, state = play(load_bundled(SCENARIO), events, wall_ms(), step=1)
    row = log.rooms([room.room_id])[room.room_id]
    lines = [log.entry(seq, at, event, None, None) for seq, (at, event) in enumerate(played, 1)]
    more = lines[row.last_seq :]  # its opening, which is the beginning of what was played, is there
    with appending():
        append([log.Addition(row, more, next_look=None, live=state.status == "live")])
    return room

"""Read a seat's feed, ask its persona, knock on the door. And the same for the listener.

`take_turns` takes the time as an argument: tasks pass the wall clock, a rehearsal its own.
"""

import logging
import zlib
from collections.abc import Callable
from functools import lru_cache

from django.conf import settings

from rooms.bots import agenda, turns, voices
from rooms.bots.records import Record, record
from rooms.core import messages as m
from rooms.listener.choosing import heard_by_setting
from rooms.live import heartbeat, log
from rooms.live.group import Known
from rooms.live.now import wall_ms
from rooms.service import handle_now, known
from scenarios.core.schema import CANDIDATE
from scenarios.core.script import Script
from scenarios.loader import bundled_script

logger = logging.getLogger(__name__)

SOONEST = 200  # ms until the next turn at least
FARTHEST = 10_000  # ms: for longer waits the sweep comes first
LOOK = 5_000  # ms between two looks at a room whose bots want nothing: a silence may be long enough by then
LOOK_AT_PEOPLE = 15_000  # ms where there are no bots: only the listener's call can have been lost
SENT = 10_000  # ms until a room is sent for again whose turn did not come
LOST = 2_000  # ms after a turn that nobody took, when its call is taken to be lost

Again = Callable[[str, int, float], None]  # room, when (wall ms), in so many seconds


class Stored:
    """The door into a room's log."""

    def __init__(self, room_id: str) -> None:
        self.room_id = room_id
        self._room: Known | None = None

    def known(self) -> Known:
        self._room = known(self.room_id)
        return self._room

    def read(self) -> Record:
        """The log up to the head that was asked for last: one question to the database, not two."""
        return record(self.room_id, self._room or self.known())

    def send(self, seat: str, command: m.AnyCommand, ref: str, now: int, bot: bool = False) -> None:
        handle_now(self.room_id, seat, command, ref, now, bot=bot)


def take_turns(
    room_id: str,
    now: int,
    script: Script | None = None,
    seed: int | None = None,
    acted: Callable[[int], None] = lambda due: None,
    voice: turns.Voice | None = None,
) -> int | None:
    """`turns.take_turns` in a room of the log. LookupError without the room.

    A bot in the candidate's chair follows the given script, or the case's strong one.
    """
    seed = zlib.crc32(room_id.encode()) if seed is None else seed
    if script is None:
        script = _strong_if_asked(known(room_id))
    return turns.take_turns(Stored(room_id), now, script, seed, acted, voice, heard_by_setting)


def hear_all(room_id: str, now: int) -> None:
    """The listener hears every utterance of the candidate it has not heard yet, in order."""
    turns.hear_all(Stored(room_id), now, heard_by_setting)


def knock(room_id: str, now: int) -> None:
    """The clock's knock for a room nobody watches."""
    turns.knock(Stored(room_id), now)


def _strong_if_asked(room: Known) -> Script | None:
    chair = room.state.seats.get(CANDIDATE)
    return _strong(room.scenario.slug) if chair is not None and chair.bot else None


@lru_cache(maxsize=32)
def _strong(slug: str) -> Script | None:
    try:
        return bundled_script(slug, "strong")
    except KeyError:
        return None


# --- in a live room ----------------------------------------------------------------------------------


def live_turn(room_id: str, due: int | None, again: Again) -> None:
    """One turn on the wall clock; then ask to be called `again` when the next bot wants to act.

    Of several calls that wait for a room only the one set last goes on: it knows the most. None is
    asked for where one waits for that very time, or where the sweep comes before it: what an hour of
    many rooms asks of a worker is mostly calls.
    """
    if due is not None and not agenda.is_next(room_id, due):
        return
    now = wall_ms()
    try:
        soonest = take_turns(room_id, now, acted=heartbeat.late, voice=voices.live())
    except LookupError:
        agenda.forget([room_id])
        raise
    if soonest is None:
        _rest(room_id, now)
    else:
        _come_again(room_id, now, max(soonest, now + SOONEST), due, again)


def asks_a_model(room_id: str) -> bool:
    """Whether a turn there may wait for a language model. LookupError without the room."""
    if not settings.LLM_URL:
        return False
    return settings.LISTENER == "llm" or bool(known(room_id).state.model)


def _come_again(room_id: str, now: int, at: int, due: int | None, again: Again) -> None:
    if at - now > FARTHEST:
        agenda.note(room_id, None, look=now + LOOK)  # a noted turn is one a call waits for
        return
    waits = agenda.note(room_id, at, look=at + LOST)
    if not waits or due is not None:  # this call was the one that waited
        again(room_id, at, (at - now) / 1000)


def _rest(room_id: str, now: int) -> None:
    """No bot wants anything: a live room is looked at again, for time alone may change that."""
    state = known(room_id).state
    if state.status == "live":
        bots = any(s.bot for s in state.seats.values())
        agenda.note(room_id, None, look=now + (LOOK if bots else LOOK_AT_PEOPLE))
    else:
        agenda.forget([room_id])


def sweep(wake: Callable[[list[str]], None]) -> None:
    """Knock at every overdue room, and wake the bots of those that are due a look.

    A lost call is made up for: a room's look is due soon after its turn, and a live room of which
    nothing is noted is due at once.
    """
    now = wall_ms()
    for room_id in log.overdue(now):
        try:
            knock(room_id, now)
        except m.Refused as no:
            logger.warning("the sweep was refused: %s", no.code, extra={"room": room_id})
    due = agenda.to_look_at(now)
    for page in log.live_rooms():
        due += agenda.unnoted(page)
    agenda.sent_for(due, now + SENT)
    wake(due)

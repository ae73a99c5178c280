"""Read a seat's feed, ask its persona, knock on the door. And the same for the listener.

`take_turns` takes the time as an argument: tasks pass the wall clock, a rehearsal its own.
"""

import logging
import zlib
from collections.abc import Callable, Mapping

from rooms.bots import agenda
from rooms.bots.candidate import candidate_move
from rooms.bots.notes import take_notes
from rooms.bots.personas import next_move
from rooms.bots.records import record
from rooms.bots.view import Move, View
from rooms.core import messages as m
from rooms.core.director import next_look
from rooms.core.feed import Item
from rooms.core.policy import CLOCK, LISTENER
from rooms.core.state import State
from rooms.listener.builtin import hear_event
from rooms.live import heartbeat, log
from rooms.live.hub import wall_ms
from rooms.service import handle_now, known
from scenarios.core.schema import CANDIDATE, Scenario
from scenarios.core.script import ScriptLine
from scenarios.loader import bundled_script

logger = logging.getLogger(__name__)

AFTER_REFUSAL = 5_000  # ms until a bot that was refused thinks again
IN_A_TURN = 20  # commands one call may send before it lets others in
SOONEST = 200  # ms until the next turn at least
FARTHEST = 10_000  # ms: for longer waits the sweep comes first
LOOK = 5_000  # ms between two looks at a room whose bots want nothing: a silence may be long enough by then
LOOK_AT_PEOPLE = 15_000  # ms where there are no bots: only the listener's call can have been lost
SENT = 10_000  # ms until a room is sent for again whose turn did not come
LOST = 2_000  # ms after a turn that nobody took, when its call is taken to be lost

Script = tuple[ScriptLine, ...]
Again = Callable[[str, int, float], None]  # room, when (wall ms), in so many seconds


def take_turns(
    room_id: str,
    now: int,
    script: Script | None = None,
    seed: int | None = None,
    acted: Callable[[int], None] = lambda due: None,
) -> int | None:
    """Everything the listener and the bots would do at `now` (ms). Returns when the next one is due.

    Doing it twice is harmless: a ref is made from what the bot had seen. LookupError without the room.
    `acted` is told of each thing a bot did when it had been due.
    """
    seed = zlib.crc32(room_id.encode()) if seed is None else seed
    hear_all(room_id, now)
    refused: set[str] = set()
    for _ in range(IN_A_TURN):
        moves = _moves(room_id, now, script, seed)
        ready = [x for x in moves if x[2].at <= now and x[0] not in refused]
        if not ready:
            # who was refused would ask for the same again until its feed grows: the others go on
            return min((now + AFTER_REFUSAL if x[0] in refused else x[2].at for x in moves), default=None)
        seat, n, move = min(ready, key=lambda x: (x[2].at, x[0]))
        if _knock(room_id, seat, n, move, now):
            acted(move.at)
        else:
            refused.add(seat)
        hear_all(room_id, now)
    return now


def hear_all(room_id: str, now: int) -> None:
    """The listener hears every utterance of the candidate it has not heard yet, in order."""
    room = known(room_id)
    if room.state.utterances == room.state.heard_to:
        return
    for line in record(room_id, room).lines:
        number = getattr(line.event, "utterance", None)
        if number is not None and number > room.state.heard_to and not isinstance(line.event, m.Heard):
            command = m.Hear(utterance=number, acts=hear_event(line.event)[:12])
            handle_now(room_id, LISTENER, command, f"heard:{number}", now)


def _knock(room_id: str, seat: str, n: int, move: Move, now: int) -> bool:
    try:
        handle_now(room_id, seat, move.command, f"bot:{n}", now, bot=True)
    except m.Refused as no:
        logger.info("a bot was refused: %s", no.code, extra={"room": room_id, "cause": f"{seat}:bot:{n}"})
        return False
    return True


def _moves(room_id: str, now: int, script: Script | None, seed: int) -> list[tuple[str, int, Move]]:
    """(seat, items it has seen, its next move) for each bot that has one."""
    room, moves = known(room_id), []
    logged = record(room_id, room)
    for chair in room.state.seats.values():
        if not chair.bot:
            continue
        seen = logged.seen(chair.seat)
        view = view_of(room.scenario, room.state, seen.items, chair.seat, now, seed)
        if chair.kind == "candidate":
            move = _candidate(room.scenario, view, script)
        else:
            seen.notes = take_notes(view, seen.notes)
            move = next_move(view, seen.notes)
        if move is not None:
            moves.append((chair.seat, len(view.items), move))
    return moves


def _candidate(scenario: Scenario, view: View, script: Script | None) -> Move | None:
    """A bot in the candidate's chair follows a script: the given one, or the case's strong one."""
    if script is None:
        try:
            script = bundled_script(scenario.slug, "strong")
        except KeyError:
            return None
    return candidate_move(script, inject_texts(scenario), view)


def inject_texts(scenario: Scenario) -> Mapping[str, str]:
    """What is said -> which inject it is. Only a rehearsal's candidate is told."""
    return {i.text: i.key for i in scenario.injects}


def view_of(scenario: Scenario, state: State, items: list[Item], seat: str, now: int, seed: int) -> View:
    """What a persona in this seat may know: nothing of another seat's private papers."""
    role = None if seat == CANDIDATE else scenario.role(state.seats[seat].role)
    key = role.key if role else None
    return View(
        seat=seat,
        role=role,
        now=now,
        seed=seed,
        status=state.status,
        items=tuple(items),
        phases=scenario.phases,
        phase=state.phase,
        phase_started_at=state.wall(state.started),
        ends_at=state.wall(state.ends),
        facts=tuple(f for f in scenario.facts if f.held_by == key),
        data_sets=tuple(d for d in scenario.data_sets if d.held_by == key),
        quiet=state.quiet,
        names={s.seat: s.name or s.title for s in state.seats.values()},
    )


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
        soonest = take_turns(room_id, now, acted=heartbeat.late)
    except LookupError:
        agenda.forget([room_id])
        raise
    if soonest is None:
        _rest(room_id, now)
    else:
        _come_again(room_id, now, max(soonest, now + SOONEST), due, again)


def _come_again(room_id: str, now: int, at: int, due: int | None, again: Again) -> None:
    if at - now > FARTHEST:
        agenda.note(room_id, at, look=now + LOOK)
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


def knock(room_id: str, now: int) -> None:
    """The clock's knock for a room nobody watches. The ref is the one every other clock would use."""
    room = known(room_id)
    due = next_look(room.scenario, room.state)
    if due is not None and due <= now:
        handle_now(room_id, CLOCK, m.Tick(), f"tick:{room.state.seq}:{due}", now)


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

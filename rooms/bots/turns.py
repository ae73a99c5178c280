"""Turns at a table: what the listener and the bots of a room would do now, wherever that room is kept.

A `Door` is a room as bots meet it: what is known of it, what each seat has seen, and the way in. One leads
into the log (`runner`), one into memory (`memory`); the turns are the same.
"""

import logging
from collections.abc import Callable, Mapping
from typing import NamedTuple, Protocol

from rooms.bots.candidate import candidate_move
from rooms.bots.notes import take_notes
from rooms.bots.personas import next_move
from rooms.bots.seen import Record
from rooms.bots.view import Move, View
from rooms.core import messages as m
from rooms.core.director import next_look
from rooms.core.feed import Item
from rooms.core.policy import CLOCK, LISTENER
from rooms.core.state import State
from rooms.listener.builtin import hear_event
from scenarios.core.schema import CANDIDATE, FACILITATOR, Scenario
from scenarios.core.script import Script

logger = logging.getLogger(__name__)

AFTER_REFUSAL = 5_000  # ms until a bot that was refused thinks again
IN_A_TURN = 20  # commands one call may send before it lets others in
STEPS = 20_000  # knocks of a simulated clock; far more than any hour needs


class Stuck(RuntimeError):
    """An hour on a simulated clock did not come to an end."""


class Known(Protocol):
    """What a room plays, and where it stands."""

    @property
    def scenario(self) -> Scenario: ...

    @property
    def state(self) -> State: ...


Ear = Callable[[m.AnyEvent], tuple[str, ...]]  # the acts of what the candidate did


class Voice(Protocol):
    """Another's words for what a scripted persona would say now."""

    def __call__(self, door: "Door", seat: str, n: int, wanted: m.AnyCommand, now: int) -> "Worded":
        """May take seconds. What a script owes is said whatever comes of it."""
        ...


class Worded(NamedTuple):
    """`command`: None leaves the moment unused. `asked`: somebody was asked, and time has passed."""

    command: m.AnyCommand | None
    asked: bool = False


class Door(Protocol):
    """A room as bots meet it."""

    room_id: str

    def known(self) -> Known:
        """Scenario and state at the log's head."""
        ...

    def read(self) -> Record:
        """The log up to that head."""
        ...

    def send(self, seat: str, command: m.AnyCommand, ref: str, now: int, bot: bool = False) -> None:
        """The one way to change the room. Raises Refused."""
        ...


def take_turns(
    door: Door,
    now: int,
    script: Script | None,
    seed: int,
    acted: Callable[[int], None] = lambda due: None,
    voice: Voice | None = None,
    ear: Ear = hear_event,
) -> int | None:
    """Everything the listener and the bots would do at `now` (ms). Returns when the next one is due.

    Doing it twice is harmless: a ref is made from what the bot had seen. `script` is followed by a bot in
    the candidate's chair. `acted` is told of each thing a bot did when it had been due. `voice` may put
    the words of a panel's bot otherwise; after one that took time the others wait for the next turn.
    `ear` is the listener.
    """
    hear_all(door, now, ear)
    refused: set[str] = set()
    unused: set[tuple[str, int]] = set()  # seat, items it had seen: moments left unused
    for _ in range(IN_A_TURN):
        moves = [x for x in _moves(door, now, script, seed) if (x[0], x[1]) not in unused]
        ready = [x for x in moves if x[2].at <= now and x[0] not in refused]
        if not ready:
            # who was refused would ask for the same again until its feed grows: the others go on
            return min((now + AFTER_REFUSAL if x[0] in refused else x[2].at for x in moves), default=None)
        seat, n, move = min(ready, key=lambda x: (x[2].at, x[0]))
        worded = _worded(door, voice, seat, n, move, now)
        if worded.command is None:
            unused.add((seat, n))
        elif _act(door, seat, n, worded.command, now):
            acted(move.at)
        else:
            refused.add(seat)
        hear_all(door, now, ear)
        if worded.asked:
            return now
    return now


def _worded(door: Door, voice: Voice | None, seat: str, n: int, move: Move, now: int) -> Worded:
    if voice is None or not isinstance(move.command, m.Say) or seat == CANDIDATE:
        return Worded(move.command)
    return voice(door, seat, n, move.command, now)


def hear_all(door: Door, now: int, ear: Ear = hear_event) -> None:
    """The listener hears every utterance of the candidate it has not heard yet, in order."""
    state = door.known().state
    if state.utterances == state.heard_to:
        return
    for line in tuple(door.read().lines):
        number = getattr(line.event, "utterance", None)
        if number is not None and number > state.heard_to and not isinstance(line.event, m.Heard):
            command = m.Hear(utterance=number, acts=ear(line.event)[:12])
            door.send(LISTENER, command, f"heard:{number}", now)


def knock(door: Door, now: int) -> None:
    """The clock's knock for a room nobody watches. The ref is the one every other clock would use."""
    room = door.known()
    due = next_look(room.scenario, room.state)
    if due is not None and due <= now:
        door.send(CLOCK, m.Tick(), f"tick:{room.state.seq}:{due}", now)


def play(door: Door, opens: int, script: Script, seed: int, voice: Voice | None = None) -> None:
    """A room of bots from the lobby to its last phase's end, on a clock of its own that begins at `opens`.

    Raises Stuck if it does not end.
    """
    for chair in tuple(door.known().state.seats.values()):
        if chair.kind in ("facilitator", "rater"):
            name = "Facilitator" if chair.kind == "facilitator" else f"Scripted {chair.seat}"
            door.send(chair.seat, m.TakeSeat(name=name), "sit", opens)
    now = opens + 1_000
    door.send(FACILITATOR, m.Start(), "start", now)
    for _ in range(STEPS):
        soonest = take_turns(door, now, script, seed, voice=voice)
        room = door.known()
        if room.state.status == "ended":
            return
        look = next_look(room.scenario, room.state)
        now = max(now + 1, min(t for t in (soonest, look) if t is not None))
        knock(door, now)
    raise Stuck(f"room {door.room_id} did not end after {STEPS} knocks of the clock")


def _act(door: Door, seat: str, n: int, command: m.AnyCommand, now: int) -> bool:
    try:
        door.send(seat, command, f"bot:{n}", now, bot=True)
    except m.Refused as no:
        extra = {"room": door.room_id, "cause": f"{seat}:bot:{n}"}
        logger.info("a bot was refused: %s", no.code, extra=extra)
        return False
    return True


def _moves(door: Door, now: int, script: Script | None, seed: int) -> list[tuple[str, int, Move]]:
    """(seat, items it has seen, its next move) for each bot that has one."""
    room, read, moves = door.known(), door.read(), []
    for chair in room.state.seats.values():
        if not chair.bot:
            continue
        seen = read.seen(chair.seat)
        view = view_of(room.scenario, room.state, seen.items, chair.seat, now, seed)
        if chair.kind == "candidate":
            move = candidate_move(script, inject_texts(room.scenario), view) if script else None
        else:
            seen.notes = take_notes(view, seen.notes)
            move = next_move(view, seen.notes)
        if move is not None:
            moves.append((chair.seat, len(view.items), move))
    return moves


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

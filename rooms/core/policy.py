"""May this seat do this now? The only answer, asked by `decide` and by `head`."""

from typing import NamedTuple

from rooms.core.messages import AnyCommand, Consent, Refused, Start
from rooms.core.state import State
from scenarios.core.schema import Scenario

CLOCK = "clock"
LISTENER = "listener"
DATA_ROOM = "data_room"
MODEL = "model"

PEOPLE = ("candidate", "panel", "facilitator", "rater", "observer")
TABLE = ("candidate", "panel", "facilitator")
OPEN = ("lobby", "live", "paused")
MAX_QUERIES = 150  # of one room: each goes into the log with the beginning of its answer
ALWAYS = ("lobby", "live", "paused", "ended")


class Right(NamedTuple):
    kinds: tuple[str, ...]
    when: tuple[str, ...]


# one row a command; a command without a row cannot be sent (a test holds the table complete)
RIGHTS: dict[str, Right] = {
    "take_seat": Right(PEOPLE, ALWAYS),
    "ready": Right(("candidate", "panel", "rater"), ("lobby",)),
    "say": Right(TABLE, ("lobby", "live")),
    "ask": Right(TABLE, ("live",)),
    "summarise": Right(TABLE, ("live",)),
    "raise_hand": Right(("candidate", "panel"), ("live",)),
    "consent": Right(("candidate",), ALWAYS),  # taking it back is possible for as long as there is a record
    "assume": Right(("candidate",), ("live",)),
    "commit": Right(("candidate",), ("live",)),
    "revise": Right(("candidate",), ("live",)),
    "request_data": Right(("candidate",), ("live",)),
    "look": Right(("candidate",), ("live",)),
    "give_data": Right(("panel",), ("live",)),
    "delay_data": Right(("panel",), ("live",)),
    "refuse_data": Right(("panel",), ("live",)),
    "reveal": Right(("panel",), ("live",)),
    "inject": Right(("panel",), ("live",)),
    "whisper": Right(("panel", "facilitator"), OPEN),
    "start": Right(("facilitator",), ("lobby",)),
    "pause": Right(("facilitator",), ("live",)),
    "resume": Right(("facilitator",), ("paused",)),
    "extend": Right(("facilitator",), ("live", "paused")),
    "advance": Right(("facilitator",), ("live", "paused")),
    "fire": Right(("facilitator",), ("live",)),
    "hold": Right(("facilitator",), OPEN),
    "skip": Right(("facilitator",), OPEN),
    "seat_bot": Right(("facilitator",), OPEN),
    "unseat_bot": Right(("facilitator",), OPEN),
    "quiet_bots": Right(("facilitator",), OPEN),
    "end": Right(("facilitator",), OPEN),
    "tick": Right((CLOCK,), ALWAYS),
    "stand_in": Right((CLOCK,), ALWAYS),
    "record_query": Right((DATA_ROOM,), ALWAYS),  # one that was asked in time
    "record_answer": Right((MODEL,), ALWAYS),  # one that was asked for in time
    "hear": Right((LISTENER,), ALWAYS),
}


def check(scenario: Scenario, state: State, seat: str, command: AnyCommand, bot: bool = False) -> None:
    """Raise Refused if this seat may not send this command now.

    `bot`: the hands are a persona's. A bot may act only in a seat it holds, and a person
    only in a seat no bot holds (taking the seat is how a person gets it back).
    """
    right = RIGHTS[command.type]
    if kind_of(state, seat) not in right.kinds:
        raise Refused("not_your_part", f"a {kind_of(state, seat)} cannot {plain(command.type)}")
    if state.status not in right.when:
        raise Refused("not_now", f"the room is {state.status}: you cannot {plain(command.type)} now")
    if command.type != "take_seat" and seat in state.seats and state.seats[seat].bot != bot:
        raise Refused("seat_held", "a bot holds this seat" if not bot else "this seat is not a bot's")
    if isinstance(command, Start):
        _check_start(state, command)
    if isinstance(command, Consent):
        _check_consent(state, command)


def check_query(state: State, seat: str) -> None:
    """Raise Refused if this seat may not question its tables now. Asked before a query is run."""
    if kind_of(state, seat) != "candidate":
        raise Refused("not_your_part", "only the candidate questions the tables")
    if state.status != "live":
        raise Refused("not_now", f"the room is {state.status}: tables can be questioned while it is live")
    if state.seats[seat].bot:
        raise Refused("seat_held", "a bot holds this seat")
    if not state.grants:
        raise Refused("not_now", "no table has been granted yet; ask for data first")
    if state.queries >= MAX_QUERIES:
        raise Refused("full", f"a room holds {MAX_QUERIES} queries")


def kind_of(state: State, seat: str) -> str:
    """The seat's kind; the clock and the listener are kinds of their own."""
    return state.seats[seat].kind if seat in state.seats else seat


def may(state: State, seat: str) -> list[str]:
    """The command types a person in this seat may send now, in the table's order."""
    held = state.seats[seat].bot
    return [
        name
        for name, right in RIGHTS.items()
        if state.seats[seat].kind in right.kinds
        and state.status in right.when
        and (not held or name == "take_seat")
        and (state.notice or name != "consent")
    ]


def not_ready(state: State) -> list[str]:
    """Who the start still waits for, by seat: empty chairs of the table and unready people."""
    return [
        s.seat
        for s in state.seats.values()
        if s.kind in ("candidate", "panel") and not (s.ready and s.occupant != "empty")
    ]


def lacks_consent(state: State) -> bool:
    """Whether the room must not start, because the candidate has not agreed to its notice."""
    return bool(state.notice) and state.consent != "given"


def plain(name: str) -> str:
    return name.replace("_", " ")


def _check_start(state: State, command: Start) -> None:
    if lacks_consent(state):
        raise Refused("no_consent", "the candidate has not agreed to the notice; nobody can start without it")
    waiting = not_ready(state)
    if waiting and not command.anyway:
        raise Refused("not_ready", f"still waiting for: {', '.join(waiting)}")


def _check_consent(state: State, command: Consent) -> None:
    """There must be something to agree to; agreeing comes before the start, taking it back at any time."""
    if not state.notice:
        raise Refused("not_now", "this room has no notice to agree to")
    if command.given and state.status != "lobby":
        raise Refused("not_now", "consent is given before the room starts")

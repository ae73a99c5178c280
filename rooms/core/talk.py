"""What is said, decided and given up: command in, event out."""

from typing import TypeVar

from rooms.core import messages as m
from rooms.core.state import Decision, State
from scenarios.core.schema import CANDIDATE, DataSet, Fact, Scenario

_Held = TypeVar("_Held", Fact, DataSet)

# The board goes out whole: these keep it well below what one socket may be sent at once.
MAX_MARKS = 60  # decisions, assumptions and requests of one room, each
MAX_REVISIONS = 120
MAX_OBJECTIONS = 60


def say(state: State, seat: str, command: m.Say) -> m.Said:
    if command.about is not None:
        _decision(state, command.about)
    if command.stance is not None and state.seats[seat].kind != "panel":
        raise m.Refused("not_your_part", "only the panel objects or yields")
    if command.stance is not None and command.about is None:
        raise m.Refused("invalid", "about: name the decision you object to or yield on")
    if command.stance == "objects" and sum(len(d.objections) for d in state.decisions) >= MAX_OBJECTIONS:
        raise m.Refused("full", f"a room holds {MAX_OBJECTIONS} objections")
    number = utterance(state, seat)
    return m.Said(by=seat, text=command.text, about=command.about, stance=command.stance, utterance=number)


def ask(scenario: Scenario, state: State, seat: str, command: m.Ask) -> m.Asked:
    if command.role != CANDIDATE and state.seat_of(command.role) is None:
        raise m.Refused("no_such", f"role: nobody here plays {command.role}")
    return m.Asked(by=seat, role=command.role, text=command.text, utterance=utterance(state, seat))


def utterance(state: State, seat: str) -> int | None:
    return state.utterances + 1 if state.seats[seat].kind == "candidate" else None


# --- decisions and facts -------------------------------------------------------------------------------


def commit(state: State, seat: str, c: m.Commit) -> m.Decided:
    return m.Decided(
        by=seat,
        mark=mark("D", len(state.decisions)),
        choice=c.choice,
        why=c.why,
        gives_up=c.gives_up,
        would_change=c.would_change,
        utterance=utterance(state, seat),
    )


def revise(state: State, seat: str, c: m.Revise) -> m.Revised:
    decision = _decision(state, c.decision)
    if state.revisions() >= MAX_REVISIONS:
        raise m.Refused("full", f"a room holds {MAX_REVISIONS} revisions")
    return m.Revised(
        by=seat,
        mark=c.decision,
        version=len(decision.versions) + 1,
        choice=c.choice,
        why=c.why,
        gives_up=c.gives_up,
        would_change=c.would_change,
        utterance=utterance(state, seat),
    )


def reveal(scenario: Scenario, state: State, seat: str, c: m.Reveal) -> m.FactRevealed:
    fact = held(scenario.facts, c.fact, state.seats[seat].role)
    if fact is None or c.fact in state.facts_out:
        raise m.Refused("too_late", "fact: this is out already")
    return m.FactRevealed(by=seat, fact=fact.key, text=c.text or fact.text)


def held(items: tuple[_Held, ...], key: str | None, role: str) -> _Held | None:
    """The item of that key if this role holds it. Refused if it does not: never says which."""
    if key is None:
        return None
    for item in items:
        if item.key == key and item.held_by == role:
            return item
    raise m.Refused("no_such", f"{key}: your seat holds nothing of that name")


def _decision(state: State, mark: str) -> Decision:
    decision = state.decision(mark)
    if decision is None:
        raise m.Refused("no_such", f"there is no decision {mark}")
    return decision


def mark(letter: str, so_far: int) -> str:
    if so_far >= MAX_MARKS:
        raise m.Refused("full", f"a room holds {MAX_MARKS} of these")
    return f"{letter}{so_far + 1}"

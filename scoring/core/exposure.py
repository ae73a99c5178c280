"""What the candidate was exposed to: what probed which dimension, and what was planned but not put."""

from collections import deque
from collections.abc import Iterable
from typing import Literal, NamedTuple

from rooms.core.messages import InjectFired, InjectSpoken
from rooms.core.state import State, apply, fold
from scenarios.core.schema import Doc, Inject, Scenario
from scoring.core.pressure import Left, Pressed, pressed, room_left
from scoring.core.record import Entry, minutes, moments

Sitter = Literal["person", "bot", "empty"]
TIGHT = 20_000  # ms left to answer an inject, below which a report says so


class Probe(Doc):
    """An inject as it was put. `at` in ms; `into` ms into the phase; `by`: director, facilitator or panel."""

    inject: str
    title: str
    kind: str
    dimensions: tuple[str, ...]
    text: str
    expected: str
    wrong_on_purpose: bool
    own_words: bool  # put in other words than the scenario's
    seat: str
    sitter: Sitter
    name: str
    by: str
    why: str
    phase: str | None
    phase_name: str
    into: int
    at: int
    had: int = 0  # ms until the next inject of the phase, or its end
    answered: int | None = None  # ms until the candidate's first words; None: none in that time


class NotPut(Doc):
    """An inject that was planned and not put. `owed`: every candidate should meet it."""

    inject: str
    title: str
    kind: str
    phase: str
    dimensions: tuple[str, ...]
    owed: bool
    state: str
    why: str


class Coverage(Doc):
    """One dimension: injects planned and put, and of those that every candidate is owed."""

    dimension: str
    name: str
    planned: int
    spoken: int
    owed: int
    owed_spoken: int


class Exposure(Doc):
    probes: tuple[Probe, ...]
    not_put: tuple[NotPut, ...]
    coverage: tuple[Coverage, ...]
    pressure: tuple[Pressed, ...] = ()  # how hard each phase pressed
    warnings: tuple[str, ...]  # why this room compares badly with others of its scenario


def exposure(scenario: Scenario, record: tuple[Entry, ...]) -> Exposure:
    """The ledger of pressure of one room."""
    put = probes(scenario, record)
    left = not_put(scenario, record)
    return Exposure(
        probes=put,
        not_put=left,
        coverage=coverage(scenario, put),
        pressure=pressed(scenario, record),
        warnings=tuple(_warnings(scenario, put, left)),
    )


def probes(scenario: Scenario, record: tuple[Entry, ...]) -> tuple[Probe, ...]:
    """Every inject that was put, in order: the fact for those who may know, with the words everyone heard."""
    phases = {phase.key: phase.name for phase in scenario.phases}
    when, left = moments(record), room_left(record)
    spoken: dict[str, deque[str]] = {}
    for entry in record:
        if isinstance(entry.event, InjectSpoken):
            spoken.setdefault(entry.event.by, deque()).append(entry.event.text)
    found = []
    for entry, fired, state in _fired(record):
        moment = when[entry.seq]
        put = _Put(
            at=entry.at,
            phase=moment.phase,
            phase_name=phases.get(moment.phase or "", ""),
            into=moment.into,
            text=spoken[fired.seat].popleft() if spoken.get(fired.seat) else "",
            left=left[fired.inject],
        )
        found.append(_probe(scenario.inject(fired.inject), fired, put, state))
    return tuple(found)


def not_put(scenario: Scenario, record: tuple[Entry, ...]) -> tuple[NotPut, ...]:
    """The planned injects that were not put, in the scenario's order."""
    state = fold((entry.at, entry.event) for entry in record)
    return tuple(
        NotPut(
            inject=inject.key,
            title=inject.title,
            kind=inject.kind,
            phase=inject.phase,
            dimensions=inject.dimensions,
            owed=is_owed(inject),
            state=now.status,
            why=now.why or "the room ended before it was due",
        )
        for inject in scenario.injects
        if (now := state.inject(inject.key)).status != "spoken"
    )


def coverage(scenario: Scenario, put: tuple[Probe, ...]) -> tuple[Coverage, ...]:
    """For each dimension of the rubric, planned against put."""
    spoken = {probe.inject for probe in put}
    return tuple(
        Coverage(
            dimension=dimension.key,
            name=dimension.name,
            planned=len(aimed),
            spoken=sum(i.key in spoken for i in aimed),
            owed=sum(is_owed(i) for i in aimed),
            owed_spoken=sum(is_owed(i) and i.key in spoken for i in aimed),
        )
        for dimension in scenario.rubric.dimensions
        for aimed in [[i for i in scenario.injects if dimension.key in i.dimensions]]
    )


def is_owed(inject: Inject) -> bool:
    """Should every candidate meet it? One that waits for a condition alone need not come."""
    return inject.when.owed or inject.when.at is not None


class _Put(NamedTuple):
    """When an inject was put, and in which words."""

    at: int
    phase: str | None
    phase_name: str
    into: int
    text: str
    left: Left


def _fired(record: tuple[Entry, ...]) -> Iterable[tuple[Entry, InjectFired, State]]:
    """Each firing, with the state of the room at that moment."""
    state = State()
    for entry in record:
        state = apply(state, entry.event, entry.at)
        if isinstance(entry.event, InjectFired):
            yield entry, entry.event, state


def _probe(inject: Inject, fired: InjectFired, put: _Put, state: State) -> Probe:
    seat = state.seats[fired.seat]
    putter = state.seats.get(fired.by)
    return Probe(
        inject=inject.key,
        title=inject.title,
        kind=inject.kind,
        dimensions=inject.dimensions,
        text=put.text,
        expected=inject.expected,
        wrong_on_purpose=inject.wrong_on_purpose,
        own_words=bool(put.text) and put.text != inject.text,
        seat=fired.seat,
        sitter=seat.occupant,
        name=seat.name or seat.title,
        by=putter.kind if putter else fired.by,
        why=fired.why,
        phase=put.phase,
        phase_name=put.phase_name,
        into=put.into,
        at=put.at,
        had=put.left.had,
        answered=put.left.answered,
    )


def _warnings(scenario: Scenario, put: tuple[Probe, ...], left: tuple[NotPut, ...]) -> Iterable[str]:
    owed = [n for n in left if n.owed]
    if owed:
        of = sum(is_owed(i) for i in scenario.injects)
        names = ", ".join(f"“{n.title}”" for n in owed)
        yield f"{len(owed)} of the {of} injects that every candidate is owed were not put: {names}."
    reworded = [p.title for p in put if p.own_words]
    if reworded:
        yield f"Put in other words than the scenario's: {', '.join(f'“{t}”' for t in reworded)}."
    tight = [f"“{p.title}” ({minutes(p.had)})" for p in put if p.had < TIGHT]
    if tight:
        yield f"Left less than {TIGHT // 1000} seconds to answer: {', '.join(tight)}."
    empty = [p.title for p in put if p.sitter == "empty"]
    if empty:
        yield f"Spoken for an empty seat: {', '.join(f'“{t}”' for t in empty)}."

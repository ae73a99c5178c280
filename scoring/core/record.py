"""The record of a room as a report needs it: when things happened, who sat where, what was said."""

from collections.abc import Iterable
from typing import Annotated, NamedTuple, Protocol

from pydantic import Field

from rooms.core.messages import (
    AnyEvent,
    Asked,
    Assumed,
    Briefed,
    Consented,
    DataDelayed,
    DataGiven,
    DataRefused,
    DataRequested,
    Decided,
    FactRevealed,
    HandRaised,
    Heard,
    InjectSpoken,
    ModelAnswered,
    NoticeGiven,
    PhaseEnded,
    PhaseStarted,
    Queried,
    Readied,
    Revised,
    RoomEnded,
    RoomOpened,
    Said,
    SeatLeft,
    SeatTaken,
    Summarised,
    Whispered,
)  # fmt: skip
from rooms.core.state import State, apply
from scenarios.core.schema import Doc, Scenario

# Raters read the report, and no rater may learn of a whisper or a private brief.
# Who agreed to what is no part of what was said either.
UNSEEN = (Whispered, Briefed, Heard, ModelAnswered, HandRaised, Readied, NoticeGiven, Consented)


class Seen(Protocol):
    """A line of a room's log, as `rooms.queries` gives it."""

    @property
    def n(self) -> int: ...
    @property
    def seq(self) -> int: ...
    @property
    def at(self) -> int: ...
    @property
    def event(self) -> AnyEvent: ...


class Entry(Doc):
    """A line of the record: its seq in the log, its time in ms, the event."""

    seq: int
    at: int
    event: Annotated[AnyEvent, Field(discriminator="type")]


class Moment(NamedTuple):
    """Where in the room's time something happened. `into` is ms into the phase, pauses left out."""

    phase: str | None
    into: int


class PhaseRun(Doc):
    """A phase as it ran; times in ms. `lasted` leaves out pauses."""

    key: str
    name: str
    planned: int
    started_at: int
    lasted: int
    why_ended: str


class Occupant(Doc):
    name: str
    bot: bool
    since: int


class SeatHistory(Doc):
    """Who sat in a seat, in order; nobody if `occupants` is empty."""

    seat: str
    kind: str
    title: str
    occupants: tuple[Occupant, ...]


def entries(lines: Iterable[Seen]) -> tuple[Entry, ...]:
    """What of the whole log a report is made from. Coming and going after the end is no part of it."""
    kept: list[Entry] = []
    ended = False
    for line in lines:
        if isinstance(line.event, UNSEEN) or (ended and isinstance(line.event, SeatTaken | SeatLeft)):
            continue
        ended = ended or isinstance(line.event, RoomEnded)
        kept.append(Entry(seq=line.seq, at=line.at, event=line.event))
    return tuple(kept)


def words(event: AnyEvent) -> str | None:
    """What someone said or put on the board, as it is quoted; None for an event without words."""
    match event:
        case Said() | Asked() | Summarised() | Assumed() | InjectSpoken() | FactRevealed() | DataGiven():
            return event.text
        case Decided() | Revised():
            return (
                f"{event.mark}: {event.choice}\nWhy: {event.why}\nGives up: {event.gives_up}"
                f"\nWould change it: {event.would_change}"
            )
        case DataRequested():
            return event.what
        case DataRefused() | DataDelayed():
            return event.why
        case Queried():
            return event.sql
        case _:
            return None


def speaker(event: AnyEvent) -> str:
    """The seat that spoke; empty for an event without words."""
    return str(getattr(event, "by", "")) if words(event) is not None else ""


def moments(record: tuple[Entry, ...]) -> dict[int, Moment]:
    """seq -> the moment it happened."""
    found = {}
    state = State()
    for entry in record:
        # the line that ends a phase still belongs to it
        phase, started = state.phase, state.started
        state = apply(state, entry.event, entry.at)
        if state.phase is not None:
            phase, started = state.phase, state.started
        found[entry.seq] = Moment(phase, _room_time(state, entry.at) - started if phase else 0)
    return found


def _room_time(state: State, at: int) -> int:
    return state.clock(at if state.paused_at is None else min(at, state.paused_at))


def phase_runs(scenario: Scenario, record: tuple[Entry, ...]) -> tuple[PhaseRun, ...]:
    """The phases that were started, in order."""
    planned = {phase.key: phase.seconds * 1000 for phase in scenario.phases}
    when = moments(record)
    runs: list[PhaseRun] = []
    for entry in record:
        match entry.event:
            case PhaseStarted(phase=key, name=name):
                run = {"key": key, "name": name, "planned": planned.get(key, 0), "started_at": entry.at}
                runs.append(PhaseRun.model_validate({**run, "lasted": 0, "why_ended": ""}))
            case PhaseEnded(why=why) | RoomEnded(why=why) if runs and not runs[-1].lasted:
                ended = {"lasted": when[entry.seq].into, "why_ended": why}
                runs[-1] = runs[-1].model_copy(update=ended)
            case _:
                pass
    return tuple(runs)


def seat_histories(record: tuple[Entry, ...]) -> tuple[SeatHistory, ...]:
    """Every seat the room was laid with and who sat there, bots included."""
    seats: dict[str, SeatHistory] = {}
    for entry in record:
        match entry.event:
            case RoomOpened(seats=laid):
                for s in laid:
                    bot = (Occupant(name=s.title, bot=True, since=entry.at),) if s.bot else ()
                    seats[s.seat] = SeatHistory(seat=s.seat, kind=s.kind, title=s.title, occupants=bot)
            case SeatTaken(seat=seat, name=name, bot=is_bot):
                seats[seat] = _sat(seats[seat], Occupant(name=name, bot=is_bot, since=entry.at))
            case _:
                pass
    return tuple(seats.values())


def _sat(history: SeatHistory, occupant: Occupant) -> SeatHistory:
    """A seat after someone sat down. Coming back under the same name is no change."""
    last = history.occupants[-1] if history.occupants else None
    if last is not None and (last.name, last.bot) == (occupant.name, occupant.bot):
        return history
    return history.model_copy(update={"occupants": (*history.occupants, occupant)})


def minutes(ms: int) -> str:
    """Time into a phase as people write it: 4:05."""
    return f"{ms // 60000}:{ms // 1000 % 60:02d}"

"""State: the fold of a room's log, used to decide. Pure; every value is replaced, never changed.

Times inside a State are on the room's own clock, which stands still while the room is paused:
`clock(at) = at - paused_total`. So a pause moves every deadline exactly once, when it ends.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from operator import attrgetter
from typing import Any, Literal, assert_never

from rooms.core import messages as m
from rooms.core.words import Talk, words_of

Consent = Literal["", "given", "withdrawn"]
Status = Literal["new", "lobby", "live", "paused", "ended"]
InjectStatus = Literal["waiting", "held", "cued", "spoken", "skipped"]


@dataclass(frozen=True, slots=True)
class Seat:
    seat: str
    kind: str
    role: str
    title: str
    name: str = ""
    bot: bool = False
    ready: bool = False
    hand: bool = False
    away: str = ""  # the person a bot stands in for

    @property
    def occupant(self) -> Literal["person", "bot", "empty"]:
        if self.bot:
            return "bot"
        return "person" if self.name else "empty"


@dataclass(frozen=True, slots=True)
class Version:
    """A decision as it stood at one time."""

    choice: str
    why: str
    gives_up: str
    would_change: str
    at: int  # wall time, for people to read

    def words(self) -> str:
        return f"{self.choice} {self.why} {self.gives_up} {self.would_change}"


@dataclass(frozen=True, slots=True)
class Objection:
    by: str
    text: str
    yielded: bool = False


@dataclass(frozen=True, slots=True)
class Decision:
    mark: str
    by: str
    versions: tuple[Version, ...]
    objections: tuple[Objection, ...] = ()


@dataclass(frozen=True, slots=True)
class Assumption:
    mark: str
    text: str
    at: int


@dataclass(frozen=True, slots=True)
class Request:
    mark: str
    what: str
    role: str
    purpose: str = ""
    state: Literal["open", "delayed", "given", "refused"] = "open"
    why: str = ""
    until: str | None = None  # of a delayed one: the phase in which the answer is promised
    due: int | None = None  # ... or its room time


@dataclass(frozen=True, slots=True)
class InjectState:
    status: InjectStatus = "waiting"
    why: str = ""
    due_by: int = 0  # of a cue: spoken for the seat at this time


WAITING = InjectState()


@dataclass(frozen=True, slots=True)
class State:
    seq: int = 0
    at: int = 0  # wall time of the last event; `at` never goes back
    status: Status = "new"
    seats: Mapping[str, Seat] = field(default_factory=dict)
    stand_in: int = 0  # seconds
    model: str = ""  # the language model through which the panel's bots speak; "": they are scripted
    notice: tuple[str, ...] = ()  # what the candidate must agree to before the start; none: nothing
    consent: Consent = ""
    extra_time: int = 0  # per cent, in every phase
    phase: str | None = None
    started: int = 0
    ends: int = 0
    paused_at: int | None = None  # wall time
    paused_total: int = 0
    decisions: tuple[Decision, ...] = ()
    assumptions: tuple[Assumption, ...] = ()
    requests: tuple[Request, ...] = ()
    grants: tuple[m.Grant, ...] = ()  # the newest for each data set
    looks: frozenset[tuple[str, str]] = frozenset()  # (data set, column or "")
    queries: int = 0
    injects: Mapping[str, InjectState] = field(default_factory=dict)
    last_inject: int = 0
    facts_out: frozenset[str] = frozenset()
    asked: frozenset[str] = frozenset()
    quiet: bool = False
    utterances: int = 0
    heard_to: int = 0  # every utterance up to here has been heard by the listener
    acts: Mapping[str, int] = field(default_factory=dict)
    phase_acts: frozenset[str] = frozenset()
    candidate_spoke: int = 0
    words: Mapping[str, int] = field(default_factory=dict)

    def clock(self, at: int) -> int:
        """Wall time to room time."""
        return at - self.paused_total

    def wall(self, clock: int) -> int:
        """Room time to wall time, if no further pause comes."""
        return clock + self.paused_total

    def inject(self, key: str) -> InjectState:
        return self.injects.get(key, WAITING)

    def decision(self, mark: str) -> Decision | None:
        return next((d for d in self.decisions if d.mark == mark), None)

    def request(self, mark: str) -> Request | None:
        return next((r for r in self.requests if r.mark == mark), None)

    def grant(self, data_set: str) -> m.Grant | None:
        """How much of a data set is granted, if any of it is."""
        return next((g for g in self.grants if g.key == data_set), None)

    def of_kind(self, *kinds: str) -> tuple[str, ...]:
        """The seats of these kinds, in the order they were laid."""
        return tuple(s.seat for s in self.seats.values() if s.kind in kinds)

    def seat_of(self, role: str) -> str | None:
        """The seat that plays a role, if the room has one."""
        return next((s.seat for s in self.seats.values() if s.role == role), None)

    def revisions(self) -> int:
        return sum(len(d.versions) - 1 for d in self.decisions)


_values = attrgetter(*(f.name for f in fields(State)))
_set = object.__setattr__  # the class is frozen

Changes = dict[str, Any]  # of State's fields, by name


def fold(log: Iterable[tuple[int, m.AnyEvent]], state: State | None = None) -> State:
    """The state after a log of (at, event), from the start or from a state already folded."""
    grown = _copy(state or State())
    for at, event in log:
        _grow(grown, event, at)
    return grown


def apply(state: State, event: m.AnyEvent, at: int) -> State:
    """The state after one more event, committed at wall time `at`."""
    grown = _copy(state)
    _grow(grown, event, at)
    return grown


def _copy(state: State) -> State:
    # dataclasses.replace takes several times as long for a class of so many fields
    return State(*_values(state))


def _grow(state: State, event: m.AnyEvent, at: int) -> None:
    """Change a state that nobody else holds yet: a whole log is folded in one copy, not in one a line."""
    at = max(at, state.at)
    changes = _changes(state, event, at)
    for name, value in changes.items():
        _set(state, name, value)
    _set(state, "seq", state.seq + 1)
    _set(state, "at", at)


def _changes(state: State, event: m.AnyEvent, at: int) -> Changes:  # noqa: C901  (one case a line)
    match event:
        case m.Briefed() | m.Whispered() | m.ModelAnswered():
            return {}
        case m.Heard():
            return _heard(state, event)
        case m.RoomOpened():
            return {"status": "lobby", "seats": _laid(event), "stand_in": event.stand_in}
        case m.NoticeGiven():
            return {"notice": event.text}
        case m.Voiced():
            return {"model": event.model}
        case m.Adjusted():
            return {"extra_time": event.extra_time}
        case m.Consented():
            return {"consent": "given" if event.given else "withdrawn"}
        case m.SeatTaken():
            # a new person has not read the brief; a bot need not
            return _seat(
                state,
                event.seat,
                name=event.name,
                bot=event.bot,
                ready=event.bot,
                away=event.instead_of,
            )
        case m.SeatLeft():
            return _seat(state, event.seat, name="", bot=False, ready=False, hand=False, away="")
        case m.Readied():
            return _seat(state, event.seat, ready=event.ready)
        case m.HandRaised():
            return _seat(state, event.by, hand=event.up)
        case m.PhaseStarted():
            return _phase_started(state, event, at)
        case m.PhaseEnded():
            return {"phase": None}
        case m.Paused():
            return {"status": "paused", "paused_at": at}
        case m.Resumed():
            total = state.paused_total + event.paused_for
            return {"status": "live", "paused_at": None, "paused_total": total}
        case m.Extended():
            return {"ends": state.clock(event.ends_at)}
        case m.RoomEnded():
            return {"status": "ended", "phase": None, "paused_at": None}
        case m.BotsQuieted():
            return {"quiet": event.quiet}
        case m.InjectCued() | m.InjectFired() | m.InjectHeld() | m.InjectSkipped():
            return _inject(state, event, at)
        case m.Looked():
            return {"looks": state.looks | {(event.data_set, event.column or "")}}
        case m.Queried():
            return {"queries": state.queries + 1}
        case _:
            return _airtime(state, event, at) | _board(state, event, at)


def _board(state: State, event: Talk, at: int) -> Changes:  # noqa: C901  (one case a line)
    """What talk leaves behind: decisions, assumptions, requests, facts that are out."""
    match event:
        case m.Decided():
            decision = Decision(event.mark, event.by, (_version(event, at),))
            return {"decisions": (*state.decisions, decision)}
        case m.Revised():
            return _decision(state, event.mark, lambda d: _revised(d, _version(event, at)))
        case m.Assumed():
            return {"assumptions": (*state.assumptions, Assumption(event.mark, event.text, at))}
        case m.Said():
            return _stance(state, event)
        case m.Asked():
            return {"asked": state.asked | {event.role}}
        case m.DataRequested():
            request = Request(event.mark, event.what, event.role, event.purpose)
            requests = (*state.requests, request)
            return {"requests": requests, "asked": state.asked | {event.role}}
        case m.DataGiven():
            answered = _answered(state, event.mark, "given", event.text[:200])
            return answered | _out(state, event.fact) | _granted(state, event.grant)
        case m.DataDelayed():
            return _answered(
                state, event.mark, "delayed", event.why, until=event.until, due=_due(state, event)
            )
        case m.DataRefused():
            return _answered(state, event.mark, "refused", event.why)
        case m.FactRevealed():
            return _out(state, event.fact)
        case m.Summarised() | m.InjectSpoken():
            return {}
        case _:
            assert_never(event)


def _laid(event: m.RoomOpened) -> dict[str, Seat]:
    return {
        s.seat: Seat(s.seat, s.kind, s.role, s.title, s.title if s.bot else "", s.bot, ready=s.bot)
        for s in event.seats
    }


def _seat(state: State, seat: str, **changes: Any) -> Changes:
    return {"seats": {**state.seats, seat: replace(state.seats[seat], **changes)}}


def _phase_started(state: State, event: m.PhaseStarted, at: int) -> Changes:
    now = state.clock(at)
    return {
        "status": "live",
        "phase": event.phase,
        "started": now,
        "ends": state.clock(event.ends_at),
        "phase_acts": frozenset(),
        "candidate_spoke": now,
    }


def _inject(
    state: State, event: m.InjectCued | m.InjectFired | m.InjectHeld | m.InjectSkipped, at: int
) -> Changes:
    match event:
        case m.InjectCued():
            cued = InjectState("cued", event.why, state.clock(event.owed_by))
            return _set_inject(state, event.inject, cued) | {"last_inject": state.clock(at)}
        case m.InjectFired():
            spoken = _set_inject(state, event.inject, InjectState("spoken", event.why))
            facts = state.facts_out | set(event.reveals)
            return spoken | {"last_inject": state.clock(at), "facts_out": facts}
        case m.InjectHeld():
            return _set_inject(state, event.inject, InjectState("held" if event.held else "waiting"))
        case m.InjectSkipped():
            return _set_inject(state, event.inject, InjectState("skipped", event.why))
        case _:
            assert_never(event)


def _set_inject(state: State, key: str, new: InjectState) -> Changes:
    return {"injects": {**state.injects, key: new}}


def _heard(state: State, event: m.Heard) -> Changes:
    acts = dict(state.acts)
    for act in event.acts:
        acts[act] = acts.get(act, 0) + 1
    return {"acts": acts, "phase_acts": state.phase_acts | set(event.acts), "heard_to": event.utterance}


def _airtime(state: State, event: Talk, at: int) -> Changes:
    """Words spoken, and when the candidate was last heard."""
    count = len(words_of(event).split())
    words = {**state.words, event.by: state.words.get(event.by, 0) + count}
    number = getattr(event, "utterance", None)
    if number is None:
        return {"words": words}
    return {"words": words, "utterances": number, "candidate_spoke": state.clock(at)}


def _version(event: m.Decided | m.Revised, at: int) -> Version:
    return Version(event.choice, event.why, event.gives_up, event.would_change, at)


def _revised(decision: Decision, version: Version) -> Decision:
    return replace(decision, versions=(*decision.versions, version))


def _stance(state: State, event: m.Said) -> Changes:
    if event.about is None or event.stance is None:
        return {}
    if event.stance == "objects":
        objection = Objection(event.by, event.text)
        return _decision(state, event.about, lambda d: replace(d, objections=(*d.objections, objection)))
    return _decision(state, event.about, lambda d: replace(d, objections=_yielded(d.objections, event.by)))


def _yielded(objections: tuple[Objection, ...], by: str) -> tuple[Objection, ...]:
    return tuple(replace(o, yielded=True) if o.by == by else o for o in objections)


def _decision(state: State, mark: str, change: Callable[[Decision], Decision]) -> Changes:
    return {"decisions": tuple(change(d) if d.mark == mark else d for d in state.decisions)}


def _answered(
    state: State, mark: str, now: Literal["given", "delayed", "refused"], why: str, **when: Any
) -> Changes:
    requests = tuple(replace(r, state=now, why=why, **when) if r.mark == mark else r for r in state.requests)
    return {"requests": requests}


def _due(state: State, event: m.DataDelayed) -> int | None:
    return None if event.due is None else state.clock(event.due)


def _granted(state: State, grant: m.Grant | None) -> Changes:
    if grant is None:
        return {}
    return {"grants": (*(g for g in state.grants if g.key != grant.key), grant)}


def _out(state: State, fact: str | None) -> Changes:
    return {} if fact is None else {"facts_out": state.facts_out | {fact}}

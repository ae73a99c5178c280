"""The course of the hour: phases, injects, seats and time. What the clock and the facilitator bring about."""

from rooms.core import director
from rooms.core import messages as m
from rooms.core.state import State, fold
from scenarios.core.schema import Inject, Phase, Scenario

# --- injects --------------------------------------------------------------------------------------------


def put(scenario: Scenario, state: State, seat: str, c: m.PutInject) -> list[m.AnyEvent]:
    inject = open_inject(scenario, state, c.inject)
    if inject.role != state.seats[seat].role:
        raise m.Refused("no_such", f"inject: your seat has no {c.inject}")
    if inject.phase != state.phase:
        raise m.Refused("not_now", "inject: it belongs to another phase")
    if state.inject(inject.key).status == "held":
        raise m.Refused("not_now", "inject: the facilitator holds it back")
    return speak(scenario, state, inject, state.inject(inject.key).why or "put by the seat", seat, c.text)


def speak(
    scenario: Scenario, state: State, inject: Inject, why: str, by: str, text: str = ""
) -> list[m.AnyEvent]:
    """Two facts: what is probed and why, for those who may know; the words, for everyone."""
    seat = state.seat_of(inject.role) or inject.role
    fired = m.InjectFired(
        inject=inject.key,
        seat=seat,
        title=inject.title,
        dimensions=inject.dimensions,
        expected=inject.expected,
        why=why,
        by=by,
        reveals=inject.reveals,
        to=(seat, *state.of_kind("facilitator", "rater")),
    )
    return [fired, m.InjectSpoken(by=seat, text=text or inject.text)]


def _cue(state: State, inject: Inject, seat: str, why: str, now: int) -> m.InjectCued:
    until = director.cue_until(state, state.clock(now))
    return m.InjectCued(
        inject=inject.key,
        seat=seat,
        title=inject.title,
        text=inject.text,
        dimensions=inject.dimensions,
        expected=inject.expected,
        why=why,
        by="director",
        owed_by=state.wall(until),
        to=(seat, *state.of_kind("facilitator", "rater")),
    )


def open_inject(scenario: Scenario, state: State, key: str) -> Inject:
    inject = next((i for i in scenario.injects if i.key == key), None)
    if inject is None:
        raise m.Refused("no_such", f"inject: there is no {key}")
    status = state.inject(key).status
    if status in ("spoken", "skipped"):
        raise m.Refused("too_late", f"inject: {key} is {status} already")
    return inject


def skipped(state: State, inject: Inject, why: str, by: str) -> m.InjectSkipped:
    return m.InjectSkipped(inject=inject.key, why=why, by=by, to=state.of_kind("facilitator"))


# --- time -----------------------------------------------------------------------------------------------


def tick(scenario: Scenario, state: State, now: int) -> list[m.AnyEvent]:
    """What the time of day brings: a late cue spoken, one inject, or the end of the phase."""
    if state.status != "live":
        return []
    clock = state.clock(now)
    if clock >= state.ends:
        return next_phase(scenario, state, now, "its time is up")
    events: list[m.AnyEvent] = []
    for key in director.late_cues(state, clock):
        why = "the seat did not put it in time"
        events += speak(scenario, state, scenario.inject(key), why, "director")
    if events:
        return events
    due = director.due(scenario, state, clock)
    return _deliver(scenario, state, due, now) if due is not None else []


def _deliver(scenario: Scenario, state: State, due: director.Due, now: int) -> list[m.AnyEvent]:
    """A person is given a cue; for a bot or an empty chair the words are spoken at once."""
    seat = state.seat_of(due.inject.role)
    if seat is not None and state.seats[seat].occupant == "person":
        return [_cue(state, due.inject, seat, due.why, now)]
    return speak(scenario, state, due.inject, due.why, "director")


def advance(scenario: Scenario, state: State, c: m.Advance, now: int, seat: str) -> list[m.AnyEvent]:
    if c.phase != state.phase:
        raise m.Refused("too_late", f"phase: {c.phase} is not running")
    before: list[m.AnyEvent] = [resumed(state, now)] if state.status == "paused" else []
    after = fold(((now, e) for e in before), state)
    return [*before, *next_phase(scenario, after, now, f"advanced by {seat}")]


def next_phase(scenario: Scenario, state: State, now: int, why: str) -> list[m.AnyEvent]:
    keys = [p.key for p in scenario.phases]
    following = scenario.phases[keys.index(str(state.phase)) + 1 :]
    ended = phase_ended(scenario, state, why)
    if not following:
        return [*ended, m.RoomEnded(why="the last phase is over")]
    return [*ended, phase_started(following[0], now, why)]


def phase_ended(scenario: Scenario, state: State, why: str) -> list[m.AnyEvent]:
    if state.phase is None:
        return []
    left = [skipped(state, i, reason, "director") for i, reason in director.leftover(scenario, state)]
    return [*left, m.PhaseEnded(phase=state.phase, why=why)]


def phase_started(phase: Phase, now: int, why: str) -> m.PhaseStarted:
    ends_at = now + phase.seconds * 1000
    return m.PhaseStarted(phase=phase.key, name=phase.name, prompt=phase.prompt, ends_at=ends_at, why=why)


def resumed(state: State, now: int) -> m.Resumed:
    paused_for = now - (state.paused_at or now)
    return m.Resumed(ends_at=state.wall(state.ends) + paused_for, paused_for=paused_for)


def extended(state: State, seconds: int, now: int) -> m.Extended:
    """Never ends a phase in the past: taking too much away ends it now."""
    stands_at = state.paused_at or now
    ends_at = max(state.wall(state.ends) + seconds * 1000, stands_at)
    return m.Extended(ends_at=ends_at, seconds=seconds)


# --- seats ------------------------------------------------------------------------------------------------


def seat_bot(scenario: Scenario, state: State, seat: str) -> m.SeatTaken:
    chair = state.seats.get(seat)
    if chair is None or chair.kind not in ("candidate", "panel"):
        raise m.Refused("no_such", f"seat: a bot cannot sit in {seat}")
    if chair.kind == "candidate" and state.notice:
        raise m.Refused("no_such", "seat: this room assesses a person, and no bot sits in for them")
    if chair.bot:
        raise m.Refused("too_late", f"seat: a bot holds {seat} already")
    return m.SeatTaken(seat=seat, name=chair.title, bot=True)


def unseat_bot(state: State, seat: str) -> m.SeatLeft:
    chair = state.seats.get(seat)
    if chair is None or not chair.bot:
        raise m.Refused("no_such", f"seat: no bot holds {seat}")
    return m.SeatLeft(seat=seat)


def stand_in(state: State, seat: str) -> list[m.AnyEvent]:
    """A bot takes over from a panel member who is away. Asked twice, or too late, it does nothing."""
    chair = state.seats.get(seat)
    if chair is None or chair.kind != "panel" or chair.occupant != "person" or state.status != "live":
        return []
    return [m.SeatTaken(seat=seat, name=chair.title, bot=True, instead_of=chair.name)]


def consent(scenario: Scenario, state: State, given: bool) -> list[m.AnyEvent]:
    """Said twice it is one fact. Taken back while the room runs, it ends the room."""
    if state.consent == ("given" if given else "withdrawn"):
        return []
    told: list[m.AnyEvent] = [m.Consented(given=given)]
    if given or state.status not in ("live", "paused"):
        return told
    why = "the candidate took their consent back"
    return [*told, *phase_ended(scenario, state, why), m.RoomEnded(why=why)]


def answered(state: State, c: m.RecordAnswer) -> m.ModelAnswered:
    """For the facilitator's eyes: what the seat itself makes of it is said at the table."""
    if c.by not in state.of_kind("panel"):
        raise m.Refused("no_such", f"by: no model speaks for {c.by}")
    return m.ModelAnswered(**c.model_dump(exclude={"type"}), to=state.of_kind("facilitator"))


def hear(state: State, c: m.Hear) -> list[m.AnyEvent]:
    if c.utterance > state.utterances:
        raise m.Refused("no_such", f"utterance: there is no {c.utterance}")
    if c.utterance <= state.heard_to:
        return []
    return [m.Heard(utterance=c.utterance, acts=c.acts, to=state.of_kind("facilitator"))]

"""decide(scenario, state, seat, command, now) -> events. Arithmetic: no clock, database, socket, chance."""

from typing import assert_never

from rooms.core import course, tables, talk
from rooms.core import messages as m
from rooms.core.policy import CLOCK, DATA_ROOM, LISTENER, MODEL, check
from rooms.core.state import State
from scenarios.core.schema import Scenario


def decide(
    scenario: Scenario, state: State, seat: str, command: m.AnyCommand, now: int, bot: bool = False
) -> list[m.AnyEvent]:
    """What happens if this seat sends this command at wall time `now` (ms). Raises Refused."""
    now = max(now, state.at)
    check(scenario, state, seat, command, bot)
    return [*_sits_down(state, seat, command), *_decide(scenario, state, seat, command, now)]


def _sits_down(state: State, seat: str, command: m.AnyCommand) -> list[m.AnyEvent]:
    """Who acts from an empty chair has taken it."""
    if seat in (CLOCK, DATA_ROOM, LISTENER, MODEL) or isinstance(command, m.TakeSeat | m.Consent):
        return []  # one may agree to a room, or take it back, without sitting in it
    chair = state.seats[seat]
    return [m.SeatTaken(seat=seat, name=chair.title)] if chair.occupant == "empty" else []


def _decide(scenario: Scenario, state: State, seat: str, command: m.AnyCommand, now: int) -> list[m.AnyEvent]:  # noqa: C901  (one case a line)
    match command:
        case m.TakeSeat():
            return [m.SeatTaken(seat=seat, name=command.name)]
        case m.Ready():
            return [m.Readied(seat=seat, ready=command.ready)]
        case m.Say():
            return [talk.say(state, seat, command)]
        case m.Ask():
            return [talk.ask(scenario, state, seat, command)]
        case m.Summarise():
            return [m.Summarised(by=seat, text=command.text, utterance=talk.utterance(state, seat))]
        case m.RaiseHand():
            return [m.HandRaised(by=seat, up=command.up)]
        case m.Consent():
            return course.consent(scenario, state, command.given)
        case m.Assume():
            mark = talk.mark("A", len(state.assumptions))
            return [m.Assumed(by=seat, mark=mark, text=command.text, utterance=talk.utterance(state, seat))]
        case m.Commit():
            return [talk.commit(state, seat, command)]
        case m.Revise():
            return [talk.revise(state, seat, command)]
        case m.RequestData():
            return [tables.request(scenario, state, seat, command)]
        case m.GiveData():
            return [tables.give(scenario, state, seat, command)]
        case m.DelayData():
            return [tables.delay(scenario, state, seat, command, now)]
        case m.RefuseData():
            tables.own_request(state, seat, command.request)
            return [m.DataRefused(by=seat, mark=command.request, why=command.why)]
        case m.Look():
            return tables.look(scenario, state, seat, command)
        case m.Reveal():
            return [talk.reveal(scenario, state, seat, command)]
        case m.PutInject():
            return course.put(scenario, state, seat, command)
        case m.Whisper():
            return [m.Whispered(by=seat, text=command.text, to=state.of_kind("panel", "facilitator"))]
        case m.Tick():
            return course.tick(scenario, state, now)
        case m.StandIn():
            return course.stand_in(state, command.seat)
        case m.RecordQuery():
            return [tables.queried(state, command)]
        case m.RecordAnswer():
            return [course.answered(state, command)]
        case m.Hear():
            return course.hear(state, command)
        case _:
            return _run(scenario, state, seat, command, now)


Running = (
    m.Start | m.Pause | m.Resume | m.Extend | m.Advance | m.End
    | m.Fire | m.Hold | m.Skip | m.SeatBot | m.UnseatBot | m.QuietBots
)  # fmt: skip


def _run(scenario: Scenario, state: State, seat: str, command: Running, now: int) -> list[m.AnyEvent]:  # noqa: C901  (one case a line)
    """The facilitator's commands."""
    match command:
        case m.Start():
            return [course.phase_started(scenario.phases[0], now, f"started by {seat}")]
        case m.Pause():
            return [m.Paused()]
        case m.Resume():
            return [course.resumed(state, now)]
        case m.Extend():
            return [course.extended(state, command.seconds, now)]
        case m.Advance():
            return course.advance(scenario, state, command, now, seat)
        case m.Fire():
            inject = course.open_inject(scenario, state, command.inject)
            return course.speak(scenario, state, inject, "fired by the facilitator", seat, command.text)
        case m.Hold():
            inject = course.open_inject(scenario, state, command.inject)
            return [m.InjectHeld(inject=inject.key, held=command.held, to=state.of_kind("facilitator"))]
        case m.Skip():
            inject = course.open_inject(scenario, state, command.inject)
            return [course.skipped(state, inject, command.why, seat)]
        case m.SeatBot():
            return [course.seat_bot(scenario, state, command.seat)]
        case m.UnseatBot():
            return [course.unseat_bot(state, command.seat)]
        case m.QuietBots():
            return [m.BotsQuieted(quiet=command.quiet)]
        case m.End():
            why = command.why or f"ended by {seat}"
            return [*course.phase_ended(scenario, state, why), m.RoomEnded(why=why)]
        case _:
            assert_never(command)

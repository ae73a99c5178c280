"""How long the arithmetic takes: fold, decide, head. No database, no socket."""

import json
import time
from collections.abc import Callable, Iterator
from itertools import count
from statistics import median
from typing import NamedTuple

from bench.figures import Figure
from bench.run import Run
from rooms.core import messages as m
from rooms.core.decide import decide
from rooms.core.feed import body
from rooms.core.head import head
from rooms.core.laying import lay, opening
from rooms.core.policy import CLOCK, LISTENER
from rooms.core.state import State, apply, fold
from scenarios.core.schema import Scenario
from scenarios.loader import load_bundled

EVENTS = 2_000  # a long, lively hour
STEP = 1_300  # ms between two commands
ROUNDS = 9
T0 = 1_760_000_000_000


class Asked(NamedTuple):
    """A command and the room it met."""

    state: State
    seat: str
    command: m.AnyCommand
    now: int


def measure(_: Run) -> list[Figure]:
    """Times per event and per command, and the fold against reading the same bodies as bare JSON."""
    scenario = load_bundled("fraud")
    log, asked, state = play(scenario)
    bodies = [body(event) for _, event in log]
    bare = timed(lambda: [json.loads(text) for text in bodies]) / len(log)
    warm = timed(lambda: fold(log)) / len(log)
    cold = timed(
        lambda: fold((at, m.EVENTS.validate_json(b)) for (at, _), b in zip(log, bodies, strict=True))
    )
    per_command = timed(lambda: [decide(scenario, *one) for one in asked]) / len(asked)
    note = f"{len(log)} events, {len(asked)} commands"
    return [
        Figure("core", "fold, per event", warm, "µs", note=note),
        Figure("core", "fold against json.loads of the same bodies", warm / bare, "x"),
        Figure("core", "a room from its stored log, per event", cold / len(log), "µs", note="parse and fold"),
        Figure("core", f"a room of {len(log)} events from its stored log", cold / 1000, "ms"),
        Figure("core", "decide, per command", per_command, "µs"),
        *heads(scenario, state),
    ]


def heads(scenario: Scenario, state: State) -> list[Figure]:
    """What making the present moment costs, for the seats that see least and most, and how big it is."""
    figures = []
    for seat in ("candidate", "facilitator"):
        took = timed(lambda seat=seat: json.dumps(head(scenario, state, seat)))  # type: ignore[misc]
        size = len(json.dumps(head(scenario, state, seat), separators=(",", ":"), ensure_ascii=False))
        figures.append(Figure("core", f"head of the {seat}", took, "µs", note=f"{size:,} bytes as JSON"))
    return figures


def timed(call: Callable[[], object]) -> float:
    """Median time of a call in µs, after one that warms up."""
    call()
    took = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        call()
        took.append(time.perf_counter() - begun)
    return median(took) * 1e6


def play(
    scenario: Scenario, size: int = EVENTS, begun: int = T0, step: int = STEP
) -> tuple[list[tuple[int, m.AnyEvent]], list[Asked], State]:
    """A room in which everybody is busy: its log, the commands that were taken, its last state.

    `step`: ms between two commands.
    """
    seats = lay(scenario, (), raters=3)
    log = [(begun, event) for event in opening(scenario, seats)]
    state = fold(log)
    asked: list[Asked] = []
    hour = script(tuple(role.key for role in scenario.roles))
    for number in count(1):
        now = begun + number * step
        seat, command = next(hour) if number > 1 else ("facilitator", m.Start(anyway=True))
        one = Asked(state, seat, _fitting(command, state), now)
        try:
            events = decide(scenario, *one)
        except m.Refused:
            continue
        asked.append(one)
        log += [(now, event) for event in events]
        for event in events:
            state = apply(state, event, now)
        if len(log) >= size or state.status == "ended":
            return log, asked, state
    raise AssertionError("not reached")


def script(roles: tuple[str, ...]) -> Iterator[tuple[str, m.AnyCommand]]:
    """What the table does, for ever: mostly talk, now and then a mark on the board."""
    for number in count():
        role = roles[number % len(roles)]
        yield CLOCK, m.Tick()
        yield "candidate", m.Say(text=f"Before a model I would look at what we lose and to whom. ({number})")
        yield LISTENER, m.Hear(utterance=1, acts=("frames_problem",))
        yield role, m.Say(text=f"And what would you tell the people who were blocked for nothing? ({number})")
        yield role, m.Whisper(text=f"Push on the labels next. ({number})")
        yield "candidate", m.Ask(role=role, text="How late do the labels come?")
        if number % 5 == 0:
            yield "candidate", m.Assume(text=f"Chargebacks come within ninety days. ({number})")
            yield "candidate", m.RequestData(what=f"chargebacks by month ({number})", role=role)
            yield role, m.RefuseData(request="R1", why="Not as things stand.")
        if number % 9 == 0:
            yield "candidate", m.Commit(choice="Block above 0.9", why="a", gives_up="b", would_change="c")
            yield role, m.Say(text="I object.", about="D1", stance="objects")
            yield (
                "candidate",
                m.Revise(decision="D1", choice="Review above 0.8", why="a", gives_up="b", would_change="c"),
            )


def _fitting(command: m.AnyCommand, state: State) -> m.AnyCommand:
    """The listener hears the latest utterance, a refusal answers the latest request."""
    if isinstance(command, m.Hear):
        return m.Hear(utterance=max(1, state.utterances), acts=command.acts)
    if isinstance(command, m.RefuseData) and state.requests:
        return m.RefuseData(request=state.requests[-1].mark, why=command.why)
    return command

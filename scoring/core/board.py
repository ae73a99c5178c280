"""What the candidate decided and took for granted: the board with its history, as a report shows it."""

from rooms.core.messages import Decided, Revised
from rooms.core.state import Objection, State, fold
from scenarios.core.schema import Doc, Scenario
from scoring.core.record import Entry, moments


class VersionLine(Doc):
    """A decision as it stood at one time. `at` in ms; `into` ms into the phase."""

    choice: str
    why: str
    gives_up: str
    would_change: str
    at: int
    phase_name: str
    into: int


class ObjectionLine(Doc):
    """`by` is a person's name. `yielded`: the objection was given up later."""

    by: str
    text: str
    yielded: bool


class DecisionLine(Doc):
    """A decision: its versions, the oldest first, and who objected."""

    mark: str
    versions: tuple[VersionLine, ...]
    objections: tuple[ObjectionLine, ...]


class AssumptionLine(Doc):
    mark: str
    text: str
    at: int


def decisions(scenario: Scenario, record: tuple[Entry, ...]) -> tuple[DecisionLine, ...]:
    """Every decision with its revisions and objections, in the order they were taken."""
    state = fold((e.at, e.event) for e in record)
    versions = _versions(scenario, record)
    return tuple(
        DecisionLine(
            mark=decision.mark,
            versions=tuple(versions[decision.mark]),
            objections=tuple(_objection(state, o) for o in decision.objections),
        )
        for decision in state.decisions
    )


def assumptions(record: tuple[Entry, ...]) -> tuple[AssumptionLine, ...]:
    """Every assumption stated, in order."""
    state = fold((e.at, e.event) for e in record)
    return tuple(AssumptionLine(mark=a.mark, text=a.text, at=a.at) for a in state.assumptions)


def _versions(scenario: Scenario, record: tuple[Entry, ...]) -> dict[str, list[VersionLine]]:
    when = moments(record)
    phases = {phase.key: phase.name for phase in scenario.phases}
    found: dict[str, list[VersionLine]] = {}
    for entry in record:
        if isinstance(entry.event, Decided | Revised):
            moment = when[entry.seq]
            line = VersionLine(
                choice=entry.event.choice,
                why=entry.event.why,
                gives_up=entry.event.gives_up,
                would_change=entry.event.would_change,
                at=entry.at,
                phase_name=phases.get(moment.phase or "", ""),
                into=moment.into,
            )
            found.setdefault(entry.event.mark, []).append(line)
    return found


def _objection(state: State, objection: Objection) -> ObjectionLine:
    seat = state.seats.get(objection.by)
    name = (seat.name or seat.title) if seat else objection.by
    return ObjectionLine(by=name, text=objection.text, yielded=objection.yielded)

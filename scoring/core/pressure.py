"""How hard a room pressed, phase by phase, and how long the candidate had for each inject. Pure."""

from collections.abc import Iterable

from rooms.core.messages import Decided, InjectFired, PhaseEnded, Revised, RoomEnded, Said
from scenarios.core.schema import CANDIDATE, Doc, Scenario
from scoring.core.record import Entry, Moment, moments, phase_runs, speaker, words


class Left(Doc):
    """What an inject left. ms, pauses left out. `answered`: until the candidate's first words after it."""

    had: int  # until the next inject of the phase, or the phase's end
    answered: int | None  # None: not a word before that


class Pressed(Doc):
    """A phase as it pressed: what was put to the candidate, and how close together."""

    phase: str
    name: str
    lasted: int  # ms, pauses left out
    injects: int
    objections: int  # of the panel to what stood on the board
    withdrawn: int
    questions: int  # of the panel, of its own accord
    decisions: int  # taken or revised: what there was to object to
    least: int | None  # the shortest time an inject left, ms; None where none was put


def room_left(record: tuple[Entry, ...]) -> dict[str, Left]:
    """inject -> what it left the candidate."""
    when = moments(record)
    put = [(e.event.inject, when[e.seq]) for e in record if isinstance(e.event, InjectFired)]
    ends = {
        when[e.seq].phase: when[e.seq].into for e in record if isinstance(e.event, PhaseEnded | RoomEnded)
    }
    spoke = _spoke(record, when)
    found = {}
    for n, (key, moment) in enumerate(put):
        following = (m.into for _, m in put[n + 1 :] if m.phase == moment.phase)
        until = next(following, max(ends.get(moment.phase, 0), moment.into))
        first = next((at for at in spoke.get(moment.phase, ()) if moment.into < at <= until), None)
        answered = None if first is None else first - moment.into
        found[key] = Left(had=until - moment.into, answered=answered)
    return found


def pressed(scenario: Scenario, record: tuple[Entry, ...]) -> tuple[Pressed, ...]:
    """The phases that were played, in order, as they pressed."""
    when, left = moments(record), room_left(record)
    panel = {role.key for role in scenario.roles}
    runs = phase_runs(scenario, record)
    return tuple(
        Pressed(
            phase=run.key,
            name=run.name,
            lasted=run.lasted,
            **_counted([e for e in record if when[e.seq].phase == run.key], panel),
            least=min((left[key].had for key in _put(record, when, run.key)), default=None),
        )
        for run in runs
    )


def _counted(lines: Iterable[Entry], panel: set[str]) -> dict[str, int]:
    events = [line.event for line in lines]
    said = [e for e in events if isinstance(e, Said) and e.by in panel]
    return {
        "injects": sum(isinstance(e, InjectFired) for e in events),
        "objections": sum(e.stance == "objects" for e in said),
        "withdrawn": sum(e.stance == "yields" for e in said),
        "questions": sum(e.stance is None and e.text.rstrip().endswith("?") for e in said),
        "decisions": sum(isinstance(e, Decided | Revised) for e in events),
    }


def _put(record: tuple[Entry, ...], when: dict[int, Moment], phase: str) -> Iterable[str]:
    return (e.event.inject for e in record if isinstance(e.event, InjectFired) and when[e.seq].phase == phase)


def _spoke(record: tuple[Entry, ...], when: dict[int, Moment]) -> dict[str | None, list[int]]:
    """phase -> when the candidate said something in it, in order."""
    found: dict[str | None, list[int]] = {}
    for entry in record:
        if speaker(entry.event) == CANDIDATE and words(entry.event):
            moment = when[entry.seq]
            found.setdefault(moment.phase, []).append(moment.into)
    return found

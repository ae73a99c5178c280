"""A room as one seat saw it, line by line, to read again. Pure: what that seat may see is handed in."""

from collections.abc import Iterable
from typing import NamedTuple

from rooms.core.messages import PhaseStarted, RoomEnded
from rooms.core.state import State
from scoring.core.record import Seen, entries, minutes, moments, speaker, words


class Line(NamedTuple):
    """Something said, or a phase that begins (`phase`). `n`: its place in the seat's own feed."""

    n: int
    who: str
    text: str
    when: str
    phase: str = ""
    candidate: bool = False


def replayed(seen: Iterable[Seen], state: State) -> list[Line]:
    """What was said and when, with the phases between."""
    lines = tuple(seen)
    when = moments(entries(lines))
    names = {seat: (here.name or here.title) for seat, here in state.seats.items()}
    found = []
    for line in lines:
        if isinstance(line.event, PhaseStarted):
            found.append(Line(line.n, "", line.event.prompt, "", phase=line.event.name))
        elif isinstance(line.event, RoomEnded):
            found.append(Line(line.n, "", "", "", phase="The room has ended"))
        elif (text := words(line.event)) is not None:
            by, at = speaker(line.event), when.get(line.seq)
            found.append(
                Line(
                    line.n,
                    names.get(by, by),
                    text,
                    minutes(at.into) if at else "",
                    candidate=by == "candidate",
                )
            )
    return found

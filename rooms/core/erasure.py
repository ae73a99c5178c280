"""What is left of a log when people's words are taken out of it: who acted when and how, not what was said.

The log folds as before: phases, injects, grants and decisions keep their places and their times, so
whatever was counted still counts. A line is never dropped and never moved.
"""

from collections.abc import Collection, Mapping

from rooms.core import messages as m
from scenarios.core.schema import CANDIDATE, FACILITATOR

TOMBSTONE = "[erased]"
NOBODY = "Erased person"  # where a name stood: an empty one would empty the seat

# The fields of each event that hold what somebody said or wrote. An event that is not here holds none.
WORDS: Mapping[type[m.Event], tuple[str, ...]] = {
    m.Said: ("text",),
    m.Asked: ("text",),
    m.Summarised: ("text",),
    m.Assumed: ("text",),
    m.Decided: ("choice", "why", "gives_up", "would_change"),
    m.Revised: ("choice", "why", "gives_up", "would_change"),
    m.DataRequested: ("what", "purpose"),
    m.DataGiven: ("text",),
    m.DataDelayed: ("why",),
    m.DataRefused: ("why",),
    m.Queried: ("sql", "problem"),
    m.FactRevealed: ("text",),
    m.Whispered: ("text",),
    m.InjectSpoken: ("text",),
    m.ModelAnswered: ("text", "why"),
    m.InjectSkipped: ("why",),
    m.PhaseEnded: ("why",),
    m.RoomEnded: ("why",),
}


def seats_erased(seats: Collection[str]) -> frozenset[str] | None:
    """Whose words go when these seats are erased; None: everybody's.

    An interview is about its candidate: the panel, its bots and the notes say back what they said, so
    nothing that was said stays. Of anybody else it is what they said themselves.
    """
    return None if CANDIDATE in seats else frozenset(seats)


def erased(event: m.AnyEvent, words: frozenset[str] | None, names: Collection[str]) -> m.AnyEvent:
    """The event without the words of these seats (None: of all) and without the names of those."""
    if isinstance(event, m.SeatTaken):
        return _nameless(event, names)
    fields = WORDS.get(type(event), ())
    if not fields or not _spoken_by(event, words):
        return event
    said: dict[str, object] = {field: TOMBSTONE for field in fields if getattr(event, field)}
    if isinstance(event, m.Queried):
        said |= {"columns": (), "rows": ()}  # a literal of the question may stand in its answer
    return event.model_copy(update=said)


def _spoken_by(event: m.AnyEvent, words: frozenset[str] | None) -> bool:
    if words is None:
        return True
    # an end is nobody's in particular: whoever ran the room wrote why
    return getattr(event, "by", FACILITATOR) in words


def _nameless(event: m.SeatTaken, names: Collection[str]) -> m.SeatTaken:
    """Sitting down, without the person's name; a bot keeps its own."""
    if event.seat not in names:
        return event
    changes = {"instead_of": NOBODY if event.instead_of else "", **({} if event.bot else {"name": NOBODY})}
    return event.model_copy(update=changes)

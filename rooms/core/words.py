"""What was said, as one text, and whether a text holds a word: one answer for all who ask."""

from rooms.core import messages as m
from scenarios.core.words import hits as hits
from scenarios.core.words import pattern as pattern

Talk = (
    m.Said | m.Asked | m.Summarised | m.Assumed | m.Decided | m.Revised
    | m.DataRequested | m.DataGiven | m.DataDelayed | m.DataRefused | m.FactRevealed | m.InjectSpoken
)  # fmt: skip


def words_of(event: Talk) -> str:
    """What was said with an event, as one text."""
    match event:
        case m.Decided() | m.Revised():
            return f"{event.choice}. {event.why}. {event.gives_up}. {event.would_change}"
        case m.DataRequested():
            return event.what
        case m.DataRefused() | m.DataDelayed():
            return event.why
        case _:
            return event.text

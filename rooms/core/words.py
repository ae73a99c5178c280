"""What was said, as one text, and whether a text holds a word: one answer for all who ask."""

import re
from collections.abc import Iterable
from functools import lru_cache

from rooms.core import messages as m

SHORT = 3  # letters up to which a word must stand alone: "cap" is not heard in "capacity"

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


def hits(text: str, words: Iterable[str]) -> int:
    """How many of these words and phrases begin somewhere in the text, whatever the case.

    A word may be a stem ("matur" is in "they mature late"); up to three letters it must stand alone.
    """
    return sum(pattern(word).search(text) is not None for word in words)


@lru_cache(maxsize=4096)
def pattern(word: str) -> re.Pattern[str]:
    """What finds the word at the start of a word."""
    end = r"(?!\w)" if len(word) <= SHORT else ""
    return re.compile(rf"(?<!\w){re.escape(word.strip())}{end}", re.IGNORECASE)

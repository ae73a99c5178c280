"""Whether a text holds a word: one answer for checks, personas and the director."""

import re
from collections.abc import Iterable
from functools import lru_cache

SHORT = 3  # letters up to which a word must stand alone: "cap" is not heard in "capacity"


def hits(text: str, words: Iterable[str]) -> int:
    """How many of these words and phrases begin somewhere in the text, whatever the case.

    A word may be a stem ("matur" is in "they mature late"); up to three letters it must stand alone.
    """
    return _hits(text, tuple(words))


@lru_cache(maxsize=4096)
def _hits(text: str, words: tuple[str, ...]) -> int:
    return sum(pattern(word).search(text) is not None for word in words)


@lru_cache(maxsize=4096)
def pattern(word: str) -> re.Pattern[str]:
    """What finds the word at the start of a word."""
    end = r"(?!\w)" if len(word) <= SHORT else ""
    return re.compile(rf"(?<!\w){re.escape(word.strip())}{end}", re.IGNORECASE)

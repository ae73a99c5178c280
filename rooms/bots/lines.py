"""Words: what a text holds, what of it can be quoted, and which line has not been spoken yet."""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import TypeVar

from rooms.core.words import pattern

T = TypeVar("T")

READABLE = 90  # characters of a quotation
TELLING = 12  # characters of a line that are enough to know it again
KEPT = 2_048  # answers kept: every persona asks the same of the same words, again at each turn

PLACE = re.compile(r"[“\"'‘]?\{(\w+)\}[”\"'’]?")
SENTENCE_END = re.compile(r"(?<=[.!?;:])\s+|\n+")  # a full stop within a number ends nothing
NOT = re.compile(r"\b(?:not|never|no|without|nobody|cannot|instead of|rather than)\b|n['’]t\b", re.IGNORECASE)
LEAD = re.compile(
    r"^(?:(?:so|and|but|well|ok|okay|right|then|yes|now|honestly|also|i (?:mean|guess|think))\b[,:]?\s*)+",
    re.IGNORECASE,
)
DANGLING = re.compile(r"(?:which|that|because|where|who|whose|if|when|or|with)\b", re.IGNORECASE)
CLAUSE_END = re.compile(r"[,;:.](?=\s)")
UNQUOTED = frozenset({"mark", "count"})  # places that are no quotations
WORD = re.compile(r"[^\W\d_]{4,}|\d+")
PLAIN = frozenset(
    """
    about after again also because been before being both cannot could does doing down each even every from
    going have having here into just know like made make many more most much must need only other ours over
    same shall should some such take than that their them then there these they thing things think this
    those through under until very want well were what when where which while will with within would your
    """.split()  # noqa: SIM905  (words are read, not strings)
)


# --- what a text holds ------------------------------------------------------------------------------


def affirms(text: str, words: Iterable[str]) -> bool:
    """Does a statement in the text hold one of the words without a "not" just before it?"""
    return _affirms(text, tuple(words))


@lru_cache(maxsize=KEPT)
def _affirms(text: str, words: tuple[str, ...]) -> bool:
    statements = [s for s in SENTENCE_END.split(text) if not s.endswith("?")]
    return any(
        not NOT.search(" ".join(statement[: hit.start()].split()[-4:]))
        for statement in statements
        for word in words
        for hit in pattern(word).finditer(statement)
    )


@lru_cache(maxsize=KEPT)
def telling(text: str) -> frozenset[str]:
    """The words that carry a text, cut to five letters so that their forms fall together."""
    return frozenset(w.casefold()[:5] for w in WORD.findall(text) if w.casefold() not in PLAIN)


# --- quoting -------------------------------------------------------------------------------------------


def trimmed(text: str, most: int = READABLE) -> str:
    """The text on one line, without quotation marks of its own, cut at a clause or a word if it is long."""
    plain = re.sub(r"[“”\"{}\x00-\x1f]", "", " ".join(text.split())).strip(" .,;:!?-–—")
    if len(plain) <= most:
        return plain
    ends = [end.start() for end in CLAUSE_END.finditer(plain, most // 3, most + 1)]
    if ends:  # a whole clause is a quotation; a torn one is not
        return plain[: ends[-1]].rstrip(" .,;:!?-–—")
    cut = plain[: most + 1]
    cut = cut.rsplit(" ", 1)[0] if " " in cut else cut[:most]
    return cut.rstrip(" .,;:!?-–—") + " …"


@lru_cache(maxsize=KEPT)
def phrase(text: str, most: int = 75) -> str:
    """The most telling stretch of an utterance, short enough to be quoted back."""
    stretches = [LEAD.sub("", part) for s in SENTENCE_END.split(text) for part in s.split(", ")]
    best = max(stretches, key=lambda s: len(telling(trimmed(s, most))) - 2 * _dangles(s), default="")
    return trimmed(best, most)


def _dangles(stretch: str) -> bool:
    """Does it only make sense with the words before it?"""
    return DANGLING.match(stretch) is not None


def filled(line: str, values: Mapping[str, str]) -> str | None:
    """The line with its {places} filled by quotations; None if a place has nothing to be filled with.

    One pass: braces inside a value are words, not places.
    """
    if any(not values.get(name, "").strip() for name in PLACE.findall(line)):
        return None
    return PLACE.sub(
        lambda place: values[place[1]] if place[1] in UNQUOTED else f"“{trimmed(values[place[1]])}”", line
    )


# --- choosing ---------------------------------------------------------------------------------------------


@lru_cache(maxsize=KEPT)
def mark_of(line: str) -> str:
    """The part of a line by which it is known again: its longest stretch without a place."""
    longest = max(PLACE.sub("\0", line).split("\0"), key=len).strip(" “”\"'‘’.,;:")
    return flat(longest) if len(longest) >= TELLING else flat(line)


@lru_cache(maxsize=KEPT)
def flat(text: str) -> str:
    return " ".join(text.casefold().split())


def fresh(lines: Iterable[str], said: str) -> list[str]:
    """The lines that do not occur in what was said, in their order. `said` is flat."""
    return [line for line in lines if mark_of(line) not in said]


def chance(*parts: object) -> int:
    """A number that is the same whenever its parts are; below 2**32."""
    digest = hashlib.sha256("|".join(map(str, parts)).encode()).digest()
    return int.from_bytes(digest[:4], "big")


def drawn(options: Sequence[T], *parts: object) -> T | None:
    """One of the options, always the same one for the same parts; None if there are none."""
    return options[chance(*parts) % len(options)] if options else None

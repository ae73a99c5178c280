"""What a learnt listener looks at in a sentence: words, what they have in common, and the rules' own hits.

Features are names with weights; which bucket of the model a name falls into is a hash of it, so the
model needs no dictionary. Grammar, accent and manner are no features: nothing counts mistakes, and a
pair of words counts however far from textbook English the sentence around it is.
"""

import re
from collections.abc import Iterable
from functools import cache, lru_cache
from math import log2, sqrt
from pathlib import Path
from zlib import crc32

from rooms.listener.phrases import EARS, FILLER
from rooms.listener.rules import Rule

ENDING = re.compile(r"(?<=[a-z]{4})(?:ing|ed|es|s)$")  # how a word is bent says nothing of what is meant
WORD = re.compile(r"[a-z]+(?:'[a-z]+)?|\d+|[?:,;]")
CONCEPTS = Path(__file__).with_name("concepts.txt")
STEM = 5  # letters that stand for a word's family: "check", "checking"
REACH = 3  # words apart at which two concepts still belong together
BUCKETS = 2**14
SHARE = 3.0  # what all words and concepts of a sentence weigh together, however long it is
PLAIN = 1.5  # what a rule's hit or a question mark weighs


@cache
def concepts() -> dict[str, tuple[str, ...]]:
    """Word -> the concepts it may stand for."""
    found: dict[str, tuple[str, ...]] = {}
    for line in CONCEPTS.read_text("utf-8").splitlines():
        name, colon, words = line.partition(":")
        if colon and not line.startswith("#"):
            for word in dict.fromkeys(map(stem, words.split())):
                found[word] = (*found.get(word, ()), name)
    return found


def stem(word: str) -> str:
    """Without its ending, a number as "#"."""
    return "#" if word.isdigit() else ENDING.sub("", word)


def bucket(name: str) -> int:
    return crc32(name.encode()) % BUCKETS


def features(lines: list[str]) -> dict[str, float]:
    """Name -> weight, for one utterance's own sentences (lower case, as `sentences` gives them)."""
    words = [stem(word) for word in WORD.findall(" ".join(lines))]
    shared = dict(_of_words(words))
    shared.update(_of_concepts(words))
    length = sqrt(sum(weight * weight for weight in shared.values())) or 1.0
    found = {name: weight * SHARE / length for name, weight in shared.items()}
    found.update(_of_the_whole(lines, len(words)))
    return found


def _of_words(words: list[str]) -> Iterable[tuple[str, float]]:
    """Words, what they begin with, pairs and triples, pairs with one word between; and how it opens."""
    for word in words:
        yield f"w {word}", 1.0
        if len(word) >= STEM:
            yield f"p {word[:STEM]}", 0.7
    for pair in zip(["<", *words], [*words, ">"], strict=True):
        yield f"b {' '.join(pair)}", 0.7
    for one, two, three in zip(words, words[1:], words[2:], strict=False):
        yield f"t {one} {two} {three}", 0.5
        yield f"s {one} {three}", 0.5
    for word in words[:2]:
        yield f"f {word}", 0.7


def _of_concepts(words: list[str]) -> Iterable[tuple[str, float]]:
    """Concepts, two of them within reach of one another, and a concept beside a word."""
    known = concepts()
    meant = [known.get(word, ()) for word in words]
    for place, here in enumerate(meant):
        for concept in here:
            yield f"c {concept}", 1.0
            for there in meant[place + 1 : place + 1 + REACH]:
                yield from ((f"d {concept} {other}", 0.5) for other in there)
            if place + 1 < len(words):
                yield f"e {concept} {words[place + 1]}", 0.4
            if place:
                yield f"e {words[place - 1]} {concept}", 0.4


def _of_the_whole(lines: list[str], words: int) -> Iterable[tuple[str, float]]:
    if lines and lines[-1].endswith("?"):
        yield "?", PLAIN
    yield f"length {min(6, int(log2(words + 1)))}", 0.7
    fillers = sum(len(FILLER.findall(line)) for line in lines)
    yield from ((f"fillers {some}", PLAIN) for some in (3, 5) if fillers >= some)
    for rule in {rule for line in lines for rule in _met(line)}:
        yield f"rule {rule.act} {rule.name}", PLAIN
        yield f"rules {rule.act}", PLAIN


@lru_cache(1024)  # a sentence is looked at alone, with the one before it and with the one after it
def _met(line: str) -> tuple[Rule, ...]:
    return tuple(ear.rule for ear in EARS if ear.hears(line))

"""Does a text give away what a seat withholds? Asked of every word a model would say. Pure.

It looks for the words themselves, for their figures, for their rare words in any order, and for all of
that behind the usual disguises: other letters, spelling out, reversal, rot13, hex, base64. It errs on the
side of silence: what it stops is said by the script instead.
"""

import base64
import binascii
import codecs
import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from rooms.bots.lines import telling
from rooms.bots.manners import foreign

RUN = 5  # words in a row that are the same
RARE = 3  # rare words of one secret that are too many
SHARE = 0.5  # or such a part of them, and at least two
LONG_READING = 8  # words in a row read out of a brief
ENCODED = re.compile(r"[A-Za-z0-9+/_-]{12,}={0,2}")
HEX = re.compile(r"(?:[0-9a-fA-F]{2}[\s:,-]?){6,}")
SPELLED = re.compile(r"\b\w(?:[\s.\-_·*|/]{1,3}\w\b){3,}")
WORD = re.compile(r"[^\W_]+(?:[.,]\d+)*")
LOOKALIKES = str.maketrans("аеорсхуіѕ0134578@$", "aeopcxyisoleastbas")  # in words only, never in figures
ONES = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven"),
    *("twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
FRACTIONS = {"half": "50", "quarter": "25", "third": "33", "fifth": "20", "tenth": "10", "dozen": "12"}
# The same elsewhere, as far as a figure hidden in another language is a word of its own.
ELSEWHERE = {
    "zwanzig": "20", "dreißig": "30", "dreissig": "30", "vierzig": "40", "fünfzig": "50", "sechzig": "60",
    "siebzig": "70", "achtzig": "80", "neunzig": "90", "hundert": "100", "vingt": "20", "trente": "30",
    "quarante": "40", "cinquante": "50", "soixante": "60", "cent": "100", "veinte": "20", "treinta": "30",
    "cuarenta": "40", "cincuenta": "50", "sesenta": "60", "setenta": "70", "ochenta": "80", "noventa": "90",
}  # fmt: skip


class Secret(NamedTuple):
    """Something withheld, made ready to be looked for."""

    words: tuple[str, ...]
    figures: frozenset[str]  # that nobody has said aloud
    rare: frozenset[str]  # words that nobody has said aloud


def secrets(withheld: Iterable[str], said: str) -> tuple[Secret, ...]:
    """`withheld` texts as secrets, but for what of them has been `said` aloud."""
    known_figures, known_words = figures(said), telling(said)
    return tuple(
        Secret(_words(text), figures(text) - known_figures, telling(text) - known_words) for text in withheld
    )


def leak(text: str, withheld: tuple[Secret, ...], papers: Iterable[str] = (), said: str = "") -> str | None:
    """Why the text may not be said, in words that give nothing away; None if it may.

    `papers`: what the seat may draw on but not read out, such as its brief.
    """
    if foreign(text):
        return "not in the language of the case"
    known = set(_runs(_words(said), RUN))
    for way, disguised in _disguises(text):
        for secret in withheld:
            if (why := _tells(disguised, secret, known, aloud=way == "as it stands")) is not None:
                return f"{why}, {way}"
    long_known = set(_runs(_words(said), LONG_READING))
    read_out = set(_runs(_words(text), LONG_READING)) - long_known
    if any(read_out & set(_runs(_words(paper), LONG_READING)) for paper in papers):
        return "reads out its papers"
    return None


def figures(text: str) -> frozenset[str]:
    """The numbers of a text as plain digits, whatever they are written as; single digits are too common."""
    words = _words(text)
    found = {_digits(w) for w in words if w[0].isdigit()} | set(_spelled_numbers(words))
    return frozenset(f for f in found if len(f.replace(".", "")) > 1)


def _tells(text: str, secret: Secret, known: set[tuple[str, ...]], *, aloud: bool) -> str | None:
    """What of the secret is in the text. Behind a disguise one figure alone proves nothing."""
    words = _words(text)
    run = min(RUN, len(secret.words))
    if run > 1 and (set(_runs(words, run)) & set(_runs(secret.words, run))) - known:
        return "repeats what is withheld"
    told, rare = figures(text) & secret.figures, telling(text) & secret.rare
    if told and (aloud or rare):
        return "gives a figure that is withheld"
    enough = len(rare) >= RARE or (len(rare) >= 2 and len(rare) >= SHARE * len(secret.rare))
    return "says in other words what is withheld" if enough else None


def _disguises(text: str) -> Iterator[tuple[str, str]]:
    """(how, the text seen through it)"""
    plain = _plain(text)
    yield "as it stands", plain
    yield (
        "in other letters",
        " ".join(w if w.isdigit() else w.translate(LOOKALIKES) for w in plain.casefold().split()),
    )
    yield "backwards", plain[::-1]
    yield "backwards", " ".join(reversed(plain.split()))
    yield "in rot13", codecs.encode(plain, "rot13")
    joined = SPELLED.sub(lambda hit: f" {''.join(c for c in hit[0] if c.isalnum())} ", plain)
    if joined != plain:
        yield "spelled out", joined
    for token in ENCODED.findall(plain):
        yield from (("encoded", found) for found in _decoded(token))
    for token in HEX.findall(plain):
        yield from (("encoded", found) for found in _from_hex(token))


def _plain(text: str) -> str:
    """Without marks nobody sees, accents and the many forms of one letter."""
    found = unicodedata.normalize("NFKD", text)
    return "".join(c for c in found if unicodedata.category(c) not in ("Cf", "Mn", "Cc") or c in "\n\t")


def _decoded(token: str) -> Iterator[str]:
    padded = token.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        yield base64.b64decode(padded + "=" * (-len(padded) % 4)).decode("utf-8")
    except (binascii.Error, ValueError):
        return


def _from_hex(token: str) -> Iterator[str]:
    try:
        yield bytes.fromhex(re.sub(r"[^0-9a-fA-F]", "", token)).decode("utf-8")
    except ValueError:
        return


def _words(text: str) -> tuple[str, ...]:
    return tuple(w.casefold() for w in WORD.findall(text))


def _runs(words: tuple[str, ...], length: int) -> Iterator[tuple[str, ...]]:
    return (words[i : i + length] for i in range(len(words) - length + 1))


def _digits(word: str) -> str:
    """`1,200` and `1200` are one number; `0.50` and `0.5` are."""
    plain = re.sub(r",(?=\d{3}(?:\D|$))", "", word).replace(",", ".")
    number = re.match(r"\d+(?:\.\d+)?", plain)
    found = number[0] if number else plain
    return found.rstrip("0").rstrip(".") if "." in found else found


def _spelled_numbers(words: tuple[str, ...]) -> Iterator[str]:
    for place, word in enumerate(words):
        follows = words[place + 1] if place + 1 < len(words) else ""
        if word in TENS:
            value = 20 + 10 * TENS.index(word)
            one = ONES.index(follows) if follows in ONES[1:10] else 0
            yield str(value + one)
        elif word in ONES:
            value = ONES.index(word)
            yield str(value * {"hundred": 100, "thousand": 1000}.get(follows, 1))
        elif word.rstrip("s") in FRACTIONS:
            yield FRACTIONS[word.rstrip("s")]
        elif word in ELSEWHERE:
            yield ELSEWHERE[word]

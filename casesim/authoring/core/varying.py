"""A script as another candidate of the same strength would play it: by a seed, and by nothing else.

Some lines are left out, neighbours change places, the tempo differs, sentences are dropped and words are
exchanged for others that mean the same. What is decided stays; decisions keep their marks.
"""

import re
from collections.abc import Callable
from functools import partial
from typing import Any

from rooms.bots.lines import chance
from scenarios.core.schema import Scenario
from scenarios.core.script import Script, ScriptLine

LEFT_OUT = {"commit": 0.04, "revise": 0.08}  # probability; every other command OTHERWISE
OTHERWISE = 0.10
SWAPPED = 0.15  # of two neighbours of a phase
TEMPO = 0.25  # a run is faster or slower by up to this share
UNSTEADY = 6.0  # seconds by which a line comes earlier or later still
DROPPED = 0.15  # of a sentence that is neither first nor last
EXCHANGED = 0.5  # of words that can be said otherwise
OPENED = 0.25  # of words begun with a word of no weight
APART = 5  # seconds between two decisions, so that their marks keep their order
FIRST = 4  # seconds into a phase, at least

Roll = Callable[..., float]  # what is drawn for -> a number from 0 to 1

OPENERS = ("Right. ", "OK. ", "Let me think. ", "Well, ", "Good. ", "Hm. ")
EITHER_WAY = (
    ("I would", "I'd"), ("I will", "I'll"), ("I am", "I'm"), ("we will", "we'll"), ("we are", "we're"),
    ("it is", "it's"), ("that is", "that's"), ("do not", "don't"), ("does not", "doesn't"),
    ("cannot", "can't"), ("is not", "isn't"), ("are not", "aren't"), ("perhaps", "maybe"),
    ("for example", "for instance"), ("begin with", "start with"),
)  # fmt: skip
ONE_WAY = (
    ("a lot of", "lots of"), ("want to", "would like to"), ("have to", "need to"), ("at once", "right away"),
    ("only", "just"), ("but", "yet"), ("big", "large"), ("quickly", "fast"), ("usually", "mostly"),
    ("really", "truly"), ("especially", "above all"), ("show", "tell"),
)  # fmt: skip
SENTENCE = re.compile(r"(?<=[.!?])\s+")


def varied(script: Script, scenario: Scenario, seed: int) -> Script:
    """The script with other omissions, order, timing and words; the same for one seed. Never empty."""

    def roll(*what: object) -> float:
        return chance("varied", seed, *what) / 2**32

    kept = _without_left_out(script, roll) or list(script)
    paced = _paced(_swapped(kept, roll), scenario, roll)
    return tuple(_reworded(line, n, roll) for n, line in enumerate(paced))


# --- which, and in what order ------------------------------------------------------------------------


def _without_left_out(script: Script, roll: Roll) -> list[ScriptLine]:
    """What is left of the script. With a decision goes what speaks of it, and later ones move up."""
    kept, marks, decisions = [], dict[str, str](), 0
    for n, line in enumerate(script):
        out = roll("out", n) < LEFT_OUT.get(str(line.do["type"]), OTHERWISE)
        if line.do["type"] == "commit":
            decisions += 1
            marks |= {} if out else {f"D{decisions}": f"D{len(marks) + 1}"}
        if not out and (still := _with_marks(line, marks)) is not None:
            kept.append(still)
    return kept


def _with_marks(line: ScriptLine, marks: dict[str, str]) -> ScriptLine | None:
    """The line with the decision it speaks of under its new mark; None if that was left out."""
    for field in ("decision", "about"):
        mark = line.do.get(field)
        if isinstance(mark, str) and mark.startswith("D"):
            if mark not in marks:
                return None
            return line.model_copy(update={"do": {**line.do, field: marks[mark]}})
    return line


def _swapped(lines: list[ScriptLine], roll: Roll) -> list[ScriptLine]:
    """Neighbours that wait for the same phase change their moments now and then; decisions never do."""
    out = list(lines)
    for n in range(len(out) - 1):
        one, two = out[n], out[n + 1]
        free = {one.do["type"], two.do["type"]}.isdisjoint({"commit", "revise"})
        if one.phase is not None and one.phase == two.phase and free and roll("swap", n) < SWAPPED:
            out[n] = two.model_copy(update={"after": one.after})
            out[n + 1] = one.model_copy(update={"after": two.after})
    return out


# --- when ----------------------------------------------------------------------------------------------


def _paced(lines: list[ScriptLine], scenario: Scenario, roll: Roll) -> list[ScriptLine]:
    """The run's own tempo, and a little unsteadiness; two decisions of a phase keep their order."""
    seconds = {p.key: p.seconds for p in scenario.phases}
    tempo = 1 + TEMPO * (2 * roll("tempo") - 1)
    paced, decided = [], dict[str, int]()
    for n, line in enumerate(lines):
        after = max(FIRST, round(line.after * tempo + UNSTEADY * (2 * roll("when", n) - 1)))
        if line.phase is not None and line.do["type"] == "commit":
            after = max(after, decided.get(line.phase, -APART) + APART)
            decided[line.phase] = after
        if line.phase is not None:
            after = min(after, seconds[line.phase] - 1)
        paced.append(line.model_copy(update={"after": after}))
    return paced


# --- in what words -------------------------------------------------------------------------------------


def _reworded(line: ScriptLine, n: int, roll: Roll) -> ScriptLine:
    do: dict[str, Any] = dict(line.do)
    for field in ("text", "choice", "why", "gives_up", "would_change", "what", "purpose"):
        if isinstance(text := do.get(field), str) and text:
            do[field] = _said(text, field, do["type"], partial(roll, n, field))
    return line.model_copy(update={"do": do})


def _said(text: str, field: str, kind: str, roll: Roll) -> str:
    """The text in slightly other words. Of what is decided no sentence is left out."""
    said = _without_some(text, roll) if field == "text" and kind in ("say", "summarise") else text
    for one, other in EITHER_WAY:
        said = _exchanged(said, ((one, other), (other, one)), roll)
    for pair in ONE_WAY:
        said = _exchanged(said, (pair,), roll)
    opens = field == "text" and kind in ("say", "ask") and roll("open") < OPENED
    return f"{OPENERS[int(roll('opener') * len(OPENERS))]}{said}" if opens else said


def _without_some(text: str, roll: Roll) -> str:
    sentences = SENTENCE.split(text)
    inner = [s for n, s in enumerate(sentences[1:-1], 1) if roll("drop", n) >= DROPPED]
    return " ".join([sentences[0], *inner, *sentences[1:][-1:]])


def _exchanged(text: str, pairs: tuple[tuple[str, str], ...], roll: Roll) -> str:
    """One word for another, by the first of the pairs that is found; the capital stays."""
    if roll("pair", pairs[0][0]) >= EXCHANGED:
        return text
    for here, there in pairs:
        found = re.compile(rf"(?<![\w’'-]){re.escape(here)}(?![\w’'-])", re.IGNORECASE)
        if found.search(text):
            return found.sub(partial(_as_begun, there), text)
    return text


def _as_begun(word: str, was: re.Match[str]) -> str:
    return word[0].upper() + word[1:] if was[0][0].isupper() else word

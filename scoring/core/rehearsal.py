"""A scripted rater for rehearsals: marks what it saw in its own feed, and nothing else.

It counts what the candidate did, dimension by dimension, and attaches the moments that show it.
Asked for something twice and answered without a trace of it, a candidate gets the lowest level, with
those answers as evidence. A feed without a candidate's word gives "not observed" throughout.
"""

import hashlib
from collections.abc import Callable, Iterable
from typing import NamedTuple

from rooms.core.messages import Assumed, Decided, InjectFired, Revised, Summarised
from scenarios.core.acts import ACTS
from scenarios.core.schema import CANDIDATE, Dimension, Level, Rubric
from scoring.core.record import Seen, speaker, words
from scoring.core.sheets import Draft, DraftMark

Hear = Callable[[str], tuple[str, ...]]  # an utterance -> the acts in it

PROBES = 2  # answers to probes of a dimension after which silence on it is a mark
JITTER = 0.2  # levels by which two raters of the same severity may differ on a dimension


class Utterance(NamedTuple):
    """Something the candidate did: its n in the rater's feed, the acts heard in it, what it answers to."""

    n: int
    acts: tuple[str, ...]
    probed: frozenset[str] = frozenset()  # dimensions of the injects put since the last utterance


class Tally(NamedTuple):
    """What speaks for and against the candidate on one dimension, as (n, act)."""

    strong: tuple[tuple[int, str], ...]
    weak: tuple[tuple[int, str], ...]


def mark(lines: Iterable[Seen], rubric: Rubric, severity: float, seed: int, hear: Hear) -> Draft:
    """The scoresheet of a rater who saw these lines. `severity` in levels: 0.5 marks half a level lower."""
    seen = tuple(utterances(lines, hear))
    marks = tuple(
        _mark(d, tally(d.key, seen), answers(d.key, seen), severity, seed) for d in rubric.dimensions
    )
    return Draft(marks=marks, **_closing(rubric, marks))


def utterances(lines: Iterable[Seen], hear: Hear) -> Iterable[Utterance]:
    """What the candidate said and put on the board, with the acts in it."""
    pressed, probed = False, frozenset[str]()
    for line in lines:
        if isinstance(line.event, InjectFired):
            pressed, probed = True, probed | set(line.event.dimensions)
        if speaker(line.event) == CANDIDATE:
            heard = hear(words(line.event) or "")
            acts = (*heard, *(a for a in _by_form(line.event, pressed) if a not in heard))
            yield Utterance(line.n, acts, probed)
            probed = frozenset()


def answers(dimension: str, seen: Iterable[Utterance]) -> tuple[int, ...]:
    """Where the candidate answered something that was put to probe this dimension."""
    return tuple(utterance.n for utterance in seen if dimension in utterance.probed)


def tally(dimension: str, seen: Iterable[Utterance]) -> Tally:
    """The acts that speak to one dimension."""
    found = [(m.n, act) for m in seen for act in m.acts if act in ACTS and ACTS[act].dimension == dimension]
    return Tally(
        strong=tuple(f for f in found if ACTS[f[1]].leaning == "strong"),
        weak=tuple(f for f in found if ACTS[f[1]].leaning == "weak"),
    )


def merit(dimension: str, found: Tally) -> float:
    """From 0 to 1: how much leans the strong way, in how many ways, and how often."""
    ways = sum(act.dimension == dimension and act.leaning == "strong" for act in ACTS.values())
    strong, weak = len(found.strong), len(found.weak)
    leaning = strong / (strong + weak)
    variety = len({act for _, act in found.strong}) / ways
    often = strong / (strong + 1.5)
    return 0.4 * leaning + 0.3 * variety + 0.3 * often


def _by_form(event: object, pressed: bool) -> tuple[str, ...]:
    """What the candidate does by using the board, whatever the words."""
    match event:
        case Decided():
            return ("commits",)
        case Revised():
            return ("adapts",) if pressed else ()
        case Assumed():
            return ("states_assumption",)
        case Summarised():
            return ("synthesises",)
        case _:
            return ()


def _mark(
    dimension: Dimension, found: Tally, answered: tuple[int, ...], severity: float, seed: int
) -> DraftMark:
    if not found.strong and not found.weak:
        return _nothing(dimension, answered)
    steps = len(dimension.levels) - 1
    place = merit(dimension.key, found) * steps - severity + _jitter(seed, dimension.key)
    step = min(max(round(place), 0), steps)
    level = sorted(level.value for level in dimension.levels)[step]
    evidence = _evidence(found, high=step * 2 >= steps)
    return DraftMark(dimension=dimension.key, level=level, note=_note(found), evidence=evidence)


def _nothing(dimension: Dimension, answered: tuple[int, ...]) -> DraftMark:
    """The mark where nothing was heard: the lowest level only for who was asked often enough."""
    if len(answered) < PROBES:
        return DraftMark(dimension=dimension.key, not_observed=True, note="Nothing was heard on this.")
    lowest = min(level.value for level in dimension.levels)
    note = f"Probed and answered {len(answered)} times, with nothing of it in the answers."
    return DraftMark(dimension=dimension.key, level=lowest, note=note, evidence=answered[:PROBES])


def _evidence(found: Tally, high: bool) -> tuple[int, ...]:
    """The moment that shows the mark best, and the best one against it if there is any."""
    sides = (found.strong, found.weak) if high else (found.weak, found.strong)
    return tuple(dict.fromkeys(_richest(side) for side in sides if side))


def _richest(side: tuple[tuple[int, str], ...]) -> int:
    """The moment with most acts of this side; the first of equals."""
    places = [n for n, _ in side]
    return max(dict.fromkeys(places), key=places.count)


def _note(found: Tally) -> str:
    parts = [
        f"{word}: {', '.join(_counted(side))}"
        for word, side in (("For", found.strong), ("Against", found.weak))
        if side
    ]
    return "; ".join(parts)


def _counted(side: tuple[tuple[int, str], ...]) -> list[str]:
    acts = [act for _, act in side]
    return [f"{ACTS[act].about} ×{acts.count(act)}" for act in dict.fromkeys(acts)]


def _closing(rubric: Rubric, marks: tuple[DraftMark, ...]) -> dict[str, int | str | None]:
    """The closing judgement: the same share of its own scale as the marks have of theirs."""
    shares = [
        _share(d.levels, m.level)
        for d, m in zip(rubric.dimensions, marks, strict=True)
        if m.level is not None
    ]
    if not shares:
        return {"closing": None}
    values = sorted(level.value for level in rubric.closing.levels)
    step = round(sum(shares) / len(shares) * (len(values) - 1))
    return {"closing": values[step], "closing_note": f"From {len(shares)} dimensions observed."}


def _share(levels: tuple[Level, ...], level: int) -> float:
    values = sorted(each.value for each in levels)
    return values.index(level) / max(1, len(values) - 1)


def _jitter(seed: int, dimension: str) -> float:
    """From -JITTER to JITTER, always the same for a seed and a dimension."""
    drawn = hashlib.sha256(f"{seed}:{dimension}".encode()).digest()
    return JITTER * (int.from_bytes(drawn[:4]) / 0x7FFFFFFF - 1)

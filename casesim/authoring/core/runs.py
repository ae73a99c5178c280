"""What is kept of one rehearsal in memory: when things were said and put, and what it was worth.

Pure. A run is small plain data, so that hundreds of them can be handed between processes and stored.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any, NamedTuple, Protocol

from rooms.bots.lines import flat
from rooms.core import messages as m
from rooms.core.feed import Logged
from rooms.core.words import Talk, words_of
from scenarios.core.schema import CANDIDATE, Rubric, Scenario

BIN = 30  # seconds of one bar of the pacing


class Marked(Protocol):
    """A mark of a scripted rater's sheet."""

    @property
    def dimension(self) -> str: ...
    @property
    def level(self) -> int | None: ...


class Stretch(NamedTuple):
    """A phase as it went. Seconds count from its start."""

    phase: str
    seconds: int
    candidate: list[int]  # words the candidate said in each BIN
    panel: list[int]
    turns: int  # utterances of the candidate
    silence: int  # the longest without a word of anybody, seconds
    silent_at: int  # when it began


class Run(NamedTuple):
    """One hour of one candidate."""

    script: str
    seed: int
    composite: float | None  # None: the scripted raters observed nothing
    stretches: list[Stretch]
    injects: dict[str, int]  # key -> seconds into its phase
    twice: list[str]  # what the panel said twice in this room
    decisions: int


class _Word(NamedTuple):
    at: int
    by: str
    words: int


def observed(
    script: str, seed: int, scenario: Scenario, log: Sequence[Logged], composite: float | None
) -> Run:
    """What a log shows of one run."""
    begun = {x.event.phase: x.at for x in log if isinstance(x.event, m.PhaseStarted)}
    ended = {x.event.phase: x.at for x in log if isinstance(x.event, m.PhaseEnded)}
    said = [_Word(x.at, x.event.by, len(words_of(x.event).split())) for x in log if isinstance(x.event, Talk)]
    return Run(
        script=script,
        seed=seed,
        composite=composite,
        stretches=[_stretch(p, begun[p], ended[p], said) for p in begun if p in ended],
        injects={
            x.event.inject: (x.at - begun[scenario.inject(x.event.inject).phase]) // 1000
            for x in log
            if isinstance(x.event, m.InjectFired)
        },
        twice=_twice(log),
        decisions=sum(isinstance(x.event, m.Decided) for x in log),
    )


def _stretch(phase: str, start: int, end: int, said: Iterable[_Word]) -> Stretch:
    words = [w for w in said if start <= w.at < end]
    bins = max(1, -(-(end - start) // (BIN * 1000)))
    own, panel = [0] * bins, [0] * bins
    for w in words:
        (own if w.by == CANDIDATE else panel)[(w.at - start) // (BIN * 1000)] += w.words
    times = [start, *(w.at for w in words), end]
    silence, since = max((b - a, -a) for a, b in pairwise(times))
    turns = sum(w.by == CANDIDATE for w in words)
    return Stretch(phase, (end - start) // 1000, own, panel, turns, silence // 1000, (-since - start) // 1000)


def _twice(log: Iterable[Logged]) -> list[str]:
    """Lines somebody of the panel said though they had been said before."""
    told: Counter[str] = Counter()
    first: dict[str, str] = {}
    for x in log:
        if isinstance(x.event, Talk) and x.event.by != CANDIDATE:
            text = words_of(x.event)
            told[flat(text)] += 1
            first.setdefault(flat(text), text)
    return [first[key] for key, count in told.items() if count > 1]


def composite(rubric: Rubric, sheets: Iterable[Iterable[Marked]]) -> float | None:
    """Mean marks of each dimension, weighted over those observed; None if nothing was."""
    levels: dict[str, list[int]] = {}
    for sheet in sheets:
        for mark in sheet:
            if mark.level is not None:
                levels.setdefault(mark.dimension, []).append(mark.level)
    seen = [(d.weight, sum(levels[d.key]) / len(levels[d.key])) for d in rubric.dimensions if d.key in levels]
    return sum(w * x for w, x in seen) / sum(w for w, _ in seen) if seen else None


def from_json(held: dict[str, Any]) -> Run:
    return Run(**{**held, "stretches": [Stretch(**s) for s in held["stretches"]]})


def as_json(run: Run) -> dict[str, Any]:
    return run._asdict() | {"stretches": [s._asdict() for s in run.stretches]}

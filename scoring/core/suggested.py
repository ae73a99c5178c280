"""Moments a machine would look at for a dimension: suggested to a rater, and never a mark."""

from collections.abc import Iterable
from typing import NamedTuple, Protocol

from scenarios.core.acts import ACTS

MOST = 6  # moments a dimension; more is a second transcript
SHOWN = 140  # characters of each


class Heard(Protocol):
    """Something the candidate said, at place `n` of the rater's feed, and the acts heard in it."""

    @property
    def n(self) -> int: ...
    @property
    def text(self) -> str: ...
    @property
    def acts(self) -> tuple[str, ...]: ...


class Moment(NamedTuple):
    """A place of the rater's feed, what the machine heard there in plain words, and how it begins."""

    n: int
    about: tuple[str, ...]
    quote: str


def moments(said: Iterable[Heard], dimension: str) -> tuple[Moment, ...]:
    """The moments that speak to a dimension, for or against, in the order of the talk.

    Which of the two an act is taken for is left out: that is what the rater is asked. Of too many the
    ones with most acts stay, and of those the earliest.
    """
    found = [Moment(u.n, _about(u.acts, dimension), _cut(u.text)) for u in said]
    spoken = [moment for moment in found if moment.about]
    best = sorted(spoken, key=lambda moment: (-len(moment.about), moment.n))[:MOST]
    return tuple(sorted(best, key=lambda moment: moment.n))


def _about(acts: Iterable[str], dimension: str) -> tuple[str, ...]:
    return tuple(ACTS[act].about for act in acts if act in ACTS and ACTS[act].dimension == dimension)


def _cut(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= SHOWN else plain[:SHOWN].rsplit(" ", 1)[0] + " …"

"""Outcomes: what became of people who were hired, beside what the marks had said of them before.

"Success at work" is not "above the bar". A map from the one to the other is learned from outcomes, and only
forward in time.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
DOUBT = 0.35  # how much of a posterior variance flattens a logistic curve: about 3 / pi^2


class BadOutcomes(ValueError):
    """Rows that are no outcomes; the message names every bad row."""


class Outcome(NamedTuple):
    """One hire. `mean` and `var`: the posterior of the composite in logits on the day of scoring."""

    candidate: str
    mean: float
    var: float
    scored: date
    known: date  # when the outcome was recorded
    good: bool


@dataclass(frozen=True, slots=True, eq=False)
class Outcomes:
    """Columns of shape (n,), by day of scoring and then candidate. Days are proleptic ordinals."""

    score: Floats
    good: Floats
    scored: NDArray[np.int64]
    known: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.score)

    def where(self, kept: NDArray[np.bool_]) -> "Outcomes":
        return Outcomes(self.score[kept], self.good[kept], self.scored[kept], self.known[kept])


def outcomes(rows: Iterable[Outcome]) -> Outcomes:
    """Columns from rows in any order. Raises BadOutcomes."""
    rows = sorted(rows, key=lambda row: (row.scored, row.candidate))
    if wrong := [text for row in rows for text in _wrong(row)]:
        raise BadOutcomes("; ".join(wrong))
    return Outcomes(
        score=discounted([row.mean for row in rows], [row.var for row in rows]),
        good=np.array([row.good for row in rows], float),
        scored=np.array([row.scored.toordinal() for row in rows], np.int64),
        known=np.array([row.known.toordinal() for row in rows], np.int64),
    )


def discounted(mean: Floats | list[float], var: Floats | list[float]) -> Floats:
    """s = mean / sqrt(1 + 0.35 Var): what is in doubt counts for less. Logits."""
    score: Floats = np.asarray(mean, float) / np.sqrt(1 + DOUBT * np.asarray(var, float))
    return score


def _wrong(row: Outcome) -> Iterable[str]:
    if not np.isfinite(row.mean):
        yield f"{row.candidate}: mean {row.mean} is no number"
    if not (np.isfinite(row.var) and row.var >= 0):
        yield f"{row.candidate}: var {row.var} is no variance"
    if row.known <= row.scored:
        yield f"{row.candidate}: known on {row.known}, not after the scoring on {row.scored}"

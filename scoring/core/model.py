"""The seam for the rating model: ratings in, estimates out.

Today's only model gives plain means. One that adjusts for severity answers the same question
with the same shapes, so the report and its pages need not change.
"""

from typing import Protocol

from scenarios.core.schema import Doc
from scoring.core.estimate import Estimate, unknown
from scoring.core.ratings import Ratings, Unit

NOT_ADJUSTED = "marks are not adjusted for severity"


class Score(Doc):
    """One candidate on one dimension, on the rubric's own scale."""

    candidate: str
    dimension: str
    raw: Estimate
    adjusted: Estimate


class Severity(Doc):
    """How hard a rater marks, in levels; above zero is harder than the average rater."""

    rater: str
    severity: Estimate


class Estimates(Doc):
    model: str  # name and version
    says: str  # what the model does and does not do, in a sentence
    scores: tuple[Score, ...]
    severities: tuple[Severity, ...]


class RatingModel(Protocol):
    @property
    def version(self) -> str:
        """Name and version; part of a report's digest."""

    def fit(self, ratings: Ratings) -> Estimates:
        """Estimates for every candidate on every dimension, and for every rater."""


class RawMeans:
    """The mean of the levels given, and nothing more."""

    version = "raw-means 1"

    def fit(self, ratings: Ratings) -> Estimates:
        given = ratings.units()
        units = [Unit(c, d) for c in ratings.candidates for d in ratings.dimensions]
        return Estimates(
            model=self.version,
            says=f"Plain means of the levels given; {NOT_ADJUSTED}, and there is no interval.",
            scores=tuple(_score(unit, tuple(given.get(unit, {}).values())) for unit in units),
            severities=tuple(Severity(rater=r, severity=unknown(NOT_ADJUSTED)) for r in ratings.raters),
        )


def _score(unit: Unit, levels: tuple[int, ...]) -> Score:
    adjusted = unknown(NOT_ADJUSTED, len(levels))
    return Score(candidate=unit.candidate, dimension=unit.dimension, raw=mean(levels), adjusted=adjusted)


def mean(levels: tuple[int, ...]) -> Estimate:
    """The mean of levels, without an interval: two or three marks cannot carry one."""
    if not levels:
        return unknown("nobody observed it")
    return Estimate(value=sum(levels) / len(levels), n=len(levels), caution=f"no interval: {NOT_ADJUSTED}")

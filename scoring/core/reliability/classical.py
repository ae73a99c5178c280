"""The classical statistics of a set of ratings, overall and by dimension, as one document."""

from collections.abc import Callable

import numpy as np
from pydantic import Field

from scenarios.core.schema import Doc
from scoring.core.estimate import Estimate
from scoring.core.ratings import Ratings
from scoring.core.reliability.bootstrap import COVERS
from scoring.core.reliability.coefficients import coefficients, cohen
from scoring.core.reliability.generalisability import Generalisability, generalisability
from scoring.core.reliability.icc import Correlations, Table, correlations
from scoring.core.reliability.marks import Marks, marks

VERSION = 1  # of the document's form


class Settings(Doc):
    """Intervals hold `covers` of `draws` bootstrap draws, made from `seed`."""

    draws: int = Field(default=500, ge=50, le=10_000)
    seed: int = Field(default=1, ge=0)
    covers: float = COVERS


class Agreed(Doc):
    """How far raters concur on one dimension, or on all together (`dimension` None).

    Alpha by metric, kappas and Gwet's coefficient by weights: `gwet["unweighted"]` is AC1, the others
    AC2. The correlations of all dimensions together are those of each rater's mean mark of a candidate.
    """

    dimension: str | None
    candidates: int
    raters: int
    units: int
    marks: int
    not_observed: int
    share: dict[str, Estimate]
    alpha: dict[str, Estimate]
    cohen: dict[str, Estimate]
    fleiss: dict[str, Estimate]
    conger: dict[str, Estimate]
    gwet: dict[str, Estimate]
    icc: Correlations


class Classical(Doc):
    version: int
    settings: Settings
    levels: tuple[int, ...]
    overall: Agreed
    by_dimension: tuple[Agreed, ...]
    generalisability: Generalisability


def classical(
    ratings: Ratings, settings: Settings, told: Callable[[str], None] = lambda _: None
) -> Classical:
    """Everything classical about these ratings; `told` hears what is about to be done."""
    names = (None, *ratings.dimensions) if len(ratings.dimensions) > 1 else (None,)
    found = []
    for name in names:
        told(name or "all dimensions")
        found.append(agreed(ratings, name, settings))
    told("generalisability")
    return Classical(
        version=VERSION,
        settings=settings,
        levels=ratings.levels,
        overall=found[0],
        by_dimension=tuple(found[1:]),
        generalisability=generalisability(marks(ratings)),
    )


def agreed(ratings: Ratings, dimension: str | None, settings: Settings) -> Agreed:
    """Agreement on one dimension, or over the units of all when there is none."""
    given = marks(ratings, dimension)
    found = coefficients(given, settings.draws, settings.seed)
    return Agreed(
        dimension=dimension,
        candidates=given.candidates,
        raters=given.raters,
        units=given.units,
        marks=len(given.level),
        not_observed=_not_observed(ratings, dimension),
        cohen=dict(cohen(given, settings.draws, settings.seed)),
        icc=correlations(rater_means(given), settings.draws, settings.seed),
        **{
            family: {kind: found[name, kind] for name, kind in found if name == family}
            for family in ("share", "alpha", "fleiss", "conger", "gwet")
        },
    )


def rater_means(given: Marks) -> Table:
    """Each rater's mean mark of each candidate, over the dimensions he gave a level on."""
    pair = given.candidate * given.raters + given.rater
    pairs, place, size = np.unique(pair, return_inverse=True, return_counts=True)
    score = np.bincount(place, given.score, minlength=len(pairs)) / size
    return Table(candidate=pairs // max(given.raters, 1), rater=pairs % max(given.raters, 1), score=score)


def _not_observed(ratings: Ratings, dimension: str | None) -> int:
    unseen = ~ratings.observed
    if dimension is not None:
        unseen &= ratings.dimension == ratings.dimensions.index(dimension)
    return int(unseen.sum())

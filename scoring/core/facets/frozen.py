"""A calibration kept: what is known of raters and dimensions, to place a new candidate in milliseconds.

The document holds means and variances, so a candidate's interval still includes doubt about his raters and
about the steps. It never changes: another calibration is another document.
"""

from dataclasses import replace
from typing import Literal

import numpy as np
from scipy.linalg import block_diag

from scenarios.core.schema import Doc
from scoring.core.facets.blocks import Prior
from scoring.core.facets.calibration import Task, settled
from scoring.core.facets.design import EASE, LEANING, LENIENCY, Design, Places, design
from scoring.core.facets.document import VERSION, digest
from scoring.core.facets.fitted import Fitted
from scoring.core.facets.kernel import Floats
from scoring.core.facets.settings import Settings
from scoring.core.facets.spread import prior
from scoring.core.ratings import Ratings

NONE = 1e-9  # a variance


class Known(Doc):
    """A normal distribution."""

    mean: float
    variance: float


class FrozenRater(Doc):
    leniency: Known  # in his last period
    leanings: tuple[Known, ...] = ()  # by dimension; empty where they are not in the model


class Frozen(Doc):
    model: Literal["facets 1"] = VERSION
    digest: str  # of the ratings it comes from
    settings: Settings
    levels: tuple[int, ...]
    dimensions: tuple[str, ...]
    kinds: tuple[int, ...]  # of effects in the model
    spreads: tuple[float, ...]  # by kind
    assumed: bool  # the spreads are assumed, not estimated
    steps: tuple[tuple[float, ...], ...]  # tau by dimension
    step_covariances: tuple[tuple[tuple[float, ...], ...], ...]  # within each dimension
    raters: dict[str, FrozenRater]


def freeze(fitted: Fitted) -> Frozen:
    """The calibration as a document."""
    whole, known, ratings = fitted.design, fitted.posterior, fitted.ratings
    last = np.zeros(len(ratings.raters), np.intp)
    last[whole.periods.rater] = np.arange(len(whole.periods.rater))  # of equal places the last is kept
    leniency = _knowns(known.effect, known.effect_variance, whole.places[LENIENCY][last])
    leanings: list[tuple[Known, ...]] = [()] * len(ratings.raters)
    d = len(ratings.dimensions)
    if LEANING in whole.places:
        flat = _knowns(known.effect, known.effect_variance, whole.places[LEANING])
        leanings = [flat[r * d : (r + 1) * d] for r in range(len(ratings.raters))]
    k = whole.steps
    among = known.step_covariance.reshape(d, k, d, k)[np.arange(d), :, np.arange(d)]
    return Frozen(
        digest=digest(ratings),
        settings=fitted.settings,
        levels=ratings.levels,
        dimensions=ratings.dimensions,
        kinds=tuple(sorted(whole.terms)),
        spreads=tuple(fitted.sigmas.tolist()),
        assumed=fitted.assumed,
        steps=tuple(map(tuple, fitted.steps().mean.tolist())),
        step_covariances=tuple(tuple(map(tuple, rows)) for rows in among.tolist()),
        raters={
            name: FrozenRater(leniency=one, leanings=some)
            for name, one, some in zip(ratings.raters, leniency, leanings, strict=True)
        },
    )


def place(frozen: Frozen, ratings: Ratings) -> Fitted:
    """New candidates against a calibration; raters it does not know have their prior.

    Raises ValueError for another scale, or a dimension that the calibration does not know.
    """
    placed = _on(frozen, ratings)
    whole = design(placed, frozenset(frozen.kinds))
    given = _known(frozen, placed, whole)
    return settled(Task(placed, frozen.settings, whole, np.array(frozen.spreads), given))


def _on(frozen: Frozen, ratings: Ratings) -> Ratings:
    """The ratings on the calibration's scale and dimensions."""
    if unknown := sorted(set(ratings.dimensions) - set(frozen.dimensions)):
        raise ValueError(f"dimension: the calibration does not know {', '.join(unknown)}")
    if ratings.levels and not set(ratings.levels) <= set(frozen.levels):
        asked = f"{frozen.levels[0]} to {frozen.levels[-1]}" if frozen.levels else "no level"
        raise ValueError(
            f"level: the calibration knows {asked}, not {ratings.levels[0]} to {ratings.levels[-1]}"
        )
    where = np.array([frozen.dimensions.index(name) for name in ratings.dimensions], np.int32)
    shift = ratings.levels[0] - frozen.levels[0] if ratings.levels else 0
    level = np.where(ratings.observed, ratings.level + shift, ratings.level).astype(np.int16)
    return replace(
        ratings,
        dimensions=frozen.dimensions,
        levels=frozen.levels,
        dimension=where[ratings.dimension],
        level=level,
        month=np.full(len(level), np.nan),  # severity is that of each rater's last period
    )


def _known(frozen: Frozen, ratings: Ratings, whole: Design) -> Prior:
    given = prior(whole, np.array(frozen.spreads), frozen.settings.assumed)
    given.precision[whole.places[EASE]] = 1 / NONE  # the steps are tau itself
    d = len(frozen.dimensions)
    for r, name in enumerate(ratings.raters):
        if (rater := frozen.raters.get(name)) is None:
            continue
        _believe(given, whole.places[LENIENCY][r : r + 1], (rater.leniency,))
        if rater.leanings:
            _believe(given, whole.places[LEANING][r * d : (r + 1) * d], rater.leanings)
    within = [np.linalg.inv(covariance) for covariance in frozen.step_covariances]
    return given._replace(
        step_mean=np.array(frozen.steps).reshape(d, whole.steps), step_precision=block_diag(*within)
    )


def _believe(given: Prior, at: Places, knowns: tuple[Known, ...]) -> None:
    given.mean[at] = [one.mean for one in knowns]
    given.precision[at] = [1 / one.variance for one in knowns]


def _knowns(mean: Floats, variance: Floats, at: Places) -> tuple[Known, ...]:
    pairs = zip(mean[at].tolist(), variance[at].tolist(), strict=True)
    return tuple(Known(mean=m, variance=v) for m, v in pairs)

"""A candidate's standing from the rating model: the same fit with every rater, and without each in turn."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from scoring.core.decision.standard import Asked, Standard
from scoring.core.decision.standing import ByRater, OnDimension, Standing
from scoring.core.effects.aside import leave_out
from scoring.core.estimate import Estimate, unknown
from scoring.core.facets.calibration import FEW_CANDIDATES
from scoring.core.facets.design import IMPRESSION
from scoring.core.facets.document import VERSION
from scoring.core.facets.fitted import Z90, Fitted, Moments
from scoring.core.facets.kernel import score
from scoring.core.ratings import Ratings

Floats = NDArray[np.float64]
Fit = Callable[[Ratings], Fitted]  # calibrate, or place against a frozen calibration

FAMILIAR = 2  # interviews, before a rater's severity can be told from the candidate's level


class Panelist(NamedTuple):
    """A rater as the workspace knows him. `flags`: the rater effects that were found."""

    name: str
    interviews: int
    flags: tuple[str, ...] = ()


def standing_of(
    fit: Fit, ratings: Ratings, standard: Standard, panel: Mapping[str, Panelist], connected: bool = True
) -> Standing:
    """Where the one candidate of these ratings stands.

    Raises ValueError for several candidates, a rater the panel does not name, dimensions other than the
    standard's, and a bar or a floor off the scale.
    """
    if len(ratings.candidates) != 1:
        raise ValueError(f"a standing is of one candidate, not of {len(ratings.candidates)}")
    if strangers := sorted(set(ratings.raters) - panel.keys()):
        raise ValueError(f"panel: nothing is given about {', '.join(strangers)}")
    fitted = fit(ratings)
    asks = _in_order(fitted, standard)
    weights = np.array([asked.weight for asked in asks]) / sum(asked.weight for asked in asks)
    fair, above = fitted.fair(weights), _above(fitted, standard, weights)
    present = [rater for rater in ratings.raters if _marks_of(ratings, rater).any()]
    without = {
        rater: _above(fit(leave_out(ratings, (rater,))), standard, weights) if len(present) > 1 else None
        for rater in present
    }
    return Standing(
        candidate=ratings.candidates[0],
        model=VERSION,
        raw=_raw(fitted, weights),
        mean=float(fair.score[0]),
        sd=float(fair.high[0] - fair.low[0]) / (2 * Z90),
        interval=(float(fair.low[0]), float(fair.high[0])),
        above=above,
        dimensions=_dimensions(fitted, asks),
        raters=tuple(_rater(fitted, rater, panel[rater], weights, without[rater]) for rater in present),
        impression_spread=float(fitted.sigmas[IMPRESSION]),
        marks=len(ratings.level),
        not_observed=int((~ratings.observed).sum()),
        connected=connected,
        assumed=f"fewer than {FEW_CANDIDATES} candidates were marked" if fitted.assumed else None,
    )


def _in_order(fitted: Fitted, standard: Standard) -> list[Asked]:
    """What is asked of each dimension, in the order of the fit."""
    asked = {line.dimension: line for line in standard.asks}
    if odd := asked.keys() ^ set(fitted.ratings.dimensions):
        raise ValueError(f"the ratings and the standard differ in the dimensions {', '.join(sorted(odd))}")
    return [asked[dimension] for dimension in fitted.ratings.dimensions]


def _above(fitted: Fitted, standard: Standard, weights: Floats) -> float:
    return float(fitted.above(standard.bar.value, weights)[0])


def _dimensions(fitted: Fitted, asks: list[Asked]) -> tuple[OnDimension, ...]:
    fair, ratings = fitted.fair_by_dimension(), fitted.ratings
    marks = np.bincount(ratings.dimension[ratings.observed], minlength=len(asks))
    return tuple(
        OnDimension(
            dimension=asked.dimension,
            name=asked.name,
            marks=int(marks[d]),
            mean=float(fair.score[0, d]),
            sd=float(fair.high[0, d] - fair.low[0, d]) / (2 * Z90),
            interval=(float(fair.low[0, d]), float(fair.high[0, d])),
            below=None if asked.floor is None else _below(fitted, d, asked.floor),
        )
        for d, asked in enumerate(asks)
    )


def _below(fitted: Fitted, dimension: int, floor: float) -> float:
    """P(below the floor) on one dimension; nobody is below the lowest level."""
    if floor <= fitted.lowest:
        return 0.0
    alone = np.eye(len(fitted.ratings.dimensions))[dimension]
    return 1.0 - float(fitted.above(floor, alone)[0])


# --- raters -------------------------------------------------------------------------------------------


def _rater(fitted: Fitted, rater: str, known: Panelist, weights: Floats, without: float | None) -> ByRater:
    place = fitted.ratings.raters.index(rater)
    marks = _levels(fitted, _marks_of(fitted.ratings, rater))
    impression = _impression(fitted, place)
    return ByRater(
        rater=rater,
        name=known.name,
        raw=_composite(marks, weights),
        severity=_points(fitted, place, np.where(np.isnan(marks), 0.0, weights), known.interviews),
        impression=float(impression.mean),
        impression_sd=float(impression.sd),
        without=without,
        interviews=known.interviews,
        flags=known.flags,
    )


def _impression(fitted: Fitted, place: int) -> Moments:
    """What one rater made of the candidate; nothing where the fit has no impressions."""
    found = fitted.impressions()
    if found is None:
        return Moments(np.zeros(()), np.zeros(()))
    whose = fitted.design.terms[IMPRESSION].rater
    at = np.flatnonzero(whose == place)[0]
    return Moments(found.mean[at], found.sd[at])


def _points(fitted: Fitted, place: int, weights: Floats, interviews: int) -> Estimate:
    """How far below an average rater's composite this rater's is expected to lie for this candidate."""
    if interviews < FAMILIAR:
        return unknown(
            f"{interviews} interview{'' if interviews == 1 else 's'}; a severity needs more", interviews
        )
    weights = weights / weights.sum()
    severity, leanings = fitted.severity(), fitted.leanings()
    own = severity.mean[place] + (0.0 if leanings is None else leanings.mean[place])
    variance = severity.sd[place] ** 2 + (0.0 if leanings is None else weights**2 @ leanings.sd[place] ** 2)
    reach = Z90 * variance**0.5
    low, value, high = (_lost(fitted, own + away, weights) for away in (-reach, 0.0, reach))
    return Estimate(value=value, n=interviews, interval=(low, high))


def _lost(fitted: Fitted, severity: Floats, weights: Floats) -> float:
    """Score points that a severity (by dimension, logits) takes from the candidate."""
    ability, link = fitted.posterior.ability[:1], fitted.settings.link
    steps = fitted.posterior.step.reshape(ability.shape[1], -1)
    fair, given = (score(link, level, steps).mean[0] for level in (ability, ability - severity))
    return float(weights @ (fair - given))


# --- raw marks ----------------------------------------------------------------------------------------


def _raw(fitted: Fitted, weights: Floats) -> Estimate:
    """The composite of the mean marks of each dimension."""
    return _composite(_levels(fitted, fitted.ratings.observed), weights)


def _marks_of(ratings: Ratings, rater: str) -> NDArray[np.bool_]:
    mine: NDArray[np.bool_] = (ratings.rater == ratings.raters.index(rater)) & ratings.observed
    return mine


def _levels(fitted: Fitted, rows: NDArray[np.bool_]) -> Floats:
    """(d,) mean level of some rows by dimension, on the rubric's scale; nan where there is none."""
    ratings, d = fitted.ratings, len(fitted.ratings.dimensions)
    count = np.bincount(ratings.dimension[rows], minlength=d)
    total = np.bincount(ratings.dimension[rows], ratings.level[rows], d)
    mean: Floats = np.divide(total, count, out=np.full(d, np.nan), where=count > 0)
    return mean + fitted.lowest


def _composite(levels: Floats, weights: Floats) -> Estimate:
    """Weighted over the dimensions observed."""
    seen = ~np.isnan(levels)
    if not seen.any():
        return unknown("nothing was observed")
    return Estimate(value=float(weights[seen] @ levels[seen] / weights[seen].sum()), n=int(seen.sum()))

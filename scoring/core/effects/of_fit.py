"""Rater effects of a fit of the rating model: what is measured, and what the model's own bootstrap draws."""

import numpy as np
from numpy.typing import NDArray

from scoring.core.effects.findings import Progress, RaterEffects, find
from scoring.core.effects.measured import Measured
from scoring.core.effects.seen import Seen, interviews
from scoring.core.facets.calibration import refit
from scoring.core.facets.design import DRIFT, IMPRESSION, LENIENCY, PROFILE, Design
from scoring.core.facets.fitted import Fitted, simulate
from scoring.core.facets.kernel import averaged

Floats = NDArray[np.float64]
STEP = 0.01  # logits to either side, for the slope of an expected mark


def rater_effects(
    fitted: Fitted, replicates: int, seed: int, tell: Progress | None = None
) -> tuple[RaterEffects, ...]:
    """Every effect of every rater. A replicate costs a fit at known spreads."""

    def again(draw: int) -> Measured:
        return measure(refit(fitted, simulate(fitted, draw)))

    return find(measure(fitted), again, replicates, seed, tell)


def measure(fitted: Fitted) -> Measured:
    """What effects are measured from."""
    severity = fitted.severity()
    return Measured(fitted.ratings.raters, interviews(_seen(fitted)), severity.mean, severity.sd)


def _seen(fitted: Fitted) -> Seen:
    ratings, expected = fitted.ratings, fitted.marks()
    rows = fitted.design.order
    return Seen(
        rater=ratings.rater[rows],
        candidate=ratings.candidate[rows],
        month=ratings.month[rows],
        level=ratings.level[rows].astype(np.float64),
        expected=expected.mean[rows],
        variance=expected.sd[rows] ** 2,
        own=_part(fitted.design, fitted.posterior.effect, IMPRESSION, LENIENCY, DRIFT),
        profile=_part(fitted.design, fitted.posterior.effect, PROFILE),
        profile_variance=_part(fitted.design, fitted.posterior.effect_variance, PROFILE),
        information=_information(fitted),
    )


def _part(design: Design, of_effect: Floats, *kinds: int) -> Floats:
    """The sum over some kinds of effects behind each mark; 0 where the fit has none of them."""
    part: Floats = np.where(np.isin(design.kind[design.effect], kinds), of_effect[design.effect], 0.0).sum(
        axis=0
    )
    return part


def _information(fitted: Fitted) -> Floats:
    """Levels that each expected mark moves per logit, whatever the link."""
    known = fitted.posterior
    steps = fitted.steps().mean[fitted.design.marks.dimension]
    below, above = (
        averaged(fitted.settings.link, known.mark + way * STEP, known.mark_variance, steps).mean
        for way in (-1, 1)
    )
    return (above - below) / (2 * STEP)

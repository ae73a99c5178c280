"""Ratings in, a fit out: the spreads from a part of the candidates, then everything at these spreads.

With few candidates the spreads cannot be estimated. They are then assumed, and the doubt about them is
integrated over: a Sobol sequence of their prior, weighted by how well each explains the marks.
"""

from typing import NamedTuple

import numpy as np
import scipy
from scipy.special import ndtri, softmax

from scoring.core.facets.blocks import Prior, eliminate
from scoring.core.facets.design import BARE, Design, design
from scoring.core.facets.fit import Progress, State, begin, bound, look, settle
from scoring.core.facets.fitted import Fitted
from scoring.core.facets.kernel import Floats
from scoring.core.facets.posterior import mixed, posterior
from scoring.core.facets.sample import sample
from scoring.core.facets.settings import Settings
from scoring.core.facets.spread import Assumptions, assumed_sigmas, estimate, prior
from scoring.core.ratings import Ratings

FEW_CANDIDATES = 30  # below this the spreads are assumed
POINTS = 5  # log2 of the points of the Sobol sequence


def calibrate(ratings: Ratings, settings: Settings | None = None, tell: Progress | None = None) -> Fitted:
    """The rating model fitted to all observed ratings. `tell` hears of each stage and pass."""
    settings = settings or Settings()
    whole = design(ratings, _kinds(settings))
    if _few(ratings):
        return _integrated(ratings, settings, whole, tell)
    part, of_part = _part(ratings, settings, whole)
    sigmas, state = estimate(of_part, settings.link, settings.assumed, settings.laplace, tell)
    task = Task(ratings, settings, whole, sigmas, prior(whole, sigmas, settings.assumed))
    return settled(task, state if part is ratings else begin(whole, task.prior, like=state), tell)


def spreads(ratings: Ratings, settings: Settings, tell: Progress | None = None) -> Floats | None:
    """The spreads by kind, to be kept by whoever may be interrupted. None: they are assumed."""
    if _few(ratings):
        return None
    _, of_part = _part(ratings, settings, design(ratings, _kinds(settings)))
    return estimate(of_part, settings.link, settings.assumed, settings.laplace, tell)[0]


def at_spreads(
    ratings: Ratings, settings: Settings, sigmas: Floats | None, tell: Progress | None = None
) -> Fitted:
    """The fit at what `spreads` found, the same whether that was a moment ago or before an interruption."""
    whole = design(ratings, _kinds(settings))
    if sigmas is None:
        return _integrated(ratings, settings, whole, tell)
    given = prior(whole, sigmas, settings.assumed)
    return settled(Task(ratings, settings, whole, sigmas, given), tell=tell)


def refit(fitted: Fitted, ratings: Ratings) -> Fitted:
    """Other marks of the same kind at the spreads of a fit: fast, for bootstraps and for leaving out."""
    settings, sigmas = fitted.settings, fitted.sigmas
    whole = design(ratings, frozenset(fitted.design.terms))
    return settled(Task(ratings, settings, whole, sigmas, prior(whole, sigmas, settings.assumed)))


class Task(NamedTuple):
    """What to fit, at given spreads (by kind) and the prior that goes with them."""

    ratings: Ratings
    settings: Settings
    design: Design
    sigmas: Floats
    prior: Prior


def settled(task: Task, begun: State | None = None, tell: Progress | None = None) -> Fitted:
    """The fit of a task, from where passes have begun."""
    link, whole, given = task.settings.link, task.design, task.prior
    state = settle(whole, link, given, begun or begin(whole, given), task.settings.laplace, tell=tell)
    found = posterior(whole, link, given, state)
    best = bound(whole, link, given, state)
    return Fitted(task.ratings, task.settings, whole, task.sigmas, found, best, state.still, assumed=False)


def _kinds(settings: Settings) -> frozenset[int] | None:
    return BARE if settings.effects == "none" else None


def _few(ratings: Ratings) -> bool:
    return len(np.unique(ratings.candidate[ratings.observed])) < FEW_CANDIDATES


def _part(ratings: Ratings, settings: Settings, whole: Design) -> tuple[Ratings, Design]:
    """What the spreads are estimated from."""
    part = sample(ratings, settings.seed)
    return part, whole if part is ratings else design(part, frozenset(whole.terms))


def _integrated(ratings: Ratings, settings: Settings, whole: Design, tell: Progress | None) -> Fitted:
    """The mixture over spreads drawn from their prior."""
    parts, evidence, bounds, still, state = [], [], [], True, None
    points = _points(whole, settings.assumed)
    for done, sigmas in enumerate(points):
        given = prior(whole, sigmas, settings.assumed)
        state = settle(whole, settings.link, given, state or begin(whole, given), settings.laplace)
        parts.append(posterior(whole, settings.link, given, state))
        bounds.append(bound(whole, settings.link, given, state))
        eliminated = eliminate(whole, look(whole, settings.link, state), given)
        evidence.append(bounds[-1] - 0.5 * eliminated.remainder.steps_log_det)
        still = still and state.still
        if tell:
            tell("spreads", done)
    weights = softmax(evidence)
    sigmas = np.exp(weights @ np.log(points))
    together = mixed(parts, weights)
    return Fitted(ratings, settings, whole, sigmas, together, float(weights @ bounds), still, assumed=True)


def _points(whole: Design, assumed: Assumptions) -> Floats:
    """Spreads (2 ** POINTS, kinds) that fill their prior evenly; those of absent kinds stay at its centre."""
    free = (whole.counts() > 0) & (np.array(assumed.widths) > 0)
    points = np.tile(np.log(assumed_sigmas(assumed)), (2**POINTS, 1))
    if free.any():
        sobol = scipy.stats.qmc.Sobol(int(free.sum()), scramble=False)
        cube = sobol.random_base2(POINTS) + 2.0 ** -(POINTS + 1)
        points[:, free] += np.array(assumed.widths)[free] * ndtri(cube)
    return np.asarray(np.exp(points))

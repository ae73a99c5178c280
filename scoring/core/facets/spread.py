"""How widely the effects spread: found by EM, or assumed where there is too little to find it from.

    sigma_k^2 <- sum over the effects of kind k of (mean^2 + variance), and a log-normal prior

EM creeps: its changes shrink like a geometric series. So every other change goes at once to where the
series would end (Aitken), for each kind by itself.
"""

from typing import NamedTuple

import numpy as np

from scoring.core.facets.blocks import Prior
from scoring.core.facets.design import KINDS, Design
from scoring.core.facets.fit import Progress, State, apart, begin, relax, step_variance
from scoring.core.facets.kernel import Floats, Link, sums

MOST_PASSES = 80
CLOSE = 3e-4  # change of log sigma, and a tenth of the logits moved, at which EM stops
FASTEST = 0.95  # ratio of the geometric series from which no end is foreseen
FARTHEST = 0.4  # change of log sigma in one pass


class Assumptions(NamedTuple):
    """Priors: of log sigma by kind N(log centre, width^2), of the steps, even over a range."""

    centres: tuple[float, ...] = (1.1, 0.6, 0.5, 0.5, 0.15, 0.25, 0.5)
    widths: tuple[float, ...] = (0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.0)  # 0: known; inf: nothing is assumed
    step_range: float = 2.0
    step_sd: float = 1.0  # shared by the dimensions
    own_step_sd: float = 0.3  # each dimension's own


def prior(design: Design, sigmas: Floats, assumed: Assumptions) -> Prior:
    """The prior of effects and steps at these spreads, one for each of KINDS."""
    precision = 1 / (sigmas[design.kind] ** 2 * design.scale)
    precision[design.spare] = 1.0
    d, k = design.marks.dimensions, design.steps
    even = np.linspace(-assumed.step_range, assumed.step_range, k) if k > 1 else np.zeros(k)
    shared = np.kron(np.ones((d, d)), assumed.step_sd**2 * np.eye(k))
    covariance = shared + assumed.own_step_sd**2 * np.eye(d * k)
    return Prior(
        np.zeros(len(precision)),
        precision,
        np.tile(even, (d, 1)),
        np.asarray(np.linalg.inv(covariance), np.float64),
    )


def assumed_sigmas(assumed: Assumptions) -> Floats:
    return np.array(assumed.centres)


def estimate(
    design: Design, link: Link, assumed: Assumptions, laplace: bool = False, tell: Progress | None = None
) -> tuple[Floats, State]:
    """The spread of each kind, and where the passes stand at these."""
    log = np.log(assumed_sigmas(assumed))
    given = prior(design, np.exp(log), assumed)
    state = relax(design, link, given, begin(design, given), laplace)
    last = np.zeros(len(KINDS))
    for done in range(MOST_PASSES):
        state = relax(design, link, given, state, laplace)
        change = _better(design, log, moments(design, given, state), assumed) - log
        if tell:
            tell("spreads", done)
        if np.abs(change).max() < CLOSE and state.moved < 10 * CLOSE:
            break
        log += _onward(change, last) if done % 2 else change
        last = change
        given = prior(design, np.exp(log), assumed)
    return np.exp(log), state


def moments(design: Design, given: Prior, state: State) -> Floats:
    """Sum over the effects of each kind of their expected square, in units of the kind's variance."""
    square = (apart(design, given, state.mean) ** 2 + step_variance(design, state.spread)) / design.scale
    square[design.spare] = 0.0
    return sums(design.kind, square, len(KINDS))


def _better(design: Design, log: Floats, sums: Floats, assumed: Assumptions) -> Floats:
    """log sigma for which the bound is greatest with the effects as they are; by Newton, it is concave."""
    counts, widths = design.counts(), np.array(assumed.widths)
    free = (counts > 0) & (widths > 0)
    tight = np.where(widths > 0, 1 / np.maximum(widths, 1e-12) ** 2, 0.0)
    better = log.copy()
    for _ in range(30):
        pull = sums * np.exp(-2 * better)
        slope = pull - counts - tight * (better - np.log(assumed.centres))
        step = slope / np.maximum(2 * pull + tight, 1e-300)
        better += np.where(free, np.clip(step, -1.0, 1.0), 0.0)
    return better


def _onward(change: Floats, last: Floats) -> Floats:
    """The sum of the series that began with the last two changes."""
    ratio = np.divide(change, last, out=np.zeros_like(change), where=np.abs(last) > 1e-12)
    return np.asarray(np.clip(change / (1 - np.clip(ratio, 0.0, FASTEST)), -FARTHEST, FARTHEST))

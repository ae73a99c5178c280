"""The best Gaussian for all effects, at given spreads.

    V^-1 = P + X' W X,   W = E[-l''],   g = E[l'],   with eta_i ~ N(x_i' m, x_i' V x_i)
    m by Newton:   V^-1 dm = X' g - P (m - mu)

repeated until nothing moves. Its fixed point maximises the bound

    sum_i E l_i - KL(N(m, V) | prior) + log prior(steps)

(Opper & Archambeau 2009; Challis & Barber 2013). With the variances x_i' V x_i held at 0 the same passes
find the mode, and V is Laplace's: the ablation is an argument, not another program.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from scoring.core.facets.blocks import Prior, Variances, eliminate, variances
from scoring.core.facets.design import Design
from scoring.core.facets.kernel import Expected, Floats, Link, expect, sums

LONGEST = 2.0  # logits an effect may move in one pass: far from the answer Newton's step overshoots
CLOSING = 0.7  # of its width that a gap between cumulative steps may lose in one pass: order must stay
STILL = 1e-5  # logits; below this nothing has moved
MOST_PASSES = 60


Progress = Callable[[str, int], None]  # hears the stage and the number of the pass


@dataclass(frozen=True, slots=True, eq=False)
class State:
    """Where the passes stand: N(mean, V) and the steps."""

    mean: Floats  # (effects,)
    steps: Floats  # (d, k)
    spread: Variances
    log_det: float  # of V^-1
    information: float  # sum of W_i x_i' V x_i
    moved: float = np.inf  # the largest change of the last pass

    @property
    def still(self) -> bool:
        return self.moved < STILL


def begin(design: Design, prior: Prior, like: State | None = None) -> State:
    """The prior means, and no doubt about any level; steps and ease may be those of a like fit."""
    none = Variances(np.zeros(len(design.order)), np.zeros(len(design.kind)), np.zeros(len(design.kind)))
    mean, steps = prior.mean.copy(), prior.step_mean
    if like is not None:
        ease = design.marks.dimensions
        mean[-ease:], steps = like.mean[-ease:], like.steps
    return State(mean, steps.copy(), none, 0.0, 0.0)


def settle(
    design: Design,
    link: Link,
    prior: Prior,
    state: State,
    laplace: bool = False,
    tell: Progress | None = None,
) -> State:
    """Passes until nothing moves, or as many as allowed."""
    for done in range(MOST_PASSES):
        state = relax(design, link, prior, state, laplace)
        if tell:
            tell("effects", done)
        if state.still:
            break
    return state


def relax(design: Design, link: Link, prior: Prior, state: State, laplace: bool = False) -> State:
    """One pass: a Newton step for the means and the steps, and the variances that belong to it."""
    expected = look(design, link, state)
    eliminated = eliminate(design, expected, prior)
    step, turn = eliminated.solve(*gradients(design, expected, prior, state))
    share = _share(step, turn, state.steps, link)
    outside = eliminated.remainder.covariance(with_steps=False)
    spread = variances(design, eliminated.covariances(outside), outside)
    change = [np.abs(step), np.abs(turn)]
    if laplace:
        spread = spread._replace(of_mark=np.zeros_like(spread.of_mark))
    else:
        change.append(np.abs(spread.of_mark - state.spread.of_mark))
    return State(
        mean=state.mean + share * step,
        steps=state.steps + share * turn,
        spread=spread,
        log_det=eliminated.log_det,
        information=float(expected.weight @ spread.of_mark),
        moved=max(float(c.max(initial=0.0)) for c in change),
    )


def look(design: Design, link: Link, state: State) -> Expected:
    """What the marks say where the passes stand."""
    return expect(link, design.marks, levels(design, state.mean), state.spread.of_mark, state.steps)


def levels(design: Design, mean: Floats) -> Floats:
    """eta of each mark: (n,)."""
    eta = np.zeros(len(design.order))
    for places in design.effect:
        eta += mean[places]
    return eta


def gradients(design: Design, expected: Expected, prior: Prior, state: State) -> tuple[Floats, Floats]:
    """Of the bound: in the means of the effects, and in the steps."""
    gradient = np.zeros(len(state.mean))
    for places in design.effect:
        gradient += sums(places, expected.slope, len(gradient))
    pull = prior.precision * apart(design, prior, state.mean)
    gradient -= pull
    child = np.flatnonzero(design.parent != design.spare)
    np.add.at(gradient, design.parent[child], pull[child])
    return gradient, expected.step_slope - _step_pull(prior, state)


def apart(design: Design, prior: Prior, mean: Floats) -> Floats:
    """How far each effect is from its prior mean, and from the effect it steps from."""
    return mean - prior.mean - mean[design.parent]


def step_variance(design: Design, spread: Variances) -> Floats:
    """Variance of each effect less the one it steps from."""
    return spread.of_effect + spread.of_effect[design.parent] - 2 * spread.with_parent


def bound(design: Design, link: Link, prior: Prior, state: State) -> float:
    """What the passes make greatest: a lower bound of log p(marks, steps)."""
    seen = look(design, link, state)
    value = seen.value.sum() + seen.opening
    away = apart(design, prior, state.mean)
    quadratic = (
        prior.precision @ away**2 + (state.steps - prior.step_mean).ravel() @ _step_pull(prior, state).ravel()
    )
    of_prior = (
        np.log(np.delete(prior.precision, design.spare)).sum() + np.linalg.slogdet(prior.step_precision)[1]
    )
    return float(value + 0.5 * (of_prior - quadratic - state.log_det + state.information))


def _step_pull(prior: Prior, state: State) -> Floats:
    away = (state.steps - prior.step_mean).ravel()
    return (prior.step_precision @ away).reshape(state.steps.shape)


def _share(step: Floats, turn: Floats, steps: Floats, link: Link) -> float:
    """How much of Newton's step to take: no effect runs away, and cumulative steps keep their order."""
    longest = max(np.abs(step).max(initial=0.0), np.abs(turn).max(initial=0.0))
    share = 1.0 if longest <= LONGEST else LONGEST / longest
    if link == "cumulative" and steps.shape[1] > 1:
        closing = (-np.diff(turn, axis=1) / np.diff(steps, axis=1)).max()
        share = share if share * closing <= CLOSING else CLOSING / closing
    return float(share)

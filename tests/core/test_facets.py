"""The rating model's identities: what must hold exactly, whatever the data."""

from dataclasses import dataclass, replace

import numpy as np
import pytest

from scoring.core.facets.blocks import Prior, eliminate, variances
from scoring.core.facets.design import Design, design
from scoring.core.facets.fit import State, begin, bound, gradients, levels, look, relax, settle
from scoring.core.facets.kernel import Floats, Link, Marks, expect, probabilities, score
from scoring.core.facets.posterior import posterior
from scoring.core.facets.spread import Assumptions, assumed_sigmas, prior
from scoring.core.simulation import Plan, simulated

LINKS: tuple[Link, ...] = ("adjacent", "cumulative")
SMALL = {
    "candidates are eliminated": Plan(candidates=12, raters=4, raters_each=2, dimensions=3, levels=4),
    "raters are eliminated": Plan(candidates=3, raters=8, raters_each=8, dimensions=2, levels=3, months=4),
    "severity drifts": Plan(candidates=20, raters=4, dimensions=3, levels=3, months=5, unobserved=0.2),
    "two levels": Plan(candidates=10, raters=4, dimensions=2, levels=2),
}


@dataclass
class Dense:
    """The same model without any blocks: one row for each mark, one column for each effect and each step."""

    effects: Floats  # (n, effects)
    precision: Floats  # of all effects and steps

    def covariance(self) -> Floats:
        return np.linalg.inv(self.precision)

    def given_steps(self) -> Floats:
        effects = self.effects.shape[1]
        return np.linalg.inv(self.precision[:effects, :effects])


def dense(whole: Design, given: Prior, link: Link, state: State) -> Dense:
    expected = look(whole, link, state)
    n, effects, k = len(whole.order), len(whole.kind), whole.steps
    at = np.zeros((n, effects))
    for places in whole.effect:
        at[np.arange(n), places] += 1
    own = np.diag(given.precision)
    for child in np.flatnonzero(whole.parent != whole.spare):
        parent = whole.parent[child]
        own[parent, parent] += given.precision[child]
        own[[child, parent], [parent, child]] -= given.precision[child]
    turned = np.zeros((n, len(given.step_precision)))
    for row, dimension in enumerate(whole.marks.dimension):
        turned[row, dimension * k : (dimension + 1) * k] = expected.cross[:, row]
    steps = given.step_precision.copy()
    for d, weight in enumerate(expected.step_weight):
        steps[d * k : (d + 1) * k, d * k : (d + 1) * k] += weight
    among = at.T @ (expected.weight[:, None] * at) + own
    return Dense(at, np.block([[among, at.T @ turned], [turned.T @ at, steps]]))


def settled(plan: Plan, link: Link, laplace: bool = False) -> tuple[Design, Prior, State]:
    whole = design(simulated(plan, seed=3)[0])
    given = prior(whole, assumed_sigmas(Assumptions()), Assumptions())
    return whole, given, settle(whole, link, given, begin(whole, given), laplace)


@pytest.mark.parametrize("link", LINKS)
def test_slopes_and_weights_are_the_derivatives_of_the_value(link):
    draw, h = np.random.default_rng(1), 1e-5
    marks = Marks(draw.integers(0, 4, 50), draw.integers(0, 2, 50), 2)
    eta, variance = draw.normal(0, 2, 50), draw.uniform(0, 1, 50)
    steps = np.array([[-1.0, 0.2, 1.5], [-2.0, 0.0, 0.3]])
    here = expect(link, marks, eta, variance, steps)
    above, below = (expect(link, marks, eta + sign * h, variance, steps) for sign in (1, -1))
    assert (above.value - below.value) / (2 * h) == pytest.approx(here.slope, abs=1e-8)
    assert (below.slope - above.slope) / (2 * h) == pytest.approx(here.weight, abs=1e-8)
    turn = np.zeros_like(steps)
    turn[1, 2] = h
    up, down = (expect(link, marks, eta, variance, steps + sign * turn) for sign in (1, -1))
    value = up.value.sum() + up.opening - down.value.sum() - down.opening
    assert value / (2 * h) == pytest.approx(here.step_slope[1, 2], abs=1e-6)
    assert (down.step_slope - up.step_slope)[1] / (2 * h) == pytest.approx(here.step_weight[1, 2], abs=1e-6)
    assert (down.slope - up.slope)[marks.dimension == 1] / (2 * h) == pytest.approx(
        here.cross[2, marks.dimension == 1], abs=1e-8
    )


@pytest.mark.parametrize("link", LINKS)
def test_chances_add_up_and_make_the_expected_score(link):
    eta, steps = np.linspace(-4, 4, 9), np.array([-1.0, 0.2, 1.5])
    chances = probabilities(link, eta, steps[:, None])
    assert chances.sum(axis=0) == pytest.approx(1)
    found = score(link, eta[:, None], steps[None, :])
    assert found.mean[:, 0] == pytest.approx(np.arange(4) @ chances)
    assert found.slope[:, 0] == pytest.approx(-found.by_step[:, 0].sum(axis=1))


@pytest.mark.parametrize("link", LINKS)
@pytest.mark.parametrize("plan", SMALL.values(), ids=SMALL)
def test_elimination_is_the_dense_solution(plan, link):
    whole, given, state = settled(plan, link)
    flat = dense(whole, given, link, state)
    eliminated = eliminate(whole, look(whole, link, state), given)
    draw = np.random.default_rng(0)
    pull, turn = draw.normal(size=len(whole.kind)), draw.normal(size=state.steps.shape)
    solved = np.concatenate([part.ravel() for part in eliminated.solve(pull, turn)])
    assert solved == pytest.approx(np.linalg.solve(flat.precision, np.concatenate([pull, turn.ravel()])))
    effects = len(whole.kind)
    assert eliminated.log_det == pytest.approx(np.linalg.slogdet(flat.precision[:effects, :effects])[1])
    assert eliminated.log_det + eliminated.remainder.steps_log_det == pytest.approx(
        np.linalg.slogdet(flat.precision)[1]
    )


@pytest.mark.parametrize("with_steps", [False, True])
@pytest.mark.parametrize("plan", SMALL.values(), ids=SMALL)
def test_every_variance_is_that_of_the_dense_inverse(plan, with_steps):
    whole, given, state = settled(plan, "adjacent")
    flat = dense(whole, given, "adjacent", state)
    inverse = flat.covariance() if with_steps else flat.given_steps()
    among = inverse[: len(whole.kind), : len(whole.kind)]
    eliminated = eliminate(whole, look(whole, "adjacent", state), given)
    outside = eliminated.remainder.covariance(with_steps)
    found = variances(whole, eliminated.covariances(outside), outside)
    assert found.of_mark == pytest.approx(np.einsum("ij,jk,ik->i", flat.effects, among, flat.effects))
    used = np.arange(len(whole.kind)) != whole.spare
    assert found.of_effect[used] == pytest.approx(np.diagonal(among)[used])
    child = np.flatnonzero(whole.parent != whole.spare)
    assert found.with_parent[child] == pytest.approx(among[child, whole.parent[child]])


@pytest.mark.parametrize("plan", SMALL.values(), ids=SMALL)
def test_abilities_severities_and_steps_vary_together_as_in_the_dense_inverse(plan):
    whole, given, state = settled(plan, "adjacent")
    inverse = dense(whole, given, "adjacent", state).covariance()
    found = posterior(whole, "adjacent", given, state)
    d, k, effects = plan.dimensions, whole.steps, len(whole.kind)
    ability = np.zeros((plan.candidates, d, len(inverse)))
    for n, of_candidate in enumerate(ability):
        of_candidate[:, whole.places[0][n]] = 1
        of_candidate[np.arange(d), whole.places[1][n * d : (n + 1) * d]] = 1
    step = np.zeros((d * k, len(inverse)))
    step[:, effects:] = np.eye(d * k)
    step[np.arange(d * k), whole.places[6][np.arange(d * k) // k]] = -1
    assert found.ability_covariance == pytest.approx(np.einsum("ndi,ij,nej->nde", ability, inverse, ability))
    assert found.ability_step == pytest.approx(np.einsum("ndi,ij,sj->nds", ability, inverse, step))
    assert found.step_covariance == pytest.approx(step @ inverse @ step.T)
    severity = np.zeros((plan.raters, len(inverse)))
    time = whole.periods
    for mark in time.of_mark:
        severity[time.rater[mark], whole.places[3][mark]] -= 1
    severity /= np.abs(severity).sum(axis=1, keepdims=True)
    assert found.severity_variance == pytest.approx(np.einsum("ri,ij,rj->r", severity, inverse, severity))


@pytest.mark.parametrize("link", LINKS)
@pytest.mark.parametrize("plan", SMALL.values(), ids=SMALL)
def test_every_pass_raises_the_bound(plan, link):
    whole = design(simulated(plan, seed=5)[0])
    given = prior(whole, assumed_sigmas(Assumptions()), Assumptions())
    state, bounds = begin(whole, given), []
    for _ in range(12):
        state = relax(whole, link, given, state)
        bounds.append(bound(whole, link, given, state))
    assert bounds[-1] > bounds[0]
    assert min(np.diff(bounds)) > -1e-9


@pytest.mark.parametrize("link", LINKS)
@pytest.mark.parametrize("plan", SMALL.values(), ids=SMALL)
def test_nothing_pulls_where_the_passes_settle(plan, link):
    whole, given, state = settled(plan, link)
    assert state.still
    for pull in gradients(whole, look(whole, link, state), given, state):
        assert np.abs(pull).max() < 1e-5


def test_the_pull_is_the_slope_of_the_bound():
    whole, given, state = settled(SMALL["severity drifts"], "adjacent")
    aside = replace(state, mean=state.mean + np.random.default_rng(2).normal(0, 0.3, len(state.mean)))
    pull, _ = gradients(whole, look(whole, "adjacent", aside), given, aside)
    h = 1e-5
    for place in (0, whole.places[3][1], len(whole.kind) - 1):
        nudge = np.zeros(len(aside.mean))
        nudge[place] = h
        up, down = (
            bound(whole, "adjacent", given, replace(aside, mean=aside.mean + s * nudge)) for s in (1, -1)
        )
        assert (up - down) / (2 * h) == pytest.approx(pull[place], abs=1e-4)


def test_without_variances_the_passes_find_the_mode():
    whole, given, state = settled(SMALL["candidates are eliminated"], "adjacent", laplace=True)
    none = np.zeros(len(whole.order))
    expected = expect("adjacent", whole.marks, levels(whole, state.mean), none, state.steps)
    assert np.abs(gradients(whole, expected, given, state)[0]).max() < 1e-5
    assert not state.spread.of_mark.any()
    curved = dense(whole, given, "adjacent", state).given_steps()
    used = np.arange(len(whole.kind)) != whole.spare
    assert state.spread.of_effect[used] == pytest.approx(np.diagonal(curved)[used])

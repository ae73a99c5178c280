"""What is known of every effect once the passes have settled, doubt about the steps included."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_array

from scoring.core.facets.blocks import Eliminated, Prior, eliminate, variances
from scoring.core.facets.design import EASE, GENERAL, LENIENCY, PROFILE, Design, Places
from scoring.core.facets.fit import State, levels, look
from scoring.core.facets.kernel import Floats, Link, sums
from scoring.core.facets.remainder import Covariance


@dataclass(frozen=True, slots=True, eq=False)
class Posterior:
    """Means with their variances or covariances. n candidates, d dimensions, k steps of each.

    `ability` is a candidate's general level plus his profile, in logits; `step` is tau, difficulty
    included; `severity` is a rater's average over his marks.
    """

    effect: Floats  # (effects,)
    effect_variance: Floats
    mark: Floats  # (m,): the level eta behind each mark, in the design's order; difficulty is in the steps
    mark_variance: Floats  # of eta less the difficulty
    severity: Floats  # (raters,)
    severity_variance: Floats
    ability: Floats  # (n, d)
    ability_covariance: Floats  # (n, d, d)
    step: Floats  # (d * k,)
    step_covariance: Floats  # (d * k, d * k)
    ability_step: Floats  # (n, d, d * k): covariances of the two


def posterior(design: Design, link: Link, prior: Prior, state: State) -> Posterior:
    """What is known at these spreads."""
    eliminated = eliminate(design, look(design, link, state), prior)
    outside = eliminated.remainder.covariance(with_steps=True)
    spread = variances(design, eliminated.covariances(outside), outside)
    severity, severity_variance = _severity(eliminated, outside, state.mean)
    ability_covariance, ability_step = _ability(eliminated, outside)
    turn = _turn(design)
    return Posterior(
        effect=state.mean,
        effect_variance=spread.of_effect,
        mark=levels(design, state.mean) - state.mean[design.effect[-1]],
        mark_variance=spread.of_mark,
        severity=severity,
        severity_variance=severity_variance,
        ability=_abilities(design, state.mean),
        ability_covariance=ability_covariance,
        step=turn @ np.concatenate([state.mean[design.places[EASE]], state.steps.ravel()]),
        step_covariance=turn @ outside.shared @ turn.T,
        ability_step=ability_step,
    )


def mixed(parts: Sequence[Posterior], weights: Floats) -> Posterior:
    """The moments of a weighted mixture: doubt within the parts, and doubt between them."""

    def mean(name: str) -> Floats:
        return np.tensordot(weights, np.stack([getattr(part, name) for part in parts]), axes=1)

    def variance(name: str) -> Floats:
        return mean(f"{name}_variance") + _between(parts, weights, name, name, "...,...->...")

    return Posterior(
        effect=mean("effect"),
        effect_variance=variance("effect"),
        mark=mean("mark"),
        mark_variance=variance("mark"),
        severity=mean("severity"),
        severity_variance=variance("severity"),
        ability=mean("ability"),
        ability_covariance=mean("ability_covariance")
        + _between(parts, weights, "ability", "ability", "nd,ne->nde"),
        step=mean("step"),
        step_covariance=mean("step_covariance") + _between(parts, weights, "step", "step", "i,j->ij"),
        ability_step=mean("ability_step") + _between(parts, weights, "ability", "step", "nd,j->ndj"),
    )


def _between(parts: Sequence[Posterior], weights: Floats, one: str, other: str, product: str) -> Floats:
    """Covariance between the parts' means."""
    left = np.stack([getattr(part, one) for part in parts])
    right = np.stack([getattr(part, other) for part in parts])
    left, right = left - np.tensordot(weights, left, axes=1), right - np.tensordot(weights, right, axes=1)
    each = [w * np.einsum(product, a, b) for w, a, b in zip(weights, left, right, strict=True)]
    return np.asarray(np.sum(each, axis=0))


def _turn(design: Design) -> Floats:
    """From ease and a dimension's own steps to tau: (d * k, d + d * k)."""
    d, k = design.marks.dimensions, design.steps
    return np.hstack([-np.kron(np.eye(d), np.ones((k, 1))), np.eye(d * k)])


# --- candidates -------------------------------------------------------------------------------------------


class _Part(NamedTuple):
    """Covariances of some candidates' general level and profile, and with the ease and the steps."""

    candidates: Places  # (b,)
    own: Floats  # (b, 1 + d, 1 + d), or (b, 1, 1) without profiles
    shared: Floats  # (b, 1 + d, d + d * k)


def _abilities(design: Design, mean: Floats) -> Floats:
    general = mean[design.places[GENERAL]][:, None]
    if PROFILE not in design.places:
        return np.tile(general, (1, design.marks.dimensions))
    return general + mean[design.places[PROFILE]].reshape(len(general), -1)


def _ability(eliminated: Eliminated, outside: Covariance) -> tuple[Floats, Floats]:
    """Covariances of abilities among one candidate's dimensions, and with the steps."""
    design = eliminated.design
    d, n = design.marks.dimensions, len(design.places[GENERAL])
    among, with_steps = np.empty((n, d, d)), np.empty((n, d, d * design.steps))
    parts = _from_outside(design, outside) if design.by_rater else _from_blocks(eliminated, outside)
    turn = _turn(design)
    for part in parts:
        adds = np.hstack([np.ones((d, 1)), np.eye(d)])[:, : part.own.shape[1]]
        among[part.candidates] = adds @ part.own @ adds.T
        with_steps[part.candidates] = adds @ part.shared @ turn.T
    return among, with_steps


def _from_blocks(eliminated: Eliminated, outside: Covariance) -> Iterator[_Part]:
    """A candidate's block begins with his general level, then his profile."""
    design = eliminated.design
    own = 1 + (design.marks.dimensions if PROFILE in design.places else 0)
    shared = design.marks.dimensions * (1 + design.steps)
    for chunk, within in eliminated.covariances(outside):
        yield _Part(chunk.owners, within[:, :own, :own], within[:, :own, within.shape[2] - shared :])


def _from_outside(design: Design, outside: Covariance) -> Iterator[_Part]:
    at = design.places[GENERAL][:, None]
    if PROFILE in design.places:
        at = np.hstack([at, design.places[PROFILE].reshape(len(at), -1)])
    own = at.shape[1]
    shared = design.outside + 1 + np.arange(len(outside.shared))
    touched = np.hstack([at - design.first_outside, np.tile(shared, (len(at), 1))])
    within = outside.among(touched)
    yield _Part(np.arange(len(at)), within[:, :own, :own], within[:, :own, own:])


# --- raters -----------------------------------------------------------------------------------------------


def _severity(eliminated: Eliminated, outside: Covariance, mean: Floats) -> tuple[Floats, Floats]:
    """Each rater's severity over his marks, and its variance."""
    design = eliminated.design
    share = _shares(design)
    at = design.places[LENIENCY]
    whose = design.periods.rater
    raters = int(whose.max(initial=-1)) + 1
    severity = -sums(whose, share * mean[at], raters)
    if not design.by_rater:
        places = at - design.first_outside
        weights = csr_array((share, (whose, places)), shape=(raters, design.outside + 1))
        return severity, outside.variance_of(weights)
    of_effect = np.zeros(len(design.kind))
    of_effect[at] = share
    variance = np.empty(raters)
    for chunk, within in eliminated.covariances(outside):
        weight = of_effect[chunk.effects].reshape(chunk.blocks, chunk.size)
        own = within[:, : chunk.size, : chunk.size]
        variance[chunk.owners] = np.einsum("bi,bij,bj->b", weight, own, weight)
    return severity, variance


def _shares(design: Design) -> Floats:
    """Of each period's effect in its rater's marks; a rater without marks has one period."""
    whose = design.periods.rater
    marks = np.bincount(design.periods.of_mark, minlength=len(whose)).astype(float)
    of_rater = sums(whose, marks, 0)[whose]
    return np.asarray(np.divide(marks, of_rater, out=np.ones_like(marks), where=of_rater > 0))

"""What a fit can be asked.

The composite level of a candidate is c = sum_d w_d ability_d, in logits. On the rubric's own scale it is the
fair score: what an average rater is expected to give, dimension by dimension. A bar is set by people on the
rubric's scale, and lies in logits where a candidate equally able on all dimensions would be given it.
"""

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from scipy.optimize import brentq
from scipy.special import expit, logit, ndtr

from scoring.core.facets.design import EASE, GENERAL, IMPRESSION, LEANING, LENIENCY, Design
from scoring.core.facets.kernel import Floats, Score, averaged, probabilities, score
from scoring.core.facets.posterior import Posterior
from scoring.core.facets.settings import Settings
from scoring.core.ratings import Ratings

Z90 = 1.6448536269514722  # half a 90 % interval in standard deviations
FARTHEST = 50.0  # logits; no bar lies beyond


class Moments(NamedTuple):
    mean: Floats
    sd: Floats


class Interval(NamedTuple):
    """A score on the rubric's own scale, with its 90 % interval."""

    score: Floats
    low: Floats
    high: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    ratings: Ratings
    settings: Settings
    design: Design
    sigmas: Floats  # by kind
    posterior: Posterior
    bound: float
    settled: bool  # nothing moved any more in the last pass
    assumed: bool  # the spreads are assumed and integrated over, not estimated

    @property
    def lowest(self) -> int:
        return self.ratings.levels[0] if self.ratings.levels else 0

    # --- candidates ---------------------------------------------------------------------------------------

    def composite(self, weights: Floats | None = None) -> Moments:
        """c of each candidate, in logits: (n,)."""
        w = self.weights(weights)
        known = self.posterior
        return Moments(known.ability @ w, np.sqrt(np.einsum("d,nde,e->n", w, known.ability_covariance, w)))

    def general(self) -> Moments:
        """theta of each candidate, without his profile, in logits: (n,)."""
        return self._effects(GENERAL, 1.0)

    def abilities(self) -> Moments:
        """Of each candidate on each dimension, in logits: (n, d)."""
        known = self.posterior
        variance = np.diagonal(known.ability_covariance, axis1=1, axis2=2)
        return Moments(known.ability, np.sqrt(variance))

    def fair(self, weights: Floats | None = None) -> Interval:
        """The fair score of each candidate: (n,)."""
        w = self.weights(weights)
        at = self._scores(self.posterior.ability)
        by_ability, by_step = at.slope * w, at.by_step * w[:, None]
        known = self.posterior
        by_step = by_step.reshape(len(by_step), -1)
        variance = (
            np.einsum("nd,nde,ne->n", by_ability, known.ability_covariance, by_ability)
            + 2 * np.einsum("nd,ndj,nj->n", by_ability, known.ability_step, by_step)
            + np.einsum("nj,jk,nk->n", by_step, known.step_covariance, by_step)
        )
        return self._interval(at.mean @ w, variance)

    def fair_by_dimension(self) -> Interval:
        """The fair score of each candidate on each dimension: (n, d)."""
        at, known = self._scores(self.posterior.ability), self.posterior
        d, k = at.by_step.shape[1:]
        blocks = known.step_covariance.reshape(d, k, d, k)[np.arange(d), :, np.arange(d)]
        own = known.ability_step.reshape(len(known.ability), d, d, k)[:, np.arange(d), np.arange(d)]
        variance = (
            at.slope**2 * np.diagonal(known.ability_covariance, axis1=1, axis2=2)
            + 2 * at.slope * np.einsum("ndk,ndk->nd", own, at.by_step)
            + np.einsum("ndj,djk,ndk->nd", at.by_step, blocks, at.by_step)
        )
        return self._interval(at.mean, variance)

    def bar_at(self, bar: float, weights: Floats | None = None) -> float:
        """Where a bar on the rubric's scale lies in logits. Raises ValueError off the scale."""
        w, levels = self.weights(weights), self.ratings.levels
        if len(levels) < 2 or not levels[0] < bar < levels[-1]:
            scale = (
                f"between {levels[0]} and {levels[-1]}"
                if len(levels) > 1
                else "on a scale of two levels or more"
            )
            raise ValueError(f"bar: {bar:g} does not lie {scale}")
        d = len(w)

        def short(level: float) -> float:
            return float(self._scores(np.full((1, d), level)).mean[0] @ w) - (bar - self.lowest)

        return float(brentq(short, -FARTHEST, FARTHEST, xtol=1e-10))

    def above(self, bar: float, weights: Floats | None = None) -> Floats:
        """P(c > bar) of each candidate: (n,). Doubt about where the steps put the bar is in it."""
        w, known = self.weights(weights), self.posterior
        level = self.bar_at(bar, weights)
        at = self._scores(np.full((1, len(w)), level))
        pull = -(at.by_step[0] * w[:, None]).ravel() / (at.slope[0] @ w)  # d bar / d step
        variance = (
            np.einsum("d,nde,e->n", w, known.ability_covariance, w)
            - 2 * np.einsum("d,ndj,j->n", w, known.ability_step, pull)
            + pull @ known.step_covariance @ pull
        )
        return np.asarray(ndtr((known.ability @ w - level) / np.sqrt(variance)))

    def weights(self, weights: Floats | None) -> Floats:
        """The weights of the dimensions, as shares; equal ones without any."""
        d = len(self.ratings.dimensions)
        given = np.ones(d) if weights is None else np.asarray(weights, float)
        if given.shape != (d,) or (given < 0).any() or not given.sum() > 0:
            raise ValueError(f"weights: {d} numbers are needed, none below 0 and not all 0")
        return np.asarray(given / given.sum())

    def _scores(self, ability: Floats) -> Score:
        """Expected scores, from 0, at abilities (n, d)."""
        d = len(self.ratings.dimensions)
        return score(self.settings.link, ability, self.posterior.step.reshape(d, -1))

    def _interval(self, mean: Floats, variance: Floats) -> Interval:
        """Made in the logit of the share of the scale, so that it stays on the scale."""
        top = max(self.design.steps, 1)
        share = np.clip(mean / top, 1e-12, 1 - 1e-12)
        reach = Z90 * np.sqrt(np.maximum(variance, 0)) / (top * share * (1 - share))
        low, high = (self.lowest + self.design.steps * expit(logit(share) + sign * reach) for sign in (-1, 1))
        return Interval(self.lowest + mean, low, high)

    # --- raters -------------------------------------------------------------------------------------------

    def severity(self) -> Moments:
        """Of each rater over his marks, in logits: (raters,)."""
        return Moments(self.posterior.severity, np.sqrt(self.posterior.severity_variance))

    def severity_in_time(self) -> Moments:
        """Of each period of `design.periods`, in logits."""
        return self._effects(LENIENCY, -1.0)

    def leanings(self) -> Moments | None:
        """Severity of each rater on each dimension beyond his own: (raters, d)."""
        if LEANING not in self.design.places:
            return None
        shape = (len(self.ratings.raters), len(self.ratings.dimensions))
        found = self._effects(LEANING, -1.0)
        return Moments(found.mean.reshape(shape), found.sd.reshape(shape))

    def impressions(self) -> Moments | None:
        """What each rater made of each candidate, in the order of `design.terms[IMPRESSION]`."""
        return self._effects(IMPRESSION, 1.0) if IMPRESSION in self.design.places else None

    def _effects(self, kind: int, sign: float) -> Moments:
        at = self.design.places[kind]
        return Moments(sign * self.posterior.effect[at], np.sqrt(self.posterior.effect_variance[at]))

    # --- dimensions and marks -----------------------------------------------------------------------------

    def steps(self) -> Moments:
        """tau of each dimension: (d, k)."""
        shape = (len(self.ratings.dimensions), self.design.steps)
        sd = np.sqrt(np.diagonal(self.posterior.step_covariance))
        return Moments(self.posterior.step.reshape(shape), sd.reshape(shape))

    def marks(self) -> Moments:
        """Of each row of the ratings: the expected score and its sd, averaged over the posterior.

        From 0, as `ratings.level`; nan where nothing was observed. The sd is that of a mark at a known
        level, so a residual over it is what fit statistics are made of.
        """
        known, rows = self.posterior, self.design.order
        steps = self.steps().mean[self.design.marks.dimension]
        found = averaged(self.settings.link, known.mark, known.mark_variance, steps)
        mean, sd = np.full((2, len(self.ratings.level)), np.nan)
        mean[rows], sd[rows] = found.mean, np.sqrt(found.variance)
        return Moments(mean, sd)


def simulate(fitted: Fitted, seed: int) -> Ratings:
    """The same rows with marks from the model: effects drawn anew from their spreads, the steps as found."""
    design, draw = fitted.design, np.random.default_rng(seed)
    effect = draw.standard_normal(len(design.kind)) * fitted.sigmas[design.kind] * np.sqrt(design.scale)
    effect[design.spare] = 0.0
    effect[design.places[EASE]] = 0.0  # it is in the steps as found
    for child in np.flatnonzero(design.parent != design.spare):  # in order of time
        effect[child] += effect[design.parent[child]]
    eta = effect[design.effect].sum(axis=0)
    steps = fitted.steps().mean[design.marks.dimension]
    chances = probabilities(fitted.settings.link, eta, steps.T)
    passed = draw.random(len(eta)) > np.cumsum(chances, axis=0)[:-1]
    level = fitted.ratings.level.copy()
    level[design.order] = passed.sum(axis=0)
    level.flags.writeable = False
    return replace(fitted.ratings, level=level)

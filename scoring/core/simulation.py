"""Ratings with known truth: for tests, benchmarks, documents and bootstraps.

The truth is drawn from the rating model's own kinds of effects (see scoring/core/facets). Some raters may
behave otherwise, so that their discovery can be measured.
"""

from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from scenarios.core.schema import Doc
from scoring.core.facets.kernel import Floats, Link, probabilities
from scoring.core.ratings import Named, Ratings, from_columns

Habit = Literal["plain", "careless", "central", "halo", "drifting"]
HABITS: tuple[Habit, ...] = ("plain", "careless", "central", "halo", "drifting")

UNRELATED = 0.8  # share of a careless rater's marks that have nothing to do with the candidate
STRETCH = 2.0  # of a central rater's steps, which puts the outer levels out of reach
FLAT = 0.9  # share of a candidate's profile that a rater with a halo does not see
DRIFTS = 1.5  # logits of severity that a drifting rater gains from the first month to the last

Count = Annotated[int, Field(ge=1, le=10_000_000)]
Spread = Annotated[float, Field(ge=0, le=10)]
Share = Annotated[float, Field(ge=0, le=1)]
Places = NDArray[np.intp]


class Plan(Doc):
    """What to simulate. Spreads are standard deviations in logits; habits are shares of the raters."""

    candidates: Count = 200
    raters: Count = 20
    raters_each: Count = 3
    dimensions: Annotated[int, Field(ge=1, le=50)] = 7
    levels: Annotated[int, Field(ge=2, le=20)] = 5
    link: Link = "adjacent"
    general: Spread = 1.1
    profile: Spread = 0.6
    impression: Spread = 0.5
    severity: Spread = 0.5
    leaning: Spread = 0.0
    drift: Spread = 0.0  # sd of the change of severity in a month
    difficulty: Spread = 0.5
    months: Annotated[int, Field(ge=0, le=120)] = 0  # 0: marks without a date
    unobserved: Share = 0.0
    careless: Share = 0.0
    central: Share = 0.0
    halo: Share = 0.0
    drifting: Share = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Truth:
    """n candidates, r raters, d dimensions, k steps. Candidates and raters in the order of their names."""

    general: Floats  # (n,)
    profile: Floats  # (n, d)
    severity: Floats  # (r,): in the first month
    leaning: Floats  # (r, d)
    walk: Floats  # (r, months): what severity has gained
    steps: Floats  # (d, k): difficulty included
    habit: NDArray[np.int8]  # (r,): place in HABITS

    @property
    def ability(self) -> Floats:
        """On each dimension: (n, d)."""
        return self.general[:, None] + self.profile


@dataclass(frozen=True, slots=True, eq=False)
class _Rows:
    """Which rater marks which candidate, in which month: one row for each pair."""

    candidate: Places
    rater: Places
    month: Floats
    impression: Floats


def simulated(plan: Plan, seed: int) -> tuple[Ratings, Truth]:
    """Ratings and the truth behind them; the same for the same plan and seed."""
    if plan.raters_each > plan.raters:
        raise ValueError(f"raters_each: {plan.raters_each} of {plan.raters} raters cannot mark one candidate")
    draw = np.random.default_rng(seed)
    truth = _truth(plan, draw)
    rows = _rows(plan, draw)
    levels = _levels(plan, truth, rows, draw)
    d = plan.dimensions
    ratings = from_columns(
        _repeated("R", plan.raters, rows.rater, d),
        _repeated("C", plan.candidates, rows.candidate, d),
        Named(_names("D", d), np.tile(np.arange(d, dtype=np.int32), len(rows.rater))),
        np.where(draw.random(levels.shape) < plan.unobserved, np.nan, levels + 1.0).ravel(),
        np.repeat(rows.month, d),
        scale=(1, plan.levels),
    )
    return ratings, truth


def _truth(plan: Plan, draw: np.random.Generator) -> Truth:
    n, r, d, k = plan.candidates, plan.raters, plan.dimensions, plan.levels - 1
    even = np.linspace(-2, 2, k) if k > 1 else np.zeros(1)
    shared = even + draw.normal(0, 0.3, k)
    steps = draw.normal(0, plan.difficulty, (d, 1)) + shared + draw.normal(0, 0.3, (d, k))
    return Truth(
        general=draw.normal(0, plan.general, n),
        profile=draw.normal(0, plan.profile, (n, d)) if d > 1 else np.zeros((n, 1)),
        severity=draw.normal(0, plan.severity, r),
        leaning=draw.normal(0, plan.leaning, (r, d)),
        walk=np.cumsum(draw.normal(0, plan.drift, (r, max(plan.months, 1))), axis=1),
        steps=np.sort(steps, axis=1) if plan.link == "cumulative" else steps,
        habit=_habits(plan, draw),
    )


def _habits(plan: Plan, draw: np.random.Generator) -> NDArray[np.int8]:
    shares = [plan.careless, plan.central, plan.halo, plan.drifting]
    counts = [round(share * plan.raters) for share in shares]
    if sum(counts) > plan.raters:
        raise ValueError("careless, central, halo and drifting: more raters with a habit than raters")
    plain = plan.raters - sum(counts)
    return draw.permutation(np.repeat(np.arange(len(HABITS)), [plain, *counts])).astype(np.int8)


def _rows(plan: Plan, draw: np.random.Generator) -> _Rows:
    n, each = plan.candidates, plan.raters_each
    month = draw.uniform(0, plan.months, n) if plan.months else np.full(n, np.nan)
    return _Rows(
        candidate=np.repeat(np.arange(n), each),
        rater=_panels(plan, draw).ravel(),
        month=np.repeat(month, each),
        impression=draw.normal(0, plan.impression, n * each),
    )


def _panels(plan: Plan, draw: np.random.Generator) -> Places:
    """Raters of each candidate (n, each), none twice; all with nearly as many candidates."""
    seats = plan.candidates * plan.raters_each
    turns = np.concatenate([draw.permutation(plan.raters) for _ in range(-(-seats // plan.raters))])
    panels = turns[:seats].reshape(plan.candidates, plan.raters_each)
    while len(doubled := np.flatnonzero((np.diff(np.sort(panels, axis=1), axis=1) == 0).any(axis=1))):
        panels[doubled] = draw.integers(plan.raters, size=(len(doubled), plan.raters_each))
    return panels


def _levels(plan: Plan, truth: Truth, rows: _Rows, draw: np.random.Generator) -> Places:
    """The level given, from 0: (pairs, d)."""
    habit = np.array(HABITS)[truth.habit][rows.rater]
    seen = np.where(habit == "halo", 1 - FLAT, 1.0)[:, None]
    eta = truth.general[rows.candidate, None] + seen * truth.profile[rows.candidate]
    eta += (rows.impression - _severity(plan, truth, rows, habit))[:, None] - truth.leaning[rows.rater]
    stretch = np.where(habit == "central", STRETCH, 1.0)[:, None]
    level = np.empty(eta.shape, np.intp)
    for d, steps in enumerate(truth.steps):
        chances = probabilities(plan.link, eta[:, d], (stretch * steps).T)
        level[:, d] = (draw.random(len(eta)) > np.cumsum(chances, axis=0)[:-1]).sum(axis=0)
    unrelated = (habit == "careless")[:, None] & (draw.random(level.shape) < UNRELATED)
    return np.where(unrelated, draw.permutation(level.ravel()).reshape(level.shape), level)


def _severity(plan: Plan, truth: Truth, rows: _Rows, habit: NDArray[np.str_]) -> Floats:
    if not plan.months:
        return truth.severity[rows.rater]
    walked = truth.walk[rows.rater, rows.month.astype(np.intp)]
    gained = np.where(habit == "drifting", DRIFTS * (rows.month / plan.months - 0.5), 0.0)
    return np.asarray(truth.severity[rows.rater] + walked + gained)


def _names(letter: str, count: int) -> tuple[str, ...]:
    width = len(str(count))
    return tuple(f"{letter}{n + 1:0{width}}" for n in range(count))


def _repeated(letter: str, count: int, place: Places, times: int) -> Named:
    return Named(_names(letter, count), np.repeat(place, times).astype(np.int32))

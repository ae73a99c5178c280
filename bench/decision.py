"""What deciding by expected loss is worth: simulated candidates, the truth known.

A bad hire costs 3, a missed good one 1; good is a true composite above the bar. One panel of 2,000 candidates
and 100 raters a round; losses are per candidate, in thousandths of a missed good one.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bench.figures import Figure, at_most
from bench.run import Run
from scoring.core.decision.rule import Rule
from scoring.core.facets.calibration import calibrate
from scoring.core.simulation import Plan, simulated

Flags = NDArray[np.bool_]
PLAN = Plan(candidates=2_000, raters=100)
RULE = Rule()
BAR = 3.2  # on the scale of 1 to 5


class Panel(NamedTuple):
    """Losses of three ways to decide; the share in the band, and of wrong decisions in it and out of it."""

    good: float  # share of candidates truly above the bar
    by_expected_loss: float
    as_many_by_raw_mean: float
    raw_mean_above_bar: float
    in_band: float
    wrong_inside: float
    wrong_outside: float


def measure(run: Run) -> list[Figure]:
    """Means over the rounds."""
    found = Panel(*np.mean([_panel(seed) for seed in range(run.rounds)], axis=0))
    goal = at_most(1000 * found.as_many_by_raw_mean)
    note = f"{100 * found.good:.0f} % are truly above the bar"
    low, high = RULE.band
    return [
        Figure("decision", "loss: by expected loss", 1000 * found.by_expected_loss, "‰", goal, note),
        Figure("decision", "loss: as many, by raw mean", 1000 * found.as_many_by_raw_mean, "‰"),
        Figure("decision", "loss: raw mean above the bar", 1000 * found.raw_mean_above_bar, "‰"),
        Figure("decision", f"candidates with p from {low:g} to {high:g}", 100 * found.in_band, "%"),
        Figure("decision", "wrong decisions inside that band", 100 * found.wrong_inside, "%"),
        Figure("decision", "wrong decisions outside it", 100 * found.wrong_outside, "%"),
    ]


def _panel(seed: int) -> Panel:
    given, truth = simulated(PLAN, seed)
    fitted = calibrate(given)
    above = fitted.above(BAR)
    good = truth.ability.mean(axis=1) > fitted.bar_at(BAR)
    hire = above > RULE.costs.threshold
    seen = given.observed
    raw = 1 + np.bincount(given.candidate[seen], given.level[seen]) / np.bincount(given.candidate[seen])
    best = np.zeros(len(raw), np.bool_)
    best[np.argsort(-raw, kind="stable")[: hire.sum()]] = True
    inside = (above >= RULE.band[0]) & (above <= RULE.band[1])
    wrong = hire != good
    return Panel(
        float(good.mean()),
        *(_loss(chosen, good) for chosen in (hire, best, raw >= BAR)),
        float(inside.mean()),
        float(wrong[inside].mean()),
        float(wrong[~inside].mean()),
    )


def _loss(hired: Flags, good: Flags) -> float:
    """Per candidate, in units of a missed good one."""
    costs = RULE.costs
    return float(np.mean(costs.bad_hire * (hired & ~good) + costs.missed_hire * (~hired & good)))

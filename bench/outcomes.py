"""How well maps learned from outcomes do on later hires, by the number of outcomes. Simulated, known truth.

Levels ~ N(0, 1.1²), known from three raters (posterior variance 0.1 to 0.25); success is logistic in the
level, so that a constant scores about 0.165 and the best possible 0.15. What a map loses over the best
possible is partly the raters' doubt, which no map can win back.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from bench.figures import Figure, Goal, at_most
from bench.run import Run
from scoring.core.outcomes.learned import beta, platt
from scoring.core.outcomes.maps import fit_isotonic
from scoring.core.outcomes.measures import brier
from scoring.core.outcomes.outcome import discounted

Floats = NDArray[np.float64]
Fit = Callable[[Floats, Floats], Any]

LATER = 20_000
SAMPLES = 20  # of outcomes, a round
SPREAD, SLOPE, BASE = 1.1, 0.72, -1.5
BINS = 10
MAPS: dict[str, Fit] = {"shrunk Platt": platt, "beta": beta, "isotonic": fit_isotonic}
# outcomes -> goal of shrunk Platt's loss, in thousandths
SIZES: dict[int, Goal | None] = {30: None, 100: at_most(8), 300: None, 1000: at_most(6.5), 2470: None}


class Hires(NamedTuple):
    score: Floats  # discounted, logits
    good: Floats
    chance: Floats  # the truth


def measure(run: Run) -> list[Figure]:
    """Brier loss over the best possible, and calibration error, of each map at each size."""
    later = _hires(LATER, seed=0)
    best, base = brier(later.chance, later.good), later.good.mean()
    constant = brier(np.full(LATER, base), later.good)
    note = f"best possible {best:.4f}, a constant {constant:.4f}; {LATER} later hires"
    figures = [Figure("outcomes", "a constant: Brier loss", 1000 * (constant - best), "‰", note=note)]
    for size, goal in SIZES.items():
        for name, fit in MAPS.items():
            named = goal if name == "shrunk Platt" else None
            figures.append(_map(f"{name}, {size} outcomes", fit, size, named, later, SAMPLES * run.rounds))
    return figures


def _map(name: str, fit: Fit, size: int, goal: Goal | None, later: Hires, samples: int) -> Figure:
    best = brier(later.chance, later.good)
    losses, errors, worse = [], [], 0
    for seed in range(1, samples + 1):
        known = _hires(size, seed)
        said = fit(known.score, known.good).at(later.score)
        losses.append(brier(said, later.good) - best)
        errors.append(_error(said, later.chance))
        worse += brier(said, later.good) > brier(np.full(LATER, known.good.mean()), later.good)
    note = f"calibration error {np.mean(errors):.3f}; {worse} of {samples} worse than the share known"
    return Figure("outcomes", f"{name}: Brier loss", 1000 * float(np.mean(losses)), "‰", goal, note)


def _hires(size: int, seed: int) -> Hires:
    draw = np.random.default_rng(seed)
    variance = draw.uniform(0.1, 0.25, size)
    mean = draw.normal(0, np.sqrt(SPREAD**2 - variance))
    chance: Floats = expit(BASE + SLOPE * draw.normal(mean, np.sqrt(variance)))
    good = (draw.random(size) < chance).astype(np.float64)
    return Hires(discounted(mean, variance), good, chance)


def _error(said: Floats, chance: Floats) -> float:
    """Mean distance of what was said from the true chances, over bins of equal count."""
    gaps = np.array_split((said - chance)[np.argsort(said, kind="stable")], BINS)
    return float(np.mean([abs(gap.mean()) for gap in gaps]))

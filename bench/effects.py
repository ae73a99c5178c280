"""Are raters with a habit found, and is it worth setting the careless aside? Simulated panels, known truth.

20 raters, 3 of whom have one habit, with 30 candidates each, three raters to a candidate, seven dimensions; a
new panel in every round. Two panels a round; --rounds for more.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bench.figures import Figure, Goal, at_least
from bench.run import Run
from scoring.core.effects.aside import set_aside
from scoring.core.effects.findings import RaterEffects
from scoring.core.effects.of_fit import rater_effects
from scoring.core.facets.calibration import calibrate
from scoring.core.facets.fitted import Fitted
from scoring.core.simulation import HABITS, Plan, Truth, simulated

Floats = NDArray[np.float64]

RATERS, EACH, ODD = 20, 30, 3
PANELS = 2  # a round
REPLICATES = 16
ALARM = 0.05
# habit of the simulation -> effect, goals of its power and its area under the curve
SOUGHT: dict[str, tuple[str, Goal | None, Goal | None]] = {
    "careless": ("careless", at_least(0.97), None),
    "central": ("central", at_least(0.97), None),
    "halo": ("halo", None, at_least(0.94)),
    "drifting": ("drift", None, at_least(0.88)),
}


class Panels(NamedTuple):
    """What one habit gave: p of raters with it and of the others, shares of each that were flagged."""

    odd: Floats
    plain: Floats
    flagged: float
    falsely: float


def measure(run: Run) -> list[Figure]:
    """Power, area under the curve and flags for each habit; correlations with the truth when set aside."""
    panels = PANELS * run.rounds
    figures = [figure for habit in SOUGHT for figure in _habit(habit, panels)]
    return [*figures, *_aside(panels)]


def _habit(habit: str, panels: int) -> list[Figure]:
    kind, power, area = SOUGHT[habit]
    found = _panels(habit, kind, panels)
    note = (
        f"{len(found.odd)} raters; {np.mean(found.plain <= ALARM):.3f} of {len(found.plain)} others alarmed"
    )
    flags = f"false-discovery control over {RATERS} raters; {found.falsely:.3f} of the others"
    return [
        Figure("effects", f"{kind}: power at 5 %", float(np.mean(found.odd <= ALARM)), "", power, note),
        Figure("effects", f"{kind}: area under the curve", _area(found), "", area, f"{EACH} candidates each"),
        Figure("effects", f"{kind}: flagged", found.flagged, "", note=flags),
    ]


def _panels(habit: str, kind: str, panels: int) -> Panels:
    p: dict[bool, list[float]] = {True: [], False: []}
    flags: dict[bool, list[bool]] = {True: [], False: []}
    for seed in range(panels):
        fitted, truth = _fitted(seed, **{habit: ODD / RATERS})
        for line, place in zip(rater_effects(fitted, REPLICATES, seed), truth.habit, strict=True):
            odd = HABITS[place] == habit
            p[odd].append(_chance(line, kind))
            flags[odd].append(kind in line.flags())
    return Panels(
        np.array(p[True]), np.array(p[False]), float(np.mean(flags[True])), float(np.mean(flags[False]))
    )


def _fitted(seed: int, **habits: Any) -> tuple[Fitted, Truth]:
    plan = Plan(candidates=RATERS * EACH // 3, raters=RATERS, months=12, **habits)
    given, truth = simulated(plan, seed)
    return calibrate(given), truth


def _chance(line: RaterEffects, kind: str) -> float:
    p = next(effect.p for effect in line.effects if effect.kind == kind)
    if p is None:
        raise ValueError(f"{line.rater}: nothing is said of {kind}")
    return p


def _area(found: Panels) -> float:
    """The chance that a rater with the habit stands out more than one without; ties count half."""
    apart = found.odd[:, None] - found.plain
    return float(np.mean((apart < 0) + 0.5 * (apart == 0)))


def _aside(panels: int) -> list[Figure]:
    """Correlation with the truth: raw means, with all raters, and without the careless that were found."""
    found = np.array([_correlations(seed) for seed in range(panels)]).mean(axis=0)
    names = ("raw means", "model, all raters", "model, careless set aside")
    note = f"2 of {RATERS} raters careless, {panels} panels"
    return [
        Figure("effects", f"r with the truth: {name}", float(r), "", note=note)
        for name, r in zip(names, found, strict=True)
    ]


def _correlations(seed: int) -> tuple[float, float, float]:
    fitted, truth = _fitted(1000 + seed, careless=0.1)
    flagged = [line.rater for line in rater_effects(fitted, REPLICATES, seed) if "careless" in line.flags()]
    again = set_aside(fitted, tuple(flagged))[0] if flagged else fitted
    marks = fitted.ratings
    seen = marks.observed
    raw = np.bincount(marks.candidate[seen], marks.level[seen]) / np.bincount(marks.candidate[seen])
    level = truth.ability.mean(axis=1)
    of_all, without = (float(np.corrcoef(level, each.composite().mean)[0, 1]) for each in (fitted, again))
    return float(np.corrcoef(level, raw)[0, 1]), of_all, without

"""Learn a map from outcomes, use it forward in time, and say how well it did."""

from collections.abc import Callable
from datetime import date
from typing import Final

import numpy as np
from numpy.typing import NDArray

from scenarios.core.schema import Doc
from scoring.core.estimate import Estimate, unknown
from scoring.core.outcomes.diagram import Diagram, diagram
from scoring.core.outcomes.maps import Isotonic, Map, Shrunk, fit_isotonic, fit_shrunk
from scoring.core.outcomes.measures import brier, corp, ece, intercept, log_loss, slope, spiegelhalter
from scoring.core.outcomes.outcome import Outcomes, discounted
from scoring.core.outcomes.restriction import Restriction, restriction

Floats = NDArray[np.float64]

SHOWN = 30  # outcomes below which no probability is shown
WARNED = 100  # and below which it carries a warning
BETA, ISOTONIC = 1_000, 3_000  # from which a more flexible map may compete
FOLDS = 10
CUTS = 24  # times the map is learned anew when it is judged forward in time


class Taught(Doc):
    """A map with its grounds. `chosen` says why this kind of map.

    `until`: the last day an outcome entered. `lowest`: the lowest score among those hired, in logits.
    """

    map: Map
    chosen: str
    until: date
    lowest: float
    caution: str | None


class Learned(Doc):
    """What `n` outcomes taught; None with `why` where they are too few or all alike."""

    n: int
    good: int
    taught: Taught | None
    why: str | None


class Judged(Doc):
    """Probabilities that were said before the outcome was known, against the outcomes."""

    n: int
    brier: float
    miscalibration: float
    discrimination: float
    uncertainty: float
    log_loss: float
    ece: float
    ece_interval: tuple[float, float]
    ece_expected: float  # at this n, were every probability true
    ece_expected_high: float
    slope: Estimate
    intercept: Estimate
    spiegelhalter_z: float
    spiegelhalter_p: float
    constant_brier: float  # of saying the share of good outcomes known by then
    diagram: Diagram


class Assessment(Doc):
    """What a workspace may read of its outcomes. `judged` None with `why` where nothing can be judged."""

    learned: Learned
    judged: Judged | None
    why: str | None
    restriction: Restriction


def learn(known: Outcomes) -> Learned:
    """The map from these outcomes: shrunk Platt, unless a more flexible one wins in cross-validation."""
    n, good = len(known), int(known.good.sum())
    why = None
    if n < SHOWN:
        why = f"{n} outcomes; no probability is shown under {SHOWN}"
    elif good in (0, n):
        why = f"all {n} outcomes are {'good' if good else 'bad'}"
    return Learned(n=n, good=good, taught=None if why else _taught(known), why=why)


def chance(learned: Learned, mean: float, var: float, scored: date) -> Estimate:
    """The probability of a good outcome for a composite posterior in logits, scored on a day."""
    taught = learned.taught
    if taught is None:
        return unknown(learned.why or "", learned.n)
    if scored <= taught.until:
        late = f"scored on {scored}, while the map knows outcomes until {taught.until}"
        return unknown(f"{late}: it is used forward in time only", learned.n)
    score = discounted([mean], [var])
    below = "below the lowest score ever hired: an extrapolation" if score[0] < taught.lowest else None
    told = "; ".join(text for text in (taught.caution, below) if text)
    return Estimate(
        value=float(taught.map.at(score)[0]),
        n=learned.n,
        interval=taught.map.interval(float(score[0])),
        caution=told or None,
    ).rounded()


def assess(known: Outcomes, everyone: Floats, seed: int) -> Assessment:
    """`everyone`: discounted scores of all who were scored, hired or not."""
    q, constant, seen = forward(known)
    few = f"{len(q)} outcomes followed a probability said before; judging needs at least {SHOWN}"
    return Assessment(
        learned=learn(known),
        judged=judge(q, constant, seen, seed) if len(q) >= SHOWN else None,
        why=None if len(q) >= SHOWN else few,
        restriction=restriction(known.score, known.good, everyone),
    )


def forward(known: Outcomes) -> tuple[Floats, Floats, Floats]:
    """(said, constant, seen): each said by a map of outcomes known before the day of scoring.

    The map is learned anew at CUTS days; rows scored before there were enough outcomes are left out.
    """
    said = np.full(len(known), np.nan)
    constant = np.full(len(known), np.nan)
    for begins, ends in _stretches(known.scored):
        before = known.where(known.known < known.scored[begins])
        if taught := learn(before).taught:
            said[begins:ends] = taught.map.at(known.score[begins:ends])
            constant[begins:ends] = before.good.mean()
    told = ~np.isnan(said)
    return said[told], constant[told], known.good[told]


def judge(q: Floats, constant: Floats, good: Floats, seed: int) -> Judged:
    """Every measure of probabilities q against outcomes, rounded to four decimals."""
    parts, calibration, fits = corp(q, good), ece(q, good, seed), spiegelhalter(q, good)
    return Judged(
        n=len(q),
        brier=round(parts.brier, 4),
        miscalibration=round(parts.miscalibration, 4),
        discrimination=round(parts.discrimination, 4),
        uncertainty=round(parts.uncertainty, 4),
        log_loss=round(log_loss(q, good), 4),
        ece=round(calibration.value, 4),
        ece_interval=(round(calibration.interval[0], 4), round(calibration.interval[1], 4)),
        ece_expected=round(calibration.expected, 4),
        ece_expected_high=round(calibration.expected_high, 4),
        slope=slope(q, good),
        intercept=intercept(q, good),
        spiegelhalter_z=round(fits.z, 4),
        spiegelhalter_p=round(fits.p, 4),
        constant_brier=round(brier(constant, good), 4),
        diagram=diagram(q, good, seed),
    )


Fit = Callable[[Floats, Floats], Shrunk | Isotonic]


def platt(score: Floats, good: Floats) -> Shrunk:
    return fit_shrunk("platt", score, good)


def beta(score: Floats, good: Floats) -> Shrunk:
    return fit_shrunk("beta", score, good)


RIVALS: Final[tuple[tuple[str, int, Fit], ...]] = (("beta", BETA, beta), ("isotonic", ISOTONIC, fit_isotonic))


def _taught(known: Outcomes) -> Taught:
    fit, chosen = _choose(known)
    return Taught(
        map=fit(known.score, known.good),
        chosen=chosen,
        until=date.fromordinal(int(known.known.max())),
        lowest=float(known.score.min()),
        caution=f"learned from {len(known)} outcomes only: a hint" if len(known) < WARNED else None,
    )


def _choose(known: Outcomes) -> tuple[Fit, str]:
    """A rival must beat shrunk Platt's Brier score by more than a standard error."""
    rivals = [(name, fit) for name, from_n, fit in RIVALS if len(known) >= from_n]
    if not rivals:
        return platt, f"shrunk Platt: other maps compete from {BETA} outcomes"
    base = _held_out(platt, known)
    gains = [(_gain(base, _held_out(fit, known)), name, fit) for name, fit in rivals]
    gain, name, fit = max(gains, key=lambda found: found[0])
    if gain > 1:
        return (
            fit,
            f"{name}: beat shrunk Platt by {gain:.1f} standard errors in {FOLDS}-fold cross-validation",
        )
    names = " and ".join(name for name, _ in rivals)
    return platt, f"shrunk Platt: not beaten by {names} in {FOLDS}-fold cross-validation"


def _held_out(fit: Fit, known: Outcomes) -> Floats:
    """(n,) squared errors, each row said by a map that did not see it. Every tenth row is a fold."""
    q = np.empty(len(known))
    fold = np.arange(len(known)) % FOLDS
    for held in range(FOLDS):
        out = fold == held
        q[out] = fit(known.score[~out], known.good[~out]).at(known.score[out])
    return (q - known.good) ** 2


def _gain(base: Floats, rival: Floats) -> float:
    """The mean advantage of the rival, in standard errors."""
    better = base - rival
    error = float(better.std(ddof=1)) / len(better) ** 0.5
    return float(better.mean()) / error if error > 0 else 0.0


def _stretches(scored: NDArray[np.int64]) -> list[tuple[int, int]]:
    """At most CUTS stretches of rows, none of which parts one day."""
    if not len(scored):
        return []
    bounds = np.linspace(0, len(scored), CUTS + 1).astype(int)[:-1]
    begins = sorted({int(np.searchsorted(scored, scored[b], side="left")) for b in bounds})
    return list(zip(begins, [*begins[1:], len(scored)], strict=True))

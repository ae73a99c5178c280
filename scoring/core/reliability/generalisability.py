"""How far a result would generalise to other raters and dimensions, and how many raters it takes.

Cronbach, L. J., Gleser, G. C., Nanda, H. & Rajaratnam, N. (1972), The dependability of behavioral
measurements; Brennan, R. L. (2001), Generalizability theory. Candidates are crossed with raters
and, where there are several, dimensions. The components come from `components`.
"""

from collections.abc import Callable
from typing import Literal

import numpy as np

from scenarios.core.schema import Doc
from scoring.core.estimate import Estimate, unknown
from scoring.core.reliability.components import (
    CANDIDATE,
    DIMENSION,
    RATER,
    RESIDUAL,
    Confounded,
    components,
    crossing,
)
from scoring.core.reliability.marks import Marks

WANTED = 0.80
MOST_RATERS = 50
SHOWN = range(1, 7)  # raters in a D study
NO_INTERVAL = "no interval: it is a ratio of variance components taken as they are"

Universe = Literal["random", "fixed"]


class Decision(Doc):
    """What k raters would give: `g` ranks candidates (E rho²), `phi` places them against a bar."""

    raters: int
    g: Estimate
    phi: Estimate


class Study(Doc):
    """Dimensions `random`: drawn from more of their kind; `fixed`: these are all that count."""

    dimensions: Universe
    decisions: tuple[Decision, ...]
    raters_needed: Estimate  # for phi of WANTED
    raters_needed_to_rank: Estimate  # for g of WANTED


class Generalisability(Doc):
    """Components as they come; one below zero is a sign of a small one, or of a small study."""

    components: dict[str, float] | None
    why: str | None
    dimensions: int
    studies: tuple[Study, ...]


def generalisability(marks: Marks) -> Generalisability:
    """The components of the marks, and studies of one to six raters on the same dimensions."""
    dimensions = len(np.unique(marks.dimension))
    columns = {CANDIDATE: marks.candidate, RATER: marks.rater, DIMENSION: marks.dimension}
    if dimensions < 2:
        del columns[DIMENSION]
    why = _why_none(marks)
    try:
        found = None if why else components(crossing(columns), marks.score)
    except Confounded as error:
        found, why = None, f"{error}: too many combinations of candidate, rater and dimension are empty"
    if found is None:
        return Generalisability(components=None, why=why, dimensions=dimensions, studies=())
    universes: tuple[Universe, ...] = ("random", "fixed") if dimensions > 1 else ("random",)
    studies = tuple(study(found, dimensions, universe) for universe in universes)
    return Generalisability(components=found, why=None, dimensions=dimensions, studies=studies)


def _why_none(marks: Marks) -> str | None:
    if marks.candidates < 2:
        return "fewer than two candidates"
    if marks.raters < 2:
        return "fewer than two raters"
    return None


def study(v: dict[str, float], dimensions: int, universe: Universe) -> Study:
    """A D study: the coefficients with other numbers of raters."""
    return Study(
        dimensions=universe,
        decisions=tuple(_decision(v, k, dimensions, universe) for k in SHOWN),
        raters_needed=_needed(lambda k: coefficients(v, k, dimensions, universe)[1]),
        raters_needed_to_rank=_needed(lambda k: coefficients(v, k, dimensions, universe)[0]),
    )


def coefficients(
    v: dict[str, float], raters: int, dimensions: int, universe: Universe = "random"
) -> tuple[float, float]:
    """Generalisability coefficient g and index of dependability phi of the mean over raters and dimensions.

    Nan where candidates do not differ by more than error.
    """
    profile = v.get(f"{CANDIDATE}:{DIMENSION}", 0.0) / dimensions
    whole, part = (v[CANDIDATE] + profile, 0.0) if universe == "fixed" else (v[CANDIDATE], profile)
    impression = v.get(f"{CANDIDATE}:{RATER}", 0.0) / raters
    relative = part + impression + v[RESIDUAL] / (raters * dimensions)
    hardness = 0.0 if universe == "fixed" else v.get(DIMENSION, 0.0) / dimensions
    severity = v[RATER] / raters + v.get(f"{RATER}:{DIMENSION}", 0.0) / (raters * dimensions)
    return _share(whole, relative), _share(whole, relative + severity + hardness)


def _share(whole: float, error: float) -> float:
    return whole / (whole + error) if whole > 0 and whole + error > 0 else float("nan")


def _decision(v: dict[str, float], raters: int, dimensions: int, universe: Universe) -> Decision:
    g, phi = coefficients(v, raters, dimensions, universe)
    return Decision(raters=raters, g=_told(g), phi=_told(phi))


def _told(value: float) -> Estimate:
    if np.isnan(value):
        return unknown("the candidates do not differ by more than error")
    if value > 1:
        return unknown("the error variance came out below zero: the study is too small")
    return Estimate(value=value, caution=NO_INTERVAL)


def _needed(coefficient: Callable[[int], float]) -> Estimate:
    """The fewest raters for WANTED."""
    for raters in range(1, MOST_RATERS + 1):
        if coefficient(raters) >= WANTED:
            return Estimate(value=raters, caution=NO_INTERVAL)
    return unknown(f"{MOST_RATERS} raters would not reach {WANTED}")

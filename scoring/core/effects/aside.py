"""Raters set aside: the same fit without their marks, both versions side by side. A person chooses."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from scenarios.core.schema import Doc
from scoring.core.estimate import Estimate, unknown
from scoring.core.facets.calibration import calibrate
from scoring.core.facets.fit import Progress
from scoring.core.facets.fitted import Fitted
from scoring.core.ratings import NOT_OBSERVED, Ratings

Floats = NDArray[np.float64]


class Both(Doc):
    """One candidate's fair score, on the rubric's own scale, with all raters and without those set aside."""

    candidate: str
    with_all: Estimate
    without: Estimate
    moved: float | None


class SetAside(Doc):
    raters: tuple[str, ...]
    marks: int  # that were left out
    candidates: tuple[Both, ...]


def leave_out(ratings: Ratings, raters: tuple[str, ...]) -> Ratings:
    """The same rows, those of the named raters "not observed". Raises ValueError for a name nobody has."""
    if strangers := sorted(set(raters) - set(ratings.raters)):
        raise ValueError(f"no such rater: {', '.join(strangers)}")
    theirs = np.isin(ratings.rater, [ratings.raters.index(rater) for rater in raters])
    level = np.where(theirs, NOT_OBSERVED, ratings.level).astype(np.int16)
    level.flags.writeable = False
    return replace(ratings, level=level)


def set_aside(
    fitted: Fitted, raters: tuple[str, ...], tell: Progress | None = None
) -> tuple[Fitted, SetAside]:
    """The fit without these raters, its spreads found anew, and what that does to every candidate."""
    kept = leave_out(fitted.ratings, raters)
    again = calibrate(kept, fitted.settings, tell)
    pairs = zip(kept.candidates, _fair(fitted), _fair(again), strict=True)
    return again, SetAside(
        raters=tuple(sorted(raters)),
        marks=int(fitted.ratings.observed.sum() - kept.observed.sum()),
        candidates=tuple(_both(candidate, one, other) for candidate, one, other in pairs),
    )


def _both(candidate: str, with_all: Estimate, without: Estimate) -> Both:
    known = with_all.value is not None and without.value is not None
    moved = round((without.value or 0.0) - (with_all.value or 0.0), 4) if known else None
    return Both(candidate=candidate, with_all=with_all, without=without, moved=moved)


def _fair(fitted: Fitted) -> list[Estimate]:
    """The fair score of each candidate, or why there is none."""
    found, ratings = fitted.fair(), fitted.ratings
    marks = np.bincount(ratings.candidate[ratings.observed], minlength=len(ratings.candidates))
    return [
        Estimate(value=float(score), n=int(n), interval=(float(low), float(high))).rounded()
        if n
        else unknown("no marks of other raters")
        for score, low, high, n in zip(found.score, found.low, found.high, marks, strict=True)
    ]

"""What raters gave against what the model expected, summed by interview: one rater on one candidate.

Everything an effect is measured from is a sum over interviews, so whole interviews can be drawn again: the
marks of one interview hang together.
"""

from collections.abc import Callable
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Places = NDArray[np.integer]
Total = Callable[[Floats], Floats]  # of marks, by interview


class Seen(NamedTuple):
    """n marks. `expected` and `variance`: of the mark, averaged over the posterior of its level.

    `own`: the rater's part of that level (leniency and impression), logits. `profile`: the candidate's
    strength on that dimension beyond his general level, logits, with its posterior variance. `information`:
    levels that the expected mark moves per logit. `month` is nan where unknown.
    """

    rater: Places
    candidate: Places
    month: Floats
    level: Floats
    expected: Floats
    variance: Floats
    own: Floats
    profile: Floats
    profile_variance: Floats
    information: Floats


class Interviews(NamedTuple):
    """m interviews in order of rater and candidate, with their sums: (m, len(COLUMNS))."""

    rater: Places
    candidate: Places
    sums: Floats


MOST_OWN: Final = 0.9  # share of a posterior that one mark may be said to make

COLUMNS: Final = (
    "marks",
    "level",
    "level2",
    "expected",
    "expected2",
    "variance",
    "misfit",
    "information",
    "follows",
    "profile2",
    "apart",
    "room",
    "dated",
    "month",
    "month2",
    "lean",
    "lean_month",
)


def interviews(seen: Seen) -> Interviews:
    """The sums of each interview."""
    key = seen.rater.astype(np.int64) * (int(seen.candidate.max(initial=0)) + 1) + seen.candidate
    _, first, place = np.unique(key, return_index=True, return_inverse=True)

    def total(values: Floats) -> Floats:
        found: Floats = np.bincount(place, values, len(first)).astype(np.float64)
        return found

    marks = total(np.ones(len(key)))
    columns = {
        "marks": marks,
        **{name: total(values) for name, values in _of_marks(seen).items()},
        **{name: total(values) for name, values in _of_profile(seen, total, marks, place).items()},
        "apart": _apart(seen, total, marks),
        **_of_time(seen.month[first], _lean(seen, total, marks)),
    }
    sums = np.stack([columns[name] for name in COLUMNS], axis=1)
    return Interviews(seen.rater[first], seen.candidate[first], sums)


def by_rater(found: Interviews, raters: int) -> Floats:
    """(raters, len(COLUMNS)): the sums of each rater's interviews."""
    sums = np.zeros((raters, len(COLUMNS)))
    np.add.at(sums, found.rater, found.sums)
    return sums


def _of_marks(seen: Seen) -> dict[str, Floats]:
    return {
        "level": seen.level,
        "level2": seen.level**2,
        "expected": seen.expected,
        "expected2": seen.expected**2,
        "variance": seen.variance,
        "misfit": (seen.level - seen.expected) ** 2 / seen.variance,
        "information": seen.information,
    }


def _of_profile(seen: Seen, total: Total, marks: Floats, place: Places) -> dict[str, Floats]:
    """What each mark adds to the slope of an interview's marks on the candidate's profile.

    `room`: how far the profile is expected to part the marks of an interview, as a sum of squares.
    """
    residual, profile, variance = _of_others(seen)
    profile = profile - (total(profile) / marks)[place]
    return {
        "follows": (residual + seen.information * profile) * profile,
        "profile2": seen.information * profile**2,
        "room": seen.information**2 * (profile**2 + variance * (1 - 1 / marks)[place]),
    }


def _apart(seen: Seen, total: Total, marks: Floats) -> Floats:
    """How much farther apart each interview's marks lie than expected, as a sum of squares."""
    given = total(seen.level**2) - total(seen.level) ** 2 / marks
    expected = total(seen.expected**2) - total(seen.expected) ** 2 / marks
    return given - expected - total(seen.variance) * (1 - 1 / marks)


def _of_time(month: Floats, lean: Floats) -> dict[str, Floats]:
    """What each interview adds to the slope of leans on time; nothing without a date."""
    dated = np.isfinite(month).astype(np.float64)
    month = np.where(dated > 0, month, 0.0)
    lean = dated * lean
    return {"dated": dated, "month": month, "month2": month**2, "lean": lean, "lean_month": lean * month}


def _lean(seen: Seen, total: Total, marks: Floats) -> Floats:
    """How high each interview's marks lie beyond its candidate, logits.

    One Newton step from the model's own view undoes most of its shrinkage, or a drifting rater would look
    steady.
    """
    surplus = total(seen.level - seen.expected)
    return total(seen.own) / marks + surplus / np.maximum(total(seen.information), 1e-9)


def _of_others(seen: Seen) -> tuple[Floats, Floats, Floats]:
    """Residual, profile and its variance had each mark not been there: its share is taken out again.

    With h = variance x information the residual is r / (1 - h), as in regression, the profile loses
    variance x r / (1 - h), and its variance is v / (1 - h). Otherwise a flat rater would be held against a
    profile that he flattened.
    """
    kept = 1 - np.minimum(seen.profile_variance * seen.information, MOST_OWN)
    residual = (seen.level - seen.expected) / kept
    return residual, seen.profile - seen.profile_variance * residual, seen.profile_variance / kept

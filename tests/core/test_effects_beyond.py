"""What a sheet gave beyond what the candidate's other raters lead one to expect."""

from dataclasses import replace

import numpy as np
import pytest

from scoring.core.effects.beyond import beyond
from scoring.core.facets.calibration import calibrate
from scoring.core.facets.frozen import freeze
from scoring.core.ratings import from_columns
from scoring.core.simulation import Plan, simulated

PLAN = Plan(candidates=120, raters=6, dimensions=4, severity=0.8)


@pytest.fixture(scope="module")
def marked():
    ratings, truth = simulated(PLAN, 3)
    return ratings, freeze(calibrate(ratings)), truth


def test_every_sheet_has_one_and_on_average_it_is_nothing_however_severe_its_rater(marked):
    ratings, frozen, _ = marked
    found = beyond(frozen, ratings)
    assert len({(each.rater, each.candidate) for each in found}) == len(found) == 360
    for rater in ratings.raters:
        own = np.array([each.levels for each in found if each.rater == rater])
        assert abs(own.mean()) < 3.5 * own.std() / len(own) ** 0.5


def test_a_sheet_that_is_two_levels_higher_shows_two_levels_whole(marked):
    """Less would mean that the sheet is part of what it is held against."""
    ratings, frozen, _ = marked
    mine = (ratings.rater == 0) & (ratings.candidate == ratings.candidate[ratings.rater == 0][0])
    low = replace(ratings, level=np.where(mine, 0, ratings.level).astype(np.int16))
    high = replace(ratings, level=np.where(mine, 2, ratings.level).astype(np.int16))
    one, other = (
        {(each.rater, each.candidate): each.levels for each in beyond(frozen, given)} for given in (low, high)
    )
    key = ratings.raters[0], ratings.candidates[ratings.candidate[mine][0]]
    assert other[key] - one[key] == pytest.approx(2)


def test_nothing_is_said_where_nobody_else_marked(marked):
    _, frozen, _ = marked
    alone = from_columns(["R1"], ["new"], ["D1"], [3.0], scale=(1, 5))
    assert beyond(frozen, alone) == ()
    unseen = from_columns(["R1"], ["new"], ["D1"], [np.nan], scale=(1, 5))
    assert beyond(frozen, unseen) == ()

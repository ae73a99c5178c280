"""Rater effects of the rating model itself, from simulated panels whose habits are known."""

import numpy as np
import pytest

from scoring.core.effects.aside import leave_out, set_aside
from scoring.core.effects.of_fit import rater_effects
from scoring.core.facets.calibration import calibrate
from scoring.core.ratings import Row, ratings
from scoring.core.simulation import HABITS, Plan, simulated

PANELS = Plan(candidates=60, raters=9, raters_each=3, dimensions=5, months=8, careless=0.12)


@pytest.fixture(scope="module")
def panels():
    given, truth = simulated(PANELS, seed=4)
    careless = given.raters[int(np.flatnonzero(truth.habit == HABITS.index("careless"))[0])]
    return calibrate(given), truth, careless


def test_the_careless_rater_is_found_and_most_others_are_left_in_peace(panels):
    fitted, _, careless = panels
    found = {line.rater: line for line in rater_effects(fitted, replicates=20, seed=1)}
    assert "careless" in found[careless].flags()
    assert sum("careless" in line.flags() for line in found.values()) <= 2
    others = [line.agrees.value for rater, line in found.items() if rater != careless]
    assert found[careless].agrees.value < np.median(others)


def test_setting_the_careless_rater_aside_shows_both_versions_and_comes_nearer_to_the_truth(panels):
    fitted, truth, careless = panels
    again, shown = set_aside(fitted, (careless,))
    assert shown.raters == (careless,)
    assert shown.marks == (fitted.ratings.rater == fitted.ratings.raters.index(careless)).sum()
    whole, without = (np.corrcoef(truth.ability.mean(axis=1), f.fair().score)[0, 1] for f in (fitted, again))
    assert without > whole
    line = shown.candidates[0]
    assert line.moved == pytest.approx(line.without.value - line.with_all.value, abs=1e-3)


def test_a_candidate_of_whom_nothing_is_left_has_a_reason():
    given = ratings([Row("ana", c, d, 2 + (c == "c1")) for c in ("c1", "c2") for d in "ab"], (1, 4))
    _, shown = set_aside(calibrate(given), ("ana",))
    assert {line.without.why for line in shown.candidates} == {"no marks of other raters"}
    assert {line.moved for line in shown.candidates} == {None}


def test_a_rater_nobody_knows_cannot_be_set_aside():
    with pytest.raises(ValueError, match="no such rater: zoe"):
        leave_out(ratings([Row("ana", "c1", "a", 2)], (1, 4)), ("zoe",))


def said(given, replicates: int = 8) -> dict[str, str]:
    """What is said of the first rater, by effect."""
    return {effect.kind: effect.says for effect in rater_effects(calibrate(given), replicates, 1)[0].effects}


def test_one_dimension_of_two_levels_without_dates_has_neither_halo_nor_drift():
    given, _ = simulated(Plan(candidates=60, raters=5, raters_each=2, dimensions=1, levels=2), seed=1)
    found = said(given)
    assert found["halo"] == "Cannot say: too little varies."
    assert found["drift"] == "Cannot say: under 2 months of dated interviews."
    assert found["central"].startswith("The marks use the scale")


def test_marks_that_are_all_equal_flag_nobody_and_have_no_halo():
    rows = [Row(r, f"c{c}", d, 3) for r in ("ana", "ben", "cem") for c in range(40) for d in "ab"]
    found = rater_effects(calibrate(ratings(rows, (1, 5))), 8, 1)
    assert [line.flags() for line in found] == [(), (), ()]
    assert found[0].effects[3].says == "Cannot say: too little varies."


def test_marks_that_were_all_not_observed_are_no_interviews():
    rows = [Row(r, f"c{c}", d, None) for r in ("ana", "ben", "cem") for c in range(12) for d in "ab"]
    assert set(said(ratings(rows, (1, 5))).values()) == {"Too few interviews to say: 0 of 10."}

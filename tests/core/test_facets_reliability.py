"""What the rating model says of its own reliability is what truth says of it."""

import numpy as np
import pytest

from scoring.core.facets.calibration import calibrate
from scoring.core.facets.reliability import reliability
from scoring.core.facets.settings import Settings
from scoring.core.ratings import Row, ratings
from scoring.core.simulation import Plan, simulated

PLAN = Plan(candidates=300, raters=20)


@pytest.mark.parametrize("link", ["adjacent", "cumulative"])
def test_reliability_is_the_squared_correlation_with_the_truth(link):
    said, found, planned = [], [], []
    for seed in (1, 2, 3):
        given, truth = simulated(PLAN.model_copy(update={"link": link}), seed)
        fitted = calibrate(given, Settings(link=link))
        told = reliability(fitted)
        said.append(told.separation.reliability.value)
        planned.append(told.decisions[2].consistency)
        found.append(np.corrcoef(fitted.composite().mean, truth.ability.mean(axis=1))[0, 1] ** 2)
    assert np.mean(said) == pytest.approx(np.mean(found), abs=0.03)
    assert np.mean(planned) == pytest.approx(np.mean(found), abs=0.03)


def test_marks_that_say_nothing_give_no_reliability():
    fitted = calibrate(ratings([Row("a", "c", "d", None)], scale=(1, 5)))
    told = reliability(fitted)
    assert told.raters_needed.why == "no mark carries information"
    assert told.decisions == ()

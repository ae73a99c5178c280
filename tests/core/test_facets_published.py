"""The rating model against R's ordinal::clmm on the bitterness of wine (see the JSON beside the data).

clmm maximises the Laplace approximation of the marginal likelihood; its modes and conditional variances are
those of the mode and curvature at its own thresholds and variances, which the ablation must reproduce.
"""

import json
from pathlib import Path

import numpy as np
import pytest

from scoring.core.facets.blocks import Prior
from scoring.core.facets.calibration import Task, settled
from scoring.core.facets.design import Design, design
from scoring.core.facets.settings import Settings
from scoring.core.facets.spread import Assumptions, assumed_sigmas, estimate, prior
from scoring.core.ratings import Ratings
from scoring.core.reading import read_ratings

WINE = Path(__file__).parents[1] / "data" / "ratings" / "wine_bitterness.csv"
NOTHING = Assumptions(  # next to nothing is assumed; difficulty is in the steps alone
    centres=(1.5, 0.6, 0.5, 1.0, 0.15, 0.25, 1e-3),
    widths=(np.inf,) * 6 + (0.0,),
    step_sd=100.0,
    own_step_sd=0.01,
)


@pytest.fixture(scope="module")
def published() -> dict:
    found = json.loads(WINE.with_suffix(".json").read_text())["computed"]["crossed_laplace"]
    return {key: np.array(list(v.values())) if isinstance(v, dict) else v for key, v in found.items()}


@pytest.fixture(scope="module")
def wine() -> Ratings:
    with WINE.open() as lines:
        return read_ratings(lines).ratings


def given(whole: Design, published: dict) -> tuple[np.ndarray, Prior]:
    """The published variances and the prior they make."""
    sigmas = assumed_sigmas(NOTHING)
    sigmas[3], sigmas[0] = np.sqrt(published["variances"])
    return sigmas, prior(whole, sigmas, NOTHING)


def test_modes_and_conditional_variances_are_those_of_clmm(wine, published):
    whole = design(wine)
    sigmas, flat = given(whole, published)
    fixed = flat._replace(step_mean=published["thresholds"][None], step_precision=1e9 * np.eye(4))
    settings = Settings(link="cumulative", assumed=NOTHING, laplace=True)
    fitted = settled(Task(wine, settings, whole, sigmas, fixed))
    assert fitted.composite().mean == pytest.approx(published["bottle_modes"], abs=1e-6)
    assert -fitted.severity().mean == pytest.approx(published["judge_modes"], abs=1e-6)
    assert fitted.composite().sd ** 2 == pytest.approx(published["bottle_condvar"], abs=1e-6)
    assert fitted.severity().sd ** 2 == pytest.approx(published["judge_condvar"], abs=1e-6)


def test_thresholds_and_variances_come_close_to_those_of_clmm(wine, published):
    """Two approximations of one likelihood: the variational one differs by less than a percent or two."""
    whole = design(wine)
    sigmas, _ = estimate(whole, "cumulative", NOTHING)
    assert sigmas[[3, 0]] ** 2 == pytest.approx(published["variances"], rel=0.02)
    sigmas, flat = given(whole, published)
    fitted = settled(Task(wine, Settings(link="cumulative", assumed=NOTHING), whole, sigmas, flat))
    assert fitted.steps().mean[0] == pytest.approx(published["thresholds"], abs=0.01)
    assert np.corrcoef(fitted.composite().mean, published["bottle_modes"])[0, 1] > 0.9999
    assert np.corrcoef(-fitted.severity().mean, published["judge_modes"])[0, 1] > 0.9999

"""A calibration kept as a document places new candidates as the whole fit would."""

import numpy as np
import pytest

from scoring.core.facets.calibration import calibrate, refit
from scoring.core.facets.fitted import simulate
from scoring.core.facets.frozen import Frozen, freeze, place
from scoring.core.ratings import Ratings, Row, from_columns, ratings
from scoring.core.simulation import Plan, simulated

PLAN = Plan(candidates=150, raters=12, months=4, drift=0.1)


def only(given: Ratings, candidate: int) -> Ratings:
    rows = given.candidate == candidate
    return from_columns(
        [given.raters[r] for r in given.rater[rows]],
        [given.candidates[candidate]] * int(rows.sum()),
        [given.dimensions[d] for d in given.dimension[rows]],
        given.level[rows] + 1.0,
        scale=(1, 5),
    )


@pytest.fixture(scope="module")
def fitted():
    return calibrate(simulated(PLAN, 2)[0])


@pytest.fixture(scope="module")
def frozen(fitted):
    return Frozen.model_validate_json(freeze(fitted).model_dump_json())


def test_the_document_survives_json_unchanged(fitted, frozen):
    assert frozen == freeze(fitted)


def test_a_candidate_is_placed_as_in_the_whole_fit(fitted, frozen):
    whole = fitted.composite()
    for candidate in range(5):
        alone = place(frozen, only(fitted.ratings, candidate))
        assert alone.composite().mean[0] == pytest.approx(whole.mean[candidate], abs=0.12)
        assert alone.composite().sd[0] == pytest.approx(whole.sd[candidate], rel=0.06)
        assert alone.above(3.2)[0] == pytest.approx(fitted.above(3.2)[candidate], abs=0.06)
        assert alone.settled


def test_an_unknown_rater_widens_the_interval(frozen):
    known = place(frozen, ratings([Row("R01", "new", d, 4) for d in frozen.dimensions], (1, 5)))
    unknown = place(frozen, ratings([Row("nobody", "new", d, 4) for d in frozen.dimensions], (1, 5)))
    assert unknown.composite().sd[0] > known.composite().sd[0]
    assert unknown.severity().sd[0] < frozen.spreads[3]


def test_marks_on_a_part_of_the_scale_and_of_the_dimensions_keep_their_meaning(frozen):
    some = [Row("R01", "new", d, level) for d, level in (("D2", 3), ("D5", 4))]
    whole_scale, part = place(frozen, ratings(some, (1, 5))), place(frozen, ratings(some))
    assert part.composite().mean == pytest.approx(whole_scale.composite().mean)
    assert part.abilities().mean.shape == (1, 7)


@pytest.mark.parametrize(
    ("row", "says"),
    [
        (Row("R01", "new", "charm", 3), "dimension: the calibration does not know charm"),
        (Row("R01", "new", "D1", 7), "level: the calibration knows 1 to 5, not 7 to 7"),
    ],
)
def test_what_the_calibration_does_not_know_is_refused(frozen, row, says):
    with pytest.raises(ValueError, match=says):
        place(frozen, ratings([row]))


def test_marks_from_the_model_look_like_the_marks_it_was_fitted_to(fitted):
    drawn = [simulate(fitted, seed) for seed in range(8)]
    shares = np.mean([np.bincount(one.level, minlength=5) / len(one.level) for one in drawn], axis=0)
    given = np.bincount(fitted.ratings.level, minlength=5) / len(fitted.ratings.level)
    assert shares == pytest.approx(given, abs=0.05)
    assert (simulate(fitted, 1).level == drawn[1].level).all()
    assert (drawn[0].level != drawn[1].level).any()


def test_a_refit_to_the_same_marks_is_the_same_fit(fitted):
    again = refit(fitted, fitted.ratings)
    assert again.composite().mean == pytest.approx(fitted.composite().mean, abs=1e-4)
    assert again.severity().sd == pytest.approx(fitted.severity().sd, abs=1e-4)


def test_marks_lie_around_what_is_expected_on_every_dimension(fitted):
    apart = fitted.ratings.level - fitted.marks().mean
    for dimension in range(7):
        assert apart[fitted.ratings.dimension == dimension].mean() == pytest.approx(0, abs=0.02)


def test_expected_marks_are_those_of_an_average_over_the_posterior(fitted):
    """Drawn from the posterior of each mark's level, one by one, the mean mark is the same."""
    known, steps = fitted.posterior, fitted.steps().mean
    draw, row = np.random.default_rng(1), 17
    eta = draw.normal(known.mark[row], np.sqrt(known.mark_variance[row]), 20_000)
    passed = np.exp(np.cumsum(eta[:, None] - steps[fitted.design.marks.dimension[row]], axis=1))
    chances = np.column_stack([np.ones(len(eta)), passed]) / (1 + passed.sum(axis=1, keepdims=True))
    at = fitted.design.order[row]
    mean = chances @ np.arange(5)
    assert fitted.marks().mean[at] == pytest.approx(mean.mean(), abs=0.02)
    assert fitted.marks().sd[at] ** 2 == pytest.approx(
        (chances @ np.arange(5) ** 2 - mean**2).mean(), abs=0.02
    )

"""Measures of probabilities: identities, hand-made cases, and what chance alone gives."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.core.outcomes.diagram import diagram
from scoring.core.outcomes.measures import (
    brier,
    corp,
    ece,
    intercept,
    log_loss,
    perfect_eces,
    slope,
    spiegelhalter,
)
from scoring.core.outcomes.restriction import correlation, restriction, thorndike

ROWS = st.lists(st.tuples(st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.8, 1.0]), st.booleans()), min_size=2)


def drawn(n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities, and outcomes drawn from them."""
    rng = np.random.default_rng(seed)
    q = rng.beta(2, 3, n)
    return q, (rng.random(n) < q).astype(float)


@given(ROWS)
@settings(max_examples=200, deadline=None)
def test_the_brier_score_is_its_three_parts_and_none_is_negative(rows):
    q, good = np.array(rows, float).T
    parts = corp(q, good)
    assert parts.brier == pytest.approx(brier(q, good))
    total = parts.miscalibration - parts.discrimination + parts.uncertainty
    assert total == pytest.approx(parts.brier, abs=1e-12)
    assert min(parts.miscalibration, parts.discrimination, parts.uncertainty) >= -1e-12


def test_shares_said_exactly_are_calibrated():
    q = np.repeat([0.25, 0.75], 4)
    good = np.array([1, 0, 0, 0, 1, 1, 1, 0.0])
    assert corp(q, good)[1:] == pytest.approx((0, 0.0625, 0.25))


def test_small_cases_by_hand():
    q, good = np.array([0.2, 0.6, 0.9]), np.array([0.0, 1.0, 1.0])
    assert brier(q, good) == pytest.approx((0.04 + 0.16 + 0.01) / 3)
    assert log_loss(q, good) == pytest.approx(-(np.log(0.8) + np.log(0.6) + np.log(0.9)) / 3)
    top = -0.2 * 0.6 + 0.4 * -0.2 + 0.1 * -0.8
    bottom = 0.36 * 0.16 + 0.04 * 0.24 + 0.64 * 0.09
    assert spiegelhalter(q, good).z == pytest.approx(top / bottom**0.5)


def test_true_probabilities_have_a_standard_normal_z():
    found = np.array([spiegelhalter(*drawn(300, seed)).z for seed in range(400)])
    assert abs(found.mean()) < 0.15
    assert found.std() == pytest.approx(1, abs=0.12)


def test_probabilities_that_are_too_extreme_have_a_slope_below_one():
    q, good = drawn(20_000, 1)
    extreme = q**2 / (q**2 + (1 - q) ** 2)  # the logit doubled
    found = slope(extreme, good)
    assert found.interval[0] < 0.5 < found.interval[1]
    assert slope(q, good).interval[0] < 1 < slope(q, good).interval[1]


def test_more_good_outcomes_than_were_said_have_an_intercept_above_zero():
    q, good = drawn(20_000, 2)
    odds = np.exp(-0.7) * q / (1 - q)
    found = intercept(odds / (1 + odds), good)
    assert found.interval[0] < 0.7 < found.interval[1]


@pytest.mark.parametrize(
    ("q", "good"),
    [
        ([0.1, 0.2, 0.8, 0.9], [0, 0, 1, 1]),
        ([0.5, 0.5, 0.5, 0.5], [0, 1, 0, 1]),
        ([0.1, 0.2, 0.8, 0.9], [1, 1, 1, 1]),
    ],
)
def test_a_slope_without_grounds_has_a_reason(q, good):
    assert slope(np.array(q), np.array(good, float)).why is not None


def test_an_ece_is_told_beside_what_perfect_probabilities_show_at_that_n():
    q, good = drawn(100, 3)
    found = ece(q, good, seed=3)
    assert 0.05 < found.expected < 0.15
    assert found.value < found.expected_high
    assert found.interval[0] <= found.value
    large = ece(*drawn(4_000, 3), seed=3)
    assert large.expected < found.expected / 3


def test_the_expected_ece_is_what_is_seen_over_many_draws():
    q, _ = drawn(200, 4)
    seen = [ece(q, (np.random.default_rng(s).random(200) < q).astype(float), s).value for s in range(12)]
    expected = perfect_eces(q, np.random.default_rng(1)).mean()
    assert np.mean(seen) == pytest.approx(expected, rel=0.25)


def outside(q: np.ndarray, good: np.ndarray) -> int:
    """At how many points of the band the curve lies outside it."""
    found = diagram(q, good, seed=5)
    starts = np.array([step.low for step in found.steps])
    seen = np.array([step.seen for step in found.steps])
    said = np.array([point.said for point in found.band])
    here = seen[np.searchsorted(starts, said + 1e-4, side="right") - 1]
    return sum(not p.low <= h <= p.high for p, h in zip(found.band, here, strict=True))


def test_true_probabilities_keep_within_the_band_and_false_ones_leave_it():
    q, good = drawn(1_000, 6)
    assert outside(q, good) <= 6  # of 21, each with a chance of one in ten
    assert outside(np.sqrt(q), good) >= 15


def test_the_steps_of_a_diagram_rise_and_count_every_row():
    q, good = drawn(500, 7)
    steps = diagram(q, good, seed=1).steps
    assert sum(step.n for step in steps) == 500
    assert [s.seen for s in steps] == sorted(s.seen for s in steps)


def test_thorndikes_correction_by_hand_and_without_restriction():
    assert thorndike(0.2, 0.5) == pytest.approx(0.4 / (1 - 0.04 + 0.16) ** 0.5)
    assert thorndike(0.37, 1.0) == pytest.approx(0.37)


def test_the_corrected_correlation_is_that_of_all_who_applied():
    rng = np.random.default_rng(8)
    score = rng.normal(0, 1, 60_000)
    later = 0.5 * score + rng.normal(0, 0.75**0.5, 60_000)
    hired = score > 0.3
    found = restriction(score[hired], later[hired], score)
    assert found.uncorrected.value < 0.35
    assert found.corrected.value == pytest.approx(0.5, abs=0.02)
    assert found.ratio.value < 0.6


def test_without_the_scores_of_those_not_hired_nothing_is_corrected():
    score = np.arange(40.0)
    found = restriction(score, score % 3, np.zeros(2))
    assert found.corrected.why == "not corrected: the scores of all who were scored are not given"
    assert found.uncorrected.value is not None


def test_a_correlation_needs_thirty_outcomes_that_vary():
    score = np.arange(40.0)
    assert correlation(score[:29], score[:29]).why == "29 outcomes; a correlation needs at least 30"
    assert correlation(score, np.ones(40)).why == "scores or outcomes do not vary"

"""Are two scripts told apart? The chance, and an interval that holds where nothing is out of order."""

import numpy as np
import pytest

from casesim.authoring.core.separation import chance_above, compared, interval, order, spread


def test_ties_count_half():
    assert chance_above([2, 3], [2, 1]) == (0.5 + 1 + 1 + 1) / 4


def test_runs_that_never_cross_leave_an_interval_with_a_width():
    low, high = interval(1.0, 50, 50)
    assert high == 1.0
    assert 0.9 < low < 0.99
    assert interval(1.0, 5, 5)[0] < low


def test_the_interval_is_the_same_from_both_sides():
    low, high = interval(0.7, 30, 30)
    assert interval(0.3, 30, 30) == pytest.approx((1 - high, 1 - low))


@pytest.mark.parametrize("shift", [0.0, 1.0, 2.0])
def test_the_interval_holds_the_truth_about_as_often_as_it_says(shift):
    """Two normal populations, whose true chance is known."""
    from scipy.stats import norm

    draws, true, held = np.random.default_rng(3), norm.cdf(shift / np.sqrt(2)), 0
    for _ in range(300):
        strong, weak = draws.normal(shift, 1, 25), draws.normal(0, 1, 25)
        low, high = interval(chance_above(strong.tolist(), weak.tolist()), 25, 25)
        held += low <= true <= high
    assert 0.91 <= held / 300 <= 0.99


def test_scripts_go_from_strong_to_weak_by_name_or_else_by_mean():
    assert order({"weak": [3.0], "middling": [2.0], "strong": [1.0]}) == ["strong", "middling", "weak"]
    assert order({"hostile": [1.0], "strong": [3.0], "silent": []}) == ["strong", "hostile"]


def test_a_strong_script_that_is_worth_less_is_not_told_apart():
    [pair] = compared({"strong": [1.0] * 20, "weak": [3.0] * 20})
    assert (pair["stronger"], pair["chance"], pair["told_apart"], pair["too_few"]) == (
        "strong",
        0,
        False,
        False,
    )


def test_neighbours_and_the_two_ends_are_compared():
    found = compared({"weak": [1.0, 1.1], "strong": [3.0, 3.1], "middling": [2.0, 1.05]})
    assert [(p["stronger"], p["weaker"], p["above_all"]) for p in found] == [
        ("strong", "middling", 2),
        ("middling", "weak", 1),
        ("strong", "weak", 2),
    ]


def test_a_single_run_has_no_spread():
    assert spread([2.0])["sd"] is None
    assert spread([]) == {"n": 0}

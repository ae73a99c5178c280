"""A bar proposed from raters' closing judgements: where a line through the sheets crosses the borderline."""

import numpy as np
import pytest

from scoring.core.decision.borderline import Judged, propose_bar


def sheets(candidates: int, noise: float, seed: int = 1, slope: float = 0.7) -> list[Judged]:
    """Three raters each; the composite is 1 + slope x judgement and noise, so 2.75 at 2.5 for 0.7."""
    rng = np.random.default_rng(seed)
    judgements = np.clip(np.rint(rng.normal(2.5, 0.9, (candidates, 3))), 1, 4).astype(int)
    composites = 1 + slope * judgements + rng.normal(0, noise, judgements.shape)
    return [
        Judged(f"c{c}", float(composites[c, r]), int(judgements[c, r]))
        for c in range(candidates)
        for r in range(3)
    ]


def test_without_noise_the_bar_is_on_the_line():
    found = propose_bar(sheets(30, 0.0), 2.5, seed=1)
    assert found.bar.value == pytest.approx(2.75)
    assert (found.slope, found.explained) == (0.7, 1.0)


def test_the_interval_holds_the_true_bar_about_nine_times_in_ten():
    found = [propose_bar(sheets(40, 0.4, seed), 2.5, seed).bar.interval for seed in range(120)]
    held = np.mean([low <= 2.75 <= high for low, high in found])
    assert 0.80 <= held <= 0.97


@pytest.mark.parametrize(
    ("given", "borderline", "why"),
    [
        (sheets(19, 0.2), 2.5, "19 candidates; a bar from judgements needs at least 20"),
        (
            [Judged(f"c{i}", 2.0 + i % 2, 2 + i % 2) for i in range(30)],
            2.5,
            "only 2 different closing judgements were given; a line needs three",
        ),
        (sheets(30, 0.2), 4.0, "the borderline of 4 lies outside the judgements given"),
        (sheets(30, 0.4, slope=0.0), 2.5, "the closing judgements do not go with the marks"),
    ],
)
def test_without_grounds_there_is_no_bar_but_a_reason(given, borderline, why):
    assert propose_bar(given, borderline, seed=1).bar.why == why


def test_an_interval_too_wide_names_no_bar():
    why = propose_bar(sheets(20, 2.5, slope=3.0), 2.5, seed=1).bar.why
    assert why is not None
    assert why.endswith("is too wide to name a bar")


def test_the_order_of_the_sheets_changes_nothing():
    given = sheets(25, 0.3)
    assert propose_bar(given[::-1], 2.5, seed=4) == propose_bar(given, 2.5, seed=4)

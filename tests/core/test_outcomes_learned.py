"""A probability of success is learned from outcomes, forward in time, and not before there are enough."""

from datetime import date, timedelta

import numpy as np
import pytest
from scipy.special import expit

from scoring.core.outcomes import maps
from scoring.core.outcomes.learned import assess, chance, forward, learn
from scoring.core.outcomes.outcome import BadOutcomes, Outcome, Outcomes, discounted, outcomes

FIRST = date(2026, 1, 5)


def hires(n: int, seed: int = 1, success=lambda level: expit(-1.5 + 0.8 * level)) -> list[Outcome]:
    """Two hires a day, whose outcomes are known 90 days later. Success depends on the true level."""
    rng = np.random.default_rng(seed)
    var = rng.uniform(0.1, 0.4, n)
    mean = rng.normal(0, np.sqrt(1.21 - var))
    good = rng.random(n) < success(rng.normal(mean, np.sqrt(var)))
    days = [FIRST + timedelta(days=i // 2) for i in range(n)]
    return [
        Outcome(
            f"c{i:05}", float(mean[i]), float(var[i]), days[i], days[i] + timedelta(days=90), bool(good[i])
        )
        for i in range(n)
    ]


def log_posterior(kind: str, u: np.ndarray, known: Outcomes) -> float:
    """As the formula stands in docs/decision.md, apart from the code under test."""
    s = known.score
    p = expit(s)
    curve = np.exp(u[1]) * s if kind == "platt" else np.exp(u[1]) * np.log(p) - np.exp(u[2]) * np.log(1 - p)
    q = expit(u[0] + curve)
    fit = np.sum(known.good * np.log(q) + (1 - known.good) * np.log(1 - q))
    return fit - u[0] ** 2 / (2 * 1.5**2) - np.sum(u[1:] ** 2) / (2 * 0.5**2)


@pytest.mark.parametrize("kind", ["platt", "beta"])
def test_a_shrunk_map_is_at_the_top_of_its_posterior(kind):
    known = outcomes(hires(80))
    found = maps.fit_shrunk(kind, known.score, known.good)
    u = np.array([found.intercept, *found.log_slopes])
    for i in range(len(u)):
        step = np.zeros(len(u))
        step[i] = 1e-5
        up, down = (log_posterior(kind, u + way * step, known) for way in (1, -1))
        assert abs(up - down) / 2e-5 < 1e-3


def test_a_beta_map_of_equal_slopes_is_a_platt_map():
    score = np.linspace(-3, 3, 7)
    none = ((0.0,) * 3,) * 3
    beta = maps.Shrunk(kind="beta", intercept=-0.4, log_slopes=(0.3, 0.3), covariance=none)
    assert beta.at(score) == pytest.approx(expit(-0.4 + np.exp(0.3) * score))


def test_few_outcomes_are_drawn_towards_what_is_assumed_and_many_say_it_themselves():
    def truth(level):
        return expit(1.0 + 2.0 * level)

    exact = hires(20_000, 3, truth)
    known = outcomes([row._replace(var=0.0) for row in exact])
    few = maps.fit_shrunk("platt", known.score[:30], known.good[:30])
    assert few.log_slopes[0] < np.log(2.0)
    many = maps.fit_shrunk("platt", known.score, known.good)
    assert many.intercept == pytest.approx(0.9, abs=0.15)
    assert np.diff(few.at(np.linspace(-9, 9, 50))).min() >= 0


def test_doubt_about_a_score_draws_it_to_the_middle():
    assert discounted([1.0, 1.0], [0.0, 4.0]) == pytest.approx([1.0, 1 / np.sqrt(2.4)])


def test_an_isotonic_map_rises_and_is_never_sure():
    known = outcomes(hires(400))
    found = maps.fit_isotonic(known.score, known.good)
    said = found.at(np.linspace(-20, 20, 300))
    assert np.diff(said).min() >= 0
    assert 0 < said.min() < said.max() < 1
    low, high = found.interval(0.0)
    assert low < found.at(np.array([0.0]))[0] < high


def test_under_thirty_outcomes_nothing_is_shown():
    learned = learn(outcomes(hires(29)))
    shown = chance(learned, 0.0, 0.2, date(2027, 1, 1))
    assert (shown.value, shown.why) == (None, "29 outcomes; no probability is shown under 30")


def test_to_a_hundred_it_carries_a_warning_and_then_none():
    later = date(2027, 1, 1)
    assert (
        chance(learn(outcomes(hires(99))), 0.0, 0.2, later).caution == "learned from 99 outcomes only: a hint"
    )
    found = chance(learn(outcomes(hires(100))), 0.0, 0.2, later)
    assert found.caution is None
    assert found.interval[0] < found.value < found.interval[1]


def test_outcomes_that_are_all_alike_teach_nothing():
    known = outcomes([row._replace(good=True) for row in hires(40)])
    assert learn(known).why == "all 40 outcomes are good"


def test_a_map_is_used_forward_in_time_only():
    learned = learn(outcomes(hires(60)))
    until = FIRST + timedelta(days=29 + 90)
    assert learned.taught.until == until
    assert chance(learned, 0.0, 0.2, until).why.endswith("it is used forward in time only")
    assert chance(learned, 0.0, 0.2, until + timedelta(days=1)).value is not None


def test_below_the_lowest_score_ever_hired_the_probability_is_marked():
    rows = [row for row in hires(400) if row.mean > -0.5]
    learned = learn(outcomes(rows))
    later = date(2028, 1, 1)
    assert chance(learned, -2.0, 0.2, later).caution == "below the lowest score ever hired: an extrapolation"
    assert chance(learned, 0.5, 0.2, later).caution is None


def test_what_was_said_of_a_hire_does_not_depend_on_any_later_outcome():
    rows = hires(600)
    cut = rows[400].scored
    turned = [row._replace(good=not row.good) if row.known >= cut else row for row in rows]
    said, _, _ = forward(outcomes(rows))
    again, _, _ = forward(outcomes(turned))
    early = len(said) - sum(row.scored > cut for row in rows)
    assert said[:early] == pytest.approx(again[:early], abs=0)
    assert not np.allclose(said[early:], again[early:])


def test_the_first_hires_only_teach():
    said, _, _ = forward(outcomes(hires(600)))
    taught = sum(row.scored < FIRST + timedelta(days=90 + 15) for row in hires(600))
    assert len(said) <= 600 - taught


@pytest.mark.parametrize("seed", range(6))
def test_said_forward_it_is_no_worse_than_the_share_of_good_outcomes(seed):
    found = assess(outcomes(hires(900, seed)), np.zeros(2), seed).judged
    assert found.brier < found.constant_brier


def test_a_bent_truth_lets_a_more_flexible_map_win_and_a_straight_one_does_not():
    def stairs(level):
        return np.where(level > 0.6, 0.85, 0.12)

    sure = [row._replace(var=1e-6) for row in hires(3_400, 5)]
    rng = np.random.default_rng(6)
    bent = [row._replace(good=bool(rng.random() < stairs(row.mean))) for row in sure]
    assert learn(outcomes(bent)).taught.map.kind == "isotonic"
    assert learn(outcomes(hires(3_400, 5))).taught.map.kind == "platt"
    assert learn(outcomes(bent[:2_999])).taught.map.kind != "isotonic"
    assert learn(outcomes(bent[:999])).taught.chosen == "shrunk Platt: other maps compete from 1000 outcomes"


def test_too_few_forward_probabilities_are_not_judged():
    found = assess(outcomes(hires(215)), np.zeros(2), 1)
    assert found.judged is None
    assert found.why == "0 outcomes followed a probability said before; judging needs at least 30"


def test_the_same_outcomes_in_any_order_give_the_same_document():
    rows = hires(500)
    everyone = np.random.default_rng(1).normal(0, 1, 900)
    one = assess(outcomes(rows), everyone, 7)
    other = assess(outcomes(rows[::-1]), everyone, 7)
    assert one.model_dump_json() == other.model_dump_json()


def test_bad_rows_are_named():
    row = hires(1)[0]
    bad = [row._replace(mean=float("nan")), row._replace(var=-1.0), row._replace(known=row.scored)]
    with pytest.raises(BadOutcomes, match=r"c00000: mean nan.*c00000: var -1.0.*not after the scoring"):
        outcomes(bad)

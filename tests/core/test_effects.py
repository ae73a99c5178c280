"""Rater effects: found where they are, silent where nothing can be said, never a number without grounds."""

import numpy as np
import pytest

from scoring.core.effects.findings import find
from scoring.core.effects.measured import Measured, table
from scoring.core.effects.ordinary import chances, cutoffs, middle, ordinary
from scoring.core.effects.seen import Seen, interviews
from scoring.core.effects.statistics import MEASURES

D, K = 6, 5  # dimensions, levels
KINDS = [measure.kind for measure in MEASURES]


def seen(seed: int, raters: int = 8, each: int = 40, severity: float = 0.0, **odd: int) -> Seen:
    """Marks of raters who know what is expected; `odd` says which rater has which effect.

    Levels are rounded and cut to the scale, with a spread of one level about what is expected.
    """
    rng = np.random.default_rng(seed)
    candidate = np.repeat(np.arange(raters * each // 2), 2)
    rater = np.stack([rng.permutation(raters) for _ in range(len(candidate) // raters)]).ravel()
    month = np.sort(rng.uniform(0, 12, len(candidate) // 2)).repeat(2)
    ability = rng.normal(2, 0.7, len(candidate) // 2).repeat(2)
    profile = rng.normal(0, 0.5, (len(candidate) // 2, D)).repeat(2, axis=0)
    expected = np.clip(ability[:, None] + profile, 0.3, 3.7)
    meant = _odd(expected, rater, month, odd, rng)
    level = np.clip(np.rint(meant + rng.normal(0, 0.5, meant.shape)), 0, K - 1)
    flat = np.full(level.size, 0.33)
    return Seen(
        rater=np.repeat(rater, D),
        candidate=np.repeat(candidate, D),
        month=np.repeat(month, D),
        level=level.ravel(),
        expected=expected.ravel(),
        variance=flat,
        own=np.zeros(level.size),
        profile=profile.ravel(),
        profile_variance=np.zeros(level.size),
        information=np.ones(level.size),
    )


def _odd(expected, rater, month, odd, rng):
    meant = expected.copy()
    whole = expected.mean(axis=1, keepdims=True)
    if "careless" in odd:
        own = rater == odd["careless"]
        meant[own] = rng.uniform(0, 4, meant[own].shape)
    if "central" in odd:
        own = rater == odd["central"]
        meant[own] = 2 + 0.3 * (expected - 2)[own]
    if "halo" in odd:
        own = rater == odd["halo"]
        meant[own] = np.broadcast_to(whole, expected.shape)[own]
    if "drift" in odd:
        own = rater == odd["drift"]
        meant[own] += (month[own, None] - 6) / 12
    return meant


def measured(marks: Seen, severity: np.ndarray | None = None) -> Measured:
    raters = int(marks.rater.max()) + 1
    names = tuple(f"r{r}" for r in range(raters))
    levels = np.random.default_rng(1).normal(0, 0.3, raters) if severity is None else severity
    return Measured(names, interviews(marks), levels, np.full(raters, 0.1))


def ordinary_again(seed: int) -> Measured:
    return measured(seen(seed), np.random.default_rng(seed).normal(0, 0.3, 8))


def found(odd: Measured, replicates: int = 24):
    return find(odd, ordinary_again, replicates, seed=5)


@pytest.mark.parametrize("kind", ["careless", "central", "halo", "drift"])
def test_a_rater_with_an_effect_is_flagged_for_it_with_a_sentence_and_a_cutoff(kind):
    lines = found(measured(seen(2, **{kind: 3})))
    assert kind in lines[3].flags()
    effect = lines[3].effects[KINDS.index(kind)]
    value, (low, high) = effect.statistic.value, effect.statistic.interval
    assert low <= value <= high
    assert (effect.low is not None and value < effect.low) or (
        effect.high is not None and value > effect.high
    )
    assert effect.says.endswith(".")


@pytest.mark.parametrize("kind", ["careless", "central", "halo", "drift"])
def test_of_all_flagged_for_an_effect_few_are_flagged_falsely(kind):
    flagged = [
        line.rater
        for seed in range(20, 30)
        for line in found(measured(seen(seed, **{kind: 3})))
        if kind in line.flags()
    ]
    assert flagged.count("r3") == 10
    assert len(flagged) <= 13


def test_a_rater_harder_than_raters_usually_are_is_told_by_how_many_levels():
    severity = np.array([0.1, -0.2, 0.0, 2.5, 0.2, -0.1, 0.1, -0.1])
    line = found(measured(seen(3), severity))[3]
    assert line.flags() == ("severity",)
    assert line.points.value == pytest.approx(2.5)
    assert line.effects[0].says.startswith(
        "The marks lie 2.50 levels below an average rater's over 40 interviews"
    )


def test_ordinary_raters_are_seldom_flagged():
    flags = [line.flags() for seed in range(40, 52) for line in found(ordinary_again(seed), 16)]
    assert np.mean([len(kinds) > 0 for kinds in flags]) < 0.08


def test_under_ten_interviews_nothing_is_said():
    marks = seen(4)
    few = (marks.rater == 0) & (np.cumsum(marks.rater == 0) > 7 * D)
    line = found(measured(Seen(*(column[~few] for column in marks))))[0]
    assert (line.interviews, line.flags()) == (7, ())
    assert {effect.says for effect in line.effects} == {"Too few interviews to say: 7 of 10."}
    assert {effect.statistic.value for effect in line.effects} == {None}


def test_two_raters_have_nobody_to_be_compared_with():
    pair = measured(seen(5, raters=2))
    lines = find(pair, lambda seed: measured(seen(seed, raters=2)), 8, seed=1)
    assert lines[0].effects[1].says == "Too few raters to compare with: 3 need 10 interviews each."


def test_without_dates_nothing_is_said_of_drift_and_the_rest_stands():
    marks = seen(6, careless=3)
    undated = measured(marks._replace(month=np.full(len(marks.month), np.nan)))
    line = found(undated)[3]
    assert line.effects[4].says == "Cannot say: under 2 months of dated interviews."
    assert "careless" in line.flags()


def test_a_rater_who_gives_one_level_to_all_is_central_and_not_an_error():
    marks = seen(7)
    level = np.where(marks.rater == 2, 2.0, marks.level)
    line = found(measured(marks._replace(level=level)))[2]
    assert "central" in line.flags()
    assert line.agrees.why == "one of the two marked everybody alike"


def test_agreement_with_the_others_is_high_for_the_careful_and_low_for_the_careless():
    lines = found(measured(seen(8, careless=3)), 8)
    others = [line.agrees.value for line in lines if line is not lines[3]]
    assert lines[3].agrees.value < 0.35 < min(others)


def test_statistics_by_hand():
    one = Seen(
        rater=np.zeros(4, int),
        candidate=np.array([0, 0, 1, 1]),
        month=np.array([0.0, 0.0, 6.0, 6.0]),
        level=np.array([1.0, 3.0, 2.0, 4.0]),
        expected=np.array([2.0, 3.0, 1.5, 3.5]),
        variance=np.full(4, 0.5),
        own=np.zeros(4),
        profile=np.array([-0.4, 0.4, -1.0, 1.0]),
        profile_variance=np.array([0.0, 0.0, 0.4, 0.4]),
        information=np.full(4, 0.5),
    )
    statistic = table(Measured(("r",), interviews(one), np.array([0.7]), np.array([0.1])))[0]
    misfit = np.mean([1 / 0.5, 0, 0.25 / 0.5, 0.25 / 0.5])
    spread = np.sqrt(5 / (4 * 0.5 + (4 + 9 + 2.25 + 12.25) - 4 * 2.5**2))
    residual = np.array([-1.0, 0.0, 0.5 / 0.8, 0.5 / 0.8])  # 0.4 x 0.5 of the profile is each mark's own
    profile = np.array(
        [-0.4, 0.4, -1.0, 1.0]
    )  # the second interview loses 0.25 twice: its mean takes that out
    by_slope = ((residual + 0.5 * profile) @ profile) / (0.5 * profile @ profile)
    room = 0.25 * (profile @ profile + 2 * (0.4 / 0.8) * 0.5)  # the second interview's profile is in doubt
    by_spread = 1 + (2 + 2 - (0.5 + 0.5) - (2.0 + 0.5)) / room
    halo = (by_slope + by_spread) / 2
    slope = (1.0 / 1.0 - -1.0 / 1.0) / 6
    assert statistic == pytest.approx([0.7, np.log(misfit), np.log(spread), halo, slope])


def test_the_chance_of_an_ordinary_rater_is_spread_evenly():
    rng = np.random.default_rng(9)
    p = [chances(rng.normal(0, 1, (12, 5)), ordinary(rng.normal(0, 1, (20, 12, 5)))) for _ in range(60)]
    shares = [np.mean(np.concatenate(p) <= level) for level in (0.05, 0.2, 0.5)]
    assert shares == pytest.approx([0.05, 0.2, 0.5], abs=0.03)


def test_five_in_a_hundred_ordinary_raters_lie_beyond_the_cutoffs():
    rng = np.random.default_rng(10)
    statistic = rng.normal(3, 1, (400, 5))
    low, high = cutoffs(statistic, ordinary(rng.normal(3, 1, (30, 400, 5))))
    beyond = ((statistic < low) | (statistic > high)).mean(axis=0)
    assert beyond == pytest.approx(0.05, abs=0.03)
    assert np.isinf(high[0, 2])
    assert np.isinf(low[0, 1])


def test_the_middle_leaves_out_what_is_not_known():
    nan = np.nan
    values = np.array([[1.0, nan], [nan, nan], [3.0, nan], [9.0, nan]])
    assert middle(values)[0, 0] == 3.0
    assert np.isnan(middle(values)[0, 1])


def test_few_replicates_are_refused():
    with pytest.raises(ValueError, match="7 replicates; at least 8"):
        ordinary(np.zeros((7, 4, 5)))


def test_progress_is_told_and_the_same_seed_gives_the_same_bytes():
    told = []
    marks = measured(seen(11, halo=3))
    once = find(marks, ordinary_again, 8, seed=3, tell=lambda done, of: told.append((done, of)))
    again = find(marks, ordinary_again, 8, seed=3)
    assert told == [(done, 8) for done in range(1, 9)]
    assert [line.model_dump_json() for line in once] == [line.model_dump_json() for line in again]

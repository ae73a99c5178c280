"""Agreement and reliability: what must hold for any ratings, and what is no number."""

import warnings

import krippendorff
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.core.estimate import Estimate, unknown
from scoring.core.ratings import Row, from_columns, ratings
from scoring.core.reliability import chance
from scoring.core.reliability.bootstrap import draws, interval
from scoring.core.reliability.chance import METRICS, WEIGHTINGS, weights
from scoring.core.reliability.classical import Settings, classical
from scoring.core.reliability.coefficients import NO_VARIATION, coefficients, cohen
from scoring.core.reliability.components import (
    CANDIDATE,
    DIMENSION,
    RATER,
    Confounded,
    component_draws,
    components,
    crossing,
)
from scoring.core.reliability.generalisability import coefficients as generalised
from scoring.core.reliability.generalisability import generalisability, study
from scoring.core.reliability.icc import Table, correlations
from scoring.core.reliability.marks import marks
from scoring.core.reliability.pairs import by_candidate, by_unit
from scoring.core.reliability.precision import (
    Variances,
    decision_reliability,
    model_reliability,
    separation,
)

FEW = {"times": 50, "seed": 1}


def table(**raters):
    """One string a rater, one character a candidate; a dot is not observed."""
    return ratings(
        [
            Row(rater, f"c{place:02}", "d", int(code) if code.isdigit() else None)
            for rater, codes in raters.items()
            for place, code in enumerate(codes)
        ]
    )


def panels(seed, candidates=300, raters=20, dimensions=3, each=3, spread=(1.0, 0.5, 0.7)):
    """Scores on a fine scale with known variances of candidates, raters and the rest."""
    chance_of = np.random.default_rng(seed)
    who = np.repeat(np.arange(candidates), each)
    by = np.concatenate([chance_of.choice(raters, each, replace=False) for _ in range(candidates)])
    ability, severity = chance_of.normal(0, spread[0], candidates), chance_of.normal(0, spread[1], raters)
    rows = [np.repeat(column, dimensions) for column in (who, by)]
    score = ability[rows[0]] - severity[rows[1]] + chance_of.normal(0, spread[2], len(rows[0]))
    return rows[0], rows[1], np.tile(np.arange(dimensions), len(who)), score


# --- alpha and kappas ----------------------------------------------------------------------------------

levels = st.integers(0, 4)
cells = st.dictionaries(
    st.tuples(st.sampled_from("abcd"), st.sampled_from("stuvwx"), st.sampled_from("de")), levels, min_size=2
)


@given(cells)
def test_alpha_is_that_of_the_reference_whatever_is_missing(given_cells):
    found = marks(ratings([Row(*cell, level) for cell, level in given_cells.items()], scale=(0, 4)))
    whole = np.full((found.raters, found.units), np.nan)
    whole[found.rater, found.unit] = found.score
    pairable = whole[:, np.isfinite(whole).sum(axis=0) > 1]
    if len(np.unique(pairable[np.isfinite(pairable)])) < 2:
        assert np.isnan(chance.alpha(by_unit(found).sums(), "nominal")[0])
        return
    for metric in METRICS:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # the reference divides 0 by 0 on its ratio scale
            theirs = krippendorff.alpha(reliability_data=whole, level_of_measurement=metric)
        assert chance.alpha(by_unit(found).sums(), metric)[0] == pytest.approx(theirs, abs=1e-9)


@given(cells, st.randoms(use_true_random=False))
def test_shuffled_rows_and_new_names_change_nothing(given_cells, luck):
    rows = [Row(*cell, level) for cell, level in given_cells.items()]
    names = dict(zip("abcdstuvwx", luck.sample("klmnopqxyz", 10), strict=True))
    other = [r._replace(rater=names[r.rater], candidate=names[r.candidate]) for r in rows]
    one, two = (by_unit(marks(ratings(some))).sums() for some in (rows, luck.sample(other, len(other))))
    for metric in METRICS:
        assert chance.alpha(one, metric) == pytest.approx(chance.alpha(two, metric), abs=1e-12, nan_ok=True)
    for kind in WEIGHTINGS:
        weight = weights(one.levels, kind)
        for coefficient in (chance.fleiss, chance.gwet):
            assert coefficient(one, weight) == pytest.approx(coefficient(two, weight), abs=1e-12, nan_ok=True)


def test_units_may_be_summed_by_candidate_or_apart():
    found = marks(
        ratings([Row(r, c, d, (ord(r) * ord(c) + ord(d)) % 5) for r in "abc" for c in "xyz" for d in "de"])
    )
    for one, two in zip(
        (by_unit(found).sums().coincidence, by_unit(found).sums().share),
        (by_candidate(found).sums().coincidence, by_candidate(found).sums().share),
        strict=True,
    ):
        assert one == pytest.approx(two)


def test_for_two_raters_congers_kappa_is_cohens():
    found = marks(table(a="12345123451", b="12344123352"))
    ours, theirs = coefficients(found, **FEW), cohen(found, **FEW)
    for kind in WEIGHTINGS:
        assert ours["conger", kind].value == pytest.approx(theirs[kind].value, abs=1e-12)


def test_two_raters_who_always_concur_agree_wholly_by_every_coefficient():
    found = marks(table(a="12345" * 3, b="12345" * 3))
    values = [e.value for e in (coefficients(found, **FEW) | cohen(found, **FEW)).values()]
    assert values == pytest.approx([1.0] * len(values))


def test_only_the_latest_of_a_repeated_mark_counts():
    repeated = from_columns("aaab", "xxxx", "dddd", [1, 5, 4, 4], month=[0, 1, 2, 0], repeats="keep")
    assert chance.within(by_unit(marks(repeated)).sums(), 0) == pytest.approx([1.0])


def test_where_all_marks_are_equal_agreement_is_exact_and_nothing_is_beyond_chance():
    found = coefficients(marks(table(a="3" * 12, b="3" * 12)), **FEW)
    assert found["share", "exact"].value == 1.0
    assert {found[name] for name in found if name[0] != "share"} == {
        unknown(NO_VARIATION, 24),
        unknown(NO_VARIATION, 12),
    }


def test_a_handful_of_marks_gives_no_coefficient():
    found = coefficients(marks(table(a="1234", b="1233")), **FEW)
    assert set(found.values()) == {unknown("only 8 marks can be paired; it takes at least 10", 8)}


def test_cohens_kappa_is_for_two():
    found = cohen(marks(table(a="123", b="123", c="123")), **FEW)
    assert found["linear"].why.startswith("Cohen's kappa is for two raters, these are 3")


def test_levels_below_zero_have_no_ratio_scale():
    found = ratings([Row(r, f"c{n}", "d", n % 5 - 2) for r in "ab" for n in range(10)])
    assert coefficients(marks(found), **FEW)["alpha", "ratio"].why == "a ratio scale has no levels below zero"


# --- intervals ------------------------------------------------------------------------------------------


def test_the_same_seed_draws_the_same_candidates_and_another_others():
    one, same, other = (np.concatenate(list(draws(9, 120, seed))) for seed in (1, 1, 2))
    assert one.shape == (120, 9)
    assert (one.sum(axis=1) == 9).all()
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)


def test_draws_without_a_value_are_not_hidden():
    assert interval(np.array([0.5] * 90 + [np.nan] * 10)) is None
    assert interval(np.array([0.5] * 99 + [np.nan])) == (0.5, 0.5)


def test_intervals_hold_the_alpha_of_endless_data_about_as_often_as_they_say():
    """Three raters, severities apart, 60 candidates; the truth is alpha over 20,000 candidates."""

    def simulated(seed, candidates):
        luck = np.random.default_rng(seed)
        ability = np.repeat(luck.normal(0, 1, candidates), 3)
        noise = luck.normal(0, 0.8, 3 * candidates)
        level = np.clip(np.rint(3 + ability + noise + np.tile([-0.4, 0, 0.4], candidates)), 1, 5)
        names = [f"c{n:05}" for n in range(candidates) for _ in range(3)]
        return marks(
            from_columns(["a", "b", "c"] * candidates, names, ["d"] * len(names), level, scale=(1, 5))
        )

    truth = chance.alpha(by_candidate(simulated(0, 20_000)).sums(), "ordinal")[0]
    held = 0
    for seed in range(1, 101):
        low, high = coefficients(simulated(seed, 60), times=100, seed=seed)["alpha", "ordinal"].interval
        held += low <= truth <= high
    assert 86 <= held <= 99  # 95 promised; percentiles of 100 draws of 60 candidates are a little short


def test_few_candidates_give_a_value_and_no_interval():
    rows = [Row(r, c, f"d{n}", (n + ord(c)) % 4) for r in "ab" for c in "xy" for n in range(6)]
    found = coefficients(marks(ratings(rows)), **FEW)["alpha", "ordinal"]
    assert (found.value, found.interval, found.caution) == (
        1.0,
        None,
        "no interval: 2 candidates, it needs 5",
    )


# --- variance components ----------------------------------------------------------------------------------


def test_components_of_incomplete_tables_are_right_on_average():
    found = []
    for seed in range(20):
        who, by, _, score = panels(seed, dimensions=1)
        found.append(list(components(crossing({CANDIDATE: who, RATER: by}), score).values()))
    expected = np.array([1.0, 0.25, 0.49])
    error = np.std(found, axis=0) / np.sqrt(20)
    assert (np.abs(np.mean(found, axis=0) - expected) < 4 * error).all()
    assert (error < 0.1 * np.array([1.0, 1.0, 0.5])).all()


def test_counting_a_candidate_twice_is_adding_his_double():
    who, by, _, score = panels(3, candidates=12, raters=4, dimensions=1)
    times = np.ones((1, 12))
    times[0, [2, 5]] = 2, 0
    drawn = component_draws(crossing({CANDIDATE: who, RATER: by}), score, times)[0]
    rows = np.concatenate([np.flatnonzero(who != 5), np.flatnonzero(who == 2)])
    other = np.where(np.arange(len(rows)) < (who != 5).sum(), who[rows], 5)
    plain = components(crossing({CANDIDATE: other, RATER: by[rows]}), score[rows])
    assert drawn == pytest.approx(list(plain.values()), abs=1e-9)


def test_raters_who_share_no_candidate_cannot_be_told_from_candidates():
    who, by = np.arange(6), np.array([0, 0, 0, 1, 1, 1])
    with pytest.raises(Confounded, match="cannot tell the facets apart"):
        components(crossing({CANDIDATE: who, RATER: by}), np.arange(6.0))


def test_correlations_of_an_incomplete_table_have_values_and_intervals():
    who, by, _, score = panels(5, dimensions=1)
    found = {line.name: line.icc for line in correlations(Table(who, by, score), **FEW).icc}
    truth = {"ICC(A,1)": 1 / 1.74, "ICC(C,1)": 1 / 1.49, "ICC(A,k)": 1 / (1 + 0.74 / 3)}
    for name, value in truth.items():
        low, high = found[name].interval
        assert low < value < high
        assert found[name].value == pytest.approx(value, abs=0.12)


@pytest.mark.parametrize(
    ("who", "by", "score", "why"),
    [
        ([0, 0], [0, 1], [1, 2], "fewer than two candidates"),
        ([0, 1], [0, 0], [1, 2], "one rater"),
        ([0, 1], [0, 1], [1, 2], "no candidate was marked by two raters"),
        ([0, 0, 1, 1], [0, 1, 0, 1], [3, 3, 3, 3], "all marks are equal"),
        (
            np.arange(10) // 2,
            range(10),
            [1, 2, 3, 5, 2, 2, 4, 3, 1, 1],
            "the design cannot tell candidates from raters",
        ),
    ],
)
def test_where_no_correlation_can_be_there_is_the_reason(who, by, score, why):
    found = correlations(Table(np.array(who), np.array(by), np.array(score, float)), **FEW)
    assert {line.icc.value for line in found.icc if line.name[4] != "1"} == {None}
    assert found.icc[1].icc.why.startswith(why)


def test_raters_who_mark_everybody_alike_give_no_consistency():
    who, by = np.repeat(np.arange(5), 2), np.tile([0, 1], 5)
    found = {c.name: c for c in correlations(Table(who, by, 3.0 + by), **FEW).icc}
    assert found["ICC(C,1)"].icc == unknown("the mean squares leave nothing to divide by", 10)
    assert found["ICC(A,1)"].icc.value == pytest.approx(0)


def test_raters_who_differ_by_a_constant_are_consistent_and_have_no_rest():
    who, by = np.repeat(np.arange(5), 2), np.tile([0, 1], 5)
    found = {c.name: c for c in correlations(Table(who, by, who + 2.0 * by), **FEW).icc}
    assert found["ICC(C,1)"].icc.value == 1.0
    assert found["ICC(C,1)"].icc.interval is None
    assert found["ICC(A,1)"].icc.value < 1


# --- generalisability --------------------------------------------------------------------------------------


def test_fixed_dimensions_ask_for_fewer_raters_than_dimensions_drawn_at_random():
    v = {
        "candidate": 0.4, "rater": 0.1, "dimension": 0.05, "candidate:rater": 0.1,
        "candidate:dimension": 0.1, "rater:dimension": 0.05, "residual": 0.4,
    }  # fmt: skip
    fixed, drawn = study(v, 6, "fixed"), study(v, 6, "random")
    assert fixed.raters_needed.value < drawn.raters_needed.value
    needed = int(fixed.raters_needed.value)
    assert generalised(v, needed, 6, "fixed")[1] >= 0.80 > generalised(v, needed - 1, 6, "fixed")[1]


def test_candidates_who_do_not_differ_have_no_coefficient():
    found = study({"candidate": -0.1, "rater": 0.1, "residual": 0.4}, 1, "random")
    assert found.decisions[0].g.why == "the candidates do not differ by more than error"
    assert found.raters_needed.why == "50 raters would not reach 0.8"


def test_one_rater_has_no_generalisability():
    assert generalisability(marks(table(a="12345"))).why == "fewer than two raters"


def test_components_with_dimensions_are_right_on_average():
    found = []
    for seed in range(10):
        who, by, on, score = panels(seed, candidates=150)
        found.append(components(crossing({CANDIDATE: who, RATER: by, DIMENSION: on}), score))
    mean = {name: np.mean([v[name] for v in found]) for name in found[0]}
    assert mean == pytest.approx(
        {
            "candidate": 1.0, "rater": 0.25, "dimension": 0.0, "candidate:rater": 0.0,
            "candidate:dimension": 0.0, "rater:dimension": 0.0, "residual": 0.49,
        },
        abs=0.12,
    )  # fmt: skip


# --- a model's variances ------------------------------------------------------------------------------


def test_separation_strata_and_reliability():
    shrunken = separation([0.0, 1.0], [0.2, 0.3], true_variance=1.0)
    assert (shrunken.separation.value, shrunken.strata.value) == pytest.approx((2.0, 3.0))
    assert shrunken.reliability.value == pytest.approx(0.75)
    plain = separation([-1.0, 0.0, 1.0], [0.2, 0.2, 0.2])
    assert (plain.separation.value, plain.reliability.value) == pytest.approx((2.0, 0.8))


@pytest.mark.parametrize(
    ("estimates", "errors", "why"),
    [
        ([], [], "fewer than two candidates"),
        ([1.0, 1.1], [0.5, 0.5], "the candidates do not differ by more than error"),
        ([1.0, 2.0], [0.5, 0.0], "an estimate without a positive error variance"),
    ],
)
def test_without_spread_or_errors_there_is_no_separation(estimates, errors, why):
    assert separation(estimates, errors).strata == unknown(why, len(errors))


V = Variances(
    candidate=1.0, profile=0.35, severity=0.25, impression=0.25, rater_profile=0.07, information=0.7
)


def test_decision_reliability_is_its_formula():
    whole = 1.0 + 0.35 / 7
    error = (0.25 + 0.25 + 0.07 / 7) / 3 + 1 / (0.7 * 3 * 7)
    assert decision_reliability(V, 3, 7) == pytest.approx(whole / (whole + error))
    assert decision_reliability(V, 3, 7, severity=False) > decision_reliability(V, 3, 7)


def test_the_raters_needed_are_the_fewest_that_reach_the_reliability():
    found = model_reliability(V, 7, [0.0, 1.0, 2.0], [0.2, 0.2, 0.2])
    reached = {line.raters: line.agreement for line in found.decisions}
    needed = int(found.raters_needed.value)
    assert reached[needed] >= 0.80 > reached[needed - 1]
    assert all(line.consistency > line.agreement for line in found.decisions)
    assert found.separation.reliability.value == pytest.approx(1 - 0.2 / 1.05)


def test_no_number_of_raters_tells_candidates_apart_who_do_not_differ():
    alike = Variances(0.0, 0.0, 0.25, 0.25, 0.07, 0.7)
    found = model_reliability(alike, 7, [0.0, 0.0], [0.2, 0.2])
    assert found.raters_needed.why.startswith("the candidates do not differ")
    assert found.separation.separation.value is None


# --- the document -------------------------------------------------------------------------------------------


def test_the_document_is_the_same_for_the_same_ratings_in_another_order():
    rows = [Row(r, f"c{n}", d, (n * 7 + ord(r) * ord(d)) % 5) for r in "abc" for n in range(12) for d in "de"]
    settings = Settings(draws=50, seed=3)
    one, other = (classical(ratings(some), settings).model_dump_json() for some in (rows, rows[::-1]))
    assert one == other


def test_nothing_observed_is_a_document_of_reasons():
    found = classical(ratings([Row("a", "c", "d", None)]), Settings(draws=50))
    assert (found.overall.marks, found.overall.not_observed) == (0, 1)
    assert {e.why for e in found.overall.alpha.values()} == {
        "only 0 marks can be paired; it takes at least 10"
    }
    assert found.overall.icc.icc[0].icc.why.startswith("fewer than two candidates")
    assert found.generalisability.why == "fewer than two candidates"
    assert found.overall.share["exact"] == Estimate(why="only 0 marks can be paired; it takes at least 10")


def test_an_incomplete_table_with_two_shared_sheets_has_no_icc():
    table = Table(np.array([0, 0, 1, 2]), np.array([0, 1, 0, 1]), np.array([3.0, 2.0, 4.0, 2.0]))
    for found in correlations(table, 50, 1).icc:
        assert found.icc.value is None
        assert found.icc.why.startswith("only 2 sheets are on candidates whom two marked")

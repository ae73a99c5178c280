"""Impact by group and intersection, with the care that small numbers need."""

import csv
from datetime import date
from io import StringIO

import numpy as np
import pytest

from scoring.core.fairness.audit import other_bars, scored, selected
from scoring.core.fairness.groups import BadGroups, groups
from scoring.core.fairness.impact import above_median, impact, impacts
from scoring.core.fairness.new_york import COLUMNS, About, Notice, as_csv, bias_audit, candidate_notice
from scoring.core.fairness.residuals import Residual, rater_by_group
from scoring.core.proportions import fisher, ratio_interval, wilson


def people(**cells: tuple[int, int]) -> tuple[np.ndarray, dict[str, list[str]]]:
    """Flags and labels from group=(chosen, n)."""
    chosen = [i < k for k, n in cells.values() for i in range(n)]
    return np.array(chosen), {"sex": [group for group, (_, n) in cells.items() for _ in range(n)]}


def table(**cells: tuple[int, int]):
    chosen, columns = people(**cells)
    return impacts(chosen, groups(columns), seed=1)[0]


def line(found, group: str):
    return next(row for row in found.groups if row.group == group)


def test_the_ratio_is_to_the_group_chosen_most_and_under_four_fifths_is_flagged():
    found = table(men=(48, 80), women=(12, 40))
    row = line(found, "women")
    assert (found.reference, row.rate.value, row.ratio.value, row.flag) == ("men", 0.3, 0.5, True)
    assert row.fisher == pytest.approx(0.003409)
    assert found.chance < 0.01
    assert row.says == (
        "Under four fifths of the rate of men. Chance alone seldom parts the two so far (exact p 0.003)."
    )


def test_a_flag_that_may_be_luck_says_so_with_how_far_the_ratio_may_reach():
    row = line(table(men=(6, 12), women=(4, 11)), "women")
    assert (row.flag, row.turns) == (True, True)
    assert row.ratio.interval[1] > 1
    assert row.says.endswith("One more person chosen would lift it over four fifths.")
    assert "Chance may part the two so far" in row.says


def test_a_group_of_fewer_than_ten_is_counted_and_nothing_else():
    found = table(men=(6, 12), women=(9, 9))
    row = line(found, "women")
    assert (row.n, row.chosen, row.rate.value, row.ratio.value, row.fisher) == (9, 9, None, None, None)
    assert row.says == "Counts only: 9 people; a rate is shown from 10."
    assert (found.reference, found.chance) == ("men", None)


def test_when_nobody_is_chosen_there_is_no_ratio():
    found = table(men=(0, 20), women=(0, 20))
    assert {row.ratio.why for row in found.groups} == {"nobody was chosen"}


def test_everybody_unknown_is_an_empty_table():
    found = impacts(np.ones(3, bool), groups({"sex": ["", None, " "]}), seed=1)[0]
    assert (found.unknown, found.groups, found.reference) == (3, (), None)


def test_intersections_are_of_those_whose_both_labels_are_known():
    columns = {"sex": ["f", "f", "m", None], "race": ["a", "b", "a", "a"]}
    found = {t.attribute: t for t in impacts(np.array([True, False, True, True]), groups(columns), seed=1)}
    assert set(found) == {"sex", "race", "sex and race"}
    both = found["sex and race"]
    assert [(row.group, row.n, row.chosen) for row in both.groups] == [
        ("f, a", 1, 1),
        ("f, b", 1, 0),
        ("m, a", 1, 1),
    ]
    assert both.unknown == 1


def test_the_chance_of_many_equal_groups_is_right_where_a_test_against_the_highest_is_not():
    rng = np.random.default_rng(3)
    division = next(groups({"team": [str(i % 6) for i in range(240)]}).divisions())
    found = [impact(rng.random(240) < 0.4, division, seed) for seed in range(150)]
    alarms = np.mean([table.chance <= 0.10 for table in found])
    naive = np.mean([any((row.fisher or 1) <= 0.10 for row in table.groups) for table in found])
    assert 0.04 <= alarms <= 0.17
    assert naive > alarms + 0.1


def test_a_ratio_has_koopmans_published_interval():
    low, high = ratio_interval(36, 40, 16, 80, z=1.959964)
    assert (round(low, 2), round(high, 2)) == (2.94, 7.15)  # Koopman 1984


@pytest.mark.parametrize(
    ("x", "n", "y", "m"), [(0, 10, 5, 10), (10, 10, 10, 10), (1, 400, 399, 400), (3, 7, 2, 90)]
)
def test_a_ratio_lies_in_its_interval_at_every_edge(x, n, y, m):
    low, high = ratio_interval(x, n, y, m)
    assert 0 <= low <= (x / n) / (y / m) <= high


def test_the_interval_of_a_ratio_holds_the_truth_nine_times_in_ten():
    rng = np.random.default_rng(4)
    x, y = rng.binomial(25, 0.3, 500), rng.binomial(40, 0.5, 500)
    found = [ratio_interval(int(a), 25, int(b), 40) for a, b in zip(x, y, strict=True)]
    held = [low <= 0.6 <= high for low, high in found]
    assert np.mean(held) == pytest.approx(0.9, abs=0.04)


def test_wilson_and_fisher_as_published():
    assert wilson(81, 263, z=1.96) == pytest.approx((0.2553, 0.3662), abs=5e-5)  # Newcombe 1998
    assert fisher(3, 4, 1, 4) == pytest.approx(0.4857, abs=5e-5)  # the lady tasting tea


def test_scores_are_chosen_above_the_median_of_those_scored():
    assert above_median(np.array([1, 2, 3, 4, np.nan])).tolist() == [False, False, True, True, False]
    assert not above_median(np.full(3, np.nan)).any()


def test_raw_marks_recommendation_and_decision_stand_side_by_side():
    rng = np.random.default_rng(5)
    sex = groups({"sex": ["f", "m"] * 60})
    score = rng.normal(3, 0.5, 120) + np.tile([0.0, 0.4], 60)
    score[:6] = np.nan
    stages = [
        scored("raw marks", score, sex, seed=1),
        selected("decision", [None if np.isnan(s) else bool(s > 3.4) for s in score], sex, seed=1),
    ]
    assert [(s.name, s.reached) for s in stages] == [("raw marks", 114), ("decision", 114)]
    assert all(line(s.tables[0], "f").ratio.value < 0.8 for s in stages)


def test_other_bars_stand_beside_the_declared_one_with_what_they_cost():
    rng = np.random.default_rng(6)
    sex = groups({"sex": ["f", "m"] * 100})
    score = rng.normal(3, 0.5, 200) + np.tile([0.0, 0.3], 100)
    above = 1 / (1 + np.exp(-8 * (score - 3.4)))
    found = other_bars(score, above, 3.4, [3.0, 3.2], sex, seed=1)
    assert [(bar.bar, bar.declared) for bar in found] == [(3.0, False), (3.2, False), (3.4, True)]
    assert [bar.chosen for bar in found] == sorted((bar.chosen for bar in found), reverse=True)
    ratios = [dict(bar.lowest)["sex"] for bar in found]
    assert ratios[0] > ratios[2]
    assert found[0].expected_misses > found[2].expected_misses


@pytest.mark.parametrize(
    ("columns", "text"),
    [({}, "no attribute"), ({"sex": ["f"], "race": ["a", "b"]}, "race: 2 labels for 1 people")],
)
def test_columns_that_do_not_fit_are_named(columns, text):
    with pytest.raises(BadGroups, match=text):
        groups(columns)


def test_a_stage_of_other_people_is_named():
    with pytest.raises(BadGroups, match="decision: 1 values for 2 people"):
        selected("decision", [True], groups({"sex": ["f", "m"]}), seed=1)


ABOUT = About(
    tool="casesim, rating model 2",
    in_use_since=date(2026, 1, 1),
    audited_on=date(2026, 11, 1),
    data="all candidates of one workspace in 2026",
)


def test_new_yorks_table_has_rates_ratios_the_unknown_and_leaves_out_the_tiny():
    chosen, columns = people(men=(48, 80), women=(12, 40), other=(2, 2))
    columns["sex"][0] = ""
    found = bias_audit(ABOUT, "selection", chosen, groups(columns), None)
    rows = {row.category: row for row in found.tables[0].categories}
    assert (found.applicants, found.tables[0].unknown) == (122, 1)
    assert (rows["women"].rate, rows["men"].impact_ratio) == (0.3, 1.0)
    assert rows["women"].impact_ratio == pytest.approx(0.3 / (47 / 79), abs=1e-4)
    assert (rows["other"].applicants, rows["other"].rate, rows["other"].impact_ratio) == (2, 1.0, None)
    assert rows["other"].note == "under 2% of the people: left out of the ratios"


def test_new_yorks_table_is_rows_for_a_spreadsheet():
    chosen, columns = people(men=(4, 8), women=(2, 8))
    text = as_csv(bias_audit(ABOUT, "scoring", chosen, groups(columns), 3.2))
    head, *rows = csv.reader(StringIO(text))
    assert head == list(COLUMNS)
    assert rows == [
        ["sex", "unknown", "0", "", "", "", "not in the rates"],
        ["sex", "men", "8", "4", "0.5000", "1.000", ""],
        ["sex", "women", "8", "2", "0.2500", "0.500", ""],
    ]


def test_the_notice_says_what_is_judged_what_is_kept_and_whom_to_ask():
    text = candidate_notice(
        Notice(
            employer="Acme",
            tool="casesim",
            characteristics=("Framing", "Judging data"),
            data="what was said in the room and the raters' marks",
            retention="one year",
            contact="people@acme.example",
        )
    )
    for part in ("Acme uses casesim", "Framing; Judging data", "one year", "people@acme.example", "another"):
        assert part in text


def sheets(bias: float, n: int = 40, seed: int = 7, raters: int = 3) -> list[Residual]:
    """Rater r0 marks group f lower by `bias`; the others do not."""
    rng = np.random.default_rng(seed)
    return [
        Residual(f"r{r}", f"c{c}", "fm"[c % 2], float(rng.normal(-bias if (r, c % 2) == (0, 0) else 0, 0.4)))
        for c in range(n)
        for r in range(raters)
    ]


def test_a_rater_who_marks_one_group_lower_is_found_and_the_others_are_not():
    found = rater_by_group(sheets(0.7))
    assert {(row.rater, row.flag) for row in found} == {("r0", True), ("r1", False), ("r2", False)}
    row = next(row for row in found if (row.rater, row.group) == ("r0", "f"))
    assert row.difference.interval[0] < -0.7 < row.difference.interval[1]
    assert row.says.startswith("r0 marks f 0.")
    assert "levels lower than others" in row.says


def test_where_nothing_is_found_the_power_is_stated():
    row = rater_by_group(sheets(0.0))[0]
    assert row.power > 0.9
    assert row.says == (
        f"No difference was found; one of 0.5 levels would have been found with a chance of {row.power:.0%}."
    )
    assert rater_by_group(sheets(0.0, n=14))[0].power < row.power


def test_the_stated_power_is_the_share_found():
    found = [rater_by_group(sheets(0.5, 24, seed, raters=1))[0] for seed in range(250)]
    assert np.mean([row.p < 0.05 for row in found]) == pytest.approx(
        np.mean([row.power for row in found]), abs=0.06
    )


def test_few_sheets_of_a_group_are_no_ground():
    row = rater_by_group(sheets(2.0, n=9))[1]
    assert (row.flag, row.power) == (False, None)
    assert row.says == "Cannot say: 4 sheets in the group and 5 outside it; 5 of each are needed."


def test_sheets_on_people_of_unknown_group_are_left_out():
    assert rater_by_group([row._replace(group=None) for row in sheets(1.0)]) == ()

"""Ratings are columns, checked once: sorted, with every name, level and repeat accounted for."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.core.ratings import BadRatings, Named, Row, Unit, from_columns, ratings

NAN = float("nan")


def test_rows_become_sorted_columns():
    found = ratings([Row("b", "y", "risk", 2), Row("b", "x", "data", None), Row("a", "y", "data", 4)])
    assert (found.raters, found.candidates, found.dimensions) == (("a", "b"), ("x", "y"), ("data", "risk"))
    assert found.levels == (2, 3, 4)
    assert found.candidate.tolist() == [0, 1, 1]
    assert found.rater.tolist() == [1, 0, 1]
    assert found.dimension.tolist() == [0, 0, 1]
    assert found.level.tolist() == [-1, 2, 0]
    assert found.observed.tolist() == [False, True, True]
    assert np.isnan(found.month).all()
    assert found.rows == (Row("b", "x", "data", None), Row("a", "y", "data", 4), Row("b", "y", "risk", 2))
    assert found.units() == {Unit("y", "data"): {"a": 4}, Unit("y", "risk"): {"b": 2}}


def test_a_named_scale_keeps_the_levels_nobody_gave():
    assert ratings([Row("a", "c", "risk", 3)], scale=(1, 5)).levels == (1, 2, 3, 4, 5)


def test_nothing_observed_is_no_scale():
    found = ratings([Row("a", "c", "risk", None)])
    assert (found.levels, found.level.tolist()) == ((), [-1])


def test_of_repeats_the_latest_is_kept_and_the_places_of_the_others_are_reported():
    found = ratings([Row("a", "c", "risk", 2), Row("a", "c", "risk", 4), Row("a", "c", "risk", 3)])
    assert found.rows == (Row("a", "c", "risk", 3),)
    assert found.replaced.tolist() == [0, 1]


def test_the_latest_is_told_by_its_month_before_its_place():
    found = from_columns("aaa", "ccc", "ddd", [2, 4, 3], month=[5, 7, NAN])
    assert (found.rows, found.replaced.tolist()) == ((Row("a", "c", "d", 4),), [0, 2])


def test_repeats_are_all_kept_when_the_design_repeats():
    found = from_columns("aaab", "cccc", "dddd", [3, 2, 4, 1], month=[9, 9, 8, 8.5], repeats="keep")
    assert [row.level for row in found.rows] == [4, 2, 3, 1]
    assert found.month.tolist() == [0, 1, 1, 0.5]
    assert found.replaced.tolist() == []


def test_a_column_may_come_as_names_and_places():
    by_place = Named(("r1", "r2"), np.array([1, 0], np.int32))
    assert from_columns(by_place, ["c", "c"], ["d", "d"], [1, 2]).rows == (
        Row("r1", "c", "d", 2),
        Row("r2", "c", "d", 1),
    )


def test_nobody_can_change_ratings():
    with pytest.raises(ValueError, match="read-only"):
        ratings([Row("a", "c", "risk", 2)]).level[0] = 0


def test_every_bad_row_is_named():
    with pytest.raises(BadRatings) as error:
        ratings([Row("", "c", "risk", 2), Row("a", "c", "data", 5), Row("a", "c", "risk", True)], (1, 4))
    assert error.value.problems == (
        "row 1 has no rater",
        "row 2: level 5 is not a whole number from 1 to 4",
        "row 3: level True is not a whole number from 1 to 4",
    )


@pytest.mark.parametrize(
    ("columns", "scale", "message"),
    [
        (("ab", "cc", "dd", [1]), None, "the columns differ in length"),
        (("ab", "cc", "dd", [1, 2.5]), None, "level 2.5 is not a whole number"),
        (("ab", "cc", "dd", [1, 6]), (1, 5), "levels go from 1 to 6, the scale from 1 to 5"),
        (("ab", "cc", "dd", [1, 500]), None, "levels go from 1 to 500; a scale has at most 101 levels"),
    ],
)
def test_columns_that_are_no_ratings_are_refused(columns, scale, message):
    with pytest.raises(BadRatings) as error:
        from_columns(*columns, scale=scale)
    assert error.value.problems == (message,)


cells = st.tuples(st.sampled_from("abc"), st.sampled_from("xyz"), st.sampled_from("de"))
levels = st.none() | st.integers(-2, 4)


@given(st.dictionaries(cells, levels), st.randoms(use_true_random=False))
def test_the_order_of_the_rows_does_not_matter(table, chance):
    rows = [Row(*cell, level) for cell, level in table.items()]
    found, shuffled = ratings(rows), ratings(chance.sample(rows, len(rows)))
    assert (
        found.rows == shuffled.rows == tuple(sorted(rows, key=lambda r: (r.candidate, r.rater, r.dimension)))
    )


@given(st.lists(st.tuples(cells, levels)), st.randoms(use_true_random=False))
def test_nor_does_it_among_repeats_that_are_all_kept(table, chance):
    rows = [Row(*cell, level) for cell, level in table]
    shuffled = chance.sample(rows, len(rows))
    assert ratings(rows, repeats="keep").rows == ratings(shuffled, repeats="keep").rows

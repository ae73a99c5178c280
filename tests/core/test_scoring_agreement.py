"""Ratings are checked once; agreement is a number that can be trusted, or the reason there is none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.core.agreement import agreement
from scoring.core.estimate import Estimate, unknown
from scoring.core.ratings import Row, ratings

# Krippendorff (2011), Computing Krippendorff's alpha-reliability, example C: four observers,
# twelve units, codes 1 to 5, a dot is missing. The published ordinal alpha is 0.815.
PUBLISHED = {"o1": "123321412...", "o2": "1233224125.3", "o3": ".3332342251.", "o4": "12332441251."}


def table(**raters: str) -> list[Row]:
    """One string a rater, one character a dimension; a dot is not observed."""
    return [
        Row(rater, "c", f"d{place:02}", int(code) if code.isdigit() else None)
        for rater, codes in raters.items()
        for place, code in enumerate(codes)
    ]


# --- agreement ------------------------------------------------------------------------------------


def test_alpha_is_the_published_one():
    found = agreement(ratings(table(**PUBLISHED))).alpha
    assert found.value == pytest.approx(0.8153875037548814, abs=1e-9)
    assert found.n == 40  # one of the 41 codes stands alone in its unit and cannot be paired


def test_a_small_number_of_dimensions_is_said_beside_the_number():
    found = agreement(ratings(table(a="1234123", b="1234124")))
    assert found.alpha.caution is not None
    assert found.alpha.caution.startswith("It rests on 7 dimensions only: leaving out one of them moves it")
    assert found.exact == Estimate(
        value=6 / 7, n=7, caution="It rests on 7 dimensions only: read it as a hint."
    )


def test_many_units_need_no_caution():
    assert agreement(ratings(table(a="123" * 10, b="123" * 10))).alpha == Estimate(value=1.0, n=60)


def test_raters_a_level_apart_agree_adjacently_and_not_exactly():
    found = agreement(ratings(table(a="1122", b="2221")))
    assert (found.exact.value, found.adjacent.value) == (0.25, 1.0)


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ([], "no scoresheet to compare"),
        (table(a="1234123"), "one rater: there is nobody to agree with"),
        (table(a="12..", b="..12"), "no shared dimensions: no two raters gave a level on the same one"),
        (table(a="....", b="...."), "no shared dimensions: no two raters gave a level on the same one"),
    ],
)
def test_where_nothing_can_be_compared_there_is_a_reason_and_no_number(rows, why):
    found = agreement(ratings(rows))
    assert (found.alpha, found.exact, found.adjacent) == (unknown(why),) * 3


def test_without_variation_alpha_is_undefined_though_the_raters_agree():
    found = agreement(ratings(table(a="3333333", b="3333333")))
    assert found.alpha == unknown("all marks are equal: without any variation alpha is undefined", 14)
    assert found.exact.value == 1.0


def test_variation_where_nobody_can_be_compared_does_not_count():
    found = agreement(ratings(table(a="33333331", b="3333333.")))
    assert found.alpha.why == "all marks are equal: without any variation alpha is undefined"


def test_a_handful_of_marks_gives_no_alpha():
    found = agreement(ratings(table(a="1234", b="1233")))
    assert found.alpha == unknown("only 8 marks can be paired; alpha needs at least 10", 8)


levels = st.none() | st.integers(1, 4)
rows = st.lists(st.builds(Row, st.sampled_from("abc"), st.just("c"), st.sampled_from("defghi"), levels))


@given(rows, st.randoms(use_true_random=False))
def test_shuffling_raters_and_rows_changes_nothing(given_rows, chance):
    kept = list(ratings(given_rows).rows)
    names = dict(zip("abc", chance.sample("xyz", 3), strict=True))
    shuffled = [row._replace(rater=names[row.rater]) for row in chance.sample(kept, len(kept))]
    one, other = agreement(ratings(kept)), agreement(ratings(shuffled))
    for mine, theirs in [
        (one.alpha, other.alpha), (one.exact, other.exact), (one.adjacent, other.adjacent)
    ]:  # fmt: skip
        assert (mine.why, mine.n, mine.caution) == (theirs.why, theirs.n, theirs.caution)
        assert mine.value == pytest.approx(theirs.value, abs=1e-12)


@given(rows)
def test_there_is_always_a_number_or_a_reason_and_shares_are_shares(given_rows):
    found = agreement(ratings(given_rows))
    assert found.alpha.value is None or found.alpha.value <= 1 + 1e-12
    if found.exact.value is not None and found.adjacent.value is not None:
        assert 0 <= found.exact.value <= found.adjacent.value <= 1


def test_two_raters_who_always_concur_have_an_alpha_of_one():
    assert agreement(ratings(table(a="1234321", b="1234321"))).alpha.value == pytest.approx(1)


def test_an_estimate_without_value_or_reason_cannot_be_made():
    with pytest.raises(ValueError, match="a value or the reason"):
        Estimate(n=3)

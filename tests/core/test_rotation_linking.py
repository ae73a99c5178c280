"""The rating design as the search sees it, and the least sums of squares, against counting by hand."""

from hypothesis import given
from hypothesis import strategies as st

from casesim.programs.core.rotation.linking import components, shared
from casesim.programs.core.rotation.tally import least_squares


def test_two_raters_of_one_candidate_are_one_island_and_another_pair_is_another():
    islands = components([(0, 5), (1, 5), (2, 6)])
    assert islands == [
        {("rater", 0), ("rater", 1), ("candidate", 5)},
        {("rater", 2), ("candidate", 6)},
    ]


def test_the_same_person_as_rater_and_as_candidate_links_nothing():
    # Severity and ability are two things, even in one head.
    assert len(components([(0, 1), (1, 2)])) == 2


def test_the_linking_number_counts_raters_beside_whom_somebody_rates():
    assert shared([(0, 5), (1, 5), (1, 6), (2, 6), (3, 7)]) == {0: 1, 1: 2, 2: 1, 3: 0}


@given(st.lists(st.integers(0, 3), min_size=1, max_size=4))
def test_the_least_squares_are_those_of_the_best_of_all_ways_to_share(caps: list[int]):
    ways: dict[int, int] = {0: 0}
    for cap in caps:
        ways = {
            total: min(
                before + count * count
                for count in range(cap + 1)
                if (before := ways.get(total - count, 10**9)) < 10**9
            )
            for total in range(max(ways) + cap + 1)
        }
    assert least_squares(caps) == [ways[total] for total in sorted(ways)]

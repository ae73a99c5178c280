"""The rating design: islands, linking numbers and the weakest link, against graphs cut by hand."""

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from casesim.programs.core.rotation.linking import Link, components, shared, weakest
from casesim.programs.core.rotation.tally import least_squares

links = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=9)


def test_two_raters_of_one_candidate_are_one_island_and_another_pair_is_another():
    islands = components([(0, 5), (1, 5), (2, 6)])
    assert islands == [
        {("rater", 0), ("rater", 1), ("candidate", 5)},
        {("rater", 2), ("candidate", 6)},
    ]
    assert weakest([(0, 5), (2, 6)]) is None


def test_the_same_person_as_rater_and_as_candidate_links_nothing():
    # Severity and ability are two things, even in one head.
    assert len(components([(0, 1), (1, 2)])) == 2


def test_the_linking_number_counts_raters_beside_whom_somebody_rates():
    assert shared([(0, 5), (1, 5), (1, 6), (2, 6), (3, 7)]) == {0: 1, 1: 2, 2: 1, 3: 0}


def test_the_weakest_link_is_where_a_chain_hangs_by_one_rating():
    strong = [(r, c) for r in (0, 1) for c in (0, 1)]
    found = weakest([*strong, (1, 7), *[(r, c) for r in (8, 9) for c in (7, 8)]])
    assert found is not None and found.ratings == 1
    assert (found.raters, found.candidates) in [((0, 1), (0, 1)), ((8, 9), (7, 8))]


def test_a_rating_given_twice_is_a_link_twice_as_strong():
    found = weakest([(0, 0), (0, 0)])
    assert found is not None and found.ratings == 2


@given(links)
def test_no_fewer_ratings_split_a_design_than_the_weakest_link_says(design: list[Link]):
    found = weakest(design)
    if found is None:
        assert len(components(design)) > 1
        return
    nodes = {node for island in components(design) for node in island}
    cut = min(
        crossing(design, set(side)) for size in range(1, len(nodes)) for side in combinations(nodes, size)
    )
    assert found.ratings == cut


def crossing(design: list[Link], side: set[tuple[str, int]]) -> int:
    return sum((("rater", r) in side) != (("candidate", c) in side) for r, c in design)


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

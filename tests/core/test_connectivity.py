"""Who can be compared with whom, what it hangs on, and what would mend it."""

from itertools import combinations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from scoring.core.connectivity import (
    Component,
    Join,
    WeakestLink,
    connectivity,
    links,
    weakest_link,
)
from scoring.core.ratings import Named, Row, from_columns, ratings


def marked(*joins):
    """Ratings of (rater, candidate) on two dimensions."""
    return ratings([Row(rater, candidate, d, 3) for rater, candidate in joins for d in ("data", "risk")])


TWO_PANELS = marked("ax", "bx", "ay", "by", "cz", "dz", "cw")


def test_panels_that_share_no_candidate_cannot_be_compared():
    found = connectivity(TWO_PANELS)
    assert found.components == (
        Component(("a", "b"), ("x", "y")),
        Component(("c", "d"), ("w", "z")),
    )
    assert (found.connected, found.rooms_needed) == (False, 1)


def test_the_raters_to_seat_together_are_those_known_best_in_their_panels():
    assert connectivity(TWO_PANELS).joins == (Join("a", "c"),)


def test_a_candidate_marked_once_joins_nothing_and_is_counted():
    found = connectivity(TWO_PANELS)
    assert found.alone == 1
    assert found.bridges == (("c", "z"), ("d", "z"))


def test_two_panels_joined_by_one_rater_fall_apart_without_him():
    found = connectivity(marked("ax", "bx", "ay", "by", "bz", "cz", "bw", "cw"))
    assert found.connected
    assert (found.bridges, found.cut_raters, found.cut_candidates) == ((), ("b",), ())


def test_two_panels_joined_by_one_candidate_fall_apart_without_him():
    found = connectivity(marked("ax", "bx", "ay", "by", "cz", "dz", "cw", "dw", "bj", "cj"))
    assert found.bridges == (("b", "j"), ("c", "j"))
    assert found.cut_raters == ("b", "c")
    assert found.cut_candidates == ("j",)


def test_what_was_not_observed_joins_nobody():
    found = connectivity(ratings([Row("a", "x", "data", 3), Row("b", "x", "data", None)]))
    assert found.components == (Component(("a",), ("x",)),)


def test_without_ratings_there_is_nothing_to_join():
    found = connectivity(ratings([]))
    assert (found.components, found.alone, found.connected, found.rooms_needed) == ((), 0, True, 0)


def test_the_weakest_link_is_where_the_fewest_candidates_are_shared():
    found = weakest_link(marked("ax", "bx", "ay", "by", "cz", "dz", "cw", "dw", "bj", "cj"))
    assert found == WeakestLink(1, ("a", "b"), ("c", "d"))
    assert weakest_link(TWO_PANELS) == WeakestLink(0, ("a", "b"), ("c", "d"))
    assert weakest_link(marked("ax")) is None


def test_links_are_candidates_marked_from_both_of_two_blocks():
    joined = marked("ax", "bx", "ay", "cy", "cz", "ez")
    block = {"a": "north", "b": "north", "c": "south", "e": "west"}
    assert links(joined, block) == {("north", "south"): 1, ("north", "west"): 0, ("south", "west"): 1}


# --- against brute force ------------------------------------------------------------------------------


def pieces(joins):
    """The components of a graph given by its joins, by the plainest way."""
    found = []
    for rater, candidate in joins:
        touching = [p for p in found if ("r", rater) in p or ("c", candidate) in p]
        merged = {("r", rater), ("c", candidate)}.union(*touching)
        found = [p for p in found if p not in touching] + [merged]
    return found


def shared(joins):
    return {j for j in joins if sum(other[1] == j[1] for other in joins) > 1}


def broken_by(joins, node):
    """Whether the neighbours of a node lie in several pieces once it is gone."""
    at = 0 if node[0] == "r" else 1
    rest = [j for j in joins if j[at] != node[1]]
    near = {("c" if at == 0 else "r", j[1 - at]) for j in joins if j[at] == node[1]}
    apart = pieces(rest)
    alone = [n for n in near if not any(n in p for p in apart)]
    return len(alone) + sum(bool(p & near) for p in apart) > 1


def splits(joins, join):
    """Whether a join is the only way between its ends."""
    rest = joins - {join}
    return not any({("r", join[0]), ("c", join[1])} <= p for p in pieces(rest))


some_joins = st.sets(st.tuples(st.sampled_from("abcdefg"), st.sampled_from("stuvwxyz")), max_size=24)


@given(some_joins)
def test_components_bridges_and_cut_points_are_those_of_brute_force(joins):
    found = connectivity(marked(*joins))
    assert {frozenset(c.raters) | frozenset(c.candidates) for c in found.components} == {
        frozenset(name for _, name in piece) for piece in pieces(joins)
    }
    firm = shared(joins)
    assert set(found.bridges) == {join for join in firm if splits(firm, join)}
    nodes = {("r", r) for r, _ in firm} | {("c", c) for _, c in firm}
    cut = {node for node in nodes if broken_by(firm, node)}
    assert {("r", r) for r in found.cut_raters} | {("c", c) for c in found.cut_candidates} == cut


@given(some_joins)
def test_the_joins_join_everything_and_one_fewer_would_not(joins):
    found = connectivity(marked(*joins))
    mended = joins | {(name, f"room {n}") for n, j in enumerate(found.joins) for name in (j.rater, j.other)}
    assert connectivity(marked(*mended)).connected
    assert found.rooms_needed == max(len(pieces(joins)) - 1, 0)


@given(some_joins.filter(lambda joins: len({r for r, _ in joins}) > 1))
def test_the_weakest_link_is_that_of_brute_force(joins):
    rooms = {rater: {room for r, room in joins if r == rater} for rater, _ in joins}

    def shared(side, other):
        return sum(len(rooms[r] & rooms[s]) for r in side for s in other)

    least = min(
        shared(side, set(rooms) - set(side))
        for size in range(1, len(rooms))
        for side in combinations(sorted(rooms), size)
    )
    found = weakest_link(marked(*joins))
    assert found.shared == least
    assert shared(found.side, found.other) == least


def test_a_long_chain_of_rooms_is_no_trouble():
    place = np.arange(2000)
    rater = np.repeat(place, 2)[1:-1]
    candidate = np.repeat(place[:-1], 2)
    names = Named(tuple(f"r{n:04}" for n in place), rater.astype(np.int32))
    rooms = Named(tuple(f"c{n:04}" for n in place[:-1]), candidate.astype(np.int32))
    found = connectivity(from_columns(names, rooms, ["d"] * len(rater), np.full(len(rater), 3)))
    assert (len(found.components), len(found.bridges), len(found.cut_raters)) == (1, 3998, 1998)

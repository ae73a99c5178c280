"""What is suggested to a rater: where to look, in the order of the talk, and nothing that is a mark."""

from typing import NamedTuple

from scoring.core.suggested import MOST, SHOWN, Moment, moments


class Said(NamedTuple):
    n: int
    text: str
    acts: tuple[str, ...]


def test_a_dimension_is_shown_its_own_moments_in_order() -> None:
    said = (
        Said(4, "Labels are late.", ("doubts_data", "commits")),
        Said(7, "Fine.", ()),
        Said(9, "I take it as given.", ("trusts_data",)),
    )
    assert moments(said, "data") == (
        Moment(4, ("questions labels, coverage, leakage or provenance",), "Labels are late."),
        Moment(9, ("takes labels or history as given",), "I take it as given."),
    )
    assert moments(said, "risk") == ()


def test_of_too_many_the_richest_stay() -> None:
    said = [Said(n, "x", ("names_risk",)) for n in range(10)] + [
        Said(10, "y", ("names_risk", "plans_fallback"))
    ]
    assert [m.n for m in moments(said, "risk")] == [0, 1, 2, 3, 4, 10]
    assert len(moments(said, "risk")) == MOST


def test_a_long_moment_is_cut_at_a_word_and_an_act_nobody_knows_is_left_out() -> None:
    found = moments([Said(1, "word " * 100, ("names_risk", "sings"))], "risk")
    assert len(found[0].quote) <= SHOWN + 2
    assert found[0].quote.endswith("word …")
    assert len(found[0].about) == 1

"""Growth, moments, practice and the early look: what is said, and what is not."""

from typing import Any

import pytest

from casesim.cohorts.core.early import beside_others
from casesim.cohorts.core.growth import Played, chart, growth
from casesim.cohorts.core.moments import moments
from casesim.cohorts.core.practice import Heard, practise
from scoring.core.sheets import Evidence, Mark, Sheet


def line(
    value: float | None, interval: tuple[float, float] | None = None, why: str | None = None
) -> dict[str, Any]:
    levels = [{"value": n, "name": str(n), "anchor": ""} for n in (1, 2, 3, 4)]
    adjusted = {"value": value, "why": why, "n": 2, "interval": interval and list(interval), "caution": None}
    return {"key": "risk", "name": "Risk", "levels": levels, "raw": {"value": value}, "adjusted": adjusted}


def played(round_: int, *given: Any, **more: Any) -> Played:
    return Played(round_, "fraud", (line(*given, **more),))


@pytest.mark.parametrize(
    ("rooms", "says"),
    [
        ([played(1, 2.0, (1.5, 2.4)), played(3, 3.2, (2.8, 3.6))], "up, and more than chance would do"),
        ([played(1, 2.0, (1.5, 2.6)), played(3, 3.0, (2.4, 3.6))], "may be chance"),
        ([played(1, 3.2, (2.8, 3.6)), played(2, 2.0, (1.5, 2.4))], "down, and more than chance would do"),
        ([played(2, 2.0, (1.5, 2.4))], "Growth needs a second one"),
        ([played(1, None, why="nobody observed it")], "No number yet"),
        ([played(1, 2.0), played(2, 3.0)], "nobody knows how sure"),
    ],
)
def test_growth_is_said_only_as_far_as_the_intervals_allow(rooms, says):
    (found,) = growth(rooms)
    assert says in found.says


def test_a_round_without_a_number_keeps_its_reason_and_is_not_drawn():
    (found,) = growth([played(1, None, why="nothing was observed"), played(2, 2.0, (1.0, 3.0))])
    assert found.points[0].fair.why == "nothing was observed"
    drawn = chart(found, rounds=3)
    assert len(drawn.dots) == 1 and drawn.dots[0].low > drawn.dots[0].y > drawn.dots[0].high
    assert [level for _, level in drawn.ticks] == [1, 2, 3, 4] and len(drawn.rounds) == 3


def sheet(seat: str, *evidence: tuple[str, int, str]) -> Sheet:
    marks = tuple(
        Mark(
            dimension=d, level=3, not_observed=False, note="", evidence=(Evidence(n=9, seq=seq, quote=quote),)
        )
        for d, seq, quote in evidence
    )
    return Sheet(
        seat=seat, name=seat, version=1, submitted_at=1, late=False, marks=marks, closing=3, closing_note="",
        incident="",
    )  # fmt: skip


def test_what_more_raters_quote_comes_first_and_what_the_candidate_did_not_see_never():
    sheets = [
        sheet("rater1", ("risk", 10, "I would watch it."), ("data", 12, "SECRET whisper")),
        sheet("rater2", ("risk", 10, "I would watch it."), ("data", 14, "Who labels?")),
    ]
    found = moments(sheets, {10: 4, 14: 6}, {"risk": "Risk", "data": "Data"})
    assert [(m.n, m.quote, m.raters) for m in found] == [(4, "I would watch it.", 2), (6, "Who labels?", 1)]
    assert found[0].dimensions == ("Risk",)


def heard(round_: int, *acts: str) -> Heard:
    return Heard(f"room{round_}", round_, tuple((n, f"said {n}", (act,)) for n, act in enumerate(acts, 1)))


def test_one_thing_to_practise_comes_from_the_newest_room_that_shows_one():
    found = practise(
        [heard(1, "hedges", "hedges"), heard(2, "apologises", "apologises"), heard(3, "commits")]
    )
    assert found is not None and (found.key, found.round) == ("sorry", 2)
    assert [sign.text for sign in found.signs] == ["said 1", "said 2"] and (found.rooms, found.of) == (1, 3)
    assert practise([heard(1, "commits")]) is None and practise([]) is None


ROOM = {"ana": {"risk": 2, "data": 1}, "ben": {"risk": 3, "data": 2}, "cem": {"risk": 3, "data": 3}}


def test_an_early_look_needs_three_shared_rooms_and_says_that_it_is_one():
    assert beside_others("ana", [ROOM, ROOM]).value is None
    assert (
        beside_others("ana", [ROOM, ROOM, {"ana": {"risk": 2}}]).why == "2 of 3 rooms that others marked too"
    )
    softer = {"ana": {"risk": 3}, "ben": {"risk": 3}}
    found = beside_others("ana", [ROOM, ROOM, softer])
    assert found.value == pytest.approx((-1.25 - 1.25 + 0) / 3) and "early look" in (found.caution or "")
    assert found.interval is not None and found.interval[0] < found.value < found.interval[1]

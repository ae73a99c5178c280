"""A room is for somebody: what counts more, what is a must, and how hard it presses."""

import pytest

from rooms.core import messages as m
from rooms.core.policy import CLOCK
from scenarios.core.schema import GAP
from tests.builders import Play, inject, scenario

TWO = scenario(
    [inject("first", "one", "lead", at=30), inject("second", "one", "dana", at=31)],
    seniorities=[
        {
            "key": "senior",
            "name": "Senior",
            "about": "one team",
            "weights": {"risk": 3},
            "floors": {"risk": 2},
            "without": ["first"],
        },
        {"key": "staff", "name": "Staff", "about": "many teams", "bar": 3, "gap": 60},
    ],
)


def test_without_a_seniority_the_case_is_as_written():
    assert TWO.at("") is TWO


def test_a_seniority_weighs_and_sets_floors_and_the_bar():
    senior, staff = TWO.at("senior"), TWO.at("staff")
    assert [(d.key, d.weight, d.floor) for d in senior.rubric.dimensions] == [
        ("framing", 1.0, None),
        ("risk", 3.0, 2.0),
    ]
    assert (senior.rubric.bar, staff.rubric.bar) == (2.5, 3.0)


def test_a_seniority_there_is_none_of_is_an_error():
    with pytest.raises(KeyError):
        TWO.at("intern")


def test_who_is_spared_an_inject_never_meets_it():
    assert [key for key, _ in spoken("senior")] == ["second"]


@pytest.mark.parametrize(("key", "gap"), [("", GAP), ("staff", 60)])
def test_injects_keep_the_gap_of_the_seniority(key, gap):
    (_, first), (_, second) = spoken(key)
    assert second - first == gap * 1000


def spoken(seniority: str) -> list[tuple[str, int]]:
    """The injects of a room of bots, each with its time in ms."""
    room = Play(TWO.at(seniority), bots=("lead", "dana", "omar"))
    room.do("facilitator", m.Start(anyway=True))
    ticks = ((room.do(CLOCK, m.Tick()), room.now) for _ in range(200))
    return [(e.inject, at) for events, at in ticks for e in events if isinstance(e, m.InjectFired)]

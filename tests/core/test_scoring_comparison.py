"""Two rooms side by side: what only one candidate met, and no word where nothing differs."""

from rooms.core import messages as m
from rooms.core.policy import CLOCK
from scoring.core.comparison import Played, compare
from scoring.core.record import entries
from tests.builders import Play, inject, scenario
from tests.core.test_scoring_findings import SeenLine

CASE = scenario(
    [
        inject("owed_one", "one", "lead", at=60),
        inject("if_assumed", "one", "dana", condition={"assumed": 1}, after=120),
        inject("second", "two", "omar", at=60),
    ],
    seniorities=[{"key": "senior", "name": "Senior", "about": "one team"}],
)


def played(play: Play, name: str = "a", digest: str = "d", seniority: str = "") -> Played:
    record = entries([SeenLine(line.seq, line.at, line.event) for line in play.log])
    return Played(name, play.scenario, digest, seniority, record)


def hour(assumes: bool = False, extend: int = 0, skip: str = "", person: bool = False) -> Play:
    """A room of bots on the clock, a knock every five seconds."""
    play = Play(CASE, bots=() if person else ("lead", "dana", "omar"))
    play.do("facilitator", m.Start(anyway=True))
    if assumes:
        play.do("candidate", m.Assume(text="something"))
    if extend:
        play.do("facilitator", m.Extend(seconds=extend))
    if skip:
        play.do("facilitator", m.Skip(inject=skip, why="no time"))
    while play.state.status != "ended":
        play.do(CLOCK, m.Tick(), after=5)
    return play


def test_two_rooms_alike_differ_in_nothing():
    found = compare(played(hour()), played(hour(), "b"))
    assert (found.same_case, found.differences) == (True, ())
    assert [(p.title, p.one == p.other) for p in found.injects] == [
        ("title owed_one", True),
        ("title second", True),
    ]


def test_an_inject_that_only_one_room_put_is_named_with_what_it_was():
    found = compare(played(hour(assumes=True)), played(hour(skip="second"), "b"))
    assert found.differences[:2] == (
        "Only the first candidate met 1 of the injects that every candidate is owed: “title second”.",
        "Only the first candidate met 1 of the injects that wait for a condition: “title if_assumed”.",
    )
    back = compare(played(hour(skip="second")), played(hour(assumes=True), "b"))
    assert (
        "Only the second candidate met 1 of the injects that every candidate is owed" in back.differences[0]
    )


def test_a_dimension_probed_more_often_is_counted_on_both_sides():
    found = compare(played(hour(assumes=True)), played(hour(skip="second"), "b"))
    assert "Framing was probed 3 times in the first room and 1 in the second." in found.differences


def test_time_that_one_candidate_had_more_is_said():
    found = compare(played(hour()), played(hour(extend=300), "b"))
    assert any(text.startswith("One lasted 10:0") and "15:0" in text for text in found.differences)


def test_other_hands_and_other_words_are_said():
    spoken = Play(CASE, bots=("dana", "omar"))
    spoken.do("lead", m.TakeSeat(name="Lea"))
    spoken.do("facilitator", m.Start(anyway=True))
    spoken.do("lead", m.PutInject(inject="owed_one", text="in my own words"), after=60)
    while spoken.state.status != "ended":
        spoken.do(CLOCK, m.Tick(), after=5)
    found = compare(played(hour()), played(spoken, "b"))
    assert found.differences == (
        "Put by a person in one room and not in the other: “title owed_one”.",
        "Put in different words: “title owed_one”.",
    )


def test_another_case_version_or_seniority_is_one_sentence_and_no_table():
    one = played(hour())
    for other, why in (
        (played(hour(), digest="e"), "two versions"),
        (played(hour(), seniority="senior"), "two seniorities: as written and senior"),
        (
            one._replace(scenario=CASE.model_copy(update={"slug": "another", "title": "Another"})),
            "two scenarios",
        ),
    ):
        found = compare(one, other)
        assert (found.same_case, found.injects) == (False, ())
        assert why in found.differences[0]

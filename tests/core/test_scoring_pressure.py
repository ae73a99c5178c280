"""How hard a room pressed, and how long the candidate had."""

from rooms.core import messages as m
from rooms.core.policy import CLOCK
from scoring.core.comparison import Played, compare
from scoring.core.exposure import exposure
from scoring.core.record import entries
from tests.builders import Play, inject, scenario
from tests.core.test_scoring_findings import SeenLine

CASE = scenario(
    [
        inject("early", "one", "lead", at=60),
        inject("follows", "one", "dana", at=200),
        inject("later", "two", "omar", at=60),
    ]
)
DECISION = m.Commit(choice="Go", why="Now", gives_up="Money", would_change="A loss")


def record(play):
    return entries([SeenLine(line.seq, line.at, line.event) for line in play.log])


def hour(answer_after=0, bring_forward=False, objections=0):
    """A room on the clock. `answer_after` seconds: the candidate's words after the first inject."""
    play = Play(CASE)
    play.do("facilitator", m.Start(anyway=True))
    if objections:
        play.do("candidate", DECISION)
    for n in range(objections):
        play.do("dana", m.Say(text=f"I object, number {n}.", about="D1", stance="objects"))
    answered = forward = False
    while play.state.status != "ended":
        play.do(CLOCK, m.Tick(), after=5)
        put = play.state.inject("early").status == "spoken"
        if put and answer_after and not answered:
            play.do("candidate", m.Say(text="That changes the order of things."), after=answer_after)
            answered = True
        if put and bring_forward and not forward:
            play.do("facilitator", m.Fire(inject="follows"), after=10)
            forward = True
    return play


def test_an_inject_has_the_time_until_the_next_one_or_the_end_of_its_phase():
    play = hour(answer_after=20)
    met = {p.inject: p for p in exposure(CASE, record(play)).probes}
    assert met["early"].had == met["follows"].into - met["early"].into
    assert met["early"].answered == 20_000
    lasted = CASE.phases[0].seconds * 1000
    assert met["follows"].had == lasted - met["follows"].into
    assert met["follows"].answered is None


def test_a_pause_is_no_time_to_answer():
    play = Play(CASE)
    play.do("facilitator", m.Start(anyway=True))
    while play.state.inject("early").status != "spoken":
        play.do(CLOCK, m.Tick(), after=5)
    play.do("facilitator", m.Pause())
    play.do("facilitator", m.Resume(), after=600)
    while play.state.status != "ended":
        play.do(CLOCK, m.Tick(), after=5)
    met = {p.inject: p for p in exposure(CASE, record(play)).probes}
    assert met["early"].had == met["follows"].into - met["early"].into < 300_000


def test_a_phase_counts_objections_and_what_there_was_to_object_to():
    first = exposure(CASE, record(hour(objections=3))).pressure[0]
    assert (first.injects, first.objections, first.withdrawn, first.decisions) == (2, 3, 0, 1)
    quiet = exposure(CASE, record(hour())).pressure[0]
    assert (quiet.objections, quiet.decisions) == (0, 0)
    assert quiet.least is not None


def test_an_inject_that_left_hardly_any_time_is_named_in_the_report():
    warnings = exposure(CASE, record(hour(bring_forward=True))).warnings
    assert any(w.startswith("Left less than 20 seconds to answer: “title early” (0:1") for w in warnings)
    assert not any("seconds to answer" in w for w in exposure(CASE, record(hour())).warnings)


def test_less_time_and_more_objections_are_said_in_words():
    one = Played("a", CASE, "d", "", record(hour(bring_forward=True)))
    other = Played("b", CASE, "d", "", record(hour(objections=3)))
    found = compare(one, other)
    assert any(
        t.startswith("The first candidate had less time before the next inject: “title early” 0:1")
        for t in found.differences
    )
    assert (
        "The panel objected 0 times in the first room (to 0 decisions and revisions) and 3 times in the "
        "second (to 1)." in found.differences
    )
    pair = found.pressure[0]
    assert pair.one is not None
    assert pair.other is not None
    assert (pair.one.objections, pair.other.objections) == (0, 3)

"""A scripted data owner hands out, narrows, puts off or refuses, by rules and on stated grounds."""

from rooms.bots.personas import next_move
from rooms.bots.turns import view_of
from rooms.core import messages as m
from rooms.core.feed import feed
from tests.builders import VISITS, Play, scenario

RULES = [
    {"do": "refuse", "when": {"unassumed": True}, "says": "First say what you take for granted."},
    {"do": "refuse", "purpose": ["address"], "says": "Not to look at persons."},
    {"do": "delay", "purpose": ["raw"], "until": "two", "says": "When we come to the second part."},
    {"do": "delay", "purpose": ["logs"], "minutes": 3, "says": "Three minutes."},
    {"do": "narrow", "lacks": ["check"], "narrow": {"since": "2026-01-20"}, "says": "Since the twentieth."},
    {"do": "grant", "says": "All of it, then."},
]
CASE = scenario(data_sets=[{**VISITS, "access": RULES}])
HELD = "omar"


def room(assumed: bool = True) -> Play:
    play = Play(CASE, bots=(HELD,))
    play.do("facilitator", m.Start(anyway=True))
    if assumed:
        play.do("candidate", m.Assume(text="that visits are counted once"))
    return play


def answer(play: Play, purpose: str) -> m.AnyCommand:
    """What the persona answers to a request with this purpose; it is carried out."""
    play.do("candidate", m.RequestData(what="the visits", purpose=purpose), after=20)
    return done(play)


def done(play: Play) -> m.AnyCommand:
    move = next_move(view_of(CASE, play.state, feed(play.log, HELD), HELD, play.now, seed=1))
    assert move is not None
    play.do(HELD, move.command, after=max(0, (move.at - play.now) / 1000), bot=True)
    return move.command


def test_without_a_stated_reason_nothing_is_handed_out():
    assert answer(room(assumed=False), "to check") == m.RefuseData(
        request="R1", why="First say what you take for granted."
    )


def test_a_purpose_can_close_a_table_narrow_it_or_open_it():
    play = room()
    assert answer(play, "for the address list") == m.RefuseData(request="R1", why="Not to look at persons.")
    narrowed = answer(play, "just because")
    assert (narrowed.narrow.since.isoformat(), narrowed.text) == ("2026-01-20", "Since the twentieth.")
    whole = answer(play, "to check the early days")
    assert (whole.data_set, whole.narrow, whole.text) == ("visits", None, "All of it, then.")


def test_what_is_out_already_is_not_handed_out_twice_nor_a_line_said_twice():
    play = room()
    answer(play, "to check")
    again = answer(play, "to check once more")
    assert again == m.RefuseData(request="R2", why="You have “Visits” already; there is no newer one.")
    first, second = answer(play, "addresses"), answer(play, "more addresses")
    assert first.why != second.why


def test_a_promise_is_kept_when_its_phase_begins():
    play = room()
    assert answer(play, "raw") == m.DelayData(
        request="R1", why="When we come to the second part.", until="two"
    )
    play.do("facilitator", m.Advance(phase="one"), after=60)
    kept = done(play)
    assert (kept.type, kept.request) == ("give_data", "R1")


def test_nothing_is_promised_for_a_phase_that_has_begun():
    play = room()
    play.do("facilitator", m.Advance(phase="one"))
    assert answer(play, "raw").type == "give_data"


def test_a_promise_by_the_clock_is_kept_in_time():
    play = room()
    promised = answer(play, "logs")
    assert promised == m.DelayData(request="R1", why="Three minutes.", minutes=3)
    before = play.now
    kept = done(play)
    assert (kept.type, kept.request) == ("give_data", "R1")
    assert 180_000 <= play.now - before <= 200_000

"""No seat's secrets enter another seat's bytes: any log with and without its whispers looks the same."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rooms.core import messages as m
from rooms.core.feed import Logged, body, feed, item_json, visible_to
from rooms.core.head import head, merged
from rooms.core.state import State, fold
from rooms.live.heads import Heads
from tests.builders import COMMIT, Play, inject, scenario

CASE = scenario([inject("ring", "one", "dana", at=20), inject("law", "two", "lead", at=5, owed=True)])

PRIVATE = st.sampled_from(
    [
        ("dana", m.Whisper(text="PRIVATE one")),
        ("lead", m.Whisper(text="PRIVATE two")),
        ("facilitator", m.Whisper(text="PRIVATE three")),
    ]
)
PUBLIC = st.sampled_from(
    [
        ("candidate", m.Say(text="what matters most?")),
        ("candidate", m.Assume(text="a week")),
        ("candidate", COMMIT),
        ("candidate", m.RequestData(what="labels")),
        ("dana", m.Say(text="I disagree")),
        ("omar", m.Reveal(fact="late")),
        ("lead", m.Ask(role="candidate", text="and then?")),
        ("facilitator", m.Pause()),
        ("facilitator", m.Resume()),
        ("clock", m.Tick()),
    ]
)


def frames(log: list[Logged], seat: str) -> list[str]:
    """Every feed frame a live socket of this seat gets, byte for byte (as the hub makes them)."""
    state, n, last, sent = State(), 0, "", []
    for line in log:
        state = fold([(line.at, line.event)], state)
        items = []
        if visible_to(line.event.to, seat):
            n += 1
            items = [item_json(n, line.at, body(line.event))]
        present = json.dumps(head(CASE, state, seat))
        if items or present != last:
            sent.append(f"{n} {items} {present}")
        last = present
    return sent


def play(moves) -> list[Logged]:
    room = Play(CASE).start()
    for seat, command in moves:
        try:
            room.do(seat, command, after=3)
        except m.Refused:
            continue
    return room.log


@settings(max_examples=60, deadline=None)
@given(st.lists(st.one_of(PRIVATE, PUBLIC), max_size=25))
def test_with_and_without_whispers_the_candidates_and_raters_frames_are_the_same(moves):
    log = play(moves)
    silent = [line for line in log if not isinstance(line.event, m.Whispered)]
    for seat in ("candidate", "rater1"):
        assert frames(log, seat) == frames(silent, seat)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.one_of(PRIVATE, PUBLIC), max_size=25))
def test_nothing_written_for_others_stands_in_the_candidates_bytes(moves):
    bytes_ = "".join(frames(play(moves), "candidate"))
    allowed = {"SECRET-FACT"} if "fact_revealed" in bytes_ else set()
    for secret in ("PRIVATE", "BRIEF", "POSITION", "YIELD", "EXPECTED", "MISSING", "FLAW", "FACT"):
        word = f"SECRET-{secret}" if secret != "PRIVATE" else secret
        assert word not in bytes_ or word in allowed
    assert "title ring" not in bytes_  # which inject it was is not the candidate's to know
    assert '"heard"' not in bytes_


@settings(max_examples=30, deadline=None)
@given(st.lists(st.one_of(PRIVATE, PUBLIC), max_size=25))
def test_no_panel_member_reads_anothers_brief(moves):
    bytes_ = "".join(frames(play(moves), "lead"))
    assert "SECRET-BRIEF-lead" in bytes_
    assert "SECRET-BRIEF-dana" not in bytes_
    assert "SECRET-FLAW" not in bytes_


def test_control_a_feed_numbered_by_seq_is_caught():
    """The same property fails for the mistake it is there to catch."""

    def leaky(log: list[Logged], seat: str) -> list[str]:
        return [f"{x.seq} {body(x.event)}" for x in log if visible_to(x.event.to, seat)]

    log = play([("dana", m.Whisper(text="PRIVATE")), ("candidate", m.Say(text="well"))])
    silent = [
        Logged(seq, x.at, x.event)
        for seq, x in enumerate((x for x in log if not isinstance(x.event, m.Whispered)), 1)
    ]
    with pytest.raises(AssertionError):
        assert leaky(log, "candidate") == leaky(silent, "candidate")


@settings(max_examples=40, deadline=None)
@given(st.lists(st.one_of(PRIVATE, PUBLIC), max_size=25))
def test_heads_sent_as_changes_add_up_to_the_whole_head(moves):
    """Every section names all the parts of the State it is made of."""
    heads, held, state = Heads(CASE), {}, State()
    for number, line in enumerate(play(moves)):
        state = fold([(line.at, line.event)], state)
        here = {"here": ["dana"] if number % 3 else [], "waits": False}
        turn = heads.turn(state, here)
        for seat in state.seats:
            if seat not in held:  # a socket begins with the whole
                held[seat] = json.loads(heads.whole(seat))
            held[seat] = merged(held[seat], json.loads(turn.of(seat)))
            assert held[seat] == json.loads(json.dumps({**head(CASE, state, seat), **here}))


def test_the_plan_is_told_once_and_of_an_inject_that_changes_only_what_became_of_it():
    heads, state = Heads(CASE), fold((line.at, line.event) for line in play([]))
    heads.turn(state, {})
    key = CASE.injects[0].key
    plan = json.loads(heads.whole("facilitator"))["console"]["plan"]
    assert [each["key"] for each in plan] == [inject.key for inject in CASE.injects]
    held = fold([(state.at, m.InjectHeld(inject=key, held=True))], state)
    console = json.loads(heads.turn(held, {}).of("facilitator"))["console"]
    assert console["injects"] == {key: {"state": "held", "why": ""}}
    assert "plan" not in console


def test_a_feed_counts_only_what_its_seat_sees():
    log = play([("dana", m.Whisper(text="PRIVATE")), ("candidate", m.Say(text="well"))])
    for seat in ("candidate", "dana", "rater1", "facilitator"):
        assert [item.n for item in feed(log, seat)] == list(range(1, len(feed(log, seat)) + 1))

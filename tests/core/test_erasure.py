"""A log without somebody's words: it folds as before, and nothing of theirs is left in it."""

import json
from typing import get_args

import pytest

from rooms.core import messages as m
from rooms.core.erasure import NOBODY, TOMBSTONE, WORDS, erased, seats_erased
from rooms.core.feed import body
from rooms.core.state import fold
from tests.builders import COMMIT, SCENARIO, Play

# These hold keys, numbers and the scenario's own text: all of it stays when words are taken out.
HOLD_NONE = {
    m.RoomOpened, m.NoticeGiven, m.Voiced, m.Adjusted, m.Consented, m.Briefed, m.SeatTaken, m.SeatLeft,
    m.Readied,
    m.PhaseStarted, m.Paused,
    m.Resumed, m.Extended, m.HandRaised, m.Looked, m.InjectCued, m.InjectFired, m.InjectHeld, m.BotsQuieted,
    m.Heard,
}  # fmt: skip


def played() -> Play:
    room = Play().start()
    room.do("candidate", m.Say(text="PRIVATE hello"))
    room.do("candidate", m.Ask(role="omar", text="PRIVATE what is late?"))
    room.do("candidate", COMMIT)
    room.do("dana", m.Say(text="MINE: you said PRIVATE hello", about="D1", stance="objects"))
    room.do("candidate", m.RequestData(what="PRIVATE labels", purpose="PRIVATE reasons"))
    room.do("omar", m.RefuseData(request="R1", why="MINE no"))
    room.do("lead", m.Whisper(text="MINE whisper"))
    room.do("facilitator", m.End(why="PRIVATE person fell ill"))
    return room


def left_of(room: Play, *seats: str) -> list[m.AnyEvent]:
    return [erased(line.event, seats_erased(seats), seats) for line in room.log]


def text_of(events: list[m.AnyEvent]) -> str:
    return "\n".join(json.dumps(body(event)) for event in events)


def test_every_kind_of_event_says_whether_it_holds_words() -> None:
    kinds = set(get_args(m.AnyEvent))
    assert kinds == set(WORDS) | HOLD_NONE
    assert not set(WORDS) & HOLD_NONE


@pytest.mark.parametrize("kind", sorted(WORDS, key=lambda kind: kind.__name__))
def test_the_fields_that_hold_words_are_fields(kind: type[m.Event]) -> None:
    assert set(WORDS[kind]) <= set(kind.model_fields)


def test_nothing_that_was_said_is_left_of_an_interview_whose_candidate_is_erased() -> None:
    left = text_of(left_of(played(), "candidate"))
    assert "PRIVATE" not in left
    assert "MINE" not in left
    assert COMMIT.choice not in left
    assert "candidate person" not in left
    assert "lead person" in left  # who sat on the panel is not whom the interview was about


def test_a_panel_member_takes_only_their_own_words_along() -> None:
    left = text_of(left_of(played(), "dana"))
    assert "MINE: you said" not in left
    assert "dana person" not in left
    assert "PRIVATE what is late?" in left
    assert "MINE whisper" in left


def test_why_a_room_ended_is_its_facilitators_word() -> None:
    assert "fell ill" not in text_of(left_of(played(), "facilitator"))
    assert "fell ill" in text_of(left_of(played(), "dana"))


def test_what_is_left_counts_as_before() -> None:
    room = played()
    before = fold((line.at, line.event) for line in room.log)
    after = fold((line.at, event) for line, event in zip(room.log, left_of(room, "candidate"), strict=True))
    assert after.status == before.status == "ended"
    assert [d.mark for d in after.decisions] == [d.mark for d in before.decisions]
    assert after.utterances == before.utterances
    assert after.seats["candidate"].name == NOBODY
    assert after.seats["candidate"].occupant == "person"


def test_erasing_twice_is_erasing_once() -> None:
    once = left_of(played(), "candidate")
    assert [erased(event, None, ["candidate"]) for event in once] == once


def test_a_bot_keeps_its_name_and_forgets_for_whom_it_stood_in() -> None:
    event = m.SeatTaken(seat="dana", name="Dana, dissenter", bot=True, instead_of="Ana Ruiz")
    left = erased(event, None, ["dana"])
    assert left == m.SeatTaken(seat="dana", name="Dana, dissenter", bot=True, instead_of=NOBODY)


def test_a_query_and_its_answer_go_together() -> None:
    asked = m.Queried(by="candidate", mark="Q1", sql="SELECT 'my name'", columns=("x",), rows=(("my name",),))
    left = erased(asked, None, [])
    assert left == m.Queried(by="candidate", mark="Q1", sql=TOMBSTONE, columns=(), rows=())


def test_the_small_case_itself_stays() -> None:
    assert SCENARIO.prompt in text_of(left_of(played(), "candidate"))

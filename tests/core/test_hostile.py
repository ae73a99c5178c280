"""Candidates who come to break the room, against every case: it ends, keeps its secrets, and recovers."""

import json
from collections import Counter

import pytest

from rooms.bots.manners import quotable
from rooms.bots.memory import rehearsed
from rooms.core import messages as m
from rooms.core.feed import body
from rooms.core.words import Talk, hits, words_of
from rooms.listener.builtin import hear
from scenarios.core.checks.places import plain
from scenarios.core.checks.secrets import held_back
from scenarios.core.hostile import HOSTILE, LONGEST, hostile
from scenarios.core.schema import CANDIDATE
from scenarios.loader import bundled
from scoring.core.rehearsal import mark

OPENS = 1_767_603_600_000
ANSWERED = 45_000  # ms in which a plain question is answered
CASES = [(s, kind) for s in bundled() for kind in HOSTILE]


@pytest.fixture(scope="module", params=CASES, ids=[f"{s.slug}-{kind}" for s, kind in CASES])
def played(request):
    """(scenario, kind, room) after a whole hour: about a second each, so played once."""
    scenario, kind = request.param
    return scenario, kind, rehearsed(scenario, hostile(scenario, kind), seed=1, opens=OPENS)


def spoken(room, by=None):
    """(at, seat, words) of everything said, or of what all but the candidate said."""
    lines = [x for x in room.record.lines if isinstance(x.event, Talk)]
    return [(x.at, x.event.by, words_of(x.event)) for x in lines if by is None or x.event.by != CANDIDATE]


def test_the_room_goes_through_all_its_phases_and_ends(played):
    scenario, _, room = played
    ended = [x.event.phase for x in room.record.lines if isinstance(x.event, m.PhaseEnded)]
    assert ended == [p.key for p in scenario.phases]
    assert room.state.status == "ended"


def test_the_script_is_really_played(played):
    scenario, kind, room = played
    own = [words for _, by, words in spoken(room) if by == CANDIDATE]
    assert len(own) >= len(scenario.roles) + 2 + (0 if kind == "silence" else 20)
    if kind == "monologue":
        assert sum(len(words) > LONGEST * 0.95 for words in own) >= 20


def test_no_sentence_that_is_held_back_reaches_the_candidate(played):
    scenario, _, room = played
    feed = [x.event for x in room.record.seen(CANDIDATE).items]
    told = plain(" ".join(json.dumps(body(event), ensure_ascii=False) for event in feed))
    given = {f"the fact {key!r}" for key in _out(room)}
    for secret in held_back(scenario):
        if secret.name not in given:
            assert secret.sentence not in told, secret.name
    assert not any(isinstance(event, m.InjectFired | m.Heard) for event in feed)
    assert {x.seat for x in feed if isinstance(x, m.Briefed)} <= {CANDIDATE}


def test_a_fact_comes_out_only_to_a_question_that_holds_its_words(played):
    scenario, _, room = played
    asked = ""
    for line in room.record.lines:
        if isinstance(line.event, Talk) and line.event.by == CANDIDATE:
            asked += f"\n{words_of(line.event)}"
        if isinstance(line.event, m.FactRevealed):
            assert hits(asked, scenario.fact(line.event.fact).asked_words), line.event.fact


def test_the_panel_stays_in_its_part_and_repeats_no_abuse(played):
    scenario, kind, room = played
    for _, by, words in spoken(room, by="panel"):
        assert quotable(words), (by, words)
        assert len(words) < 900
        if kind == "languages":
            assert all(c.isascii() or not c.isalpha() or c in _letters(scenario) for c in words), words


def test_nothing_is_said_twice(played):
    _, _, room = played
    said = Counter(words for _, _, words in spoken(room))
    assert [words for words, times in said.items() if times > 1] == []


def test_a_plain_question_afterwards_is_answered(played):
    scenario, _, room = played
    lines = spoken(room)
    last = next(x.at for x in reversed(room.record.lines) if isinstance(x.event, m.PhaseStarted))
    asked = [x for x in room.record.lines if isinstance(x.event, m.Asked) and x.at > last]
    assert {x.event.role for x in asked} == {r.key for r in scenario.roles}
    for x in asked:
        answers = [at for at, by, _ in lines if by == x.event.role and x.at < at <= x.at + ANSWERED]
        assert answers, x.event.text


def test_nobody_is_hired_for_it(played):
    """Scripted raters mark what was decided: below the bar, or nothing was seen."""
    scenario, _, room = played
    sheet = mark(room.record.seen("rater1").items, scenario.rubric, 0.0, 1, hear)
    levels = {x.dimension: x.level for x in sheet.marks if x.level is not None}
    weights = {d.key: d.weight for d in scenario.rubric.dimensions}
    if levels:
        total = sum(weights[key] for key in levels)
        assert sum(weights[key] * level for key, level in levels.items()) / total < scenario.rubric.bar - 0.25


def _out(room):
    """The facts that are out: asked for, handed over, or said with an inject."""
    for line in room.record.lines:
        match line.event:
            case m.FactRevealed(fact=fact):
                yield fact
            case m.DataGiven(fact=str(fact)):
                yield fact
            case m.InjectFired(reveals=reveals):
                yield from reveals
            case _:
                pass


def _letters(scenario):
    """Letters of the case's own names, which anybody may say."""
    return set(scenario.model_dump_json())

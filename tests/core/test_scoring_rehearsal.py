"""A scripted rater marks what it saw, and only that."""

import pytest

from rooms.core import messages as m
from scoring.core.rehearsal import mark
from scoring.core.sheets import missing
from tests.scoring.builders import PLAYED, decides, fires, record, says, scenario

RUBRIC = scenario().rubric
WORDS = {  # a listener with a short vocabulary
    "whom": "clarifies",
    "again": "restates_problem",
    "doubt": "doubts_data",
    "check": "checks_data",
    "breaks": "names_risk",
    "alarm": "plans_monitoring",
    "fallback": "plans_fallback",
    "never fail": "claims_robust",
    "retrain": "retrain_only",
    "xgboost": "jumps_to_model",
    "clean": "trusts_data",
}
STRONG = (
    "For whom?",
    "Once again: what matters",
    "I doubt it",
    "I check it",
    "It breaks",
    "An alarm and a fallback",
)
WEAK = ("xgboost", "The data is clean", "It will never fail", "We retrain", "xgboost, as I said")


def hear(text):
    return tuple(act for word, act in WORDS.items() if word in text)


class Line:
    def __init__(self, n, seq, at, event):
        self.n, self.seq, self.at, self.event = n, seq, at, event


def seen(*events):
    return [Line(e.seq, e.seq + 100, e.at, e.event) for e in record(*events)]


def talk(*texts):
    return seen(*(says(10 * i, text, i) for i, text in enumerate(texts, 1)))


def levels(lines, severity=0.0, seed=1):
    return [m.level for m in mark(lines, RUBRIC, severity, seed, hear).marks]


def test_a_feed_without_the_candidates_word_gives_not_observed_throughout():
    for lines in ([], seen(*fires("cost", 5))):
        draft = mark(lines, RUBRIC, 0.0, 1, hear)
        assert [(m.level, m.not_observed) for m in draft.marks] == [(None, True)] * 3
        assert draft.closing is None
        assert missing(RUBRIC, draft) == ()


def test_what_the_panel_says_is_not_the_candidates():
    assert levels(seen((5, m.Said(by="ops", text="It breaks without an alarm")))) == [None, None, None]


def test_strong_talk_is_marked_high_and_weak_talk_low():
    strong, weak = levels(talk(*STRONG)), levels(talk(*WEAK))
    assert min(strong) >= 3
    assert max(weak) == 1


def test_every_level_rests_on_a_moment_that_shows_it():
    lines = talk(*STRONG, "It will never fail")
    draft = mark(lines, RUBRIC, 0.0, 1, hear)
    said = {line.n: getattr(line.event, "text", "") for line in lines}
    quotes = {m.dimension: [said[n] for n in m.evidence] for m in draft.marks}
    assert quotes == {
        "framing": ["For whom?"],
        "data": ["I doubt it"],
        "risk": ["An alarm and a fallback", "It will never fail"],
    }
    assert draft.marks[2].note.startswith("For: names a concrete way this fails ×1, ")
    assert missing(RUBRIC, draft) == ()


def test_a_harder_rater_marks_lower_somewhere_and_never_higher():
    lines = talk(*STRONG, *WEAK)
    mild, hard = levels(lines, -0.4), levels(lines, 0.6)
    assert all(h <= m for h, m in zip(hard, mild, strict=True))
    assert hard != mild


def test_the_same_rater_marks_the_same_room_the_same():
    assert mark(talk(*STRONG), RUBRIC, 0.2, 7, hear) == mark(talk(*STRONG), RUBRIC, 0.2, 7, hear)


def test_who_is_probed_twice_and_shows_nothing_of_it_gets_the_lowest_level():
    once = (*fires("labels", 10), says(20, "Fine.", 1))
    twice = (*once, *fires("labels", 30), says(40, "As you like.", 2))
    assert levels(seen(*once)) == [None, None, None]
    lines = seen(*twice)
    said = {line.n: getattr(line.event, "text", "") for line in lines}
    found = mark(lines, RUBRIC, 0.0, 1, hear).marks[1]
    assert (found.level, [said[n] for n in found.evidence]) == (1, ["Fine.", "As you like."])
    assert levels(seen(*fires("labels", 10), *fires("labels", 30))) == [None, None, None]


@pytest.mark.parametrize(("taken", "expected"), [((), None), ((decides(20),), 1)])
def test_an_act_counts_by_what_the_board_shows_whatever_the_words(taken, expected):
    case = scenario()
    scope = case.rubric.dimensions[0].model_copy(update={"key": "scope"})
    rubric = case.rubric.model_copy(update={"dimensions": (scope,)})
    (found,) = mark(seen(*taken), rubric, 0.0, 1, lambda text: ()).marks
    assert len(found.evidence) == (expected or 0)
    assert found.not_observed is (expected is None)


def test_a_whole_small_room_can_be_marked():
    lines = [Line(e.seq, e.seq, e.at, e.event) for e in PLAYED]
    assert levels(lines)[:2] != [None, None]

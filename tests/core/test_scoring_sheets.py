"""What a rater must write before a scoresheet can be submitted."""

from scoring.core.policy import READERS, may_open
from scoring.core.sheets import (
    Draft,
    DraftMark,
    Problem,
    blind,
    missing,
    nonsense,
    progress,
    standing,
)  # fmt: skip
from tests.scoring.builders import scenario, sheet

RUBRIC = scenario().rubric
FULL = (
    DraftMark(dimension="framing", level=3, evidence=(4,)),
    DraftMark(dimension="data", level=1, note="Said so throughout."),
    DraftMark(dimension="risk", not_observed=True),
)


def test_a_sheet_with_a_level_or_not_observed_everywhere_is_complete():
    draft = Draft(marks=FULL, closing=3)
    assert (missing(RUBRIC, draft), progress(RUBRIC, draft)) == ((), (3, 3))


def test_everything_that_is_missing_is_named_at_once():
    draft = Draft(marks=(DraftMark(dimension="framing", level=3), DraftMark(dimension="data", note="hm")))
    assert missing(RUBRIC, draft) == (
        Problem("framing", "Attach a moment as evidence, or note why there is none."),
        Problem("data", "Choose a level, or “not observed”."),
        Problem("risk", "Choose a level, or “not observed”."),
        Problem(None, "The closing judgement is still open."),
    )
    assert progress(RUBRIC, draft) == (0, 3)


def test_who_observed_nothing_owes_no_closing_judgement():
    draft = Draft(marks=tuple(DraftMark(dimension=d.key, not_observed=True) for d in RUBRIC.dimensions))
    assert missing(RUBRIC, draft) == ()


def test_what_cannot_be_meant_is_not_even_a_draft():
    marks = (
        DraftMark(dimension="framing", level=9),
        DraftMark(dimension="data", level=2, not_observed=True),
        DraftMark(dimension="charm", level=2),
        DraftMark(dimension="framing"),
    )
    assert nonsense(RUBRIC, Draft(marks=marks, closing=7)) == (
        Problem("framing", "9 is not a level of this dimension."),
        Problem("data", "A level and “not observed” cannot both hold."),
        Problem(None, "The rubric has no dimension charm."),
        Problem("framing", "This dimension is marked twice."),
        Problem(None, "7 is not an answer to the closing question."),
    )


def test_the_newest_version_of_each_rater_stands_and_the_newest_blind_one_is_kept_apart():
    first, second = sheet("rater1", "333"), sheet("rater1", "444", version=2, late=True)
    other = sheet("rater2", "222")
    assert standing([second, other, first]) == (second, other)
    assert blind([second, other, first]) == (first, other)


def test_nobody_sees_others_marks_before_they_are_unlocked_and_a_candidate_never_does():
    opened = {
        (kind, page) for page in READERS for kind in ("candidate", "observer") if may_open(kind, page, True)
    }
    assert opened == set()
    assert not may_open("panel", "report", unlocked=False)
    assert may_open("panel", "report", unlocked=True)
    assert [kind for kind in ("facilitator", "rater", "panel") if may_open(kind, "sign", True)] == [
        "facilitator"
    ]
    assert not may_open("facilitator", "sign", unlocked=False)
    assert not may_open("facilitator", "sheet", unlocked=True)

"""The report: same input, same bytes; what the raters wrote; what it cannot say."""

import json

import pytest
from hypothesis import given as generated
from hypothesis import strategies as st

from rooms.core import messages as m
from scoring.core.evidence import BadEvidence
from scoring.core.model import NOT_ADJUSTED, RawMeans
from scoring.core.report import Closed, ReportInput, assemble, canonical, digest
from scoring.core.sheets import Evidence
from tests.scoring.builders import PLAYED, START, given, mark, record, sheet, starts

BOTH = (sheet("rater1", "432"), sheet("rater2", "332"))


def test_the_same_input_gives_the_same_bytes():
    first, again = given(*BOTH), ReportInput.model_validate_json(canonical(given(*BOTH)))
    assert canonical(assemble(first)) == canonical(assemble(again))
    assert assemble(first).digest == digest(again, RawMeans())


@generated(st.permutations([sheet("rater1", "432"), sheet("rater2", "332"), sheet("rater3", "133")]))
def test_the_order_of_the_sheets_changes_nothing_but_the_digest(sheets):
    alone, usual = ({"digest": ""}, sorted(sheets, key=lambda s: s.seat))
    assert assemble(given(*sheets)).model_copy(update=alone) == assemble(given(*usual)).model_copy(
        update=alone
    )


def test_another_mark_another_line_or_another_model_is_another_digest():
    class Other(RawMeans):
        version = "other 1"

    usual = digest(given(*BOTH), RawMeans())
    assert digest(given(BOTH[0], sheet("rater2", "333")), RawMeans()) != usual
    assert digest(given(*BOTH, lines=PLAYED[:-1]), RawMeans()) != usual
    assert digest(given(*BOTH), Other()) != usual


def test_marks_stand_side_by_side_and_the_largest_disagreement_is_talked_about_first():
    found = assemble(given(sheet("rater1", "421"), sheet("rater2", "424")))
    assert [[(c.rater_name, c.level, c.level_name) for c in line.cells] for line in found.dimensions] == [
        [("Ana", 4, "Level 4"), ("Ben", 4, "Level 4")],
        [("Ana", 2, "Level 2"), ("Ben", 2, "Level 2")],
        [("Ana", 1, "Level 1"), ("Ben", 4, "Level 4")],
    ]
    assert [line.spread for line in found.dimensions] == [0, 0, 3]
    assert found.talk_order == ("risk", "framing", "data")
    assert found.dimensions[2].probed_by == ("The labels",)


def test_adjusted_scores_and_severity_have_a_place_and_a_reason():
    found = assemble(given(*BOTH))
    assert {line.adjusted.why for line in found.dimensions} == {NOT_ADJUSTED}
    assert {rater.severity.why for rater in found.raters} == {NOT_ADJUSTED}


def test_evidence_is_quoted_with_its_speaker_and_its_moment():
    (quote,) = assemble(given(*BOTH)).dimensions[0].cells[0].evidence
    assert (quote.text, quote.by, quote.by_name) == ("I doubt the labels.", "candidate", "Cleo")
    assert (quote.phase_name, quote.into, quote.n) == ("Data", 30_000, 10)


def test_no_seq_leaves_in_a_report():
    def keys(value):
        if isinstance(value, dict):
            return set(value) | {k for v in value.values() for k in keys(v)}
        return {k for v in value for k in keys(v)} if isinstance(value, list) else set()

    assert "seq" not in keys(json.loads(canonical(assemble(given(*BOTH)))))


@pytest.mark.parametrize(
    "evidence",
    [Evidence(n=1, seq=999, quote="I doubt the labels."), Evidence(n=1, seq=10, quote="I love it.")],
)
def test_a_quote_that_was_never_said_stops_the_report(evidence):
    forged = sheet("rater1", marks=(mark("framing", "4", (evidence,)),))
    with pytest.raises(BadEvidence, match="rater1, framing: item 1 is not in the room's record"):
        assemble(given(forged))


def test_a_mark_changed_once_others_could_be_seen_is_shown_with_what_it_was():
    late = sheet("rater1", "332", version=2, late=True, submitted_at=START + 900_000)
    found = assemble(given(*BOTH, late))
    assert [(c.level, c.changed, c.was) for c in found.dimensions[0].cells] == [(3, True, 4), (3, False, 3)]
    assert [(r.version, r.late) for r in found.raters] == [(2, True), (1, False)]
    assert any("when others' marks could be seen: Ana" in limit for limit in found.limits)


def test_agreement_counts_only_marks_nobody_could_copy():
    late = sheet("rater1", "332", version=2, late=True)
    assert assemble(given(*BOTH, late)).agreement == assemble(given(*BOTH)).agreement


def test_a_report_on_one_sheet_says_that_there_is_no_agreement_and_who_is_owed():
    found = assemble(given(sheet("rater1", "444")))
    assert found.agreement.alpha.why == "one rater: there is nobody to agree with"
    assert found.owed == ("rater2",)
    assert "There is no alpha: one rater: there is nobody to agree with." in found.limits


def test_a_report_without_any_sheet_or_any_word_still_says_what_it_is():
    found = assemble(given(lines=record()))
    assert found.recommendation.says == "not_enough_evidence"
    assert (found.header.started_at, found.header.candidate) == (None, "")
    assert "The room had not ended when this was made." in found.limits


def test_the_header_says_who_sat_where_and_how_long_it_took():
    header = assemble(given(*BOTH, closed=Closed(by="facilitator", name="Fay", at=START))).header
    assert (header.candidate, header.scenario, header.rubric) == (
        "Cleo",
        "small-case",
        "A small rubric, version 1",
    )
    assert [(run.name, run.planned, run.lasted) for run in header.phases] == [
        ("Framing", 300_000, 300_000),
        ("Data", 300_000, 300_000),
    ]
    assert header.closed == Closed(by="facilitator", name="Fay", at=START)


def test_scripted_pressure_and_a_closed_rating_are_limits():
    lines = record((1, m.SeatTaken(seat="candidate", name="Robo", bot=True)), starts("one", "Framing", 10))
    limits = " ".join(assemble(given(lines=lines, closed=Closed(by="f", name="Fay", at=1))).limits)
    assert "A scripted persona sat, at least for a time, in: Head of operations." in limits
    assert "this is a rehearsal, about nobody" in limits
    assert "Fay closed rating before every scoresheet was in." in limits

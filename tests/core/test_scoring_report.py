"""The report: same input, same bytes; what the raters wrote; what it cannot say."""

import json

import pytest

from rooms.core import messages as m
from scoring.core.decision.rule import Rule
from scoring.core.evidence import BadEvidence
from scoring.core.report import (
    Closed,
    ReportInput,
    as_it_was,
    assemble,
    canonical,
    debrief,
    digest,
    made_from,
)  # fmt: skip
from scoring.core.sheets import Evidence
from tests.scoring.builders import (
    PLAYED,
    START,
    calibrated,
    given,
    mark,
    record,
    says,
    scenario,
    sheet,
    starts,
)  # fmt: skip

BOTH = (sheet("rater1", "432"), sheet("rater2", "332"))


def assembled(*sheets, **more):
    return assemble(given(*sheets, **more), calibrated(1, 2))


def test_the_same_input_gives_the_same_bytes():
    first, again = given(*BOTH), ReportInput.model_validate_json(canonical(given(*BOTH)))
    assert canonical(assemble(first, calibrated(1, 2))) == canonical(assemble(again, calibrated(1, 2)))
    assert assemble(first, calibrated(1, 2)).digest == digest(again)


@pytest.mark.parametrize("order", [(1, 0, 2), (2, 1, 0)])
def test_the_order_of_the_sheets_changes_nothing_but_the_digest(order):
    sheets = (*BOTH, sheet("rater3", "133"))
    mixed = assembled(*(sheets[place] for place in order))
    assert mixed.model_copy(update={"digest": ""}) == assembled(*sheets).model_copy(update={"digest": ""})


def test_another_mark_another_line_another_calibration_or_another_rule_is_another_digest():
    inputs = (
        given(*BOTH),
        given(BOTH[0], sheet("rater2", "333")),
        given(*BOTH, lines=PLAYED[:-1]),
        given(*BOTH, calibration="d" * 64),
        given(*BOTH, rule=Rule(recommends=False)),
    )
    assert len({digest(each) for each in inputs}) == len(inputs)


def test_marks_stand_side_by_side_and_the_largest_disagreement_is_talked_about_first():
    found = debrief(given(sheet("rater1", "421"), sheet("rater2", "424")))
    assert [[(c.rater_name, c.level, c.level_name) for c in line.cells] for line in found.dimensions] == [
        [("Ana", 4, "Level 4"), ("Ben", 4, "Level 4")],
        [("Ana", 2, "Level 2"), ("Ben", 2, "Level 2")],
        [("Ana", 1, "Level 1"), ("Ben", 4, "Level 4")],
    ]
    assert [line.spread for line in found.dimensions] == [0, 0, 3]
    assert found.talk_order == ("risk", "framing", "data")
    assert found.dimensions[2].probed_by == ("The labels",)


def test_evidence_is_quoted_with_its_speaker_and_its_moment():
    (quote,) = debrief(given(*BOTH)).dimensions[0].cells[0].evidence
    assert (quote.text, quote.by, quote.by_name) == ("I doubt the labels.", "candidate", "Cleo")
    assert (quote.phase_name, quote.into, quote.n) == ("Data", 30_000, 10)


def test_no_seq_leaves_in_a_report():
    def keys(value):
        if isinstance(value, dict):
            return set(value) | {k for v in value.values() for k in keys(v)}
        return {k for v in value for k in keys(v)} if isinstance(value, list) else set()

    assert "seq" not in keys(json.loads(canonical(assembled(*BOTH))))


@pytest.mark.parametrize(
    "evidence",
    [Evidence(n=1, seq=999, quote="I doubt the labels."), Evidence(n=1, seq=10, quote="I love it.")],
)
def test_a_quote_that_was_never_said_stops_the_report(evidence):
    forged = sheet("rater1", marks=(mark("framing", "4", (evidence,)),))
    with pytest.raises(BadEvidence, match="rater1, framing: item 1 is not in the room's record"):
        assembled(forged)


def test_a_mark_changed_once_others_could_be_seen_is_shown_with_what_it_was():
    late = sheet("rater1", "332", version=2, late=True, submitted_at=START + 900_000)
    found = assembled(*BOTH, late)
    assert [(c.level, c.changed, c.was) for c in found.dimensions[0].cells] == [(3, True, 4), (3, False, 3)]
    assert [(r.version, r.late) for r in found.raters] == [(2, True), (1, False)]
    assert any("when others' marks could be seen: Ana" in limit for limit in found.limits)


def test_agreement_counts_only_marks_nobody_could_copy():
    late = sheet("rater1", "332", version=2, late=True)
    assert assembled(*BOTH, late).agreement == assembled(*BOTH).agreement


def test_a_report_on_one_sheet_says_that_there_is_no_agreement_and_who_is_owed():
    found = assembled(sheet("rater1", "444"))
    assert found.agreement.alpha.why == "one rater: there is nobody to agree with"
    assert found.owed == ("rater2",)
    assert "There is no alpha: one rater: there is nobody to agree with." in found.limits


def test_a_report_without_any_sheet_or_any_word_still_says_what_it_is():
    found = assemble(given(lines=record()))
    assert found.says == "not_enough_evidence"
    assert (found.header.started_at, found.header.candidate) == (None, "")
    assert "The room had not ended when this was made." in found.limits


def test_the_header_says_who_sat_where_and_how_long_it_took():
    header = debrief(given(*BOTH, closed=Closed(by="facilitator", name="Fay", at=START))).header
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
    assert "language model" not in limits


def test_words_of_a_language_model_are_a_limit():
    lines = record((1, m.Voiced(model="small-1")), starts("one", "Framing", 10))
    limits = " ".join(assemble(given(lines=lines)).limits)
    assert "Its words may come from the language model small-1; when it speaks" in limits


# --- what the model adds -----------------------------------------------------------------------------


def codes(triggers):
    return [trigger.code for trigger in triggers]


def test_raw_marks_stay_and_adjusted_ones_stand_beside_them_with_the_difference_and_its_reason():
    found = assembled(sheet("rater1", "433"), sheet("rater2", "434"))
    ana, ben = found.advice.raters
    assert (ana.rater, ana.raw.value, ben.rater, ben.raw.value) == ("rater1", 3.5, "rater2", 3.75)
    assert ana.difference.value > 0 > ben.difference.value  # Ana is the harder one
    assert ana.adjusted.value == pytest.approx(ana.raw.value + ana.difference.value)
    assert "harder than an average rater over 40 interviews" in ana.why
    assert found.advice.raw.value == 3.625
    assert found.advice.adjusted.interval[0] < found.advice.adjusted.value < 3.625
    assert f"{3.625 - found.advice.adjusted.value:.2f} points below the raw one" in found.difference
    assert [line.raw.value for line in found.dimensions] == [4.0, 3.0, 3.5]
    for line in found.dimensions:
        assert line.adjusted.interval[0] < line.adjusted.value < line.adjusted.interval[1] <= 4


@pytest.mark.parametrize(("marks", "says"), [(("433", "434"), "hire"), (("122", "112"), "no_hire")])
def test_far_from_the_bar_the_way_that_loses_less_is_recommended(marks, says):
    found = assembled(*map(sheet, ("rater1", "rater2"), marks))
    said = found.advice.recommended
    assert (found.says, said.says, codes(found.advice.doubts)) == (says, says, [])
    assert (said.losses.hire < said.losses.no_hire) == (says == "hire")


def test_a_close_call_is_talked_over():
    found = assembled(sheet("rater1", "332"), sheet("rater2", "332"))
    assert (found.says, codes(found.advice.doubts)) == ("debrief", ["close_call"])


def test_the_same_marks_of_a_rater_nobody_knows_are_not_taken_on_trust():
    guest = sheet("rater3", "434", name="Gil")
    found = assembled(sheet("rater1", "433"), guest)
    assert found.says == "debrief"
    assert "Gil is new: 1 interview, where the rule asks for 5." in [t.text for t in found.advice.doubts]
    assert found.advice.raters[1].difference.why == "1 interview; a severity needs more"


def test_a_rater_linked_to_nobody_is_a_doubt():
    known = calibrated(1, 2)
    apart = {name: rater.model_copy(update={"linked": False}) for name, rater in known.raters.items()}
    sheets = given(sheet("rater1", "433"), sheet("rater2", "434"))
    found = assemble(sheets, known.model_copy(update={"raters": apart}))
    assert codes(found.advice.doubts) == ["unlinked"]


def test_without_a_calibration_the_variances_are_assumed_and_the_report_says_so():
    found = assemble(given(sheet("rater1", "433"), sheet("rater2", "434"), calibration=""))
    assert (found.says, found.calibration) == ("debrief", "")
    assert codes(found.advice.doubts) == ["new_rater", "new_rater"]
    assert found.advice.adjusted.interval is not None
    limits = " ".join(found.limits)
    assert "The model's variances are assumed, not estimated: fewer than 30 candidates" in limits
    assert "candidates must not be ranked" in limits
    assert "No calibration was there for this rubric" in " ".join(found.method)


@pytest.mark.parametrize(
    ("sheets", "text"),
    [
        ((sheet(levels="444"),), "1 rater marked; the rule asks for at least 2."),
        ((sheet("rater1", "4-4"), sheet("rater2", "4-4")), "2 of 6 marks are “not observed” (33%)"),
        (
            (sheet("rater1", "444"), sheet("rater2", marks=(mark("framing", "4", (), "Throughout."),))),
            "Ben marked Framing 4 without a quote.",
        ),
    ],
)
def test_thin_evidence_is_said_in_a_sentence_and_nothing_is_recommended(sheets, text):
    found = assembled(*sheets)
    assert found.says == "not_enough_evidence"
    assert text in " ".join(trigger.text for trigger in found.advice.lacking)


def test_a_dimension_that_nothing_probed_is_not_enough_evidence():
    quiet = tuple(entry for entry in PLAYED if entry.event.type != "inject_fired")
    found = assembled(*BOTH, lines=quiet)
    assert found.says == "not_enough_evidence"
    assert "Nothing put into the room probed Framing (1 planned)." in [t.text for t in found.advice.lacking]


def with_rubric(**changes):
    case = scenario()
    return case.model_copy(update={"rubric": case.rubric.model_copy(update=changes)})


FIRST, *OTHERS = scenario().rubric.dimensions
SHORT = FIRST.model_copy(update={"levels": FIRST.levels[:3]})


@pytest.mark.parametrize(
    ("sheets", "more", "why"),
    [
        ((), {}, "no scoresheet was submitted"),
        ((sheet("rater1", "---"),), {}, "nothing was observed"),
        (BOTH, {"scenario": with_rubric(bar=4.0)}, "a bar or a floor lies on the edge of the scale"),
        (
            BOTH,
            {"scenario": with_rubric(dimensions=(SHORT, *OTHERS))},
            "the dimensions are marked on different scales",
        ),
    ],
)
def test_what_the_model_cannot_be_asked_has_a_reason_instead_of_numbers(sheets, more, why):
    found = assembled(*sheets, **more)
    assert (found.says, found.advice) == ("not_enough_evidence", None)
    assert found.no_advice.startswith(why)


def test_switched_off_a_report_describes_and_mentions_neither_bar_nor_probability():
    found = assembled(*BOTH, rule=Rule(recommends=False))
    assert (found.says, found.advice.recommended) == (None, None)
    assert found.advice.adjusted.value is not None
    assert "probability of lying above the bar" not in " ".join(found.method)


def test_a_must_have_that_may_be_missed_is_talked_over():
    strict = scenario(
        seniorities=[{"key": "staff", "name": "Staff", "about": "many teams", "floors": {"risk": 3.0}}]
    )
    pair = (sheet("rater1", "442"), sheet("rater2", "442"))
    found = assembled(*pair, scenario=strict.at("staff"), seniority="staff")
    assert (found.says, found.advice.standard.seniority) == ("debrief", "Staff")
    assert "must_have" in codes(found.advice.doubts)


def test_an_input_of_long_ago_is_found_in_what_the_room_holds_now():
    then = given(*BOTH, lines=PLAYED[:-2])
    late = sheet("rater1", "111", version=2, late=True)
    closed = Closed(by="facilitator", name="Fay", at=START)
    more = {"sheets": (*BOTH, late, sheet("rater3", "444")), "closed": closed, "calibration": ""}
    bye = PLAYED[-1].model_copy(update={"seq": 99, "event": says(900, "Bye.")[1]})
    now = given(lines=(*PLAYED, bye)).model_copy(update=more)
    assert as_it_was(now, made_from(then)) == then

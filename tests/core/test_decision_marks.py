"""The recommendation follows the declared rule, shows every number, and says so when it cannot tell."""

import pytest

from scoring.core.decision.marks import Rule
from scoring.core.report import assemble
from tests.scoring.builders import PLAYED, given, mark, record, scenario, sheet


def verdict(*sheets, **more):
    return assemble(given(*sheets, **more)).recommendation


def codes(found):
    return [reason.code for reason in found.reasons]


def pair(one, other):
    return sheet("rater1", one), sheet("rater2", other)


def test_two_raters_well_above_the_bar_are_a_hire_with_every_number_shown():
    found = verdict(*pair("433", "434"))
    assert found.says == "hire"
    assert [(t.name, t.weight, t.share, t.marks, t.mean.value, t.adds) for t in found.terms] == [
        ("Framing", 2.0, 0.5, (("rater1", 4), ("rater2", 4)), 4.0, 2.0),
        ("Data", 1.0, 0.25, (("rater1", 3), ("rater2", 3)), 3.0, 0.75),
        ("Risk", 1.0, 0.25, (("rater1", 3), ("rater2", 4)), 3.5, 0.875),
    ]
    assert (found.composite.value, found.composite.n, found.composite.interval) == (3.625, 6, None)
    assert (found.bar, found.bar_set_by, found.bar_set_on) == (2.5, "the panel of 2025", "2025-05-01")
    assert [(s.name, s.composite.value, s.above) for s in found.sides] == [
        ("Ana", 3.5, True),
        ("Ben", 3.75, True),
    ]
    assert [reason.text for reason in found.reasons] == [
        "The composite of 3.62 is above the bar of 2.5 by 1.12.",
        "Strongest: Framing, mean 4.00, weight 2.",
        "Weakest: Data, mean 3.00, weight 1.",
    ]
    assert found.reasons[1].quotes[0].text == "I doubt the labels."
    assert found.reasons[1].quotes[0].where == "0:30 into Data"


def test_two_raters_well_below_the_bar_are_no_hire():
    assert verdict(*pair("122", "112")).says == "no_hire"


def test_a_dimension_nobody_observed_leaves_the_weights_to_the_others():
    found = verdict(*pair("44-", "44-"), rule=Rule(not_observed=0.5))
    assert [t.share for t in found.terms] == [0.6667, 0.3333, 0.0]
    assert (found.says, found.composite.value) == ("hire", 4.0)


@pytest.mark.parametrize(
    ("sheets", "code", "text"),
    [
        ((), "few_sheets", "0 scoresheets were submitted; the rule asks for at least 2."),
        ((sheet(levels="444"),), "few_sheets", "1 scoresheet was submitted; the rule asks for at least 2."),
        (pair("4-4", "4-4"), "not_observed", "2 of 6 marks are “not observed” (33%); the rule allows 25%."),
        (pair("-44", "-44"), "must_unobserved", "Nobody observed Framing, which weighs 2."),
        (
            (sheet("rater1", "444"), sheet("rater2", marks=(mark("framing", "4", (), "Throughout."),))),
            "no_quote",
            "Ben marked Framing 4 without a quote.",
        ),
        (pair("---", "---"), "no_composite", "There is no composite: nothing was observed."),
    ],
)
def test_thin_evidence_is_said_in_a_sentence_and_nothing_is_recommended(sheets, code, text):
    found = verdict(*sheets)
    assert found.says == "not_enough_evidence"
    assert text in [reason.text for reason in found.reasons if reason.code == code]


def test_a_dimension_that_nothing_probed_is_not_enough_evidence():
    talk = tuple((e.at // 1000 - PLAYED[0].at // 1000, e.event) for e in PLAYED[1:])
    quiet = record(*(line for line in talk if line[1].type != "inject_fired"))
    found = verdict(*pair("444", "444"), lines=quiet, sheets=())
    assert found.says == "not_enough_evidence"
    assert "Nothing put into the room probed Framing (1 planned)." in [r.text for r in found.reasons]


@pytest.mark.parametrize(
    ("sheets", "code", "text"),
    [
        (pair("442", "444"), "apart", "Raters are 2 levels apart on Risk: Ana 2 and Ben 4."),
        (
            pair("322", "333"),
            "sides",
            "Raters stand on different sides of the bar of 2.6: Ana 2.50, Ben 3.00.",
        ),
        (pair("333", "222"), "near_bar", "The composite of 2.50 lies within 0.25 of the bar of 2.6."),
    ],
)
def test_raters_who_differ_or_a_close_call_talk_first(sheets, code, text):
    small = scenario()
    case = small.model_copy(update={"rubric": small.rubric.model_copy(update={"bar": 2.6})})
    found = verdict(*sheets, scenario=case)
    assert found.says == "debrief"
    assert text in [reason.text for reason in found.reasons if reason.code == code]


def test_a_composite_on_the_bar_is_on_it_whatever_the_rounding():
    found = verdict(*pair("332", "332"), rule=Rule(band=0.0, apart=9))
    case = scenario()
    on_bar = case.model_copy(update={"rubric": case.rubric.model_copy(update={"bar": 2.75})})
    found = verdict(*pair("332", "332"), rule=Rule(band=0.0), scenario=on_bar)
    assert codes(found)[:2] == ["near_bar", "composite"]
    assert found.reasons[1].text == "The composite of 2.75 is on the bar of 2.75."
    assert [side.above for side in found.sides] == [True, True]


def test_too_little_evidence_outweighs_a_disagreement_and_both_are_told():
    found = verdict(sheet("rater1", "1--"), sheet("rater2", "4--"))
    assert found.says == "not_enough_evidence"
    assert {"not_observed", "apart"} <= set(codes(found))


def test_different_scales_have_no_composite():
    case = scenario()
    first, *others = case.rubric.dimensions
    short = first.model_copy(update={"levels": first.levels[:3]})
    mixed = case.rubric.model_copy(update={"dimensions": (short, *others)})
    found = verdict(*pair("333", "333"), scenario=case.model_copy(update={"rubric": mixed}))
    assert found.composite.why == "the dimensions are marked on different scales"
    assert found.says == "not_enough_evidence"


def test_the_rule_is_declared_with_its_numbers():
    assert "2 or more levels apart" in " ".join(verdict().rule_says)
    assert "25%" in " ".join(verdict().rule_says)


@pytest.mark.parametrize(("floor", "says"), [(2.0, "hire"), (2.5, "no_hire")])
def test_a_must_have_below_its_floor_is_no_hire_whatever_the_composite(floor, says):
    strict = scenario(
        seniorities=[{"key": "staff", "name": "Staff", "about": "many teams", "floors": {"risk": floor}}]
    )
    found = verdict(*pair("442", "442"), scenario=strict.at("staff"), seniority="staff")
    assert found.says == says
    told = [reason.text for reason in found.reasons if reason.code == "below_floor"]
    below = ["Risk is a must-have: its mean of 2.00 lies below the floor of 2.5."]
    assert told == (below if says == "no_hire" else [])

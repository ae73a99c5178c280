"""Advice follows expected loss, and seven triggers say what to talk about first, each with its evidence."""

import pytest
from pydantic import ValidationError

from scoring.core.decision.advice import advise, losses
from scoring.core.decision.rule import Costs, Rule
from scoring.core.decision.standard import Asked, Bar, Standard
from scoring.core.decision.standing import ByRater, OnDimension, Standing
from scoring.core.decision.triggers import Trigger
from scoring.core.estimate import Estimate, unknown

BAR = Bar(value=3.4, version=2, set_by="the panel of 2026", set_on="2026-05-01")
STANDARD = Standard(
    rubric="live, version 1",
    seniority="senior",
    asks=(
        Asked(dimension="framing", name="Framing", weight=2.0, floor=3.0),
        Asked(dimension="data", name="Data"),
    ),
    bar=BAR,
)


def rater(key: str, name: str, raw: float = 3.9, moved: float = 0.0, **more) -> ByRater:
    severity = Estimate(value=moved, n=80, interval=(moved - 0.2, moved + 0.2))
    usual = {"impression": 0.0, "impression_sd": 0.3, "without": 0.95, "interviews": 12}
    return ByRater(rater=key, name=name, raw=Estimate(value=raw, n=2), severity=severity, **{**usual, **more})


def standing(*raters: ByRater, **more) -> Standing:
    usual = {
        "candidate": "c1",
        "model": "facets 1",
        "raw": Estimate(value=3.9, n=4),
        "mean": 3.8,
        "sd": 0.2,
        "interval": (3.47, 4.13),
        "above": 0.97,
        "dimensions": (
            OnDimension(dimension="framing", name="Framing", marks=2, mean=3.9, sd=0.3, below=0.01),
            OnDimension(dimension="data", name="Data", marks=2, mean=3.6, sd=0.3),
        ),
        "impression_spread": 0.5,
        "marks": 4,
        "not_observed": 0,
    }
    return Standing(raters=raters or (rater("r1", "Ana"), rater("r2", "Ben")), **{**usual, **more})


def told(found: Standing, rule: Rule = Rule()) -> tuple[str | None, list[tuple[int, str]]]:  # noqa: B008
    advice = advise(found, STANDARD, rule)
    return advice.recommended.says, [(t.number, t.text) for t in (*advice.lacking, *advice.doubts)]


def test_well_above_the_bar_is_a_hire_with_the_loss_of_either_way_beside_it():
    found = advise(standing(), STANDARD, Rule()).recommended
    assert (found.says, found.leans, found.above, found.threshold) == ("hire", "hire", 0.97, 0.75)
    assert found.losses.model_dump() == {"hire": 0.09, "no_hire": 0.97, "at_stake": 0.09}


def test_well_below_the_bar_is_no_hire():
    low = standing(
        rater("r1", "Ana", without=0.05),
        rater("r2", "Ben", without=0.1),
        above=0.04,
        mean=2.9,
        raw=Estimate(value=2.8, n=4),
    )
    assert told(low) == ("no_hire", [])


@pytest.mark.parametrize(
    ("costs", "above", "leans"), [((3, 1), 0.76, "hire"), ((3, 1), 0.74, "no_hire"), ((1, 1), 0.51, "hire")]
)
def test_the_smaller_expected_loss_decides_and_the_threshold_is_where_both_are_equal(costs, above, leans):
    declared = Costs(bad_hire=costs[0], missed_hire=costs[1])
    both = losses(declared.threshold, declared)
    assert both.hire == both.no_hire
    rule = Rule(costs=declared, band=(0.3, 0.9))
    assert advise(standing(above=above), STANDARD, rule).recommended.leans == leans


@pytest.mark.parametrize(
    ("found", "number", "text"),
    [
        (
            standing(above=0.8),
            1,
            "The probability of being above the bar is 0.80: between 0.35 and 0.85 it is too close to the "
            "threshold of 0.75 to call.",
        ),
        (
            standing(rater("r1", "Ana", without=0.6), rater("r2", "Ben")),
            2,
            "Without Ana the recommendation turns: the probability of being above the bar goes from 0.97 to "
            "0.60, over the threshold of 0.75.",
        ),
        (
            standing(rater("r1", "Ana", impression=0.6), rater("r2", "Ben", impression=-0.4)),
            3,
            "Ana and Ben differ by 1.00 logits about this candidate after severity is taken out: 2.4 "
            "standard deviations, where the rule allows 2.",
        ),
        (
            standing(rater("r1", "Ana", impression=-1.2, impression_sd=0.9), rater("r2", "Ben")),
            3,
            "Ana sees this candidate lower than severity and the other marks explain: an impression of -1.20 "
            "logits, where 1.00 is unusual.",
        ),
        (
            standing(
                dimensions=(
                    OnDimension(dimension="framing", name="Framing", marks=2, mean=3.1, sd=0.3, below=0.37),
                    OnDimension(dimension="data", name="Data", marks=2, mean=4.6, sd=0.3),
                )
            ),
            4,
            "Framing is a must-have: 3.10 with a probability of 0.37 of lying below its floor of 3, where "
            "the rule allows 0.3.",
        ),
        (
            standing(rater("r1", "Ana", flags=("careless", "drift")), rater("r2", "Ben")),
            5,
            "Ana's marks are flagged: careless, drift.",
        ),
        (
            standing(rater("r1", "Ana", interviews=1), rater("r2", "Ben")),
            5,
            "Ana is new: 1 interview, where the rule asks for 5.",
        ),
        (
            standing(connected=False),
            6,
            "No shared candidate links Ana and Ben to the other raters: their severity rests on assumption, "
            "and this candidate must not be ranked against others'.",
        ),
        (
            standing(raw=Estimate(value=3.2, n=4)),
            7,
            "The raw marks and the adjusted ones lie on different sides of the bar of 3.4: 3.20 raw, 3.80 "
            "adjusted.",
        ),
    ],
)
def test_a_trigger_calls_for_a_debrief_and_names_its_evidence(found, number, text):
    assert told(found) == ("debrief", [(number, text)])


@pytest.mark.parametrize(
    ("found", "text"),
    [
        (
            standing(rater("r1", "Ana", without=None)),
            "1 rater marked; the rule asks for at least 2.",
        ),
        (
            standing(
                dimensions=(
                    OnDimension(dimension="framing", name="Framing", marks=0, mean=3.9, sd=0.3, below=0.01),
                    OnDimension(dimension="data", name="Data", marks=0, mean=3.6, sd=0.3),
                )
            ),
            "Nobody observed Framing, which is a must-have.",
        ),
        (
            standing(marks=6, not_observed=2),
            "2 of 6 marks are “not observed” (33%); the rule allows 25%.",
        ),
    ],
)
def test_too_few_raters_or_marks_are_not_enough_evidence(found, text):
    assert told(found) == ("not_enough_evidence", [(6, text)])


def test_nobody_at_all_is_not_enough_evidence():
    empty = standing().model_copy(
        update={"raters": (), "raw": unknown("nothing was observed"), "marks": 0, "above": 0.6}
    )
    assert told(empty)[0] == "not_enough_evidence"


def test_a_gap_in_the_record_outweighs_every_number():
    gap = Trigger(number=6, code="no_quote", text="Ben marked Framing 4 without a quote.")
    advice = advise(standing(), STANDARD, Rule(), unsupported=(gap,))
    assert (advice.recommended.says, advice.recommended.leans) == ("not_enough_evidence", "hire")
    assert advice.lacking == (gap,)


def test_on_the_bar_is_above_it_for_raw_and_adjusted_alike():
    assert told(standing(raw=Estimate(value=3.4 - 1e-12, n=4)))[1] == []


def test_raw_marks_stand_first_and_the_adjusted_ones_beside_them_with_the_reason():
    hard = rater("r1", "Ana", raw=3.5, moved=0.4)
    mild = rater("r2", "Ben", raw=4.2, moved=-0.1)
    found = advise(standing(hard, mild), STANDARD, Rule())
    assert [(a.raw.value, a.adjusted.value, a.difference.value, a.why) for a in found.raters] == [
        (
            3.5,
            3.9,
            0.4,
            "Ana marks 0.40 points harder than an average rater over 12 interviews "
            "(90 % interval of what is added +0.20 to +0.60).",
        ),
        (
            4.2,
            4.1,
            -0.1,
            "Ben marks 0.10 points more mildly than an average rater over 12 interviews "
            "(90 % interval of what is added -0.30 to +0.10); that may be chance.",
        ),
    ]
    assert (found.raw.value, found.adjusted.value, found.adjusted.interval) == (3.9, 3.8, (3.47, 4.13))


def test_a_rater_whose_severity_is_unknown_is_not_adjusted():
    new = rater("r1", "Ana").model_copy(update={"severity": unknown("one candidate")})
    line = advise(standing(new, rater("r2", "Ben")), STANDARD, Rule()).raters[0]
    assert line.adjusted.why == "not adjusted: one candidate"
    assert line.why == "Ana's marks are not adjusted: one candidate."


def test_with_the_recommendation_off_the_report_describes_and_keeps_what_is_known_of_the_raters():
    doubtful = standing(rater("r1", "Ana", flags=("careless",)), rater("r2", "Ben"), above=0.6)
    found = advise(doubtful, STANDARD, Rule(recommends=False))
    assert found.recommended is None
    assert [t.code for t in found.doubts] == ["flagged_rater"]
    assert found.raw.value == 3.9


def test_assumed_variances_are_said():
    found = advise(standing(assumed="three raters of one candidate"), STANDARD, Rule())
    assert found.cautions[1:] == (
        "The model's variances are assumed, not estimated: three raters of one candidate.",
    )


def test_a_band_that_misses_the_threshold_is_refused_with_both_numbers():
    with pytest.raises(ValidationError, match=r"0.35 to 0.85 does not hold the threshold of 0.90"):
        Rule(costs=Costs(bad_hire=9))


def test_a_standing_must_answer_what_the_standard_asks():
    lone = standing(
        dimensions=(OnDimension(dimension="framing", name="Framing", marks=2, mean=3, sd=1, below=0.1),)
    )
    with pytest.raises(ValueError, match="differ in the dimensions data"):
        advise(lone, STANDARD, Rule())
    mute = tuple(line.model_copy(update={"below": None}) for line in standing().dimensions)
    with pytest.raises(ValueError, match="framing: a must-have without"):
        advise(standing(dimensions=mute), STANDARD, Rule())


def test_weights_are_shares_of_what_is_asked():
    assert STANDARD.weights() == pytest.approx((2 / 3, 1 / 3))
    assert STANDARD.model_copy(update={"asks": (STANDARD.asks[1],)}).weights() == (1.0,)


def test_a_dimension_asked_twice_is_refused():
    with pytest.raises(ValidationError, match="asks: data more than once"):
        Standard(rubric="live, version 1", seniority="any", asks=(STANDARD.asks[1],) * 2, bar=BAR)


def test_the_rule_is_declared_with_its_numbers():
    text = " ".join(Rule().sentences())
    assert all(number in text for number in ("cost 3", "0.75", "25%", "0.35", "0.85", "fewer than 5"))

"""From marks to advice through the rating model: frozen calibration, one new candidate, his standing."""

from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from scoring.core.decision.advice import advise
from scoring.core.decision.of_fit import Panelist, standing_of
from scoring.core.decision.rule import Rule
from scoring.core.decision.standard import Asked, Bar, Standard
from scoring.core.facets.calibration import calibrate
from scoring.core.facets.frozen import freeze, place
from scoring.core.ratings import Row, ratings
from scoring.core.simulation import Plan, simulated

DIMENSIONS = ("d1", "d2", "d3", "d4", "d5")
STANDARD = Standard(
    rubric="simulated, version 1",
    seniority="any",
    asks=tuple(
        Asked(dimension=d, name=d, weight=2.0 if d == "d1" else 1.0, floor=3.0 if d == "d2" else None)
        for d in DIMENSIONS
    ),
    bar=Bar(value=3.2, version=1, set_by="the panel of 2026", set_on="2026-05-01"),
)


@pytest.fixture(scope="module")
def workspace():
    """150 candidates, 9 raters, and the frozen calibration."""
    given, truth = simulated(Plan(candidates=150, raters=9, dimensions=5, severity=0.8), seed=2)
    fitted = calibrate(replace(given, dimensions=DIMENSIONS))
    panel = {rater: Panelist(rater, 50) for rater in fitted.ratings.raters}
    order = np.argsort(truth.severity)
    mild, hard = (fitted.ratings.raters[int(order[at])] for at in (0, -1))
    return partial(place, freeze(fitted)), panel, mild, hard


def one(marks: dict[str, str]) -> object:
    """Ratings of one candidate from rater -> levels, "-" being "not observed"."""
    rows = [
        Row(rater, "c", d, None if mark == "-" else int(mark))
        for rater, levels in marks.items()
        for d, mark in zip(DIMENSIONS, levels, strict=True)
    ]
    return ratings(rows, (1, 5))


def test_raw_marks_are_weighted_as_asked_and_a_hard_raters_are_lifted(workspace):
    fit, panel, mild, hard = workspace
    found = standing_of(fit, one({hard: "43434", mild: "4343-"}), STANDARD, panel)
    by = {line.rater: line for line in found.raters}
    assert by[hard].raw.value == pytest.approx((2 * 4 + 3 + 4 + 3 + 4) / 6)
    assert by[mild].raw.value == pytest.approx((2 * 4 + 3 + 4 + 3) / 5)
    assert found.raw.value == pytest.approx((2 * 4 + 3 + 4 + 3 + 4) / 6)
    assert by[hard].severity.interval[0] > 0 > by[mild].severity.interval[1]
    assert (found.marks, found.not_observed, found.assumed) == (10, 1, None)
    assert [line.marks for line in found.dimensions] == [2, 2, 2, 2, 1]


def test_the_same_marks_from_a_harder_rater_are_worth_more(workspace):
    fit, panel, mild, hard = workspace
    from_hard, from_mild = (standing_of(fit, one({r: "44343"}), STANDARD, panel) for r in (hard, mild))
    assert from_hard.above > from_mild.above + 0.1
    assert from_hard.mean > from_mild.mean
    assert from_hard.raters[0].without is None


def test_leaving_out_a_rater_is_the_fit_without_him(workspace):
    fit, panel, mild, hard = workspace
    both = standing_of(fit, one({hard: "44343", mild: "22322"}), STANDARD, panel)
    alone = standing_of(fit, one({hard: "44343"}), STANDARD, panel)
    without_mild = next(line.without for line in both.raters if line.rater == mild)
    assert without_mild == pytest.approx(alone.above, abs=1e-6)


def test_a_strong_candidate_is_a_hire_and_a_weak_must_have_calls_for_a_talk(workspace):
    fit, panel, *_ = workspace
    three = tuple(panel)[3:6]
    strong = standing_of(fit, one(dict.fromkeys(three, "55555")), STANDARD, panel)
    assert advise(strong, STANDARD, Rule()).recommended.says == "hire"
    gap = standing_of(fit, one(dict.fromkeys(three, "51555")), STANDARD, panel)
    assert next(line.below for line in gap.dimensions if line.dimension == "d2") > 0.5
    advice = advise(gap, STANDARD, Rule())
    assert advice.recommended.says == "debrief"
    assert "must_have" in [trigger.code for trigger in advice.doubts]


def test_one_room_alone_assumes_its_variances_and_says_so(workspace):
    _, panel, *_ = workspace
    new = {rater: line._replace(interviews=1) for rater, line in panel.items()}
    found = standing_of(calibrate, one(dict.fromkeys(tuple(panel)[:3], "34343")), STANDARD, new)
    assert found.assumed == "fewer than 30 candidates were marked"
    assert found.raters[0].severity.why == "1 interview; a severity needs more"
    assert found.interval[0] < found.mean < found.interval[1]


def test_what_does_not_fit_is_named(workspace):
    fit, panel, mild, hard = workspace
    two = ratings([Row(mild, c, d, 3) for c in ("c1", "c2") for d in DIMENSIONS], (1, 5))
    with pytest.raises(ValueError, match="one candidate, not of 2"):
        standing_of(fit, two, STANDARD, panel)
    with pytest.raises(ValueError, match="panel: nothing is given about zoe"):
        standing_of(fit, one({"zoe": "33333"}), STANDARD, panel)
    short = STANDARD.model_copy(update={"asks": STANDARD.asks[1:]})
    with pytest.raises(ValueError, match="differ in the dimensions d1"):
        standing_of(fit, one({hard: "33333"}), short, panel)
    high = STANDARD.model_copy(update={"bar": STANDARD.bar.model_copy(update={"value": 7.0})})
    with pytest.raises(ValueError, match="bar: 7 does not lie between 1 and 5"):
        standing_of(fit, one({hard: "33333"}), high, panel)

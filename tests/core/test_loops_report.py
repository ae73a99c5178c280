"""A loop's report is one estimate over every counted mark of every room, and is made again to the byte."""

import pytest

from casesim.loops.core.given import LoopInput, RoomInput, kept, then, unlike
from casesim.loops.core.report import assemble, debrief
from rooms.core import messages as m
from scoring.core.calibrated import rater_name
from scoring.core.report import assemble as assemble_room
from scoring.core.report import canonical
from tests.scoring.builders import PLAYED, START, calibrated, given, record, says, scenario, sheet, starts

KNOWN = calibrated(1, 2)
NAMES = {"rater1": rater_name(1, "", ""), "rater2": rater_name(2, "", "")}


def room(number, *sheets, raters=NAMES, focus=None, **more):
    one = given(*sheets, room=f"r{number}", title=f"Room {number}", calibration="", **more)
    names = {each.seat: raters[each.seat] for each in sheets}
    return RoomInput(given=one.model_copy(update={"raters": names}), focus=focus or {})


def loop(*rooms, **more):
    return LoopInput(loop=7, candidate="Cleo", rooms=rooms, calibration="c" * 64, **more)


TWO = loop(room(1, sheet("rater1", "444"), sheet("rater2", "443")), room(2, sheet("rater1", "223")))


def test_a_loop_of_one_room_says_what_the_rooms_own_report_says():
    sheets = (sheet("rater1", "433"), sheet("rater2", "434"))
    alone = assemble_room(given(*sheets, raters=NAMES), KNOWN)
    found = assemble(loop(room(1, *sheets)), KNOWN)
    assert found.advice.adjusted == alone.advice.adjusted
    assert (found.says, found.agreement) == (alone.says, alone.agreement)
    assert [d.raw for d in found.dimensions] == [d.raw for d in alone.dimensions]


def test_the_estimate_is_over_marks_and_no_mean_of_rooms_means():
    found = assemble(TWO, KNOWN)
    framing = found.dimensions[0]
    assert (framing.raw.value, framing.raw.n) == (pytest.approx(3.33, abs=0.01), 3)  # not (4 + 2) / 2
    assert found.generated_from == {"rooms": 2, "scoresheets": 3, "marks": 9, "quotes": 9}


def test_the_same_person_in_two_rooms_is_one_rater_and_keeps_both_marks():
    found = assemble(TWO, KNOWN)
    assert [rater.name for rater in found.advice.raters] == ["Ana", "Ben"]
    ana = next(rater for rater in found.advice.raters if rater.name == "Ana")
    assert ana.raw.value == pytest.approx(
        (2 * 3 + 3 + 3.5) / 4
    )  # framing weighs 2: means of 4 and 2, 4 and 2, 4 and 3


def test_a_second_room_makes_the_interval_narrower():
    def width(found):
        low, high = found.advice.adjusted.interval
        return high - low

    one = loop(room(1, sheet("rater1", "333"), sheet("rater2", "333")))
    strangers = {"rater1": "r2 rater1", "rater2": "r2 rater2"}
    two = loop(*one.rooms, room(2, sheet("rater1", "333"), sheet("rater2", "333"), raters=strangers))
    assert width(assemble(two, KNOWN)) < width(assemble(one, KNOWN))


def test_raters_agree_on_a_room_that_both_saw_and_on_nothing_else():
    alone = loop(
        room(1, sheet("rater1", "444")), room(2, sheet("rater2", "111"), raters={"rater2": NAMES["rater2"]})
    )
    found = assemble(alone, KNOWN)
    assert found.agreement.exact.value is None
    assert "no shared" in found.agreement.exact.why
    assert not any(line.wide for line in found.dimensions)  # two rooms may differ; raters of one may not


def test_the_report_says_which_rooms_probed_a_dimension():
    quiet = record(
        (1, m.SeatTaken(seat="candidate", name="Cleo")),
        starts("one", "Framing", 10),
        says(40, "I doubt the labels."),
    )
    found = assemble(loop(*TWO.rooms, room(3, lines=quiet)), KNOWN)
    assert {line.key: line.probed_in for line in found.dimensions} == {
        "framing": (1, 2),
        "data": (1, 2),
        "risk": (1, 2),
    }


def test_what_a_rater_was_not_asked_to_watch_is_no_gap():
    focused = room(
        1,
        sheet("rater1", "4--"),
        sheet("rater2", "-44"),
        focus={"rater1": ("framing",), "rater2": ("data", "risk")},
    )
    found = assemble(loop(focused), KNOWN)
    assert "not_observed" not in {trigger.code for trigger in found.advice.lacking}
    unfocused = assemble(loop(room(1, sheet("rater1", "4--"), sheet("rater2", "-44"))), KNOWN)
    assert "not_observed" in {trigger.code for trigger in unfocused.advice.lacking}


def test_a_dimension_that_nobody_was_asked_to_watch_stays_in_the_report():
    focused = room(
        1,
        sheet("rater1", "4--"),
        sheet("rater2", "4--"),
        focus={"rater1": ("framing",), "rater2": ("framing",)},
    )
    found = assemble(loop(focused), KNOWN)
    assert [line.key for line in found.dimensions] == ["framing", "data", "risk"]
    assert found.dimensions[1].raw.why == "nobody observed it"


def test_extra_time_is_told_as_an_adjustment():
    lines = record(
        (0, m.Adjusted(extra_time=25)), *[(e.at // 1000 - START // 1000, e.event) for e in PLAYED[1:]]
    )
    evidence = sheet("rater1", "---")
    found = assemble(loop(room(1, evidence, lines=lines)), None)
    assert found.rooms[0].extra_time == 25
    assert any("adjustment" in text and "slowness" in text for text in found.limits)


def test_rooms_that_are_missing_are_named():
    found = assemble(loop(*TWO.rooms, missing=("Room 3",)), KNOWN)
    assert "Not in it, because they are not played or not rated yet: Room 3." in found.limits


def test_rooms_of_different_standards_are_not_put_together():
    rubric = scenario().rubric
    other = scenario(rubric={**rubric.model_dump(mode="json"), "bar": 2.75})
    assert unlike(rubric, other.rubric) == "its weights, floors or bar are others"
    assert unlike(rubric, rubric) == ""
    with pytest.raises(ValueError, match="Room 2: its weights, floors or bar are others"):
        assemble(loop(TWO.rooms[0], room(2, sheet("rater1", "333"), scenario=other)), KNOWN)


def test_a_loop_without_a_room_has_no_report():
    with pytest.raises(ValueError, match="no room of this loop can be read yet"):
        assemble(loop(), KNOWN)


def test_the_same_input_gives_the_same_bytes_and_another_input_another_name():
    assert canonical(assemble(TWO, KNOWN)) == canonical(assemble(TWO, KNOWN))
    renamed = TWO.model_copy(update={"candidate": "Cleo Ray"})
    assert assemble(renamed, KNOWN).digest != assemble(TWO, KNOWN).digest


def test_a_report_is_made_again_from_what_its_rooms_hold_later():
    later = sheet("rater1", "111", version=2, late=True)
    first = TWO.rooms[0].given
    grown = TWO.rooms[0].model_copy(
        update={"given": first.model_copy(update={"sheets": (*first.sheets, later)})}
    )
    now = loop(grown, TWO.rooms[1], room(3, sheet("rater1", "444")), missing=("Room 4",))
    assert assemble(now, KNOWN).digest != assemble(TWO, KNOWN).digest
    assert canonical(assemble(then(now, kept(TWO)), KNOWN)) == canonical(assemble(TWO, KNOWN))


def test_the_debrief_needs_no_model_and_has_the_same_marks():
    found = debrief(TWO)
    assert [line.rooms for line in found.dimensions] == [
        line.rooms for line in assemble(TWO, KNOWN).dimensions
    ]
    assert found.dimensions[0].adjusted.value is None

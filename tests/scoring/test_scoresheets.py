"""Scoresheets: blind, versioned, resting on the rater's own feed, unchangeable once submitted."""

import pytest
from django.db import DatabaseError, transaction

from rooms.access import SeatRef
from scoring import queries, service
from scoring.core.sheets import BadSheet, Draft, DraftMark, Problem
from scoring.models import Evidence, Rating, RatingClosed, ReportRequest, Scoresheet


def ref(table, seat, kind):
    return SeatRef(table.id, seat, kind, kind, kind)


def submit(table, seat, levels="333", **more):
    return service.submit_scoresheet(table.id, seat, table.draft(seat, levels, **more), table.now)


def stored(table, seat):
    return [
        (s.version, s.late, "".join(str(m.level or "-") for m in s.marks))
        for s in queries.sheets(table.id)
        if s.seat == seat
    ]


def test_a_submitted_sheet_stands_with_quotes_copied_from_the_raters_own_feed(table):
    row = submit(table, "rater1", "43-")
    (sheet,) = queries.sheets(table.id)
    assert (sheet.name, sheet.version, sheet.submitted_at, sheet.late) == ("Ana", 1, table.now, False)
    assert [(m.dimension, m.level, m.not_observed) for m in sheet.marks] == [
        ("framing", 4, False),
        ("data", 3, False),
        ("risk", None, True),
    ]
    assert sheet.marks[0].evidence[0].quote == "I doubt the labels."
    assert sheet.marks[0].evidence[0].n == table.n("rater1", "doubt")
    assert row.version == 1


def test_a_draft_may_lack_anything_and_is_kept(table):
    draft = Draft(marks=(DraftMark(dimension="risk", level=2),), incident="Her line broke.")
    saved = service.save_draft(table.id, "rater1", draft, table.now)
    assert (saved.version, saved.problems) == (1, ())
    desk = queries.desk(queries.rooms.queries.room(table.id), "rater1")
    assert (desk.draft.marks[2], desk.draft.incident) == (draft.marks[0], "Her line broke.")
    assert queries.sheets(table.id) == ()


def test_an_incomplete_sheet_is_refused_whole_and_its_draft_survives(table):
    draft = Draft(marks=(DraftMark(dimension="framing", level=2, note="Why I think so."),))
    with pytest.raises(BadSheet) as error:
        service.submit_scoresheet(table.id, "rater1", draft, table.now)
    assert error.value.problems == (
        Problem("data", "Choose a level, or “not observed”."),
        Problem("risk", "Choose a level, or “not observed”."),
        Problem(None, "The closing judgement is still open."),
    )
    assert queries.sheets(table.id) == ()
    assert Rating.objects.get(dimension="framing").note == "Why I think so."


def test_evidence_that_the_rater_never_saw_is_refused_and_the_rest_is_kept(table):
    whispered = len(queries.rooms.queries.lines(table.id, "facilitator"))
    draft = table.draft("rater1", "333")
    forged = draft.marks[0].model_copy(update={"evidence": (whispered + 50, *draft.marks[0].evidence)})
    with pytest.raises(BadSheet) as error:
        service.submit_scoresheet(
            table.id, "rater1", draft.model_copy(update={"marks": (forged, *draft.marks[1:])}), table.now
        )
    assert error.value.problems == (
        Problem("framing", f"Item {whispered + 50} of your transcript is nothing that was said."),
    )
    assert list(Evidence.objects.filter(rating__dimension="framing").values_list("quote", flat=True)) == [
        "I doubt the labels."
    ]


def test_an_item_in_which_nobody_spoke_is_no_evidence(table):
    draft = Draft(marks=(DraftMark(dimension="framing", level=3, evidence=(1,)),))
    saved = service.save_draft(table.id, "rater1", draft, table.now)
    assert saved.problems == (Problem("framing", "Item 1 of your transcript is nothing that was said."),)
    assert not Evidence.objects.exists()


def test_no_rater_can_quote_a_whisper(table):
    every = tuple(range(1, 100))
    for start in range(0, 99, 20):
        mark = DraftMark(dimension="framing", evidence=every[start : start + 20])
        service.save_draft(table.id, "rater1", Draft(marks=(mark,)), table.now)
        assert not Evidence.objects.filter(quote__contains="WHISPERED").exists()
    assert any("WHISPERED" in str(x.event) for x in queries.rooms.queries.record(table.id))  # the control


def test_what_no_rater_can_have_meant_is_not_kept(table):
    service.save_draft(table.id, "rater1", Draft(incident="kept"), table.now)
    with pytest.raises(BadSheet, match="9 is not a level"):
        service.save_draft(
            table.id, "rater1", Draft(marks=(DraftMark(dimension="risk", level=9),)), table.now
        )
    assert Scoresheet.objects.get().incident == "kept"


def test_only_a_raters_seat_has_a_sheet(table):
    with pytest.raises(LookupError):
        service.save_draft(table.id, "facilitator", Draft(), table.now)


def test_nothing_can_be_submitted_before_the_start(opens):
    early = opens().sit()
    marks = tuple(DraftMark(dimension=key, not_observed=True) for key in ("framing", "data", "risk"))
    with pytest.raises(BadSheet, match="The room has not started"):
        service.submit_scoresheet(early.id, "rater1", Draft(marks=marks), early.now)


def test_submitting_the_same_again_changes_nothing(table):
    first, again = submit(table, "rater1"), submit(table, "rater1")
    assert first.pk == again.pk
    assert stored(table, "rater1") == [(1, False, "333")]
    assert ReportRequest.objects.get().wanted == 1


def test_submitting_otherwise_makes_another_version_and_keeps_the_first(table):
    submit(table, "rater1", "333")
    submit(table, "rater1", "334")
    assert stored(table, "rater1") == [(1, False, "333"), (2, False, "334")]


def test_a_version_made_when_the_others_could_be_seen_is_marked_late(table):
    submit(table, "rater1", "333")
    submit(table, "rater2", "222")
    submit(table, "rater1", "223")
    assert stored(table, "rater1") == [(1, False, "333"), (2, True, "223")]
    assert stored(table, "rater2") == [(1, False, "222")]


def test_a_form_left_open_elsewhere_cannot_bring_back_an_old_sheet(table):
    submit(table, "rater1", "333")
    with pytest.raises(service.StaleSheet):
        service.save_draft(table.id, "rater1", table.draft("rater1", "111"), table.now, version=1)
    assert Scoresheet.objects.count() == 1


def test_the_sheets_unlock_when_every_rater_has_submitted(table):
    assert not queries.unlocked(table.id)
    submit(table, "rater1")
    assert not queries.unlocked(table.id)
    assert [o.name for o in queries.owed(queries.rooms.queries.room(table.id))] == ["Ben"]
    submit(table, "rater2")
    assert queries.unlocked(table.id)


def test_the_facilitator_can_close_rating_once_and_the_rest_is_late(table):
    submit(table, "rater1")
    service.close_rating(table.id, "facilitator", table.now)
    service.close_rating(table.id, "facilitator", table.now + 9)
    assert queries.unlocked(table.id)
    assert [(c.name, c.at) for c in RatingClosed.objects.all()] == [("Fay", table.now)]
    submit(table, "rater2", "222")
    assert stored(table, "rater2") == [(1, True, "222")]


def test_a_room_without_raters_is_never_unlocked_by_itself(opens):
    assert not queries.unlocked(opens(raters=0).id)


def test_each_seat_sees_its_own_sheet_until_all_are_in_and_a_candidate_never_does(table):
    submit(table, "rater1", "333")
    seats = [("rater1", "rater"), ("rater2", "rater"), ("facilitator", "facilitator"), ("ops", "panel")]
    seen = lambda: [[s.seat for s in queries.visible_sheets(ref(table, *seat))] for seat in seats]  # noqa: E731
    assert seen() == [["rater1"], [], [], []]
    submit(table, "rater2", "222")
    assert seen() == [["rater1", "rater2"]] * 4
    assert queries.visible_sheets(ref(table, "candidate", "candidate")) == ()


@pytest.mark.parametrize(
    ("rows", "change"),
    [
        (Scoresheet.objects, {"closing": 1}),
        (Rating.objects, {"level": 1}),
        (Evidence.objects, {"quote": "I am sure of it."}),
    ],
)
def test_what_was_submitted_cannot_be_changed_even_by_the_side_door(table, rows, change):
    submit(table, "rater1")
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        rows.update(**change)

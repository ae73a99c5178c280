"""Erasing takes the words out of a room, its sheets, its report and its signature; marks and counts stay."""

import json

import pytest
from django.db import DatabaseError, connection, transaction

import rooms.erasing
import rooms.queries
from rooms.core import messages as m
from rooms.core.erasure import NOBODY, TOMBSTONE
from rooms.models import Room, RoomEvent
from scoring import erasing, queries, service
from scoring.models import Report, Scoresheet, Signature

pytestmark = pytest.mark.usefixtures("table")


@pytest.fixture
def reported(table):
    """A room that was rated, reported and signed."""
    for seat, levels in (("rater1", "433"), ("rater2", "434")):
        draft = table.draft(seat, levels, note=f"NOTE of {seat}")
        service.submit_scoresheet(table.id, seat, draft, table.now)
    report = service.build_report(table.id)
    service.sign(table.id, report.digest, "facilitator", "hire", "Fay", "REASON: Cleo is clear", table.now)
    return table


@transaction.atomic
def erase(table, *seats):
    rooms.erasing.erase(table.id, seats)
    erasing.erase(table.id, seats)


def everything_kept(table) -> str:
    """Every text column of every row about this room, as one text."""
    kept = []
    for model in (Room, RoomEvent, Scoresheet, Report, Signature):
        kept += [str(row) for row in model.objects.values_list()]
    for row in Scoresheet.objects.all():
        kept += [str(queries.sheet(row))]
    return "\n".join(kept)


def levels(table):
    return {(s.seat, x.dimension): x.level for s in queries.sheets(table.id) for x in s.marks}


def document():
    return json.loads(Report.objects.get().document)


def test_nothing_the_candidate_said_and_nothing_said_of_them_is_left(reported):
    before = levels(reported)
    erase(reported, "candidate")
    left = everything_kept(reported)
    for said in ("Cleo", "NOTE of", "REASON", "I doubt the labels", "Score at checkout", "WHISPERED"):
        assert said not in left
    assert levels(reported) == before


def test_the_report_says_the_same_in_numbers(reported):
    before = document()
    erase(reported, "candidate")
    after = document()
    assert after["advice"]["raw"] == before["advice"]["raw"]
    assert (after["says"], after["header"]["candidate"]) == (before["says"], NOBODY)
    assert {x["key"]: [c["level"] for c in x["cells"]] for x in after["dimensions"]} == {
        x["key"]: [c["level"] for c in x["cells"]] for x in before["dimensions"]
    }


def test_the_decision_stays_signed_by_who_signed_it(reported):
    erase(reported, "candidate")
    signature = Signature.objects.get()
    assert (signature.decision, signature.name, signature.reason) == ("hire", "Fay", TOMBSTONE)
    assert signature.report == Report.objects.get()


def test_what_is_left_of_a_report_can_still_be_made_again(reported):
    erase(reported, "candidate")
    kept, made_again = service.replay(Report.objects.get().pk)
    assert kept == made_again


def test_a_report_on_what_is_left_is_not_stale(reported):
    erase(reported, "candidate")
    current = queries.current_report(reported.id)
    assert current is not None
    assert not current.stale


def test_a_rater_takes_their_name_and_notes_along_and_leaves_their_marks(reported):
    before = levels(reported)
    erase(reported, "rater1")
    left = everything_kept(reported)
    assert "NOTE of rater1" not in left
    assert "'Ana'" not in left
    assert "NOTE of rater2" in left
    assert "I doubt the labels" in left
    assert levels(reported) == before


def test_a_room_that_runs_keeps_its_words(opens):
    running = opens().sit()
    running.do("facilitator", m.Start(anyway=True))
    with pytest.raises(rooms.erasing.StillRunning):
        erase(running, "candidate")
    running.do("facilitator", m.Pause())
    with pytest.raises(rooms.erasing.StillRunning):
        erase(running, "candidate")


def test_whoever_folded_the_room_before_starts_over(reported):
    before = Room.objects.get().epoch
    state = rooms.queries.room(reported.id).state
    erase(reported, "candidate")
    after = rooms.queries.room(reported.id).state
    assert Room.objects.get().epoch != before
    assert (after.seq, after.status, after.utterances) == (state.seq, state.status, state.utterances)


def test_the_log_is_still_append_only(reported):
    erase(reported, "candidate")
    with pytest.raises(DatabaseError, match="never updated"), transaction.atomic(), connection.cursor() as c:
        c.execute("UPDATE rooms_roomevent SET body = '{}'")


def test_no_digest_of_what_was_said_is_left(reported):
    digests = dict(RoomEvent.objects.exclude(cause=None).values_list("seq", "digest"))
    erase(reported, "candidate")
    said = RoomEvent.objects.filter(body__contains=TOMBSTONE).exclude(cause=None)
    assert said.exists()
    assert all(row.digest == "" for row in said)
    assert any(digests[row.seq] for row in said)


def test_erasing_twice_is_erasing_once(reported):
    erase(reported, "candidate")
    once = list(RoomEvent.objects.order_by("seq").values_list("seq", "at", "cause", "audience", "body"))
    report = Report.objects.get().document
    erase(reported, "candidate")
    assert (
        list(RoomEvent.objects.order_by("seq").values_list("seq", "at", "cause", "audience", "body")) == once
    )
    assert Report.objects.get().document == report

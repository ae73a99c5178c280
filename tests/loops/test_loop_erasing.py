"""What a loop promised to forget goes, and what was decided stays without names or words."""

import json

import pytest

import rooms.queries
from casesim.loops import appeals, queries, reports, service
from casesim.loops.core.times import DAY
from casesim.loops.models import Appeal, Decision, Loop, LoopReport
from casesim.records import erasure, retention
from rooms.core.erasure import NOBODY, TOMBSTONE
from rooms.models import Room


@pytest.fixture
def decided(acme):
    """A loop of one room that was played, rated, decided, told and contested."""
    made = acme.loop(keep_days=30)
    acme.first = acme.play(acme.room(made))
    acme.rate(acme.first, "rater1", 4, 4)
    acme.rate(acme.first, "rater2", 4, 3)
    report = reports.build(made.pk, acme.now)
    reports.sign(acme.olga, made, report.digest, "hire", "Cora was clear.", acme.now)
    reports.release(acme.olga, made, "Well done, Cora.", acme.now)
    made.refresh_from_db()
    return made


def everything(loop):
    """All the text that the loop keeps."""
    rows = [
        *Loop.objects.values(),
        *LoopReport.objects.values(),
        *Decision.objects.values(),
        *Appeal.objects.values(),
    ]
    return str(rows)


def test_what_was_promised_to_go_goes_by_night_and_the_decision_stays(acme, decided):
    says = json.loads(LoopReport.objects.get().document)["says"]
    due = acme.now + 30 * DAY + 1
    assert retention.retain(due - 2 * DAY) == 0
    assert retention.retain(due + DAY) == 1
    assert retention.retain(due + 2 * DAY) == 0
    text = everything(decided)
    for gone in ("Cora", "What does an error cost", "cora@home.test", "Rita"):
        assert gone not in text
    found = LoopReport.objects.get()
    assert (found.decision.decision, found.decision.reason) == ("hire", TOMBSTONE)
    assert json.loads(found.document)["says"] == says
    assert reports.replay(found.pk)[0] == reports.replay(found.pk)[1]


def test_consent_taken_back_empties_the_rooms_the_next_night(acme, decided):
    service.consent(decided, False, acme.now)
    assert retention.retain(acme.now) == 1
    assert Room.objects.get(pk=acme.first).erased_at is not None
    assert queries.due_for_removal(acme.now) == ()


def test_a_rater_who_is_erased_leaves_marks_and_no_name_in_the_loops_report(acme, decided):
    erasure.erase_person(acme.olga, acme.rita.person.pk, acme.now)
    found = LoopReport.objects.get()
    assert "Rita" not in found.document
    assert json.loads(found.document)["generated_from"]["marks"] == 4
    assert found.decision.reason == "Cora was clear."


def test_an_appeal_loses_its_words_with_the_candidate(acme, decided):
    appeals.contest(decided, "I, Cora, object.", acme.now)
    appeals.answer(acme.olga, decided, "Dear Cora.", acme.now)
    appeals.review(acme.otto, decided, "hire", "Cora was right.", acme.now)
    erasure.erase_seat(acme.olga, acme.first, "candidate", acme.now)
    assert "Cora" not in everything(decided)
    assert (Appeal.objects.get().decision, Loop.objects.get().candidate) == ("hire", NOBODY)


def test_a_room_of_no_loop_is_erased_as_ever(acme, decided):
    lone = acme.room(acme.loop(candidate="Nobody yet"))
    erasure.empty_room(lone)
    assert rooms.queries.room(lone).state.status == "lobby"
    assert "Cora" in everything(decided)

"""A loop's report: asked for when marks change, built once, replayed, signed, told, contested."""

import json
from io import StringIO

import pytest
from celery import current_app
from django.core.management import call_command
from django.db import DatabaseError, transaction

from casesim.accounts.models import AuditEntry
from casesim.accounts.service import Refusal
from casesim.loops import appeals, learning, queries, reports, service, tasks
from casesim.loops.models import Appeal, Decision, Loop, LoopReport
from rooms.core import messages as m
from rooms.service import set_trainee
from scoring.service import close_rating
from tests.loops.conftest import SECOND


@pytest.fixture
def sent(monkeypatch):
    """What is handed to the broker."""
    found = []
    monkeypatch.setattr(current_app, "send_task", lambda name, args: found.append((name, args)))
    return found


@pytest.fixture
def loop(acme):
    """Two rooms, both played."""
    made = acme.loop()
    acme.first, acme.second = acme.play(acme.room(made)), acme.play(acme.room(made, SECOND))
    return made


@pytest.fixture
def rated(acme, loop):
    for room, levels in ((acme.first, (4, 4)), (acme.second, (3, 2))):
        acme.rate(room, "rater1", *levels)
        acme.rate(room, "rater2", *levels)
    return loop


def document(loop):
    return json.loads(reports.current(loop).row.document)


# --- asked for and built ----------------------------------------------------------------------------


def test_a_loop_is_asked_for_when_its_marks_change_and_not_otherwise(
    acme, loop, sent, django_capture_on_commit_callbacks
):
    def swept():
        sent.clear()
        with django_capture_on_commit_callbacks(execute=True):
            reports.sweep(acme.now)
        return sent[:]

    # the candidate's consents alone are news once
    assert swept() == [("casesim.loops.tasks.build_report", [loop.pk])]
    reports.build(loop.pk, acme.now)
    assert swept() == []
    acme.rate(acme.first, "rater1", 4, 4)
    assert swept() == [("casesim.loops.tasks.build_report", [loop.pk])]
    tasks.build_report(loop.pk)
    assert swept() == []


def test_what_was_asked_for_and_not_built_is_asked_for_again_and_ever_more_seldom(acme, rated, sent):
    reports.sweep(acme.now)
    waits = []
    for seconds in (29, 30, 59, 60):
        sent.clear()
        reports.sweep(acme.now + seconds * 1_000)
        waits.append(len(sent))
    assert waits == [0, 1, 0, 1]


def test_a_room_enters_the_report_once_its_sheets_are_in(acme, loop):
    acme.rate(acme.first, "rater1", 4, 4)
    assert reports.build(loop.pk, acme.now) is None
    acme.rate(acme.first, "rater2", 4, 3)
    first = reports.build(loop.pk, acme.now)
    found = json.loads(first.document)
    assert (first.final, [r["room"] for r in found["rooms"]]) == (False, [acme.first])
    assert found["missing"] == ["Cora Lind: A second case"]


def test_all_rooms_are_one_estimate(acme, rated):
    assert reports.build(rated.pk, acme.now).final
    found = document(rated)
    assert [rater["name"] for rater in found["advice"]["raters"]] == ["Rita", "Ben"]
    assert found["dimensions"][0]["raw"] == {
        "value": 3.5,
        "n": 4,
        "interval": None,
        "why": None,
        "caution": None,
    }
    assert found["generated_from"]["marks"] == 8
    assert found["says"] in ("debrief", "not_enough_evidence")


def test_a_rater_who_never_sat_down_is_named_by_their_account(acme):
    made = acme.loop()
    people = {"rater1": acme.tina.person.pk}
    room = acme.play(acme.room(made, people=people, raters=2), sit=False)
    acme.rate(room, "rater1", 3, 3)
    acme.rate(room, "rater2", 3, 3)
    reports.build(made.pk, acme.now)
    assert [rater["name"] for rater in document(made)["raters"]] == ["Tina", "Rater 2"]


def test_the_task_run_twice_makes_one_report(acme, rated):
    tasks.build_report(rated.pk)
    tasks.build_report(rated.pk)
    assert LoopReport.objects.count() == 1


def test_a_cancelled_room_is_not_waited_for(acme, rated):
    waits = acme.room(rated)
    assert json.loads(reports.build(rated.pk, acme.now).document)["missing"] == ["Cora Lind: A small case"]
    service.cancel(acme.olga, rated, waits, acme.now)
    assert reports.build(rated.pk, acme.now).final


def test_what_a_trainee_marks_counts_nowhere(acme):
    made = acme.loop()
    people = {"rater1": acme.rita.person.pk, "rater2": acme.ben.person.pk, "rater3": acme.tina.person.pk}
    room = acme.play(acme.room(made, people=people, trainees=("rater3",)))
    acme.rate(room, "rater1", 4, 4)
    acme.rate(room, "rater2", 4, 4)
    before = reports.build(made.pk, acme.now).document
    acme.rate(room, "rater3", 1, 1)
    assert reports.build(made.pk, acme.now).document == before
    assert json.loads(before)["rooms"][0]["trainees"] == 1
    (learnt,) = learning.of_trainee(made, acme.tina.person.pk)
    assert [(line.own, line.others) for line in learnt.lines] == [
        ("1 level 1", (("Rita", "4 level 4"), ("Ben", "4 level 4")))
    ] * 2
    assert learning.of_trainee(made, acme.rita.person.pk) == ()


def test_a_trainee_learns_nothing_before_their_own_sheet_is_in(acme):
    made = acme.loop()
    people = {"rater1": acme.rita.person.pk, "rater2": acme.tina.person.pk}
    room = acme.play(acme.room(made, people=people, trainees=("rater2",)))
    acme.rate(room, "rater1", 4, 4)
    assert learning.of_trainee(made, acme.tina.person.pk) == ()
    assert queries.readable_rooms(made, acme.tina.person.pk) == ()


def test_a_report_is_made_again_to_the_byte_after_marks_and_trainees_have_changed(acme, rated):
    report = reports.build(rated.pk, acme.now)
    acme.rate(acme.first, "rater1", 1, 1)
    acme.room(rated)
    kept, again = reports.replay(report.pk)
    assert kept == again
    assert reports.current(rated).stale
    out = StringIO()
    call_command("replay_loop_report", str(report.pk), stdout=out)
    assert out.getvalue().startswith(f"loop report {report.pk}: the same")


def test_a_report_is_never_changed(acme, rated):
    report = reports.build(rated.pk, acme.now)
    with pytest.raises(DatabaseError), transaction.atomic():
        LoopReport.objects.filter(pk=report.pk).update(document="{}")


def test_nothing_is_reported_or_signed_once_consent_was_taken_back(acme, rated):
    report = reports.build(rated.pk, acme.now)
    service.consent(rated, False, acme.now)
    acme.rate(acme.first, "rater1", 1, 1)
    rated.refresh_from_db()
    assert reports.build(rated.pk, acme.now) is None
    with pytest.raises(Refusal, match="took their consent back"):
        reports.sign(acme.olga, rated, report.digest, "hire", "because", acme.now)


# --- debrief ----------------------------------------------------------------------------------------------


def test_the_debrief_shows_rooms_whose_sheets_are_in_to_those_who_owe_none(acme, loop):
    acme.rate(acme.first, "rater1", 4, 4)
    acme.rate(acme.first, "rater2", 4, 4)
    olga, rita = acme.olga.person.pk, acme.rita.person.pk
    assert queries.readable_rooms(loop, olga) == (acme.first,)
    assert queries.readable_rooms(loop, rita) == ()  # rita still rates the second room
    acme.rate(acme.second, "rater1", 2, 2)
    assert queries.readable_rooms(loop, rita) == (acme.first,)
    shown = reports.debrief(loop, queries.readable_rooms(loop, rita))
    assert [room["room"] for room in shown["rooms"]] == [acme.first]
    assert reports.debrief(loop, ()) is None


def test_rating_that_the_facilitator_closed_opens_the_room(acme, loop):
    acme.rate(acme.first, "rater1", 4, 4)
    close_rating(acme.first, "facilitator", acme.now)
    assert acme.first in queries.readable_rooms(loop, acme.olga.person.pk)


# --- decision ---------------------------------------------------------------------------------------------


def sign(acme, loop, who="olga", decision="hire", reason="The panel talked it over."):
    digest = reports.current(loop).row.digest
    return reports.sign(acme.people[who], loop, digest, decision, reason, acme.now)


def test_a_named_person_signs_and_may_differ_from_the_recommendation_with_a_reason(acme, rated):
    reports.build(rated.pk, acme.now)
    with pytest.raises(Refusal, match="say why"):
        sign(acme, rated, reason="")
    signed = sign(acme, rated)
    assert (signed.name, signed.decision) == ("Olga", "hire")
    assert sign(acme, rated) == signed
    with pytest.raises(Refusal, match="Olga has signed this report already"):
        sign(acme, rated, who="otto", decision="no_hire")
    assert AuditEntry.objects.filter(act="signed decision").count() == 1
    with pytest.raises(DatabaseError), transaction.atomic():
        Decision.objects.update(reason="another")


def test_nobody_signs_while_rooms_are_missing_or_on_a_report_that_has_changed(acme, rated):
    report = reports.build(rated.pk, acme.now)
    acme.rate(acme.first, "rater1", 3, 3)
    with pytest.raises(Refusal, match="has changed"):
        reports.sign(acme.olga, rated, report.digest, "hire", "because", acme.now)
    acme.room(rated)
    reports.build(rated.pk, acme.now)
    with pytest.raises(Refusal, match="still to be played or rated"):
        sign(acme, rated)


def test_whoever_has_a_conflict_of_interest_does_not_decide(acme, rated):
    service.declare_conflict(acme.olga, rated, acme.otto.person.pk, acme.now)
    reports.build(rated.pk, acme.now)
    with pytest.raises(Refusal, match="conflict of interest"):
        sign(acme, rated, who="otto")


# --- told and contested -----------------------------------------------------------------------------------


@pytest.fixture
def told(acme, rated):
    reports.build(rated.pk, acme.now)
    with pytest.raises(Refusal, match="Nobody has signed"):
        reports.release(acme.olga, rated, "Well framed.", acme.now)
    sign(acme, rated, decision="no_hire")
    reports.release(acme.olga, rated, "Well framed.", acme.now)
    rated.refresh_from_db()
    return rated


def test_a_candidate_is_told_once(acme, told):
    with pytest.raises(Refusal, match="told already"):
        reports.release(acme.olga, told, "Again.", acme.now)


def test_a_candidate_contests_within_the_days_that_were_named_and_no_later(acme, told):
    with pytest.raises(Refusal, match="14 days"):
        appeals.contest(told, "My data was ignored.", acme.days(14) + 1)
    made = appeals.contest(told, "My data was ignored.", acme.days(14))
    assert appeals.contest(told, "My data was ignored.", acme.days(14)) == made
    with pytest.raises(Refusal, match="already"):
        appeals.contest(told, "And another thing.", acme.now)


def test_nothing_can_be_contested_before_it_was_told(acme, rated):
    with pytest.raises(Refusal, match="once you have been told"):
        appeals.contest(rated, "Unfair.", acme.now)


def test_a_second_person_decides_what_was_contested(acme, told):
    appeals.contest(told, "My data was ignored.", acme.now)
    with pytest.raises(Refusal, match="no answered appeal"):
        appeals.review(acme.otto, told, "hire", "They were right.", acme.now)
    appeals.answer(acme.olga, told, "We read the moment again.", acme.now)
    with pytest.raises(Refusal, match="You signed the decision"):
        appeals.review(acme.olga, told, "hire", "They were right.", acme.now)
    assert appeals.may_review(acme.otto, told) == ""
    appeals.review(acme.otto, told, "hire", "They were right.", acme.now)
    found = Appeal.objects.get()
    assert (found.decision, found.decided_name) == ("hire", "Otto")
    acts = set(AuditEntry.objects.filter(object__contains=f"loop {told.pk}").values_list("act", flat=True))
    assert {"contested the decision", "answered appeal", "decided appeal", "told the decision"} <= acts


def test_whoever_answered_is_not_the_second_person(acme, told):
    appeals.contest(told, "My data was ignored.", acme.now)
    appeals.answer(acme.otto, told, "We read it.", acme.now)
    with pytest.raises(Refusal, match="You answered this appeal"):
        appeals.review(acme.otto, told, "hire", "Right.", acme.now)


def test_what_is_contested_is_kept_until_it_is_decided(acme, told):
    assert queries.due_for_removal(acme.days(4_000)) != ()
    appeals.contest(told, "My data was ignored.", acme.now)
    assert queries.due_for_removal(acme.days(4_000)) == ()


# --- what people have to do -------------------------------------------------------------------------------


def owed(acme, name):
    return [each.what for each in queries.errands_of(acme.people[name].person)]


def test_everybody_is_told_what_they_have_to_do_about_a_loop(acme):
    made = acme.loop(person=acme.tina.person.pk, candidate="Tina")
    room = acme.room(made)
    assert (owed(acme, "tina"), owed(acme, "olga")) == (["consent"], [])
    acme.play(room)
    assert owed(acme, "tina") == []
    acme.rate(room, "rater1", 3, 3)
    acme.rate(room, "rater2", 3, 3)
    reports.build(made.pk, acme.now)
    assert (owed(acme, "olga"), owed(acme, "otto")) == (["decide"], [])
    sign(acme, made)
    assert owed(acme, "olga") == ["release"]
    reports.release(acme.olga, made, "Well framed.", acme.now)
    assert owed(acme, "olga") == []
    appeals.contest(Loop.objects.get(), "No.", acme.now)
    assert owed(acme, "olga") == ["answer"]
    appeals.answer(acme.olga, made, "Hm.", acme.now)
    assert (owed(acme, "olga"), owed(acme, "otto"), owed(acme, "rita")) == ([], ["review"], [])
    appeals.review(acme.otto, made, "hire", "Right.", acme.now)
    assert owed(acme, "otto") == []


def test_who_learns_is_settled_before_the_room_starts(acme, loop):
    with pytest.raises(ValueError, match="start"):
        set_trainee(acme.first, "rater2", True)


def test_the_extra_time_of_a_loop_is_in_its_report(acme):
    made = acme.loop(extra_time=50)
    room = acme.play(acme.room(made))
    acme.rate(room, "rater1", 3, 3)
    acme.rate(room, "rater2", 3, 3)
    reports.build(made.pk, acme.now)
    found = document(made)
    assert found["rooms"][0]["extra_time"] == 50
    assert any("adjustment" in text for text in found["limits"])
    assert not any(isinstance(x, m.Extended) for x in found)

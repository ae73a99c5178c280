"""Trainees mark as the others do and count nowhere; practice is apart from assessment."""

import pytest
from django.db import IntegrityError, transaction

import rooms.queries
from rooms.models import Seat
from rooms.service import open_room, set_trainee
from scoring import calibrations, gathering, outcomes, queries, service
from scoring.models import Calibration
from tests.accounts.builders import workspace
from tests.builders import T0, published
from tests.scoring import workspaces
from tests.scoring.builders import START

pytestmark = pytest.mark.django_db
AFTER = START + 800_000  # ms
BOTH = {"framing": 3, "risk": 2}


@pytest.fixture
def taught(opens):
    """A room that was played to its end, with two raters and a trainee between them."""
    return opens(raters=3, trainees=("rater2",)).play()


def submit(table, seat, levels="333"):
    service.submit_scoresheet(table.id, seat, table.draft(seat, levels), AFTER)


def report(table):
    return queries.plain(service.build_report(table.id, AFTER).document)


def test_nobody_waits_for_a_trainee(taught):
    submit(taught, "rater1")
    assert not queries.unlocked(taught.id)
    submit(taught, "rater3")
    assert queries.unlocked(taught.id)
    assert queries.progress_of([taught.id])[taught.id].unlocked
    assert queries.owed(rooms.queries.room(taught.id)) == ()


def test_a_trainees_sheet_unlocks_nothing(taught):
    submit(taught, "rater1")
    submit(taught, "rater2")
    assert not queries.unlocked(taught.id)
    assert [owed.seat for owed in queries.owed(rooms.queries.room(taught.id))] == ["rater3"]


def test_a_report_is_the_same_with_a_trainees_sheet_and_without(taught):
    submit(taught, "rater1", "333")
    submit(taught, "rater3", "322")
    before = service.build_report(taught.id, AFTER)
    submit(taught, "rater2", "111")
    assert service.build_report(taught.id, AFTER + 1).pk == before.pk
    found = report(taught)
    assert [line["seat"] for line in found["raters"]] == ["rater1", "rater3"]
    assert "Trainees who marked as well, and whose sheets count nowhere: 1." in found["limits"]
    kept, again = service.replay(before.pk)
    assert kept == again


def test_where_only_trainees_rate_the_panel_is_still_a_panel(opens):
    here = opens(raters=1, trainees=("rater1",)).play()
    submit(here, "rater1")
    assert not queries.unlocked(here.id)
    service.close_rating(here.id, "facilitator", AFTER)
    assert queries.unlocked(here.id)
    assert report(here)["no_advice"] == "no scoresheet was submitted"
    (panel,) = rooms.queries.panels(rooms.queries.room(here.id).workspace_id)
    assert (panel.room_id, panel.raters) == (here.id, {})


def test_a_trainee_reads_that_the_sheet_counts_nowhere(taught):
    told = b"your sheet counts nowhere"
    assert told in taught.browser("rater2").get(f"/rooms/{taught.id}/rater2/sheet/").content
    assert told not in taught.browser("rater1").get(f"/rooms/{taught.id}/rater1/sheet/").content


def test_whose_marks_count_is_settled_before_the_room_starts(opens, taught):
    with pytest.raises(ValueError, match="settled before"):
        set_trainee(taught.id, "rater1", True)
    fresh = opens(raters=2)
    set_trainee(fresh.id, "rater2", True)
    assert rooms.queries.trainees(fresh.id) == ("rater2",)
    assert [chair.trainee for chair in rooms.queries.chairs(fresh.id) if chair.kind == "rater"] == [
        False,
        True,
    ]
    set_trainee(fresh.id, "rater2", False)
    assert rooms.queries.trainees(fresh.id) == ()


def test_only_a_rater_is_a_trainee(opens):
    with pytest.raises(ValueError, match="no trainee can sit in ops"):
        opens(trainees=("ops",))
    fresh = opens()
    with pytest.raises(ValueError, match="candidate rates nobody"):
        set_trainee(fresh.id, "candidate", True)
    with pytest.raises(LookupError):
        set_trainee(fresh.id, "rater9", True)
    with pytest.raises(IntegrityError), transaction.atomic():
        Seat.objects.filter(room=fresh.id, seat="candidate").update(trainee=True)


def test_a_purpose_nobody_knows_is_refused(opens):
    with pytest.raises(ValueError, match="purpose is assessment or practice, not 'fun'"):
        opens(purpose="fun")


# --- many rooms ---------------------------------------------------------------------------------------


def laid(made, panel, **more):
    people = {f"rater{seat}": person for seat, person in enumerate(panel, 1)}
    room = open_room(
        published(), workspace_id=made.pk, people=people, raters=len(panel), now=T0, **more
    ).room_id
    for seat in people:
        workspaces.submitted(room, seat, BOTH)
    return room


def test_no_calibration_learns_from_a_trainee():
    acme = workspace("acme")
    ana, ben = workspaces.raters(acme, "ana ben")
    laid(acme, [ana, ben], trainees=("rater2",))
    (found,) = gathering.gather(acme.pk)
    assert found.ratings.raters == (f"person {ana}",)
    assert found.people == {f"person {ana}": ana}


def test_practice_and_assessment_are_gathered_apart():
    acme = workspace("acme")
    (ana,) = workspaces.raters(acme, "ana")
    real, practice = laid(acme, [ana]), laid(acme, [ana], purpose="practice")
    found = {each.purpose: each.ratings.candidates for each in gathering.gather(acme.pk)}
    assert found == {"assessment": (real,), "practice": (practice,)}


def test_a_report_is_held_against_rooms_of_its_own_purpose(monkeypatch):
    monkeypatch.setattr(calibrations, "REPLICATES", (8, 8))
    acme = workspace("acme")
    (ana,) = workspaces.raters(acme, "ana")
    real, practice = laid(acme, [ana]), laid(acme, [ana], purpose="practice")
    calibrations.work(calibrations.ask(acme.pk, T0).pk)
    assert Calibration.objects.count() == 2
    assert queries.calibration_for(real).purpose == "assessment"
    assert queries.calibration_for(practice).purpose == "practice"


def test_practice_enters_no_outcome_and_no_audit():
    acme = workspace("acme")
    real, practice = workspaces.reported(acme, [3]), workspaces.reported(acme, [3], purpose="practice")
    assert [each.room for each in queries.verdicts(acme.pk)] == [real]
    assert [each.room for each in queries.verdicts(acme.pk, "practice")] == [practice]
    assert set(outcomes.scored_on(acme.pk)) == {real}


def test_a_report_on_practice_says_so(opens):
    here = opens(purpose="practice").play()
    submit(here, "rater1")
    submit(here, "rater2")
    found = report(here)
    assert found["header"]["purpose"] == "practice"
    assert any(line.startswith("This was practice") for line in found["limits"])

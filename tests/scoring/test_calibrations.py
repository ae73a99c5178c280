"""Calibrations of a workspace: asked for, done once, resumed, cancelled; and who reads what they found."""

import json

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from casesim import claims
from casesim.accounts.models import User
from rooms.service import open_room
from scoring import calibrations, gathering, raters, tasks
from scoring.core.calibrated import Calibrated
from scoring.models import Calibration, CalibrationRun, RaterFinding
from tests.accounts.builders import joined, workspace
from tests.builders import T0, published
from tests.scoring import workspaces

pytestmark = pytest.mark.django_db
BOTH = {"framing": 3, "risk": 2}


@pytest.fixture
def acme():
    """Four raters and an organiser; 32 rooms, which is enough to learn the spreads from."""
    made = workspace("acme", olga="organiser")
    people = workspaces.raters(made, "ana ben cora dan")
    workspaces.marked(made, people, 32, severe=people[3])
    return made


@pytest.fixture(autouse=True)
def few_draws(monkeypatch):
    """Enough for a calibration to be whole; the one test of what is flagged draws as many as ever."""
    monkeypatch.setattr(calibrations, "REPLICATES", (8, 8))


def asked(made):
    return calibrations.ask(made.pk, T0)


def run_of(made):
    return CalibrationRun.objects.filter(workspace=made).latest("pk")


def calibrate(made):
    """Ask, and run the real task here and now."""
    run = asked(made)
    tasks.calibrate.apply(args=[run.pk], throw=True)
    return run_of(made)


def browser(name):
    client = Client()
    client.force_login(User.objects.get(email=f"{name}@acme.test"))
    return client


# --- which marks count --------------------------------------------------------------------------------


def test_ratings_are_those_of_people_by_account_and_by_link_not_of_bots_and_rehearsals():
    acme = workspace("acme")
    (ana,) = workspaces.raters(acme, "ana")
    real = workspaces.laid(acme, [ana, None])
    workspaces.submitted(real, "rater1", BOTH)
    workspaces.submitted(real, "rater2", {"framing": 1, "risk": None})
    rehearsal = workspaces.laid(acme, [ana], bots=("candidate",))
    workspaces.submitted(rehearsal, "rater1", BOTH)
    (found,) = gathering.gather(acme.pk)
    assert set(found.ratings.rows) == {
        (f"person {ana}", real, "framing", 3),
        (f"person {ana}", real, "risk", 2),
        (f"{real} rater2", real, "framing", 1),
        (f"{real} rater2", real, "risk", None),
    }
    assert found.people == {f"person {ana}": ana}
    assert found.ratings.levels == (1, 2, 3, 4)


def test_of_a_raters_versions_the_last_that_was_marked_blind_counts():
    acme = workspace("acme")
    room = workspaces.laid(acme, [None])
    workspaces.submitted(room, "rater1", {"framing": 1}, version=1)
    workspaces.submitted(room, "rater1", {"framing": 2}, version=2)
    workspaces.submitted(room, "rater1", {"framing": 4}, version=3, late=True)
    (found,) = gathering.gather(acme.pk)
    assert [row.level for row in found.ratings.rows] == [2]


def test_a_workspace_learns_from_its_own_rooms_alone(acme):
    other = workspace("other")
    room = workspaces.laid(other, [None])
    workspaces.submitted(room, "rater1", BOTH)
    (found,) = gathering.gather(other.pk)
    assert found.ratings.candidates == (room,)
    (of_acme,) = gathering.gather(acme.pk)
    assert room not in of_acme.ratings.candidates


# --- a run --------------------------------------------------------------------------------------------


def test_a_run_keeps_a_calibration_and_what_it_found_of_each_rater(acme, monkeypatch):
    monkeypatch.setattr(calibrations, "REPLICATES", (20, 100))
    run = calibrate(acme)
    assert (run.outcome, run.made, run.error) == ("done", 1, "")
    row = Calibration.objects.get()
    known = Calibrated.model_validate_json(row.document)
    assert (row.workspace, known.frozen.assumed) == (acme, False)
    assert {rater.interviews for rater in known.raters.values()} == {24}
    assert set(known.raters) == set(known.frozen.raters)
    of_dan = next(one for one in raters.found(acme.pk) if one.name == "Dan")
    assert "severity" in of_dan.flagged
    assert of_dan.effects.points.value > 0.4


def test_where_nothing_is_new_a_run_makes_nothing(acme):
    calibrate(acme)
    again = calibrate(acme)
    assert (again.outcome, again.made, Calibration.objects.count()) == ("done", 0, 1)
    room = workspaces.laid(acme, [None])
    workspaces.submitted(room, "rater1", BOTH)
    assert calibrate(acme).made == 1


def test_nothing_changes_a_calibration_or_a_finding(acme):
    calibrate(acme)
    for row in (Calibration, RaterFinding):
        with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
            row.objects.update(document="{}")


def test_one_run_is_open_in_a_workspace_whoever_asks(acme):
    first = asked(acme)
    assert asked(acme).pk == first.pk
    assert calibrations.ask(workspace("other").pk, T0).pk != first.pk


def test_the_worker_is_called_once_it_is_committed(acme, django_capture_on_commit_callbacks, monkeypatch):
    sent = []
    monkeypatch.setattr(calibrations, "send", lambda *what: sent.append(what))
    with django_capture_on_commit_callbacks(execute=True):
        run = asked(acme)
        asked(acme)
        assert sent == []
    assert sent == [("scoring.tasks.calibrate", run.pk)]


def test_every_night_every_workspace_is_asked_for(acme):
    other = workspace("other")
    tasks.calibrate_all()
    assert {run.workspace for run in CalibrationRun.objects.filter(ended_at=None)} == {acme, other}


def test_a_second_worker_leaves_a_run_to_the_first(acme, monkeypatch):
    run = asked(acme)
    real = calibrations.gather

    def meanwhile(workspace_id):
        calibrations.work(run.pk)
        assert not Calibration.objects.exists()
        return real(workspace_id)

    monkeypatch.setattr(calibrations, "gather", meanwhile)
    calibrations.work(run.pk)
    assert (run_of(acme).tries, Calibration.objects.count()) == (1, 1)


def test_a_cancelled_run_stops_and_keeps_nothing(acme, monkeypatch):
    run = asked(acme)
    real = calibrations.spreads

    def cancelled_meanwhile(*given):
        calibrations.cancel(acme.pk, T0 + 5)
        return real(*given)

    monkeypatch.setattr(calibrations, "spreads", cancelled_meanwhile)
    calibrations.work(run.pk)
    assert (run_of(acme).outcome, run_of(acme).ended_at) == ("cancelled", T0 + 5)
    assert not Calibration.objects.exists()
    assert calibrations.cancel(acme.pk, T0 + 6) is False


class Killed(BaseException):
    """As a process that is killed: nothing is tidied up."""


def test_a_killed_workers_run_is_taken_up_where_it_was_and_ends_with_the_same_bytes(acme, monkeypatch):
    run = asked(acme)

    def killed(*_):
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(calibrations, "at_spreads", killed)
        with pytest.raises(Killed):
            calibrations.work(run.pk)
    now = run_of(acme).beat_at
    calibrations.work(run.pk)  # the claim is fresh: perhaps the first worker lives
    assert not Calibration.objects.exists()
    sent = []
    monkeypatch.setattr(calibrations, "send", lambda *what: sent.append(what))
    assert calibrations.sweep(now + claims.LEASE) == 0
    assert calibrations.sweep(now + claims.LEASE + 1) == 1
    assert sent == [("scoring.tasks.calibrate", run.pk)]
    CalibrationRun.objects.update(beat_at=now - 2 * claims.LEASE)  # as if the minute had passed
    with monkeypatch.context() as patch:
        patch.setattr(calibrations, "spreads", killed)  # must not be searched for again
        calibrations.work(run.pk)
    resumed = Calibration.objects.get().digest
    Calibration.objects.all().delete()
    calibrate(acme)
    assert Calibration.objects.get().digest == resumed


def test_a_worker_that_lost_its_claim_writes_nothing(acme, monkeypatch):
    run = asked(acme)
    real = calibrations.at_spreads

    def taken_over(*given):
        CalibrationRun.objects.update(claim="another")
        return real(*given)

    monkeypatch.setattr(calibrations, "at_spreads", taken_over)
    calibrations.work(run.pk)
    assert (run_of(acme).claim, run_of(acme).ended_at) == ("another", None)
    assert not Calibration.objects.exists()


def test_a_run_that_keeps_failing_is_called_failed_with_the_reason(acme, monkeypatch):
    run = asked(acme)

    def broken(*_):
        raise ValueError("no such link")

    monkeypatch.setattr(calibrations, "spreads", broken)
    for _ in range(claims.TRIES):
        with pytest.raises(ValueError, match="no such link"):
            calibrations.work(run.pk)
    calibrations.work(run.pk)  # one too many: not even begun
    now = run_of(acme).beat_at + claims.LEASE + 1
    assert calibrations.sweep(now) == 0
    assert (run_of(acme).outcome, run_of(acme).error) == ("failed", "ValueError('no such link')")


# --- who reads it -------------------------------------------------------------------------------------


def test_a_rater_reads_about_themselves_and_the_organiser_about_all(acme):
    calibrate(acme)
    dan = User.objects.get(email="dan@acme.test")
    own = browser("dan").get(reverse("scoring:your_marks", args=["acme"])).content.decode()
    assert "below an average rater" in own
    assert "Ana" not in own
    page = browser("olga").get(reverse("scoring:raters", args=["acme"])).content.decode()
    assert [name in page for name in ("Ana", "Ben", "Cora", "Dan")] == [True] * 4
    assert browser("olga").get(reverse("scoring:rater", args=["acme", dan.pk])).status_code == 200
    assert browser("ana").get(reverse("scoring:rater", args=["acme", dan.pk])).status_code == 404


def test_nothing_is_said_of_a_rater_with_fewer_than_ten_interviews():
    acme = workspace("acme", olga="organiser")
    people = workspaces.raters(acme, "ana ben")
    workspaces.marked(acme, people, 8, severe=people[0])
    calibrate(acme)
    page = browser("ana").get(reverse("scoring:your_marks", args=["acme"])).content.decode()
    assert "too few interviews to say: 4 of 10" in page
    assert "level" not in page.split("<main")[1].split("Nothing can be said yet")[1]


def test_another_workspaces_organiser_finds_neither_raters_nor_runs(acme):
    calibrate(acme)
    joined(workspace("other"), "oscar", "owner")
    dan = User.objects.get(email="dan@acme.test")
    client = browser("oscar")
    assert client.get(reverse("scoring:rater", args=["other", dan.pk])).status_code == 404
    assert "Dan" not in client.get(reverse("scoring:raters", args=["other"])).content.decode()
    assert client.get(reverse("scoring:progress", args=["acme"])).status_code == 404


def test_the_organiser_sees_how_far_it_is_and_cancels(acme):
    client = browser("olga")
    progress = reverse("scoring:progress", args=["acme"])
    assert client.get(progress).json() == {"open": False, "stage": "", "done": 0}
    client.post(reverse("scoring:calibrate", args=["acme"]))
    CalibrationRun.objects.update(stage="small, version 1: spreads", done=3)
    assert client.get(progress).json() == {"open": True, "stage": "small, version 1: spreads", "done": 3}
    assert "pass 4" in client.get(reverse("scoring:raters", args=["acme"])).content.decode()
    client.post(reverse("scoring:cancel", args=["acme"]))
    assert client.get(progress).json()["open"] is False


def test_opened_rooms_without_a_workspace_teach_nobody(acme):
    opened = open_room(published(), raters=1, now=T0)
    workspaces.submitted(opened.room_id, "rater1", BOTH)
    assert all(
        opened.room_id not in json.dumps(each.ratings.candidates) for each in gathering.gather(acme.pk)
    )

"""Export, retention, erasing a person, taking people in: as an owner does them."""

import csv
import json
import re
import zipfile
from io import BytesIO, StringIO

import pytest
from django.contrib.auth import SESSION_KEY
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

import rooms.queries
from casesim import claims
from casesim.accounts.core.table import BadTable
from casesim.accounts.models import AuditEntry, Membership, User
from casesim.accounts.service import noted
from casesim.authoring import service as authoring
from casesim.cohorts.models import PlannedRoom, Words
from casesim.fairness.models import ProtectedLabel
from casesim.records import erasure, exports, people, retention
from casesim.records.models import Export
from rooms.core import messages as m
from rooms.core.erasure import NOBODY, TOMBSTONE
from rooms.models import Room, Seat
from rooms.service import handle_now
from scenarios.loader import LIBRARY
from scoring.gathering import gather
from scoring.models import Report, Scoresheet
from tests.accounts.builders import joined, workspace
from tests.accounts.builders import person as account
from tests.builders import T0
from tests.cohorts.builders import cohort
from tests.scoring.workspaces import DAY, laid, marked, raters, reported

pytestmark = pytest.mark.django_db
NOW = T0 + 1_000 * DAY


@pytest.fixture
def acme():
    return workspace("acme")


@pytest.fixture
def owner(acme):
    return joined(acme, "olga", "owner")


def page(standing) -> Client:
    client = Client()
    client.force_login(standing.person)
    return client


def taken_along(acme, tmp_path) -> dict[str, bytes]:
    target = tmp_path / "all.zip"
    exports.write(acme, target)
    with zipfile.ZipFile(target) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


# --- exports ------------------------------------------------------------


def test_an_export_holds_every_table_twice_and_every_log_and_report_as_it_is(acme, owner, tmp_path):
    room = reported(acme, [3, 2])
    files = taken_along(acme, tmp_path)
    for name in ("rooms", "seats", "marks", "members", "outcomes", "audit"):
        rows = list(csv.DictReader(StringIO(files[f"{name}.csv"].decode(), newline="")))
        assert len(rows) == len(json.loads(files[f"{name}.json"]))
    marks = json.loads(files["marks.json"])
    assert {(x["seat"], x["level"]) for x in marks} == {("rater1", 3), ("rater2", 2)}
    log = [json.loads(line) for line in files[f"logs/{room}.jsonl"].splitlines()]
    assert [x["type"] for x in log][-1] == "room_ended"
    report = Report.objects.get()
    assert files[f"reports/{room}-{report.digest[:12]}.json"].decode() == report.document
    manifest = json.loads(files["manifest.json"])
    assert set(manifest["sha256"]) == set(files) - {"manifest.json"}


def test_what_is_still_blind_or_still_running_stays_out(acme, owner, tmp_path):
    running, blind = laid(acme, [None]), laid(acme, [None, None])
    handle_now(running, "facilitator", m.Start(anyway=True), "start", T0 + 2)
    handle_now(running, "candidate", m.Say(text="SPOKEN"), "say", T0 + 3)
    when = {"saved_at": 1, "submitted_at": 1}
    Scoresheet.objects.create(
        room=blind, seat="rater1", version=1, rater_name="R", closing_note="MARKED", **when
    )
    files = taken_along(acme, tmp_path)
    everything = b"".join(files.values())
    assert b"SPOKEN" not in everything
    assert b"MARKED" not in everything
    assert {x["room"]: x["marks"] for x in json.loads(files["rooms.json"])} == {
        running: "blind",
        blind: "blind",
    }


def written(standing, slug: str):
    """A draft of a case with one script, written and published by somebody."""
    text = (LIBRARY / "fraud" / "scenario.yaml").read_text()
    draft = authoring.begin(standing, slug, text, {"strong": '{"at": 1}\n'}, NOW)
    return draft, authoring.publish(standing, draft)


def test_the_cases_a_workspace_wrote_are_taken_along_as_they_are(acme, owner, tmp_path):
    draft, version = written(owner, "queue")
    files = taken_along(acme, tmp_path)
    assert files["drafts/queue.yaml"].decode() == draft.text
    assert files["drafts/queue/strong.jsonl"] == b'{"at": 1}\n'
    assert files[f"scenarios/{version.slug}-1.json"].decode() == version.document


def test_an_export_knows_nothing_of_another_workspace(acme, owner, tmp_path):
    other = workspace("other")
    there = reported(other, [3])
    written(joined(other, "otto", "owner"), "secret-case")
    files = taken_along(acme, tmp_path)
    assert there.encode() not in b"".join(files.values())
    assert [name for name in files if name.startswith(("drafts/", "scenarios/"))] == []


def test_no_secret_is_taken_along(acme, owner, tmp_path):
    reported(acme, [3, 2])
    everything = b"".join(taken_along(acme, tmp_path).values()).decode()
    secrets = [s for s in Seat.objects.values_list("token_digest", flat=True) if s]
    assert secrets
    assert not any(secret in everything for secret in (*secrets, owner.person.password))


def test_an_owner_asks_for_an_export_and_takes_it_within_a_day(
    acme, owner, django_capture_on_commit_callbacks
):
    reported(acme, [3])
    client = page(owner)
    client.post(reverse("records:export", args=["acme"]))
    client.post(reverse("records:export", args=["acme"]))  # asked twice is asked once
    run = Export.objects.get()
    exports.work(run.pk)
    exports.work(run.pk)  # a second worker leaves it
    shown = client.get(reverse("records:records", args=["acme"]))
    assert 'data-test="ready"' in shown.content.decode()
    answer = client.get(reverse("records:download", args=["acme", run.pk]))
    with zipfile.ZipFile(BytesIO(b"".join(answer.streaming_content))) as archive:
        assert "manifest.json" in archive.namelist()
    file = exports.path(Export.objects.get().file)
    exports.sweep(Export.objects.get().expires_at)
    assert not file.exists()
    assert client.get(reverse("records:download", args=["acme", run.pk])).status_code == 404


def test_an_export_is_nobodys_from_another_workspace(acme, owner):
    run = exports.ask(acme, owner.person, NOW)
    exports.work(run.pk)
    stranger = joined(workspace("other"), "stranger", "owner")
    assert page(stranger).get(reverse("records:download", args=["other", run.pk])).status_code == 404


def test_a_worker_that_died_is_followed_by_another(acme, owner, monkeypatch):
    sent = []
    monkeypatch.setattr(exports, "send", lambda task, about: sent.append(about))
    run = exports.ask(acme, owner.person, NOW)
    Export.objects.filter(pk=run.pk).update(claim="dead", tries=1, beat_at=0)
    exports.work(run.pk)
    assert Export.objects.get().file
    late = exports.ask(acme, owner.person, NOW)
    Export.objects.filter(pk=late.pk).update(claim="dead", tries=claims.TRIES)
    exports.sweep(NOW + claims.LEASE + 1)
    assert Export.objects.get(pk=late.pk).error
    assert sent == []


def test_the_command_writes_the_same_and_overwrites_nothing(acme, owner, tmp_path):
    reported(acme, [3])
    target = tmp_path / "x.zip"
    call_command("export_workspace", "acme", "--out", str(target), stdout=StringIO(), stderr=StringIO())
    assert zipfile.is_zipfile(target)
    with pytest.raises(CommandError, match="is there already"):
        call_command("export_workspace", "acme", "--out", str(target), stdout=StringIO(), stderr=StringIO())
    with pytest.raises(CommandError, match="no workspace 'nowhere'"):
        call_command("export_workspace", "nowhere", "--out", str(tmp_path / "y.zip"))


# --- erasing ------------------------------------------------------------


def rates(gathered) -> list[tuple]:
    return [(list(g.ratings.level), len(g.people)) for g in gathered]


def test_an_erased_person_leaves_marks_that_still_teach_and_no_name(acme, owner):
    people_ = raters(acme, "ana ben cem")
    marked(acme, people_, rooms=4)
    ana = User.objects.get(pk=people_[0])
    before = rates(gather(acme.pk))
    noted(ana, "opened report", "x", acme.pk)
    erasure.erase_person(owner, ana.pk, NOW)
    ana.refresh_from_db()
    assert (ana.name, ana.is_active) == (f"{NOBODY} {ana.pk}", False)
    assert rates(gather(acme.pk)) == before  # one rater stays one rater
    assert not Membership.objects.filter(person=ana).exists()
    lines = list(AuditEntry.objects.values_list("actor_name", "object"))
    assert not any("ana@" in text for line in lines for text in line)
    assert (NOBODY, "x") in lines


def test_somebody_who_is_elsewhere_too_keeps_the_account_and_is_nobody_here(acme, owner):
    people_ = raters(acme, "ana ben cem")
    ana = User.objects.get(pk=people_[0])
    Membership.objects.create(workspace=workspace("other"), person=ana, role="member")
    marked(acme, people_, rooms=2)
    before = [levels for levels, _ in rates(gather(acme.pk))]
    erasure.erase_person(owner, ana.pk, NOW)
    ana.refresh_from_db()
    assert (ana.name, ana.is_active) == ("Ana", True)
    assert not Seat.objects.filter(room__workspace=acme, person=ana).exists()
    assert sorted(map(sorted, before)) == sorted(map(sorted, [x for x, _ in rates(gather(acme.pk))]))


def test_an_erased_person_is_signed_out_and_cannot_come_back(acme, owner):
    ben = joined(acme, "ben", "member")
    client = page(ben)
    assert SESSION_KEY in client.session
    erasure.erase_person(owner, ben.person.pk, NOW)
    assert client.get(reverse("accounts:you")).status_code == 302
    assert not client.login(email="ben@acme.test", password="correct horse")


@pytest.mark.parametrize("who", ["self", "stranger", "nobody"])
def test_whom_one_cannot_erase(acme, owner, who):
    stranger = joined(workspace("other"), "stranger", "owner").person
    number = {"self": owner.person.pk, "stranger": stranger.pk, "nobody": 10**9}[who]
    with pytest.raises(erasure.Refusal):
        erasure.erase_person(owner, number, NOW)
    assert User.objects.get(pk=stranger.pk).is_active


def test_nothing_is_erased_of_somebody_in_a_room_that_runs(acme, owner):
    ana, done = raters(acme, "ana")[0], reported(acme, [3])
    Seat.objects.filter(room=done, seat="rater1").update(person=ana)
    running = laid(acme, [ana])
    handle_now(running, "facilitator", m.Start(anyway=True), "start", T0 + 2)
    with pytest.raises(erasure.Refusal, match=f"Room {running} is still running"):
        erasure.erase_person(owner, ana, NOW)
    assert User.objects.get(pk=ana).is_active


def test_a_guest_is_erased_by_the_seat_and_their_labels_with_them(acme, owner):
    room = reported(acme, [3, 2])
    ProtectedLabel.objects.create(
        workspace=acme, room=room, attribute="sex", label="f", entered_by=owner.person,
        entered_at="2026-01-01T00:00:00Z",
    )  # fmt: skip
    answer = page(owner).post(reverse("records:erase_seat", args=["acme", room]), {"seat": "candidate"})
    assert answer.status_code == 302
    assert rooms.queries.room(room).state.seats["candidate"].name == NOBODY
    assert not ProtectedLabel.objects.exists()
    assert Seat.objects.get(room=room, seat="candidate").token_digest is None


def test_somebody_ends_their_own_account(acme, owner):
    ben = joined(acme, "ben", "member")
    client = page(ben)
    assert client.post(reverse("records:end_account"), {"address": "olga@acme.test"}).status_code == 422
    assert client.post(reverse("records:end_account"), {"address": "Ben@acme.test "}).status_code == 302
    ben.person.refresh_from_db()
    assert not ben.person.is_active
    assert not Membership.objects.filter(person=ben.person).exists()
    assert not AuditEntry.objects.filter(actor_name__contains="ben").exists()
    assert client.get(reverse("accounts:you")).status_code == 302


def test_the_last_owner_hands_over_before_they_end_their_account(acme, owner):
    answer = page(owner).post(reverse("records:end_account"), {"address": "olga@acme.test"})
    assert "last owner of Acme" in answer.content.decode()
    owner.person.refresh_from_db()
    assert owner.person.is_active


# --- retention ------------------------------------------------------------


def test_rooms_are_emptied_when_their_time_is_over_and_not_before(acme, owner):
    old = reported(acme, [3])
    retention.declare(owner, 30, NOW)
    assert retention.retain(T0 + 29 * DAY) == 0
    assert retention.retain(T0 + 31 * DAY) == 1
    assert retention.retain(T0 + 31 * DAY) == 0
    state = rooms.queries.room(old).state
    assert {seat.name for seat in state.seats.values() if seat.name} == {NOBODY}
    assert Room.objects.get(pk=old).erased_at
    assert Report.objects.get().document.count(TOMBSTONE)
    assert ("retention", f"room {old}, 30 days") in AuditEntry.objects.values_list("actor_name", "object")


def test_a_workspace_without_a_rule_keeps_what_was_said(acme, owner):
    reported(acme, [3])
    retention.declare(owner, 30, NOW)
    retention.declare(owner, None, NOW)
    assert retention.retain(NOW) == 0


def test_a_room_that_still_runs_is_left_to_another_night(acme, owner):
    running = laid(acme, [None])
    handle_now(running, "facilitator", m.Start(anyway=True), "start", T0 + 2)
    retention.declare(owner, 7, NOW)
    assert retention.retain(NOW) == 0
    assert Room.objects.get(pk=running).erased_at is None


# --- people ------------------------------------------------------------

TABLE = "email,name,role\nnew@x.test,New One,author\nolga@acme.test,Else,member\nfar@acme.test,Far,member\n"


def test_a_table_is_looked_at_first_and_then_taken_in_whole(acme, owner):
    far = account("far")
    client = page(owner)
    shown = client.post(reverse("records:people", args=["acme"]), {"table": TABLE}).content.decode()
    assert shown.count('data-test="step"') == 3
    assert Membership.objects.filter(workspace=acme).count() == 1
    client.post(reverse("records:people", args=["acme"]), {"table": TABLE, "take_in": "1"})
    roles = dict(Membership.objects.filter(workspace=acme).values_list("person__email", "role"))
    assert roles == {"olga@acme.test": "owner", "new@x.test": "author", "far@acme.test": "member"}
    far.refresh_from_db()
    assert far.name == "Far"  # as they called themselves
    assert people.take_in(owner, TABLE) == people.Taken(added=0, kept=3)


def test_a_table_with_one_bad_line_lets_nobody_in(acme, owner):
    with pytest.raises(BadTable):
        people.take_in(owner, TABLE + "nonsense,,member\n")
    assert not User.objects.filter(email="new@x.test").exists()


def test_who_came_in_by_a_table_signs_in_by_a_code(acme, owner, mailoutbox):
    people.take_in(owner, TABLE)
    client = Client()
    client.post(reverse("account_request_login_code"), {"email": "new@x.test"})
    code = re.search(r"^[A-Z0-9]+-[A-Z0-9]+$", mailoutbox[0].body, re.MULTILINE)
    assert code is not None, mailoutbox[0].body
    client.post(reverse("account_confirm_login_code"), {"code": code[0]})
    assert client.get(reverse("programs:workspace", args=["acme"])).status_code == 200


# --- cohorts ------------------------------------------------------------


def held_by(room: str, **seats: int) -> None:
    for seat, person in seats.items():
        Seat.objects.filter(room=room, seat=seat).update(person=person)


def written_about(room: str, here, *names: str) -> None:
    """These members wrote about the room, which their cohort's plan became."""
    turn = here.cohort.rounds.first()
    spec = json.dumps({"case": "small", "bots": [], "raters": 1, "people": {}})
    planned = PlannedRoom.objects.create(cohort=here.cohort, round=turn, number=1, room=room, spec=spec)
    for name in names:
        person = User.objects.get(email=f"{name}@acme.test")
        Words.objects.create(planned=planned, person=person, plus=f"{name} plus", delta="d", written_at=1)


def test_what_a_member_wrote_goes_with_them_and_all_of_it_with_the_candidate(tmp_path):
    here = cohort("ana ben cem dia", rounds=1, cases="")
    acme = here.cohort.workspace
    room = reported(acme, [3])
    ana, ben = (User.objects.get(email=f"{name}@acme.test").pk for name in ("ana", "ben"))
    held_by(room, candidate=ana, rater1=ben)
    written_about(room, here, "ana", "ben")
    boss = joined(acme, "boss", "owner")
    files = taken_along(acme, tmp_path)
    assert b"ana plus" not in b"".join(files.values())  # it is theirs
    assert len(json.loads(files["cohort_members.json"])) == 4
    assert json.loads(files["cohort_rooms.json"])[0]["room"] == room

    erasure.erase_person(boss, ben, NOW)
    assert [words.person_id for words in Words.objects.all()] == [ana]
    erasure.erase_seat(boss, room, "candidate", NOW)
    assert not Words.objects.exists()


def test_a_member_who_lives_on_elsewhere_is_nobody_in_the_cohort():
    here = cohort("ana ben cem dia", rounds=1, cases="")
    acme = here.cohort.workspace
    ana = User.objects.get(email="ana@acme.test")
    Membership.objects.create(workspace=workspace("other"), person=ana, role="member")
    erasure.erase_person(joined(acme, "boss", "owner"), ana.pk, NOW)
    members = sorted(str(member) for member in here.cohort.members.all())
    assert members == ["Ben", "Cem", "Dia", NOBODY]
    ana.refresh_from_db()
    assert (str(ana), ana.is_active) == ("Ana", True)

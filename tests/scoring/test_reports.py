"""Reports: asked for on submission, built by a task that may run twice, signed by a named person."""

import json
from concurrent.futures import ThreadPoolExecutor
from io import StringIO

import pytest
from celery import current_app
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from kombu.exceptions import OperationalError

import rooms.queries
from rooms.core import messages as m
from scoring import queries, rules, service, tasks
from scoring.core.decision.rule import Costs, Rule
from scoring.core.report import VERSION as FORM
from scoring.models import Calibration, Report, ReportRequest, Signature
from tests.scoring.builders import calibrated
from tests.scoring.conftest import keep, workspace

pytestmark = pytest.mark.usefixtures("table")


@pytest.fixture
def sent(monkeypatch):
    """What is handed to the broker."""
    found = []
    monkeypatch.setattr(current_app, "send_task", lambda name, args: found.append((name, args)))
    return found


@pytest.fixture
def rated(table):
    """A room with both sheets in."""
    submit(table, "rater1", "433")
    submit(table, "rater2", "434")
    return table


def submit(table, seat, levels):
    return service.submit_scoresheet(table.id, seat, table.draft(seat, levels), table.now)


def request():
    return ReportRequest.objects.get()


def signed(table, decision="hire", reason="", name="Fay", digest=None):
    digest = digest or queries.current_report(table.id).row.digest
    return service.sign(table.id, digest, "facilitator", decision, name, reason, table.now)


def test_submitting_queues_the_report_once_it_is_committed(table, sent, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        submit(table, "rater1", "333")
        assert sent == []
    assert sent == [("scoring.tasks.build_report", [table.id])]


def test_the_task_builds_the_report_from_what_really_happened(rated):
    tasks.build_report(rated.id)
    current = queries.current_report(rated.id)
    document = json.loads(current.row.document)
    assert (current.stale, current.row.final) == (False, True)
    assert document["says"] == "hire"
    assert [p["inject"] for p in document["exposure"]["probes"]] == ["cost", "labels"]
    assert [d["versions"][0]["choice"] for d in document["decisions"]] == ["Score at checkout"]
    assert document["header"]["candidate"] == "Cleo"
    assert "WHISPERED" not in current.row.document


def test_the_task_run_twice_makes_one_report_with_the_same_bytes(rated):
    tasks.build_report(rated.id)
    first = Report.objects.get().document
    tasks.build_report(rated.id)
    assert Report.objects.get().document == first


def test_a_request_is_done_when_it_is_built(rated):
    assert (request().wanted, request().built, request().done_at) == (2, 0, None)
    service.build_report(rated.id, now=7)
    assert (request().built, request().done_at) == (2, 7)
    assert queries.waiting(rated.id) is None


def test_what_is_asked_for_while_a_report_is_built_is_not_done_by_it(rated, monkeypatch):
    real = queries.report_input

    def slow(*asked):
        found = real(*asked)
        submit(rated, "rater2", "444")
        return found

    monkeypatch.setattr(queries, "report_input", slow)
    service.build_report(rated.id)
    assert (request().wanted, request().built, request().done_at) == (3, 2, None)


def test_a_slow_worker_that_writes_an_old_report_last_does_not_make_it_the_current_one(rated):
    service.build_report(rated.id)
    old = Report.objects.get()
    submit(rated, "rater2", "222")
    service.build_report(rated.id)
    old.pk = None
    old.digest = "f" * 64
    old.save(force_insert=True)
    current = queries.current_report(rated.id)
    assert (current.stale, current.row.pk < old.pk) == (False, True)


def test_a_report_is_stale_when_a_mark_changes_and_fresh_when_built_again(rated):
    service.build_report(rated.id)
    submit(rated, "rater2", "431")
    assert queries.current_report(rated.id).stale
    service.build_report(rated.id)
    current = queries.current_report(rated.id)
    assert (current.stale, json.loads(current.row.document)["raters"][1]["late"]) == (False, True)


# --- calibrations -----------------------------------------------------------------------------------------


def test_a_report_is_held_against_the_newest_calibration_of_its_workspace_and_rubric(rated):
    old = Calibration.objects.get()
    persons = [ref.person_id for ref in rooms.queries.raters(rated.id)]
    milder_first = calibrated(*reversed(persons))
    newest = keep(old.workspace, milder_first, at=old.created_at + 1)
    elsewhere, _ = workspace("elsewhere")
    keep(elsewhere, milder_first, at=old.created_at + 2)
    keep(old.workspace, milder_first.model_copy(update={"rubric": "another"}), at=old.created_at + 3)
    report = service.build_report(rated.id)
    assert report.calibration == newest
    assert json.loads(report.document)["calibration"] == newest.digest


@pytest.mark.parametrize("others", [{"workspace_id": None, "people": None}, None])
def test_a_room_elsewhere_knows_nothing_of_this_workspaces_calibration(opens, others):
    if others is None:
        made, people = workspace("elsewhere")
        others = {"workspace_id": made.pk, "people": people}
    there = opens(**others).play()
    submit(there, "rater1", "433")
    submit(there, "rater2", "434")
    report = service.build_report(there.id)
    found = json.loads(report.document)
    assert (report.calibration, found["calibration"], found["says"]) == (None, "", "debrief")


def test_a_newer_calibration_makes_no_report_stale_and_unsigned(rated):
    first = service.build_report(rated.id)
    signed(rated)
    old = Calibration.objects.get()
    keep(old.workspace, calibrated(8, 9), at=old.created_at + 1)
    assert not queries.current_report(rated.id).stale
    assert service.build_report(rated.id) == first
    submit(rated, "rater2", "444")
    assert service.build_report(rated.id).calibration != old


def test_a_guest_is_somebody_new_in_every_room(opens):
    there = opens(people=None).play()
    submit(there, "rater1", "433")
    submit(there, "rater2", "434")
    found = json.loads(service.build_report(there.id).document)
    assert [trigger["code"] for trigger in found["advice"]["doubts"]] == [
        "new_rater",
        "new_rater",
        "unlinked",
    ]


def test_who_rates_from_two_seats_loses_no_mark(opens):
    made, people = workspace("alone")
    both = dict.fromkeys(people, people["rater1"])
    there = opens(workspace_id=made.pk, people=both).play()
    names = queries.report_input(there.id).raters
    assert names == {"rater1": f"person {people['rater1']}", "rater2": f"{there.id} rater2"}


def test_a_calibration_cannot_be_changed_by_the_side_door(rated):
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        Calibration.objects.update(document="{}")


# --- the declared rule --------------------------------------------------------------------------------------

SILENT = Rule(recommends=False)


def test_recommendations_switched_off_make_every_report_of_that_workspace_again(rated, sent):
    service.build_report(rated.id)
    elsewhere, _ = workspace("elsewhere")
    assert rules.declare(elsewhere.pk, SILENT, "Fay", rated.now) == 0
    assert not queries.current_report(rated.id).stale
    here = Calibration.objects.get().workspace_id
    assert [rules.declare(here, SILENT, "Fay", rated.now) for _ in range(2)] == [1, 0]
    assert queries.current_report(rated.id).stale
    service.sweep(rated.now)
    assert sent == [("scoring.tasks.build_report", [rated.id])]
    described = json.loads(service.build_report(rated.id).document)
    assert (described["says"], described["advice"]["recommended"]) == (None, None)
    assert rules.waiting(here) == 0


def test_where_nothing_is_recommended_at_all_a_decision_needs_its_reason(rated):
    rules.declare(Calibration.objects.get().workspace_id, SILENT, "Fay", rated.now)
    service.build_report(rated.id)
    with pytest.raises(service.CannotSign, match="Nothing is recommended here: give the reason"):
        signed(rated)
    assert signed(rated, reason="We talked.").decision == "hire"


def test_a_report_of_before_the_switch_is_made_again_by_the_rule_of_then(rated):
    first = service.build_report(rated.id)
    rules.declare(first.calibration.workspace_id, SILENT, "Fay", rated.now)
    assert "the same" in replayed(first)


def test_a_report_names_the_declared_costs_and_decides_by_them(rated):
    usual = json.loads(service.build_report(rated.id).document)["advice"]
    here = Calibration.objects.get().workspace_id
    rules.declare(here, Rule(costs=Costs(bad_hire=1, missed_hire=3), band=(0.05, 0.5)), "Fay", rated.now)
    found = json.loads(service.build_report(rated.id).document)["advice"]
    assert usual["rule"]["declared"] is None
    assert (found["rule"]["declared"]["by"], found["rule"]["declared"]["version"]) == ("Fay", 1)
    assert (usual["recommended"]["threshold"], found["recommended"]["threshold"]) == (0.75, 0.25)
    assert found["recommended"]["losses"]["no_hire"] == pytest.approx(
        3 * found["recommended"]["above"], abs=1e-3
    )


# --- made again -------------------------------------------------------------------------------------------


def replayed(report):
    out = StringIO()
    call_command("replay_report", str(report.pk), stdout=out)
    return out.getvalue()


def test_a_report_is_made_again_to_the_byte_whatever_came_after_it(rated):
    first = service.build_report(rated.id)
    keep(first.calibration.workspace, calibrated(8, 9), at=first.calibration.created_at + 1)
    submit(rated, "rater2", "111")
    service.close_rating(rated.id, "facilitator", rated.now)
    second = service.build_report(rated.id)
    for report in (first, second):
        size = len(report.document.encode())
        assert replayed(report) == f"report {report.pk}: the same {size} bytes\n"


def test_a_report_of_another_releases_form_is_not_called_different(rated):
    report = service.build_report(rated.id)
    document = report.document.replace(f'"version":{FORM}}}', f'"version":{FORM - 1}}}')
    older = Report.objects.create(
        room=rated.id,
        digest="e" * 64,
        document=document,
        made_from=report.made_from,
        final=True,
        created_at=1,
    )
    assert document != report.document
    with pytest.raises(
        CommandError, match=f"is of form {FORM - 1}, and this release of casesim makes form {FORM}"
    ):
        replayed(older)


def test_a_live_rooms_report_is_made_again_from_the_log_as_far_as_it_went(opens):
    live = opens().sit()
    live.do("facilitator", m.Start(anyway=True))
    live.do("candidate", m.Say(text="I doubt the labels."), 20)
    submit(live, "rater1", "333")
    report = service.build_report(live.id)
    live.do("candidate", m.Say(text="And I check them."), 20)
    assert "the same" in replayed(report)


def test_a_report_that_was_tampered_with_is_found_with_the_line_that_differs(rated):
    report = service.build_report(rated.id)
    report.pk, report.digest = None, "f" * 64
    report.document = report.document.replace('"says":"hire"', '"says":"no_hire"')
    report.save(force_insert=True)
    out = StringIO()
    with pytest.raises(CommandError, match="does not come out the same"):
        call_command("replay_report", str(report.pk), stdout=out)
    assert '-  "says": "no_hire"' in out.getvalue() or '- "says": "no_hire"' in out.getvalue()


def test_what_cannot_be_made_again_says_why(rated):
    with pytest.raises(CommandError, match="there is no report 99"):
        call_command("replay_report", "99")
    old = Report.objects.create(room=rated.id, digest="e" * 64, document="{}", final=True, created_at=1)
    with pytest.raises(CommandError, match="before reports kept what they were made from"):
        call_command("replay_report", str(old.pk))


# --- when the broker or the worker is away -----------------------------------------------------------


def test_without_a_broker_the_sheet_is_in_and_the_request_stays(
    table, monkeypatch, caplog, django_capture_on_commit_callbacks
):
    def away(name, args):
        raise OperationalError("connection refused")

    monkeypatch.setattr(current_app, "send_task", away)
    with django_capture_on_commit_callbacks(execute=True):
        submit(table, "rater1", "333")
    assert len(queries.sheets(table.id)) == 1
    assert queries.waiting(table.id) is not None
    assert f"build_report of {table.id} waits" in caplog.text


def test_the_sweep_asks_again_for_what_was_not_built_and_waits_longer_each_time(rated, sent):
    start = request().sent_at
    assert service.sweep(start + 1_000) == 0
    assert service.sweep(start + 20_000) == 1
    assert service.sweep(start + 21_000) == 0
    ReportRequest.objects.update(tries=2)
    assert service.sweep(start + 20_000 + 79_000) == 0
    assert service.sweep(start + 20_000 + 80_000) == 1
    assert sent == [("scoring.tasks.build_report", [rated.id])] * 2


def test_the_sweep_leaves_alone_what_was_built(rated, sent):
    service.build_report(rated.id)
    tasks.sweep()
    assert (service.sweep(rated.now + 10**9), sent) == (0, [])


def test_a_failing_build_leaves_its_reason_with_the_request(rated, monkeypatch):
    monkeypatch.setattr(service, "assemble", lambda *given: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        service.build_report(rated.id)
    assert (request().tries, request().error) == (1, "ZeroDivisionError('division by zero')")
    assert request().done_at is None


def test_a_room_that_goes_on_after_its_report_is_reported_again(
    opens, sent, django_capture_on_commit_callbacks
):
    live = opens().sit()
    live.do("facilitator", m.Start(anyway=True))
    live.do("candidate", m.Say(text="I doubt the labels."), 20)
    submit(live, "rater1", "333")
    service.build_report(live.id, now=live.now)
    assert service.sweep(live.now + 60_000) == 0
    live.do("candidate", m.Say(text="And I check them."), 20)
    with django_capture_on_commit_callbacks(execute=True):
        assert service.sweep(live.now + 60_000) == 1
    assert len(sent) == 1


# --- signing -----------------------------------------------------------------------------------------------


def test_a_named_person_signs_what_was_recommended(rated):
    service.build_report(rated.id)
    signature = signed(rated)
    assert (signature.decision, signature.name, signature.at) == ("hire", "Fay", rated.now)
    assert str(signature) == "Hire, signed by Fay"


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"decision": "no_hire"}, "differs from the recommendation: say why"),
        ({"decision": "debrief"}, "Choose hire or no hire"),
        ({"name": "  "}, "needs the name"),
        ({"digest": "f" * 64}, "has changed since"),
    ],
)
def test_what_does_not_hold_is_not_signed(rated, given, why):
    service.build_report(rated.id)
    with pytest.raises(service.CannotSign, match=why):
        signed(rated, **given)
    assert not Signature.objects.exists()


def test_whoever_decides_otherwise_says_why(rated):
    service.build_report(rated.id)
    assert signed(rated, "no_hire", reason="The references.").reason == "The references."


def test_where_nothing_is_recommended_every_decision_needs_a_reason(table):
    submit(table, "rater1", "444")
    service.close_rating(table.id, "facilitator", table.now)
    service.build_report(table.id)
    with pytest.raises(service.CannotSign, match="say why"):
        signed(table, "hire")
    assert signed(table, "hire", reason="We know her work.").decision == "hire"


def test_a_report_is_signed_once_and_a_stale_one_never(rated):
    service.build_report(rated.id)
    first = signed(rated)
    assert signed(rated).pk == first.pk
    with pytest.raises(service.CannotSign, match="Fay has signed"):
        signed(rated, "no_hire", reason="Second thoughts.", name="Gil")
    old = first.report.digest
    submit(rated, "rater1", "333")
    with pytest.raises(service.CannotSign, match="has changed"):
        signed(rated, digest=old)
    service.build_report(rated.id)
    assert queries.signed_before(queries.current_report(rated.id).row) == first.report


@pytest.mark.parametrize(
    ("rows", "change"), [(Report.objects, {"document": "{}"}), (Signature.objects, {"decision": "no_hire"})]
)
def test_a_report_and_a_signature_cannot_be_changed_by_the_side_door(rated, rows, change):
    service.build_report(rated.id)
    signed(rated)
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        rows.update(**change)


# --- at once -------------------------------------------------------------------------------------------


def at_once(*calls):
    """Run these at the same time, each on a connection of its own."""

    def run(call):
        try:
            return call()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_end_in_one_report(rated, sent):
    rows = at_once(*[lambda: service.build_report(rated.id)] * 4)
    assert {row.pk for row in rows} == {Report.objects.get().pk}


@pytest.mark.django_db(transaction=True)
def test_two_windows_at_once_keep_one_draft_and_submit_one_version(table, sent):
    draft = table.draft("rater1", "333")
    at_once(*[lambda: service.save_draft(table.id, "rater1", draft, table.now)] * 4)
    at_once(*[lambda: service.submit_scoresheet(table.id, "rater1", draft, table.now)] * 4)
    assert [(s.version, len(s.marks)) for s in queries.sheets(table.id)] == [(1, 3)]
    assert request().wanted == 1

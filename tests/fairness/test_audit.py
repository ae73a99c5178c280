"""The fairness audit: labels in a table of their own, impact ratios by stage, the summary to take along."""

import csv
import json
from io import StringIO

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse

from casesim.accounts.models import AuditEntry, User
from casesim.fairness import queries
from casesim.fairness.models import ProtectedLabel
from casesim.fairness.reading import BadLabels, as_csv, read_labels
from scoring.queries import current_report, verdicts
from scoring.service import sign
from tests.accounts.builders import joined, workspace
from tests.builders import T0
from tests.scoring import workspaces

ABOUT = {"tool": "casesim", "in_use_since": "2026-01-05", "data": "own interviews"}


# --- reading a table ---------------------------------------------------------------------------------


def test_a_table_is_read_by_its_header_and_an_empty_cell_is_unknown():
    text = "room,candidate,sex\r\nr1,Cleo,female\nr2,Kim,\n\n"
    assert read_labels(text, {"r1", "r2", "r3"}) == {"r1": {"sex": "female"}, "r2": {"sex": ""}}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "The table is empty."),
        ("candidate,sex\nCleo,f", "Line 1: one column must be called 'room'."),
        ("room,candidate\nr1,Cleo", "Line 1: there must be 1 to 10 attributes beside 'room', not 0."),
        ("room,sex,sex\nr1,f,f", "Line 1: two columns have the same name."),
        ("room,sex\nr1,f,x", "Line 2: 3 cells under 2 columns."),
        ("room,sex\nr9,f", "Line 2, room: there is no room 'r9' to audit here."),
        ("room,sex\nr1,f\nr1,m", "Line 3, room: 'r1' stands on an earlier line too."),
        (f"room,sex\nr1,{'f' * 61}", "Line 2, sex: over 60 characters."),
        ('room,sex\nr1,"f', "This is no CSV: unexpected end of data."),
    ],
)
def test_what_is_wrong_with_a_table_is_named_by_its_line(text, problem):
    with pytest.raises(BadLabels) as bad:
        read_labels(text, {"r1"})
    assert bad.value.problems == (problem,)


# --- the audit of a workspace ---------------------------------------------------------------------------


@pytest.fixture
def acme(db):
    return workspace("acme", olga="owner")


def browser(name="olga"):
    client = Client()
    client.force_login(User.objects.get(email=f"{name}@acme.test"))
    return client


def table(labels):
    return "room,sex\n" + "".join(f"{room},{label}\n" for room, label in labels.items())


def bring(text, name="olga", slug="acme"):
    return browser(name).post(reverse("fairness:labels", args=[slug]), {"table": text})


def test_a_verdict_is_what_the_newest_report_and_the_signature_say(acme):
    room = workspaces.reported(acme, [3, 4])
    (found,) = verdicts(acme.pk)
    assert (found.room, found.candidate, found.raw) == (room, f"Candidate of {room}", 3.5)
    assert (found.says, found.decided) == ("not_enough_evidence", None)
    assert 2 < found.adjusted < 4
    sign(room, current_report(room).row.digest, "facilitator", "hire", "Fay", "a good talk", T0)
    assert verdicts(acme.pk)[0].decided == "hire"


def test_ratios_are_of_the_groups_that_were_labelled(acme):
    levels = {"a": [4] * 9 + [1] * 2, "b": [4] + [1] * 10}
    labels = {workspaces.reported(acme, [level]): label for label, given in levels.items() for level in given}
    assert bring(table(labels)).status_code == 302
    found = queries.audit(acme.pk)
    assert (found.candidates, found.labelled, found.attributes) == (22, 22, ("sex",))
    raw, adjusted, recommendation, decision = found.stages
    for stage in (raw, adjusted):
        a, b = stage.tables[0].groups
        assert [(line.group, line.n, line.chosen, line.flag) for line in (a, b)] == [
            ("a", 11, 9, False),
            ("b", 11, 1, True),
        ]
        assert b.ratio.value == pytest.approx(1 / 9, abs=1e-4)
    assert (recommendation.reached, decision.reached) == (22, 0)  # nobody has signed
    page = browser().get(reverse("fairness:audit", args=["acme"])).content.decode()
    assert page.count("under 4/5") == 2


def test_the_summary_has_the_shape_new_york_asks_for(acme):
    rooms = [workspaces.reported(acme, [level]) for level in (1, 4)]
    bring(table(dict(zip(rooms, ("female", "male"), strict=True))))
    url = reverse("fairness:summary", args=["acme"])
    client = browser()
    taken = client.get(url, {**ABOUT, "kind": "scoring", "form": "csv"})
    rows = list(csv.DictReader(StringIO(taken.content.decode())))
    assert [(row["category"], row["applicants"], row["selected"], row["impact_ratio"]) for row in rows] == [
        ("unknown", "0", "", ""),
        ("female", "1", "0", "0.000"),
        ("male", "1", "1", "1.000"),
    ]
    document = json.loads(client.get(url, {**ABOUT, "kind": "scoring", "form": "json"}).content)
    assert (document["in_use_since"], document["applicants"], document["kind"]) == (
        "2026-01-05",
        2,
        "scoring",
    )
    nobody = client.get(url, {**ABOUT, "kind": "decision", "form": "csv"})
    assert nobody.status_code == 422
    assert "No candidate who came so far has a label." in nobody.content.decode()


def test_a_table_is_taken_whole_or_not_at_all(acme):
    room = workspaces.reported(acme, [3])
    answer = bring(table({room: "female", "elsewhere": "male"}))
    assert answer.status_code == 422
    assert "Line 3, room: there is no room &#x27;elsewhere&#x27;" in answer.content.decode()
    assert not ProtectedLabel.objects.exists()


def test_a_label_is_replaced_and_forgotten_and_comes_back_in_the_table(acme):
    room = workspaces.reported(acme, [3])
    bring(table({room: "female"}))
    bring(table({room: "male"}))
    assert queries.table(acme.pk) == f"room,candidate,sex\n{room},Candidate of {room},male\n"
    bring(table({room: ""}))
    assert not ProtectedLabel.objects.exists()


def test_another_workspaces_rooms_cannot_be_labelled_nor_its_labels_seen(acme):
    room = workspaces.reported(acme, [3])
    bring(table({room: "female"}))
    joined(workspace("other"), "oscar", "owner")
    assert bring(table({room: "male"}), "oscar", "other").status_code == 422
    other = browser("oscar").get(reverse("fairness:table", args=["other"]))
    assert other.content.decode() == "room,candidate,sex,race_ethnicity\n"
    assert browser("oscar").get(reverse("fairness:audit", args=["acme"])).status_code == 404


def test_the_audit_log_says_who_entered_labels_and_not_which(acme):
    room = workspaces.reported(acme, [3])
    bring(table({room: "female"}))
    noted = AuditEntry.objects.get(act="entered protected attributes")
    assert (noted.actor.email, noted.object) == ("olga@acme.test", "of 1 candidates")


def test_a_report_is_the_same_whatever_labels_there_are(acme):
    room = workspaces.reported(acme, [3, 4])
    before = current_report(room).row.document
    bring(table({room: "female"}))
    assert (current_report(room).row.document, current_report(room).stale) == (before, False)


def test_no_other_table_points_to_the_labels_and_they_point_to_no_room():
    pointing = {
        model
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if field.related_model is ProtectedLabel
    }
    assert pointing == set()
    targets = {field.related_model.__name__ for field in ProtectedLabel._meta.fields if field.is_relation}
    assert targets == {"Workspace", "User"}


def test_a_name_that_a_spreadsheet_would_run_is_put_into_quotes():
    assert as_csv([("r1", "=1+1", {})], ["sex"]) == "room,candidate,sex\nr1,'=1+1,\n"

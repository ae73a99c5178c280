"""The fairness audit: labels in a table of their own, impact ratios by stage, the summary to take along."""

import csv
import json
import random
from io import StringIO
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse

from casesim.accounts.models import AuditEntry, User
from casesim.fairness import queries, service
from casesim.fairness.models import ProtectedLabel
from casesim.fairness.reading import BadLabels, as_csv, read_labels
from scoring import calibrations
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


# --- other bars, raters by group, the notice ------------------------------------------------------------


def test_other_bars_stand_beside_the_declared_one(acme):
    rooms = [workspaces.reported(acme, [level] * 3) for level in (2, 3, 4) for _ in range(4)]
    enter(acme, "room,sex\n" + "".join(f"{room},{'fm'[n % 2]}\n" for n, room in enumerate(rooms)))
    (found,) = queries.audit(acme.pk).bars
    (declared,) = [bar for bar in found.bars if bar.declared]
    assert (found.candidates, len(found.bars)) == (12, 5)
    assert [bar.bar - declared.bar for bar in found.bars] == pytest.approx([-0.5, -0.25, 0, 0.25, 0.5])
    chosen = [bar.chosen for bar in found.bars]
    assert chosen == sorted(chosen, reverse=True)
    assert declared.lowest[0][0] == "sex"
    assert declared.expected_misses is not None


def marked_with_bias(made, people, rooms, biased, by_group):
    """Rooms whose candidates are alike; one rater marks every second a level lower."""
    drawn = random.Random(4)
    labels = ["room,sex\n"]
    for number in range(rooms):
        group = "fm"[number % 2]
        room = workspaces.laid(made, people)
        level = drawn.choice((2, 3))
        for seat, person in enumerate(people, 1):
            lower = by_group if person == biased and group == "f" else 0
            marks = {
                key: min(max(level - lower + drawn.choice((0, 0, 1)), 1), 4) for key in ("framing", "risk")
            }
            workspaces.submitted(room, f"rater{seat}", marks, T0 + number * workspaces.DAY)
        labels.append(f"{room},{group}\n")
    return "".join(labels)


@pytest.mark.parametrize(("by_group", "found"), [(1, ["Ben"]), (0, [])])
def test_a_rater_who_marks_one_group_lower_is_pointed_out_first(acme, monkeypatch, by_group, found):
    monkeypatch.setattr(calibrations, "REPLICATES", (8, 8))
    people = workspaces.raters(acme, "ana ben cora")
    labels = marked_with_bias(acme, people, 40, people[1], by_group)
    calibrations.work(calibrations.ask(acme.pk, T0).pk)
    monkeypatch.setattr(
        service, "verdicts", lambda _: [SimpleNamespace(room=room) for room in rooms_in(labels)]
    )
    enter(acme, labels)
    (by_sex,) = queries.audit(acme.pk).raters
    largest = max(by_sex.lines, key=lambda line: abs(line.difference.value))
    assert list(dict.fromkeys(line.rater for line in by_sex.flagged))[:1] == found
    assert all(line.power is not None for line in by_sex.lines)
    if found:
        assert (largest.rater, by_sex.flagged[0].rater) == ("Ben", "Ben")
        assert abs(largest.difference.value) == pytest.approx(1, abs=0.35)


def rooms_in(labels):
    return [line.split(",")[0] for line in labels.splitlines()[1:]]


def enter(made, text):
    client = Client()
    client.force_login(User.objects.get(email="olga@acme.test"))
    answer = client.post(reverse("fairness:labels", args=["acme"]), {"table": text})
    assert answer.status_code == 302, answer.content.decode()


def test_the_whole_audit_can_be_taken_along(acme):
    room = workspaces.reported(acme, [3, 3])
    enter(acme, f"room,sex\n{room},f\n")
    client = Client()
    client.force_login(User.objects.get(email="olga@acme.test"))
    first, second = (client.get(reverse("fairness:document", args=["acme"])) for _ in range(2))
    assert first.content == second.content
    found = json.loads(first.content)
    assert [stage["name"] for stage in found["stages"]][:2] == ["Raw marks", "Adjusted marks"]
    assert (found["labelled"], len(found["bars"]), found["raters"]) == (1, 1, [])


def test_the_notice_to_candidates_is_made_from_the_form(acme):
    client = Client()
    client.force_login(User.objects.get(email="olga@acme.test"))
    page = client.get(reverse("fairness:audit", args=["acme"])).content.decode()
    assert 'value="Acme"' in page
    given = {
        "employer": "Acme",
        "tool": "casesim",
        "characteristics": "Framing\r\n\r\nRisk\r\n",
        "data": "what is said",
        "retention": "a year",
        "contact": "people@acme.test",
    }
    answer = client.get(reverse("fairness:notice", args=["acme"]), given)
    text = answer.content.decode()
    assert answer["Content-Type"].startswith("text/plain")
    assert "Acme uses casesim" in text
    assert "What is judged: Framing; Risk. Nothing is inferred from voice" in text
    refused = client.get(reverse("fairness:notice", args=["acme"]), given | {"contact": ""})
    assert refused.status_code == 422
    assert "This field is required" in refused.content.decode()

"""Outcomes of hires: recorded by hand or from a table, and what they teach, from 30 on."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from casesim.accounts.models import User
from scoring import outcomes
from scoring.core.outcomes.outcome import BadOutcomes
from scoring.core.outcomes.reading import on_logits, read_outcomes
from scoring.models import HireOutcome, Report
from tests.accounts.builders import joined, workspace
from tests.builders import T0
from tests.scoring import workspaces

SCORED = {"r1": date(2025, 10, 9), "r2": date(2025, 10, 9)}
TODAY = date(2026, 3, 1)
ENDED = datetime.fromtimestamp(T0 / 1000, UTC).date()


# --- reading -----------------------------------------------------------------------------------------


def test_a_table_of_outcomes_is_read():
    found = read_outcomes("room,good,known\nr1,yes,2026-01-05\nr2,No,2026-01-06\n", SCORED, TODAY)
    assert found == (("r1", True, date(2026, 1, 5)), ("r2", False, date(2026, 1, 6)))


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("r9,yes,2026-01-05", "Line 2, room: there is no room 'r9' with a final report here."),
        ("r1,perhaps,2026-01-05", "Line 2, good: yes or no, not 'perhaps'."),
        ("r1,yes,5.1.2026", "Line 2, known: a day like 2026-03-31, not '5.1.2026'."),
        (
            "r1,yes,2025-10-09",
            "Line 2, known: after the interview (2025-10-09) and not after today, not 2025-10-09.",
        ),
        (
            "r1,yes,2026-03-02",
            "Line 2, known: after the interview (2025-10-09) and not after today, not 2026-03-02.",
        ),
        ("r1,yes", "Line 2: 2 cells, not 3."),
        (
            "r1,yes,2026-01-05\nr1,no,2026-01-06",
            "Line 3, room: 'r1' stands on an earlier line too.",
        ),
    ],
)
def test_what_is_wrong_with_an_outcome_is_named_by_line_and_field(line, problem):
    with pytest.raises(BadOutcomes) as bad:
        read_outcomes(f"room,good,known\n{line}\n", SCORED, TODAY)
    assert str(bad.value) == problem


def test_a_score_in_the_middle_of_its_scale_is_0_logits():
    mean, var = on_logits(2.5, (2.0, 3.0), (1, 4))
    assert (mean, var) == (0, pytest.approx((1.3862943611 / (2 * 1.6448536)) ** 2))


# --- a workspace's outcomes -----------------------------------------------------------------------------


@pytest.fixture
def acme(db):
    return workspace("acme", olga="organiser")


def browser(name="olga"):
    client = Client()
    client.force_login(User.objects.get(email=f"{name}@acme.test"))
    return client


def known(days):
    return str(ENDED + timedelta(days=days))


def reports_like(made, room, count, days=0):
    """Rooms whose reports differ from this one's in score and day (`days` apart); every third lies high."""
    first = Report.objects.get(room=room)
    for number in range(count):
        document = json.loads(first.document)
        middle = 3.2 if number % 3 == 0 else 1.8
        document["advice"]["adjusted"] |= {"value": middle, "interval": [middle - 0.5, middle + 0.5]}
        document["header"]["ended_at"] += number * days * workspaces.DAY
        other = workspaces.laid(made, [None])
        Report.objects.create(
            room=other, digest=other, document=json.dumps(document), final=True, created_at=T0 + number
        )
        yield other, number % 3 == 0


def test_under_30_outcomes_no_probability_is_shown(acme):
    room = workspaces.reported(acme, [3, 4])
    client = browser()
    client.post(reverse("scoring:record", args=["acme"]), {"room": room, "good": "yes", "known": known(90)})
    (row,) = HireOutcome.objects.all()
    assert (row.room, row.good, str(row.known), row.recorded_by.email) == (
        room,
        True,
        known(90),
        "olga@acme.test",
    )
    page = client.get(reverse("scoring:outcomes", args=["acme"])).content.decode()
    assert "1 outcomes; no probability is shown under 30" in page
    assert "none shown" in page


def test_from_30_on_they_teach_a_map_that_is_used_forward_in_time_only(acme):
    room = workspaces.reported(acme, [3, 4])
    rooms = dict(reports_like(acme, room, 32))
    table = "room,good,known\n" + "".join(
        f"{each},{'yes' if high else 'no'},{known(30)}\n" for each, high in rooms.items()
    )
    url = reverse("scoring:outcome_table", args=["acme"])
    client = browser()
    looked = client.post(url, {"table": table, "look": "1"}).content.decode()
    assert "It would record 32 outcomes" in looked
    assert not HireOutcome.objects.exists()
    assert client.post(url, {"table": table}).status_code == 302
    (found,) = outcomes.taught(acme.pk)
    assert (found.assessment.learned.n, found.assessment.learned.good) == (32, 11)
    assert "a hint" in found.assessment.learned.taught.caution
    assert {line.chance.value for line in found.lines} == {None}  # all were interviewed before it was known
    later = Report.objects.get(room=room)
    document = json.loads(later.document)
    document["header"]["ended_at"] += 60 * workspaces.DAY
    Report.objects.create(room=room, digest="later", document=json.dumps(document), final=True, created_at=T0)
    (found,) = outcomes.taught(acme.pk)
    (now,) = [line for line in found.lines if line.room == room]
    assert 0.5 < now.chance.value < 1
    assert (
        "learned from 32 outcomes" in client.get(reverse("scoring:outcomes", args=["acme"])).content.decode()
    )


def test_probabilities_said_before_the_outcome_are_judged_with_their_diagram(acme):
    room = workspaces.reported(acme, [3, 4])
    by = joined(acme, "owen", "owner")
    rooms = list(reports_like(acme, room, 80, days=1))
    lines = (
        f"{each},{'yes' if high != (at % 5 == 0) else 'no'},{known(at + 1)}"
        for at, (each, high) in enumerate(rooms)
    )
    outcomes.import_table(by, "room,good,known\n" + "\n".join(lines), date(2027, 1, 1), keep=True)
    (found,) = outcomes.taught(acme.pk)
    assert found.assessment.judged.n >= 30
    page = browser().get(reverse("scoring:outcomes", args=["acme"])).content.decode()
    assert page.count('class="diagram-step"') == len(found.assessment.judged.diagram.steps)


def test_a_table_of_outcomes_is_taken_whole_or_not_at_all(acme):
    room = workspaces.reported(acme, [3])
    table = f"room,good,known\n{room},yes,{known(9)}\nr9,yes,{known(9)}\n"
    answer = browser().post(reverse("scoring:outcome_table", args=["acme"]), {"table": table})
    assert answer.status_code == 422
    assert "Line 3, room" in answer.content.decode()
    assert not HireOutcome.objects.exists()


def test_another_workspace_neither_sees_nor_records_these_outcomes(acme):
    room = workspaces.reported(acme, [3])
    joined(workspace("other"), "oscar", "owner")
    form = {"room": room, "good": "yes", "known": known(9)}
    assert browser("oscar").post(reverse("scoring:record", args=["other"]), form).status_code == 422
    assert not HireOutcome.objects.exists()
    browser().post(reverse("scoring:record", args=["acme"]), form)
    assert room not in browser("oscar").get(reverse("scoring:outcomes", args=["other"])).content.decode()

"""What a workspace declares: whether reports recommend, at what costs; and where judgements put the bar."""

import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from casesim.accounts.models import AuditEntry, User
from rooms.service import open_room
from scoring import bars, rules
from scoring.core.decision.rule import Costs, Rule
from scoring.models import DeclaredRule, Scoresheet
from tests.accounts.builders import workspace
from tests.builders import T0, published
from tests.scoring import workspaces

pytestmark = pytest.mark.django_db
FORM = {"recommends": "yes", "bad_hire": "5", "missed_hire": "1", "band_low": "0.5", "band_high": "0.95"}


@pytest.fixture
def acme():
    return workspace("acme", olga="organiser")


@pytest.fixture
def page(acme):
    client = Client()
    client.force_login(User.objects.get(email="olga@acme.test"))
    return lambda given=None: (
        client.get("/workspaces/acme/rule/")
        if given is None
        else client.post("/workspaces/acme/rule/", given)
    )


def test_costs_and_band_are_declared_in_versions_with_a_name_and_a_day(acme, page):
    assert page(FORM).status_code == 302
    assert page(FORM | {"bad_hire": "4"}).status_code == 302
    assert page(FORM | {"bad_hire": "4"}).status_code == 302  # the same again is no version
    now = rules.rule_for(acme.pk)
    assert (now.costs.threshold, now.band, now.declared.version, now.declared.by) == (
        0.8,
        (0.5, 0.95),
        2,
        "Olga",
    )
    assert [each.rule.costs.bad_hire for each in rules.versions(acme.pk)] == [4, 5]
    shown = page().content.decode()
    assert "Version 2 of this workspace&#x27;s rule, declared by Olga on" in shown
    assert "over 0.80, else do not" in shown
    assert AuditEntry.objects.filter(act="declared rule").count() == 3


def test_a_declared_rule_is_never_changed(acme):
    rules.declare(acme.pk, Rule(recommends=False), "Olga", T0)
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        DeclaredRule.objects.update(bad_hire=1)


def test_another_workspaces_rule_is_its_own(acme):
    rules.declare(acme.pk, Rule(costs=Costs(bad_hire=4)), "Olga", T0)
    assert rules.rule_for(workspace("other").pk) == Rule()
    assert rules.rule_for(None) == Rule()


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"recommends": ""}, "Reports of this workspace: choose one of the two."),
        ({"bad_hire": "much"}, "What a bad hire costs: &#x27;much&#x27; is no number."),
        ({"bad_hire": ""}, "What a bad hire costs: &#x27;&#x27; is no number."),
        ({"bad_hire": "0"}, "What a bad hire costs: input should be greater than 0."),
        ({"missed_hire": "-1"}, "What a missed good one costs: input should be greater than 0."),
        ({"missed_hire": "nan"}, "What a missed good one costs: input should be"),
        ({"bad_hire": "inf"}, "What a bad hire costs: input should be"),
        ({"bad_hire": "1e400"}, "What a bad hire costs: input should be"),
        ({"band_low": "0.9"}, "Band: 0.9 to 0.95 does not hold the threshold of 0.83"),
        ({"band_high": "1.2"}, "The band&#x27;s upper end: input should be less than or equal to 1."),
        ({"band_low": "nan"}, "The band&#x27;s lower end: input should be"),
    ],
)
def test_what_makes_no_rule_is_named_by_its_field_and_changes_nothing(acme, page, wrong, says):
    answer = page(FORM | wrong)
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert (
        'value="0.95"' in answer.content.decode() or "band_high" in wrong
    )  # what was written is still there
    assert not DeclaredRule.objects.exists()


# --- what is asked, and where judgements put the bar --------------------------------------------------


def test_weights_floors_and_bars_are_shown_level_by_level(acme, page):
    published()
    (scenario,) = bars.asked(acme.pk)
    assert [each.seniority for each in scenario.standards] == ["as written"]
    assert sum(levels[0].share for _, levels in scenario.lines) == pytest.approx(1)
    shown = page().content.decode()
    assert scenario.title in shown
    assert scenario.standards[0].bar.set_by in shown


def judged(made, rooms, judgement):
    """Rooms with one guest's sheet each: marks, and the closing judgement that goes with them."""
    for number in range(rooms):
        level = 1 + number % 4
        room = workspaces.laid(made, [None])
        workspaces.submitted(
            room, "rater1", {"framing": level, "risk": level}, closing=judgement(number, level)
        )


def test_a_bar_is_proposed_from_the_raters_closing_judgements(acme, page):
    judged(acme, 24, lambda _, level: level)
    (found,) = bars.proposals(acme.pk)
    assert found.candidates == 24
    assert found.proposal.bar.value == pytest.approx(2.5)
    assert 'The judgements put it at <strong class="number">2.50</strong>' in page().content.decode()


def test_judgements_that_do_not_go_with_the_marks_name_no_bar(acme, page):
    judged(acme, 24, lambda number, _: 1 + (number // 4) % 4)
    (found,) = bars.proposals(acme.pk)
    assert found.proposal.bar.value is None
    assert (
        "The judgements name no bar: the closing judgements do not go with the marks."
        in page().content.decode()
    )


def test_few_candidates_and_trainees_and_practice_name_no_bar(acme):
    judged(acme, 3, lambda _, level: level)
    for more in ({"trainees": ("rater1",)}, {"purpose": "practice"}):
        room = open_room(published(), workspace_id=acme.pk, raters=1, now=T0, **more).room_id
        workspaces.submitted(room, "rater1", {"framing": 2, "risk": 2}, closing=2)
    (found,) = bars.proposals(acme.pk)
    assert found.proposal.bar.why == "3 candidates; a bar from judgements needs at least 20"
    assert Scoresheet.objects.count() == 5

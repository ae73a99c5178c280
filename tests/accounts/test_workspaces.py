"""Workspaces, members, invitations, and the audit log: what may change and what is refused."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from casesim.accounts import service
from casesim.accounts.access import standing
from casesim.accounts.models import AuditEntry, Invitation, Membership
from casesim.accounts.service import Refusal
from tests.accounts.builders import joined, person, workspace

pytestmark = pytest.mark.django_db


def noted() -> list[tuple[str, str]]:
    return list(AuditEntry.objects.order_by("pk").values_list("actor_name", "act"))


def test_who_creates_a_workspace_is_its_owner_and_it_is_noted():
    olga = person("olga")
    made = service.create_workspace(olga, "Acme Hiring")
    assert (made.slug, standing(olga, "acme-hiring").role) == ("acme-hiring", "owner")
    assert noted() == [("olga@acme.test", "created workspace")]


@pytest.mark.parametrize("name", ["Acme", "acme!", "???"])
def test_a_taken_or_empty_name_is_refused_and_leaves_nothing(name):
    workspace("acme")
    with pytest.raises(Refusal):
        service.create_workspace(person("olga"), name)
    assert Membership.objects.count() == 0


def test_a_stranger_has_no_standing():
    workspace("acme", olga="owner")
    other = joined(workspace("other"), "eve", "owner")
    assert standing(other.person, "acme") is None


def test_a_changed_role_is_what_somebody_has_from_then_on():
    acme = workspace("acme")
    olga, omar = joined(acme, "olga", "owner"), joined(acme, "omar", "organiser")
    service.change_role(olga, omar.person.pk, "owner")
    assert standing(omar.person, "acme").role == "owner"
    assert noted() == [("olga@acme.test", "changed role")]


def test_the_last_owner_can_neither_leave_nor_step_down():
    olga = joined(workspace("acme"), "olga", "owner")
    with pytest.raises(Refusal, match="needs an owner"):
        service.leave(olga)
    with pytest.raises(Refusal, match="needs an owner"):
        service.remove_member(olga, olga.person.pk)
    with pytest.raises(Refusal, match="needs an owner"):
        service.change_role(olga, olga.person.pk, "member")
    assert standing(olga.person, "acme").role == "owner"


def test_anybody_else_may_leave_or_be_removed():
    acme = workspace("acme")
    olga, omar, mia = (
        joined(acme, n, r) for n, r in {"olga": "owner", "omar": "owner", "mia": "member"}.items()
    )
    service.leave(mia)
    service.remove_member(olga, omar.person.pk)
    assert (standing(mia.person, "acme"), standing(omar.person, "acme")) == (None, None)
    assert noted() == [("mia@acme.test", "left"), ("olga@acme.test", "removed member")]


def test_a_member_of_another_workspace_cannot_be_touched():
    olga = joined(workspace("acme"), "olga", "owner")
    eve = joined(workspace("other", otto="owner"), "eve", "member")
    with pytest.raises(Refusal, match="not in the workspace"):
        service.remove_member(olga, eve.person.pk)
    assert standing(eve.person, "other") is not None


def test_an_invitation_lets_in_as_many_as_it_has_places():
    olga = joined(workspace("acme"), "olga", "owner")
    made, token = service.invite(olga, "member", "", places=2, days=7)
    assert service.invitation_by_token(token) == made
    assert token not in str(Invitation.objects.values().get())
    for name in ("ann", "bob"):
        service.accept(person(name), made.pk)
    with pytest.raises(Refusal, match="place"):
        service.accept(person("cleo"), made.pk)
    assert Membership.objects.filter(workspace=olga.workspace, role="member").count() == 2


def test_accepting_twice_is_once_and_keeps_the_role():
    olga = joined(workspace("acme"), "olga", "owner")
    made, _ = service.invite(olga, "member", "", places=2, days=7)
    service.accept(olga.person, made.pk)
    assert standing(olga.person, "acme").role == "owner"
    assert made.acceptances.count() == 0


def test_an_expired_withdrawn_or_foreign_invitation_lets_nobody_in():
    olga = joined(workspace("acme"), "olga", "owner")
    made, _ = service.invite(olga, "member", "@acme.test", places=9, days=7)
    ann = person("ann")
    with pytest.raises(Refusal, match="expired"):
        service.accept(ann, made.pk, now=timezone.now() + timedelta(days=8))
    ann.email = "ann@elsewhere.test"
    with pytest.raises(Refusal, match=r"acme\.test"):
        service.accept(ann, made.pk)
    service.revoke(olga, made.pk)
    with pytest.raises(Refusal, match="withdrawn"):
        service.accept(person("bob"), made.pk)
    assert standing(ann, "acme") is None


def test_who_was_removed_comes_back_by_no_old_link():
    acme = workspace("acme")
    olga, omar = joined(acme, "olga", "owner"), joined(acme, "omar", "organiser")
    own, _ = service.invite(omar, "member", "", places=9, days=7)
    came_by, _ = service.invite(olga, "member", "", places=9, days=7)
    ann = person("ann")
    service.accept(ann, came_by.pk)
    service.remove_member(olga, ann.pk)
    with pytest.raises(Refusal, match="removed"):
        service.accept(ann, came_by.pk)
    service.remove_member(olga, omar.person.pk)
    with pytest.raises(Refusal, match="withdrawn"):
        service.accept(omar.person, own.pk)


@pytest.mark.parametrize(("places", "days"), [(0, 7), (501, 7), (1, 0), (1, 91)])
def test_an_invitation_out_of_bounds_is_refused(places, days):
    olga = joined(workspace("acme"), "olga", "owner")
    with pytest.raises(Refusal, match="1 to 500 people and 1 to 90 days"):
        service.invite(olga, "member", "", places, days)


def test_an_organiser_cannot_make_an_owner_by_invitation():
    omar = joined(workspace("acme"), "omar", "organiser")
    with pytest.raises(Refusal, match="may not invite somebody as owner"):
        service.invite(omar, "owner", "", 1, 1)


def test_another_workspaces_invitation_cannot_be_withdrawn():
    olga = joined(workspace("acme"), "olga", "owner")
    eve = joined(workspace("other"), "eve", "owner")
    made, _ = service.invite(olga, "member", "", 1, 1)
    with pytest.raises(Refusal):
        service.revoke(eve, made.pk)


def test_the_database_refuses_to_change_what_was_noted():
    service.noted("dana in room 7", "opened report", "room 7", None)
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        AuditEntry.objects.update(act="nothing")
    assert noted() == [("dana in room 7", "opened report")]

"""The operators' pages: they help with people, and change nothing that is a record."""

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from casesim.accounts import service
from casesim.accounts.models import AuditEntry, Membership, User
from casesim.operators import ReadOnly
from rooms.models import RoomEvent, Seat
from tests.accounts.builders import person, workspace
from tests.builders import make_room

pytestmark = pytest.mark.django_db


@pytest.fixture
def operator() -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("ops@acme.test", "correct horse"))
    return client


def test_a_person_made_here_has_no_password_that_anybody_could_guess(operator):
    answer = operator.post(
        reverse("admin:accounts_user_add"), {"email": "new@acme.test", "name": "New", "is_active": "on"}
    )
    assert answer.status_code == 302
    assert not User.objects.get(email="new@acme.test").has_usable_password()


def test_a_role_given_here_is_noted_in_the_workspaces_own_log(operator):
    acme, ann = workspace("acme"), person("ann")
    form = {"workspace": acme.pk, "person": ann.pk, "role": "owner"}
    operator.post(reverse("admin:accounts_membership_add"), form)
    (entry,) = AuditEntry.objects.filter(workspace=acme)
    assert Membership.objects.get(person=ann).role == "owner"
    assert (entry.actor_name, entry.act) == ("ops@acme.test", "set role as operator")


def test_a_line_of_a_log_can_be_read_and_neither_changed_nor_deleted(operator):
    make_room()
    service.noted("a guest", "took seat by code", "room 7", None)
    for row in (AuditEntry.objects.get(), RoomEvent.objects.first()):
        place = f"admin:{row._meta.app_label}_{row._meta.model_name}"
        assert operator.get(reverse(f"{place}_change", args=[row.pk])).status_code == 200
        assert operator.post(reverse(f"{place}_change", args=[row.pk]), {}).status_code == 403
        assert operator.post(reverse(f"{place}_delete", args=[row.pk]), {"post": "yes"}).status_code == 403


def test_only_people_and_their_roles_can_be_changed_here():
    ours = {"accounts", "scenarios", "rooms", "scoring"}
    changed = {
        model.__name__
        for model in admin.site._registry
        if model._meta.app_label in ours and not isinstance(admin.site.get_model_admin(model), ReadOnly)
    }
    assert changed == {"User", "Membership"}


def test_the_digest_that_opens_a_seat_is_not_shown(operator):
    make_room()
    seat = Seat.objects.filter(kind="candidate").get()
    page = operator.get(reverse("admin:rooms_seat_change", args=[seat.pk])).content.decode()
    assert seat.token_digest not in page

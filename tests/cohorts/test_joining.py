"""Into a cohort by its link; what members say of themselves; and what no other workspace sees."""

import pytest
from django.test import Client
from django.urls import reverse

from casesim.accounts.models import User, Workspace
from casesim.cohorts import service
from casesim.cohorts.models import Conflict, Member
from tests.accounts.builders import joined, person, workspace
from tests.cohorts import builders

pytestmark = pytest.mark.django_db


def browser(who):
    client = Client()
    client.force_login(who)
    return client


def page(here, name, *more):
    return reverse(f"cohorts:{name}", args=[here.cohort.workspace.slug, here.cohort.pk, *more])


def link(here):
    return reverse("accounts:invitation_link", args=[service.invite_into(here, places=2, days=1)])


def test_a_stranger_follows_the_link_into_workspace_and_cohort():
    here = builders.cohort("ana")
    zoe = person("zoe")
    window = browser(zoe)
    window.get(link(here), follow=True)
    answer = window.post(reverse("accounts:invitation"), follow=True)
    assert answer.redirect_chain[-1][0] == page(here, "join") and "Join the cohort" in answer.content.decode()
    answer = window.post(page(here, "join"))
    assert answer["Location"] == page(here, "availability")
    assert Member.objects.filter(cohort=here.cohort, person=zoe).exists()


def test_somebody_of_the_workspace_follows_the_link_straight_to_the_cohort():
    here = builders.cohort("ana")
    max_ = joined(Workspace.objects.get(slug="acme"), "max", "member").person
    window = browser(max_)
    assert window.get(link(here), follow=True).redirect_chain[-1][0] == page(here, "join")
    window.post(page(here, "join"))
    assert Member.objects.filter(cohort=here.cohort, person=max_).exists()


def test_without_the_link_the_cohort_is_not_there():
    here = builders.cohort("ana")
    ned = joined(Workspace.objects.get(slug="acme"), "ned", "member").person
    window = browser(ned)
    assert [window.get(page(here, name)).status_code for name in ("join", "cohort", "availability")] == [
        404
    ] * 3
    assert window.post(page(here, "join")).status_code == 404


def test_another_workspaces_coach_reaches_nothing_by_any_address():
    here = builders.cohort("ana ben cem dia")
    other = joined(workspace("other"), "olga", "owner").person
    window = browser(other)
    for space in ("acme", "other"):
        for name in ("cohort", "plan", "progress"):
            assert window.get(reverse(f"cohorts:{name}", args=[space, here.cohort.pk])).status_code == 404
        for name in ("plan", "invite", "rounds", "open_rooms", "gone"):
            assert window.post(reverse(f"cohorts:{name}", args=[space, here.cohort.pk])).status_code == 404


def test_a_member_of_one_cohort_is_no_member_of_another_of_the_workspace():
    here = builders.cohort("ana")
    second = service.create(here.standing, "Autumn")
    ana = browser(User.objects.get(email="ana@acme.test"))
    assert ana.get(reverse("cohorts:cohort", args=["acme", second.pk])).status_code == 404
    found = browser(here.standing.person).get(
        reverse("cohorts:member", args=["acme", second.pk, here.cohort.members.get().pk])
    )
    assert found.status_code == 404


def test_availability_is_the_members_own_and_the_coach_sees_it():
    here = builders.cohort("ana")
    ana, window = builders.place(here, "ana"), browser(User.objects.get(email="ana@acme.test"))
    first, *_ = here.cohort.rounds.all()
    given = {"rounds": [first.pk], "hours_from": "18:00", "hours_to": "22:00"}
    assert window.post(page(here, "availability"), given).status_code == 302
    ana.member.refresh_from_db()
    assert ana.member.absences.count() == 2 and ana.member.answered_at is not None
    told = browser(here.standing.person).get(page(here, "cohort")).content.decode()
    assert "misses 2 rounds, 18:00 to 22:00" in told


def test_half_an_hour_given_is_refused_beside_its_field():
    here = builders.cohort("ana")
    window = browser(User.objects.get(email="ana@acme.test"))
    answer = window.post(page(here, "availability"), {"hours_from": "18:00"})
    assert answer.status_code == 422 and "Give both hours, or neither." in answer.content.decode()


def test_a_conflict_is_seen_by_who_said_it_and_the_coach_alone():
    here = builders.cohort("ana ben")
    ana, ben = (User.objects.get(email=f"{name}@acme.test") for name in ("ana", "ben"))
    other = builders.place(here, "ben").member
    browser(ana).post(page(here, "own_conflict"), {"other": other.pk, "never": "together"})
    said = "Ana and Ben: never in one room"
    assert said in browser(ana).get(page(here, "availability")).content.decode()
    assert said in browser(here.standing.person).get(page(here, "cohort")).content.decode()
    assert said not in browser(ben).get(page(here, "availability")).content.decode()
    browser(ben).post(page(here, "remove_conflict", Conflict.objects.get().pk))
    assert Conflict.objects.exists()
    browser(ana).post(page(here, "remove_conflict", Conflict.objects.get().pk))
    assert not Conflict.objects.exists()


def test_the_link_stands_on_the_page_once():
    here = builders.cohort("ana")
    window = browser(here.standing.person)
    made = window.post(page(here, "invite"), {"places": 6, "days": 7}).content.decode()
    assert "/invitations/" in made
    assert "/invitations/" not in window.get(page(here, "cohort")).content.decode().replace(
        "/workspaces/acme/invitations/", ""
    )

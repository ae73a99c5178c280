"""Signing in and up: passwords, codes, links that work once, invitations; and what strangers can learn."""

import re

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from casesim.accounts import service
from casesim.accounts.access import standing
from casesim.accounts.models import User
from tests.accounts.builders import joined, person, workspace

pytestmark = pytest.mark.django_db

PASSWORD = "correct horse battery"


def signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def code_sent() -> str:
    (code,) = re.findall(r"(?m)^([A-Z0-9]{3,4}-[A-Z0-9]{3,4})$", str(mail.outbox[-1].body))
    return code


def invited(client: Client, domain: str = "", places: int = 1) -> str:
    """This browser follows the link of an invitation to Acme; its token."""
    olga = joined(workspace("acme"), "olga", "owner")
    _, token = service.invite(olga, "member", domain, places, days=7)
    answer = client.get(reverse("accounts:invitation_link", args=[token]))
    assert (answer.status_code, answer["Location"]) == (302, "/invitation/")
    return token


def sign_up(client: Client, email: str) -> int:
    given = {"name": "Nora New", "email": email, "password1": PASSWORD}
    return client.post("/account/signup/", given).status_code


def test_an_invited_person_signs_up_confirms_the_address_and_is_in():
    client = Client()
    invited(client)
    assert sign_up(client, "nora@acme.test") == 302
    assert not signed_in(client)
    answer = client.post("/account/confirm-email/", {"code": code_sent()})
    assert (signed_in(client), answer["Location"]) == (True, "/invitation/")
    assert client.post("/invitation/")["Location"] == "/workspaces/acme/"
    nora = User.objects.get(email="nora@acme.test")
    assert (nora.name, standing(nora, "acme").role) == ("Nora New", "member")
    assert client.get("/invitation/").status_code == 404  # used, and forgotten by the session


def test_without_an_invitation_nobody_makes_an_account(settings):
    client = Client()
    assert "by invitation" in client.get("/account/signup/").content.decode()
    sign_up(client, "nora@acme.test")
    assert not User.objects.filter(email="nora@acme.test").exists()
    settings.SIGN_UP = "open"
    assert sign_up(client, "nora@acme.test") == 302
    assert User.objects.filter(email="nora@acme.test").exists()


def test_a_wrong_code_confirms_nothing():
    client = Client()
    invited(client)
    sign_up(client, "nora@acme.test")
    for _ in range(4):
        client.post("/account/confirm-email/", {"code": "XXXX-XXXX"})
    client.post("/account/confirm-email/", {"code": code_sent()})
    assert not signed_in(client)


def test_an_address_of_another_domain_is_told_why_it_is_not_let_in():
    client = Client()
    invited(client, domain="acme.test")
    stranger = User.objects.create_user("eve@elsewhere.test", PASSWORD)
    client.force_login(stranger)
    for answer in (client.get("/invitation/"), client.post("/invitation/")):
        assert answer.status_code == 410
        assert "for addresses at acme.test" in answer.content.decode()
    assert standing(stranger, "acme") is None


def test_an_invitation_that_is_over_says_so_before_anybody_signs_up():
    client = Client()
    invited(client)
    service.accept(person("first"), service.Invitation.objects.get().pk)
    page = client.get("/invitation/")
    assert page.status_code == 410
    assert "Every place of this invitation is taken" in page.content.decode()
    assert "by invitation" in client.get("/account/signup/").content.decode()
    sign_up(client, "nora@acme.test")
    assert not User.objects.filter(email="nora@acme.test").exists()


def test_who_is_in_already_is_led_to_the_workspace_by_the_same_link():
    client = Client()
    token = invited(client, places=2)
    client.force_login(person("ann"))
    client.post("/invitation/")
    client.get(reverse("accounts:invitation_link", args=[token]))
    assert client.get("/invitation/")["Location"] == "/workspaces/acme/"


def test_looking_at_an_invitation_accepts_nothing():
    client = Client()
    invited(client)
    ann = person("ann")
    client.force_login(ann)
    assert client.get("/invitation/").status_code == 200
    assert standing(ann, "acme") is None


def confirmed(name: str) -> User:
    found = person(name)
    found.emailaddress_set.create(email=found.email, verified=True, primary=True)
    return found


def test_a_password_signs_in_and_the_to_do_page_opens():
    confirmed("dana")
    client = Client()
    answer = client.post("/account/login/", {"login": "Dana@ACME.test", "password": "correct horse"})
    assert (answer.status_code, answer["Location"], signed_in(client)) == (302, "/", True)
    assert "To do" in client.get("/").content.decode()


def test_a_code_by_e_mail_signs_in_without_a_password():
    confirmed("dana")
    client = Client()
    client.post("/account/login/code/", {"email": "dana@acme.test"})
    client.post("/account/login/code/confirm/", {"code": code_sent()})
    assert signed_in(client)


@pytest.mark.parametrize("path", ["/account/login/code/", "/account/password/reset/"])
def test_a_known_and_an_unknown_address_are_answered_alike(path):
    confirmed("dana")
    known, unknown = (
        Client().post(path, {"email": f"{name}@acme.test"}, follow=True) for name in ("dana", "nobody")
    )
    plain = [
        re.sub(r"dana|nobody|csrfmiddlewaretoken\S* value=\S+", "", page.content.decode())
        for page in (known, unknown)
    ]
    assert (known.redirect_chain, plain[0]) == (unknown.redirect_chain, plain[1])


def test_signing_up_with_an_address_that_is_taken_looks_like_any_other(settings):
    settings.SIGN_UP = "open"
    confirmed("dana")
    answers = [Client().post("/account/signup/", given(name)) for name in ("dana", "nobody")]
    assert [(a.status_code, a["Location"]) for a in answers] == [(302, "/account/confirm-email/")] * 2
    assert "already" in str(mail.outbox[0].body)  # the owner of the address is told


def given(name: str) -> dict[str, str]:
    return {"name": "N", "email": f"{name}@acme.test", "password1": PASSWORD}


def test_guessing_a_password_is_stopped_even_for_the_right_one():
    confirmed("dana")
    client = Client()
    for _ in range(5):
        client.post("/account/login/", {"login": "dana@acme.test", "password": "wrong"})
    answer = client.post("/account/login/", {"login": "dana@acme.test", "password": "correct horse"})
    assert not signed_in(client)
    assert "Too many" in answer.content.decode()


def test_a_sign_in_link_works_once_and_only_when_pressed():
    dana = person("dana")
    path = reverse("accounts:sign_in", args=[service.sign_in_token(dana)])
    client = Client()
    assert (client.get(path).status_code, signed_in(client)) == (200, False)
    assert (client.post(path).status_code, signed_in(client)) == (302, True)
    again = Client()
    assert (again.post(path).status_code, signed_in(again)) == (404, False)


@pytest.mark.parametrize(
    "away", [{"REMOTE_ADDR": "192.0.2.7"}, {"HTTP_X_FORWARDED_FOR": "127.0.0.1"}], ids=["far", "proxy"]
)
def test_a_sign_in_link_opens_at_this_machine_alone(away):
    path = reverse("accounts:sign_in", args=[service.sign_in_token(person("dana"))])
    assert Client().post(path, **away).status_code == 404


@pytest.mark.parametrize("token", ["", "1", "1-", "x-y", "9" * 30 + "-a", "²-x"])
def test_nonsense_signs_nobody_in(token):
    person("dana")
    assert service.person_by_sign_in(token) is None


def test_who_is_not_active_cannot_sign_in_by_any_way():
    dana = confirmed("dana")
    token = service.sign_in_token(dana)
    User.objects.filter(pk=dana.pk).update(is_active=False)
    client = Client()
    client.post("/account/login/", {"login": dana.email, "password": "correct horse"})
    client.post(reverse("accounts:sign_in", args=[token]))
    assert not signed_in(client)


def test_a_superuser_made_at_the_console_signs_in_at_once_and_may_make_a_workspace():
    User.objects.create_superuser("ops@acme.test", PASSWORD)
    client = Client()
    client.post("/account/login/", {"login": "ops@acme.test", "password": PASSWORD})
    assert client.post("/workspaces/", {"name": "New World"})["Location"] == "/workspaces/new-world/members/"
    again = client.post("/workspaces/", {"name": "New World"})
    assert (again.status_code, "choose another name" in again.content.decode()) == (422, True)


def test_times_are_shown_in_ones_own_zone():
    acme = workspace("acme")
    olga = joined(acme, "olga", "owner")
    service.invite(olga, "member", "", 1, 1)
    client = Client()
    client.force_login(olga.person)
    page = client.get("/workspaces/acme/audit/").content.decode()
    client.post("/account/", {"name": "Olga", "time_zone": "Asia/Tokyo"})
    assert "+00:00" in page
    assert "+09:00" in client.get("/workspaces/acme/audit/").content.decode()


def test_a_time_zone_there_is_none_of_is_an_error_that_keeps_the_rest():
    dana = person("dana")
    client = Client()
    client.force_login(dana)
    answer = client.post("/account/", {"name": "New name", "time_zone": "Mars/Olympus"})
    assert (answer.status_code, "New name" in answer.content.decode()) == (422, True)
    dana.refresh_from_db()
    assert (dana.name, dana.time_zone) == ("Dana", "UTC")

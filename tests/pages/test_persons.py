"""A signed-in person's way into the seat they hold, without a link."""

import pytest
from django.test import Client

from rooms.service import give_seat, hand_over, open_room, withdraw_link
from tests.accounts.builders import joined, workspace
from tests.builders import Opened, published

pytestmark = pytest.mark.django_db


def room_of(made, **people: int) -> Opened:
    return open_room(published(), workspace_id=made.pk, people=people)


def status(client: Client, opened: Opened, seat: str) -> int:
    return client.get(f"/rooms/{opened.room_id}/{seat}/").status_code


def test_a_person_enters_the_seat_they_hold_and_no_other():
    acme = workspace("acme")
    dana = joined(acme, "dana", "member").person
    opened, client = room_of(acme, dana=dana.pk), Client()
    assert status(client, opened, "dana") == 404
    client.force_login(dana)
    assert (status(client, opened, "dana"), status(client, opened, "lead")) == (200, 404)


def test_a_seat_given_to_somebody_of_another_workspace_opens_to_nobody():
    acme, other = workspace("acme"), workspace("other")
    eve = joined(other, "eve", "owner").person
    opened, client = room_of(acme, dana=eve.pk), Client()
    client.force_login(eve)
    assert status(client, opened, "dana") == 404


def test_withdrawing_the_link_leaves_the_person_and_taking_the_seat_away_leaves_the_link():
    acme = workspace("acme")
    dana = joined(acme, "dana", "member").person
    opened, client = room_of(acme, dana=dana.pk), Client()
    client.force_login(dana)
    withdraw_link(opened.room_id, "dana")
    assert Client().get(f"/join/{opened.tokens['dana']}/").status_code == 404
    assert status(client, opened, "dana") == 200
    token = hand_over(opened.room_id, "dana")
    give_seat(opened.room_id, "dana", None)
    assert status(client, opened, "dana") == 404
    assert Client().get(f"/join/{token}/").status_code == 302


def test_a_room_laid_without_links_has_none():
    opened = open_room(published(), links=False)
    assert opened.tokens == {}
    assert Client().get(f"/rooms/{opened.room_id}/lead/").status_code == 404


def test_the_name_of_the_account_is_filled_in_for_its_owner_and_not_for_a_guest():
    dana = joined(workspace("acme"), "dana", "member").person
    opened = room_of(dana.memberships.get().workspace, dana=dana.pk)
    by_account, by_link = Client(), Client()
    by_account.force_login(dana)
    by_link.get(f"/join/{opened.tokens['dana']}/")
    pages = [
        client.get(f"/rooms/{opened.room_id}/dana/").content.decode() for client in (by_account, by_link)
    ]
    assert ['data-person="Dana"' in page for page in pages] == [True, False]

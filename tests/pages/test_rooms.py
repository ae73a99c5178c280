"""The room's pages, by every kind of visitor."""

import logging

import pytest
from django.test import Client

from rooms import queries
from rooms.core import messages as m
from rooms.models import Seat
from rooms.service import handle_now
from tests.builders import Opened, make_room

pytestmark = pytest.mark.django_db

SEATS = ["candidate", "lead", "dana", "omar", "facilitator", "rater1", "rater2"]


def entered(opened: Opened, seat: str) -> Client:
    """A browser that followed the seat's join link."""
    client = Client()
    assert client.get(f"/join/{opened.tokens[seat]}/").status_code == 302
    return client


def test_a_join_link_gives_the_cookie_and_leads_to_the_seat():
    opened = make_room()
    client = Client()
    answer = client.get(f"/join/{opened.tokens['candidate']}/")
    assert answer["Location"] == f"/rooms/{opened.room_id}/candidate/"
    cookie = client.cookies[f"seat-{opened.room_id}-candidate"]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/")


def test_a_raters_join_link_leads_to_the_scoresheet():
    opened = make_room()
    answer = Client().get(f"/join/{opened.tokens['rater1']}/")
    assert answer["Location"] == f"/rooms/{opened.room_id}/rater1/sheet/"


@pytest.mark.parametrize("token", ["x" * 32, "short", "a/b", "%00", "x" * 3_000])
def test_an_unknown_link_is_a_404_that_says_what_to_do(token):
    assert Client().get(f"/join/{token}/").status_code == 404


def test_a_revoked_link_opens_nothing_and_neither_does_its_cookie():
    opened = make_room()
    client = entered(opened, "dana")
    Seat.objects.filter(room_id=opened.room_id, seat="dana").update(revoked_at=1)
    assert client.get(f"/rooms/{opened.room_id}/dana/").status_code == 404
    assert Client().get(f"/join/{opened.tokens['dana']}/").status_code == 404


@pytest.mark.parametrize("page", ["", "transcript.jsonl"])
@pytest.mark.parametrize("visitor", [None, *SEATS])
@pytest.mark.parametrize("seat", SEATS)
def test_a_seats_pages_open_to_its_own_cookie_alone(page, visitor, seat):
    opened = make_room()
    client = Client() if visitor is None else entered(opened, visitor)
    status = client.get(f"/rooms/{opened.room_id}/{seat}/{page}").status_code
    assert status == (200 if visitor == seat else 404)


def test_another_rooms_cookie_opens_nothing():
    mine, other = make_room(), make_room()
    client = entered(mine, "candidate")
    client.cookies[f"seat-{other.room_id}-candidate"] = mine.tokens["candidate"]
    assert client.get(f"/rooms/{other.room_id}/candidate/").status_code == 404


def test_a_bearer_token_opens_what_the_cookie_opens():
    opened = make_room()
    answer = Client().get(
        f"/rooms/{opened.room_id}/omar/transcript.jsonl",
        headers={"Authorization": f"Bearer {opened.tokens['omar']}"},
    )
    assert "SECRET-BRIEF-omar" in answer.content.decode()


@pytest.mark.parametrize("seat", SEATS)
def test_a_page_holds_its_own_seats_secrets_and_nobody_elses(seat):
    opened = make_room(started=True)
    html = entered(opened, seat).get(f"/rooms/{opened.room_id}/{seat}/").content.decode()
    for role in ("lead", "dana", "omar"):
        assert (f"SECRET-BRIEF-{role}" in html) == (role == seat)
        assert (f"SECRET-POSITION-{role}" in html) == (role == seat)
    assert ("SECRET-FACT" in html) == (seat == "omar")
    assert ("SECRET-FLAW" in html) == (seat == "omar")
    assert ("SECRET-MISSING" in html) == (seat in ("facilitator", "rater1", "rater2"))
    assert not any(token in html for token in opened.tokens.values())


def test_a_page_has_a_strict_policy_and_no_inline_script_or_style():
    opened = make_room()
    answer = entered(opened, "candidate").get(f"/rooms/{opened.room_id}/candidate/")
    policy = answer["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    html = answer.content.decode()
    assert " style=" not in html
    assert " onclick=" not in html
    assert answer["Referrer-Policy"] == "same-origin"


def test_a_name_cannot_become_markup():
    from rooms.core import messages as m
    from rooms.service import handle_now

    opened = make_room(started=True)
    handle_now(opened.room_id, "candidate", m.Say(text="</script><script>alert(1)</script>"), "x")
    html = entered(opened, "dana").get(f"/rooms/{opened.room_id}/dana/").content.decode()
    assert "<script>alert" not in html


def test_no_token_reaches_a_log(caplog):
    opened = make_room()
    with caplog.at_level(logging.DEBUG):
        entered(opened, "candidate").get(f"/rooms/{opened.room_id}/lead/")
        Client().get(f"/join/{opened.tokens['lead']}x/")
    from casesim.logs import WithoutSecrets

    hide = WithoutSecrets()
    for record in caplog.records:
        hide.filter(record)
        assert not any(token in record.getMessage() for token in opened.tokens.values())


def test_the_candidates_page_does_not_say_what_is_listened_for():
    opened = make_room(started=True)
    html = entered(opened, "candidate").get(f"/rooms/{opened.room_id}/candidate/").content.decode()
    for told in ("jumps_to_model", "avoids committing", "dimensions"):
        assert told not in html
    console = entered(opened, "facilitator").get(f"/rooms/{opened.room_id}/facilitator/").content.decode()
    assert "avoids committing" in console


def test_a_long_rooms_page_shows_what_was_said_last_and_carries_all_of_it(monkeypatch):
    monkeypatch.setattr(queries, "READABLE", 3)
    room = make_room(started=True)
    for number in range(5):
        handle_now(room.room_id, "candidate", m.Say(text=f"~word {number}~"), f"w{number}")
    page = entered(room, "facilitator").get(f"/rooms/{room.room_id}/facilitator/").content.decode()
    counts = [page.count(f"~word {number}~") for number in range(5)]
    assert counts == [1, 1, 2, 2, 2]  # once in the feed the modules read, once for who has none

"""A room's short code: off until somebody makes one, good for a while, and no way to guess oneself in."""

import pytest
from django.test import Client

from casesim.accounts.models import AuditEntry
from rooms.core import messages as m
from rooms.live.now import wall_ms
from rooms.models import RoomCode, Seat
from rooms.service import close_code, give_seat, hand_over, handle_now, open_code, take_by_code
from tests.accounts.builders import person
from tests.builders import Opened, make_room

pytestmark = pytest.mark.django_db


def entered(code: str) -> Client:
    """A browser in which this code was typed."""
    client = Client()
    assert client.post("/join/", {"code": code})["Location"] == "/join/seats/"
    return client


def test_a_code_leads_to_the_ticked_seats_and_one_of_them_can_be_taken():
    opened = make_room()
    code = open_code(opened.room_id, ["candidate", "dana"], minutes=30)
    client = entered(f" {code[:3].lower()}-{code[3:]} ")
    page = client.get("/join/seats/").content.decode()
    assert [seat in page for seat in ('value="candidate"', 'value="dana"', 'value="lead"')] == [
        True,
        True,
        False,
    ]
    answer = client.post("/join/seats/", {"seat": "candidate"})
    assert answer["Location"] == f"/rooms/{opened.room_id}/candidate/"
    assert client.get(answer["Location"]).status_code == 200
    assert client.get("/join/seats/")["Location"] == "/join/"  # one seat, then the code is asked for again
    (entry,) = AuditEntry.objects.all()
    assert (entry.actor_name, entry.act) == ("a guest", "took seat by code")


def test_a_seat_is_taken_once_and_its_old_link_ends():
    opened = make_room()
    code = open_code(opened.room_id, ["dana"], minutes=30)
    first, second = entered(code), entered(code)
    first.post("/join/seats/", {"seat": "dana"})
    assert Client().get(f"/join/{opened.tokens['dana']}/").status_code == 404
    assert (
        "Every seat that this code opens is taken"
        in second.post("/join/seats/", {"seat": "dana"}).content.decode()
    )
    with pytest.raises(LookupError):
        take_by_code(opened.room_id, "dana")


@pytest.mark.parametrize("seat", ["lead", "facilitator", "nobody", ""])
def test_no_other_seat_can_be_taken(seat):
    opened = make_room()
    client = entered(open_code(opened.room_id, ["dana"], minutes=30))
    assert client.post("/join/seats/", {"seat": seat}).status_code == 200
    assert not any(name.startswith("seat-") for name in client.cookies)


def test_a_seat_somebody_came_to_by_link_is_not_free():
    opened = make_room()
    code = open_code(opened.room_id, ["dana", "omar"], minutes=30)
    handle_now(opened.room_id, "dana", m.TakeSeat(name="Dana"), "sit")
    assert 'value="dana"' not in entered(code).get("/join/seats/").content.decode()


def test_a_seat_given_to_somebody_since_is_not_free():
    opened = make_room()
    client = entered(open_code(opened.room_id, ["dana", "omar"], minutes=30))
    hand_over(opened.room_id, "dana")
    give_seat(opened.room_id, "omar", person("omar").pk)
    assert "is taken" in client.get("/join/seats/").content.decode()


def test_a_bots_seat_is_free_for_a_person():
    opened = make_room(bots=("dana",))
    assert (
        'value="dana"'
        in entered(open_code(opened.room_id, ["dana"], 30)).get("/join/seats/").content.decode()
    )


def wrong(opened: Opened) -> str:
    code = open_code(opened.room_id, ["dana"], minutes=30)
    return code[:-1] + ("B" if code[-1] != "B" else "C")


def test_a_wrong_code_is_an_error_that_keeps_what_was_typed():
    typed = wrong(make_room())
    answer = Client().post("/join/", {"code": typed})
    assert (answer.status_code, typed in answer.content.decode()) == (422, True)


def test_after_ten_wrong_codes_the_right_one_is_not_taken_either_and_others_go_on():
    opened = make_room()
    code = open_code(opened.room_id, ["dana"], minutes=30)
    guess = [Client().post("/join/", {"code": f"BBBB{n:02}"}).status_code for n in range(11)]
    assert guess == [422] * 10 + [429]
    assert Client().post("/join/", {"code": code}).status_code == 429
    assert Client().post("/join/", {"code": code}, REMOTE_ADDR="192.0.2.9").status_code == 302


def test_right_codes_are_not_counted():
    code = open_code(make_room().room_id, ["dana"], minutes=30)
    assert {Client().post("/join/", {"code": code}).status_code for _ in range(15)} == {302}


def test_an_expired_withdrawn_or_replaced_code_opens_nothing():
    room_id = make_room().room_id
    old = open_code(room_id, ["dana"], minutes=30, now=wall_ms() - 31 * 60_000)
    assert Client().post("/join/", {"code": old}).status_code == 422
    first = open_code(room_id, ["dana"], minutes=30)
    second = open_code(room_id, ["omar"], minutes=30)
    assert Client().post("/join/", {"code": first}).status_code == 422
    inside = entered(second)
    close_code(room_id)
    assert inside.post("/join/seats/", {"seat": "omar"})["Location"] == "/join/"
    assert (RoomCode.objects.count(), Seat.objects.filter(by_code=True).count()) == (0, 0)


@pytest.mark.parametrize(
    ("seats", "minutes"), [([], 30), (["facilitator"], 30), (["nobody"], 30), (["dana"], 0), (["dana"], 241)]
)
def test_a_code_that_makes_no_sense_is_refused_and_leaves_the_old_one(seats, minutes):
    room_id = make_room().room_id
    code = open_code(room_id, ["omar"], minutes=30)
    with pytest.raises(ValueError, match=r"seat|minutes"):
        open_code(room_id, seats, minutes)
    assert 'value="omar"' in entered(code).get("/join/seats/").content.decode()

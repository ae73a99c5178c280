"""A live room from the command line."""

import json
from io import StringIO
from urllib.parse import urlsplit

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from casesim.programs.forms import OpenForm
from rooms import queries
from rooms.core import messages as m
from rooms.models import Room
from tests.builders import SCENARIO

pytestmark = pytest.mark.django_db


def open_room(*arguments: str) -> dict:
    out = StringIO()
    call_command("open_room", "fraud", "--json", *arguments, stdout=out)
    return json.loads(out.getvalue())


def test_every_seat_gets_a_link_an_address_and_a_token():
    room = open_room()
    assert [s["seat"] for s in room["seats"]] == [
        "candidate", "interviewer", "dissenter", "data_owner", "facilitator", "rater1", "rater2",
    ]  # fmt: skip
    for seat in room["seats"]:
        assert seat["ws"].endswith(f"/ws/rooms/{room['room']}/")
        assert seat["token"] not in seat["ws"]
        assert Client().get(urlsplit(seat["join"]).path).status_code == 302


def test_seats_are_for_people_unless_a_bot_is_wished_for():
    room = open_room("--seat", "dissenter=bot", "--seat", "candidate=human")
    assert {s["seat"] for s in room["seats"] if s["occupant"] == "bot"} == {"dissenter"}
    assert queries.room(room["room"]).state.seats["dissenter"].occupant == "bot"


def test_fill_puts_bots_into_every_other_panel_seat():
    room = open_room("--fill", "--seat", "interviewer=human")
    assert {s["seat"] for s in room["seats"] if s["occupant"] == "bot"} == {"dissenter", "data_owner"}


@pytest.mark.parametrize(
    "wish", ["dissenter", "dissenter=cat", "nobody=bot", "facilitator=bot", "rater1=bot"]
)
def test_a_wish_that_makes_no_sense_is_an_error_that_names_it(wish):
    with pytest.raises(CommandError, match=wish):
        open_room("--seat", wish)


def test_a_room_is_opened_at_a_seniority_of_the_scenario():
    room = queries.room(open_room("--seniority", "staff")["room"])
    assert (room.seniority, room.scenario.rubric.bar) == ("staff", 3.0)
    assert room.scenario.dimension("framing").floor == 2.5
    opened = queries.record(room.id)[0].event
    assert opened.seniority == "Staff engineer"


def test_a_seniority_there_is_none_of_is_an_error_that_names_the_others():
    with pytest.raises(CommandError, match=r"intern.*senior, staff"):
        open_room("--seniority", "intern")


def test_a_seat_handed_over_opens_to_the_new_link_alone():
    room = open_room()
    old = next(s["join"] for s in room["seats"] if s["seat"] == "dissenter")
    out = StringIO()
    call_command("hand_over", room["room"], "dissenter", stdout=out)
    assert Client().get(urlsplit(old).path).status_code == 404
    assert Client().get(urlsplit(out.getvalue().strip()).path).status_code == 302


def test_a_closed_seat_opens_to_nobody_and_an_unknown_one_is_an_error():
    room = open_room()
    link = next(s["join"] for s in room["seats"] if s["seat"] == "rater2")
    call_command("hand_over", room["room"], "rater2", "--close", stdout=StringIO())
    assert Client().get(urlsplit(link).path).status_code == 404
    with pytest.raises(CommandError, match="nobody"):
        call_command("hand_over", room["room"], "nobody")


def test_a_room_opened_with_a_model_says_so_to_everybody(settings):
    settings.LLM_URL, settings.LLM_MODEL = "http://127.0.0.1:1/v1", "small-1"
    room = open_room("--fill", "--model")
    for seat in ("candidate", "interviewer", "rater1"):
        assert queries.feed(room["room"], seat)["head"]["model"] == "small-1"
    told = [line.event for line in queries.record(room["room"])]
    assert m.Voiced(model="small-1") in told


def test_without_a_model_on_the_server_none_can_be_wished_for(settings):
    settings.LLM_URL = ""
    with pytest.raises(CommandError, match="no language model is set up"):
        open_room("--fill", "--model")


def test_the_page_offers_a_model_only_where_there_is_one():
    def form(name: str, **given: str) -> OpenForm:
        filled = {"title": "t", "seat-candidate": "link", "seat-facilitator": "link", "stand_in": "60"}
        roles = {f"seat-{role.key}": "bot" for role in SCENARIO.roles}
        raters = {f"seat-rater{n}": "nobody" for n in range(1, 9)}
        return OpenForm(SCENARIO, [], {**filled, **roles, **raters, **given}, me=0, model=name)

    assert "model" not in form("").fields
    for ticked, said in (({"model": "on"}, "small-1"), ({}, "")):
        found = form("small-1", **ticked)
        found.is_valid()
        assert found.terms().model == said


def test_a_room_for_practice_with_a_trainee_is_said_to_be_one():
    room = Room.objects.get(pk=open_room("--practice", "--trainee", "rater2")["room"])
    assert room.purpose == "practice"
    assert [seat.seat for seat in room.seats.filter(trainee=True)] == ["rater2"]


def test_a_trainee_who_is_no_rater_is_an_error_that_names_the_seat():
    with pytest.raises(CommandError, match="candidate"):
        open_room("--trainee", "candidate")

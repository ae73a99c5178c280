"""The data room's addresses, by every kind of visitor, and what they answer to nonsense."""

import json

import pytest
from django.test import Client

from rooms import queries
from rooms.core import messages as m
from rooms.service import handle_now
from tests.builders import Opened, make_room
from tests.core.test_data_room import CASE
from tests.pages.test_rooms import SEATS, entered

pytestmark = pytest.mark.django_db


@pytest.fixture
def opened() -> Opened:
    """A room in which the candidate was granted a table."""
    room = make_room(CASE, started=True)
    handle_now(room.room_id, "candidate", m.RequestData(what="visits"), "ask")
    handle_now(room.room_id, "omar", m.GiveData(request="R1", data_set="visits"), "give")
    return room


def address(opened: Opened, seat: str, rest: str) -> str:
    return f"/rooms/{opened.room_id}/{seat}/{rest}"


def asks(client: Client, opened: Opened, body: object, seat: str = "candidate") -> tuple[int, dict]:
    text = body if isinstance(body, str) else json.dumps(body)
    answer = client.post(address(opened, seat, "query/"), text, content_type="application/json")
    return answer.status_code, answer.json() if answer.status_code != 404 else {}


@pytest.mark.parametrize("page", ["tables/visits/", "tables/visits/rows/"])
@pytest.mark.parametrize("visitor", [None, *SEATS])
def test_a_table_opens_to_a_seat_of_its_room_under_its_own_address_alone(opened, page, visitor):
    client = Client() if visitor is None else entered(opened, visitor)
    for seat in SEATS:
        status = client.get(address(opened, seat, page)).status_code
        assert status == (200 if seat == visitor else 404)


@pytest.mark.parametrize("key", ["labels", "nothing", "visits%20", "..", "salaries"])
def test_what_was_not_granted_and_what_is_not_there_are_the_same_404(opened, key):
    assert entered(opened, "candidate").get(address(opened, "candidate", f"tables/{key}/")).status_code == 404


def test_a_table_is_described_and_its_rows_come_in_order(opened):
    client = entered(opened, "candidate")
    told = client.get(address(opened, "candidate", "tables/visits/")).json()
    assert (told["title"], told["rows"], [c["name"] for c in told["columns"]]) == ("Visits", 50, ["day"])
    rows = client.get(address(opened, "candidate", "tables/visits/rows/?sort=day&down=1")).json()["rows"]
    assert rows == sorted(rows, reverse=True)


@pytest.mark.parametrize(
    ("query", "status"), [("page=x", 400), ("page=-1", 400), ("page=99999", 400), ("sort=x", 404)]
)
def test_a_page_that_is_none_is_refused(opened, query, status):
    client = entered(opened, "candidate")
    answer = client.get(address(opened, "candidate", f"tables/visits/rows/?{query}"))
    assert answer.status_code == status


def test_a_query_is_answered_and_is_on_record(opened):
    status, told = asks(entered(opened, "candidate"), opened, {"sql": "SELECT count(*) AS n FROM visits"})
    assert (status, told["rows"], told["problem"]) == (200, [[50]], "")
    assert queries.record(opened.room_id)[-1].event.sql == "SELECT count(*) AS n FROM visits"


@pytest.mark.parametrize("seat", [s for s in SEATS if s != "candidate"])
def test_another_seat_is_told_that_it_cannot_ask(opened, seat):
    status, told = asks(entered(opened, seat), opened, {"sql": "SELECT 1"}, seat)
    assert (status, told["problem"]) == (409, "only the candidate questions the tables")


@pytest.mark.parametrize(
    "body",
    ["", "nonsense", "[" * 30_000, [], {}, {"sql": 1}, {"sql": ""}, {"sql": "x" * 9_000}, "x" * 50_000],
    ids=lambda body: repr(body)[:20],
)
def test_a_body_that_is_no_query_is_a_sentence(opened, body):
    status, told = asks(entered(opened, "candidate"), opened, body)
    assert status == 400
    assert told["problem"]


def test_a_foreign_page_cannot_ask(opened):
    client = Client(enforce_csrf_checks=True)
    client.get(f"/join/{opened.tokens['candidate']}/")
    answer = client.post(address(opened, "candidate", "query/"), "{}", content_type="application/json")
    assert answer.status_code == 403


def test_a_query_is_posted_and_nothing_else(opened):
    assert entered(opened, "candidate").get(address(opened, "candidate", "query/")).status_code == 405

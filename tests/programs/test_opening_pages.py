"""An organiser opens a room on a page, seats its people, and everybody finds it on their to-do page."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest
from django.test import Client

import rooms.queries
from casesim.accounts.access import Standing
from casesim.accounts.models import AuditEntry
from rooms.core import messages as m
from rooms.service import handle_now
from scenarios.service import publish
from tests.accounts.builders import joined, workspace
from tests.builders import SCENARIO, published, scenario

pytestmark = pytest.mark.django_db

SEATS = {"candidate": "link", "lead": "bot", "dana": "link", "omar": "bot", "facilitator": "link"}
RATERS = {"rater1": "link", "rater2": "nobody", "rater3": "nobody", "rater4": "nobody"}


@dataclass
class Desk:
    """An organiser's browser in a workspace with a case to play."""

    olga: Standing
    dana: Standing
    client: Client

    def open(self, **changes: str) -> "Client":
        seats = {f"seat-{key}": who for key, who in {**SEATS, **RATERS}.items()}
        given = {"title": "", "starts_at": "", "stand_in": "60", **seats}
        return self.client.post("/workspaces/acme/rooms/new/small/", {**given, **changes})

    def opened(self, **changes: str) -> str:
        """The people page of a new room."""
        answer = self.open(**changes)
        assert answer.status_code == 302, answer.context["form"].errors
        return answer["Location"]


@pytest.fixture
def desk() -> Desk:
    published()
    acme = workspace("acme")
    olga, dana = joined(acme, "olga", "organiser"), joined(acme, "dana", "member")
    client = Client()
    client.force_login(olga.person)
    return Desk(olga, dana, client)


def room_of(page: str) -> str:
    return page.rstrip("/").rsplit("/", 1)[1]


def links(html: str) -> list[str]:
    return [urlsplit(link).path for link in re.findall(r'value="(http[^"]+/join/[^"]+)"', html)]


def test_a_room_is_laid_as_the_page_says(desk, settings):
    page = desk.opened(
        **{"title": "Ann, 10 o'clock", "starts_at": "2026-12-01T10:00", "seat-dana": str(desk.dana.person.pk)}
    )
    info = rooms.queries.room(room_of(page))
    assert (info.title, info.workspace_id) == ("Ann, 10 o'clock", desk.olga.workspace.pk)
    assert info.starts_at == 1_796_119_200_000
    assert [s for s, seat in info.state.seats.items() if seat.bot] == ["lead", "omar"]
    assert [c.seat for c in rooms.queries.chairs(info.id) if c.person == "Dana"] == ["dana"]
    assert "rater2" not in info.state.seats


def test_the_time_is_the_organisers_own(desk):
    desk.client.post("/account/", {"name": "Olga", "time_zone": "Asia/Tokyo"})
    page = desk.opened(starts_at="2026-12-01T10:00")
    assert rooms.queries.room(room_of(page)).starts_at == 1_796_119_200_000 - 9 * 3_600_000


def test_raters_are_numbered_without_gaps(desk):
    page = desk.opened(**{"seat-rater1": "nobody", "seat-rater3": str(desk.dana.person.pk)})
    raters = [c for c in rooms.queries.chairs(room_of(page)) if c.kind == "rater"]
    assert [(c.seat, c.person) for c in raters] == [("rater1", "Dana")]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("starts_at", "tomorrow"),
        ("stand_in", "4000"),
        ("stand_in", ""),
        ("seniority", "wizard"),
        ("seat-facilitator", "bot"),
        ("seat-rater1", "bot"),
        ("seat-lead", "999999"),
        ("title", "x" * 201),
    ],
)
def test_bad_input_names_its_field_and_opens_nothing(desk, field, value):
    answer = desk.open(**{field: value})
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
    assert rooms.queries.rooms_of(desk.olga.workspace.pk) == ()


def test_nobody_sits_in_two_seats(desk):
    dana = str(desk.dana.person.pk)
    answer = desk.open(**{"seat-candidate": dana, "seat-rater1": dana})
    assert "another seat already" in answer.content.decode()
    assert answer.status_code == 422


def test_links_are_shown_once_and_open_the_guests_seats(desk):
    page = desk.opened()
    assert links(desk.client.get(page).content.decode()) == []
    shown = links(desk.client.post(f"{page}links/").content.decode())
    where = [Client().get(link)["Location"].split("/")[3] for link in shown]
    assert where == ["candidate", "dana", "facilitator", "rater1"]
    assert links(desk.client.get(page).content.decode()) == []
    assert links(desk.client.post(f"{page}links/").content.decode()) == []  # sent again by a reload
    assert Client().get(shown[0]).status_code == 302


def test_a_new_link_ends_the_old_and_a_withdrawn_one_opens_nothing(desk):
    page = desk.opened()
    old = links(desk.client.post(f"{page}dana/link/").content.decode())[0]
    new = links(desk.client.post(f"{page}dana/link/").content.decode())[0]
    assert [Client().get(link).status_code for link in (old, new)] == [404, 302]
    desk.client.post(f"{page}dana/withdraw/")
    assert Client().get(new).status_code == 404


def test_a_seat_is_given_taken_back_and_never_given_to_a_stranger(desk):
    page = desk.opened()
    dana, seat = Client(), f"/rooms/{room_of(page)}/dana/"
    dana.force_login(desk.dana.person)
    desk.client.post(f"{page}dana/give/", {"person": desk.dana.person.pk})
    assert dana.get(seat).status_code == 200
    eve = joined(workspace("other"), "eve", "owner").person
    assert desk.client.post(f"{page}dana/give/", {"person": eve.pk}).status_code == 422
    assert dana.get(seat).status_code == 200
    desk.client.post(f"{page}dana/give/", {"person": ""})
    assert dana.get(seat).status_code == 404


def test_what_an_organiser_does_is_noted(desk):
    page = desk.opened()
    desk.client.post(f"{page}dana/link/")
    desk.client.post(f"{page}code/", {"seats": ["candidate"], "minutes": 5})
    desk.client.post(f"{page}code/", {"off": "1"})
    entries = AuditEntry.objects.filter(workspace=desk.olga.workspace).order_by("pk")
    assert [entry.act for entry in entries] == [
        "opened room",
        "made link",
        "made room code",
        "closed room code",
    ]
    assert {entry.actor_name for entry in entries} == {"olga@acme.test"}


def test_the_code_is_on_the_page_and_opens_the_ticked_seat(desk):
    page = desk.opened()
    desk.client.post(f"{page}code/", {"seats": ["candidate"], "minutes": 5})
    code = re.search(r'data-test="code">([A-Z]+)<', desk.client.get(page).content.decode())[1]
    guest = Client()
    guest.post("/join/", {"code": code})
    assert guest.post("/join/seats/", {"seat": "candidate"}).status_code == 302


def test_a_code_for_no_seat_is_an_error_that_names_the_field(desk):
    answer = desk.client.post(f"{desk.opened()}code/", {"minutes": 5})
    assert (answer.status_code, list(answer.context["code_form"].errors)) == (422, ["seats"])


def test_a_workspaces_own_case_is_offered_in_it_alone(desk):
    own = scenario(slug="own", title="Our own case")
    publish(own, desk.olga.workspace.pk)
    assert "Our own case" in desk.client.get("/workspaces/acme/rooms/new/").content.decode()
    eve = Client()
    eve.force_login(joined(workspace("other"), "eve", "owner").person)
    assert "Our own case" not in eve.get("/workspaces/other/rooms/new/").content.decode()
    assert eve.get("/workspaces/other/rooms/new/own/").status_code == 404
    assert "Our own case" not in Client().get("/scenarios/").content.decode()


def test_a_workspaces_own_version_goes_before_everybodys_of_the_same_name(desk):
    version = publish(SCENARIO.model_copy(update={"title": "As we play it"}), desk.olga.workspace.pk)
    page = desk.opened()
    info = rooms.queries.room(room_of(page))
    assert (info.scenario.title, version.version) == ("As we play it", 1)


def test_a_room_stands_on_the_to_do_page_of_who_holds_a_seat_until_it_is_done(desk):
    page = desk.opened(**{"seat-rater1": str(desk.dana.person.pk)})
    room_id, dana = room_of(page), Client()
    dana.force_login(desk.dana.person)
    sheet = f'href="/rooms/{room_id}/rater1/sheet/"'
    before = dana.get("/").content.decode()
    assert (sheet in before, "Rooms" in before, "Scoresheets you owe" in before) == (True, True, False)
    handle_now(room_id, "facilitator", m.Start(anyway=True), "start")
    assert "running now" in dana.get("/").content.decode()
    handle_now(room_id, "facilitator", m.End(), "end")
    after = dana.get("/").content.decode()
    assert (sheet in after, "Scoresheets you owe" in after) == (True, True)


def test_without_a_seat_the_to_do_page_says_what_to_do(desk):
    html = desk.client.get("/").content.decode()
    assert "Nothing is waiting for you" in html
    assert 'href="/workspaces/acme/"' in html

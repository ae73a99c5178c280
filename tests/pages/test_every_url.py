"""Every URL, asked by every kind of visitor: one table. tests/house/test_urls.py misses no row."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.contrib import admin
from django.db import transaction
from django.test import Client
from django.urls import reverse

from casesim.accounts import service
from casesim.accounts.access import standing
from casesim.accounts.models import User, Workspace
from casesim.authoring import service as authoring
from casesim.authoring import starter
from casesim.authoring.models import Trial
from casesim.cohorts import service as cohorts
from casesim.cohorts.access import Here
from casesim.cohorts.models import Member
from casesim.loops import service as loops
from casesim.loops.models import Loop, LoopRoom
from casesim.loops.service import RoomWish
from rooms.service import Opened, open_room
from tests.accounts.builders import joined, workspace
from tests.builders import T0, published
from tests.loops.conftest import loop_wish

pytestmark = pytest.mark.django_db

# who asks; `holder` holds the seat of the row (where it has one), `wrong_seat` another of the same room
VISITORS = ("anonymous", "stranger", "member", "wrong_seat", "holder", "organiser", "owner", "operator")
HOLDERS = {"candidate": "cora", "lead": "lee", "facilitator": "fred", "rater1": "rita"}

Expected = Mapping[str, int]


def everyone(status: int, **others: int) -> Expected:
    return dict.fromkeys(VISITORS, status) | others


def only(visitors: str, status: int, **others: int) -> Expected:
    """These see it; everybody else meets a 404, whatever they are."""
    return everyone(404) | dict.fromkeys(visitors.split(), status) | others


def signed_in(status: int) -> Expected:
    """Everybody with an account; a stranger is asked to sign in."""
    return everyone(status, anonymous=302)


MEMBERS = "member wrong_seat holder organiser owner"
ORGANISERS = "organiser owner"


@dataclass(frozen=True)
class Row:
    """One URL, and what each visitor's request is answered with."""

    name: str
    expected: Expected
    method: str = "GET"
    path: Mapping[str, str] = field(default_factory=dict)
    data: Mapping[str, Any] = field(default_factory=dict)


ACME = {"workspace": "acme"}
ROOM = {"workspace": "acme", "room": "ROOM"}
LOOP = {"workspace": "acme", "loop": "LOOP"}
LOOP_ROOM = {**LOOP, "room": "LOOP_ROOM"}
LEAD = {"room": "ROOM", "seat": "lead"}
RATER = {"room": "ROOM", "seat": "rater1"}
FACILITATOR = {"room": "ROOM", "seat": "facilitator"}
CANDIDATE = {"room": "ROOM", "seat": "candidate"}

DRAFT = {"workspace": "acme", "draft": "mine"}
COHORT = {"workspace": "acme", "cohort": "COHORT"}
SEATS = {"raters_least": 1, "raters_most": 2, "facilitator": "coach"}

ROWS = [
    Row("health:live", everyone(200)),
    Row("metrics", everyone(200)),  # the test client asks from this machine
    Row("scenarios:catalogue", everyone(200)),
    # -- authoring (tests/pages/test_authoring.py has an author, and a draft of another workspace)
    Row("authoring:scenarios", only(ORGANISERS, 200), path=ACME),
    Row("authoring:scenarios", only(ORGANISERS, 422), "POST", ACME),
    Row("authoring:draft", only(ORGANISERS, 200), path=DRAFT),
    Row("authoring:draft", only(ORGANISERS, 422), "POST", DRAFT),
    Row("authoring:upload", only(ORGANISERS, 422), "POST", DRAFT),
    Row("authoring:preview", only(ORGANISERS, 200), path=DRAFT),
    Row("authoring:publish", only(ORGANISERS, 302), "POST", DRAFT),
    Row("authoring:delete", only(ORGANISERS, 302), "POST", DRAFT),
    Row("authoring:timeline", only(ORGANISERS, 200), path=DRAFT),
    Row("authoring:timeline", only(ORGANISERS, 422), "POST", DRAFT),
    Row("authoring:take_sheet", only(ORGANISERS, 302), "POST", DRAFT),
    Row("authoring:sheet", only(ORGANISERS, 200), path={**DRAFT, "kind": "csv"}),
    Row("authoring:rehearse", only(ORGANISERS, 200), path=DRAFT),
    Row("authoring:rehearse", only(ORGANISERS, 302), "POST", DRAFT, {"runs": 1}),
    Row("authoring:script", only(ORGANISERS, 302), "POST", DRAFT, {"remove": "weak"}),
    Row("authoring:trial", only(ORGANISERS, 200), path={**DRAFT, "trial": "TRIAL"}),
    Row("authoring:progress", only(ORGANISERS, 200), path={**DRAFT, "trial": "TRIAL"}),
    # -- accounts
    Row("account_login", everyone(302, anonymous=200)),
    Row("account_logout", everyone(200, anonymous=302)),
    Row("account_logout", everyone(302), "POST"),
    Row("account_inactive", everyone(200)),
    Row("account_signup", everyone(302, anonymous=200)),
    Row("account_reauthenticate", everyone(200, anonymous=302)),
    Row("account_email", signed_in(200)),
    Row("account_email_verification_sent", everyone(302, anonymous=302)),
    Row("account_change_password", signed_in(200)),
    Row("account_set_password", signed_in(302)),
    Row("account_reset_password", everyone(200)),
    Row("account_confirm_login_code", everyone(302)),
    Row("account_confirm_password_reset_code", everyone(302)),
    Row("account_complete_password_reset", everyone(302)),
    Row("account_password_reset_completed", everyone(200)),
    Row("account_request_login_code", everyone(302, anonymous=200)),
    Row("accounts:you", signed_in(200)),
    Row("accounts:you", signed_in(302), "POST", data={"name": "New", "time_zone": "Asia/Tokyo"}),
    Row("accounts:sign_in", everyone(404), path={"token": "1-nonsense"}),
    Row("accounts:invitation_link", everyone(404), path={"token": "nonsense"}),
    Row("accounts:invitation_link", everyone(302), path={"token": "INVITATION"}),
    Row("accounts:invitation", everyone(404)),
    # -- workspaces
    Row("accounts:workspaces", signed_in(200)),
    Row("accounts:workspaces", {**signed_in(404), "operator": 302}, "POST", data={"name": "New"}),
    Row("accounts:members", only(ORGANISERS, 200), path=ACME),
    Row("accounts:change_role", only("owner", 302), "POST", {**ACME, "person": "MEMBER"}, {"role": "author"}),
    Row("accounts:remove", only("owner", 302), "POST", {**ACME, "person": "MEMBER"}),
    Row("accounts:leave", only(MEMBERS, 302), "POST", ACME),
    Row("accounts:invite", only(ORGANISERS, 200), "POST", ACME, {"role": "member", "places": 1, "days": 1}),
    Row("accounts:revoke", only(ORGANISERS, 302), "POST", {**ACME, "invitation": "INVITED"}),
    Row("accounts:audit", only("owner", 200), path=ACME),
    Row("todo:home", everyone(200)),
    Row("programs:workspace", only(MEMBERS, 200), path=ACME),
    Row("programs:choose_scenario", only(ORGANISERS, 200), path=ACME),
    Row("programs:open_room", only(ORGANISERS, 200), path={**ACME, "slug": "small"}),
    Row("programs:open_room", only(ORGANISERS, 422), "POST", {**ACME, "slug": "small"}, {"title": "x"}),
    Row("programs:open_room", everyone(404), path={**ACME, "slug": "no-such-case"}),
    Row("programs:people", only(ORGANISERS, 200), path=ROOM),
    Row("programs:people", everyone(404), path={"workspace": "other", "room": "ROOM"}),
    Row("programs:links", only(ORGANISERS, 200), "POST", ROOM),
    Row("programs:code", only(ORGANISERS, 302), "POST", ROOM, {"seats": ["dana"], "minutes": 5}),
    Row("programs:link", only(ORGANISERS, 200), "POST", {**ROOM, "seat": "lead"}),
    Row("programs:link", everyone(404), "POST", {**ROOM, "seat": "nobody"}),
    Row("programs:withdraw", only(ORGANISERS, 302), "POST", {**ROOM, "seat": "lead"}),
    Row("programs:give", only(ORGANISERS, 302), "POST", {**ROOM, "seat": "lead"}, {"person": ""}),
    # -- records
    Row("records:end_account", signed_in(200)),
    Row("records:end_account", signed_in(422), "POST"),  # the address is not written out
    Row("records:records", only("owner", 200), path=ACME),
    Row("records:export", only("owner", 302), "POST", ACME),
    Row("records:download", everyone(404), path={**ACME, "run": "1"}),  # nothing was asked for yet
    Row("records:retain", only("owner", 302), "POST", ACME, {"days": 90}),
    Row("records:retain", only("owner", 422), "POST", ACME, {"days": 1}),
    Row("records:erase", only("owner", 200), path=ACME),
    Row("records:erase", only("owner", 422), "POST", ACME),  # nobody was chosen
    Row("records:erase", only("owner", 302), "POST", ACME, {"person": "MEMBER", "sure": "on"}),
    Row("records:erase_seat", only("owner", 200), path=ROOM),
    Row("records:erase_seat", everyone(404), path={"workspace": "other", "room": "ROOM"}),
    Row("records:erase_seat", only("owner", 302), "POST", ROOM, {"seat": "omar"}),
    Row("records:people", only(ORGANISERS, 200), path=ACME),
    Row("records:people", only(ORGANISERS, 422), "POST", ACME),  # an empty table
    # -- the rule, calibrations and raters
    Row("scoring:rule", only(ORGANISERS, 200), path=ACME),
    Row("scoring:rule", only(ORGANISERS, 422), "POST", ACME),  # an empty form declares nothing
    Row("scoring:raters", only(ORGANISERS, 200), path=ACME),
    Row("scoring:rater", everyone(404), path={**ACME, "person": "MEMBER"}),  # nothing is known of them yet
    Row("scoring:your_marks", only(MEMBERS, 200), path=ACME),
    Row("scoring:calibrate", only(ORGANISERS, 302), "POST", ACME),
    Row("scoring:cancel", only(ORGANISERS, 302), "POST", ACME),
    Row("scoring:progress", only(ORGANISERS, 200), path=ACME),
    # -- outcomes
    Row("scoring:outcomes", only(ORGANISERS, 200), path=ACME),
    Row("scoring:record", only(ORGANISERS, 422), "POST", ACME),  # nothing is written in it
    Row("scoring:outcome_table", only(ORGANISERS, 422), "POST", ACME),
    # -- the fairness audit
    Row("fairness:audit", only("owner", 200), path=ACME),
    Row("fairness:labels", only("owner", 422), "POST", ACME),  # an empty table
    Row("fairness:table", only("owner", 200), path=ACME),
    Row("fairness:summary", only("owner", 422), path=ACME),  # nothing was asked for
    Row("fairness:notice", only("owner", 422), path=ACME),  # likewise
    Row("fairness:document", only("owner", 200), path=ACME),
    # -- practice on recordings
    Row("cohorts:practice", only(MEMBERS, 200), path=ACME),
    Row("cohorts:begin", only(MEMBERS, 302), "POST", {**ACME, "recording": "search"}),
    Row("cohorts:begin", everyone(404), "POST", {**ACME, "recording": "no-such-recording"}),
    Row("cohorts:feedback", only(MEMBERS, 200), path=ACME),
    Row("cohorts:switch", only(ORGANISERS, 302), "POST", ACME),
    Row("cohorts:keep", everyone(404), path=ROOM),  # the room is not over: tests/cohorts ask when it is
    # -- cohorts: the member is in it, other members of the workspace are not
    Row("cohorts:cohorts", only(MEMBERS, 200), path=ACME),
    Row("cohorts:cohorts", only(ORGANISERS, 302), "POST", ACME, {"name": "Spring"}),
    Row("cohorts:cohort", only(f"member {ORGANISERS}", 200), path=COHORT),
    Row("cohorts:cohort", everyone(404), path={**COHORT, "workspace": "other"}),
    Row("cohorts:join", everyone(404), path=COHORT),  # nobody here came by its link
    Row("cohorts:availability", only("member", 200), path=COHORT),
    Row("cohorts:availability", only("member", 302), "POST", COHORT),
    Row("cohorts:own_conflict", only("member", 422), "POST", COHORT),
    Row("cohorts:remove_conflict", only(f"member {ORGANISERS}", 302), "POST", {**COHORT, "conflict": "1"}),
    Row("cohorts:add", only(ORGANISERS, 422), "POST", COHORT),
    Row("cohorts:invite", only(ORGANISERS, 200), "POST", COHORT, {"places": 1, "days": 1}),
    Row("cohorts:member", only(ORGANISERS, 200), path={**COHORT, "member": "COHORT_MEMBER"}),
    Row(
        "cohorts:member",
        only(ORGANISERS, 302),
        "POST",
        {**COHORT, "member": "COHORT_MEMBER"},
        {"trainee": "on"},
    ),
    Row("cohorts:remove", only(ORGANISERS, 302), "POST", {**COHORT, "member": "COHORT_MEMBER"}),
    Row("cohorts:rounds", only(ORGANISERS, 422), "POST", COHORT),
    Row("cohorts:remove_round", only(ORGANISERS, 422), "POST", {**COHORT, "turn": "1"}),
    Row("cohorts:cases", only(ORGANISERS, 302), "POST", COHORT, {"slugs": ["small"]}),
    Row("cohorts:seats", only(ORGANISERS, 302), "POST", COHORT, SEATS),
    Row("cohorts:conflicts", only(ORGANISERS, 422), "POST", COHORT),
    Row("cohorts:timetable", only(ORGANISERS, 200), path=COHORT),
    Row("cohorts:timetable", only(ORGANISERS, 422), "POST", COHORT),  # an empty table
    Row("cohorts:timetable", everyone(404), path={**COHORT, "workspace": "other"}),
    Row("cohorts:take_timetable", only(ORGANISERS, 200), path=COHORT),
    Row("cohorts:yours", only("member", 200), path=COHORT),
    Row("cohorts:share", only("member", 302), "POST", COHORT, {"part": ["growth"]}),
    Row("cohorts:of_member", everyone(404), path={**COHORT, "member": "COHORT_MEMBER"}),  # nothing is shared
    Row("cohorts:words", everyone(404), path={**COHORT, "room": "1"}),  # no room is over: tests/cohorts ask
    Row("cohorts:replay", everyone(404), path={**COHORT, "room": "1", "seat": "candidate"}),
    Row("cohorts:coach", only(ORGANISERS, 200), path=COHORT),
    Row("cohorts:plan", only(ORGANISERS, 200), path=COHORT),
    Row("cohorts:plan", only(ORGANISERS, 422), "POST", COHORT),  # one member is too few
    Row("cohorts:plan", everyone(404), path={**COHORT, "workspace": "other"}),
    Row("cohorts:cancel", only(ORGANISERS, 302), "POST", COHORT),
    Row("cohorts:progress", only(ORGANISERS, 200), path=COHORT),
    Row("cohorts:pin", only(ORGANISERS, 422), "POST", COHORT),
    Row("cohorts:unpin", only(ORGANISERS, 302), "POST", {**COHORT, "pin": "1"}),
    Row("cohorts:gone", only(ORGANISERS, 422), "POST", COHORT),
    Row("cohorts:open_rooms", only(ORGANISERS, 422), "POST", COHORT),  # there is no plan
    # -- loops: the holder sits in one of its rooms; the candidate is a guest
    Row("loops:loops", only(ORGANISERS, 200), path=ACME),
    Row("loops:new", only(ORGANISERS, 200), path=ACME),
    Row("loops:new", only(ORGANISERS, 422), "POST", ACME),
    Row("loops:loop", only(ORGANISERS, 200), path=LOOP),
    Row("loops:loop", everyone(404), path={**LOOP, "workspace": "other"}),
    Row("loops:link", only(ORGANISERS, 200), "POST", LOOP),
    Row("loops:add_room", only(ORGANISERS, 200), path={**LOOP, "slug": "small"}),
    Row("loops:add_room", everyone(404), path={**LOOP, "slug": "no-such-case"}),
    Row("loops:add_room", only(ORGANISERS, 422), "POST", {**LOOP, "slug": "small"}),
    Row("loops:move", only(ORGANISERS, 302), "POST", LOOP_ROOM, {"starts_at": "2030-01-01T10:00"}),
    Row("loops:move", everyone(404), "POST", {**LOOP, "room": "ROOM"}, {"starts_at": "2030-01-01T10:00"}),
    Row("loops:cancel", everyone(404), "POST", {**LOOP, "room": "ROOM"}),  # tests/loops cancel one of its own
    Row("loops:conflict", only(ORGANISERS, 302), "POST", LOOP, {"person": "MEMBER"}),
    Row("loops:no_conflict", everyone(404), "POST", {**LOOP, "conflict": "1"}),
    Row("loops:debrief", only(f"holder {ORGANISERS}", 200), path=LOOP),
    Row("loops:debrief", everyone(404), path={**LOOP, "workspace": "other"}),
    Row("loops:report", only(ORGANISERS, 200), path=LOOP),
    Row("loops:document", everyone(404), path=LOOP),  # there is no report yet
    Row("loops:sign", only(ORGANISERS, 422), "POST", LOOP),  # nor anything to sign
    Row("loops:release", only(ORGANISERS, 422), "POST", LOOP),
    Row("loops:answer", only(ORGANISERS, 422), "POST", LOOP),
    Row("loops:review", only(ORGANISERS, 422), "POST", LOOP),
    Row("loops:yours", only("holder", 200), path=LOOP),
    Row("loops:yours", everyone(404), path={**LOOP, "workspace": "other"}),
    Row("loops:my_conflict", only("holder", 302), "POST", LOOP),
    Row("loops:my_calendar", only("holder", 200), path=LOOP),
    # tests/loops ask again as the candidate
    Row("loops:follow", everyone(404), path={"token": "nonsense"}),
    Row("loops:follow", everyone(302), path={"token": "LOOP_TOKEN"}),
    Row("loops:candidate", everyone(404), path={"loop": "LOOP"}),
    Row("loops:consent", everyone(404), "POST", {"loop": "LOOP"}),
    Row("loops:enter", everyone(404), "POST", {"loop": "LOOP", "room": "LOOP_ROOM"}),
    Row("loops:contest", everyone(404), "POST", {"loop": "LOOP"}),
    Row("loops:candidate_calendar", everyone(404), path={"loop": "LOOP"}),
    # -- rooms: rights belong to seats, so an owner without one is a stranger here
    Row("rooms:enter_code", everyone(200)),
    Row("rooms:choose_seat", everyone(302)),
    Row("rooms:join", everyone(404), path={"token": "nonsense"}),
    Row("rooms:join", everyone(302), path={"token": "TOKEN"}),
    Row("rooms:room", only("holder", 200), path=LEAD),
    Row("rooms:transcript", only("holder", 200), path=LEAD),
    # nothing has been granted yet: tests/rooms ask again when it has
    Row("rooms:table", everyone(404), path={**CANDIDATE, "key": "labels"}),
    Row("rooms:rows", everyone(404), path={**CANDIDATE, "key": "labels"}),
    Row("rooms:query", only("holder", 400), "POST", CANDIDATE),  # no query in it
    Row("scoring:sheet", only("holder", 200), path=RATER),
    Row("scoring:sheet", everyone(404), path=LEAD),
    Row("scoring:sheet", only("holder", 422), "POST", RATER),
    Row("scoring:draft", only("holder", 200), "POST", RATER),
    Row("scoring:debrief", only("holder", 200), path=LEAD),
    Row("scoring:debrief", everyone(404), path=CANDIDATE),
    Row("scoring:close", only("holder", 302), "POST", FACILITATOR),
    Row("scoring:close", everyone(404), "POST", LEAD),
    Row("scoring:report", only("holder", 200), path=FACILITATOR),
    Row("scoring:report", everyone(404), path=CANDIDATE),
    Row("scoring:document", everyone(404), path=FACILITATOR),  # there is no report yet
    Row("scoring:compare", only("holder", 200), path=FACILITATOR),
    Row("scoring:compare", everyone(404), path=LEAD),
    Row("scoring:sign", everyone(404), "POST", FACILITATOR),  # nor anything to sign
]


@dataclass(frozen=True)
class World:
    """A workspace with people and a room, in which Dana's seat is free; and another workspace's owner."""

    people: Mapping[str, User]
    opened: Opened
    token: str
    invitation: str
    invited: int
    cohort: Member
    loop: LoopRoom
    loop_token: str
    trial: Trial

    def url(self, row: Row) -> str:
        return reverse(row.name, kwargs=self._placed(row.path))

    def data(self, row: Row) -> dict[str, Any]:
        return self._placed(row.data)

    def _placed(self, values: Mapping[str, Any]) -> dict[str, Any]:
        places = {
            "ROOM": self.opened.room_id,
            "TOKEN": self.token,
            "INVITATION": self.invitation,
            "INVITED": str(self.invited),
            "MEMBER": str(self.people["member"].pk),
            "TRIAL": str(self.trial.pk),
            "COHORT": str(self.cohort.cohort_id),
            "COHORT_MEMBER": str(self.cohort.pk),
            "LOOP": str(self.loop.loop_id),
            "LOOP_ROOM": self.loop.room,
            "LOOP_TOKEN": self.loop_token,
        }
        return {
            key: places.get(value, value) if isinstance(value, str) else value
            for key, value in values.items()
        }

    def client(self, visitor: str, row: Row, **options: Any) -> Client:
        """A browser in which this visitor is signed in."""
        client = Client(**options)
        name = HOLDERS.get(row.path.get("seat", ""), "lee") if visitor == "holder" else visitor
        if visitor != "anonymous":
            client.force_login(self.people[name])
        return client


@pytest.fixture(scope="module")
def world(module_database: None) -> World:
    """Made once: whatever a request changes is rolled back."""
    acme = workspace("acme")
    people = {"operator": User.objects.create_superuser("operator@acme.test", "correct horse")}
    people["stranger"] = joined(workspace("other"), "stranger", "owner").person
    roles = {"member": "member", "wrong_seat": "member", "organiser": "organiser", "owner": "owner"}
    for name, role in {**roles, **dict.fromkeys(HOLDERS.values(), "member")}.items():
        people[name] = joined(acme, name, role).person
    seats = {seat: people[name].pk for seat, name in HOLDERS.items()} | {"omar": people["wrong_seat"].pk}
    opened = open_room(published(), workspace_id=acme.pk, people=seats, raters=1)
    made, invitation = service.invite(standing_of(people["owner"]), "member", "", places=1, days=1)
    loop = loops.create(standing_of(people["owner"]), loop_wish(), T0)
    loop_token = loops.make_link(standing_of(people["owner"]), loop)
    return World(
        people,
        opened,
        opened.tokens["dana"],
        invitation,
        made.pk,
        in_a_cohort(people["owner"], people["member"]),
        loop=_loop_room(people, loop),
        loop_token=loop_token,
        trial=rehearsed(people["owner"]),
    )


def rehearsed(author: User) -> Trial:
    """A draft that is clean, and a rehearsal of it that came to nothing."""
    here = standing_of(author)
    draft = authoring.begin(here, "mine", starter.starter("mine"), starter.scripts(), 1)
    trial = authoring.ask_trial(here, draft, 1, "", 1)
    Trial.objects.filter(pk=trial.pk).update(ended_at=2, error="It failed.")
    return trial


def in_a_cohort(coach: User, member: User) -> Member:
    """A cohort of one member, who is nobody else of this table."""
    here = standing_of(coach)
    return cohorts.add(Here(here, cohorts.create(here, "Autumn"), None), member)


def _loop_room(people: Mapping[str, User], loop: Loop) -> LoopRoom:
    """One room of the loop, in which lee plays the lead."""
    seats = {"lead": people["lee"].pk}
    wish = RoomWish(published(), "", None, stand_in=0, bots=("dana", "omar"), people=seats, raters=1)
    return loops.add_room(standing_of(people["owner"]), loop, wish)


def standing_of(person: User) -> Any:
    return standing(person, Workspace.objects.get(slug="acme").slug)


def statuses(world: World, row: Row) -> dict[str, int]:
    """What each visitor meets; what one of them changes is undone before the next."""
    found = {}
    for visitor in VISITORS:
        with transaction.atomic():
            client = world.client(visitor, row)
            ask = client.get if row.method == "GET" else client.post
            found[visitor] = ask(world.url(row), world.data(row)).status_code
            transaction.set_rollback(True)
    return found


@pytest.mark.parametrize(
    "row", ROWS, ids=lambda row: f"{row.method} {row.name} {' '.join(row.path.values())}"
)
def test_a_url_answers_each_visitor_as_the_table_says(row, world):
    assert statuses(world, row) == row.expected


CHANGES = [row for row in ROWS if row.method == "POST" and 302 in row.expected.values()]


@pytest.mark.parametrize("row", CHANGES, ids=lambda row: row.name)
def test_nothing_is_changed_by_a_form_of_another_site(row, world):
    visitor = next(who for who in reversed(VISITORS) if row.expected[who] == 302)
    with transaction.atomic():
        client = world.client(visitor, row, enforce_csrf_checks=True)
        status = client.post(world.url(row), world.data(row)).status_code
        transaction.set_rollback(True)
    assert status == 403


OPERATORS = Row("admin:index", only("operator", 200))


@pytest.mark.parametrize("visitor", VISITORS)
def test_the_operators_pages_are_the_operators_alone(visitor, world):
    kinds = [f"{model._meta.app_label}_{model._meta.model_name}" for model in admin.site._registry]
    pages = [reverse("admin:index"), *(reverse(f"admin:{kind}_changelist") for kind in kinds)]
    client = world.client(visitor, OPERATORS)
    met = {client.get(page).status_code for page in pages}
    assert met == ({200} if visitor == "operator" else {302})
    login = client.get(reverse("admin:login")).status_code
    assert login == (302 if visitor in ("operator", "anonymous") else 403)

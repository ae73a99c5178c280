"""The pages of a loop, as its organiser, its raters and its candidate meet them."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

import rooms.queries
from casesim.loops import queries, reports, service
from casesim.loops.models import Appeal, Loop
from rooms.access import cookie_name as seat_cookie
from rooms.models import Seat
from scoring.core.calibrated import rubric_name
from tests.builders import SCENARIO, T0, published
from tests.loops.conftest import SECOND


def browser(standing) -> Client:
    client = Client()
    client.force_login(standing.person)
    return client


def at(name, loop=None, **more):
    places = {"workspace": "acme", **({"loop": loop.pk} if loop is not None else {}), **more}
    return reverse(f"loops:{name}", kwargs=places)


def own(name, loop, **more):
    """A page of the candidate."""
    return reverse(f"loops:{name}", kwargs={"loop": loop.pk, **more})


@pytest.fixture
def guest(acme):
    """A loop with a room, and the browser of a candidate who followed its link."""
    acme.made = acme.loop(extra_time=25)
    acme.first = acme.room(acme.made, starts_at=T0)
    client = Client()
    token = service.make_link(acme.olga, acme.made)
    answer = client.get(reverse("loops:follow", args=[token]))
    assert answer.url == own("candidate", acme.made)
    assert token not in answer.url
    acme.made.refresh_from_db()
    return client


# --- setting it up ----------------------------------------------------------------------------------


def test_an_organiser_makes_a_loop_and_adds_a_room_with_raters_and_what_they_watch(acme):
    published(SCENARIO)
    olga = browser(acme.olga)
    assert "small" not in olga.get(at("loops")).content.decode()
    form = {
        "candidate": "Cora Lind",
        "person": "",
        "time_zone": "Europe/Berlin",
        "rubric": rubric_name(SCENARIO.rubric),
        "purpose": "assessment",
        "extra_time": 0,
        "keep_days": 30,
        "appeal_days": 14,
    }
    assert olga.post(at("new"), {**form, "keep_days": 0}).status_code == 422
    olga.post(at("new"), form)
    loop = Loop.objects.get()
    assert (loop.candidate, loop.rubric_title) == ("Cora Lind", "Small, version 1")
    seats = {
        "stand_in": 60,
        "starts_at": "2030-05-01T10:00",
        "seat-lead": "bot",
        "seat-dana": "bot",
        "seat-omar": "link",
        "seat-facilitator": acme.olga.person.pk,
        "seat-rater1": "nobody",
        "seat-rater2": acme.rita.person.pk,
        "focus-rater2": ["risk"],
        "seat-rater3": acme.tina.person.pk,
        "trainee-rater3": "on",
        "seat-rater4": "nobody",
    }
    assert olga.get(at("add_room", loop, slug="small")).status_code == 200
    answer = olga.post(at("add_room", loop, slug="small"), seats)
    assert (answer.status_code, answer.get("Location")) == (302, at("loop", loop))
    (view,) = queries.rooms_of(loop)
    assert [(r.chair.person_id, r.chair.trainee, r.focus) for r in view.raters] == [
        (acme.rita.person.pk, False, ("Risk",)),
        (acme.tina.person.pk, True, ()),
    ]
    page = olga.get(at("loop", loop)).content.decode()
    assert "consent missing" in page and "watches Risk" in page


def test_somebody_with_a_conflict_is_not_offered_a_seat_and_cannot_be_put_there(acme):
    loop = acme.loop()
    published(SCENARIO)
    olga = browser(acme.olga)
    olga.post(at("conflict", loop), {"person": acme.rita.person.pk})
    page = olga.get(at("add_room", loop, slug="small")).content.decode()
    assert f'value="{acme.ben.person.pk}"' in page
    assert f'value="{acme.rita.person.pk}"' not in page
    room = acme.room(loop, people={"rater1": acme.ben.person.pk}, raters=1)
    give = reverse("programs:give", kwargs={"workspace": "acme", "room": room, "seat": "rater1"})
    answer = olga.post(give, {"person": acme.rita.person.pk})
    assert (answer.status_code, "conflict of interest" in answer.content.decode()) == (422, True)


def test_a_member_declares_a_conflict_of_their_own_and_is_out(acme):
    loop = acme.loop()
    acme.room(loop)
    rita = browser(acme.rita)
    assert rita.get(at("yours", loop)).status_code == 200
    assert rita.post(at("my_conflict", loop)).url == "/"
    assert rita.get(at("yours", loop)).status_code == 404
    assert loop.conflicts.get().declared_by == acme.rita.person


def test_a_room_is_moved_and_cancelled_on_the_page(acme):
    loop = acme.loop()
    room = acme.room(loop, starts_at=T0)
    olga = browser(acme.olga)
    assert olga.post(at("move", loop, room=room), {"starts_at": "soon"}).status_code == 422
    assert olga.post(at("move", loop, room=room), {"starts_at": "2030-01-01T10:00"}).status_code == 302
    assert olga.post(at("cancel", loop, room=room)).status_code == 302
    assert olga.post(at("cancel", loop, room=room)).status_code == 422
    assert "cancelled" in olga.get(at("loop", loop)).content.decode()


# --- the candidate ----------------------------------------------------------------------------------------


def test_a_guest_reads_the_notice_agrees_and_enters_every_room_by_one_link(acme, guest):
    page = guest.get(own("candidate", acme.made)).content.decode()
    assert "What is recorded" in page and "25 % longer" in page
    guest.post(own("consent", acme.made), {"given": "yes"})
    assert rooms.queries.room(acme.first).state.consent == "given"
    second = acme.room(acme.made, SECOND)
    for room in (acme.first, second):
        answer = guest.post(own("enter", acme.made, room=room))
        assert answer.url == reverse("rooms:room", args=[room, "candidate"])
        assert guest.get(answer.url).status_code == 200
    assert guest.cookies[seat_cookie(second, "candidate")].value


def test_a_second_browser_of_the_same_guest_does_not_put_the_first_one_out(acme, guest):
    other = Client()
    other.cookies = guest.cookies.copy()
    guest.post(own("enter", acme.made, room=acme.first))
    other.post(own("enter", acme.made, room=acme.first))
    assert guest.get(reverse("rooms:room", args=[acme.first, "candidate"])).status_code == 200


def test_a_guests_link_that_was_withdrawn_opens_nothing(acme, guest):
    guest.post(own("enter", acme.made, room=acme.first))
    browser(acme.olga).post(at("link", acme.made), {"off": "1"})
    assert guest.get(own("candidate", acme.made)).status_code == 404
    assert guest.get(reverse("rooms:room", args=[acme.first, "candidate"])).status_code == 404


def test_one_candidates_link_opens_nothing_of_anothers(acme, guest):
    other = acme.loop(candidate="Somebody else")
    room = acme.room(other)
    assert guest.get(own("candidate", other)).status_code == 404
    assert guest.post(own("enter", acme.made, room=room)).status_code == 404
    assert guest.post(own("consent", other), {"given": "yes"}).status_code == 404


def test_a_member_who_is_the_candidate_comes_by_account(acme):
    loop = acme.loop(person=acme.tina.person.pk, candidate="Tina")
    room = acme.room(loop)
    tina = browser(acme.tina)
    assert "Read what is recorded" in tina.get("/").content.decode()
    tina.post(own("consent", loop), {"given": "yes"})
    assert tina.get(tina.post(own("enter", loop, room=room)).url).status_code == 200
    assert Seat.objects.get(room=room, seat="candidate").token_digest is None
    assert tina.get(at("debrief", loop)).status_code == 404
    assert browser(acme.ben).get(own("candidate", loop)).status_code == 404


def test_the_calendar_file_is_each_persons_own(acme, guest):
    assert "Your seat: Candidate" in guest.get(own("candidate_calendar", acme.made)).content.decode()
    text = browser(acme.rita).get(at("my_calendar", acme.made)).content.decode()
    assert "Your seat: Rater 1" in text and "Candidate." not in text


def test_consent_is_taken_back_on_the_page(acme, guest):
    acme.play(acme.first)
    guest.post(own("consent", acme.made), {"given": "no"})
    assert "You took your consent back" in guest.get(own("candidate", acme.made)).content.decode()
    assert "due for removal" in browser(acme.olga).get(at("loop", acme.made)).content.decode()


# --- marks, report, decision --------------------------------------------------------------------------------


def test_whoever_still_owes_a_sheet_reads_nobodys_marks(acme):
    loop = acme.loop()
    people = {"rater1": acme.otto.person.pk, "rater2": acme.ben.person.pk}
    room = acme.play(acme.room(loop, people=people))
    acme.rate(room, "rater2", 4, 4)
    otto = browser(acme.otto)
    assert otto.get(at("report", loop)).status_code == 403
    assert otto.post(at("sign", loop), {"decision": "hire"}).status_code == 404
    assert "You still owe" in otto.get(at("debrief", loop)).content.decode()
    acme.rate(room, "rater1", 1, 1)
    reports.build(loop.pk, acme.now)
    assert otto.get(at("report", loop)).status_code == 200
    assert "level 4" in otto.get(at("debrief", loop)).content.decode()


def test_from_the_report_to_the_candidates_appeal(acme, guest):
    loop = acme.made
    acme.play(acme.first)
    acme.rate(acme.first, "rater1", 4, 4)
    acme.rate(acme.first, "rater2", 4, 3)
    olga, otto = browser(acme.olga), browser(acme.otto)
    assert "the report is being made" in olga.get(at("report", loop)).content.decode()
    report = reports.build(loop.pk, acme.now)
    page = olga.get(at("report", loop)).content.decode()
    assert "+25 % time, agreed" in page and "Sign the decision" in page
    assert olga.get(at("document", loop)).content.decode() == report.document
    signing = {"decision": "no_hire", "digest": report.digest, "reason": ""}
    assert olga.post(at("sign", loop), signing).status_code == 422
    assert olga.post(at("sign", loop), {**signing, "reason": "Too little."}).status_code == 302
    assert "No hire" not in guest.get(own("candidate", loop)).content.decode()
    olga.post(at("release", loop), {"text": "You framed it well."})
    told = guest.get(own("candidate", loop)).content.decode()
    assert "No hire" in told and "You framed it well." in told and "Rita" not in told
    assert f"You can contest it until {timezone.now() + timedelta(days=14):%A %-d %B %Y}." in told
    assert guest.post(own("contest", loop), {"text": ""}).status_code == 422
    guest.post(own("contest", loop), {"text": "My data was ignored."})
    assert "My data was ignored." in olga.get(at("loop", loop)).content.decode()
    olga.post(at("answer", loop), {"text": "We read it again."})
    assert olga.post(at("review", loop), {"decision": "hire", "reason": "x"}).status_code == 422
    assert (
        otto.post(at("review", loop), {"decision": "hire", "reason": "They were right."}).status_code == 302
    )
    last = guest.get(own("candidate", loop)).content.decode()
    assert "They were right." in last and "Otto" in last
    assert Appeal.objects.get().decided_by == acme.otto.person


def test_words_that_are_too_long_are_refused_and_stay_in_the_form(acme):
    loop = acme.loop()
    room = acme.play(acme.room(loop, starts_at=T0))
    for rater in ("rater1", "rater2"):
        acme.rate(room, rater, 4, 4)
    report, olga = reports.build(loop.pk, acme.now), browser(acme.olga)
    lines = "well\r\n" * 800  # 4,000 characters as the browser counts them, 4,800 as it sends them
    signing = {"decision": "no_hire", "digest": report.digest}
    refused = olga.post(at("sign", loop), {**signing, "reason": f"{lines}more"})
    assert refused.status_code == 422 and "at most 4,000 characters" in refused.content.decode()
    assert olga.post(at("sign", loop), {**signing, "reason": lines}).status_code == 302
    refused = olga.post(at("release", loop), {"text": f"{lines}and more"})
    assert refused.status_code == 422
    page = refused.content.decode()
    assert "at most 4,000 characters" in page and "and more" in page
    assert olga.post(at("release", loop), {"text": lines}).status_code == 302
    assert Loop.objects.get(pk=loop.pk).feedback == ("well\n" * 800).strip()


def test_a_trainee_sees_their_marks_beside_the_counted_ones(acme):
    loop = acme.loop()
    people = {"rater1": acme.rita.person.pk, "rater2": acme.tina.person.pk}
    room = acme.play(acme.room(loop, people=people, trainees=("rater2",)))
    acme.rate(room, "rater1", 4, 4)
    tina = browser(acme.tina)
    assert "what counted" not in tina.get(at("yours", loop)).content.decode()
    acme.rate(room, "rater2", 1, 1)
    page = tina.get(at("yours", loop)).content.decode()
    assert "What you marked, and what counted" in page and "1 level 1" in page and "4 level 4" in page

"""Practice on recordings: rated blind on the usual sheet, compared in private, asked for before rating."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from casesim.accounts.models import Membership, Workspace
from casesim.accounts.service import Refusal
from casesim.cohorts import opening, recordings
from casesim.cohorts.models import Practice, Recording
from casesim.programs.opening import BadWish, Wish, open_set
from casesim.records.erasure import empty_room
from rooms.models import Room
from scoring import gathering
from scoring.core.sheets import Draft, DraftMark
from scoring.service import submit_scoresheet
from tests.accounts.builders import joined, workspace
from tests.builders import T0, published
from tests.cohorts import builders

pytestmark = pytest.mark.django_db
NAME = "search"


@pytest.fixture
def rita():
    return joined(workspace("acme", olga="organiser"), "rita", "member")


def browser(who):
    client = Client()
    client.force_login(who)
    return client


def page(name, *more):
    return reverse(f"cohorts:{name}", args=["acme", *more])


def hand_in(practice, level=2, version=None):
    """A whole sheet with one level throughout, each mark with a note."""
    sheet = recordings.bundled()[practice.recording]
    marks = tuple(DraftMark(dimension=key, level=level, note="so I heard it") for key in sheet.marks)
    submit_scoresheet(practice.room, "rater1", Draft(marks=marks, closing=level), T0 + level, version)


def test_a_recording_is_laid_for_one_person_and_rated_on_the_usual_sheet(rita):
    client = browser(rita.person)
    answer = client.post(page("begin", NAME))
    mine = Practice.objects.get()
    assert answer["Location"] == f"/rooms/{mine.room}/rater1/sheet/"
    assert client.post(page("begin", NAME))["Location"] == answer["Location"]  # once
    sheet = client.get(answer["Location"])
    assert sheet.status_code == 200
    told = sheet.content.decode()
    assert "two-tower model" in told
    reference = recordings.bundled()[NAME]
    for page_seen in (told, client.get(page("practice")).content.decode()):  # blind
        assert not any(mark.reason[:30] in page_seen for mark in reference.marks.values())
        assert reference.lesson[:30] not in page_seen
    other = joined(rita.workspace, "ruth", "member").person
    assert browser(other).get(answer["Location"]).status_code == 404
    assert "Practice: " in client.get("/").content.decode()


def test_feedback_comes_once_the_sheet_is_in_and_is_nobody_elses(rita):
    client = browser(rita.person)
    mine = recordings.begin(rita, NAME)
    assert "Nothing to compare yet" in client.get(page("feedback")).content.decode()
    hand_in(mine, level=2)
    assert "Read how your marks compare" in client.get("/").content.decode()
    told = client.get(page("feedback")).content.decode()
    reason = recordings.bundled()[NAME].marks["data"].reason
    assert reason[:60] in told and "1.0 levels milder than the reference" in told and "1 level milder" in told
    assert "Read how your marks compare" not in client.get("/").content.decode()
    olga = Membership.objects.get(person__email="olga@acme.test").person
    assert reason[:60] not in browser(olga).get(page("feedback")).content.decode()


def test_the_first_sheet_counts_and_not_one_written_knowing_the_reference(rita):
    mine = recordings.begin(rita, NAME)
    hand_in(mine, level=3)
    hand_in(mine, level=1, version=2)
    assert recordings.feedback(rita.workspace, rita.person).overall.leaning.value == 2.0


def test_practice_counts_nowhere(rita):
    mine = recordings.begin(rita, NAME)
    hand_in(mine)
    assert list(gathering.gather(rita.workspace.pk)) == []
    olga = browser(Membership.objects.get(person__email="olga@acme.test").person)
    listed = olga.get(reverse("programs:workspace", args=["acme"])).content.decode()
    assert "Practice: " not in listed
    assert "Feedback to give" not in browser(rita.person).get("/").content.decode()


def wish(rita):
    return Wish(
        version_id=published(), seniority="", title="", starts_at=None, stand_in=0, bots=(),
        people={"rater1": rita.person.pk}, raters=1,
    )  # fmt: skip


def test_where_it_is_asked_for_nobody_rates_for_real_before_they_have_practised(rita):
    olga = Membership.objects.get(person__email="olga@acme.test").person
    coach = browser(olga)
    coach.post(page("switch"), {"raters_practise": "on"})
    rita.workspace.refresh_from_db()
    with pytest.raises(BadWish, match="Rita must practise on recordings"):
        open_set(rita, [wish(rita)])
    given = {"seat-rater1": rita.person.pk, "seat-rater2": "nobody", "seat-candidate": "link", "stand_in": 0}
    for name in ("rater3", "rater4"):
        given[f"seat-{name}"] = "nobody"
    given |= {"seat-lead": "bot", "seat-dana": "bot", "seat-omar": "bot", "seat-facilitator": olga.pk}
    answer = coach.post(reverse("programs:open_room", args=["acme", "small"]), given)
    assert answer.status_code == 422 and "Must practise on recordings" in answer.content.decode()
    for name in (NAME, "fraud"):
        hand_in(recordings.begin(rita, name))
    assert Membership.objects.get(person=rita.person).practised_at is not None
    assert open_set(rita, [wish(rita)])


def test_a_raters_seat_is_not_given_by_hand_either(rita):
    (room,) = open_set(rita, [wish(rita)])
    Workspace.objects.update(raters_practise=True)
    olga = browser(Membership.objects.get(person__email="olga@acme.test").person)
    give = reverse("programs:give", args=["acme", room, "rater1"])
    answer = olga.post(give, {"person": rita.person.pk})
    assert answer.status_code == 422 and "must practise" in answer.content.decode()
    lead = reverse("programs:give", args=["acme", room, "lead"])
    assert olga.post(lead, {"person": rita.person.pk}).status_code == 302


def test_a_cohorts_rooms_are_not_opened_while_their_raters_have_not_practised():
    here = builders.cohort()
    plan = builders.planned(here)
    Workspace.objects.update(raters_practise=True)
    with pytest.raises(Refusal, match="must practise on recordings"):
        opening.open_rooms(here.standing, here.cohort, plan, T0)
    assert not Room.objects.exists()


def test_a_room_that_is_over_is_kept_with_reasons_and_practised_on():
    here = builders.cohort()
    first, *_ = builders.opened(here)
    builders.play(first)
    coach = browser(here.standing.person)
    keep = page("keep", first.planned.room)
    assert coach.get(keep).status_code == 200
    given = {
        "title": "Our own",
        "about": "Short.",
        "level-framing": "3",
        "level-risk": "none",
        "level-closing": "3",
    }
    given |= {f"reason-{key}": "It was said." for key in ("framing", "risk", "closing")}
    answer = coach.post(keep, given)
    assert answer.status_code == 422 and not Recording.objects.exists()  # nobody has agreed
    assert coach.post(keep, given | {"agreed": "on"}).status_code == 302
    kept = Recording.objects.get()
    assert "m1 as rater" not in kept.lines and "SECRET-POSITION" not in kept.lines
    assert coach.post(keep, given | {"agreed": "on"}).status_code == 422  # once
    mine = recordings.begin(here.standing, f"kept-{kept.pk}")
    assert browser(here.standing.person).get(f"/rooms/{mine.room}/rater1/sheet/").status_code == 200
    other = joined(workspace("other"), "otto", "owner")
    with pytest.raises(LookupError):
        recordings.begin(other, f"kept-{kept.pk}")
    # the candidate's words are erased: the recording goes, and so do the words of the room laid from it
    empty_room(first.planned.room)
    assert not Recording.objects.exists()
    sheet = browser(here.standing.person).get(f"/rooms/{mine.room}/rater1/sheet/").content.decode()
    assert "what an error costs" not in sheet


def test_a_bundled_recording_can_be_made_again():
    out = StringIO()
    call_command("record_references", NAME, look=True, stdout=out)
    assert out.getvalue().startswith(f"{NAME}: ") and "nobody said" not in out.getvalue()

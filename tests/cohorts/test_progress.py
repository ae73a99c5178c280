"""Progress: a member's own page, what is shared of it, words on a room, and what the coach sees."""

import pytest
from django.test import Client
from django.urls import reverse

from casesim.accounts.models import User
from casesim.cohorts import coaching, service
from casesim.cohorts.core import early
from casesim.cohorts.core.asking import name_of
from casesim.cohorts.models import Words
from casesim.cohorts.progress import progress_of
from rooms.core import messages as m
from rooms.core.policy import LISTENER
from rooms.service import handle_now
from scoring.service import build_report
from tests.cohorts import builders

pytestmark = pytest.mark.django_db


@pytest.fixture
def here():
    return builders.cohort()


def browser(who):
    client = Client()
    client.force_login(who)
    return client


def page(here, name, *more):
    return reverse(f"cohorts:{name}", args=[here.cohort.workspace.slug, here.cohort.pk, *more])


def member(here, each, seat):
    """Who holds this seat."""
    found = {name_of(one.pk): one for one in here.cohort.members.all()}
    return found[each.laid.people[seat]]


def text(client, address):
    return client.get(address).content.decode()


def test_growth_comes_from_the_report_with_its_interval(here):
    first, *_ = builders.opened(here)
    builders.play(first, "32", report=True)
    progress = progress_of(here.cohort, member(here, first, "candidate"))
    (framing, drawn), (risk, _) = progress.lines
    assert (framing.name, framing.points[0].raw) == ("Framing", 3.0)
    assert framing.points[0].fair.interval is not None and len(drawn.dots) == 1
    assert risk.points[0].fair.value < framing.points[0].fair.value
    told = text(browser(member(here, first, "candidate").person), page(here, "yours"))
    assert 'data-test="growth"' in told and "Growth needs a second one" in told
    assert "style=" not in told.split("<main")[1]


def test_there_are_no_numbers_before_the_last_sheet_and_the_page_says_so(here):
    first, *_ = builders.opened(here)
    room = first.planned.room
    handle_now(room, "facilitator", m.Start(anyway=True), "start")
    handle_now(room, "candidate", m.Say(text="A word."), "say")
    handle_now(room, "facilitator", m.End(), "end")
    builders.rate(room, "rater1", "44", "A word.")
    mine = member(here, first, "candidate")
    progress = progress_of(here.cohort, mine)
    assert progress.lines == () and progress.moments == ()
    of = first.laid.raters
    assert f"1 of {of} scoresheets are in" in text(browser(mine.person), page(here, "yours"))


def test_ones_own_words_come_first_and_open_the_others(here):
    first, *_ = builders.opened(here)
    builders.play(first)
    mine, rater = member(here, first, "candidate"), member(here, first, "rater1")
    words = page(here, "words", first.planned.pk)
    given = {"plus": "She named the cost.", "delta": "SLOWER please."}
    assert browser(rater.person).post(words, given).status_code == 302
    told = text(browser(mine.person), page(here, "yours"))
    assert "SLOWER" not in told and "1 of the others has written" in told
    browser(mine.person).post(words, {"plus": "I asked.", "delta": "I hurried."})
    told = text(browser(mine.person), page(here, "yours"))
    assert told.index("I hurried.") < told.index("SLOWER please.")


def test_words_that_lack_a_half_are_not_kept_and_nothing_typed_is_lost(here):
    first, *_ = builders.opened(here)
    builders.play(first)
    client = browser(member(here, first, "candidate").person)
    answer = client.post(page(here, "words", first.planned.pk), {"plus": "I asked.", "delta": ""})
    assert answer.status_code == 422 and "I asked." in answer.content.decode() and not Words.objects.exists()


def test_nobody_writes_on_a_room_they_had_no_seat_in_or_that_is_not_over(here):
    first, second, *_ = builders.opened(here)
    builders.play(first)
    outside = service.add(here, builders.joined(here.cohort.workspace, "zoe", "member").person)
    mine = member(here, first, "candidate")
    assert browser(outside.person).get(page(here, "words", first.planned.pk)).status_code == 404
    assert browser(mine.person).get(page(here, "words", second.planned.pk)).status_code == 404


def test_the_to_do_page_asks_for_availability_and_words_until_they_are_given(here):
    first, *_ = builders.opened(here)
    mine = member(here, first, "candidate")
    client = browser(mine.person)
    assert "Say which rounds you can come to" in text(client, "/")
    rounds = [r.pk for r in here.cohort.rounds.all()]
    client.post(page(here, "availability"), {"rounds": rounds})
    assert "Say which rounds" not in text(client, "/")
    builders.play(first)
    assert "Say how it was for you" in text(client, "/")
    assert "Say what went well and what to change" in text(browser(member(here, first, "rater1").person), "/")
    client.post(page(here, "words", first.planned.pk), {"plus": "a", "delta": "b"})
    assert "Say how it was for you" not in text(client, "/")


def test_moments_lead_into_the_room_as_the_candidate_saw_it(here):
    first, *_ = builders.opened(here)
    builders.play(first)
    mine = member(here, first, "candidate")
    ((_, (moment,)),) = progress_of(here.cohort, mine).moments
    assert moment.quote == "I would ask what an error costs." and moment.raters == first.laid.raters
    client = browser(mine.person)
    address = page(here, "replay", first.planned.pk, "candidate")
    assert f"{address}#n{moment.n}" in text(client, page(here, "yours"))
    replay = text(client, address)
    assert f'id="n{moment.n}"' in replay
    assert "SECRET-BRIEF" not in replay and "SECRET-EXPECTED" not in replay
    other = member(here, first, "rater1")
    assert browser(other.person).get(address).status_code == 404
    assert browser(here.standing.person).get(address).status_code == 404  # the coach has another seat


def test_one_thing_to_practise_is_shown_with_the_words_it_was_heard_in(here):
    first, *_ = builders.opened(here)
    room = first.planned.room
    handle_now(room, "facilitator", m.Start(anyway=True), "start")
    for number, words in enumerate(("Sorry, I do not know.", "Sorry again."), 1):
        handle_now(room, "candidate", m.Say(text=words), f"say {number}")
        handle_now(room, LISTENER, m.Hear(utterance=number, acts=("apologises",)), f"hear {number}")
    handle_now(room, "facilitator", m.End(), "end")
    mine = member(here, first, "candidate")
    assert progress_of(here.cohort, mine).practice.key == "sorry"
    told = text(browser(mine.person), page(here, "yours"))
    assert "Say what you do not know as a fact" in told and "Sorry again." in told
    lines = {line.member.pk: line for line in coaching.lines(here.cohort)}
    assert lines[mine.pk].practice.key == "sorry"


def test_a_page_is_private_until_it_is_shared_part_by_part_and_again_when_taken_back(here):
    first, *_ = builders.opened(here)
    builders.play(first)
    build_report(first.planned.room)
    mine, other = member(here, first, "candidate"), member(here, first, "rater1")
    address = page(here, "of_member", mine.pk)
    visitors = [browser(other.person), browser(here.standing.person)]
    assert [v.get(address).status_code for v in visitors] == [404, 404]
    client = browser(mine.person)
    client.post(page(here, "words", first.planned.pk), {"plus": "I asked.", "delta": "PRIVATE delta"})
    client.post(page(here, "share"), {"part": ["growth", "nonsense"]})
    for visitor in visitors:
        told = text(visitor, address)
        assert 'data-test="growth"' in told
        assert (
            "PRIVATE delta" not in told and 'data-test="moments"' not in told and "Practise next" not in told
        )
    client.post(page(here, "share"))
    assert [v.get(address).status_code for v in visitors] == [404, 404]


def test_dissenting_and_rating_count(here):
    first, *_ = builders.opened(here)
    builders.play(first)
    rater = member(here, first, "rater1")
    progress = progress_of(here.cohort, rater)
    assert (progress.rated.sheets, progress.rated.of) == (1, 1)
    assert (progress.rated.marks, progress.rated.with_evidence) == (2, 2)
    if "dana" in first.laid.people:
        assert progress_of(here.cohort, member(here, first, "dana")).dissent.rooms == 1


def test_the_coach_sees_turns_next_seats_what_is_owed_and_an_early_look_from_three_rooms_on(here):
    rooms_held = builders.opened(here)
    for each in rooms_held[:2]:
        builders.play(each)
    coach = browser(here.standing.person)
    told = text(coach, page(here, "coach"))
    assert told.count('data-test="coach-line"') == 6 and "Whose turn is next" in told
    assert "Round 3" in told and "early look</span>" not in told
    lines = coaching.lines(here.cohort)
    assert sum(line.candidate for line in lines) == 2
    assert all(line.early.value is None for line in lines)
    candidate = member(here, rooms_held[0], "candidate")
    mine = next(line for line in lines if line.member.pk == candidate.pk)
    assert "their own words on round 1" in mine.owes and "availability" in mine.owes
    ahead = coaching.next_round(here.cohort, lines, builders.FIRST)
    assert ahead.number == 3 and ahead.candidates == (str(member(here, rooms_held[2], "candidate")),)


def test_an_early_look_is_labelled_as_one(monkeypatch):
    monkeypatch.setattr(early, "FEWEST", 2)  # rooms: three would only take longer here
    here = builders.cohort("ana ben cem dia")
    here.cohort.raters_least = here.cohort.raters_most = 3
    here.cohort.save()
    for each in builders.opened(here):
        builders.play(each)
    assert [line.early.value for line in coaching.lines(here.cohort) if line.early.value is not None]
    assert "early look</span> as the others" in text(browser(here.standing.person), page(here, "coach"))


def test_a_members_page_is_no_other_cohorts(here):
    second = service.create(here.standing, "Autumn")
    ana = User.objects.get(email="ana@acme.test")
    for name in ("yours", "coach"):
        assert browser(ana).get(reverse(f"cohorts:{name}", args=["acme", second.pk])).status_code == 404

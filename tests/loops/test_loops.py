"""A loop is set up, its rooms wait for consent, conflicts hold, and one link leads to every room."""

import pytest

import rooms.queries
from casesim.accounts.models import AuditEntry
from casesim.accounts.service import Refusal
from casesim.loops import queries, service
from casesim.loops.core.times import DAY
from casesim.loops.tokens import seat_token
from rooms.access import seat_by_token
from rooms.core import messages as m
from rooms.core.messages import Refused
from rooms.service import give_seat
from tests.builders import SCENARIO, T0, scenario
from tests.loops.conftest import SECOND


def test_a_loop_is_several_rooms_of_one_candidate_with_cases_and_panels_of_their_own(acme):
    loop = acme.loop(extra_time=25)
    first = acme.room(loop, starts_at=T0 + DAY)
    second = acme.room(loop, SECOND, people={"rater1": acme.tina.person.pk}, raters=3, starts_at=T0)
    views = queries.rooms_of(loop)
    assert [view.row.room for view in views] == [second, first]
    assert [view.row.expected_raters for view in views] == [3, 2]
    assert [view.counted for view in views] == [1, 2]
    assert {view.info.state.extra_time for view in views} == {25}
    assert [view.row.minutes for view in views] == [25, 25]  # twice ten minutes, and a quarter more


def test_a_case_of_another_rubric_or_standard_is_no_room_of_the_loop(acme):
    loop = acme.loop()
    acme.room(loop)
    rubric = SCENARIO.rubric.model_dump(mode="json")
    with pytest.raises(Refusal, match="not rated by Small, version 1"):
        acme.room(loop, scenario(slug="other-rubric", rubric={**rubric, "version": 2}))
    with pytest.raises(Refusal, match="its weights, floors or bar are others"):
        acme.room(loop, scenario(slug="other-bar", rubric={**rubric, "bar": 2.75}))
    with pytest.raises(Refusal, match="has no level"):
        acme.room(acme.loop(seniority="senior", seniority_name="Senior"))


# --- consent ------------------------------------------------------------------------------------------


def test_no_room_of_an_assessment_starts_before_the_candidate_has_agreed(acme):
    loop = acme.loop()
    room = acme.room(loop)
    with pytest.raises(Refused, match="no_consent"):
        acme.do(room, "facilitator", m.Start(anyway=True))
    assert service.consent(loop, True, acme.now) == 1
    acme.do(room, "facilitator", m.Start(anyway=True))
    assert AuditEntry.objects.filter(act="gave consent", actor_name="Cora Lind").count() == 1


def test_practice_asks_for_no_consent(acme):
    room = acme.room(acme.loop(purpose="practice"))
    acme.do(room, "facilitator", m.Start(anyway=True))
    assert rooms.queries.room(room).purpose == "practice"


def test_the_notice_says_what_this_workspace_promises(acme):
    loop = acme.loop(keep_days=7)
    text = " ".join(rooms.queries.room(acme.room(loop)).state.notice)
    assert "Acme" in text and "7 days" in text and "scripted" in text


def test_consent_given_twice_is_said_once_and_can_be_given_again_after_it_was_taken_back(acme):
    loop = acme.loop()
    room = acme.room(loop)
    assert [service.consent(loop, given, acme.now) for given in (True, True, False, True)] == [1, 0, 1, 1]
    said = [x.event.given for x in rooms.queries.record(room) if isinstance(x.event, m.Consented)]
    assert said == [True, False, True]
    loop.refresh_from_db()
    assert loop.withdrawn_at is None


def test_consent_taken_back_ends_what_runs_and_makes_everything_due_for_removal(acme):
    loop = acme.loop()
    over, running = acme.play(acme.room(loop)), acme.room(loop)
    acme.do(running, "candidate", m.Consent())
    acme.do(running, "facilitator", m.Start(anyway=True))
    assert queries.due_for_removal(acme.now) == ()
    service.consent(loop, False, acme.now)
    assert rooms.queries.room(running).state.status == "ended"
    (due,) = queries.due_for_removal(acme.now)
    assert (set(due.rooms), due.why) == ({over, running}, "consent withdrawn")


def test_consent_taken_back_inside_a_room_is_known_to_the_loop(acme):
    loop = acme.loop()
    room = acme.play(acme.room(loop))
    acme.do(room, "candidate", m.Consent(given=False))
    assert service.note_withdrawal(loop, acme.now)
    loop.refresh_from_db()
    assert loop.withdrawn_at == acme.now


# --- how long it is kept --------------------------------------------------------------------------------


def test_a_loop_is_due_for_removal_so_long_after_its_last_room(acme):
    loop = acme.loop(keep_days=30)
    acme.room(loop, starts_at=T0 + 5 * DAY)
    last = acme.room(loop, SECOND, starts_at=T0 + 10 * DAY)
    assert queries.due_for_removal(T0 + 40 * DAY - 1) == ()
    (due,) = queries.due_for_removal(T0 + 40 * DAY, loop.workspace_id)
    assert (due.why, last in due.rooms) == ("kept long enough", True)
    assert queries.due_for_removal(T0 + 90 * DAY, loop.workspace_id + 1) == ()


# --- conflicts of interest --------------------------------------------------------------------------------


def test_whoever_has_a_conflict_of_interest_is_named_and_given_no_seat(acme):
    loop = acme.loop()
    before = acme.room(loop)
    service.declare_conflict(acme.olga, loop, acme.rita.person.pk, acme.now)
    assert next(c for c in rooms.queries.chairs(before) if c.seat == "rater1").person_id is None
    with pytest.raises(Refusal, match="Rita has a conflict of interest with Cora Lind"):
        acme.room(loop, SECOND)
    after = acme.room(loop, SECOND, people={"rater1": acme.ben.person.pk}, raters=2)
    for room in (before, after):
        with pytest.raises(ValueError, match="conflict of interest"):
            give_seat(room, "rater2", acme.rita.person.pk)


def test_a_conflict_that_was_a_mistake_is_taken_back(acme):
    loop = acme.loop()
    room = acme.room(loop)
    service.declare_conflict(acme.olga, loop, acme.rita.person.pk, acme.now)
    service.withdraw_conflict(acme.olga, loop, loop.conflicts.get().pk)
    give_seat(room, "rater1", acme.rita.person.pk)
    with pytest.raises(LookupError):
        service.withdraw_conflict(acme.olga, loop, 999)


def test_a_candidate_who_is_a_member_holds_their_seats_and_no_other(acme):
    loop = acme.loop(person=acme.tina.person.pk, candidate="Tina")
    room = acme.room(loop)
    assert (
        next(c for c in rooms.queries.chairs(room) if c.seat == "candidate").person_id == acme.tina.person.pk
    )
    assert not queries.sits_in(loop, acme.tina.person.pk)
    with pytest.raises(Refusal, match="one person holds both"):
        acme.room(loop, SECOND, people={"rater1": acme.tina.person.pk}, raters=1)


# --- one link --------------------------------------------------------------------------------------------


def opens(loop, room, token):
    return seat_by_token(service.seat_of_link(loop, room, token), room, "candidate") is not None


def test_one_link_leads_to_every_room_also_to_one_that_is_added_later(acme):
    loop = acme.loop()
    first = acme.room(loop)
    token = service.make_link(acme.olga, loop)
    later = acme.room(loop, SECOND)
    loop.refresh_from_db()
    assert token not in str(loop.__dict__)
    assert opens(loop, first, token) and opens(loop, later, token)
    assert service.seat_of_link(loop, first, token) == seat_token(token, first)  # the same on every device


def test_a_new_link_ends_the_old_one_everywhere(acme):
    loop = acme.loop()
    room = acme.room(loop)
    old = service.make_link(acme.olga, loop)
    seat = service.seat_of_link(loop, room, old)
    service.make_link(acme.olga, loop)
    assert seat_by_token(seat, room, "candidate") is None


def test_a_link_leads_to_no_room_of_another_loop(acme):
    loop, other = acme.loop(), acme.loop(candidate="Somebody else")
    token = service.make_link(acme.olga, loop)
    with pytest.raises(LookupError):
        service.seat_of_link(loop, acme.room(other), token)


# --- time -------------------------------------------------------------------------------------------------


def test_a_room_is_moved_until_it_has_begun(acme):
    loop = acme.loop()
    room = acme.room(loop, starts_at=T0)
    service.move(acme.olga, loop, room, T0 + DAY)
    assert (rooms.queries.room(room).starts_at, loop.rooms.get().sequence) == (T0 + DAY, 1)
    acme.play(room)
    with pytest.raises(Refusal, match="has begun"):
        service.move(acme.olga, loop, room, T0)


def test_a_cancelled_room_does_not_take_place_and_counts_nowhere(acme):
    loop = acme.loop()
    room = acme.room(loop, starts_at=T0)
    service.cancel(acme.olga, loop, room, acme.now)
    assert rooms.queries.room(room).state.status == "ended"
    (view,) = queries.rooms_of(loop)
    assert (view.cancelled, queries.overview(loop).standing_rooms, queries.rated(loop)) == (True, (), ())
    with pytest.raises(Refusal, match="cancelled already"):
        service.cancel(acme.olga, loop, room, acme.now)


def test_a_wish_says_who_learns_and_what_each_rater_watches(acme):
    loop = acme.loop()
    people = {"rater1": acme.rita.person.pk, "rater2": acme.tina.person.pk}
    room = acme.room(loop, people=people, trainees=("rater2",), focus={"rater1": ("risk",)})
    (view,) = queries.rooms_of(loop)
    assert [(r.chair.trainee, r.focus) for r in view.raters] == [(False, ("Risk",)), (True, ())]
    assert view.row.expected_raters == 1
    assert rooms.queries.focus(room) == {"rater1": ("risk",)}
    assert [part.focus for part in queries.parts(loop, acme.rita.person.pk)] == [("Risk",)]


def test_nobody_from_outside_the_workspace_is_its_candidate(acme):
    with pytest.raises(Refusal, match="not in the workspace"):
        acme.loop(person=10_000)

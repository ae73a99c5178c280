"""Who may hold no seat of a room, and what was agreed for it, as the database keeps it."""

import pytest

import rooms.queries
from rooms.core import messages as m
from rooms.core.laying import Terms
from rooms.models import Barred
from rooms.service import bar, give_seat, hand_over, handle_now, open_room, reschedule, unbar
from tests.accounts.builders import joined, workspace
from tests.builders import T0, published

pytestmark = pytest.mark.django_db


@pytest.fixture
def rita():
    return joined(workspace("acme"), "rita", "member")


def opened(rita, **more):
    return open_room(published(), workspace_id=rita.workspace.pk, now=T0, **more).room_id


def test_who_is_barred_is_given_no_seat_of_the_room(rita):
    with pytest.raises(ValueError, match="rater1 has a conflict of interest"):
        opened(rita, people={"rater1": rita.person.pk}, barred=[rita.person.pk])
    room = opened(rita, barred=[rita.person.pk])
    with pytest.raises(ValueError, match="conflict of interest"):
        give_seat(room, "rater1", rita.person.pk)
    unbar(room, rita.person.pk)
    give_seat(room, "rater1", rita.person.pk)


def test_whoever_is_barred_later_loses_the_seat(rita):
    room = opened(rita, people={"rater1": rita.person.pk})
    bar(room, rita.person.pk)
    bar(room, rita.person.pk)
    chair = next(c for c in rooms.queries.chairs(room) if c.seat == "rater1")
    assert (chair.person_id, Barred.objects.count()) == (None, 1)
    assert rooms.queries.held_by(rita.person.pk) == ()


def test_a_room_with_extra_time_runs_longer_wherever_it_is_read(rita):
    room = opened(rita, terms=Terms(extra_time=50))
    state = handle_now(room, "facilitator", m.Start(anyway=True), "start", now=T0 + 1)
    assert state.ends - state.started == 900_000
    found = rooms.queries.room(room)
    assert (found.state.extra_time, found.scenario.phases[0].seconds) == (50, 900)


def test_people_meet_at_another_time(rita):
    room = opened(rita, starts_at=T0)
    reschedule(room, T0 + 5)
    assert rooms.queries.room(room).starts_at == T0 + 5
    with pytest.raises(LookupError):
        reschedule("nowhere", T0)


def test_a_seat_can_be_handed_over_with_a_token_of_ones_own(rita):
    room = opened(rita)
    token = "a" * 30
    assert hand_over(room, "candidate", token=token) == token
    assert next(c for c in rooms.queries.chairs(room) if c.seat == "candidate").has_link

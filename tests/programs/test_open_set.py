"""A set of rooms is opened in one step: all of them, or none."""

from dataclasses import replace

import pytest

import rooms.queries
from casesim.programs.opening import BadWish, Wish, open_set
from rooms.models import Room
from tests.accounts.builders import joined, workspace
from tests.builders import T0, published

pytestmark = pytest.mark.django_db


@pytest.fixture
def here():
    return joined(workspace("acme"), "olga", "organiser")


def wish(**changes):
    plain = Wish(published(), "", "A room", T0, stand_in=0, bots=("dana",), people={}, raters=1)
    return replace(plain, **changes)


def test_a_set_of_rooms_is_opened_with_its_people_bots_and_times(here):
    rita = joined(here.workspace, "rita", "member").person
    first, second = open_set(here, [wish(people={"rater1": rita.pk}), wish(starts_at=T0 + 1, raters=2)])
    assert rooms.queries.room(first).starts_at == T0
    assert rooms.queries.room(second).starts_at == T0 + 1
    chairs = {chair.seat: chair for chair in rooms.queries.chairs(first)}
    assert (chairs["rater1"].person_id, chairs["dana"].occupant) == (rita.pk, "bot")
    assert [len(rooms.queries.raters(room)) for room in (first, second)] == [1, 2]


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        (
            {"seniority": "emperor"},
            "room 2 (A room): there is no seniority 'emperor'; this scenario has none",
        ),
        ({"bots": ("facilitator",)}, "room 2 (A room): no bot can sit in facilitator"),
        ({"people": {"dana": 1}}, "room 2 (A room): dana is both a person's and a bot's"),
        ({"people": {"lead": 1, "omar": 1}}, "room 2 (A room): one person holds both lead and omar"),
    ],
)
def test_of_a_set_with_one_room_that_cannot_be_none_is_opened(here, wrong, why):
    with pytest.raises(BadWish) as caught:
        open_set(here, [wish(), wish(**wrong)])
    assert str(caught.value) == why
    assert not Room.objects.exists()


def test_nobody_from_outside_the_workspace_is_given_a_seat(here):
    stranger = joined(workspace("other"), "sam", "owner").person
    with pytest.raises(BadWish, match="who is to hold lead is not in the workspace"):
        open_set(here, [wish(people={"lead": stranger.pk})])

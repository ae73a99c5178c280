"""The rotation planner: hard rules always, even shares as far as arithmetic allows, reasons where not."""

import json
import random
from itertools import permutations, product
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from casesim.programs.core.rotation.balance import document
from casesim.programs.core.rotation.plan import Plan, Refusal
from casesim.programs.core.rotation.planner import planned, replanned
from casesim.programs.core.rotation.problem import Room, problem
from casesim.programs.core.rotation.reading import cohort
from casesim.programs.core.rotation.rooms import room_specs
from casesim.programs.core.rotation.solve import Found
from tests.core.rotation_checker import breaches, meetings

ROLES = ["interviewer", "dissenter", "data_owner"]


def group(members: int = 6, rounds: int = 4, scenarios: int = 4, **more: Any) -> dict[str, Any]:
    """A cohort file: people p0, p1 ..., rounds r1, r2 ..., scenarios s0, s1 ..."""
    return {
        "members": [{"id": f"p{n}", "name": f"Person {n}"} for n in range(members)],
        "rounds": [{"id": f"r{n + 1}"} for n in range(rounds)],
        "scenarios": [{"id": f"s{n}", "roles": ROLES} for n in range(scenarios)],
        **more,
    }


def plan_for(asked: dict[str, Any], seconds: float = 60, best_effort: bool = False) -> Plan | Refusal:
    read = cohort(json.dumps(asked))
    chance = random.Random(read.settings.seed)
    return planned(read, chance, lambda: seconds, lambda *told: None, best_effort)


def made(asked: dict[str, Any], best_effort: bool = False) -> dict[str, Any]:
    found = plan_for(asked, best_effort=best_effort)
    assert isinstance(found, Plan), found
    return json.loads(found.model_dump_json())


def refused(asked: dict[str, Any]) -> Refusal:
    found = plan_for(asked)
    assert isinstance(found, Refusal) and found.certain
    return found


def goals(plan: dict[str, Any]) -> dict[str, int]:
    return {goal["goal"]: goal["gap"] for goal in plan["goals"]}


# --- hard rules -------------------------------------------------------------------------------------


@st.composite
def cohorts(draw: st.DrawFn) -> dict[str, Any]:
    """Small groups with every kind of wish; many of them cannot be met."""
    size, rounds = draw(st.integers(4, 9)), draw(st.integers(1, 3))
    asked = group(size, rounds, draw(st.integers(2, 4)))
    ids, often = [m["id"] for m in asked["members"]], st.sampled_from([True, True, True, False])
    for scenario in asked["scenarios"]:
        scenario["roles"] = ROLES[: draw(st.integers(0, 2))]
    for n, round_ in enumerate(asked["rounds"]):
        round_ |= {"starts": f"2026-03-{28 + n}T{draw(st.integers(0, 23)):02}:00:00+00:00", "minutes": 90}
    for member in asked["members"]:
        member |= {"may_rate": draw(often), "may_be_candidate": draw(often), "may_facilitate": draw(often)}
        member["experience"] = "experienced" if draw(often) else "trainee"
        member["time_zone"] = draw(
            st.sampled_from(["UTC", "Europe/Berlin", "Asia/Kolkata", "America/Chicago"])
        )
        if not draw(often):
            member["hours"] = {"from": draw(st.sampled_from(["07:00", "22:30"])), "to": "21:00"}
        if not draw(often):
            member["availability"] = ["r1", {"from": "2026-03-29T00:00", "to": "2026-03-30T12:00"}]
        member["seen"] = ["s0"] if not draw(often) else []
    pairs = st.lists(st.sampled_from(ids), min_size=2, max_size=2, unique=True)
    never = st.sampled_from(["together", "rate"])
    asked["conflicts"] = [
        {"members": draw(pairs), "never": draw(never)} for _ in range(draw(st.integers(0, 2)))
    ]
    asked["seats"] = {
        "raters": {"least": (least := draw(st.integers(0, 2))), "most": least + draw(st.integers(0, 1))},
        "observers": draw(st.integers(0, 1)),
        "facilitator": draw(st.sampled_from(["outside", "outside", "member"])),
        "bots": [role for role in asked["scenarios"][0]["roles"] if draw(st.booleans())],
    }
    if draw(st.booleans()):
        pin = {"member": draw(st.sampled_from(ids)), "round": "r1"}
        asked["pins"] = [
            pin | draw(st.sampled_from([{}, {"seat": "candidate"}, {"room": 1}, {"scenario": "s1"}]))
        ]
    asked["settings"] = {"seed": draw(st.integers(0, 9)), "trainees_beside_experienced": draw(often)}
    return asked


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(cohorts())
def test_no_plan_ever_breaks_a_hard_rule(asked):
    found = plan_for(asked, seconds=10)
    if isinstance(found, Plan):
        assert breaches(asked, json.loads(found.model_dump_json())) == []
    else:
        assert found.clashes or not found.certain


def test_the_checker_sees_what_a_plan_breaks():
    asked = group()
    plan = made(asked)
    assert breaches(asked, plan) == []
    names = {"p0": "p1", "p1": "p0"}
    for seat in plan["rounds"][1]["rooms"][0]["seats"]:
        seat["member"] = names.get(seat["member"], seat["member"])
    twice = json.loads(json.dumps(plan))
    twice["rounds"][0]["rooms"][0]["seats"][1]["member"] = twice["rounds"][0]["rooms"][0]["seats"][0][
        "member"
    ]
    assert breaches(asked, twice)
    for wish in (
        {"conflicts": [{"members": ["p0", "p1"]}]},
        {"pins": [{"member": "p0", "round": "r1", "scenario": "none"}]},
        {"members": [m | {"availability": ["r2"]} for m in asked["members"]]},
        {"members": [m | {"may_rate": False} for m in asked["members"]]},
        {"members": [m | {"experience": "trainee"} for m in asked["members"]]},
        {"members": [m | {"seen": ["s0", "s1", "s2", "s3"]} for m in asked["members"]]},
        {"seats": {"raters": {"least": 3, "most": 4}}},
    ):
        assert breaches(asked | wish, plan), wish


TINY = {
    "plain": {},
    "a bot may help": {"seats": {"raters": {"least": 1, "most": 1}, "bots": ["interviewer"]}},
    "a conflict": {
        "conflicts": [{"members": ["p0", "p1"]}],
        "seats": {"raters": {"least": 0, "most": 1}, "bots": ["interviewer"]},
    },
    "two rate": {"rates": ["p0", "p1"]},
    "nobody rates": {"rates": []},
    "everybody away once": {"away": ["p0", "p1", "p2", "p3"]},
    "one away": {"away": ["p3"]},
}


@pytest.mark.parametrize("wish", TINY.values(), ids=TINY.keys())
def test_small_plans_are_the_best_of_all_plans_and_refusals_are_right(wish):
    asked = group(4, 2, 2, seats=wish.get("seats", {"raters": {"least": 1, "most": 1}}))
    asked["conflicts"] = wish.get("conflicts", [])
    for scenario in asked["scenarios"]:
        scenario["roles"] = ["interviewer"]
    for round_ in asked["rounds"]:
        round_["rooms"] = 1
    for member in asked["members"]:
        member["may_rate"] = member["id"] in wish.get("rates", ["p0", "p1", "p2", "p3"])
        member["availability"] = ["r1"] if member["id"] in wish.get("away", []) else ["r1", "r2"]
    every = [rooms for rooms in all_plans(asked) if not breaches(asked, as_json(asked, rooms))]
    found = plan_for(asked)
    if every:
        assert isinstance(found, Plan)
        compiled = problem(cohort(json.dumps(asked)))
        worth = {document(compiled, Found(tuple((room,) for room in rooms))).objective for rooms in every}
        assert found.objective == min(worth)
    else:
        assert isinstance(found, Refusal) and found.certain


def all_plans(asked: dict[str, Any]) -> list[tuple[Room, Room]]:
    """Everybody in every chair, and two scenarios in turn, whatever the rules say."""
    chairs = 2 + asked["seats"]["raters"]["most"]
    people = sorted(set(permutations([*range(4), *[None] * chairs], chairs)), key=str)
    return [(Room(0, one), Room(1, other)) for one, other in product(people, people) if one[0] is not None]


def as_json(asked: dict[str, Any], rooms: tuple[Room, Room]) -> dict[str, Any]:
    """The two rooms as a plan says them."""
    kinds = ["candidate", "interviewer", "rater", "rater"]
    return {
        "rounds": [
            {"round": f"r{n}", "rooms": [{"room": 1, "scenario": f"s{room.scenario}", "seats": [
                {"seat": kind, "member": None if m is None else f"p{m}", "bot": m is None}
                for kind, m in zip(kinds, room.people, strict=False) if m is not None or kind == "interviewer"
            ]}]}
            for n, room in enumerate(rooms, start=1)
        ]
    }  # fmt: skip


# --- even shares --------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def twelve() -> dict[str, Any]:
    """The plan of twelve members in six rounds."""
    return made(group(12, 6, 6))


def test_everyone_is_candidate_equally_often_and_plays_every_role(twelve):
    for share in twelve["shares"]:
        assert share["seats"] == {
            "candidate": 1, "interviewer": 1, "dissenter": 1, "data_owner": 1, "rater": 2, "observer": 0,
        }  # fmt: skip


def test_the_goals_are_what_the_rooms_show(twelve):
    met = meetings(twelve)
    assert {frozenset(p["members"]): p["meetings"] for p in twelve["pairs"] if p["meetings"]} == met
    reached = {goal["goal"]: goal["value"] for goal in twelve["goals"]}
    assert reached["pairs"] == sum(count * count for count in met.values())
    assert reached["candidate"] == 12 and reached["idle"] == reached["bots"] == 0
    assert twelve["objective"] == sum(goal["weight"] * goal["gap"] for goal in twelve["goals"])


def test_two_rooms_of_six_cannot_spread_pairs_more_evenly_than_the_bound(twelve):
    # 180 meetings over 66 pairs could be 504 in squares; that rooms are halves of twelve makes it 540.
    (pairs,) = [goal for goal in twelve["goals"] if goal["goal"] == "pairs"]
    assert pairs["bound"] == 540
    assert 540 <= pairs["value"] <= 560


def test_the_rating_design_is_connected(twelve):
    linking = twelve["linking"]
    assert linking["connected"] and linking["weakest"]["shared"] >= 1
    assert len(linking["islands"]) == 1 and len(linking["islands"][0]["raters"]) == 12
    assert linking["ratings"] == 24 >= linking["needed"] == 23


def test_too_few_ratings_are_said_to_be_too_few():
    plan = made(group(8, 4, seats={"raters": {"least": 1, "most": 1}, "bots": ["data_owner"]}))
    assert not plan["linking"]["connected"]
    assert plan["linking"]["ratings"] < plan["linking"]["needed"]


def test_the_same_file_and_seed_give_the_same_bytes_and_another_seed_others(twelve):
    asked = group(12, 6, 6)
    again, other = plan_for(asked), plan_for(asked | {"settings": {"seed": 5}})
    assert json.loads(again.model_dump_json()) == twelve
    assert again.model_dump_json() == plan_for(asked).model_dump_json() != other.model_dump_json()


def test_the_clock_ends_the_search_and_the_plan_says_so():
    read = cohort(json.dumps(group(24, 8, 8)))
    looks = iter([60.0] * 20)  # a clock that runs out while the plan is being improved
    found = planned(read, random.Random(0), lambda: next(looks, 0.0), lambda *told: None)
    assert isinstance(found, Plan) and found.finish == "time"
    assert breaches(group(24, 8, 8), json.loads(found.model_dump_json())) == []


def test_progress_only_grows():
    told: list[tuple[float, int | None]] = []
    planned(cohort(json.dumps(group())), random.Random(0), lambda: 60.0, lambda *each: told.append(each))
    parts = [part for part, _ in told]
    assert parts == sorted(parts) and 0 <= parts[0] < parts[-1] <= 1


def test_the_best_plan_so_far_only_gets_better_and_is_told():
    told: list[int | None] = []
    plan = planned(
        cohort(json.dumps(group(8, 6))), random.Random(0), lambda: 60.0, lambda _, best: told.append(best)
    )
    best = [each for each in told if each is not None]
    assert len(best) > 1 and best == sorted(best, reverse=True)
    assert isinstance(plan, Plan) and best[-1] >= plan.objective


# --- who can come ---------------------------------------------------------------------------------------


def test_bots_fill_what_people_cannot():
    plan = made(group(5, 4, seats={"bots": ["data_owner"]}))
    bots = [s for held in plan["rounds"] for room in held["rooms"] for s in room["seats"] if s["bot"]]
    assert [s["seat"] for s in bots] == ["data_owner"] * 4
    assert goals(plan)["bots"] == 0


def test_hours_are_on_the_members_own_clock():
    asked = group(7, 2, 2)
    asked["rounds"] = [
        {"id": "r1", "starts": "2026-03-28T17:00:00+00:00"},  # 18:00 in Berlin
        {"id": "r2", "starts": "2026-03-29T17:00:00+00:00"},  # 19:00: the clocks went forward
    ]
    asked["members"][0] |= {"time_zone": "Europe/Berlin", "hours": {"from": "09:00", "to": "19:30"}}
    free = problem(cohort(json.dumps(asked))).free
    assert free[0] == (True, False) and free[1] == (True, True)


# --- why not -----------------------------------------------------------------------------------------------


def test_a_round_with_too_few_raters_is_named_with_those_who_may_not():
    asked = group()
    for n in range(4):
        asked["members"][n]["may_rate"] = False
    asked["members"][4]["availability"] = ["r1", "r2", "r4"]
    asked["seats"] = {"bots": ["dissenter"]}
    none = refused(asked)
    assert none.clashes == (
        "Round r3 cannot be filled: Person 4 cannot come in r3; Person 0, Person 1, Person 2 and Person 3 "
        "may not be rater; 2 raters are needed in r3, only 1 of the 5 there may rate; "
        "to be held: 1 room in r3.",
    )
    assert none.remedy == ("round r3: a room has fewer than 2 raters",)


def test_too_few_scenarios_clash_between_rounds():
    none = refused(group(6, 4, 3))
    assert len(none.clashes) == 1 and none.clashes[0].startswith("The rounds together cannot be filled")
    assert "everyone cannot be candidate on s0, s1 and s2 after having met it" in none.clashes[0]


def test_conflicts_and_pins_that_clash_are_named():
    asked = group(6, 4, conflicts=[{"members": ["p1", "p2"]}])
    asked["pins"] = [{"member": "p1", "round": "r2"}]
    none = refused(asked)
    assert len(none.clashes) == 4  # every round needs all six
    assert all("Person 1 and Person 2 never share a room" in clash for clash in none.clashes)


def test_best_effort_gives_up_little_and_says_what():
    plan = made(group(6, 4, 3), best_effort=True)
    assert [unmet["rule"] for unmet in plan["unmet"]] in (["raters"], ["room"])
    hard = [said for said in breaches(group(6, 4, 3), plan) if "raters" not in said]
    assert hard == []


# --- around a drop-out --------------------------------------------------------------------------------


def mended(asked: dict[str, Any], old: dict[str, Any], gone: str, start: str) -> dict[str, Any]:
    read = cohort(json.dumps(asked))
    found = replanned(read, Plan.model_validate(old), gone, start, lambda: 60.0, lambda *told: None)
    assert isinstance(found, Plan), found
    return json.loads(found.model_dump_json())


def test_a_drop_out_changes_as_few_calendars_as_can_be():
    asked = group(8, 4, seats={"raters": {"least": 2, "most": 4}})
    old = made(asked)
    new = mended(asked, old, "p3", "r3")
    assert new["rounds"][:2] == old["rounds"][:2]
    for held in new["rounds"][2:]:
        assert "p3" not in str(held)
    left = asked | {
        "members": [
            *asked["members"][:3],
            {**asked["members"][3], "availability": ["r1", "r2"]},
            *asked["members"][4:],
        ]
    }
    assert breaches(left, new) == []
    changed = [(c["member"], c["round"]) for c in new["changes"]]
    assert ("p3", "r3") in changed and ("p3", "r4") in changed
    # Two more raters than needed sit in each room: at most one of them takes the empty seat.
    for name in ("r3", "r4"):
        assert len([m for m, held in changed if held == name and m != "p3"]) <= 1


def test_a_room_that_cannot_be_filled_without_the_drop_out_is_not_held():
    asked = group(12, 6, 6)
    new = mended(asked, made(asked), "p3", "r5")
    assert [len(held["rooms"]) for held in new["rounds"]] == [2, 2, 2, 2, 1, 1]
    assert [unmet["says"] for unmet in new["unmet"]] == [
        f"round {r}: a room is not held" for r in ("r5", "r6")
    ]
    assert len(new["changes"]) == 12  # the six of each room that falls


def test_a_plan_of_another_cohort_is_refused_by_field():
    old = Plan.model_validate(made(group()))
    other = group()
    other["members"][0]["id"] = "somebody"
    with pytest.raises(
        ValueError, match=r"rounds\[\d\]\.rooms\[0\]\.seats\[\d\]\.member: there is no member 'p0'"
    ):
        replanned(cohort(json.dumps(other)), old, "p1", "r2", lambda: 60.0, lambda *told: None)
    with pytest.raises(ValueError, match="there is no round 'r9'"):
        replanned(cohort(json.dumps(group())), old, "p1", "r9", lambda: 60.0, lambda *told: None)


# --- rooms --------------------------------------------------------------------------------------------


def test_a_plan_becomes_rooms_to_open():
    asked = group(7, 2, 2, seats={"facilitator": "member", "bots": ["data_owner"]})
    asked["rounds"][0]["starts"] = "2026-03-28T17:00:00+00:00"
    found = plan_for(asked)
    assert isinstance(found, Plan)
    first = room_specs(found, cohort(json.dumps(asked)))[0]
    assert (first.round, first.room, first.minutes) == ("r1", 1, 60)
    assert first.starts is not None and first.starts.isoformat() == "2026-03-28T17:00:00+00:00"
    assert [seat.seat for seat in first.seats] == ["candidate", *ROLES]
    everyone = [first.facilitator, *first.raters, *(seat.member for seat in first.seats)]
    assert sorted(m for m in everyone if m) == [f"p{n}" for n in range(7)]
    assert first.title == f"Person {(first.seats[0].member or '')[1:]}, {first.scenario}"

"""A cohort's file: what is wrong in it is named by field, and nothing else is read."""

import json
from typing import Any

import pytest

from casesim.programs.core.rotation.reading import BadCohort, cohort, published


def written(**changes: Any) -> dict[str, Any]:
    return {
        "members": [{"id": f"p{n}", "name": f"Person {n}"} for n in range(6)],
        "rounds": [{"id": "r1"}, {"id": "r2"}],
        "scenarios": [{"id": "fraud", "roles": ["interviewer", "dissenter"]}],
    } | changes


def problems(text: str) -> list[str]:
    with pytest.raises(BadCohort) as caught:
        cohort(text)
    return caught.value.problems


def wrong(**changes: Any) -> list[str]:
    return problems(json.dumps(written(**changes)))


def wrong_member(**fields: Any) -> list[str]:
    asked = written()
    asked["members"][3] |= fields
    return problems(json.dumps(asked))


def test_a_file_with_nothing_but_people_rounds_and_scenarios_is_enough():
    read = cohort(json.dumps(written()))
    assert read.seats.raters.least == 2 and read.settings.seed == 0


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"availability": ["r9"]}, ["members[3].availability[0]: there is no round 'r9'"]),
        ({"availability": ["r1", 4]}, ["members[3].availability[1]: "]),
        ({"availability": [{"from": "soon", "to": "2026-01-01"}]}, ["members[3].availability[0].from: "]),
        ({"time_zone": "../etc"}, ["members[3].time_zone: '../etc' is no time zone; "]),
        ({"seen": ["fraud", "none"]}, ["members[3].seen[1]: there is no scenario 'none'"]),
        ({"hours": {"from": "9:00", "to": "18:00"}}, ["members[3].hours.from: "]),
        ({"age": 30}, ["members[3].age: is not a field of this document"]),
        ({"id": "p1"}, ["members[3].id: 'p1' is members[1] already"]),
        ({"name": ""}, ["members[3].name: "]),
    ],
)  # fmt: skip
def test_a_wrong_field_of_a_member_is_named(fields, says):
    found = wrong_member(**fields)
    assert len(found) == len(says)
    assert all(one.startswith(start) for one, start in zip(found, says, strict=True))


def test_times_without_a_round_to_hold_them_against_are_refused():
    assert wrong_member(hours={"from": "09:00", "to": "18:00"}) == [
        "rounds[0].starts: is missing, and members[3] is available by the clock",
        "rounds[1].starts: is missing, and members[3] is available by the clock",
    ]


def test_rounds_that_overlap_and_a_start_without_an_offset_are_refused():
    overlapping = [
        {"id": "r1", "starts": "2026-01-12T17:00:00+00:00", "minutes": 90},
        {"id": "r2", "starts": "2026-01-12T19:00:00+01:00"},
    ]
    assert wrong(rounds=overlapping) == ["rounds[1].starts: before round 'r1' has ended"]
    assert wrong(rounds=[{"id": "r1", "starts": "2026-01-12T17:00:00"}])[0].startswith("rounds[0].starts: ")


def test_seats_conflicts_and_pins_that_stand_for_nobody_are_all_told_at_once():
    assert wrong(
        seats={"raters": {"least": 3, "most": 2}, "bots": ["juggler"]},
        conflicts=[{"members": ["p1", "p1"]}, {"members": ["p1", "nobody"]}],
        pins=[{"member": "p1", "round": "r1", "seat": "juggler"}, {"member": "p1", "round": "r1"}],
    ) == [
        "seats.raters.least: 3 is more than most, 2",
        "seats.bots[0]: no scenario has a role 'juggler'",
        "conflicts[0].members[1]: the same person twice",
        "conflicts[1].members[1]: there is no member 'nobody'",
        "pins[0].seat: there is no seat 'juggler'",
        "pins[1]: pins[0] has 'p1' in round 'r1' already",
    ]


@pytest.mark.parametrize("size", [3, 61])
def test_cohorts_have_four_to_sixty_members(size):
    members = [{"id": f"p{n}", "name": "x"} for n in range(size)]
    assert [one.split(":")[0] for one in wrong(members=members)] == ["members"]


def test_thirteen_rounds_are_too_many():
    assert [one.split(":")[0] for one in wrong(rounds=[{"id": f"r{n}"} for n in range(13)])] == ["rounds"]


@pytest.mark.parametrize("text", ["", "{", "[]", "[" * 100_000, "null", '{"members": ' + "9" * 5000 + "}"])
def test_what_is_no_document_at_all_is_refused_in_words(text):
    assert problems(text)


def test_the_published_schema_names_every_field_and_forbids_others():
    schema = published()
    assert schema["additionalProperties"] is False
    assert set(schema["properties"]) == {
        "members", "rounds", "scenarios", "seats", "conflicts", "pins", "settings",
    }  # fmt: skip
    assert "from" in schema["$defs"]["Span"]["properties"]

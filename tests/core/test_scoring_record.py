"""Where in the room's time something happened, what was probed by what, and what was left out."""

import pytest

from rooms.core import messages as m
from rooms.core.feed import Logged
from scoring.core.board import assumptions, decisions
from scoring.core.exposure import Coverage, NotPut, exposure
from scoring.core.record import Moment, entries, moments, phase_runs, seat_histories, words
from tests.scoring.builders import PLAYED, START, decides, fires, record, says, scenario, starts

CASE = scenario()


def test_a_moment_is_so_far_into_its_phase_with_pauses_left_out():
    lines = record(
        says(3, "Hello"),
        starts("one", "Framing", 10),
        says(40, "First"),
        (50, m.Paused()),
        (110, m.Resumed(ends_at=0, paused_for=60_000)),
        says(120, "Second"),
        (310, m.PhaseEnded(phase="one", why="its time is up")),
        starts("two", "Data", 310),
        says(311, "Third"),
    )
    into = [(moments(lines)[e.seq]) for e in lines if isinstance(e.event, m.Said)]
    assert into == [Moment(None, 0), Moment("one", 30_000), Moment("one", 50_000), Moment("two", 1_000)]
    assert [(run.key, run.lasted, run.why_ended) for run in phase_runs(CASE, lines)] == [
        ("one", 240_000, "its time is up"),
        ("two", 0, ""),
    ]


def test_no_whisper_no_brief_and_nothing_heard_enters_a_report():
    private = (
        m.Whispered(by="ops", text="Press harder", to=("ops", "facilitator")),
        m.Briefed(seat="ops", brief="You object", to=("ops",)),
        m.Heard(utterance=1, acts=("hedges",), to=("facilitator",)),
    )
    lines = [Logged(i, START, event) for i, event in enumerate((*private, m.Paused()), 1)]
    kept = entries([_Line(0, *line) for line in lines])
    assert [(entry.seq, entry.event) for entry in kept] == [(4, m.Paused())]


def test_who_leaves_after_the_end_does_not_change_the_report():
    lines = [
        _Line(0, 1, START, m.SeatLeft(seat="ops")),
        _Line(0, 2, START, m.RoomEnded(why="over")),
        _Line(0, 3, START, m.SeatLeft(seat="candidate")),
    ]
    assert [entry.seq for entry in entries(lines)] == [1, 2]


class _Line:
    def __init__(self, n, seq, at, event):
        self.n, self.seq, self.at, self.event = n, seq, at, event


def test_seats_remember_everybody_who_sat_there_and_which_were_bots():
    lines = record(
        (1, m.SeatTaken(seat="candidate", name="Cleo")),
        (2, m.SeatLeft(seat="candidate")),
        (3, m.SeatTaken(seat="candidate", name="Cleo")),
        (4, m.SeatTaken(seat="ops", name="Olga")),
    )
    sat = {h.seat: [(o.name, o.bot) for o in h.occupants] for h in seat_histories(lines)}
    assert sat == {
        "candidate": [("Cleo", False)],
        "ops": [("Head of operations", True), ("Olga", False)],
        "facilitator": [],
        "rater1": [],
        "rater2": [],
    }


def test_a_decision_is_quoted_with_what_it_gives_up():
    assert words(decides(1)[1]) == (
        "D1: Score at checkout\nWhy: losses happen there\nGives up: late fraud"
        "\nWould change it: labels arrive sooner"
    )
    assert words(m.Paused()) is None


def test_a_probe_names_who_put_it_why_and_when():
    probe = exposure(CASE, PLAYED).probes[0]
    assert (probe.inject, probe.text, probe.sitter, probe.by) == (
        "cost",
        "What about the cost?",
        "bot",
        "director",
    )
    assert (probe.phase, probe.into, probe.why, probe.own_words) == (
        "one",
        60_000,
        "scheduled at 1:00",
        False,
    )


def test_planned_is_held_against_put_and_a_condition_that_never_came_true_is_not_owed():
    found = exposure(CASE, PLAYED)
    assert found.coverage == (
        Coverage(dimension="framing", name="Framing", planned=1, spoken=1, owed=1, owed_spoken=1),
        Coverage(dimension="data", name="Data", planned=1, spoken=1, owed=1, owed_spoken=1),
        Coverage(dimension="risk", name="Risk", planned=2, spoken=1, owed=1, owed_spoken=1),
    )
    assert found.not_put == (
        NotPut(
            inject="surprise",
            title="The surprise",
            kind="objection",
            phase="two",
            dimensions=("risk",),
            owed=False,
            state="skipped",
            why="its condition never came true",
        ),
    )
    assert found.warnings == ()


@pytest.mark.parametrize(
    ("events", "state", "why"),
    [
        ([], "waiting", "the room ended before it was due"),
        ([(20, m.InjectHeld(inject="cost", held=True))], "held", "the room ended before it was due"),
        ([(20, m.InjectSkipped(inject="cost", why="no time", by="facilitator"))], "skipped", "no time"),
    ],
)
def test_an_owed_inject_that_was_not_put_makes_the_room_hard_to_compare(events, state, why):
    found = exposure(CASE, record(starts("one", "Framing", 10), *events))
    assert found.warnings == (
        "2 of the 2 injects that every candidate is owed were not put: “The cost”, “The labels”.",
    )
    first = found.not_put[0]
    assert (first.inject, first.owed, first.state, first.why) == ("cost", True, state, why)


def test_other_words_and_another_hand_are_reported():
    lines = record(starts("one", "Framing", 10), *fires("cost", 70, "And the price?", by="facilitator"))
    found = exposure(CASE, lines)
    assert (found.probes[0].own_words, found.probes[0].by) == (True, "facilitator")
    assert found.warnings[1] == "Put in other words than the scenario's: “The cost”."


def test_the_board_keeps_every_version_of_a_decision_and_who_objected():
    revised = {"choice": "Score later", "why": "labels lag", "gives_up": "speed", "would_change": "labels"}
    lines = record(
        starts("one", "Framing", 10),
        decides(40),
        (50, m.Said(by="ops", text="Too slow", about="D1", stance="objects")),
        (70, m.Revised(by="candidate", mark="D1", version=2, **revised)),
        (80, m.Said(by="ops", text="Fine", about="D1", stance="yields")),
        (90, m.Assumed(by="candidate", mark="A1", text="Labels lag a month")),
    )
    (decision,) = decisions(CASE, lines)
    assert [(v.choice, v.phase_name, v.into) for v in decision.versions] == [
        ("Score at checkout", "Framing", 30_000),
        ("Score later", "Framing", 60_000),
    ]
    assert [(o.by, o.text, o.yielded) for o in decision.objections] == [
        ("Head of operations", "Too slow", True)
    ]
    assert [(a.mark, a.text) for a in assumptions(lines)] == [("A1", "Labels lag a month")]

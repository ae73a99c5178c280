"""Given events, when a command, then events."""

import pytest

from rooms.core import messages as m
from tests.builders import COMMIT, SCENARIO, T0, Play, inject, scenario

FOUR = {"choice": "c", "why": "w", "gives_up": "g", "would_change": "w"}


def live(*bots: str) -> Play:
    return Play(bots=bots).start()


def test_a_whisper_names_its_hearers():
    assert live().do("dana", m.Whisper(text="hm")) == [
        m.Whispered(by="dana", text="hm", to=("lead", "dana", "omar", "facilitator"))
    ]


def test_the_room_starts_with_its_first_phase_and_a_deadline():
    room = Play()
    assert room.do("facilitator", m.Start(anyway=True))[-1] == m.PhaseStarted(
        phase="one", name="One", prompt="Go.", ends_at=T0 + 601_000, why="started by facilitator"
    )


def test_the_start_waits_for_everyone_at_the_table_to_be_ready():
    room = Play(bots=("dana", "omar"))
    room.do("candidate", m.TakeSeat(name="Ada"))
    room.do("lead", m.TakeSeat(name="Lou"))
    room.do("candidate", m.Ready())
    assert room.refused("facilitator", m.Start()) == "not_ready"
    room.do("lead", m.Ready())
    room.do("facilitator", m.Start())
    assert room.state.status == "live"


def test_only_the_facilitator_starts_the_clock():
    assert [Play().refused(s, m.Start(anyway=True)) for s in ("candidate", "lead", "rater1")] == [
        "not_your_part"
    ] * 3


def test_a_decision_stands_on_the_board_with_its_history():
    room = live()
    room.do("candidate", COMMIT)
    room.do("dana", m.Say(text="You block too much", about="D1", stance="objects"))
    revise = m.Revise(
        decision="D1", choice="Block above 0.95", why="fewer", gives_up="some fraud", would_change="x"
    )
    room.do("candidate", revise)
    room.do("dana", m.Say(text="I can live with that", about="D1", stance="yields"))
    decision = room.state.decision("D1")
    assert decision is not None
    assert [v.choice for v in decision.versions] == ["Block above 0.9", "Block above 0.95"]
    assert [(o.by, o.yielded) for o in decision.objections] == [("dana", True)]


def test_data_is_asked_of_its_holder_and_answered_once():
    room = live()
    assert room.do("candidate", m.RequestData(what="the labels, please"))[0].role == "omar"
    assert room.refused("lead", m.GiveData(request="R1", text="no")) == "not_your_part"
    given = room.do("omar", m.GiveData(request="R1", data_set="labels"))[0]
    assert given.table.rows == (("1",), ("2",))
    assert room.refused("omar", m.RefuseData(request="R1", why="no")) == "too_late"


def test_a_seat_can_only_give_up_what_it_holds():
    room = live()
    assert room.refused("dana", m.Reveal(fact="late")) == "no_such"
    room.do("omar", m.Reveal(fact="late"))
    assert room.state.facts_out == {"late"}
    assert room.refused("omar", m.Reveal(fact="late")) == "too_late"


def test_a_pause_moves_the_deadline_once_and_the_clock_stands_still():
    room = live()
    end = room.state.wall(room.state.ends)
    room.do("facilitator", m.Pause(), after=60)
    assert room.wait(3_000) == []
    resumed = room.do("facilitator", m.Resume(), after=0)
    assert resumed == [m.Resumed(ends_at=end + 3_000_000, paused_for=3_000_000)]
    assert room.wait(539) == []
    assert [type(e) for e in room.wait(1)] == [m.PhaseEnded, m.PhaseStarted]


def test_late_double_and_early_ticks_are_harmless():
    room = live()
    assert room.wait(599) == []
    assert len(room.wait(400)) == 2
    assert room.wait(0) == []
    room.wait(600)
    assert room.state.status == "ended"
    assert room.wait(9_999) == []


def test_advancing_names_the_phase_so_twice_is_once():
    room = live()
    room.do("facilitator", m.Advance(phase="one"))
    assert room.refused("facilitator", m.Advance(phase="one")) == "too_late"
    assert room.state.phase == "two"


def test_extending_moves_the_deadline_and_never_into_the_past():
    room = live()
    before = room.state.ends
    room.do("facilitator", m.Extend(seconds=120))
    assert room.state.ends == before + 120_000
    room.do("facilitator", m.Extend(seconds=-3600))
    assert room.state.wall(room.state.ends) == room.now


def test_a_paused_room_can_be_advanced():
    room = live()
    room.do("facilitator", m.Pause())
    room.do("facilitator", m.Advance(phase="one"))
    assert (room.state.status, room.state.phase) == ("live", "two")


def test_a_bot_may_not_act_in_a_persons_seat_nor_a_person_in_a_bots():
    room = Play(bots=("dana",)).start()
    assert room.state.seats["dana"].bot is False  # start() sat a person down: taking the seat is how
    assert room.refused("dana", m.Say(text="x"), bot=True) == "seat_held"
    room.do("facilitator", m.SeatBot(seat="dana"))
    assert room.refused("dana", m.Say(text="x")) == "seat_held"
    room.do("dana", m.Say(text="x"), bot=True)
    room.do("facilitator", m.UnseatBot(seat="dana"))
    assert room.state.seats["dana"].occupant == "empty"


def test_who_acts_from_an_empty_chair_has_taken_it():
    room = Play()
    events = room.do("facilitator", m.Start(anyway=True))
    assert events[0] == m.SeatTaken(seat="facilitator", name="Facilitator")


def test_what_the_listener_heard_reaches_only_the_facilitator_and_only_once():
    room = live()
    room.do("candidate", m.Say(text="I doubt these labels"))
    heard = m.Hear(utterance=1, acts=("doubts_data",))
    assert room.do("listener", heard) == [m.Heard(utterance=1, acts=("doubts_data",), to=("facilitator",))]
    assert room.do("listener", heard) == []
    assert room.refused("listener", m.Hear(utterance=2, acts=())) == "no_such"


@pytest.mark.parametrize(
    ("seat", "command", "code"),
    [
        ("rater1", m.Say(text="x"), "not_your_part"),
        ("candidate", m.Whisper(text="x"), "not_your_part"),
        ("lead", COMMIT, "not_your_part"),
        ("facilitator", COMMIT, "not_your_part"),
        ("candidate", m.Tick(), "not_your_part"),
        ("candidate", m.Hear(utterance=1, acts=()), "not_your_part"),
        ("facilitator", m.Start(), "not_now"),
        ("facilitator", m.Resume(), "not_now"),
        (
            "candidate",
            m.Revise(decision="D9", choice="c", why="w", gives_up="g", would_change="w"),
            "no_such",
        ),
        ("candidate", m.Ask(role="nobody", text="x"), "no_such"),
        ("candidate", m.RequestData(what="x", role="nobody"), "no_such"),
        ("candidate", m.RequestData(what="x", role="facilitator"), "no_such"),
        ("candidate", m.Say(text="x", about="D1"), "no_such"),
        ("facilitator", m.Fire(inject="nothing"), "no_such"),
        ("facilitator", m.SeatBot(seat="rater1"), "no_such"),
        ("facilitator", m.SeatBot(seat="facilitator"), "no_such"),
        ("facilitator", m.UnseatBot(seat="dana"), "no_such"),
        ("omar", m.GiveData(request="R1", text="x"), "no_such"),
        ("dana", m.Say(text="x", stance="objects"), "invalid"),
    ],
)
def test_what_a_seat_may_not_do_is_refused_with_its_code(seat, command, code):
    assert live().refused(seat, command) == code


def test_deciding_changes_nothing_by_itself():
    room = live()
    before = room.state
    room.refused("candidate", m.Whisper(text="x"))
    assert room.state is before


def test_an_inject_fired_by_hand_ignores_offsets_and_is_out_once():
    room = Play(scenario([inject("ring", "two", "dana", at=500)])).start()
    fired, spoken = room.do("facilitator", m.Fire(inject="ring", text="other words"))
    assert (fired.inject, fired.by, fired.to) == (
        "ring", "facilitator", ("dana", "facilitator", "rater1", "rater2"),
    )  # fmt: skip
    assert spoken == m.InjectSpoken(by="dana", text="other words")
    assert room.refused("facilitator", m.Fire(inject="ring")) == "too_late"


def test_a_scenario_document_is_never_changed_by_a_room():
    before = SCENARIO.model_dump_json()
    live().do("candidate", COMMIT)
    assert SCENARIO.model_dump_json() == before


def test_a_bot_stands_in_for_a_panel_member_who_is_away_and_gives_the_seat_back():
    room = live()
    stand_in = m.StandIn(seat="dana")
    assert room.do("clock", stand_in) == [
        m.SeatTaken(seat="dana", name="Dana, dissenter", bot=True, instead_of="dana person")
    ]
    assert room.do("clock", stand_in) == []
    assert room.state.seats["dana"].away == "dana person"
    room.do("dana", m.TakeSeat(name="dana person"))
    assert (room.state.seats["dana"].occupant, room.state.seats["dana"].away) == ("person", "")


@pytest.mark.parametrize("seat", ["candidate", "facilitator", "rater1", "nobody"])
def test_nobody_stands_in_for_any_other_seat(seat):
    assert live().do("clock", m.StandIn(seat=seat)) == []

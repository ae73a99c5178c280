"""No room starts without the candidate's consent where it gives a notice, and extra time is real."""

import pytest

from rooms.core import messages as m
from rooms.core.head import head
from rooms.core.laying import Terms, lay, opening
from rooms.core.policy import may
from scenarios.core.schema import When
from tests.builders import SCENARIO, Play, inject, scenario

NOTICE = Terms(notice=("What is said here is recorded.", "Raters read it."))


def test_a_room_with_a_notice_starts_only_once_the_candidate_has_agreed():
    room = Play(terms=NOTICE)
    assert room.refused("facilitator", m.Start(anyway=True)) == "no_consent"
    assert room.do("candidate", m.Consent()) == [m.Consented(given=True)]
    room.do("facilitator", m.Start(anyway=True))
    assert room.state.status == "live"


def test_consent_taken_back_before_the_start_closes_the_gate_again():
    room = Play(terms=NOTICE)
    room.do("candidate", m.Consent())
    room.do("candidate", m.Consent(given=False))
    assert room.refused("facilitator", m.Start(anyway=True)) == "no_consent"


def test_consent_taken_back_while_the_room_runs_ends_it():
    room = Play(terms=NOTICE)
    room.do("candidate", m.Consent())
    room.start()
    assert room.do("candidate", m.Consent(given=False))[-1] == m.RoomEnded(
        why="the candidate took their consent back"
    )
    assert (room.state.status, room.state.consent) == ("ended", "withdrawn")


def test_consent_can_be_taken_back_after_the_end_and_not_given_then():
    room = Play(terms=NOTICE)
    room.do("candidate", m.Consent())
    room.start().do("facilitator", m.End())
    assert room.refused("candidate", m.Consent()) == "not_now"
    assert room.do("candidate", m.Consent(given=False)) == [m.Consented(given=False)]
    assert room.do("candidate", m.Consent(given=False)) == []


@pytest.mark.parametrize("seat", ["facilitator", "lead", "rater1"])
def test_nobody_consents_for_the_candidate(seat):
    assert Play(terms=NOTICE).refused(seat, m.Consent()) == "not_your_part"


def test_a_room_without_a_notice_asks_for_no_consent():
    room = Play()
    assert room.refused("candidate", m.Consent()) == "not_now"
    assert "consent" not in may(room.state, "candidate")
    assert head(SCENARIO, room.state, "candidate")["consent"] is None
    assert room.start().state.status == "live"


def test_one_may_agree_before_sitting_down():
    room = Play(terms=NOTICE)
    room.do("candidate", m.Consent())
    assert room.state.seats["candidate"].occupant == "empty"


def test_no_bot_sits_for_a_candidate_who_is_assessed():
    room = Play(terms=NOTICE)
    assert room.refused("facilitator", m.SeatBot(seat="candidate")) == "no_such"
    room.do("facilitator", m.SeatBot(seat="dana"))
    with pytest.raises(ValueError, match="no bot can agree to a notice"):
        Play(terms=NOTICE, bots=("candidate",))


def test_the_facilitator_is_told_that_consent_is_missing():
    room = Play(terms=NOTICE)
    assert "not agreed" in head(SCENARIO, room.state, "facilitator")["console"]["hints"][0]
    assert head(SCENARIO, room.state, "candidate")["consent"] == {"notice": NOTICE.notice, "state": ""}


# --- extra time -------------------------------------------------------------------------------------


def test_extra_time_makes_every_phase_longer_and_what_is_due_in_it_later():
    case = scenario([inject("late", "one", "dana", at=60), inject("owed", "two", "dana", owed=True)])
    longer = case.longer(25)
    assert [p.seconds for p in longer.phases] == [750, 750]
    assert [i.when for i in longer.injects] == [
        When(at=75, before_end=75),
        When(owed=True, before_end=75),
    ]
    assert case.longer(0) == case


def test_a_phase_ends_when_the_extra_time_is_over_and_not_before():
    room = Play(SCENARIO.longer(50), terms=Terms(extra_time=50)).start()
    assert room.wait(899) == []
    assert room.wait(1)[0] == m.PhaseEnded(phase="one", why="its time is up")


def test_everyone_reads_that_time_was_added_and_nobody_why():
    room = Play(SCENARIO.longer(25), terms=Terms(extra_time=25))
    assert [logged.event for logged in room.log if logged.event.type == "adjusted"] == [
        m.Adjusted(extra_time=25)
    ]
    assert {head(SCENARIO, room.state, seat)["extra_time"] for seat in room.state.seats} == {25}


# --- focus ------------------------------------------------------------------------------------------


def test_a_rater_alone_is_told_what_to_watch_above_all():
    seats = lay(SCENARIO, (), 2)
    events = opening(SCENARIO, seats, terms=Terms(focus={"rater1": ("risk",)}))
    told = {e.seat: (e.focus, e.to) for e in events if isinstance(e, m.Briefed) and e.focus}
    assert told == {"rater1": (("risk",), ("rater1",))}


@pytest.mark.parametrize(
    ("terms", "why"),
    [
        (Terms(extra_time=101), "extra time must be from 0 to 100 per cent, not 101"),
        (Terms(focus={"lead": ("risk",)}), "focus: nobody rates in lead"),
        (Terms(focus={"rater1": ("charm",)}), "focus: the rubric has no dimension charm"),
    ],
)
def test_terms_that_make_no_sense_open_no_room(terms, why):
    with pytest.raises(ValueError, match="^" + why.replace("(", r"\(")):
        Play(terms=terms)


def test_no_bot_rates():
    with pytest.raises(ValueError, match="no bot can sit in rater1"):
        Play(terms=NOTICE, bots=("rater1",))

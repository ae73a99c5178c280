"""When injects are due, and why."""

from rooms.core import messages as m
from rooms.core.director import looks_again, next_look
from tests.builders import COMMIT, Play, inject, scenario


def spoken(events) -> list[str]:
    return [e.inject for e in events if isinstance(e, m.InjectFired)]


def cued(events) -> list[str]:
    return [e.inject for e in events if isinstance(e, m.InjectCued)]


def bots(*injects: dict) -> Play:
    room = Play(scenario(injects), bots=("lead", "dana", "omar"))
    room.do("candidate", m.TakeSeat(name="Ada"), after=0)
    room.do("facilitator", m.Start(anyway=True), after=0)
    return room


def test_a_scheduled_inject_is_spoken_at_its_second():
    room = bots(inject("ring", "one", "dana", at=120))
    assert room.wait(119) == []
    events = room.wait(1)
    assert spoken(events) == ["ring"]
    assert events[0].why == "scheduled at 2:00"
    assert events[1] == m.InjectSpoken(by="dana", text="words of ring")


def test_a_person_is_cued_and_puts_it_in_their_own_words():
    room = Play(scenario([inject("ring", "one", "dana", at=60)])).start()
    assert cued(room.wait(60)) == ["ring"]
    events = room.do("dana", m.PutInject(inject="ring", text="so, about that"))
    assert events[1] == m.InjectSpoken(by="dana", text="so, about that")


def test_a_cue_that_is_not_put_is_spoken_for_the_seat():
    room = Play(scenario([inject("ring", "one", "dana", at=60)])).start()
    room.wait(60)
    assert room.wait(59) == []
    assert spoken(room.wait(1)) == ["ring"]


def test_an_owed_inject_comes_before_the_end_although_its_condition_never_held():
    row = inject("ring", "one", "dana", condition={"decided": 1}, owed=True, before_end=60)
    room = bots(row)
    assert room.wait(539) == []
    events = room.wait(1)
    assert (spoken(events), events[0].why) == (["ring"], "owed before the phase ends")


def test_a_condition_on_a_decision_brings_the_inject_once_it_stands():
    room = bots(inject("ring", "one", "dana", after=30, condition={"decided_words": ["block"]}))
    assert room.wait(200) == []
    room.do("candidate", COMMIT)
    assert spoken(room.wait(0)) == ["ring"]


def test_without_its_decision_it_never_comes_and_the_log_says_why():
    room = bots(inject("ring", "one", "dana", condition={"decided_words": ["block"]}))
    events = room.wait(600)
    assert events[0] == m.InjectSkipped(
        inject="ring", why="its condition never came true", by="director", to=("facilitator",)
    )


def test_silence_is_counted_from_the_candidates_last_word():
    room = bots(inject("nudge", "one", "lead", condition={"silence": 60}))
    room.do("candidate", m.Say(text="hm"), after=50)
    assert room.wait(59) == []
    assert spoken(room.wait(1)) == ["nudge"]


def test_silence_does_not_run_while_the_room_is_paused():
    room = bots(inject("nudge", "one", "lead", condition={"silence": 60}))
    room.do("facilitator", m.Pause(), after=30)
    room.do("facilitator", m.Resume(), after=3_000)
    assert room.wait(29) == []
    assert spoken(room.wait(1)) == ["nudge"]


def test_an_act_heard_brings_its_inject_in_this_phase_only():
    row = inject("model", "two", "lead", condition={"heard": ["jumps_to_model"]})
    room = bots(row)
    room.do("candidate", m.Say(text="XGBoost"))
    room.do("listener", m.Hear(utterance=1, acts=("jumps_to_model",)))
    room.wait(600)
    assert room.wait(300) == []
    room.do("candidate", m.Say(text="XGBoost, really"))
    room.do("listener", m.Hear(utterance=2, acts=("jumps_to_model",)))
    assert spoken(room.wait(0)) == ["model"]


def test_two_injects_due_at_once_come_one_after_the_other():
    room = bots(inject("a", "one", "dana", at=100), inject("b", "one", "omar", at=100))
    assert spoken(room.wait(100)) == ["a"]
    assert spoken(room.wait(14)) == []
    assert spoken(room.wait(1)) == ["b"]


def test_a_held_inject_waits_for_the_facilitator_and_a_skipped_one_is_gone():
    room = bots(inject("a", "one", "dana", at=10), inject("b", "one", "dana", at=10))
    room.do("facilitator", m.Hold(inject="a"))
    room.do("facilitator", m.Skip(inject="b", why="too much"))
    assert room.wait(300) == []
    room.do("facilitator", m.Hold(inject="a", held=False))
    assert spoken(room.wait(0)) == ["a"]


def test_the_clock_is_told_when_to_look_again():
    room = bots(inject("a", "one", "dana", at=100))
    start = room.now
    assert next_look(room.scenario, room.state) == start + 100_000
    room.wait(100)
    assert next_look(room.scenario, room.state) == start + 600_000
    room.do("facilitator", m.Pause())
    assert next_look(room.scenario, room.state) is None


def test_alternatives_and_several_wishes():
    either = {"any_of": [{"decided": 1}, {"assumed": 1}], "unheard": ["names_risk"]}
    room = bots(inject("a", "one", "dana", condition=either))
    assert room.wait(10) == []
    room.do("candidate", m.Assume(text="we have a week"))
    assert spoken(room.wait(0)) == ["a"]


TALK = [
    ("candidate", m.Say(text="what matters?")),
    ("lead", m.Say(text="the loss")),
    ("lead", m.Ask(role="omar", text="late?")),
    ("dana", m.Whisper(text="hm")),
    ("candidate", m.RaiseHand()),
    ("listener", m.Hear(utterance=1, acts=("asks",))),
    ("candidate", m.Assume(text="all is logged")),
    ("candidate", COMMIT),
    ("dana", m.Say(text="no", about="D1", stance="objects")),
    ("candidate", m.RequestData(what="labels")),
    ("omar", m.GiveData(request="R1", data_set="labels")),
    ("omar", m.Reveal(fact="late")),
    ("facilitator", m.QuietBots()),
    ("facilitator", m.Hold(inject="owed")),
    ("facilitator", m.Extend(seconds=60)),
    ("clock", m.Tick()),
]


def test_the_clock_looks_again_after_all_that_changes_when_something_is_due():
    """Hub and writer ask `next_look` only then, so what it says must not change in between."""
    wishes = [{"silence": 90}, {"decided_words": ["block"]}, {"asked": "omar"}, {"given": "late"}]
    injects = [inject(f"c{n}", "one", "dana", condition=wish) for n, wish in enumerate(wishes)]
    room = Play(scenario([*injects, inject("owed", "one", "lead", at=500, owed=True)])).start()
    spared = 0
    for seat, command in TALK:
        before = room.state
        room.do(seat, command, after=2)
        if not looks_again(before, room.state):
            spared += 1
            assert next_look(room.scenario, room.state) == next_look(room.scenario, before), command
    assert 4 <= spared < len(TALK) - 4

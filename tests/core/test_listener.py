"""What the listener hears: the careful cases one by one, any text at all, and its speed."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rooms.core.messages import (
    AnyEvent,
    Asked,
    Assumed,
    DataRequested,
    Decided,
    Revised,
    Said,
    Summarised,
)
from rooms.listener.builtin import hear, hear_event, heard
from rooms.listener.exemplars import exemplars
from scenarios.core.acts import ACTS

TAUGHT = exemplars()


def test_acts_come_in_the_order_in_which_they_are_declared() -> None:
    heard = hear("The biggest risk is drift. My assumption is a limit of 100 ms. I'll go with rules.")
    assert heard == ("states_assumption", "commits", "names_risk")


# Each pair differs in what makes the difference, and in little else.
TWINS = (
    ("I trust these labels.", "trusts_data", "I would not trust these labels.", "doubts_data"),
    ("The labels are clean.", "trusts_data", "You said the labels are clean.", None),
    ("The labels are clean.", "trusts_data", "If the labels are clean, I stop here.", None),
    ("The labels are clean.", "trusts_data", "Are the labels clean?", "clarifies"),
    ("It depends on the limit.", "hedges", "It depends on the limit; given ours I go with rules.", "commits"),
    ("I'll go with rules.", "commits", "Should we go with rules?", "clarifies"),
    ("I choose rules.", "commits", "If I choose rules, reviewers have more to do.", None),
    ("We'd retrain.", "retrain_only", "We'd retrain, and an alarm tells us when.", "plans_monitoring"),
    ("This is robust.", "claims_robust", "I would not call this robust.", None),
    ("I accept more false alarms.", "accepts_tradeoff", "I would not accept more false alarms.", None),
    ("That won't work.", "rejects_view", "I see your point, but at night that won't work.", "weighs_view"),
    ("Sorry, I don't know.", "apologises", "Sorry, could you repeat that?", None),
    ("Let's train a neural network.", "jumps_to_model", "Marta thinks we should train a neural network.", None),
    ("Let's train a neural network.", "jumps_to_model", "I would not train a neural network yet.", "defers"),
    ("Nothing can go wrong.", "claims_robust", '"Nothing can go wrong", the brochure says.', None),
)  # fmt: skip


@pytest.mark.parametrize(("text", "act", "twin", "other"), TWINS)
def test_the_listener_tells_twins_apart(text: str, act: str, twin: str, other: str | None) -> None:
    assert act in hear(text)
    assert act not in hear(twin)
    assert other is None or other in hear(twin)


def test_talk_without_a_point_rambles_and_long_talk_with_one_does_not() -> None:
    talk = "There is the shop and there is the app and people come from both of them every day. " * 9
    assert hear(talk) == ("rambles",)
    assert "rambles" not in hear(talk + "So I'll go with the app.")
    assert "rambles" not in hear(talk[:200])


def test_fillers_make_shorter_talk_ramble() -> None:
    talk = (
        "I mean, you know, there is kind of a queue, and sort of a limit, and anyway the people there are"
        " basically busy, or something, and where was I, I have this table with the orders in it and then"
        " you have the other one with the people in it and both are kind of long."
    )
    assert hear(talk) == ("rambles",)


# --- structured commands ---------------------------------------------------------------------------------


def decided(**changes: str) -> Decided:
    words = {
        "choice": "Hold payouts of new sellers for a day",
        "why": "Most of the loss sits there",
        "gives_up": "A day of cash flow for honest sellers",
        "would_change": "Fewer than one hold in twenty is right",
    }
    return Decided(by="candidate", mark="D1", **(words | changes))


EVENTS: tuple[tuple[AnyEvent, tuple[str, ...]], ...] = (
    (Assumed(by="candidate", mark="A1", text="Two reviewers a day"), ("states_assumption",)),
    (Summarised(by="candidate", text="The hold is agreed"), ("synthesises",)),
    (Said(by="candidate", text="I'll go with rules."), ("commits",)),
    (Asked(by="candidate", role="data_owner", text="Who made the labels?"), ("clarifies",)),
    (DataRequested(by="candidate", mark="R1", what="the last table", role="data_owner"), ()),
    (decided(), ("accepts_tradeoff", "commits")),
    (decided(gives_up="Nothing."), ("commits",)),
    (decided(gives_up="No real downside"), ("commits",)),
    (decided(gives_up="nothing really"), ("commits",)),
    (decided(choice="It depends on the queue"), ("accepts_tradeoff", "commits")),
    (decided(would_change="If nothing can go wrong"), ("accepts_tradeoff", "commits")),
    (
        Revised(**decided().model_dump(exclude={"type"}), version=2),
        ("accepts_tradeoff", "commits", "adapts"),
    ),
)


@pytest.mark.parametrize(("event", "acts"), EVENTS)
def test_what_the_candidate_does_is_heard_in_its_kind_and_its_words(
    event: AnyEvent, acts: tuple[str, ...]
) -> None:
    heard = [
        act for act in hear_event(event) if act != "prioritises"
    ]  # "most of the loss sits there" may be that
    assert tuple(heard) == acts


# --- any text, in time ---------------------------------------------------------------------------------------

HOSTILE = (
    "a" * 4000,
    "a, " * 1333,
    "or " * 1333,
    "not " * 1000,
    "maybe " * 666,
    "there is " * 444,
    "I would " * 500,
    "i would i will " * 266,
    "accuracy, " * 400,
    "labels labels late " * 210,
    "The vendor said " * 250,
    "“" * 4000,
    '"labels are clean ' * 222,
    "? " * 2000,
    "?" * 4000,
    "first then " * 363,
    "if we fails " * 333,
    "go through " * 363,
    "we had assumed " * 266,
    "a-a'a " * 666,
    "don't can't won't " * 222,
    "\n" * 4000,
    "é" * 4000,
)


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: text[:12].strip() or "blank")
def test_no_text_of_four_thousand_characters_keeps_the_listener_long(text: str) -> None:
    began = time.process_time()
    hear(text)
    assert time.process_time() - began < 0.5


def test_what_is_only_repeated_from_the_conversation_is_not_heard() -> None:
    said = "I would measure money lost per thousand euros, because that is what the business feels."
    assert heard(said)
    assert heard(said, context=[f"As you put it: {said}"]) == {}


def test_an_ordinary_utterance_takes_about_a_millisecond() -> None:
    texts = [exemplar.text for exemplar in TAUGHT[::5]]
    began = time.process_time()
    for text in texts:
        hear(text)
    assert (time.process_time() - began) / len(texts) < 0.004  # seconds; slow machines are allowed for


WORDS = st.sampled_from(sorted({word for exemplar in TAUGHT for word in exemplar.text.split()}))


@settings(deadline=None, max_examples=150)
@given(st.one_of(st.text(max_size=600), st.lists(WORDS, max_size=80).map(" ".join)))
def test_any_text_is_answered_with_at_most_twelve_acts_and_always_the_same(text: str) -> None:
    heard = hear(text)
    assert set(heard) <= set(ACTS)
    assert len(heard) == len(set(heard)) <= 12
    assert hear(text) == heard

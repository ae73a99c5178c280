"""One listener, three back ends: chosen by a setting, and the built-in one whenever another cannot."""

import json
import logging

import pytest

from rooms.core import messages as m
from rooms.endpoint import Answered, Unanswered
from rooms.listener import choosing, sentence_model
from rooms.listener.builtin import hear_event, heard
from rooms.listener.choosing import chosen, heard_by_setting
from rooms.listener.exemplars import fresh
from rooms.listener.model_listener import over
from rooms.listener.sentence_model import NotInstalled
from scenarios.core.acts import ACTS
from tests import endpoint as plays
from tests.endpoint import KEY, Play, served

HEDGE = "It depends, honestly, it could go either way."
SAID = m.Said(by="candidate", text=HEDGE, utterance=1)


@pytest.fixture(autouse=True)
def _anew():
    chosen.cache_clear()
    yield
    chosen.cache_clear()


def by_model(settings, play: Play) -> tuple[str, ...]:
    with served(play) as server:
        settings.LISTENER, settings.LLM_URL, settings.LLM_MODEL = "llm", server.url, "small"
        settings.LLM_KEY, settings.LLM_SECONDS = KEY, 20
        return heard_by_setting(SAID)


def test_the_built_in_listener_is_the_usual_one(settings) -> None:
    assert settings.LISTENER == "builtin"
    assert heard_by_setting(SAID) == hear_event(SAID)
    assert "hedges" in heard_by_setting(SAID)


def test_a_language_model_may_hear_instead_and_knows_only_acts(settings) -> None:
    answer = json.dumps({"names_risk": 0.9, "doubts_data": 0.2, "sings": 1.0, "commits": "yes"})
    assert by_model(settings, plays.says(answer)) == ("names_risk",)


def test_it_is_sent_the_utterance_as_data_and_nothing_of_the_room(settings) -> None:
    with served(plays.says("{}")) as server:
        settings.LISTENER, settings.LLM_URL, settings.LLM_MODEL = "llm", server.url, "small"
        heard_by_setting(SAID)
    system, user = server.asked[0]["body"]["messages"]
    assert all(act in system["content"] for act in ACTS)
    assert json.loads(user["content"]) == {"utterance": HEDGE.lower()}


@pytest.mark.parametrize(
    "play",
    [plays.cut_off, plays.malformed, plays.status(500), plays.says("I hear hedging."), plays.says("[1]")],
)
def test_when_the_model_cannot_the_built_in_listener_hears_and_the_log_says_so(
    settings, caplog: pytest.LogCaptureFixture, play: Play
) -> None:
    caplog.set_level(logging.WARNING)
    assert by_model(settings, play) == hear_event(SAID)
    assert "the built-in listener hears instead" in caplog.text
    assert KEY not in caplog.text
    assert HEDGE.lower() not in caplog.text.lower()


def test_without_its_packages_the_sentence_listener_leaves_hearing_to_the_built_in_one(
    settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def missing(lines: list[str]) -> dict[str, float]:
        raise NotInstalled("the sentence listener needs requirements-sentences.txt: torch")

    monkeypatch.setattr(choosing, "embeddings", missing)
    settings.LISTENER = "sentences"
    assert heard_by_setting(SAID) == hear_event(SAID)
    assert "requirements-sentences.txt" in caplog.text


def test_whoever_is_asked_echoes_and_quotations_are_left_out_and_acts_give_way() -> None:
    asked: list[list[str]] = []

    def everything(lines: list[str]) -> dict[str, float]:
        asked.append(lines)
        return {"hedges": 0.9, "commits": 0.8}

    found = heard("I choose the rule. You said “the labels are clean, I think”.", likely=everything)
    assert found == {"commits": 0.8}
    assert asked == [["i choose the rule."]]


def test_an_unreadable_answer_is_no_answer() -> None:
    with pytest.raises(Unanswered):
        over(lambda *_: Answered("nothing", 1, 1, counted=True, took=1))(["a"])


def test_sentence_embeddings_hear_what_they_were_taught() -> None:
    try:
        sentence_model.encoder()
    except NotInstalled as no:
        pytest.skip(f"NOT TESTED HERE: {no}")
    table = fresh()
    right = sum(
        bool(e.acts & heard(e.text, likely=sentence_model.embeddings).keys()) for e in table if e.acts
    )
    assert right > 0.4 * len(table)

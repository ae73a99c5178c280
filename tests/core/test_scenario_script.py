"""Rehearsal scripts: what a line may be, and that the bundled ones can be played."""

import json
from typing import Any

import pytest

from rooms.core.messages import COMMANDS, Commit
from scenarios.loader import LoadError, bundled, bundled_script, load_bundled, script

FRAUD = load_bundled("fraud")
SAY = {"type": "say", "text": "hm"}
CANDIDATES_OWN = {"say", "look", "ask", "assume", "commit", "revise", "request_data", "summarise"}
IDEAS = {  # that both candidates of a case bring up
    "assistant": ("thumbs", "newest model", "fine-tuning"),
    "credit": ("bureau", "reasons", "defaults"),
    "engagement": ("churn model", "nudge", "0.94"),
    "forecasting": ("extra delivery", "accuracy", "retrain"),
    "fraud": ("boosting", "recall", "false-positive rate"),
    "recommendations": ("profile", "minutes", "explanations"),
    "search": ("vector", "click", "recommendations"),
    "moderation": ("accuracy", "recall", "appeal"),
}
EACH = [(s.slug, name) for s in bundled() for name in ("strong", "weak")]


def problems(text: str) -> list[tuple[int, str]]:
    with pytest.raises(LoadError) as caught:
        script(text, FRAUD)
    return [(p.line, p.message) for p in caught.value.problems]


def lines(*objects: Any) -> str:
    return "\n".join(json.dumps(each) for each in objects)


@pytest.mark.parametrize(("slug", "name"), EACH)
def test_every_line_of_a_bundled_script_is_a_candidates_command(slug, name):
    kinds = {COMMANDS.validate_python(line.do).type for line in bundled_script(slug, name)}
    assert kinds <= CANDIDATES_OWN


@pytest.mark.parametrize(("slug", "name"), EACH)
def test_every_inject_that_surely_comes_is_answered(slug, name):
    sure = {i.key for i in load_bundled(slug).injects if i.when.owed or i.when.at is not None}
    assert sure <= {line.inject for line in bundled_script(slug, name)}


@pytest.mark.parametrize(("slug", "name"), EACH)
def test_a_script_speaks_in_every_phase(slug, name):
    scenario = load_bundled(slug)
    spoken = {
        line.phase or (line.inject and scenario.inject(line.inject).phase)
        for line in bundled_script(slug, name)
    }
    assert {p.key for p in scenario.phases} <= spoken


@pytest.mark.parametrize(("slug", "name"), EACH)
def test_a_script_says_nothing_twice_and_revises_only_what_it_decided(slug, name):
    commands = [line.do for line in bundled_script(slug, name)]
    texts = [json.dumps(do) for do in commands]
    assert len(texts) == len(set(texts))
    decided = sum(do["type"] == "commit" for do in commands)
    assert {do["decision"] for do in commands if do["type"] == "revise"} <= {
        f"D{n + 1}" for n in range(decided)
    }


@pytest.mark.parametrize("slug", [s.slug for s in bundled()])
def test_both_candidates_have_the_same_ideas_and_only_one_pays_for_them(slug):
    strong, weak = (
        [COMMANDS.validate_python(x.do) for x in bundled_script(slug, name) if x.do["type"] == "commit"]
        for name in ("strong", "weak")
    )
    said = {
        name: json.dumps([x.do for x in bundled_script(slug, name)]).lower() for name in ("strong", "weak")
    }
    for idea in IDEAS[slug]:
        assert idea in said["strong"]
        assert idea in said["weak"]
    assert len(strong) > len(weak)
    assert min(_price(c) for c in strong) > max(_price(c) for c in weak)


def _price(command: Any) -> int:
    assert isinstance(command, Commit)
    return len(command.gives_up.split())


def test_empty_lines_are_passed_over_and_the_rest_keeps_its_order():
    found = script(
        lines({"phase": "data", "after": 5, "do": SAY}) + "\n\n" + lines({"on": "objection", "do": SAY}),
        FRAUD,
    )
    assert [(x.phase, x.on, x.after) for x in found] == [("data", None, 5), (None, "objection", 0)]


WRONG = [
    ({"phase": "data", "on": "objection", "do": SAY}, "give either `phase` or `on`"),
    ({"do": SAY}, "give either `phase` or `on`"),
    ({"phase": "data"}, "this field is missing"),
    ({"phase": "data", "do": {"text": "hm"}}, "a command needs its `type`"),
    ({"phase": "data", "do": SAY, "loud": True}, "there is no such field; is it misspelt?"),
    ({"phase": "overture", "do": SAY}, "there is no phase 'overture'"),
    ({"phase": "framing", "after": 300, "do": SAY}, "framing is over after 300 s"),
    ({"on": "inject:thunder", "do": SAY}, "there is no inject 'thunder'"),
    (["data"], "this must be a mapping of fields"),
]


@pytest.mark.parametrize(("wrong", "message"), WRONG, ids=[w[1] for w in WRONG])
def test_a_wrong_line_is_named_by_its_number(wrong, message):
    assert problems(lines({"phase": "data", "do": SAY}, wrong)) == [(2, message)]


def test_all_wrong_lines_are_named_at_once():
    text = lines({"do": SAY}) + "\n{not json}\n" + lines({"phase": "overture", "do": SAY})
    assert [line for line, _ in problems(text)] == [1, 2, 3]


@pytest.mark.parametrize("text", ["", "\n\n"])
def test_a_script_without_a_line_is_no_script(text):
    assert problems(text) == [(0, "there is no line in this script")]


def test_an_absurd_line_is_a_problem_and_no_traceback():
    assert problems("[" * 200_000) == [(1, "nested too deeply")]


def test_there_is_no_bundled_script_of_another_name():
    with pytest.raises(KeyError):
        bundled_script("fraud", "../fraud/strong")

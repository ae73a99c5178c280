"""A full room of bots through the real door, in seconds."""

import json
import re
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from rooms.bots import voices
from tests.endpoint import KEY, Play, acting, served

pytestmark = [pytest.mark.django_db]


def rehearse(*arguments: str) -> dict:
    out = StringIO()
    call_command("rehearse", "fraud", "--json", *arguments, stdout=out)
    return json.loads(out.getvalue())


def lines(done: dict) -> list[str]:
    return Path(done["transcript"]).read_text(encoding="utf-8").splitlines()


@pytest.fixture(scope="module")
def played(module_database):
    """Strong twice, weak and middling once with one seed, strong with another: slow, so played once."""
    return {
        "strong": rehearse("--candidate", "strong", "--seed", "3"),
        "again": rehearse("--candidate", "strong", "--seed", "3"),
        "other": rehearse("--candidate", "strong", "--seed", "4"),
        "weak": rehearse("--candidate", "weak", "--seed", "3"),
        "middling": rehearse("--candidate", "middling", "--seed", "3", "--seniority", "senior"),
    }


def test_the_same_seed_gives_the_same_log_and_another_a_different_one(played):
    assert lines(played["strong"]) == lines(played["again"])
    assert lines(played["strong"]) != lines(played["other"])


def test_strong_and_weak_candidates_are_told_apart(played):
    strong, weak = played["strong"], played["weak"]
    assert (strong["leans"], weak["leans"]) == ("hire", "no_hire")
    assert {strong["verdict"], weak["verdict"]} == {"debrief"}  # nobody knows scripted raters
    assert strong["above"] - weak["above"] > 0.5
    for dimension, marks in strong["marks"].items():
        for rater, level in marks.items():
            assert level is None or level >= (weak["marks"][dimension][rater] or 0)
    assert strong["composite"] - weak["composite"] > 1
    assert strong["events"]["revised"] > weak["events"].get("revised", 0)


def test_a_middling_candidate_comes_between(played):
    strong, middling, weak = (played[name]["composite"] for name in ("strong", "middling", "weak"))
    assert weak + 0.5 < middling < strong - 0.3


def test_a_seniority_is_spared_what_it_is_spared_and_the_report_names_it(played):
    report = json.loads(Path(played["middling"]["report"]).read_text(encoding="utf-8"))
    assert report["header"]["seniority"] == "Senior engineer"
    put = {p["inject"] for p in report["exposure"]["probes"]}
    assert not put & {"switch_it_off", "nobody_declined"}


def test_the_report_says_what_became_of_the_planted_faults(played):
    found = {}
    for name in ("strong", "weak"):
        report = json.loads(Path(played[name]["report"]).read_text(encoding="utf-8"))
        found[name] = {f["fault"]: f["outcome"] for f in report["findings"]}
    assert found["strong"]["card_on_list"] == found["strong"]["not_there_yet"] == "noticed"
    assert set(found["weak"].values()) <= {"told", "missed", "closed", "asked"}
    assert played["strong"]["events"]["looked"] == 3


def test_all_six_phases_are_played_and_every_dimension_is_probed(played):
    for done in (played["strong"], played["weak"]):
        assert done["events"]["phase_started"] == done["events"]["phase_ended"] == 6
        assert done["events"]["room_ended"] == 1
        assert min(done["injects"]["by_dimension"].values()) >= 3
        assert set(done["injects"]["by_role"]) == {"interviewer", "dissenter", "data_owner"}


def test_both_candidates_meet_the_injects_that_are_owed(played):
    for done in (played["strong"], played["weak"]):
        exposure = json.loads(Path(done["report"]).read_text(encoding="utf-8"))["exposure"]
        assert all(row["owed_spoken"] == row["owed"] for row in exposure["coverage"])


def test_the_report_quotes_what_was_said(played):
    for done in (played["strong"], played["weak"]):
        events = [json.loads(line) for line in lines(done)]
        said = " ".join(str(e.get("text") or e.get("choice") or e.get("what")) for e in events)
        report = json.loads(Path(done["report"]).read_text(encoding="utf-8"))
        quotes = [q["text"] for line in report["dimensions"] for c in line["cells"] for q in c["evidence"]]
        assert len(quotes) >= 7
        for quote in quotes:  # a decision is quoted with its mark in front
            assert re.sub(r"^D\d+: ", "", quote)[:40] in said


def test_no_bot_repeats_a_line_or_gives_its_brief_away(played):
    from scenarios.loader import load_bundled

    scenario = load_bundled("fraud")
    for done in played.values():
        events = [json.loads(line) for line in lines(done)]
        said = [e["text"] for e in events if e["type"] == "said" and e["by"] != "candidate"]
        assert len(said) == len(set(said))
        for role in scenario.roles:
            assert not any(role.brief in text or role.position in text for text in said)


def test_a_users_own_script_is_played(tmp_path):
    script = tmp_path / "mine.jsonl"
    script.write_text(
        '{"phase": "framing", "after": 20, "do": {"type": "say", "text": "I would wait and see."}}\n'
    )
    done = rehearse("--candidate", str(script))
    assert done["verdict"] in ("no_hire", "not_enough_evidence", "debrief")
    assert any("I would wait and see." in line for line in lines(done))


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["abuse", "injection", "monologue", "silence", "languages"])
def test_a_hostile_candidate_is_reported_on_soberly(kind):
    done = rehearse("--candidate", kind)
    assert done["verdict"] in ("no_hire", "not_enough_evidence", "debrief")
    assert done["leans"] == "no_hire"
    assert done["above"] < 0.3


def test_of_a_candidate_who_never_said_a_word_there_is_not_enough_evidence(tmp_path):
    script = tmp_path / "nobody.jsonl"
    script.write_text('{"phase": "framing", "after": 20, "do": {"type": "raise_hand"}}\n')
    done = rehearse("--candidate", str(script))
    assert done["verdict"] == "not_enough_evidence"
    assert done["composite"] is None
    assert {level for marks in done["marks"].values() for level in marks.values()} == {None}


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ('{"phase": "framing", "do": {"type": "dance"}}', "dance"),
        ('{"phase": "nowhere", "do": {"type": "say", "text": "x"}}', "nowhere"),
        ("not json", "1"),
        ('{"phase": "framing", "do": {"type": "commit", "choice": "x"}}', "why"),
    ],
)
def test_a_script_that_makes_no_sense_is_refused_with_its_line(tmp_path, text, names):
    script = tmp_path / "mine.jsonl"
    script.write_text(text + "\n")
    with pytest.raises(CommandError, match=names):
        rehearse("--candidate", str(script))


@pytest.mark.parametrize("arguments", [("nothing",), ("fraud", "--candidate", "nobody"), ("no.yaml",)])
def test_a_name_that_stands_for_nothing_is_an_error_in_words(arguments):
    with pytest.raises(CommandError):
        call_command("rehearse", *arguments)


# --- with a language model -------------------------------------------------------------------------------


def counted() -> Play:
    """Every answer another one, with the stance it is asked for."""
    count = iter(range(10_000))

    def answer(handler, body):
        told = body["messages"][1]["content"]
        stance = next((s for s in ("objects", "yields") if f'"stance" is "{s}"' in told), None)
        acting(text=f"And then {'so ' * next(count)}what?"[:600], stance=stance)(handler, body)

    return answer


def test_a_rehearsal_with_a_model_is_played_again_without_it_event_for_event(settings):
    with served(counted()) as server:
        settings.LLM_URL, settings.LLM_MODEL, settings.LLM_KEY = server.url, "small", KEY
        settings.LLM_ROOM_TOKENS = 2_000
        voices.live.cache_clear()
        first = rehearse("--candidate", "weak", "--model")
        voices.live.cache_clear()
    settings.LLM_URL = ""
    asked = len(server.asked)
    again = rehearse("--candidate", "weak", "--replay", first["transcript"])
    assert len(server.asked) == asked > 5
    assert lines(again) == lines(first)
    spoken = [line for line in map(json.loads, lines(first)) if line["type"] == "model_answered"]
    assert {line["outcome"] for line in spoken} >= {"spoken", "failed"}
    assert any("used its 2,000 tokens" in line for line in lines(first))
    assert KEY not in Path(first["transcript"]).read_text() + Path(first["report"]).read_text()


@pytest.mark.parametrize("text", ["", "not json", '{"n": 1, "at": 1, "type": "sung"}'])
def test_what_is_no_recording_is_named(tmp_path, text):
    path = tmp_path / "t.jsonl"
    path.write_text(text)
    with pytest.raises(CommandError, match=r"t\.jsonl"):
        rehearse("--replay", str(path))

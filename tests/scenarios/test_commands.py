"""The commands for authors."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from casesim.authoring.rehearsing import rehearse_many
from casesim.authoring.scripts import scripts_of
from scenarios.loader import LIBRARY, load_file
from scenarios.models import ScenarioVersion

FRAUD = LIBRARY / "fraud" / "scenario.yaml"


def run(*arguments: object) -> list[str]:
    out = StringIO()
    call_command(*map(str, arguments), stdout=out)
    return out.getvalue().splitlines()


@pytest.mark.django_db
def test_publishing_the_library_names_each_scenario_and_may_be_repeated():
    first, second = run("scenarios", "publish"), run("scenarios", "publish")
    digest = ScenarioVersion.objects.get(slug="fraud").digest[:12]
    assert f"fraud version 1 published ({digest})" in first
    assert f"fraud version 1 is there already ({digest})" in second


@pytest.mark.django_db
def test_a_file_is_published_and_none_when_one_has_a_problem(tmp_path):
    text = FRAUD.read_text(encoding="utf-8")
    good, bad = tmp_path / "good.yaml", tmp_path / "bad.yaml"
    good.write_text(text.replace("slug: fraud", "slug: mine"), encoding="utf-8")
    bad.write_text(text.replace("seconds: 300", "seconds: soon", 1), encoding="utf-8")
    with pytest.raises(CommandError, match=r"bad\.yaml:\d+: phases\.0\.seconds: "):
        run("scenarios", "publish", good, bad)
    assert ScenarioVersion.objects.count() == 0
    [line] = run("scenarios", "publish", good)
    assert line.startswith("mine version 1 published")


def test_a_clean_file_is_said_to_be_clean_with_its_size():
    weak = FRAUD.with_name("weak.jsonl")
    scenario, *scripts = run("scenarios", "check", FRAUD, "--script", weak)
    assert scenario.startswith(f"{FRAUD}: clean. 6 phases in 60 minutes, 3 roles")
    assert [line.split(":")[0] for line in scripts] == [str(p) for p in sorted(FRAUD.parent.glob("*.jsonl"))]
    assert scripts[-1] == f"{weak}: clean. {len(weak.read_text(encoding='utf-8').splitlines())} commands"


def test_every_problem_has_its_line_and_they_are_counted(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text(FRAUD.read_text(encoding="utf-8").replace("at: 40}", "at: 590}"), encoding="utf-8")
    with pytest.raises(CommandError) as caught:
        run("scenarios", "check", path)
    problem, mend, count = str(caught.value).splitlines()
    assert problem.startswith(f"{path}:")
    assert mend == "    Choose a second inside it, or make the phase longer."
    assert problem.endswith("'fifty_ms' falls outside 0 to 580 s of 'curveballs'")
    assert count == "1 problem"


def test_a_script_with_a_wrong_line_fails_the_check(tmp_path):
    path = tmp_path / "mine.jsonl"
    path.write_text('{"phase": "overture", "do": {"type": "say", "text": "hm"}}\n', encoding="utf-8")
    with pytest.raises(CommandError, match=r"mine\.jsonl:1: there is no phase 'overture'"):
        run("scenarios", "check", FRAUD, "--script", path)


def test_what_a_script_may_not_send_is_named_by_its_command(tmp_path):
    path = tmp_path / "mine.jsonl"
    path.write_text('{"phase": "data", "do": {"type": "say", "txt": "hm"}}\n', encoding="utf-8")
    with pytest.raises(CommandError, match=r"mine\.jsonl: do\..*: command 1: "):
        run("scenarios", "check", FRAUD, "--script", path)


def test_problems_can_be_read_by_a_program(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text("slug: mine\nlabel: hm\n", encoding="utf-8")
    out = StringIO()
    with pytest.raises(CommandError, match=r"^\d+ problems$"):
        call_command("scenarios", "check", str(path), "--json", stdout=out)
    [found] = json.loads(out.getvalue())
    [label] = [p for p in found["problems"] if p["where"] == "label"]
    assert (label["file"], label["line"]) == (str(path), 2)
    assert label["message"] == "there is no such field; is it misspelt?"
    assert label["mend"]


def test_a_rehearsal_of_one_script_is_read_by_a_program():
    out = StringIO()
    arguments = ("--runs", "1", "--jobs", "1", "--candidate", "weak", "--seniority", "senior", "--json")
    call_command("scenarios", "rehearse", str(FRAUD), *arguments, stdout=out)
    found = json.loads(out.getvalue())
    assert (found["runs"], found["separation"]) == ({"weak": 1}, [])
    assert len(found["phases"]) == 6


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--seniority", "wizard"), "--seniority wizard: this scenario has senior, staff"),
        (("--runs", "0"), "--runs: play it once at least"),
        (("--candidate", "nobody"), r"nobody\.jsonl: cannot be read"),
    ],
)
def test_a_rehearsal_that_cannot_be_says_why(arguments, said):
    with pytest.raises(CommandError, match=said):
        run("scenarios", "rehearse", FRAUD, *arguments)


@pytest.mark.slow
def test_several_processes_find_what_one_finds():
    def found(jobs: str) -> str:
        return "\n".join(
            run("scenarios", "rehearse", FRAUD, "--runs", "3", "--candidate", "weak", "--jobs", jobs)
        )

    assert found("1") == found("2")


def test_a_new_scenario_is_clean_and_can_be_rehearsed(tmp_path):
    folder = tmp_path / "my-case"
    *files, advice = run("scenarios", "new", folder)
    assert [Path(f).name for f in files] == [
        "scenario.yaml",
        "scenario.schema.json",
        "strong.jsonl",
        "weak.jsonl",
    ]
    assert "scenarios check" in advice
    assert [line.split(": ")[1] for line in run("scenarios", "check", folder / "scenario.yaml")] == [
        "clean. 3 phases in 21 minutes, 3 roles, 3 facts, 1 data sets, 9 injects (5 owed)",
        "clean. 18 commands",
        "clean. 13 commands",
    ]
    scenario = load_file(folder / "scenario.yaml")
    assert scenario.slug == "my-case"
    found = rehearse_many(scenario, scripts_of(folder / "scenario.yaml", scenario), runs=4)
    assert found["never"] == found["twice"] == []
    [pair] = found["separation"]
    assert (pair["stronger"], pair["above_all"]) == ("strong", 4)


def test_nothing_is_written_over_and_a_name_that_is_none_is_refused(tmp_path):
    taken = tmp_path / "taken"
    taken.mkdir()
    with pytest.raises(CommandError, match="is there already"):
        run("scenarios", "new", taken)
    with pytest.raises(CommandError, match="'My case': use small letters"):
        run("scenarios", "new", tmp_path / "My case")
    assert [*tmp_path.iterdir(), *taken.iterdir()] == [taken]

"""manage.py rotate: a cohort's file in, a plan out."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

SIX = {
    "members": [{"id": f"p{n}", "name": f"Person {n}"} for n in range(6)],
    "rounds": [{"id": f"r{n}"} for n in range(1, 4)],
    "scenarios": [{"id": f"s{n}", "roles": ["interviewer", "dissenter"]} for n in range(4)],
    "seats": {"raters": {"least": 1, "most": 3}},
}


def rotate(*arguments: object) -> str:
    out = StringIO()
    call_command("rotate", *map(str, arguments), stdout=out)
    return out.getvalue()


def written(folder: Path, name: str = "cohort.json", **changes: Any) -> Path:
    path = folder / name
    path.write_text(json.dumps(SIX | changes), encoding="utf-8")
    return path


def test_a_plan_is_printed_for_people_or_as_json_or_written(tmp_path):
    file, out = written(tmp_path), tmp_path / "plan.json"
    assert "Who does what how often:" in rotate(file)
    printed = rotate(file, "--json")
    assert len(json.loads(printed)["rounds"]) == 3
    assert rotate(file, "--json", out) == ""
    assert out.read_text(encoding="utf-8") == printed


def test_a_wrong_field_is_named_and_nothing_is_written(tmp_path):
    file = written(tmp_path, rounds=[{"id": "r1", "rooms": 0}])
    with pytest.raises(CommandError, match=r"rounds\[0\].rooms: "):
        rotate(file, "--json", tmp_path / "plan.json")
    assert not (tmp_path / "plan.json").exists()


def test_no_plan_is_an_error_that_says_why_and_json_says_it_too(tmp_path):
    file, out = written(tmp_path, seats={"raters": {"least": 4, "most": 4}}), tmp_path / "plan.json"
    with pytest.raises(CommandError, match="There is no plan"):
        rotate(file, "--json", out)
    none = json.loads(out.read_text(encoding="utf-8"))
    assert none["certain"] and none["clashes"][0].startswith("Round r1 cannot be filled: ")
    assert "Not kept: round r1: a room has fewer than 4 raters" in rotate(file, "--best-effort")


def test_a_drop_out_is_planned_around(tmp_path):
    file, old = written(tmp_path), tmp_path / "plan.json"
    rotate(file, "--json", old)
    new = json.loads(rotate(file, "--json", "--after", old, "--gone", "p2", "--from", "r2"))
    before = json.loads(old.read_text(encoding="utf-8"))
    assert new["rounds"][0] == before["rounds"][0]
    assert all(s["member"] != "p2" for held in new["rounds"][1:] for q in held["rooms"] for s in q["seats"])
    assert {"p2"} <= {change["member"] for change in new["changes"]}


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--gone", "p2"], "--gone and --from belong to --after"),
        (["--after", "{plan}"], "--after needs --gone MEMBER"),
        (["--after", "{plan}", "--gone", "nobody"], "there is no member 'nobody'"),
        (["--after", "{file}", "--gone", "p2"], "members: is not a field of this document"),
        (["--after", "missing.json", "--gone", "p2"], "missing.json cannot be read"),
    ],
)
def test_wishes_that_do_not_fit_together_are_refused(tmp_path, arguments, says):
    file, plan = written(tmp_path), tmp_path / "plan.json"
    rotate(file, "--json", plan)
    with pytest.raises(CommandError, match=says):
        rotate(file, *[one.format(plan=plan, file=file) for one in arguments])


def test_the_schema_of_the_file_is_published():
    assert json.loads(rotate("--schema"))["title"] == "Cohort"

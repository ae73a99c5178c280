"""Scripts a scripted candidate follows: read, and held against what a candidate may send."""

from collections.abc import Sequence
from pathlib import Path

from pydantic import ValidationError

from rooms.core import messages as m
from scenarios.core.check import Problem
from scenarios.core.schema import Scenario
from scenarios.core.script import Script
from scenarios.loader import LoadError, load_script


def script_at(path: Path, scenario: Scenario) -> Script:
    """The script in this file. LoadError names each line that is no line or no command."""
    lines = load_script(path, scenario)
    if problems := commands_that_cannot_be_sent(lines, str(path)):
        raise LoadError(problems)
    return lines


def scripts_beside(path: Path) -> list[Path]:
    """The scripts in a scenario's folder, by name."""
    return sorted(path.parent.glob("*.jsonl"))


def scripts_of(path: Path, scenario: Scenario, names: Sequence[str] = ()) -> dict[str, Script]:
    """The scripts of these names beside a scenario, or in these files; without one, all beside it.

    LoadError also where there is none.
    """
    wanted = [Path(n) if n.endswith(".jsonl") else path.parent / f"{n}.jsonl" for n in names]
    found = {one.stem: script_at(one, scenario) for one in wanted or scripts_beside(path)}
    if not found:
        mend = "Write one (docs/authoring.md, “Scripts for rehearsals”), or give one with --candidate."
        raise LoadError([Problem((), "there is no script beside it", str(path), mend=mend)])
    return found


def commands_that_cannot_be_sent(lines: Script, file: str) -> list[Problem]:
    """One problem for each line whose command no candidate may send; lines are counted without empty ones."""
    problems = []
    for number, line in enumerate(lines, 1):
        try:
            m.COMMANDS.validate_python(line.do)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            mend = "See docs/authoring.md for what each command holds."
            loc = ("do", *first["loc"])
            problems.append(Problem(loc, f"command {number}: {first['msg']}", file, mend=mend))
    return problems

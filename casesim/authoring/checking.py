"""Scenario files and the scripts beside them, checked: what is clean, and every problem."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from casesim.authoring.scripts import script_at, scripts_beside
from scenarios.core.check import Problem
from scenarios.core.check_data import unseen
from scenarios.core.schema import Scenario
from scenarios.loader import LoadError, load_file


@dataclass(frozen=True, slots=True)
class Checked:
    """A file, what it holds if it is clean, and its problems if it is not."""

    file: str
    holds: str = ""
    problems: tuple[Problem, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return {"file": self.file, "holds": self.holds, "problems": [problem_json(p) for p in self.problems]}


def problem_json(p: Problem) -> dict[str, Any]:
    return {"file": p.file, "line": p.line, "where": p.where, "message": p.message, "mend": p.mend}


def check_files(paths: Iterable[Path], scripts: Iterable[Path] = (), build: bool = False) -> list[Checked]:
    """Each scenario, then the scripts in its folder and the given ones. `build`: make its tables as well."""
    found = []
    for path in paths:
        try:
            scenario = load_file(path)
        except LoadError as error:
            found.append(Checked(str(path), problems=tuple(error.problems)))
            continue
        unseen_faults = tuple(_unseen(scenario, str(path))) if build else ()
        found.append(Checked(str(path), size(scenario), unseen_faults))
        found += [_script(one, scenario) for one in dict.fromkeys((*scripts_beside(path), *scripts))]
    return found


def size(s: Scenario) -> str:
    """How much there is of a scenario, in a line."""
    minutes = sum(p.seconds for p in s.phases) // 60
    owed = sum(i.when.owed for i in s.injects)
    return (
        f"{len(s.phases)} phases in {minutes} minutes, {len(s.roles)} roles, {len(s.facts)} facts, "
        f"{len(s.data_sets)} data sets, {len(s.injects)} injects ({owed} owed)"
    )


def _script(path: Path, scenario: Scenario) -> Checked:
    try:
        return Checked(str(path), f"{len(script_at(path, scenario))} commands")
    except LoadError as error:
        return Checked(str(path), problems=tuple(error.problems))


def _unseen(s: Scenario, file: str) -> Iterable[Problem]:
    """Planted faults the tables do not show."""
    for n, d in enumerate(s.data_sets):
        for fault, why in unseen(d.recipe) if d.recipe is not None else ():
            mend = "Plant it deeper, or give the table more rows."
            yield Problem(("data_sets", n, "recipe", "faults"), f"the fault {fault!r} {why}", file, mend=mend)

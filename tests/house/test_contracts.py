"""Who may import whom: the contracts of pyproject.toml hold, and they bite."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from casesim.processes import ROOT

APPS = ["casesim", "scenarios", "rooms", "scoring"]


def lint_imports(where: Path) -> "subprocess.CompletedProcess[str]":
    command = [Path(sys.executable).parent / "lint-imports", "--no-cache"]
    wide = {**os.environ, "COLUMNS": "200"}  # or a long name is broken over two lines
    return subprocess.run(command, cwd=where, env=wide, capture_output=True, text=True, check=False)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The tree's modules and contracts, to be broken."""
    for app in APPS:
        shutil.copytree(ROOT / app, tmp_path / app, ignore=shutil.ignore_patterns("static", "__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_imports_go_down_the_stairs_only():
    done = lint_imports(ROOT)
    assert done.returncode == 0, done.stdout
    assert "0 broken" in done.stdout


@pytest.mark.parametrize(
    ("module", "line", "contract"),
    [
        ("scenarios/models.py", "import rooms.apps", "programs -> scoring -> rooms"),
        ("rooms/core/state.py", "import time", "A core is arithmetic"),
        ("rooms/helpers.py", "", "The floors of rooms"),
        ("scoring/core/__init__.py", "import scoring.models", "The floors of scoring"),
        ("scoring/service.py", "import rooms.live", "The inside of rooms"),
        ("rooms/live/__init__.py", "import rooms.transport", "The floors of rooms"),
        ("scoring/core/model.py", "import scoring.core.fairness.groups", "Groups of people"),
        ("scoring/core/decision/advice.py", "import scoring.core.fairness.impact", "Groups of people"),
        ("scoring/service.py", "import casesim.fairness.models", "Protected attributes"),
        ("scoring/gathering.py", "import casesim.fairness.queries", "programs -> scoring"),
        ("casesim/todo/queries.py", "import casesim.fairness.models", "Protected attributes"),
    ],
)
def test_a_step_up_the_stairs_breaks_a_contract(copy, module, line, contract):
    with (copy / module).open("a") as file:
        file.write(f"\n{line}\n")
    done = lint_imports(copy)
    broken = [said for said in done.stdout.splitlines() if said.endswith("BROKEN")]
    assert any(said.startswith(contract) for said in broken), done.stdout

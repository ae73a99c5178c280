"""What is committed stays clean of what belongs to one machine."""

import re
import subprocess

from casesim.processes import ROOT

# In two halves, or this file would name them.
REGISTRIES = re.compile("|".join(["pypi" + r"\.org", "python" + "hosted", "npm" + "js", r"regis" + "try\\."]))
SETTINGS = re.compile(r"--(extra-)?index" + r"-url|--find" + "-links|--trusted" + "-host")


def committed() -> list[str]:
    listed = ["git", "ls-files", "-z"]
    return subprocess.run(listed, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")[
        :-1
    ]


def texts() -> dict[str, str]:
    paths = {name: ROOT / name for name in committed()}
    return {name: path.read_text(errors="ignore") for name, path in paths.items() if path.is_file()}


def test_no_committed_file_names_a_package_registry():
    assert [name for name, text in texts().items() if REGISTRIES.search(text)] == []


def test_requirements_say_what_and_never_where():
    pinned = {name: text for name, text in texts().items() if name.startswith("requirements")}
    assert len(pinned) == 6
    assert [name for name, text in pinned.items() if SETTINGS.search(text)] == []


def test_every_requirement_is_pinned_with_its_hashes():
    for name in ("requirements.txt", "requirements-dev.txt", "requirements-sentences.txt"):
        blocks = re.split(r"\n(?=\S)", (ROOT / name).read_text())
        loose = [block.splitlines()[0] for block in blocks if not block.startswith("#") and "==" not in block]
        bare = [block.splitlines()[0] for block in blocks if "==" in block and "--hash=sha256:" not in block]
        assert (loose, bare) == ([], [])


def test_nothing_that_runs_leaves_its_traces_in_the_tree():
    unwanted = re.compile(r"(^|/)(var|\.venv|__pycache__)/|\.sqlite3|\.pyc$")
    assert [name for name in committed() if unwanted.search(name)] == []

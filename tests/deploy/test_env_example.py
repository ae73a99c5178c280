"""`.env.example` lists every variable that casesim or compose.yaml reads, and none else."""

import re

from casesim.processes import ROOT

HELPERS = "text|switch|whole|names|address|one_of|amount"


def listed() -> list[str]:
    return re.findall(r"(?m)^#?([A-Z][A-Z0-9_]*)=", (ROOT / ".env.example").read_text())


def read_by_settings() -> set[str]:
    text = (ROOT / "casesim" / "settings.py").read_text()
    return set(re.findall(rf'\b(?:{HELPERS})\(\s*"([A-Z_0-9]+)"', text))


def asked_by_compose() -> set[str]:
    return set(re.findall(r"\$\{([A-Z_0-9]+)", (ROOT / "compose.yaml").read_text()))


def test_every_variable_is_listed_once_and_none_else():
    assert sorted(listed()) == sorted(read_by_settings() | asked_by_compose())


def test_settings_read_the_environment_through_their_helpers_alone():
    text = (ROOT / "casesim" / "settings.py").read_text()
    # what numpy is told goes the other way
    assert re.findall(r"os\.environ(?!\.setdefault)\S*", text) == ["os.environ.get(name,"]


def test_compose_hands_a_variable_only_what_settings_read():
    handed = re.findall(r"(?m)^    ([A-Z_]+):", (ROOT / "compose.yaml").read_text())
    assert set(handed) <= read_by_settings()


def test_an_example_without_a_hash_would_set_something_by_accident():
    lines = (ROOT / ".env.example").read_text().splitlines()
    assert [line for line in lines if line and not line.startswith("#")] == []

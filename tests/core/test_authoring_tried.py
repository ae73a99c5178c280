"""What many runs show: pacing, injects that never come, dead air, lines said twice, composites."""

from types import SimpleNamespace

import pytest

from casesim.authoring.core.runs import Run, Stretch, composite, observed
from casesim.authoring.core.told import bars, told
from casesim.authoring.core.tried import tried, verdict
from casesim.authoring.rehearsing import one_run, rehearse_many
from rooms.core import messages as m
from rooms.core.feed import Logged
from scenarios.loader import bundled_script, load_bundled

FRAUD = load_bundled("fraud")
SCRIPTS = {name: bundled_script("fraud", name) for name in ("strong", "weak")}


def run(script: str, seed: int, worth: float, silence: int = 40, **more) -> Run:
    stretches = [Stretch(p.key, p.seconds, [10, 0], [0, 30], 3, silence, 100) for p in FRAUD.phases]
    injects = {i.key: 60 for i in FRAUD.injects if i.key != "fifty_ms"}
    return Run(script, seed, worth, stretches, **{"injects": injects, "twice": [], "decisions": 2, **more})


def test_what_an_author_should_look_at_is_said_in_sentences():
    runs = [run("strong", n, 3.0, 40 if n else 140, twice=["Hm."] if n == 1 else []) for n in range(4)]
    found = verdict(tried(FRAUD, [*runs, *[run("weak", n, 3.0) for n in range(4)]]))
    assert found[0] == "fifty_ms never came in any run."
    assert "In Framing nobody said a word for 140 s in one run (1 of 8 runs had 120 s or more)." in found
    assert "Said twice in 1 room(s): “Hm.”" in found
    assert found[-1].startswith("strong and weak are not told apart: 0.50 (")


def test_nothing_stands_out_where_all_is_well():
    everything = {i.key: 60 for i in FRAUD.injects}
    runs = [run("strong", n, 3 + n / 99, injects=everything) for n in range(20)]
    runs += [run("weak", n, 1 + n / 99, injects=everything) for n in range(20)]
    assert verdict(tried(FRAUD, runs)) == []


def test_words_turns_and_silences_are_read_off_the_log():
    said = [
        (4_000, "candidate", "one two three"),
        (50_000, "interviewer", "Four."),
        (70_000, "dissenter", "four"),
    ]
    phase = {"phase": "framing", "name": "Framing", "prompt": "p", "why": "w"}
    log = [
        Logged(1, 1_000, m.PhaseStarted(ends_at=301_000, **phase)),
        *[Logged(n, 1_000 + at, m.Said(by=by, text=text)) for n, (at, by, text) in enumerate(said, 2)],
        Logged(9, 301_000, m.PhaseEnded(phase="framing", why="w")),
    ]
    found = observed("weak", 1, FRAUD, log, None)
    [stretch] = found.stretches
    assert (stretch.candidate[:3], stretch.panel[:3]) == ([3, 0, 0], [0, 1, 1])
    assert (stretch.turns, stretch.silence, stretch.silent_at) == (1, 230, 70)
    assert found.twice == []


def test_marks_are_weighed_over_the_dimensions_observed():
    def marks(**levels: int | None) -> list[SimpleNamespace]:
        return [SimpleNamespace(dimension=key, level=level) for key, level in levels.items()]

    rubric = FRAUD.at("senior").rubric
    weights = {d.key: d.weight for d in rubric.dimensions}
    sheets = [marks(data=4, scope=2, risk=None), marks(data=3, scope=2)]
    expected = (3.5 * weights["data"] + 2 * weights["scope"]) / (weights["data"] + weights["scope"])
    assert composite(rubric, sheets) == pytest.approx(expected)
    assert composite(rubric, [marks(data=None)]) is None


@pytest.fixture(scope="module")
def played() -> dict:
    return rehearse_many(FRAUD, SCRIPTS, runs=2)


def test_the_same_seed_is_the_same_run_and_another_a_different_one():
    one, again, other = (one_run(FRAUD, SCRIPTS, "", ("weak", seed)) for seed in (5, 5, 6))
    assert one == again
    assert one.stretches != other.stretches


def test_strong_runs_are_worth_more_and_every_owed_inject_comes(played):
    assert min(played["composites"]["strong"]["all"]) > max(played["composites"]["weak"]["all"])
    owed = {i.key for i in FRAUD.injects if i.when.owed or i.when.at is not None}
    fired = {i["key"]: i["fired"] for i in played["injects"]}
    assert all(fired[key] == {"strong": 2, "weak": 2} for key in owed)
    assert played["twice"] == []


def test_it_can_be_told_at_a_shell(played):
    text = told(played)
    assert text.startswith("fraud: 2 strong, 2 weak\n")
    assert "strong above weak: 1.00 (" in text
    assert bars([0, 40, 80, 400]) == " ▄██"

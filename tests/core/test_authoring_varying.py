"""A script varied by a seed is another candidate of the same strength."""

import pytest

from casesim.authoring.core.varying import varied
from scenarios.core.script import ScriptLine, misfit
from scenarios.loader import bundled_script, load_bundled, script

FRAUD = load_bundled("fraud")
STRONG = bundled_script("fraud", "strong")


def texts(lines: tuple[ScriptLine, ...]) -> set[str]:
    return {str(line.do.get("text") or line.do.get("choice") or line.do.get("what")) for line in lines}


def test_the_same_seed_varies_a_script_in_the_same_way():
    assert varied(STRONG, FRAUD, 7) == varied(STRONG, FRAUD, 7)


def test_runs_differ_in_what_is_left_out_when_it_comes_and_in_which_words():
    one, other = varied(STRONG, FRAUD, 1), varied(STRONG, FRAUD, 2)
    assert len(one) < len(STRONG)
    assert {line.after for line in one} != {line.after for line in other}
    assert len(texts(one) - texts(STRONG)) > 20  # said in other words
    assert len(texts(one) ^ texts(other)) > 40


def test_many_runs_together_leave_out_about_a_tenth():
    left = [len(varied(STRONG, FRAUD, seed)) / len(STRONG) for seed in range(40)]
    assert 0.85 < sum(left) / len(left) < 0.97


@pytest.mark.parametrize("seed", range(12))
def test_what_is_left_can_still_be_played(seed):
    lines = varied(STRONG, FRAUD, seed)
    assert [misfit(line, FRAUD) for line in lines] == [""] * len(lines)
    decided = sum(line.do["type"] == "commit" for line in lines)
    marks = {line.do["decision"] for line in lines if line.do["type"] == "revise"}
    assert marks <= {f"D{n}" for n in range(1, decided + 1)}


def test_with_a_decision_that_is_left_out_goes_what_speaks_of_it_and_later_marks_move_up():
    text = "\n".join(
        f'{{"phase": "risk", "after": {20 * n}, "do": {{"type": "commit", "choice": "Choice {n}", '
        f'"why": "w", "gives_up": "g", "would_change": "c"}}}}'
        for n in range(1, 6)
    )
    text += '\n{"phase": "risk", "after": 200, "do": {"type": "say", "text": "Of the last.", "about": "D5"}}'
    whole = script(text, FRAUD)
    seen = set()
    for seed in range(200):
        lines = varied(whole, FRAUD, seed)
        choices = [line.do["choice"] for line in lines if "choice" in line.do]
        about = [line.do["about"] for line in lines if "about" in line.do]
        assert about in ([], [f"D{len(choices)}"])
        assert not about or choices[-1] == "Choice 5"
        seen.add(len(choices))
    assert len(seen) > 1

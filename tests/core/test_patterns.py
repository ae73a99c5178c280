"""The nine failure patterns: found in what is said, and taken back by what is said next."""

import pytest

from rooms.listener.patterns import PATTERNS, patterns, practise_next
from scenarios.core.acts import ACTS

Talk = list[set[str]]

# pattern, utterances that show it and where, the same with something that takes it back
CASES: tuple[tuple[str, Talk, tuple[int, ...], Talk], ...] = (
    (
        "puzzle",
        [{"lists_everything"}, {"jumps_to_model"}, set()],
        (0, 1),
        [{"lists_everything"}, {"jumps_to_model"}, {"commits"}],
    ),
    ("model_first", [set(), {"jumps_to_model"}], (1,), [{"clarifies"}, set(), set(), {"jumps_to_model"}]),
    ("no_choice", [{"hedges"}, set(), {"hedges"}], (0, 2), [{"hedges"}, {"commits"}, {"hedges"}]),
    (
        "clean_data",
        [{"trusts_data"}, set(), set(), {"doubts_data"}],
        (0,),
        [{"trusts_data"}, {"checks_data"}],
    ),
    ("trap", [{"over_corrects"}], (0,), [{"defends_plan"}, set(), {"adapts"}]),
    ("no_summary", [set()] * 15, (14,), [set()] * 14 + [{"synthesises"}] + [set()] * 14),
    ("no_failure", [{"claims_robust"}], (0,), [{"claims_robust"}, {"plans_monitoring"}]),
    ("led", [{"seeks_approval"}, {"seeks_approval"}], (0, 1), [{"seeks_approval"}, {"proposes_next"}] * 3),
    (
        "sorry",
        [{"apologises"}, {"apologises"}],
        (0, 1),
        [{"apologises"}, {"apologises"}, {"states_assumption"}],
    ),
)


@pytest.mark.parametrize(("key", "shown", "at", "taken_back"), CASES, ids=[case[0] for case in CASES])
def test_a_pattern_shows_unless_something_takes_it_back(
    key: str, shown: Talk, at: tuple[int, ...], taken_back: Talk
) -> None:
    assert {found.pattern.key: found.at for found in patterns(shown)}.get(key) == at
    assert key not in {found.pattern.key for found in patterns(taken_back)}


def test_there_are_nine_and_they_speak_of_acts_that_exist() -> None:
    assert [case[0] for case in CASES] == [pattern.key for pattern in PATTERNS]
    assert len(PATTERNS) == 9
    assert {act for pattern in PATTERNS for act in pattern.signs | pattern.cures} <= set(ACTS)


def test_silence_shows_nothing() -> None:
    assert patterns([]) == ()
    assert patterns([{"commits"}]) == ()


def test_the_pattern_that_shows_most_is_the_one_to_practise_next() -> None:
    talk = [{"trusts_data"}, set(), set(), {"hedges"}, {"hedges"}, set(), {"hedges"}]
    found = practise_next(talk)
    assert found is not None
    assert (found.pattern.key, found.at) == ("no_choice", (3, 4, 6))
    assert practise_next([{"commits"}]) is None


def test_of_two_patterns_that_show_as_often_the_first_is_practised() -> None:
    found = practise_next([{"claims_robust", "trusts_data"}])
    assert found is not None
    assert found.pattern.key == "clean_data"

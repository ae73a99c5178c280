"""What the listener learns from, that it learnt it, and how well it hears what it never saw."""

import pytest

from rooms.listener.builtin import hear
from rooms.listener.evaluation import evaluate
from rooms.listener.exemplars import BadExemplars, Exemplar, exemplars, fresh, held_out, read
from rooms.listener.learning import digest
from rooms.listener.weights import weights
from scenarios.core.acts import ACTS
from tests.core.test_listener_held_out import FIRST, SCRIPTS

TAUGHT = exemplars()
HELD_OUT = held_out()
FRESH = fresh()
NEWER = {"commits_conditionally", "over_corrects", "seeks_approval"}  # acts the older tables do not know


def test_every_act_has_at_least_forty_exemplars_and_there_are_a_hundred_of_none() -> None:
    for act in ACTS:
        assert sum(act in exemplar.acts for exemplar in TAUGHT) >= 40, act
    assert sum(not exemplar.acts for exemplar in TAUGHT) >= 100


def test_no_exemplar_is_given_twice_and_none_is_held_out() -> None:
    texts = [exemplar.text.lower() for exemplar in TAUGHT + HELD_OUT + FRESH]
    assert len(texts) == len(set(texts))


def test_the_weights_were_made_from_what_is_in_the_repository() -> None:
    assert weights().digest == digest(TAUGHT), "run manage.py listen --train"


def test_lines_that_say_one_thing_are_a_family_and_a_longer_list_is_not() -> None:
    pair = "commits | One.\ncommits | Two.\n"
    many = "".join(f"commits | Number {number}.\n" for number in range(5))
    assert len({exemplar.family for exemplar in read(pair, "a")}) == 1
    assert len({exemplar.family for exemplar in read(many, "a")}) == 5
    assert read("- | Good morning.", "a") == (Exemplar(frozenset(), "Good morning.", "a:1"),)


def test_a_bad_line_is_named() -> None:
    with pytest.raises(BadExemplars) as error:
        read("# why\ncommits: no bar\n\nflies | It flies.\n", "birds")
    assert str(error.value) == "birds, line 2: expected 'act+act | text'; birds, line 4: no such act: flies"


def test_what_it_never_saw_it_hears_better_than_key_words_do() -> None:
    # the figures are in docs/listener.md
    found = evaluate(HELD_OUT, TAUGHT)
    assert found["cross_fitted"] == 0
    assert found["listener"]["precision"] > 0.84
    assert found["listener"]["recall"] > 0.66
    assert found["listener"]["macro_f1"] > found["keywords"]["macro_f1"] + 0.2
    assert found["listener"]["ece"] < 0.02


def test_other_trades_and_other_voices_are_heard_less_well_and_still_far_better_than_by_key_words() -> None:
    found = evaluate(FRESH, TAUGHT)
    assert found["listener"]["precision"] > 0.77  # measured: 0.82
    assert found["listener"]["recall"] > 0.5  # measured: 0.56
    assert found["listener"]["macro_f1"] > found["keywords"]["macro_f1"] + 0.25


def figures(table: tuple[tuple[str, str, str], ...], leaning: str) -> tuple[float, float]:
    """Precision and recall over the older acts of one leaning; acts one may or may not hear do not count."""
    acts = {key for key, act in ACTS.items() if act.leaning == leaning} - NEWER
    right = extra = missed = 0
    for text, expected, may in table:
        heard, wanted = set(hear(text)) & acts, set(expected.split()) & acts
        right += len(heard & wanted)
        missed += len(wanted - heard)
        extra += len(heard - wanted - set(may.split()))
    return right / (right + extra), right / (right + missed)


@pytest.mark.parametrize(
    ("table", "leaning", "precision", "recall"),
    [
        (FIRST, "strong", 0.88, 0.90),
        (FIRST, "weak", 0.85, 0.95),
        (SCRIPTS, "strong", 0.80, 0.68),  # measured: 0.85 and 0.73
        (SCRIPTS, "weak", 0.68, 0.62),  # measured: 0.72 and 0.68
    ],
    ids=["plain, strong", "plain, weak", "scripts, strong", "scripts, weak"],
)
def test_tables_nobody_tuned_on_are_heard(
    table: tuple[tuple[str, str, str], ...], leaning: str, precision: float, recall: float
) -> None:
    measured = figures(table, leaning)
    assert measured[0] > precision
    assert measured[1] > recall


# One content, said like a textbook and said by somebody to whom English is a third language.
SAME = (
    ("commits", "I choose the simple rule.", "I am taking the simple rule, is my decision."),
    ("doubts_data", "I would not trust these labels.", "These labels I am not trusting so much."),
    ("hedges", "It depends, it could be either.", "It depend, can be this, can be also other."),
    ("apologises", "I'm sorry, I don't know this topic well.", "Sorry, I am not knowing well this topic."),
    ("clarifies", "Who pays when the order is wrong?", "Who is paying when order is wrong?"),
    ("retrain_only", "We simply retrain when it fails.", "When it fail we train again, simply."),
    ("states_assumption", "I assume the labels are late.", "I am assuming that label come late."),
    ("jumps_to_model", "I would use a neural network.", "For this I use neural network, is best."),
    (
        "claims_robust",
        "The system is stable, nothing can go wrong.",
        "System is very stable, no problem can be.",
    ),
    ("synthesises", "Let me sum up where we are.", "I make summary, where we are now."),
    ("proposes_next", "Next I would look at the second table.", "Next thing, I am looking the second table."),
    ("accepts_tradeoff", "Some sellers will wait, I accept that.", "Some seller must wait, this I accept."),
    (
        "lists_metrics",
        "I would look at accuracy, precision and recall.",
        "We look accuracy, precision, also recall.",
    ),
    ("plans_fallback", "If it fails we use the old rules.", "When is not working we take old rules."),
)


def test_how_english_is_spoken_hardly_matters() -> None:
    textbook = sum(act in hear(said) for act, said, _ in SAME)
    third_language = sum(act in hear(said) for act, _, said in SAME)
    assert textbook >= len(SAME) - 2
    assert third_language >= textbook - 3  # measured: SAME, 14 pairs

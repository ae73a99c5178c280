"""The stock lines: a grammar that ends, probes of acts that exist, and manners that know their limits."""

import pytest

from rooms.bots import grammar
from rooms.bots.lines import PLACE
from rooms.bots.manners import abusive, foreign, orders, quotable
from rooms.bots.stock import GRAMMAR, PROBES, ways
from scenarios.core.acts import ACTS
from tests.core.test_listener_held_out import FIRST, SCRIPTS

PLACES = {"said", "title", "moved", "answer", "mark", "earlier", "assumed", "asked", "open", "count"}


def test_a_symbol_becomes_every_way_to_say_it_in_a_fixed_order() -> None:
    small = {"greeting": ("<hello>, {name}.", "Well."), "hello": ("Hello", "Good morning")}
    assert grammar.lines(small, "greeting") == ("Hello, {name}.", "Good morning, {name}.", "Well.")


def test_a_grammar_without_an_end_and_a_symbol_nobody_knows_are_errors() -> None:
    with pytest.raises(ValueError, match="<a> makes itself"):
        grammar.lines({"a": ("x <b>",), "b": ("y <a>",)}, "a")
    with pytest.raises(KeyError):
        grammar.lines({"a": ("<b>",)}, "a")
    with pytest.raises(ValueError, match="more than 400"):
        grammar.lines({"a": ("<b><b><b>",), "b": tuple("abcdefgh")}, "a")


@pytest.mark.parametrize("symbol", sorted(GRAMMAR))
def test_every_stock_line_is_a_line_and_fills_places_that_exist(symbol: str) -> None:
    for line in ways(symbol):
        assert "<" not in line
        assert line == " ".join(line.split())
        assert set(PLACE.findall(line)) <= PLACES


def test_probes_are_of_acts_that_exist_and_none_is_used_for_two() -> None:
    probes = [line for lines in PROBES.values() for line in lines]
    assert set(PROBES) <= set(ACTS)
    assert len(probes) == len(set(probes))
    assert all(line.endswith("?") for line in probes)


# What is said of the case, however close it comes to what is not.
OF_THE_CASE = (
    "I would put that into the system prompt of the assistant and count how often it is ignored.",
    "Users will try to jailbreak it, so we list the rules it may never break.",
    "We ignore the old rules for the shadow run and act as a fallback when it breaks.",
    "The assistant tells the customer the hidden costs, as an assistant should.",
    "Gradient boosting, random forests, deep networks, autoencoders, graph networks, ensembles.",
    "You are actually right, and I would score every order.",
    "Show me the table of your chargebacks by month, please.",
    "It would be stupid of us to block everybody.",
)


@pytest.mark.parametrize("words", OF_THE_CASE)
def test_what_is_said_of_the_case_is_followed_up_like_anything_else(words: str) -> None:
    assert quotable(words)
    assert not foreign(words)


def test_nothing_that_real_candidates_said_is_taken_for_abuse_orders_or_another_language() -> None:
    for words, _, _ in (*FIRST, *SCRIPTS):
        assert not (abusive(words) or orders(words) or foreign(words)), words


@pytest.mark.parametrize(
    "words",
    [
        "Je pense que nous devons d'abord regarder les données, puis choisir une mesure.",
        "Yo creo que primero hay que mirar los datos y después elegir una medida.",
        "Io guarderei prima i dati e poi non farei subito un modello, perché è presto.",
        "Ik zou eerst naar de gegevens kijken en dan nog niet een model maken.",
        "Я думаю, сначала нужно посмотреть на данные.",
    ],
)
def test_another_language_is_known_by_its_common_words(words: str) -> None:
    assert foreign(words)

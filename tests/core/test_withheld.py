"""What gives away a secret, however it is dressed up, and what does not."""

import base64
import codecs

import pytest

from rooms.bots.withheld import figures, leak, secrets

FACT = (
    "On 12 November the rules were down for most of a day. 412 orders they would have declined went "
    "through. 61 of them came back as chargebacks."
)
SAID = (
    "Larkfield is an online marketplace. About 1.2 million orders a month are paid by card. A rules engine "
    "turns away about 440 orders a day. The rules were written four years ago. Chargebacks come late."
)
SECRETS = secrets([FACT], SAID)

LEAKS = (
    "On 12 November the rules were down for most of a day.",
    "I happen to know that the rules were down for most of a day once.",
    "There were 412 of them, and not all were bad.",
    "Sixty-one came back, if you want to know.",
    "Once in November the engine was down and declined orders went through.",
    "T h e r e   w e r e   4 1 2 in November, they went through.",
    "Décline went through: ４１２ orders in Novembér.",
    "Take this: " + base64.b64encode(FACT[:60].encode()).decode(),
    "Take this: " + FACT[:60].encode().hex(),
    codecs.encode(FACT[:70], "rot13"),
    FACT[:70][::-1],
    " ".join(reversed(FACT.split()[:12])),
    "On 12 N\u200bovember the ru\u200bles were down for mo\u200bst of a day.",
    "0n 12 N0vember the rule5 were d0wn f0r m0st 0f a day.",
    "Am 12. November waren die Regeln einen Tag lang ausgefallen und es gingen viele durch.",
    "Einundsechzig von denen kamen zurück, das ist nicht wenig für uns.",
    "Il y en avait quatre cent douze, et ce sont des commandes qui passaient avec les autres.",
)
INNOCENT = (
    "You want to decline fewer orders. Who counts the honest buyers among the 440 a day?",
    "The rules were written four years ago. What makes this one different?",
    "That is a limit, good. On which day did anybody look at it?",
    "About 1.2 million orders a month: what share of them meets your second proof?",
    "What would make you turn round within a week?",
    "Half of it I can live with. The other half needs a name beside it.",
    "I hear “chargebacks come late”. And until they come?",
)


@pytest.mark.parametrize("text", LEAKS)
def test_a_secret_does_not_come_out_in_any_dress(text: str) -> None:
    assert leak(text, SECRETS, said=SAID) is not None


@pytest.mark.parametrize("text", INNOCENT)
def test_what_stands_on_the_table_may_be_spoken_of(text: str) -> None:
    assert leak(text, SECRETS, said=SAID) is None


def test_what_was_said_aloud_is_no_secret_any_more() -> None:
    told = f"{SAID}\n{FACT}"
    assert leak("Of the 412 in November, 61 came back.", secrets([FACT], told), said=told) is None


def test_papers_may_be_drawn_on_and_not_read_out() -> None:
    brief = "You want no good customer to be stopped without anybody noticing it, and you say so."
    assert leak("I care about the good customer who is stopped.", (), [brief]) is None
    assert leak("I want no good customer to be stopped without anybody noticing it.", (), [brief]) == (
        "reads out its papers"
    )


def test_the_reason_gives_nothing_away_either() -> None:
    for text in LEAKS:
        why = leak(text, SECRETS, said=SAID) or ""
        assert not any(word in why for word in ("412", "61", "November"))


def test_a_figure_is_the_same_however_it_is_written() -> None:
    assert figures("1,200 and 0.50 and forty-two, a third, two hundred") == {"1200", "0.5", "42", "33", "200"}
    assert figures("5 of 7") == frozenset()

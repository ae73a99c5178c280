"""The built-in listener: an utterance in, the acts it does out, each with its probability.

It hears the speaker's own words: what is quoted, reported of somebody else or repeated from the
conversation is left out first. Each sentence is heard alone and with the one after it, so a long
utterance is heard like a row of short ones. What it is not sure of it leaves unsaid. Pure and quick.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from rooms.core.messages import (
    AnyEvent,
    Asked,
    Assumed,
    DataRequested,
    Decided,
    Revised,
    Said,
    Summarised,
)
from rooms.listener.phrases import NO_PRICE, sentences
from rooms.listener.weights import weights
from scenarios.core.acts import ACTS

SURE = 0.5  # more likely than not; below it the listener abstains
MOST = 12  # acts one utterance may have, as declared by rooms.core.messages.Acts

# An act on the left is not heard when one on the right was: the second explains the first away.
GIVES_WAY: dict[str, frozenset[str]] = {
    "hedges": frozenset({"commits", "commits_conditionally", "prioritises", "adapts"}),
    "lists_everything": frozenset({"commits", "prioritises", "defers", "synthesises"}),
    "lists_metrics": frozenset({"chooses_metric"}),
    "jumps_to_model": frozenset({"clarifies", "checks_data", "doubts_data", "chooses_metric", "adapts"}),
    "trusts_data": frozenset({"doubts_data", "checks_data"}),
    "defends_plan": frozenset({"adapts"}),
    "over_corrects": frozenset({"commits_conditionally", "weighs_view"}),
    "rejects_view": frozenset({"weighs_view"}),
    "claims_robust": frozenset({"names_risk", "plans_monitoring", "plans_fallback"}),
    "retrain_only": frozenset({"plans_monitoring", "plans_fallback"}),
    "seeks_approval": frozenset({"commits", "proposes_next"}),
}
TO_A_POINT = frozenset(
    {"commits", "synthesises", "prioritises", "chooses_metric", "adapts", "proposes_next", "restates_problem"}
)
MANY_WORDS = 150  # without one of the acts above, that is talk without a point
CERTAIN = 1.0  # what an event's own form says is no guess
ECHO = 5  # words in a row; a sentence that is part of an earlier one and this long is an echo


# The listener's one interface: a speaker's own sentences (lower case, as `sentences` gives them) -> act ->
# probability, of all acts. What is left out before and given way to after is the same for all who offer it.
Likely = Callable[[list[str]], Mapping[str, float]]


class Heard(NamedTuple):
    """An act and the probability that the utterance does it."""

    act: str
    p: float


def hear(text: str) -> tuple[str, ...]:
    """The acts of an utterance in the order of ACTS, at most 12. Any text is answered."""
    return _ordered(heard(text))


def hear_event(event: AnyEvent, likely: Likely | None = None) -> tuple[str, ...]:
    """The acts of what the candidate did: by what kind of event it is, and by its words."""
    match event:
        case Said(text=text) | Asked(text=text) | DataRequested(what=text):
            return _ordered(heard(text, likely=likely))
        case Summarised(text=text):
            return _ordered({**heard(text, likely=likely), "synthesises": CERTAIN})
        case Assumed(text=text):
            return _ordered({**heard(text, likely=likely), "states_assumption": CERTAIN})
        case Decided():
            return _ordered(_settled({**_decision(event, likely), "commits": CERTAIN}))
        case Revised():
            return _ordered(_settled({**_decision(event, likely), "commits": CERTAIN, "adapts": CERTAIN}))
        case _:
            return ()


def ranked(found: Mapping[str, float]) -> tuple[Heard, ...]:
    """The acts heard, most probable first, at most 12."""
    return tuple(sorted((Heard(act, p) for act, p in found.items()), key=lambda h: (-h.p, h.act)))[:MOST]


def heard(text: str, context: Iterable[str] = (), likely: Likely | None = None) -> dict[str, float]:
    """Act -> probability, of those more likely than not. `context` is what was said just before.

    `likely`: who is asked for the probabilities; None: the listener in this repository.
    """
    lines = _own(sentences(text), context)
    found = {act: round(p, 4) for act, p in (likely or learnt)(lines).items() if p >= SURE}
    if len(" ".join(lines).split()) >= MANY_WORDS and not found.keys() & TO_A_POINT:
        found["rambles"] = CERTAIN
    return _settled(found)


def learnt(lines: list[str]) -> dict[str, float]:
    """What the model in this repository says: the highest probability of each act over the pieces."""
    acts = weights().acts
    each = [_piece(tuple(piece)) for piece in pieces(lines)]
    best = np.max(each, axis=0).tolist() if each else [0.0] * len(acts)
    return dict(zip(acts, best, strict=True))


@lru_cache(maxsize=4096)
def _piece(lines: tuple[str, ...]) -> NDArray[np.float64]:
    """What these sentences do together; asked again by every persona, by raters and in every rehearsal."""
    return weights().probabilities(list(lines))


def _own(lines: list[str], context: Iterable[str]) -> list[str]:
    """Without the sentences that only repeat what was said before: an echo does nothing."""
    before = " ".join(" ".join(line.lower().split()) for line in context)
    return [line for line in lines if len(line.split()) < ECHO or line.rstrip(".!?;") not in before]


def pieces(lines: list[str]) -> Iterable[list[str]]:
    """Each sentence, and each two that follow one another."""
    yield from ([line] for line in lines)
    yield from ([one, two] for one, two in pairwise(lines))


def _settled(found: dict[str, float]) -> dict[str, float]:
    return {act: p for act, p in found.items() if not found.keys() & GIVES_WAY.get(act, frozenset())}


def _ordered(found: Iterable[str]) -> tuple[str, ...]:
    there = set(found)
    return tuple(act for act in ACTS if act in there)[:MOST]


def _decision(event: Decided | Revised, likely: Likely | None) -> dict[str, float]:
    """The acts of a decision's words, and whether its price is one."""
    # what would change it is a condition the speaker sets, not a claim about the world as it is
    acts = heard(f"{event.choice}\n{event.why}", likely=likely)
    no_price = NO_PRICE.match(event.gives_up.lower().replace("’", "'"))
    return acts if no_price else {**acts, "accepts_tradeoff": CERTAIN}

"""The built-in listener: an utterance in, the acts it does out. Rules only; pure and quick.

It hears the speaker's own assertions. What is quoted, or reported of somebody else, is left
out before the rules are asked; a "not" just before a phrase takes it back; and some acts give
way to others heard in the same breath ("it depends, but I choose the delay" commits).
"""

import re
from collections.abc import Iterable
from typing import NamedTuple

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
from rooms.listener.rules import RULES, Rule, pattern
from scenarios.core.acts import ACTS

MOST = 12  # acts one utterance may have, as declared by rooms.core.messages.Acts
LONGEST = 400  # characters of a line; longer sentences are cut, which keeps every search short

# An act on the left is not heard when one on the right was: the second explains the first away.
GIVES_WAY: dict[str, frozenset[str]] = {
    "hedges": frozenset({"commits", "prioritises", "adapts"}),
    "lists_everything": frozenset({"commits", "prioritises", "defers", "synthesises"}),
    "lists_metrics": frozenset({"chooses_metric"}),
    "jumps_to_model": frozenset({"clarifies", "checks_data", "doubts_data", "chooses_metric", "adapts"}),
    "trusts_data": frozenset({"doubts_data", "checks_data"}),
    "defends_plan": frozenset({"adapts"}),
    "rejects_view": frozenset({"weighs_view"}),
    "claims_robust": frozenset({"names_risk", "plans_monitoring", "plans_fallback"}),
    "retrain_only": frozenset({"plans_monitoring", "plans_fallback"}),
}

TO_A_POINT = frozenset(
    {"commits", "synthesises", "prioritises", "chooses_metric", "adapts", "proposes_next", "restates_problem"}
)
MANY_WORDS = 150  # without one of the acts above, that is talk without a point
SOME_WORDS = 50
MANY_FILLERS = 5

FILLER = re.compile(
    r"\b(?:you know|kind of|sort of|i mean|or something|or whatever|and so on|anyway|basically|so yeah"
    r"|and stuff|like i said|where was i|i guess|actually)\b"
)
NEGATION = re.compile(
    r"\b(?:not(?! only)|never|no|nobody|none|without|hardly|cannot|avoid|instead of|rather than)\b|n't\b"
)
CLAUSE = re.compile(r"[,:()]| but | and | so | because ")
QUOTED = re.compile(r"[“\"]([^“”\"\n]{12,600})[”\"]")
REPORTED = re.compile(
    r"(?<![Ww]hat )\b(?:[Yy]ou|[Hh]e|[Ss]he|[Tt]hey|[Pp]eople|[Ss]ome(?:one|body)?|[A-Z][a-z]+"
    r"|(?:[Tt]he|[Oo]ur|[Yy]our) \w+)"
    r"(?:'ve| have| has| had| just| also| all){0,2} "
    r"(?:said|says?|mentioned|mentions?|told (?:me|us|you)|claim(?:s|ed)?|suggest(?:s|ed)?|argue[sd]?"
    r"|wrote|writes|thinks?|believes?|insists?)\b"
    r"(?:(?!, but|, so|, and (?:I|we)|, I |, we | but |; | however).){0,300}"
)
TAG = re.compile(r",? (?:right|no|yes|okay|correct|isn't it|aren't i|don't you think)\?$")  # no real question
SENTENCE_END = re.compile(r"(?<=[.!?;])\s+|\n+")


class Ear(NamedTuple):
    """A rule made ready to use."""

    rule: Rule
    says: re.Pattern[str]
    unless: re.Pattern[str] | None
    besides: re.Pattern[str] | None

    def hears(self, line: str) -> bool:
        """Is the rule's phrase in this line, meant as said?"""
        if self.rule.asked is not None and self.rule.asked != line.endswith("?"):
            return False
        if self.unless is not None and self.unless.search(line):
            return False
        return any(not self._taken_back(line, hit.start()) for hit in self.says.finditer(line))

    def _taken_back(self, line: str, start: int) -> bool:
        if not self.rule.negatable:
            return False
        clause = CLAUSE.split(line[max(0, start - 60) : start])[-1]
        return NEGATION.search(" ".join(clause.split()[-5:])) is not None


def _ear(rule: Rule) -> Ear:
    unless = pattern(rule.unless) if rule.unless else None
    besides = pattern(rule.besides) if rule.besides else None
    return Ear(rule, pattern(rule.says), unless, besides)


EARS = tuple(_ear(rule) for rule in RULES)


def hear(text: str) -> tuple[str, ...]:
    """The acts of an utterance in the order of ACTS, at most 12. Any text is answered."""
    return _ordered(_acts(text, spoken=True))


def hear_event(event: AnyEvent) -> tuple[str, ...]:
    """The acts of what the candidate did: by what kind of event it is, and by its words."""
    match event:
        case Said(text=text) | Asked(text=text):
            return hear(text)
        case Summarised(text=text):
            return _ordered({"synthesises"} | _acts(text, spoken=True))
        case Assumed(text=text):
            return _ordered({"states_assumption"} | _acts(text))
        case Decided():
            return _ordered(_settled({"commits"} | _decision(event)))
        case Revised():
            return _ordered(_settled({"commits", "adapts"} | _decision(event)))
        case DataRequested(what=what):
            return _ordered(_acts(what))
        case _:
            return ()


def _acts(text: str, spoken: bool = False) -> set[str]:
    lines = sentences(text)
    whole = "\n".join(lines)
    heard = {
        ear.rule.act
        for ear in EARS
        if ear.says.search(whole)
        and (ear.besides is None or ear.besides.search(whole))
        and any(ear.hears(line) for line in lines)
    }
    if spoken and _rambling(whole, heard):
        heard.add("rambles")
    return _settled(heard)


def sentences(text: str) -> list[str]:
    """The speaker's own sentences, lower case, each ending as it ended, none over 400 characters."""
    own = REPORTED.sub(" ", QUOTED.sub(" ", text.replace("’", "'").replace("e.g.", "eg")))
    found = (TAG.sub(".", " ".join(part.lower().split())) for part in SENTENCE_END.split(own))
    return [line for part in found if part for line in _cut(part)]


def _cut(line: str) -> list[str]:
    pieces = []
    while len(line) > LONGEST:
        at = line.rfind(" ", 1, LONGEST)
        at = at if at > 0 else LONGEST
        pieces.append(line[:at])
        line = line[at:].lstrip()
    return [*pieces, line]


def _settled(heard: set[str]) -> set[str]:
    return {act for act in heard if not heard & GIVES_WAY.get(act, frozenset())}


def _ordered(heard: Iterable[str]) -> tuple[str, ...]:
    heard = set(heard)
    return tuple(act for act in ACTS if act in heard)[:MOST]


def _rambling(whole: str, heard: set[str]) -> bool:
    words = len(whole.split())
    if words >= MANY_WORDS and not heard & TO_A_POINT:
        return True
    return words >= SOME_WORDS and len(FILLER.findall(whole)) >= MANY_FILLERS


NO_PRICE = re.compile(
    r"^\W*(?:nothing|none|no|n/?a|not much|nil|-+|i don't know|unknown|tbd"
    r"|nothing (?:much|really|at all|important)|there is (?:no|none).*"
    r"|no (?:real )?(?:cost|price|downside|trade-?off)s?.*)\W*$"
)


def _decision(event: Decided | Revised) -> set[str]:
    """The acts of a decision's words, and whether its price is one."""
    # what would change it is a condition the speaker sets, not a claim about the world as it is
    acts = _acts(f"{event.choice}\n{event.why}")
    return acts if NO_PRICE.match(event.gives_up.lower().replace("’", "'")) else acts | {"accepts_tradeoff"}

"""The rules of rules.py made ready to use: which of them a sentence meets. Pure and quick.

Only the speaker's own assertions count. What is quoted, or reported of somebody else, is left out
before the rules are asked, and a "not" just before a phrase takes it back. The learnt listener looks
at these hits as at words; alone they are the baseline it is measured against.
"""

import re
from typing import NamedTuple

from rooms.listener.rules import RULES, Rule, pattern

LONGEST = 400  # characters of a line; longer sentences are cut, which keeps every search short

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


def met(lines: list[str]) -> set[str]:
    """The acts whose rules these sentences meet."""
    whole = "\n".join(lines)
    return {
        ear.rule.act
        for ear in EARS
        if ear.says.search(whole)
        and (ear.besides is None or ear.besides.search(whole))
        and any(ear.hears(line) for line in lines)
    }


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


NO_PRICE = re.compile(  # what people write where a decision's price belongs, when they name none
    r"^\W*(?:nothing|none|no|n/?a|not much|nil|-+|i don't know|unknown|tbd"
    r"|nothing (?:much|really|at all|important)|there is (?:no|none).*"
    r"|no (?:real )?(?:cost|price|downside|trade-?off)s?.*)\W*$"
)

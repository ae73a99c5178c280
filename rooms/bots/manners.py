"""Words a persona answers without repeating them: abuse, orders to a machine, another language. Pure.

Wrong guesses cost little: the worst that comes of one is a calm sentence instead of a quotation.
"""

import re
from functools import lru_cache

from rooms.bots.lines import KEPT

ABUSE = re.compile(
    r"\b(?:f+u+c+k\w*|sh[i1]t\w*|bull ?shit|bitch\w*|ass ?holes?|bastards?|idiots?|idiotic|morons?|retard\w*"
    r"|cunts?|dick ?heads?|wankers?|whores?|sluts?|nazis?|scum|cretins?|imbeciles?"
    r"|shut up|screw you|go to hell|kill your ?self|piss off"
    r"|(?:you(?:'re| are| all)?|your) (?:\w+ ){0,3}"
    r"(?:stupid|dumb|useless|pathetic|worthless|clowns?|ugly|incompetent))\b",
    re.IGNORECASE,
)
ORDERS = re.compile(  # narrow: a case may be about assistants, rules and prompts
    r"\b(?:(?:ignore|disregard|forget|override)\b.{0,30}\b(?:instructions?|prompts?|guidelines)\b"
    r"|(?:reveal|print|repeat|output|show|dump|leak|list|tell|give|read)\b.{0,40}\b(?:your|hidden|secret) "
    r"(?:\w+ ){0,2}(?:prompts?|instructions?|briefs?|facts?|papers|position|notes|configuration)\b"
    r"|you are (?:now|no longer) (?:an?|the|in|my|bound)\b|pretend (?:to be|you are|that you)\b"
    r"|(?:you are|as) (?:just |only )?an? (?:ai|large language model|language model|chat ?bot)\b"
    r"|do anything now|developer mode|(?:new|updated) (?:system )?instructions? ?:"
    r"|(?:give|award|score|rate|mark) me (?:the |a |an )?(?:full|top|highest|maximum|perfect)\b)"
    r"|</?(?:system|assistant|instructions?)>|\[/?(?:system|inst)\]",
    re.IGNORECASE | re.DOTALL,
)
WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
ENGLISH = frozenset(
    """
    a about after all also always am an and any are as at be because been before but by can could do does
    down each even every few first for from get give go good has have he her here how i if in is it its just
    keep know last less let like look made make many may me mean more most much my need never new next no not
    nothing now of off on one only or other our out over people point put really right same say see she should
    so some start still stop sure take than that the their them then there these they thing think this those
    though time to too two under until up us use very want was we well were what when where which while who
    why will with without work would yes yet you your
    """.split()  # noqa: SIM905  (words are read, not strings)
)
ELSEWHERE = frozenset(  # the commonest words of a few other languages that are none of English
    """
    aber als auch auf aus bei das dass dem den der des dies durch ein eine einen er es für hat ich ihr ist
    kann mit nach nicht noch nur oder sehr sich sie sind und uns von vor war wenn werden wie wir wird zu zum
    zur
    au aux avec ce cela cette ces dans du elle en est et faut il ils je la le les leur mais ne nous ou où par
    pas plus pour qu que qui sans se si son sont sur très un une vous
    al como con cual de del donde el ella ellos esta este eso hay lo los las más muy nos otro para pero por
    porque qué se ser sin su sus también tiene una y ya yo
    anche che chi ci con cosa della delle di ho io gli mi non nel nella per perché più quando questo sono
    ao à às da das dos ele em eu foi isso mas na nas não nos num o os ou pelo quando são seu sua também tem um
    uma
    aan dat deze die dit een geen het hij ik ook maar met naar niet nog om onze te uit van voor waar wij zijn
    """.split()  # noqa: SIM905
)
LATIN = re.compile(r"[A-Za-z\u00c0-\u024f]")
LETTERS_NEEDED = 12  # fewer tell nothing of a language
FEW_OF_OURS = 6  # English has one of its commonest words among as many, at least


@lru_cache(maxsize=KEPT)
def abusive(text: str) -> bool:
    return ABUSE.search(text) is not None


@lru_cache(maxsize=KEPT)
def orders(text: str) -> bool:
    """Do the words speak to a machine behind the persona?"""
    return ORDERS.search(text) is not None


def quotable(text: str) -> bool:
    """May a persona say these words back? It quotes no abuse, no order to a machine, no other language."""
    return not abusive(text) and not orders(text) and not foreign(text)


@lru_cache(maxsize=KEPT)
def foreign(text: str) -> bool:
    """Is this probably another language than English? What is short or a bare list is not judged."""
    letters = [c for c in text if c.isalpha()]
    if len(letters) < LETTERS_NEEDED:
        return False
    if sum(LATIN.match(c) is None for c in letters) > len(letters) / 3:
        return True
    found = [w.casefold().replace("’", "'").split("'")[0] for w in WORD.findall(text)]
    strange = sum(w in ELSEWHERE and w not in ENGLISH for w in found)
    english = sum(w in ENGLISH for w in found)
    if strange >= 3 and strange > english:
        return True
    # Turkish, Polish: hardly a word of ours, and letters of their own
    return len(found) >= FEW_OF_OURS * (english or 1) and sum(not c.isascii() for c in letters) >= 2

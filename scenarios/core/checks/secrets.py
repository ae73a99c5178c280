"""What is private stays with whom it is for: no sentence of it stands where anybody else reads or hears it.

Every text has an audience, the seats that read or hear it; every secret has one too. A text may hold
a secret only if everybody in its audience may know it. Word for word: a paraphrase is not found.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from scenarios.core.checks.places import ground_lines, plain, voice_lines, yielding_lines
from scenarios.core.checks.problem import Loc, Problem
from scenarios.core.schema import CANDIDATE, FACILITATOR, Role, Scenario

LEAST = 20  # characters of a sentence: a shorter one is said by anyone
JUDGES = frozenset({FACILITATOR, "rater"})

Audience = frozenset[str]


class Channel(NamedTuple):
    """A text, and who reads or hears it."""

    loc: Loc
    text: str
    audience: Audience
    reveals: frozenset[str] = frozenset()  # names of secrets it may give away


class Secret(NamedTuple):
    """A sentence that is held back, what it belongs to, and who may know it."""

    name: str
    sentence: str
    audience: Audience


def secrets_are_kept(s: Scenario) -> Iterator[Problem]:
    secrets = list(held_back(s))
    for channel in [*_public(s), *_spoken(s), *_papers_of_roles(s), *_for_judges(s)]:
        text, found = plain(channel.text), set(channel.reveals)
        for secret in secrets:
            if secret.name in found or channel.audience <= secret.audience:
                continue
            if secret.sentence in text:
                found.add(secret.name)
                yield Problem(channel.loc, f"gives away {secret.name}")


# --- what is held back --------------------------------------------------------------------------------


def held_back(s: Scenario) -> Iterator[Secret]:
    """Every sentence that is private to somebody, and to whom."""
    for name, text, audience in _private(s):
        for sentence in re.split(r"(?<=[.?!])\s+", text):
            if len(sentence) >= LEAST:
                yield Secret(name, plain(sentence), audience)


def _private(s: Scenario) -> Iterator[tuple[str, str, Audience]]:
    """What is for some alone: its name, its words, who may know them."""
    for fact in s.facts:
        yield f"the fact {fact.key!r}", fact.text, JUDGES | {fact.held_by}
    for d in s.data_sets:
        yield f"the flaw of {d.key!r}", d.flaw, JUDGES | {d.held_by}
        for fault in d.recipe.faults if d.recipe is not None else ():
            yield f"the fault {fault.key!r}", f"{fault.about} {fault.notice}", JUDGES | {d.held_by}
    for role in s.roles:
        yield f"the brief of {role.key!r}", papers(role), JUDGES | {role.key}
    for line in s.missing:
        yield "what is missing on purpose", line, JUDGES
    for inject in s.injects:
        yield f"what is expected at {inject.key!r}", inject.expected, JUDGES | {inject.role}
    for phase in s.phases:
        yield f"the focus of {phase.key!r}", phase.focus, _panel(s) | JUDGES


def papers(role: Role) -> str:
    """What this role alone is told, as one text."""
    return " ".join([role.brief, role.position, *role.evidence, role.yields_when, role.never or ""])


def _panel(s: Scenario) -> Audience:
    return frozenset(r.key for r in s.roles)


# --- where it may come out -----------------------------------------------------------------------------


def _public(s: Scenario) -> Iterator[Channel]:
    """What everyone reads."""
    everyone = _panel(s) | JUDGES | {CANDIDATE}
    texts: list[tuple[Loc, str]] = [(("title",), s.title), (("summary",), s.summary), (("prompt",), s.prompt)]
    texts += [(("candidate", "brief"), s.candidate.brief)]
    texts += [(("roles", n, "face"), r.face) for n, r in enumerate(s.roles)]
    texts += [(("phases", n, "prompt"), p.prompt) for n, p in enumerate(s.phases)]
    texts += [(("data_sets", n, "about"), d.about) for n, d in enumerate(s.data_sets)]
    texts += [
        (("data_sets", n, "recipe", "columns", m, "about"), column.about)
        for n, d in enumerate(s.data_sets)
        if d.recipe is not None
        for m, column in enumerate(d.recipe.columns)
    ]
    return (Channel(loc, text, everyone) for loc, text in texts)


def _spoken(s: Scenario) -> Iterator[Channel]:
    """What everyone hears."""
    everyone = _panel(s) | JUDGES | {CANDIDATE}
    for loc, line in [*voice_lines(s), *ground_lines(s), *yielding_lines(s)]:
        yield Channel(loc, line, everyone)
    for n, inject in enumerate(s.injects):
        reveals = frozenset(f"the fact {key!r}" for key in inject.reveals)
        yield Channel(("injects", n, "text"), inject.text, everyone, reveals)
    for n, d in enumerate(s.data_sets):
        yield Channel(("data_sets", n, "refusal"), d.refusal, everyone)
        for m, rule in enumerate(d.access):
            yield Channel(("data_sets", n, "access", m, "says"), rule.says, everyone)


def _papers_of_roles(s: Scenario) -> Iterator[Channel]:
    """What one seat of the panel reads."""
    for n, role in enumerate(s.roles):
        for field in ("brief", "position", "yields_when", "never"):
            yield Channel(("roles", n, field), getattr(role, field) or "", frozenset({role.key}))
        for m, line in enumerate(role.evidence):
            yield Channel(("roles", n, "evidence", m), line, frozenset({role.key}))
    for n, fact in enumerate(s.facts):
        for field in ("text", "release"):
            yield Channel(("facts", n, field), getattr(fact, field), frozenset({fact.held_by}))
    for n, d in enumerate(s.data_sets):
        yield Channel(("data_sets", n, "flaw"), d.flaw, frozenset({d.held_by}))


def _for_judges(s: Scenario) -> Iterator[Channel]:
    """What those who judge read, and with them the panel or one of it."""
    for n, phase in enumerate(s.phases):
        yield Channel(("phases", n, "focus"), phase.focus, _panel(s) | JUDGES)
    for n, inject in enumerate(s.injects):
        for field in ("title", "expected"):
            yield Channel(("injects", n, field), getattr(inject, field), JUDGES | {inject.role})

"""Keys that stand twice, and references that lead nowhere."""

import re
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from typing import NamedTuple

from scenarios.core.acts import ACTS
from scenarios.core.checks.places import conditions_in
from scenarios.core.checks.problem import Loc, Problem
from scenarios.core.schema import CANDIDATE, FACILITATOR, Condition, Scenario

RESERVED = {CANDIDATE, FACILITATOR, "rater", "observer", "clock", "listener", "director", "data_room"}


def keys_are_unique(s: Scenario) -> Iterator[Problem]:
    lists: list[tuple[Loc, Iterable[str]]] = [
        (("roles",), (r.key for r in s.roles)),
        (("phases",), (p.key for p in s.phases)),
        (("facts",), (f.key for f in s.facts)),
        (("data_sets",), (d.key for d in s.data_sets)),
        (("injects",), (i.key for i in s.injects)),
        (("seniorities",), (x.key for x in s.seniorities)),
        (("rubric", "dimensions"), (d.key for d in s.rubric.dimensions)),
    ]
    lists += [
        (("roles", n, "voice", "grounds"), [g.key for g in r.voice.grounds]) for n, r in enumerate(s.roles)
    ]
    for loc, keys in lists:
        seen: set[str] = set()
        for n, key in enumerate(keys):
            if key in seen:
                yield Problem((*loc, n, "key"), f"the key {key!r} is used twice")
            seen.add(key)


def role_keys_are_free(s: Scenario) -> Iterator[Problem]:
    for n, role in enumerate(s.roles):
        if role.key in RESERVED or re.fullmatch(r"rater\d+", role.key):
            yield Problem(("roles", n, "key"), f"{role.key!r} names another kind of seat")


# --- references -----------------------------------------------------------------------------------


class Reference(NamedTuple):
    loc: Loc
    kind: str
    key: str


def references_lead_somewhere(s: Scenario) -> Iterator[Problem]:
    known = _known(s)
    for ref in [*_of_phases(s), *_of_facts(s), *_of_data_sets(s), *_of_seniorities(s), *_of_injects(s)]:
        if ref.key not in known[ref.kind]:
            message = f"there is no {ref.kind} {ref.key!r}"
            yield Problem(ref.loc, message, mend=_instead(ref.key, known[ref.kind]))


def _instead(key: str, known: set[str]) -> str:
    near = get_close_matches(key, sorted(known), n=1)
    meant = f"Did you mean {near[0]!r}? " if near else ""
    return f"{meant}There is {', '.join(sorted(known)) or 'none'}."


def _known(s: Scenario) -> dict[str, set[str]]:
    return {
        "role": {r.key for r in s.roles},
        "phase": {p.key for p in s.phases},
        "fact": {f.key for f in s.facts},
        "data set": {d.key for d in s.data_sets},
        "inject": {i.key for i in s.injects},
        "dimension": {d.key for d in s.rubric.dimensions},
        "act": set(ACTS),
    }


def _of_phases(s: Scenario) -> Iterator[Reference]:
    for n, phase in enumerate(s.phases):
        yield Reference(("phases", n, "led_by"), "role", phase.led_by)
        yield from _all(("phases", n, "dimensions"), "dimension", phase.dimensions)


def _of_facts(s: Scenario) -> Iterator[Reference]:
    for n, fact in enumerate(s.facts):
        yield Reference(("facts", n, "held_by"), "role", fact.held_by)
        yield from _all(("facts", n, "dimensions"), "dimension", fact.dimensions)


def _of_data_sets(s: Scenario) -> Iterator[Reference]:
    for n, data_set in enumerate(s.data_sets):
        yield Reference(("data_sets", n, "held_by"), "role", data_set.held_by)
        yield from _of_condition(("data_sets", n, "refuse_until"), data_set.refuse_until)
        for m, rule in enumerate(data_set.access):
            yield from _of_condition(("data_sets", n, "access", m, "when"), rule.when)


def _of_seniorities(s: Scenario) -> Iterator[Reference]:
    for n, seniority in enumerate(s.seniorities):
        for field in ("weights", "floors"):
            for key in getattr(seniority, field):
                yield Reference(("seniorities", n, field, key), "dimension", key)
        yield from _all(("seniorities", n, "without"), "inject", seniority.without)


def _of_injects(s: Scenario) -> Iterator[Reference]:
    for n, inject in enumerate(s.injects):
        yield Reference(("injects", n, "phase"), "phase", inject.phase)
        yield Reference(("injects", n, "role"), "role", inject.role)
        yield from _all(("injects", n, "dimensions"), "dimension", inject.dimensions)
        yield from _all(("injects", n, "reveals"), "fact", inject.reveals)
        yield from _of_condition(("injects", n, "when", "condition"), inject.when.condition)


def _of_condition(loc: Loc, condition: Condition | None) -> Iterator[Reference]:
    for at, c in conditions_in(loc, condition):
        yield from _all((*at, "heard"), "act", c.heard)
        yield from _all((*at, "unheard"), "act", c.unheard)
        single = [("asked", "role"), ("given", "fact"), ("requested", "data set"), ("spoken", "inject")]
        for field, kind in single:
            if (key := getattr(c, field)) is not None:
                yield Reference((*at, field), kind, key)


def _all(loc: Loc, kind: str, keys: tuple[str, ...]) -> Iterator[Reference]:
    return (Reference((*loc, n), kind, key) for n, key in enumerate(keys))

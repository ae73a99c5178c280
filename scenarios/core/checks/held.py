"""What is held back: that a question gets it, that its holder gives it, that tables can be made."""

from collections.abc import Iterator

from scenarios.core import check_data
from scenarios.core.checks.conditions import spoken_at_all
from scenarios.core.checks.problem import Problem
from scenarios.core.schema import Fact, Scenario
from scenarios.core.words import hits


def what_is_held_can_be_had(s: Scenario) -> Iterator[Problem]:
    """Every fact by some question, or by an inject that always comes; every table by some request."""
    possible = spoken_at_all(s)
    revealed = {key for i in s.injects if i.key in possible for key in i.reveals}
    certain = {key for i in s.injects if i.when.owed or i.when.at is not None for key in i.reveals}
    for n, fact in enumerate(s.facts):
        loc = ("facts", n, "asked_words")
        if not fact.asked_words and fact.key not in revealed:
            yield Problem(loc, f"no question and no inject brings {fact.key!r} out")
        elif not fact.asked_words and fact.key not in certain:
            yield Problem(loc, f"no question brings {fact.key!r} out, and the inject that does may not come")
    for n, data_set in enumerate(s.data_sets):
        if not data_set.asked_words:
            yield Problem(("data_sets", n, "asked_words"), f"no request fits {data_set.key!r}")


def each_fact_has_its_question(s: Scenario) -> Iterator[Problem]:
    """Whoever asks in all the words of a fact is told that one and no other of the same role."""
    for n, fact in enumerate(s.facts):
        if not fact.asked_words:
            continue
        told = _told(s, fact)
        if told.key != fact.key:
            message = f"who asks in these words is told {told.key!r}, which holds as many of them"
            yield Problem(("facts", n, "asked_words"), message)


def _told(s: Scenario, wanted: Fact) -> Fact:
    """The fact a persona gives up to a question made of all the words of the wanted one."""
    question = ". ".join(wanted.asked_words)
    held = [f for f in s.facts if f.held_by == wanted.held_by]
    return max(held, key=lambda f: hits(question, f.asked_words))


def roles_reveal_their_own(s: Scenario) -> Iterator[Problem]:
    holders = {f.key: f.held_by for f in s.facts}
    for n, inject in enumerate(s.injects):
        for m, key in enumerate(inject.reveals):
            if holders.get(key, inject.role) != inject.role:
                yield Problem(("injects", n, "reveals", m), f"{inject.role!r} does not hold {key!r}")


def data_sets_can_be_made(s: Scenario) -> Iterator[Problem]:
    for loc, message in check_data.problems(s):
        yield Problem(loc, message)


def tables_are_square(s: Scenario) -> Iterator[Problem]:
    for n, data_set in enumerate(s.data_sets):
        names = [c.name for c in data_set.columns]
        if len(set(names)) < len(names):
            yield Problem(("data_sets", n, "columns"), "two columns have one name")
        for m, row in enumerate(data_set.rows):
            if len(row) != len(names):
                yield Problem(("data_sets", n, "rows", m), f"{len(row)} cells for {len(names)} columns")

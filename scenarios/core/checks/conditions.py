"""Conditions: that they say something, do not contradict themselves, and can come true."""

from collections.abc import Iterator
from itertools import product

from scenarios.core.checks.places import Asked, conditions_in, conditions_of, earliest_second, order, phase_of
from scenarios.core.checks.problem import Loc, Problem
from scenarios.core.schema import GAP, Condition, Inject, Scenario

AT_ONCE = 20  # seconds: a condition of things that did not happen counts no earlier than that
LAST_SECONDS = 20  # nothing is due so late in a phase: there would be no time to answer

Placed = tuple[Loc, Condition]


def conditions_say_something(s: Scenario) -> Iterator[Problem]:
    for asked in conditions_of(s):
        for at, c in conditions_in(asked.loc, asked.condition):
            if c == Condition():
                yield Problem(at, "an empty condition is always true; leave it out or say when")


def conditions_do_not_contradict_themselves(s: Scenario) -> Iterator[Problem]:
    for asked in conditions_of(s):
        found: set[Loc] = set()
        for way in _ways(asked.loc, asked.condition):
            at = way[-1][0]
            if at not in found and _contradicts([c for _, c in way]):
                found.add(at)
                yield Problem(at, "this can never be true: it asks for a thing and its opposite")


def injects_wait_for_earlier_ones(s: Scenario) -> Iterator[Problem]:
    phases = {i.key: order(s, i) for i in s.injects}
    for asked in conditions_of(s):
        for at, c in conditions_in(asked.loc, asked.condition):
            if c.spoken is None:
                continue
            if asked.inject is not None and c.spoken == asked.inject.key:
                yield Problem((*at, "spoken"), "an inject cannot wait for itself")
            elif phases.get(c.spoken, 0) > asked.phase:
                yield Problem((*at, "spoken"), f"{c.spoken!r} belongs to a later phase")


def every_condition_can_come_true(s: Scenario) -> Iterator[Problem]:
    possible = spoken_at_all(s)
    for asked in conditions_of(s):
        found: set[Loc] = set()
        for way in _ways(asked.loc, asked.condition):
            for at, c in way:
                for field, why in _hindrances(s, asked, c, possible):
                    if (loc := (*at, field)) not in found:
                        found.add(loc)
                        yield Problem(loc, why)


def what_did_not_happen_is_given_time(s: Scenario) -> Iterator[Problem]:
    """A condition that only says what is missing holds from the first second on."""
    for asked in conditions_of(s):
        inject = asked.inject
        if inject is None or inject.when.after >= AT_ONCE:
            continue
        for way in _ways(asked.loc, asked.condition):
            if all(_only_negative(c) for _, c in way):
                message = f"holds as soon as the phase begins, and counts from {inject.when.after} s"
                yield Problem((*asked.loc[:-1], "after"), message)


def spoken_at_all(s: Scenario) -> set[str]:
    """The injects that can be put at all. Those that wait for each other in a circle are not among them."""
    possible: set[str] = set()
    while True:
        more = {i.key for i in s.injects if i.key not in possible and _can_be_put(s, i, possible)}
        if not more:
            return possible
        possible |= more


def _can_be_put(s: Scenario, inject: Inject, possible: set[str]) -> bool:
    when = inject.when
    if when.condition is None or when.owed or when.at is not None:
        return True
    asked = Asked((), when.condition, order(s, inject), inject)
    ways = [way for way in _ways((), when.condition) if not _contradicts([c for _, c in way])]
    return any(not any(list(_hindrances(s, asked, c, possible)) for _, c in way) for way in ways)


# --- ways -------------------------------------------------------------------------------------------


def _ways(loc: Loc, c: Condition) -> list[list[Placed]]:
    """The condition without `any_of`: each way in which it can hold, as conditions that hold together."""
    own = c.model_copy(update={"any_of": ()})
    head: list[Placed] = [(loc, own)] if own != Condition() or not c.any_of else []
    if not c.any_of:
        return [head]
    inner = [way for n, one in enumerate(c.any_of) for way in _ways((*loc, "any_of", n), one)]
    return [[*first, *rest] for first, rest in product([head], inner)]


def _contradicts(together: list[Condition]) -> bool:
    decided = any(c.decided or c.revised or c.decided_words for c in together)
    assumed = any(c.assumed for c in together)
    heard = {act for c in together for act in c.heard}
    unheard = {act for c in together for act in c.unheard}
    return (
        (decided and any(c.undecided for c in together))
        or (assumed and any(c.unassumed for c in together))
        or bool(heard & unheard)
    )


def _only_negative(c: Condition) -> bool:
    bare = c.model_copy(update={"undecided": False, "unassumed": False, "unheard": ()})
    return bare == Condition() and c != Condition()


# --- what stands in the way -------------------------------------------------------------------------


def _hindrances(s: Scenario, asked: Asked, c: Condition, possible: set[str]) -> Iterator[tuple[str, str]]:
    """(field, why it can never hold) for the fields of one condition."""
    if c.spoken is not None and (why := _never_spoken(s, asked, c.spoken, possible)):
        yield "spoken", why
    if c.given is not None and not _can_be_out(s, asked, c.given, possible):
        yield "given", f"nothing brings {c.given!r} out by then"
    if c.requested is not None and not any(d.asked_words for d in s.data_sets if d.key == c.requested):
        yield "requested", f"no request can be for {c.requested!r}: it has no `asked_words`"
    if c.silence is not None and c.silence > (most := _time_left(s, asked)):
        yield "silence", f"nobody can be silent for {c.silence} s here: at most {most} s are left"


def _never_spoken(s: Scenario, asked: Asked, key: str, possible: set[str]) -> str:
    """Why that inject is never spoken before the condition is asked for the last time; empty if it may be."""
    first = next((i for i in s.injects if i.key == key), None)
    if first is None:
        return f"{key!r} is not put"
    if key not in possible:
        return f"{key!r} can never be put"
    if asked.inject is None or first.phase != asked.inject.phase or (phase := phase_of(s, first)) is None:
        return ""
    begins, gap = earliest_second(first, phase), s.gap or GAP
    latest = phase.seconds - LAST_SECONDS
    if begins + gap > latest:
        return f"{key!r} comes at {begins} s at the earliest, and {latest} s is the last moment here"
    return ""


def _can_be_out(s: Scenario, asked: Asked, fact: str, possible: set[str]) -> bool:
    by_question = any(f.asked_words for f in s.facts if f.key == fact)
    by_inject = any(fact in i.reveals and i.key in possible and order(s, i) <= asked.phase for i in s.injects)
    return by_question or by_inject


def _time_left(s: Scenario, asked: Asked) -> int:
    if asked.inject is None or (phase := phase_of(s, asked.inject)) is None:
        return max(p.seconds for p in s.phases)
    return phase.seconds - LAST_SECONDS

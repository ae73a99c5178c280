"""Walks through a scenario that several checks take: conditions, lines that are spoken, times."""

from collections.abc import Iterator
from typing import NamedTuple

from scenarios.core.checks.problem import Loc
from scenarios.core.schema import Condition, Inject, Phase, Scenario

Text = tuple[Loc, str]


class Asked(NamedTuple):
    """A condition as it stands in a scenario, and what is asked of it."""

    loc: Loc
    condition: Condition
    phase: int  # place of the last phase in which it may come true
    inject: Inject | None = None  # which waits for it; None: it rules a data set


def conditions_of(s: Scenario) -> Iterator[Asked]:
    """Every condition of the scenario, whole."""
    last = len(s.phases) - 1
    for n, inject in enumerate(s.injects):
        if inject.when.condition is not None:
            yield Asked(("injects", n, "when", "condition"), inject.when.condition, order(s, inject), inject)
    for n, d in enumerate(s.data_sets):
        if d.refuse_until is not None:
            yield Asked(("data_sets", n, "refuse_until"), d.refuse_until, last)
        for m, rule in enumerate(d.access):
            if rule.when is not None:
                before = _place(s, rule.before) - 1 if rule.before else last
                yield Asked(("data_sets", n, "access", m, "when"), rule.when, before)


def conditions_in(loc: Loc, condition: Condition | None) -> Iterator[tuple[Loc, Condition]]:
    """A condition and those inside it, each with its place."""
    if condition is None:
        return
    yield loc, condition
    for n, inner in enumerate(condition.any_of):
        yield from conditions_in((*loc, "any_of", n), inner)


def order(s: Scenario, inject: Inject) -> int:
    """The place of an inject's phase; 0 for a phase that is not there."""
    return _place(s, inject.phase)


def _place(s: Scenario, phase: str) -> int:
    return next((n for n, p in enumerate(s.phases) if p.key == phase), 0)


def phase_of(s: Scenario, inject: Inject) -> Phase | None:
    return next((p for p in s.phases if p.key == inject.phase), None)


def clock_second(inject: Inject, phase: Phase) -> int | None:
    """The second at which the clock alone makes it due, if it ever does."""
    if inject.when.at is not None:
        return inject.when.at
    return phase.seconds - inject.when.before_end if inject.when.owed else None


def earliest_second(inject: Inject, phase: Phase) -> int:
    """The second from which it may be due if its condition holds at once."""
    by_clock = clock_second(inject, phase)
    if inject.when.condition is not None:
        return min(inject.when.after, phase.seconds if by_clock is None else by_clock)
    return 0 if by_clock is None else by_clock


# --- lines ------------------------------------------------------------------------------------------


def voice_lines(s: Scenario) -> Iterator[Text]:
    for n, role in enumerate(s.roles):
        for field in ("opening", "questions", "silence", "no_answer", "thanks"):
            for m, line in enumerate(getattr(role.voice, field)):
                yield ("roles", n, "voice", field, m), line


def ground_lines(s: Scenario) -> Iterator[Text]:
    for n, role in enumerate(s.roles):
        for m, ground in enumerate(role.voice.grounds):
            for k, line in enumerate(ground.says):
                yield ("roles", n, "voice", "grounds", m, "says", k), line


def yielding_lines(s: Scenario) -> Iterator[Text]:
    for n, role in enumerate(s.roles):
        for m, ground in enumerate(role.voice.grounds):
            yield ("roles", n, "voice", "grounds", m, "yields"), ground.yields


def plain(text: str) -> str:
    """The text as it is compared: one space, no capitals, no last full stop."""
    return " ".join(text.casefold().split()).rstrip(".?!")

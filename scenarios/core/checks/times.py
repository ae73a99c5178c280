"""Seconds: that each inject can come due, within its phase, and apart from the others."""

from collections.abc import Iterator
from itertools import pairwise

from scenarios.core.checks.conditions import LAST_SECONDS
from scenarios.core.checks.places import clock_second, phase_of
from scenarios.core.checks.problem import Problem
from scenarios.core.schema import Inject, Phase, Scenario

APART = 10  # seconds between two injects of a phase that are due by the clock


def every_inject_can_come_due(s: Scenario) -> Iterator[Problem]:
    for n, inject in enumerate(s.injects):
        when, loc = inject.when, ("injects", n, "when")
        if when.at is None and when.condition is None and not when.owed:
            yield Problem(loc, "give `at`, a `condition` or `owed`, or it only ever comes by hand")
        if when.at is not None and (when.condition is not None or when.owed or when.after):
            yield Problem((*loc, "at"), "a fixed second stands alone, without condition, `after` or `owed`")


def times_fit_the_phase(s: Scenario) -> Iterator[Problem]:
    for n, inject in enumerate(s.injects):
        phase = phase_of(s, inject)
        if phase is None:
            continue
        latest = phase.seconds - LAST_SECONDS
        for field, second in _moments(inject, phase):
            if not 0 <= second <= latest:
                message = f"{inject.key!r} falls outside 0 to {latest} s of {phase.key!r}"
                yield Problem(("injects", n, "when", field), message)


def a_condition_has_time_to_come_true(s: Scenario) -> Iterator[Problem]:
    for n, inject in enumerate(s.injects):
        phase, when = phase_of(s, inject), inject.when
        if phase is None or when.condition is None or not when.owed:
            continue
        if when.after >= (owed := phase.seconds - when.before_end):
            message = f"owed at {owed} s, before its condition may count at {when.after} s"
            yield Problem(("injects", n, "when", "after"), message)


def injects_keep_apart(s: Scenario) -> Iterator[Problem]:
    for phase in s.phases:
        timed = [
            (second, n, i.key)
            for n, i in enumerate(s.injects)
            if i.phase == phase.key and (second := clock_second(i, phase)) is not None
        ]
        for (one, _, before), (two, n, key) in pairwise(sorted(timed)):
            if two - one < APART:
                yield Problem(("injects", n, "when"), f"{key!r} comes within {APART} s of {before!r}")


def _moments(inject: Inject, phase: Phase) -> Iterator[tuple[str, int]]:
    """The seconds of the phase an inject names, each with the field that names it."""
    when = inject.when
    if when.at is not None:
        yield "at", when.at
    if when.after:
        yield "after", when.after
    if when.owed:
        yield "before_end", phase.seconds - when.before_end

"""Pressure: that every dimension is probed, every phase owes something, and no phase is too much."""

from collections import Counter
from collections.abc import Callable, Iterator

from scenarios.core.checks.conditions import spoken_at_all
from scenarios.core.checks.held import what_is_held_can_be_had
from scenarios.core.checks.places import clock_second, earliest_second
from scenarios.core.checks.problem import Problem
from scenarios.core.schema import Inject, Phase, Scenario

CEILING = 6  # injects a phase may hold: more is noise, not pressure
WINDOW, IN_WINDOW = 120, 3  # seconds, and the injects that may fall due within them
LEAST_GAP = 10  # seconds between two injects, at least: less leaves nothing to answer in
TIMES = 2  # injects that probe a dimension, at least: one alone may be missed, or met on a bad minute
VOICES = 2  # roles that do, at least: one alone may be somebody the candidate cannot talk to
READ_ALOUD = 2.5  # words a second
ANSWER = 45  # seconds to answer an inject: with less, who thinks is behind
SHARE = 0.8  # of a phase the injects may take; the rest belongs to the candidate

Found = Iterator[Problem]


def every_dimension_is_probed(s: Scenario) -> Found:
    """Twice at least, and by two roles."""
    for n, dimension in enumerate(s.rubric.dimensions):
        probes = [i for i in s.injects if dimension.key in i.dimensions]
        roles = sorted({i.role for i in probes})
        loc = ("rubric", "dimensions", n)
        if not probes:
            yield Problem(loc, f"no inject probes {dimension.key!r}")
        elif len(probes) < TIMES:
            yield Problem(loc, f"only {probes[0].key!r} probes {dimension.key!r}; {TIMES} injects at least")
        elif len(roles) < VOICES:
            yield Problem(loc, f"only {roles[0]!r} probes {dimension.key!r}; {VOICES} roles at least")


def every_phase_owes_something(s: Scenario) -> Found:
    owed = {i.phase for i in s.injects if i.when.owed}
    for n, phase in enumerate(s.phases):
        if phase.key not in owed:
            message = f"no inject is owed in {phase.key!r}: candidates would not meet comparable pressure"
            yield Problem(("phases", n), message)


def no_phase_is_crowded(s: Scenario) -> Found:
    count = Counter(i.phase for i in s.injects)
    for n, phase in enumerate(s.phases):
        if count[phase.key] > CEILING:
            yield Problem(("phases", n), f"{count[phase.key]} injects in {phase.key!r}; {CEILING} at most")


def phases_have_time_for_their_load(s: Scenario) -> Found:
    """What is said in a phase, and an answer to each of it, fits into its time."""
    for n, phase in enumerate(s.phases):
        load, has = round(_load(s, phase)), int(phase.seconds * SHARE)
        if load > has:
            message = (
                f"{phase.key!r} takes {load} s to put its injects and answer them, and has {has} of its "
                f"{phase.seconds} s for that"
            )
            yield Problem(("phases", n, "seconds"), message)


def pressure_keeps_its_ceiling(s: Scenario) -> Found:
    """However a candidate plays, no more than so many injects fall due within the window."""
    for n, phase in enumerate(s.phases):
        injects = [i for i in s.injects if i.phase == phase.key]
        early = [(earliest_second(i, phase), i.key) for i in injects]
        late = [(at, i.key) for i in injects if (at := clock_second(i, phase)) is not None]
        found = _crowd(early) or _crowd(late)
        if found:
            message = f"{', '.join(found)} may fall due within {WINDOW} s; {IN_WINDOW} at most"
            yield Problem(("phases", n), message)


def there_is_time_between_injects(s: Scenario) -> Found:
    gaps = [(("gap",), s.gap), *((("seniorities", n, "gap"), x.gap) for n, x in enumerate(s.seniorities))]
    for loc, gap in gaps:
        if gap is not None and gap < LEAST_GAP:
            yield Problem(loc, f"{gap} s between two injects; {LEAST_GAP} at least")


def only_suggestions_are_wrong_on_purpose(s: Scenario) -> Found:
    for n, inject in enumerate(s.injects):
        if inject.wrong_on_purpose and inject.kind != "suggestion":
            message = f"only a suggestion can be wrong on purpose, and {inject.key!r} is a {inject.kind}"
            yield Problem(("injects", n, "wrong_on_purpose"), message)


def every_seniority_is_pressed(s: Scenario) -> Found:
    """What a seniority is spared leaves every dimension probed, and something owed in every phase."""
    spared = [(n, s.at(x.key)) for n, x in enumerate(s.seniorities) if x.without]
    for n, left in spared:
        for one in LEFT:
            for problem in one(left):
                yield Problem(("seniorities", n, "without"), problem.message)


def _all_can_be_put(s: Scenario) -> Found:
    possible = spoken_at_all(s)
    for inject in s.injects:
        if inject.key not in possible:
            yield Problem((), f"{inject.key!r} waits for what never comes")


LEFT: tuple[Callable[[Scenario], Found], ...] = (
    every_dimension_is_probed,
    every_phase_owes_something,
    what_is_held_can_be_had,
    _all_can_be_put,
)


def _load(s: Scenario, phase: Phase) -> float:
    """Seconds in which everything of the phase is said and answered."""
    injects: list[Inject] = [i for i in s.injects if i.phase == phase.key]
    said = [i.text for i in injects]
    return sum(len(text.split()) for text in said) / READ_ALOUD + ANSWER * len(injects)


def _crowd(due: list[tuple[int, str]]) -> list[str]:
    """The keys of the first injects that are too many within the window; empty if there are none."""
    line = sorted(due)
    for n in range(len(line) - IN_WINDOW):
        together = line[n : n + IN_WINDOW + 1]
        if together[-1][0] - together[0][0] < WINDOW:
            return [key for _, key in together]
    return []

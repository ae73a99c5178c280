"""Two rooms of one scenario held side by side: did both candidates meet the same pressure? Pure."""

from collections.abc import Iterator
from typing import NamedTuple

from scenarios.core.schema import Doc, Scenario
from scoring.core.exposure import Exposure, Probe, exposure, is_owed
from scoring.core.pressure import Pressed
from scoring.core.record import Entry, minutes, phase_runs

APART = 60_000  # ms by which a phase, or the moment of an inject, may differ without a word
FEW = 1  # injects of one dimension by which two rooms may differ without a word
LONGER = 30_000  # ms by which the time left to answer an inject may differ ...
SHORT = 60_000  # ... and whoever had so much lacked nothing
OBJECTIONS = 2  # by which two rooms may differ without a word


class Played(NamedTuple):
    """A room as far as a comparison needs it."""

    room: str
    scenario: Scenario
    digest: str  # of the scenario's version
    seniority: str
    record: tuple[Entry, ...]


class DimensionPair(Doc):
    """Injects put at one dimension, in each room."""

    dimension: str
    name: str
    one: int
    other: int


class PhasePair(Doc):
    """How long a phase lasted in each room (ms, pauses left out); 0 where it was not played."""

    name: str
    one: int
    other: int


class InjectPair(Doc):
    """An inject one of the rooms put at least. None: not put there; else ms into its phase, ms it left."""

    title: str
    owed: bool
    one: int | None
    other: int | None
    one_had: int | None = None
    other_had: int | None = None


class PressurePair(Doc):
    """How hard a phase pressed in each room."""

    name: str
    one: Pressed | None
    other: Pressed | None


class Comparison(Doc):
    """`same_case` is False for two scenarios, versions or seniorities: then only the sentence stands."""

    same_case: bool
    differences: tuple[str, ...]  # in sentences; empty: none worth a word
    dimensions: tuple[DimensionPair, ...] = ()
    phases: tuple[PhasePair, ...] = ()
    injects: tuple[InjectPair, ...] = ()
    pressure: tuple[PressurePair, ...] = ()


def compare(one: Played, other: Played) -> Comparison:
    """What one candidate met and the other did not."""
    if (apart := _another_case(one, other)) is not None:
        return Comparison(same_case=False, differences=(apart,))
    met = exposure(one.scenario, one.record), exposure(other.scenario, other.record)
    injects = tuple(_injects(one.scenario, *met))
    dimensions = tuple(_dimensions(*met))
    phases = tuple(_phases(one, other))
    told = [
        *_of_injects(injects),
        *_of_dimensions(dimensions),
        *_of_phases(phases),
        *_of_time(injects),
        *_of_objections(*met),
        *_of_hands(*met),
    ]
    return Comparison(
        same_case=True,
        differences=tuple(told),
        dimensions=dimensions,
        phases=phases,
        injects=injects,
        pressure=tuple(_pressure(one.scenario, *met)),
    )


def _another_case(one: Played, other: Played) -> str | None:
    if one.scenario.slug != other.scenario.slug:
        return (
            f"These are two scenarios: {one.scenario.title} and {other.scenario.title}. "
            "Their candidates cannot be compared by pressure."
        )
    if one.digest != other.digest:
        return "The scenario was changed between these rooms: they were played with two versions of it."
    if one.seniority != other.seniority:
        named = [p.seniority or "as written" for p in (one, other)]
        return f"The rooms were opened at two seniorities: {named[0]} and {named[1]}."
    return None


# --- side by side -----------------------------------------------------------------------------------------


def _injects(scenario: Scenario, one: Exposure, other: Exposure) -> Iterator[InjectPair]:
    put = [{p.inject: p for p in met.probes} for met in (one, other)]
    for inject in scenario.injects:
        a, b = (found.get(inject.key) for found in put)
        if a is not None or b is not None:
            yield InjectPair(
                title=inject.title,
                owed=is_owed(inject),
                one=a and a.into,
                other=b and b.into,
                one_had=a and a.had,
                other_had=b and b.had,
            )


def _dimensions(one: Exposure, other: Exposure) -> Iterator[DimensionPair]:
    for a, b in zip(one.coverage, other.coverage, strict=True):
        yield DimensionPair(dimension=a.dimension, name=a.name, one=a.spoken, other=b.spoken)


def _phases(one: Played, other: Played) -> Iterator[PhasePair]:
    lasted = [{r.key: r.lasted for r in phase_runs(p.scenario, p.record)} for p in (one, other)]
    for phase in one.scenario.phases:
        yield PhasePair(name=phase.name, one=lasted[0].get(phase.key, 0), other=lasted[1].get(phase.key, 0))


def _pressure(scenario: Scenario, one: Exposure, other: Exposure) -> Iterator[PressurePair]:
    by_phase = [{p.phase: p for p in met.pressure} for met in (one, other)]
    for phase in scenario.phases:
        a, b = (found.get(phase.key) for found in by_phase)
        yield PressurePair(name=phase.name, one=a, other=b)


# --- in sentences -----------------------------------------------------------------------------------------


def _of_injects(injects: tuple[InjectPair, ...]) -> Iterator[str]:
    yield from _alone("first", [pair for pair in injects if pair.other is None])
    yield from _alone("second", [pair for pair in injects if pair.one is None])
    moved = [p for p in injects if p.one is not None and p.other is not None and abs(p.one - p.other) > APART]
    if moved:
        times = ", ".join(f"“{p.title}” at {minutes(p.one or 0)} and {minutes(p.other or 0)}" for p in moved)
        yield f"Put more than a minute apart: {times}."


def _alone(label: str, pairs: list[InjectPair]) -> Iterator[str]:
    for owed, kind in ((True, "that every candidate is owed"), (False, "that wait for a condition")):
        titles = [f"“{pair.title}”" for pair in pairs if pair.owed == owed]
        if titles:
            met = f"Only the {label} candidate met {len(titles)} of the injects {kind}"
            yield f"{met}: {', '.join(titles)}."


def _of_dimensions(dimensions: tuple[DimensionPair, ...]) -> Iterator[str]:
    for pair in dimensions:
        if abs(pair.one - pair.other) > FEW:
            yield f"{pair.name} was probed {pair.one} times in the first room and {pair.other} in the second."


def _of_phases(phases: tuple[PhasePair, ...]) -> Iterator[str]:
    for pair in phases:
        if abs(pair.one - pair.other) > APART:
            one, other = minutes(pair.one), minutes(pair.other)
            yield f"{pair.name} lasted {one} in the first room and {other} in the second."


def _of_time(injects: tuple[InjectPair, ...]) -> Iterator[str]:
    """Where one candidate was left much less time to answer the same inject."""
    both = [(p.title, p.one_had, p.other_had) for p in injects]
    told = [(t, a, b) for t, a, b in both if a is not None and b is not None and _shorter(a, b)]
    for label, titles in (
        ("first", [f"“{t}” {minutes(a)} against {minutes(b)}" for t, a, b in told if a < b]),
        ("second", [f"“{t}” {minutes(b)} against {minutes(a)}" for t, a, b in told if b < a]),
    ):
        if titles:
            yield f"The {label} candidate had less time before the next inject: {', '.join(titles)}."


def _shorter(one: int, other: int) -> bool:
    return abs(one - other) > LONGER and min(one, other) < SHORT


def _of_objections(one: Exposure, other: Exposure) -> Iterator[str]:
    a, b = (sum(p.objections for p in met.pressure) for met in (one, other))
    if abs(a - b) > OBJECTIONS:
        on = [sum(p.decisions for p in met.pressure) for met in (one, other)]
        yield (
            f"The panel objected {a} times in the first room (to {on[0]} decisions and revisions) "
            f"and {b} times in the second (to {on[1]})."
        )


def _of_hands(one: Exposure, other: Exposure) -> Iterator[str]:
    """Who put the same inject, and in whose words."""
    pairs = [(a, b) for a in one.probes for b in other.probes if a.inject == b.inject]
    hands = [a.title for a, b in pairs if a.sitter != b.sitter]
    if hands:
        yield f"Put by a person in one room and not in the other: {', '.join(f'“{t}”' for t in hands)}."
    reworded = [a.title for a, b in pairs if _reworded(a, b)]
    if reworded:
        yield f"Put in different words: {', '.join(f'“{t}”' for t in reworded)}."


def _reworded(a: Probe, b: Probe) -> bool:
    return (a.own_words or b.own_words) and a.text != b.text

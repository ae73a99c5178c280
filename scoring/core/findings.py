"""What became of the faults planted in the tables: noticed, asked about, looked at, told, or missed.

It reads words and queries, and it is a reader's aid: nothing here is a mark or enters one. Raters
may find that a fault was noticed in words nobody thought of when the case was written.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple

from rooms.core.messages import (
    AnyEvent,
    Asked,
    DataGiven,
    DataRequested,
    FactRevealed,
    Grant,
    InjectFired,
    Queried,
)
from rooms.core.words import hits
from scenarios.core.recipes import AnyFault
from scenarios.core.schema import CANDIDATE, DataSet, Doc, Scenario
from scoring.core.record import Entry, moments, words

Outcome = Literal["noticed", "asked", "looked", "told", "missed", "closed"]
Way = Literal["noticed", "asked", "looked"]

SHOWN = 3  # moments quoted for one fault


class Trace(Doc):
    """A moment that shows what the candidate made of a fault. `into`: ms into the phase."""

    way: Way
    text: str
    phase_name: str
    into: int
    after_told: bool


class Finding(Doc):
    """One planted fault. `told_at` is None while nobody gave it away.

    noticed, asked, looked: the first of these that came unprompted, in that order. told: taken up
    only after somebody had said it. missed: the table was open and none of this happened. closed:
    what shows the fault was never handed over.
    """

    data_set: str
    title: str
    fault: str
    kind: str
    about: str
    notice: str
    outcome: Outcome
    traces: tuple[Trace, ...]
    told_by: str = ""


def findings(scenario: Scenario, record: tuple[Entry, ...]) -> tuple[Finding, ...]:
    """Every planted fault of the scenario's tables, in the order they were planted."""
    return tuple(
        _finding(scenario, record, data_set, fault)
        for data_set in scenario.data_sets
        if data_set.recipe is not None
        for fault in data_set.recipe.faults
    )


def _finding(scenario: Scenario, record: tuple[Entry, ...], data_set: DataSet, fault: AnyFault) -> Finding:
    told = _told(record, fault)
    traces = tuple(_traces(scenario, record, fault, told))
    unprompted = {t.way for t in traces if not t.after_told}
    first = next((way for way in WAYS if way in unprompted), None)
    rest: Outcome = "told" if traces else "missed" if _was_open(record, data_set, fault) else "closed"
    return Finding(
        data_set=data_set.key,
        title=data_set.title,
        fault=fault.key,
        kind=fault.kind,
        about=fault.about,
        notice=fault.notice,
        outcome=first or rest,
        traces=_best(traces),
        told_by=told.how if told is not None else "",
    )


WAYS: tuple[Way, ...] = ("noticed", "asked", "looked")


def _best(traces: tuple[Trace, ...]) -> tuple[Trace, ...]:
    """The strongest moments, unprompted ones first, each way in its order."""
    return tuple(sorted(traces, key=lambda t: (t.after_told, WAYS.index(t.way)))[:SHOWN])


# --- when it was given away -----------------------------------------------------------------------------


class _Told(NamedTuple):
    seq: int
    how: str


def _told(record: tuple[Entry, ...], fault: AnyFault) -> _Told | None:
    """The first time a fact or an inject gave the fault away."""
    for entry in record:
        for key in _out_with(entry.event):
            if key in fault.told_by:
                return _Told(entry.seq, key)
    return None


def _out_with(event: AnyEvent) -> tuple[str, ...]:
    """The facts and injects that are out with an event."""
    match event:
        case InjectFired():
            return (event.inject, *event.reveals)
        case FactRevealed() | DataGiven() if event.fact is not None:
            return (event.fact,)
        case _:
            return ()


# --- what the candidate did -----------------------------------------------------------------------------


def _traces(
    scenario: Scenario, record: tuple[Entry, ...], fault: AnyFault, told: _Told | None
) -> Iterator[Trace]:
    phases, when = {p.key: p.name for p in scenario.phases}, moments(record)
    for entry in record:
        way = _way(entry.event, fault)
        if way is not None:
            moment = when[entry.seq]
            yield Trace(
                way=way,
                text=words(entry.event) or "",
                phase_name=phases.get(moment.phase or "", ""),
                into=moment.into,
                after_told=told is not None and entry.seq > told.seq,
            )


def _way(event: AnyEvent, fault: AnyFault) -> Way | None:
    """How this event touches the fault, if it is the candidate's and does."""
    if getattr(event, "by", None) != CANDIDATE:
        return None
    if isinstance(event, Queried):
        return "looked" if not event.problem and _names_all(event.sql, fault.looked) else None
    said = f"{event.what} {event.purpose}" if isinstance(event, DataRequested) else words(event) or ""
    if isinstance(event, Asked | DataRequested):
        return "asked" if hits(said, (*fault.asked_words, *fault.noticed_words)) else None
    if hits(said, fault.noticed_words):
        return "noticed"
    return "asked" if "?" in said and hits(said, fault.asked_words) else None


def _names_all(sql: str, columns: Iterable[str]) -> bool:
    return all(re.search(rf"\b{re.escape(name)}\b", sql, re.IGNORECASE) for name in columns)


def _was_open(record: tuple[Entry, ...], data_set: DataSet, fault: AnyFault) -> bool:
    """Was the table ever handed over with the columns that show the fault?"""
    grants = (e.event.grant for e in record if isinstance(e.event, DataGiven))
    return any(g is not None and g.key == data_set.key and _shows(g, fault) for g in grants)


def _shows(grant: Grant, fault: AnyFault) -> bool:
    if grant.narrow is None:
        return True
    only, without = set(grant.narrow.columns), set(grant.narrow.without)
    return all((not only or name in only) and name not in without for name in fault.looked)

"""What somebody's rooms amount to: growth, words, moments, practice, seats. The read side of progress pages.

Marks are shown once a room's sheets are unlocked, and only what the person's own seat could see is quoted.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import rooms.queries
import scoring.queries
from casesim.cohorts.core import asking
from casesim.cohorts.core.growth import Chart, Line, Played, chart, growth
from casesim.cohorts.core.moments import Moment, moments
from casesim.cohorts.core.practice import Heard, Practice, practise
from casesim.cohorts.models import Cohort, Member, Words
from casesim.cohorts.queries import Held, held
from scenarios.core.schema import CANDIDATE
from scoring.core.sheets import Mark, standing


@dataclass(frozen=True, slots=True)
class Sat:
    """A seat a member holds in a round. `kind`: candidate, facilitator, rater, or a role's kind."""

    round: int  # from 1
    held: Held
    seat: str
    kind: str

    @property
    def over(self) -> bool:
        return self.held.listed.stage == "ended"


@dataclass(frozen=True, slots=True)
class Spoken:
    """Words on one room: the candidate's own first. `waiting`: others wrote, and one's own are owed first."""

    sat: Sat
    own: Words | None
    others: tuple[Words, ...]
    waiting: int


@dataclass(frozen=True, slots=True)
class Rated:
    """What somebody did as a rater: sheets handed in of those owed, and marks that rest on a moment."""

    sheets: int
    of: int
    marks: int
    with_evidence: int


@dataclass(frozen=True, slots=True)
class Dissent:
    """What somebody did as a dissenter: objections raised, and those they yielded on."""

    rooms: int
    objections: int
    yielded: int


@dataclass(frozen=True, slots=True)
class Progress:
    """A member's page, part by part."""

    lines: tuple[tuple[Line, Chart], ...]
    missing: tuple[Played, ...]  # rooms without numbers, with the reason
    words: tuple[Spoken, ...]
    moments: tuple[tuple[Sat, tuple[Moment, ...]], ...]
    practice: Practice | None
    heard_in: int  # rooms the practice was looked for in
    counts: Mapping[str, int]  # kind of seat -> rooms that are over
    rated: Rated
    dissent: Dissent

    @property
    def empty(self) -> bool:
        return not self.counts


def seats_of(cohort: Cohort) -> dict[str, list[Sat]]:
    """Every member's seats, by name in the cohort file, in order of rounds."""
    number = {r.pk: at for at, r in enumerate(cohort.rounds.all(), 1)}
    found: dict[str, list[Sat]] = {}
    for each in held(cohort):
        kinds = _kinds(each)
        for seat, member in each.laid.people.items():
            sat = Sat(number[each.planned.round_id], each, seat, kinds.get(seat, each.laid.kind(seat)))
            found.setdefault(member, []).append(sat)
    return found


def _kinds(each: Held) -> dict[str, str]:
    return {role.key: role.kind for role in each.scenario.roles}


def progress_of(cohort: Cohort, member: Member) -> Progress:
    """Everything on a member's page. Whether somebody may see a part is asked where it is shown."""
    sats = [sat for sat in seats_of(cohort).get(asking.name_of(member.pk), []) if sat.over]
    played = [sat for sat in sats if sat.kind == CANDIDATE]
    scored = scoring.queries.progress_of([sat.held.planned.room for sat in sats])
    known = _played(played, scored)
    rounds = cohort.rounds.count()
    heard = [heard_as_candidate(sat) for sat in played]
    return Progress(
        lines=tuple((line, chart(line, rounds)) for line in growth(known)),
        missing=tuple(each for each in known if each.why),
        words=tuple(_spoken(sat, member) for sat in reversed(played)),
        moments=tuple(
            (sat, found)
            for sat in reversed(played)
            if scored[sat.held.planned.room].unlocked and (found := _moments(sat))
        ),
        practice=practise(heard),
        heard_in=sum(bool(each.said) for each in heard),
        counts=_counts(sats),
        rated=_rated([sat for sat in sats if sat.kind == "rater"], scored),
        dissent=_dissent([sat for sat in sats if sat.kind == "dissenter"]),
    )


# --- growth -----------------------------------------------------------------------------------------------


def _played(sats: list[Sat], scored: Mapping[str, scoring.queries.Progress]) -> list[Played]:
    documents = scoring.queries.newest_documents([sat.held.planned.room for sat in sats])
    return [_one(sat, scored[sat.held.planned.room], documents.get(sat.held.planned.room)) for sat in sats]


def _one(sat: Sat, scored: scoring.queries.Progress, report: dict[str, Any] | None) -> Played:
    case = sat.held.listed.scenario
    if not scored.unlocked:
        given, owed = len(scored.submitted), sat.held.laid.raters
        return Played(
            sat.round, case, (), f"{given} of {owed} scoresheets are in; numbers come with the last"
        )
    if report is None:
        return Played(sat.round, case, (), "the report is being made")
    return Played(sat.round, case, tuple(report["dimensions"]))


# --- words, moments, practice -----------------------------------------------------------------------------


def _spoken(sat: Sat, member: Member) -> Spoken:
    rows = list(Words.objects.filter(planned=sat.held.planned).select_related("person"))
    own = next((row for row in rows if row.person_id == member.person_id), None)
    others = tuple(row for row in rows if row.person_id != member.person_id)
    return Spoken(sat, own, others if own else (), 0 if own else len(others))


def _moments(sat: Sat) -> tuple[Moment, ...]:
    room = sat.held.planned.room
    seen = {line.seq: line.n for line in rooms.queries.lines(room, CANDIDATE)}
    names = {d.key: d.name for d in sat.held.scenario.rubric.dimensions}
    return moments(standing(scoring.queries.sheets(room)), seen, names)


def heard_as_candidate(sat: Sat) -> Heard:
    """What the candidate said in this room, with what the listener heard in it."""
    room = sat.held.planned.room
    said = rooms.queries.utterances(room, CANDIDATE)
    return Heard(room, sat.round, tuple((each.n, each.text, each.acts) for each in said))


# --- seats ------------------------------------------------------------------------------------------------


def _counts(sats: Iterable[Sat]) -> dict[str, int]:
    found: dict[str, int] = {}
    for sat in sats:
        found[sat.kind] = found.get(sat.kind, 0) + 1
    return found


def _rated(sats: list[Sat], scored: Mapping[str, scoring.queries.Progress]) -> Rated:
    done = [sat for sat in sats if sat.seat in scored[sat.held.planned.room].submitted]
    marks = [mark for sat in done for mark in _marks(sat) if mark.level is not None]
    return Rated(len(done), len(sats), len(marks), sum(bool(mark.evidence) for mark in marks))


def _marks(sat: Sat) -> tuple[Mark, ...]:
    sheets = standing(scoring.queries.sheets(sat.held.planned.room))
    return next((sheet.marks for sheet in sheets if sheet.seat == sat.seat), ())


def _dissent(sats: list[Sat]) -> Dissent:
    said = [
        objection
        for sat in sats
        for decision in rooms.queries.room(sat.held.planned.room).state.decisions
        for objection in decision.objections
        if objection.by == sat.seat
    ]
    return Dissent(len(sats), len(said), sum(objection.yielded for objection in said))

"""What a coach sees of a cohort: who needs which practice, who marks how, whose turn is next."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import scoring.queries
from casesim.cohorts.core import asking
from casesim.cohorts.core.early import beside_others
from casesim.cohorts.core.practice import Practice, practise
from casesim.cohorts.models import Cohort, Member, Words
from casesim.cohorts.progress import Sat, heard_as_candidate, seats_of
from casesim.cohorts.queries import held, members
from scenarios.core.schema import CANDIDATE
from scoring.core.estimate import Estimate
from scoring.core.sheets import standing
from scoring.raters import Found, found


@dataclass(frozen=True, slots=True)
class Line:
    """One member. `calibrated`: what the calibrations say of them; `early`: the few rooms of this cohort."""

    member: Member
    candidate: int
    dissenter: int
    rated: int
    practice: Practice | None
    played: bool
    calibrated: tuple[Found, ...]
    early: Estimate
    next: Sat | None
    owes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NextRound:
    """The round ahead: who is candidate, and who has been it least so far."""

    number: int
    starts: datetime
    candidates: tuple[str, ...]
    least: tuple[str, ...]
    turns: int  # that those have had


def lines(cohort: Cohort) -> list[Line]:
    """One line a member, by name."""
    seats = seats_of(cohort)
    scored = scoring.queries.progress_of([each.planned.room for each in held(cohort)])
    known: dict[int, list[Found]] = {}
    for each in found(cohort.workspace_id):
        known.setdefault(each.person_id, []).append(each)
    marks = _marks(cohort, scored)
    return [_line(member, seats, scored, marks, known) for member in members(cohort)]


def _line(
    member: Member,
    seats: Mapping[str, list[Sat]],
    scored: Mapping[str, scoring.queries.Progress],
    marks: list[dict[str, dict[str, int]]],
    known: Mapping[int, list[Found]],
) -> Line:
    name = asking.name_of(member.pk)
    mine = seats.get(name, [])
    over = [sat for sat in mine if sat.over]
    played = [sat for sat in over if sat.kind == CANDIDATE]
    done = [s for s in over if s.kind == "rater" and s.seat in scored[s.held.planned.room].submitted]
    return Line(
        member=member,
        candidate=len(played),
        dissenter=sum(sat.kind == "dissenter" for sat in over),
        rated=len(done),
        practice=practise([heard_as_candidate(sat) for sat in played]),
        played=bool(played),
        calibrated=tuple(known.get(member.person_id, ())),
        early=beside_others(name, marks),
        next=next((sat for sat in mine if not sat.over), None),
        owes=tuple(_owes(member, over, scored)),
    )


def _owes(member: Member, over: list[Sat], scored: Mapping[str, scoring.queries.Progress]) -> list[str]:
    written = set(Words.objects.filter(person=member.person_id).values_list("planned", flat=True))
    found = [] if member.answered_at else ["availability"]
    for sat in over:
        if sat.kind == "rater" and sat.seat not in scored[sat.held.planned.room].submitted:
            found.append(f"the sheet of round {sat.round}")
        if sat.held.planned.pk not in written:
            found.append(f"{'their own' if sat.kind == CANDIDATE else 'their'} words on round {sat.round}")
    return found


def _marks(cohort: Cohort, scored: Mapping[str, scoring.queries.Progress]) -> list[dict[str, dict[str, int]]]:
    """Who gave which level on what, room by room, once the sheets are unlocked."""
    found = []
    for each in held(cohort):
        if scored[each.planned.room].unlocked:
            sheets = [s for s in standing(scoring.queries.sheets(each.planned.room)) if not s.late]
            found.append(
                {
                    each.laid.people[sheet.seat]: {
                        mark.dimension: mark.level for mark in sheet.marks if mark.level is not None
                    }
                    for sheet in sheets
                    if sheet.seat in each.laid.people
                }
            )
    return found


def next_round(cohort: Cohort, listed: list[Line], now: datetime) -> NextRound | None:
    """The first round that is not over; None when all are."""
    there = held(cohort)
    for number, round_ in enumerate(cohort.rounds.all(), 1):
        rooms_there = [each for each in there if each.planned.round_id == round_.pk]
        if rooms_there and all(each.listed.stage == "ended" for each in rooms_there):
            continue
        if not rooms_there and round_.starts < now:
            continue
        names = {asking.name_of(line.member.pk): str(line.member) for line in listed}
        named = tuple(names[who] for each in rooms_there if (who := each.laid.people.get(CANDIDATE)) in names)
        here = [line for line in listed if line.member.may_be_candidate and line.member.gone_from is None]
        turns = min((line.candidate for line in here), default=0)
        least = tuple(str(line.member) for line in here if line.candidate == turns)
        return NextRound(number, round_.starts, named, least, turns)
    return None

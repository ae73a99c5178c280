"""The read side of a cohort: who is in it, what the planner is asked, which rooms there are."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.db.models import QuerySet

import rooms.queries
import scenarios.queries
from casesim.accounts.models import Membership, User, Workspace
from casesim.cohorts.core import asking
from casesim.cohorts.core.seating import Laid
from casesim.cohorts.models import Cohort, Member, Pin, PlannedRoom, Round, Words
from rooms.queries import Listed
from scenarios.core.schema import CANDIDATE, Scenario


def cohorts(workspace: Workspace, person: User | None = None) -> QuerySet[Cohort]:
    """A workspace's cohorts; with `person`, those they are in."""
    rows = Cohort.objects.filter(workspace=workspace).select_related("coach").order_by("-pk")
    return rows if person is None else rows.filter(members__person=person)


def members(cohort: Cohort) -> list[Member]:
    """Everybody in a cohort, by name."""
    rows = Member.objects.filter(cohort=cohort).select_related("person", "gone_from")
    return sorted(rows.prefetch_related("absences", "seen"), key=lambda member: str(member).casefold())


def others(cohort: Cohort) -> list[User]:
    """Members of the workspace who are not in the cohort, by name."""
    rows = Membership.objects.filter(workspace=cohort.workspace_id).select_related("person")
    rows = rows.exclude(person__in=Member.objects.filter(cohort=cohort).values("person"))
    return sorted((row.person for row in rows), key=str)


def names(cohort: Cohort) -> dict[str, str]:
    """Members' names, by what they are called in the cohort file."""
    return {asking.name_of(member.pk): str(member) for member in members(cohort)}


def case_titles(cohort: Cohort) -> dict[str, str]:
    """The titles of the cohort's cases, by slug."""
    rows = cohort.scenarios.select_related("version")
    return {row.version.slug: row.version.title for row in rows}


def cases(cohort: Cohort) -> tuple[asking.Case, ...]:
    """The cohort's cases with the roles of their panels."""
    versions = [row.version for row in cohort.scenarios.select_related("version")]
    return tuple(
        asking.Case(row.slug, tuple(role.key for role in scenarios.queries.scenario(row.pk).roles))
        for row in versions
    )


# --- rooms ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Held:
    """A room of the cohort, as it was laid and as it stands."""

    planned: PlannedRoom
    laid: Laid
    listed: Listed
    scenario: Scenario

    @property
    def begun(self) -> bool:
        return self.listed.stage != "lobby"


def held(cohort: Cohort) -> list[Held]:
    """The rooms the plan became, in order."""
    rows = list(PlannedRoom.objects.filter(cohort=cohort, retired_at=None).select_related("round"))
    listed = {each.id: each for each in rooms.queries.listed(row.room for row in rows)}
    versions = {row.version.slug: row.version_id for row in cohort.scenarios.select_related("version")}
    return [_held(row, listed[row.room], versions) for row in rows]


def _held(row: PlannedRoom, listed: Listed, versions: Mapping[str, int]) -> Held:
    laid = Laid.model_validate_json(row.spec)
    return Held(row, laid, listed, scenarios.queries.scenario(versions[laid.case]))


# --- what the planner is asked ----------------------------------------------------------------------------


def group_of(cohort: Cohort) -> asking.Group:
    """The cohort as the planner is asked about it. Rounds that have begun are given, place by place."""
    return _group(cohort, held(cohort))


def facts_of(cohort: Cohort) -> str:
    """What names the facts a plan rests on, whatever has been played since."""
    return hashlib.sha256(repr(_group(cohort, [])).encode()).hexdigest()


def _group(cohort: Cohort, there: list[Held]) -> asking.Group:
    rounds = list(cohort.rounds.all())
    place = {round_.pk: at for at, round_ in enumerate(rounds)}
    past = list(_past(there, place))
    begun = {pin.round for pin in past}
    everybody = members(cohort)
    return asking.Group(
        people=tuple(_person(member, rounds, past) for member in everybody),
        turns=tuple(asking.Turn(r.starts, r.minutes, _rooms(r, at, past)) for at, r in enumerate(rounds)),
        cases=cases(cohort),
        raters=(cohort.raters_least, cohort.raters_most),
        member_facilitates=cohort.facilitator == Cohort.Facilitates.MEMBER,
        bots_fill=cohort.bots_fill,
        conflicts=tuple(
            (asking.name_of(c.one_id), asking.name_of(c.other_id), c.never) for c in cohort.conflicts.all()
        ),
        pins=(*past, *(pin for pin in _wished(cohort, place) if pin.round not in begun)),
    )


def _past(rooms_held: Iterable[Held], place: dict[int, int]) -> Iterable[asking.Pinned]:
    """Where everybody sits in rounds of which a room has begun."""
    found = list(rooms_held)
    begun = {each.planned.round_id for each in found if each.begun}
    for each in found:
        if each.planned.round_id in begun:
            for seat, member in each.laid.people.items():
                kind, at = each.laid.kind(seat), place[each.planned.round_id]
                yield asking.Pinned(member, at, each.laid.case, kind, each.planned.number)


def _rooms(round_: Round, at: int, past: Iterable[asking.Pinned]) -> int | None:
    held_there = {pin.room for pin in past if pin.round == at}
    return max((room for room in held_there if room is not None), default=0) or round_.rooms


def _wished(cohort: Cohort, place: dict[int, int]) -> Iterable[asking.Pinned]:
    for pin in cohort.pins.select_related("scenario__version"):
        case = pin.scenario.version.slug if pin.scenario is not None else ""
        yield asking.Pinned(asking.name_of(pin.member_id), place[pin.round_id], case, pin.seat)


def _person(member: Member, rounds: list[Round], past: list[asking.Pinned]) -> asking.Person:
    name = asking.name_of(member.pk)
    begun = {pin.round for pin in past}
    seated = {pin.round for pin in past if pin.member == name}
    absent = {absence.round_id for absence in member.absences.all()}
    gone = member.gone_from.starts if member.gone_from is not None else None
    comes = tuple(
        at
        for at, r in enumerate(rounds)
        if at in seated or (at not in begun and r.pk not in absent and (gone is None or r.starts < gone))
    )
    hours = None
    if member.hours_from is not None and member.hours_to is not None:
        hours = (f"{member.hours_from:%H:%M}", f"{member.hours_to:%H:%M}")
    return asking.Person(
        id=name,
        name=str(member),
        time_zone=member.person.time_zone,
        trainee=member.trainee,
        may_be_candidate=member.may_be_candidate,
        may_rate=member.may_rate,
        hours=hours,
        rounds=None if len(comes) == len(rounds) else comes,
        seen=tuple(seen.scenario.version.slug for seen in member.seen.select_related("scenario__version")),
    )


# --- pages ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class OwnRound:
    """A round as one member has it ahead. `seats`: (room, seat, its title) they hold."""

    number: int
    round: Round
    comes: bool
    seats: tuple[tuple[Listed, str, str], ...]


def own_rounds(cohort: Cohort, member: Member | None) -> list[OwnRound]:
    """Where a member sits in each round."""
    name = asking.name_of(member.pk) if member is not None else ""
    absent = set(member.absences.values_list("round", flat=True)) if member is not None else set()
    there = held(cohort)
    return [
        OwnRound(
            number=number,
            round=round_,
            comes=round_.pk not in absent,
            seats=tuple(
                (each.listed, seat, each.laid.kind(seat))
                for each in there
                if each.planned.round_id == round_.pk
                for seat, who in each.laid.people.items()
                if who == name
            ),
        )
        for number, round_ in enumerate(cohort.rounds.all(), 1)
    ]


def pins(cohort: Cohort) -> list[tuple[Pin, int]]:
    """What is pinned, with the number of its round."""
    number = {round_.pk: at for at, round_ in enumerate(cohort.rounds.all(), 1)}
    rows = cohort.pins.select_related("member__person", "scenario__version")
    return [(row, number[row.round_id]) for row in rows]


def keys(cohort: Cohort) -> dict[str, dict[str, int]]:
    """The keys of members, rounds and cases, by what they are called in the cohort file."""
    return {
        "members": {asking.name_of(pk): pk for pk in cohort.members.values_list("pk", flat=True)},
        "rounds": {asking.round_name(at): r.pk for at, r in enumerate(cohort.rounds.all())},
        "cases": {row.version.slug: row.pk for row in cohort.scenarios.select_related("version")},
    }


# --- what members owe -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Owed:
    """Something a member of a cohort has not done yet. `room`: the planned room's key, where there is one."""

    what: Literal["availability", "self", "words"]
    cohort: Cohort
    about: str
    room: int | None = None


def owed_by(person_id: int, now: datetime) -> list[Owed]:
    """What this person owes in every cohort they are in, of workspaces they are still in."""
    mine = Member.objects.filter(
        person=person_id, gone_from=None, cohort__workspace__memberships__person=person_id
    )
    found: list[Owed] = []
    for member in mine.select_related("cohort__workspace").order_by("pk"):
        if member.answered_at is None and member.cohort.rounds.filter(starts__gt=now).exists():
            found.append(Owed("availability", member.cohort, member.cohort.name))
        found += _words_owed(member)
    return found


def _words_owed(member: Member) -> Iterable[Owed]:
    """Words on rooms that are over, which this member sat in and has not written about."""
    name, written = asking.name_of(member.pk), Words.objects.filter(person=member.person_id)
    done = set(written.values_list("planned", flat=True))
    for each in held(member.cohort):
        seats = [seat for seat, who in each.laid.people.items() if who == name]
        if seats and each.listed.stage == "ended" and each.planned.pk not in done:
            what: Literal["self", "words"] = "self" if CANDIDATE in seats else "words"
            yield Owed(what, member.cohort, each.listed.title, each.planned.pk)

"""A plan becomes rooms, in one step that may be pressed twice; a later plan changes what it must."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from django.db import transaction

import rooms.queries
import scenarios.queries
from casesim.accounts.access import Standing
from casesim.accounts.service import Refusal, noted
from casesim.cohorts.core import asking
from casesim.cohorts.core.seating import Laid, laid, step
from casesim.cohorts.models import Cohort, Member, Plan, PlannedRoom, Round
from casesim.cohorts.planning import document_of, file_of
from casesim.cohorts.queries import Held, held
from casesim.programs.core.rotation.rooms import RoomSpec, room_specs
from casesim.programs.opening import BadWish, Wish, not_practised, open_set
from rooms.service import close_seat, give_seat
from scenarios.core.schema import FACILITATOR

STAND_IN = 60  # seconds until a bot sits in for an absent panel member

Place = tuple[int, int]  # a round's key and a room's number in it


@dataclass(slots=True)
class Done:
    """How many rooms were opened anew, had seats change hands, were put away, or stay as they are."""

    opened: int = 0
    given: int = 0
    retired: int = 0
    kept: int = 0

    @property
    def nothing(self) -> bool:
        return not (self.opened or self.given or self.retired)


class Wanted(NamedTuple):
    spec: RoomSpec
    round: Round
    laid: Laid


@dataclass(slots=True)
class _Step:
    """What the step knows while it is done."""

    here: Standing
    cohort: Cohort
    people: Mapping[str, int]  # member, as in the file -> person
    versions: Mapping[str, int]  # case -> version
    now: int
    done: Done = field(default_factory=Done)


def open_rooms(here: Standing, cohort: Cohort, plan: Plan, now: int) -> Done:
    """Bring the cohort's rooms to what the plan says. What has begun stays. `now` in ms.

    Refusal when the plan's rounds, cases or members are not the cohort's any more.
    """
    with transaction.atomic():
        Cohort.objects.select_for_update().get(pk=cohort.pk)  # pressed twice: one after the other
        at_work = _Step(here, cohort, _people(cohort), _versions(cohort), now)
        wanted = _wanted(cohort, plan, at_work)
        there = {(each.planned.round_id, each.planned.number): each for each in held(cohort)}
        new = [place for place, want in wanted.items() if _is_new(at_work, want, there.get(place))]
        _open(at_work, {place: wanted[place] for place in new})
        for place in there.keys() - wanted.keys():
            if not there[place].begun:
                _retire(at_work, there[place])
    return at_work.done


def _wanted(cohort: Cohort, plan: Plan, at_work: _Step) -> dict[Place, Wanted]:
    file, rounds = file_of(plan), list(cohort.rounds.all())
    if [r.starts for r in rounds] != [r.starts for r in file.rounds]:
        raise Refusal("The rounds have changed since this plan was made: plan again, then open the rooms.")
    by_name = {asking.round_name(at): r for at, r in enumerate(rounds)}
    found = {}
    for spec in room_specs(document_of(plan), file):
        want = Wanted(spec, by_name[spec.round], laid(spec))
        _known(want.laid, at_work)
        found[want.round.pk, spec.room] = want
    return found


def _known(wanted: Laid, at_work: _Step) -> None:
    if wanted.case not in at_work.versions:
        raise Refusal(f"The case {wanted.case} is not the cohort's any more: plan again.")
    if any(member not in at_work.people for member in wanted.people.values()):
        raise Refusal("Somebody in this plan is not in the cohort any more: plan again.")


def _people(cohort: Cohort) -> dict[str, int]:
    rows = Member.objects.filter(cohort=cohort).values_list("pk", "person")
    return {asking.name_of(pk): person for pk, person in rows}


def _versions(cohort: Cohort) -> dict[str, int]:
    return {row.version.slug: row.version_id for row in cohort.scenarios.select_related("version")}


# --- one room ---------------------------------------------------------------------------------------------


def _is_new(at_work: _Step, want: Wanted, there: Held | None) -> bool:
    """Whether a room has to be opened in this place; what can be done with the one that is there, is done."""
    what = step(want.laid, there.laid if there else None, there.begun if there else False)
    if what.do == "keep":
        at_work.done.kept += 1
    elif there is not None and what.do == "give":
        _give(at_work, there, want, what.give)
    elif there is not None:
        _retire(at_work, there)
    return what.do in ("open", "replace")


def _open(at_work: _Step, wanted: Mapping[Place, Wanted]) -> None:
    wishes = [_wish(at_work, want) for want in wanted.values()]
    try:
        opened = open_set(at_work.here, wishes)
    except BadWish as bad:
        raise Refusal(f"No room was opened. {bad}") from None
    PlannedRoom.objects.bulk_create(
        PlannedRoom(
            cohort=at_work.cohort,
            round=want.round,
            number=want.spec.room,
            room=room,
            spec=want.laid.model_dump_json(),
        )
        for want, room in zip(wanted.values(), opened, strict=True)
    )
    at_work.done.opened += len(opened)


def _wish(at_work: _Step, want: Wanted) -> Wish:
    people = {seat: at_work.people[member] for seat, member in want.laid.people.items()}
    coach = at_work.cohort.coach_id
    if FACILITATOR not in people and coach not in people.values():  # nobody holds two seats
        people[FACILITATOR] = coach
    version = at_work.versions[want.laid.case]
    return Wish(
        version_id=version,
        seniority="",
        title=_title(want, scenarios.queries.scenario(version).title),
        starts_at=int(want.round.starts.timestamp() * 1000),
        stand_in=STAND_IN,
        bots=want.laid.bots,
        people=people,
        raters=want.laid.raters,
        purpose="practice",
    )


def _title(want: Wanted, case: str) -> str:
    """Who is candidate, and on what: the file's title names the case by its slug."""
    return f"{want.spec.title.removesuffix(f', {want.spec.scenario}')}, {case}"[:400]


def _give(at_work: _Step, there: Held, want: Wanted, give: Mapping[str, str | None]) -> None:
    raters = [at_work.people[who] for seat, who in give.items() if who and want.laid.kind(seat) == "rater"]
    if why := not_practised(at_work.cohort.workspace_id, raters):
        raise Refusal(f"No room was changed: {why}.")
    for seat, member in give.items():
        give_seat(there.planned.room, seat, at_work.people[member] if member else None, at_work.now)
    PlannedRoom.objects.filter(pk=there.planned.pk).update(spec=want.laid.model_dump_json())
    said = f"room {there.planned.room}: {', '.join(give)}"
    noted(at_work.here.person, "gave seats by plan", said, at_work.cohort.workspace_id)
    at_work.done.given += 1


def _retire(at_work: _Step, there: Held) -> None:
    """The room is not held: nobody enters it any more."""
    room = there.planned.room
    for chair in rooms.queries.chairs(room):
        close_seat(room, chair.seat, at_work.now)
    PlannedRoom.objects.filter(pk=there.planned.pk).update(retired_at=at_work.now)
    noted(at_work.here.person, "put room away by plan", f"room {room}", at_work.cohort.workspace_id)
    at_work.done.retired += 1

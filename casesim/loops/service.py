"""What organisers and candidates do to a loop: make it, add rooms, link, declare, agree, move, cancel.

Whether somebody may is asked before, by `access`; a Standing is its answer. Times are in ms.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from django.db import transaction

import rooms.queries
from casesim.accounts.access import Standing
from casesim.accounts.models import Membership, User
from casesim.accounts.service import Refusal, noted
from casesim.loops import queries
from casesim.loops.core.given import unlike
from casesim.loops.core.notice import Promise, notice
from casesim.loops.models import Conflict, Loop, LoopRoom
from casesim.loops.tokens import digest, new_token, seat_token
from casesim.programs.opening import BadWish, Wish, open_set
from rooms.access import seat_by_token
from rooms.core import messages as m
from rooms.core.laying import Terms
from rooms.models import Room
from rooms.service import bar, hand_over, handle_now, reschedule, unbar, withdraw_link
from scenarios.core.schema import CANDIDATE, FACILITATOR, Scenario
from scenarios.queries import catalogue
from scenarios.queries import scenario as scenario_of
from scoring.core.calibrated import rubric_name


@dataclass(frozen=True, slots=True)
class LoopWish:
    """A loop as an organiser asks for it. `person`: a member who is the candidate; None: a guest."""

    candidate: str
    person: int | None
    email: str
    time_zone: str
    purpose: str
    rubric: str
    rubric_title: str
    seniority: str
    seniority_name: str
    extra_time: int
    keep_days: int
    appeal_days: int


@dataclass(frozen=True, slots=True)
class RoomWish:
    """A room of a loop as an organiser asks for it; the loop says the rest."""

    version_id: int
    title: str
    starts_at: int | None
    stand_in: int
    bots: tuple[str, ...]
    people: Mapping[str, int]
    raters: int
    trainees: tuple[str, ...] = ()
    focus: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Case:
    """A case that a loop can play."""

    slug: str
    title: str
    summary: str
    minutes: int


def choices(workspace_id: int) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """(name, title) of the rubrics, and (key, name) of the levels, that the workspace's cases know."""
    rubrics: dict[str, str] = {}
    seniorities: dict[str, str] = {}
    for entry in catalogue(workspace_id):
        scenario = scenario_of(entry.version_id)
        rubric = scenario.rubric
        rubrics[rubric_name(rubric)] = f"{rubric.name}, version {rubric.version}"
        seniorities |= {each.key: each.name for each in scenario.seniorities}
    return sorted(rubrics.items(), key=lambda each: each[1]), list(seniorities.items())


def cases(workspace_id: int, loop: Loop) -> tuple[Case, ...]:
    """The cases this loop can play: of its rubric, and with its level."""
    found = []
    for entry in catalogue(workspace_id):
        scenario = scenario_of(entry.version_id)
        known = {each.key for each in scenario.seniorities} | {""}
        if rubric_name(scenario.rubric) == loop.rubric and loop.seniority in known:
            found.append(Case(entry.slug, entry.title, entry.summary, entry.minutes))
    return tuple(found)


@transaction.atomic
def create(here: Standing, wish: LoopWish, now: int) -> Loop:
    """A new loop without rooms. Refusal where the candidate cannot be one."""
    if wish.person is not None:
        _member(here, wish.person)
    made = Loop.objects.create(
        workspace=here.workspace,
        made_by=here.person,
        created_at=now,
        candidate=wish.candidate,
        person_id=wish.person,
        email=wish.email,
        time_zone=wish.time_zone,
        purpose=wish.purpose,
        rubric=wish.rubric,
        rubric_title=wish.rubric_title,
        seniority=wish.seniority,
        seniority_name=wish.seniority_name,
        extra_time=wish.extra_time,
        keep_days=wish.keep_days,
        appeal_days=wish.appeal_days,
    )
    _noted(here, "made loop", made)
    return made


@transaction.atomic
def add_room(here: Standing, loop: Loop, wish: RoomWish) -> LoopRoom:
    """One more room of the loop, with its people in their seats. Refusal says why there can be none."""
    scenario = _playable(loop, wish.version_id)
    _without_conflict(loop, wish.people.values())
    people = dict(wish.people) | ({CANDIDATE: loop.person_id} if loop.person_id is not None else {})
    asked = Wish(
        version_id=wish.version_id,
        seniority=loop.seniority,
        title=wish.title or f"{loop.candidate}: {scenario.title}",
        starts_at=wish.starts_at,
        stand_in=wish.stand_in,
        bots=wish.bots,
        people=people,
        raters=wish.raters,
        purpose=loop.purpose,
        trainees=wish.trainees,
        terms=Terms(_notice(here, loop, wish), loop.extra_time, wish.focus),
        barred=tuple(loop.conflicts.values_list("person", flat=True)),
    )
    try:
        (room_id,) = open_set(here, [asked])
    except BadWish as no:
        raise Refusal(f"Not opened: {no}.") from None
    planned = scenario.longer(loop.extra_time)
    made = LoopRoom.objects.create(
        loop=loop,
        room=room_id,
        minutes=round(sum(phase.seconds for phase in planned.phases) / 60) or 1,
        expected_raters=wish.raters - len(wish.trainees),
    )
    _noted(here, "added room", loop, f"room {room_id}")
    return made


def _playable(loop: Loop, version_id: int) -> Scenario:
    """The scenario at the loop's level. Refusal where its marks could not be put with the loop's others."""
    try:
        scenario = scenario_of(version_id, loop.seniority)
    except KeyError:
        raise Refusal(f"This case has no level {loop.seniority_name}.") from None
    if rubric_name(scenario.rubric) != loop.rubric:
        raise Refusal(f"This case is not rated by {loop.rubric_title}.")
    for other in loop.rooms.filter(cancelled_at=None)[:1]:
        if why := unlike(rooms.queries.room(other.room).scenario.rubric, scenario.rubric):
            raise Refusal(f"This case cannot be put together with the loop's other rooms: {why}.")
    return scenario


def _notice(here: Standing, loop: Loop, wish: RoomWish) -> tuple[str, ...]:
    """Practice asks for no consent: whoever practises comes by themselves, and nothing is decided."""
    if loop.purpose != Room.Purpose.ASSESSMENT:
        return ()
    bots = bool(wish.bots) or wish.stand_in > 0
    return notice(Promise(here.workspace.name, loop.keep_days, loop.appeal_days, bots))


# --- the candidate's link -------------------------------------------------------------------------------


@transaction.atomic
def make_link(here: Standing, loop: Loop) -> str:
    """A new token for the candidate's page and all of the candidate's seats; older ones open nothing."""
    token = new_token()
    Loop.objects.filter(pk=loop.pk).update(token_digest=digest(token))
    for each in loop.rooms.all():
        withdraw_link(each.room, CANDIDATE)
    _noted(here, "made candidate's link", loop)
    return token


@transaction.atomic
def withdraw_candidates_link(here: Standing, loop: Loop) -> None:
    """The loop's link, and what it opened, opens nothing any more."""
    Loop.objects.filter(pk=loop.pk).update(token_digest=None)
    for each in loop.rooms.all():
        withdraw_link(each.room, CANDIDATE)
    _noted(here, "withdrew candidate's link", loop)


def seat_of_link(loop: Loop, room_id: str, token: str) -> str:
    """The token that opens the candidate's seat of this room, for whoever holds the loop's.

    LookupError if the loop has no such room, or it was cancelled.
    """
    if not loop.rooms.filter(room=room_id, cancelled_at=None).exists():
        raise LookupError(room_id)
    own = seat_token(token, room_id)
    if seat_by_token(own, room_id, CANDIDATE) is None:
        hand_over(room_id, CANDIDATE, token=own)
    return own


# --- consent --------------------------------------------------------------------------------------------


def consent(loop: Loop, given: bool, now: int) -> int:
    """Agree to the notice of every room that has not begun, or take consent back in every room.

    The rooms' logs are the record; returns in how many something was recorded.
    """
    asked = [each for each in loop.rooms.all() if _may_answer(each.room, given)]
    for each in asked:
        # named by where the log stands: pressed twice it is said once, and later it may be said again
        ref = f"loop:{rooms.queries.room(each.room).state.seq}"
        handle_now(each.room, CANDIDATE, m.Consent(given=given), ref, now)
    note_withdrawal(loop, now)
    noted(loop.candidate, "gave consent" if given else "took consent back", _about(loop), loop.workspace_id)
    return len(asked)


def note_withdrawal(loop: Loop, now: int) -> bool:
    """Keep at the loop what its rooms' logs say: whether consent to any of them was taken back."""
    said = rooms.queries.consents(list(loop.rooms.values_list("room", flat=True)))
    withdrawn = "withdrawn" in said.values()
    if withdrawn != (loop.withdrawn_at is not None):
        loop.withdrawn_at = now if withdrawn else None
        loop.save(update_fields=["withdrawn_at"])
    return withdrawn


def _may_answer(room_id: str, given: bool) -> bool:
    state = rooms.queries.room(room_id).state
    if not state.notice:
        return False
    return state.status == "lobby" and state.consent != "given" if given else state.consent == "given"


# --- conflicts of interest --------------------------------------------------------------------------------


@transaction.atomic
def declare_conflict(here: Standing, loop: Loop, person_id: int, now: int) -> None:
    """This person may neither rate nor sit with this candidate; seats they hold are nobody's from now on."""
    person = _member(here, person_id)
    if person.pk == loop.person_id:
        raise Refusal(f"{person} is the candidate.")
    Conflict.objects.get_or_create(loop=loop, person=person, defaults={"declared_by": here.person, "at": now})
    for each in loop.rooms.all():
        bar(each.room, person.pk)
    _noted(here, "declared conflict of interest", loop, str(person))


@transaction.atomic
def withdraw_conflict(here: Standing, loop: Loop, conflict_id: int) -> None:
    """It was a mistake: the person may hold seats of this loop again. LookupError if there is none."""
    found = loop.conflicts.filter(pk=conflict_id).select_related("person").first()
    if found is None:
        raise LookupError(conflict_id)
    for each in loop.rooms.all():
        unbar(each.room, found.person_id)
    found.delete()
    _noted(here, "withdrew conflict of interest", loop, str(found.person))


def _without_conflict(loop: Loop, people: Collection[int]) -> None:
    found = loop.conflicts.filter(person__in=people).select_related("person").first()
    if found is not None:
        raise Refusal(f"{found.person} has a conflict of interest with {loop.candidate} and cannot sit here.")


# --- time -------------------------------------------------------------------------------------------------


@transaction.atomic
def move(here: Standing, loop: Loop, room_id: str, starts_at: int) -> None:
    """People meet at another time; their calendars learn of it. Refusal once the room has begun."""
    found = _waiting_room(loop, room_id)
    reschedule(room_id, starts_at)
    LoopRoom.objects.filter(pk=found.pk).update(sequence=found.sequence + 1)
    _noted(here, "moved room", loop, f"room {room_id}")


def cancel(here: Standing, loop: Loop, room_id: str, now: int) -> None:
    """The room does not take place. Refusal once it has begun; twice is once."""
    found = _waiting_room(loop, room_id)
    with transaction.atomic():
        changed = {"cancelled_at": now, "sequence": found.sequence + 1}
        LoopRoom.objects.filter(pk=found.pk, cancelled_at=None).update(**changed)
        _noted(here, "cancelled room", loop, f"room {room_id}")
    handle_now(room_id, FACILITATOR, m.End(why="the room was cancelled"), f"loop:cancel:{found.pk}", now)


def _waiting_room(loop: Loop, room_id: str) -> LoopRoom:
    """LookupError if the loop has no such room."""
    found = loop.rooms.filter(room=room_id).first()
    if found is None:
        raise LookupError(room_id)
    if found.cancelled_at is not None:
        raise Refusal("This room was cancelled already.")
    if queries.stages([room_id])[room_id] != "lobby":
        raise Refusal("This room has begun: its time cannot be changed any more.")
    return found


# --- notes ------------------------------------------------------------------------------------------------


def _member(here: Standing, person_id: int) -> User:
    row = (
        Membership.objects.filter(workspace=here.workspace, person=person_id).select_related("person").first()
    )
    if row is None:
        raise Refusal("This person is not in the workspace.")
    return row.person


def _noted(here: Standing, act: str, loop: Loop, about: str = "") -> None:
    noted(here.person, act, f"{_about(loop)} {about}".strip(), here.workspace.pk)


def _about(loop: Loop) -> str:
    return f"loop {loop.pk}"

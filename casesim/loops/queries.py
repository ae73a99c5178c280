"""The read side of loops: who owes what, how consent stands, what is due. Times are in ms."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Literal

import rooms.queries
import scoring.queries
from casesim.accounts.models import User
from casesim.loops.core.blindness import RatedRoom, readable
from casesim.loops.core.times import appeal_until, keep_until
from casesim.loops.models import Appeal, Conflict, Decision, Loop, LoopReport, LoopRoom, Reminder
from rooms.models import Room, Seat
from rooms.queries import Chair, RoomInfo
from scoring.queries import Owed

LISTED = 50

Consent = Literal["", "given", "withdrawn"]
Stage = Literal["lobby", "running", "ended"]


@dataclass(frozen=True, slots=True)
class RaterSeat:
    """A rater's seat, as whoever arranges the loop sees it."""

    chair: Chair
    focus: tuple[str, ...]  # dimensions, by name
    sheet_in: bool


@dataclass(frozen=True, slots=True)
class RoomView:
    """One room of a loop."""

    row: LoopRoom
    info: RoomInfo
    stage: Stage
    consent: Consent
    needs_consent: bool
    raters: tuple[RaterSeat, ...]
    owed: tuple[Owed, ...]
    unlocked: bool
    letters: int  # reminders that went out

    @property
    def cancelled(self) -> bool:
        return self.row.cancelled_at is not None

    @property
    def begins(self) -> int:
        """By what rooms are put in order."""
        return self.info.starts_at or self.info.created_at

    @property
    def counted(self) -> int:
        """How many raters' seats have somebody who is to sit there, and count."""
        return sum(
            not r.chair.trainee and (r.chair.person_id is not None or r.chair.has_link) for r in self.raters
        )


@dataclass(frozen=True, slots=True)
class Overview:
    """A loop as its organiser sees it."""

    loop: Loop
    rooms: tuple[RoomView, ...]
    conflicts: tuple[Conflict, ...]
    report: LoopReport | None
    decision: Decision | None
    appeal: Appeal | None
    kept_until: int
    contested_until: int | None

    @property
    def standing_rooms(self) -> tuple[RoomView, ...]:
        """Those that were not cancelled."""
        return tuple(each for each in self.rooms if not each.cancelled)

    @property
    def over(self) -> bool:
        """Whether every room was played and rated."""
        rooms_left = self.standing_rooms
        return bool(rooms_left) and all(each.stage == "ended" and each.unlocked for each in rooms_left)


def overview(loop: Loop) -> Overview:
    """Everything about one loop but its marks."""
    views = rooms_of(loop)
    decision = decision_of(loop)
    return Overview(
        loop=loop,
        rooms=views,
        conflicts=tuple(loop.conflicts.select_related("person", "declared_by").order_by("pk")),
        report=LoopReport.objects.filter(loop=loop).order_by("-pk").first(),
        decision=decision,
        appeal=Appeal.objects.filter(loop=loop).select_related("answered_by", "decided_by").first(),
        kept_until=keep_until((v.begins for v in views if not v.cancelled), loop.created_at, loop.keep_days),
        contested_until=appeal_until(loop.released_at, loop.appeal_days) if loop.released_at else None,
    )


def decision_of(loop: Loop) -> Decision | None:
    """The newest signed decision; an older one stays with its report."""
    return (
        Decision.objects.filter(report__loop=loop).select_related("person", "report").order_by("-pk").first()
    )


def rooms_of(loop: Loop) -> tuple[RoomView, ...]:
    """The loop's rooms in the order of their times."""
    rows = list(loop.rooms.order_by("pk"))
    consents = rooms.queries.consents([row.room for row in rows])
    reached = stages([row.room for row in rows])
    views = [_view(row, reached[row.room], consents.get(row.room, "")) for row in rows]
    return tuple(sorted(views, key=lambda view: (view.begins, view.row.pk)))


def _view(row: LoopRoom, stage: str, consent: str) -> RoomView:
    info = rooms.queries.room(row.room)
    chairs = rooms.queries.chairs(row.room)
    focus = rooms.queries.focus(row.room)
    names = {d.key: d.name for d in info.scenario.rubric.dimensions}
    submitted = {seat for seat, _ in scoring.queries.submitted_versions([row.room])[row.room]}
    return RoomView(
        row=row,
        info=info,
        stage=stage,  # type: ignore[arg-type]
        consent=consent,  # type: ignore[arg-type]
        needs_consent=bool(info.state.notice),
        raters=tuple(
            RaterSeat(c, tuple(names[key] for key in focus.get(c.seat, ())), c.seat in submitted)
            for c in chairs
            if c.kind == "rater"
        ),
        owed=scoring.queries.owed(info) if stage == "ended" else (),
        unlocked=scoring.queries.unlocked(row.room),
        letters=Reminder.objects.filter(room=row.room).exclude(sent_at=None).count(),
    )


def stages(room_ids: Collection[str]) -> dict[str, str]:
    """lobby, running or ended, of each of these rooms."""
    return rooms.queries.stages(room_ids)


@dataclass(frozen=True, slots=True)
class Listed:
    """A loop in a list."""

    loop: Loop
    rooms: int
    played: int
    next_at: int | None
    decided: Decision | None
    contested: bool


def listed(workspace_id: int) -> tuple[Listed, ...]:
    """A workspace's loops, the newest first."""
    rows = Loop.objects.filter(workspace=workspace_id).order_by("-created_at", "-pk")[:LISTED]
    loops = list(rows.prefetch_related("rooms"))
    ids = [each.room for loop in loops for each in loop.rooms.all()]
    reached = stages(ids)
    times = dict(Room.objects.filter(pk__in=ids).values_list("pk", "starts_at"))
    return tuple(_listed(loop, reached, times) for loop in loops)


def _listed(loop: Loop, reached: dict[str, str], times: dict[str, int | None]) -> Listed:
    left = [each.room for each in loop.rooms.all() if each.cancelled_at is None]
    ahead = [at for room in left if reached[room] == "lobby" and (at := times[room]) is not None]
    appeal = Appeal.objects.filter(loop=loop, decided_at=None).exists()
    return Listed(
        loop=loop,
        rooms=len(left),
        played=sum(reached[room] == "ended" for room in left),
        next_at=min(ahead, default=None),
        decided=decision_of(loop),
        contested=appeal,
    )


# --- one person's part ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Part:
    """A seat somebody holds in a loop."""

    room: RoomView
    chair: Chair

    @property
    def focus(self) -> tuple[str, ...]:
        return next((r.focus for r in self.room.raters if r.chair.seat == self.chair.seat), ())


def parts(loop: Loop, person_id: int) -> tuple[Part, ...]:
    """The seats this person holds in the loop, in the order of the rooms' times."""
    return tuple(
        Part(view, chair)
        for view in rooms_of(loop)
        for chair in rooms.queries.chairs(view.row.room)
        if chair.person_id == person_id
    )


def rated(loop: Loop) -> tuple[RatedRoom, ...]:
    """How far the rating of each room is, and whose sheets are not in; rooms that were cancelled left out."""
    ids = list(loop.rooms.filter(cancelled_at=None).order_by("pk").values_list("room", flat=True))
    progress = scoring.queries.progress_of(ids)
    reached = stages(ids)
    held = Seat.objects.filter(room__in=ids, kind="rater").exclude(person=None)
    owing: dict[str, set[int]] = {room: set() for room in ids}
    for room, seat, person in held.values_list("room", "seat", "person"):
        if seat not in progress[room].submitted:
            owing[room].add(person)
    return tuple(
        RatedRoom(room, progress[room].unlocked and reached[room] == "ended", frozenset(owing[room]))
        for room in ids
    )


def readable_rooms(loop: Loop, person_id: int) -> tuple[str, ...]:
    """The rooms whose marks this person may see now."""
    return readable(rated(loop), person_id)


def sits_in(loop: Loop, person_id: int) -> bool:
    """Whether they rate, run or play in one of the loop's rooms; the candidate does none of it."""
    ids = loop.rooms.values_list("room", flat=True)
    held = Seat.objects.filter(room__in=list(ids), person=person_id).exclude(kind="candidate")
    return held.exists() and loop.person_id != person_id


# --- what somebody has to do ------------------------------------------------------------------------------

Errand = Literal["consent", "decide", "release", "answer", "review"]


@dataclass(frozen=True, slots=True)
class Owing:
    """One thing a person has to do about a loop."""

    what: Errand
    loop: Loop


def errands_of(person: User) -> tuple[Owing, ...]:
    """What this person has to do about loops, as a candidate and as whoever runs them; the newest first."""
    return (*_as_candidate(person), *_as_organiser(person))


def _as_candidate(person: User) -> Iterable[Owing]:
    mine = Loop.objects.filter(person=person, workspace__memberships__person=person, withdrawn_at=None)
    for loop in mine.select_related("workspace").order_by("-pk"):
        ids = list(loop.rooms.filter(cancelled_at=None).values_list("room", flat=True))
        agreed, reached = rooms.queries.consents(ids), stages(ids)
        if loop.purpose == Room.Purpose.ASSESSMENT and any(
            reached[room] == "lobby" and agreed.get(room) != "given" for room in ids
        ):
            yield Owing("consent", loop)


def _as_organiser(person: User) -> Iterable[Owing]:
    """Whoever made a loop carries it to its end; an appeal is reviewed by anybody else who runs loops."""
    runs = person.memberships.filter(role__in=("owner", "organiser")).values("workspace")
    loops = Loop.objects.filter(workspace__in=runs, withdrawn_at=None).exclude(conflicts__person=person)
    mine = loops.filter(made_by=person)
    final = mine.filter(reports__final=True).exclude(reports__decision__isnull=False)
    yield from _owing("decide", final)
    yield from _owing("release", mine.filter(reports__decision__isnull=False, released_at=None))
    yield from _owing("answer", mine.filter(appeal__answered_at=None, appeal__isnull=False))
    answered = loops.filter(appeal__answered_at__isnull=False, appeal__decided_at=None)
    others = answered.exclude(appeal__answered_by=person).exclude(reports__decision__person=person)
    yield from _owing("review", others)


def _owing(what: Errand, rows: Iterable[Loop]) -> list[Owing]:
    found = rows.select_related("workspace").distinct().order_by("-pk")  # type: ignore[attr-defined]
    return [Owing(what, loop) for loop in found]


# --- how long it is kept ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Due:
    """A loop whose rooms' content has to go: which rooms, since when, and why."""

    loop: Loop
    rooms: tuple[str, ...]
    since: int
    why: Literal["kept long enough", "consent withdrawn"]


def due_for_removal(now: int, workspace_id: int | None = None) -> tuple[Due, ...]:
    """The loops whose time is over, in one workspace or in all; one that is contested waits."""
    loops = Loop.objects.exclude(appeal__in=Appeal.objects.filter(decided_at=None)).prefetch_related("rooms")
    if workspace_id is not None:
        loops = loops.filter(workspace=workspace_id)
    return tuple(due for loop in loops.order_by("pk") if (due := _due(loop)) is not None and due.since <= now)


def _due(loop: Loop) -> Due | None:
    every = [each.room for each in loop.rooms.all()]
    left = Room.objects.filter(pk__in=every, erased_at=None).order_by("pk")
    ids = tuple(left.values_list("pk", flat=True))
    if not ids:
        return None
    if loop.withdrawn_at is not None:
        return Due(loop, ids, loop.withdrawn_at, "consent withdrawn")
    times = Room.objects.filter(pk__in=every).values_list("starts_at", "created_at")
    last = keep_until((starts or made for starts, made in times), loop.created_at, loop.keep_days)
    return Due(loop, ids, last, "kept long enough")

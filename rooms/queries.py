"""The read side: feeds and transcripts for a seat, and what scoring may know of a room."""

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Literal

from rooms.access import SeatRef, plain_code, seat_ref, seats_of
from rooms.core import messages as m
from rooms.core.feed import frame_json, item_json, visible_to
from rooms.core.head import head
from rooms.core.state import State, fold
from rooms.core.words import Talk, words_of
from rooms.live import log
from rooms.live.now import wall_ms
from rooms.models import Room, RoomCode, Seat
from scenarios.core.acts import ACTS
from scenarios.core.schema import CANDIDATE, Rubric, Scenario
from scenarios.queries import scenario as scenario_of

LISTED = 50  # rooms on a page


# What is no part of the talk, or is put otherwise once the page's modules run.
SILENT = {"whispered", "inject_cued", "inject_fired", "inject_skipped", "hand_raised", "looked"}
DIVIDERS = {"phase_started", "room_ended"}
READABLE = 100  # items in the page itself, before its modules run


@dataclass(frozen=True, slots=True)
class RoomInfo:
    id: str
    title: str
    scenario: Scenario
    scenario_slug: str
    scenario_version: int
    scenario_digest: str
    seniority: str  # key; "": the scenario as written
    purpose: str  # of `Room.Purpose`
    epoch: str
    created_at: int  # ms
    workspace_id: int | None
    starts_at: int | None  # ms
    state: State


@dataclass(frozen=True, slots=True)
class Line:
    """An event as a seat saw it: `n` is its place in that seat's feed (0 in the whole record)."""

    n: int
    seq: int
    at: int
    event: m.AnyEvent


def room(room_id: str) -> RoomInfo:
    """A room and its state at the log's head. LookupError if there is none."""
    return _room(room_id, log.read(room_id))


def version_id(room_id: str) -> int:
    """The scenario version a room plays. LookupError if there is no such room."""
    found = Room.objects.filter(pk=room_id).values_list("scenario_version", flat=True).first()
    if found is None:
        raise LookupError(room_id)
    return int(found)


def _room(room_id: str, logged: Sequence[log.Line]) -> RoomInfo:
    row = Room.objects.select_related("scenario_version").filter(pk=room_id).first()
    if row is None:
        raise LookupError(room_id)
    version = row.scenario_version
    state = fold((line.at, line.event()) for line in logged)
    return RoomInfo(
        id=row.id,
        title=row.title,
        scenario=scenario_of(version.pk, row.seniority, row.extra_time),
        scenario_slug=version.slug,
        scenario_version=version.version,
        scenario_digest=version.digest,
        seniority=row.seniority,
        purpose=row.purpose,
        epoch=row.epoch,
        created_at=row.created_at,
        workspace_id=row.workspace_id,
        starts_at=row.starts_at,
        state=state,
    )


def lines(room_id: str, seat: str) -> tuple[Line, ...]:
    """What one seat saw, numbered from 1 without gaps."""
    seen = [line for line in log.read(room_id) if visible_to(line.to, seat)]
    return tuple(Line(n, x.seq, x.at, x.parsed().event) for n, x in enumerate(seen, 1))


def record(room_id: str) -> tuple[Line, ...]:
    """The whole log. For the report and its exports only."""
    return tuple(Line(0, x.seq, x.at, x.parsed().event) for x in log.read(room_id))


@dataclass(frozen=True, slots=True)
class Utterance:
    """Something the candidate said, where a seat saw it (`n`), and what the listener heard in it."""

    n: int
    text: str
    acts: tuple[str, ...]


def utterances(room_id: str, seat: str) -> tuple[Utterance, ...]:
    """What a seat saw the candidate say, in order, with its acts: to find it again, never a mark.

    What the listener heard is the facilitator's; whoever shows it to somebody else answers for that.
    """
    logged = log.parsed(log.read(room_id))
    heard = {x.event.utterance: x.event.acts for x in logged if isinstance(x.event, m.Heard)}
    seen = enumerate((x for x in logged if visible_to(x.event.to, seat)), 1)
    return tuple(
        Utterance(n, words_of(x.event), heard.get(number, ()))
        for n, x in seen
        if isinstance(x.event, Talk) and (number := getattr(x.event, "utterance", None)) is not None
    )


def feed(room_id: str, seat: str, after: int = 0) -> dict[str, Any]:
    """A feed frame as the socket would send it, for the first feed inside the HTML."""
    logged = log.read(room_id)
    info = _room(room_id, logged)
    frame: dict[str, Any] = json.loads(_frame(info, _items(logged, seat), after, _present(info, seat)))
    return frame


def _frame(info: RoomInfo, items: Sequence[str], after: int, present: dict[str, Any]) -> str:
    return frame_json(info.epoch, after, len(items), wall_ms(), items[after:], json.dumps(present))


def _items(logged: Sequence[log.Line], seat: str) -> list[str]:
    """The seat's whole feed, each item as JSON."""
    seen = (line for line in logged if visible_to(line.to, seat))
    return [item_json(n, line.at, line.body) for n, line in enumerate(seen, 1)]


def _present(info: RoomInfo, seat: str) -> dict[str, Any]:
    """The seat's head, as far as the log knows it."""
    return {**head(info.scenario, info.state, seat), "here": [], "waits": False}


@dataclass(frozen=True, slots=True)
class Listed:
    """A room in a list."""

    id: str
    title: str
    scenario: str  # its title
    starts_at: int | None  # ms
    created_at: int  # ms
    stage: Literal["lobby", "running", "ended"]
    purpose: str  # of `Room.Purpose`, or `Room.RECORDING`


@dataclass(frozen=True, slots=True)
class Chair:
    """A seat as whoever arranges the room sees it: how it opens, and who sits in it."""

    seat: str
    kind: str
    title: str
    person: str  # who holds it by account; empty: nobody
    person_id: int | None
    has_link: bool
    by_code: bool
    occupant: str
    name: str
    trainee: bool  # a rater whose sheet counts nowhere

    @property
    def for_guest(self) -> bool:
        """Whether it is for somebody who comes by link: nobody's by account, and no bot in it."""
        return self.person_id is None and self.occupant != "bot"


def rooms_of(workspace_id: int, most: int = LISTED) -> tuple[Listed, ...]:
    """A workspace's rooms, the newest first; recordings that somebody practises on are theirs alone."""
    rows = Room.objects.filter(workspace=workspace_id).exclude(purpose=Room.RECORDING)
    rows = rows.select_related("scenario_version")
    return _listed(rows.order_by("-created_at")[:most])


def listed(room_ids: Iterable[str]) -> tuple[Listed, ...]:
    """These rooms, as a list shows them."""
    return _listed(Room.objects.filter(pk__in=list(room_ids)).select_related("scenario_version"))


def room_ids(workspace_id: int) -> tuple[str, ...]:
    """Every room of a workspace, by its id."""
    return tuple(Room.objects.filter(workspace=workspace_id).order_by("pk").values_list("pk", flat=True))


def held_by(person_id: int, most: int = LISTED) -> tuple[tuple[Listed, SeatRef], ...]:
    """The seats a person may enter by account, with their rooms; the newest first."""
    rows = seats_of(person_id).order_by("-room__created_at", "pk").select_related("room__scenario_version")
    seats = list(rows[:most])
    listed = {each.id: each for each in _listed(seat.room for seat in seats)}
    return tuple((listed[seat.room_id], seat_ref(seat)) for seat in seats)


def chairs(room_id: str) -> tuple[Chair, ...]:
    """Every seat of a room, in the order they were laid. LookupError if there is no room."""
    state = room(room_id).state
    rows = Seat.objects.filter(room_id=room_id).select_related("person").order_by("pk")
    return tuple(_chair(row, state) for row in rows)


def stages(room_ids: Collection[str]) -> dict[str, str]:
    """lobby, running or ended: how far each of these rooms is, in one query."""
    return log.stages(list(room_ids))


def consents(room_ids: Collection[str]) -> dict[str, str]:
    """given or withdrawn: what each candidate said to the notice last; rooms without an answer are not in."""
    return log.consents(list(room_ids))


def focus(room_id: str) -> dict[str, tuple[str, ...]]:
    """Rater's seat -> the dimensions they were asked to watch above all; of those who were."""
    told = (line.parsed().event for line in log.read(room_id))
    return {e.seat: e.focus for e in told if isinstance(e, m.Briefed) and e.focus}


def holder(room_id: str, seat: str) -> str:
    """The name of the person who holds a seat by account; empty: nobody does."""
    row = Seat.objects.filter(room_id=room_id, seat=seat).select_related("person").first()
    return str(row.person) if row is not None and row.person is not None else ""


def code_of(room_id: str, now: int) -> RoomCode | None:
    """The room's code, while it is good."""
    return RoomCode.objects.filter(room_id=room_id, expires_at__gt=now).first()


def room_by_code(code: str, now: int) -> RoomInfo | None:
    """The room a code stands for now; None for a wrong or expired one."""
    found = RoomCode.objects.filter(code=plain_code(code), expires_at__gt=now).first()
    return room(found.room_id) if found is not None else None


def free_chairs(room_id: str) -> tuple[Chair, ...]:
    """The seats the room's code opens: ticked for it, and no person sits in them."""
    return tuple(chair for chair in chairs(room_id) if chair.by_code and chair.occupant != "person")


def _chair(row: Seat, state: State) -> Chair:
    sits = state.seats[row.seat]
    return Chair(
        seat=row.seat,
        kind=row.kind,
        title=row.title,
        person=str(row.person) if row.person else "",
        person_id=row.person_id,
        has_link=row.token_digest is not None,
        by_code=row.by_code,
        occupant=sits.occupant,
        name=sits.name,
        trainee=row.trainee,
    )


def _listed(rows: Iterable[Room]) -> tuple[Listed, ...]:
    found = {row.pk: row for row in rows}
    stages = log.stages(list(found))
    return tuple(
        Listed(
            id=row.pk,
            title=row.title,
            scenario=row.scenario_version.title,
            starts_at=row.starts_at,
            created_at=row.created_at,
            stage=stages[row.pk],
            purpose=row.purpose,
        )
        for row in found.values()
    )


def raters(room_id: str) -> tuple[SeatRef, ...]:
    """Everybody who rates, trainees among them, in the order they were laid."""
    # also one whose link was taken away: who rates was fixed when the room was laid
    rows = Seat.objects.filter(room_id=room_id, kind="rater").order_by("pk")
    return tuple(seat_ref(row) for row in rows)


def counted_raters(room_id: str) -> tuple[SeatRef, ...]:
    """The raters whose sheets count: all but trainees."""
    rows = Seat.objects.filter(room_id=room_id, kind="rater", trainee=False).order_by("pk")
    return tuple(seat_ref(row) for row in rows)


def trainees(room_id: str) -> tuple[str, ...]:
    """The seats of the raters whose sheets count nowhere."""
    rows = Seat.objects.filter(room_id=room_id, trainee=True).order_by("pk")
    return tuple(rows.values_list("seat", flat=True))


def counted_seats(room_ids: Collection[str]) -> dict[str, set[str]]:
    """The seats of the raters whose sheets count, of many rooms at once; a room without any has none."""
    found: dict[str, set[str]] = {room_id: set() for room_id in room_ids}
    rows = Seat.objects.filter(room__in=room_ids, kind="rater", trainee=False)
    for room_id, seat in rows.values_list("room_id", "seat"):
        found[room_id].add(seat)
    return found


@dataclass(frozen=True, slots=True)
class Panel:
    """Who rates in a room, and by which rubric. `raters`: seat -> the person who holds it by account.

    These are the raters whose sheets count: seats that a bot has sat in and trainees' are not among them, and
    a room whose raters are all trainees has none. `rehearsal`: a bot has sat in the candidate's seat.
    """

    room_id: str
    rubric: Rubric  # as it is at the room's seniority
    seniority: str  # by its name; "": as written
    purpose: str  # of `Room.Purpose`
    rehearsal: bool
    raters: dict[str, int | None]


def panels(workspace_id: int) -> tuple[Panel, ...]:
    """The panels of a workspace's rooms that people rate in, in a few queries however many there are."""
    bots = log.bot_seats(workspace_id)
    seats: dict[str, dict[str, int | None]] = {}
    held = Seat.objects.filter(room__workspace=workspace_id, kind="rater").order_by("pk")
    for room_id, seat, person_id, trainee in held.values_list("room_id", "seat", "person_id", "trainee"):
        if (room_id, seat) not in bots:
            counted = seats.setdefault(room_id, {})  # a trainee's room is a room, with nobody who counts
            if not trainee:
                counted[seat] = person_id
    found = Room.objects.filter(workspace=workspace_id).order_by("pk")
    columns = ("pk", "scenario_version_id", "seniority", "purpose")
    return tuple(
        Panel(
            room_id=room_id,
            rubric=scenario_of(version, seniority).rubric,
            seniority=scenario_of(version).seniority(seniority).name if seniority else "",
            purpose=purpose,
            rehearsal=(room_id, CANDIDATE) in bots,
            raters=seats[room_id],
        )
        for room_id, version, seniority, purpose in found.values_list(*columns)
        if room_id in seats
    )


def page(seat: SeatRef) -> dict[str, Any]:
    """What the room page's template needs, for this seat's eyes. Other pages of a room extend it."""
    logged = log.read(seat.room_id)
    info = _room(seat.room_id, logged)
    items, present = _items(logged, seat.seat), _present(info, seat.seat)
    return {
        "room": info,
        "seat": seat,
        "head": present,
        "first": _frame(info, items, 0, present),
        "readable": _readable(items, present),
        "words": words(info.scenario, seat.kind),
        "scenario": {"title": info.scenario.title, "prompt": info.scenario.prompt},
    }


def _readable(items: Sequence[str], present: dict[str, Any]) -> list[dict[str, Any]]:
    """The latest items that can be read without the page's modules, each with the name of who spoke.

    The modules put the whole feed in their place; a template takes longer for an item than all the rest.
    """
    names = {seat["seat"]: seat["name"] or seat["title"] for seat in present["seats"]}
    latest = map(json.loads, reversed(items))
    spoken = (
        {**item, "who": names.get(item.get("by"), "")}
        for item in latest
        if item["type"] in DIVIDERS or (item.get("by") and item["type"] not in SILENT)
    )
    return list(islice(spoken, READABLE))[::-1]


def words(scenario: Scenario, kind: str) -> dict[str, Any]:
    """The names a page of this kind of seat needs. What is listened for is not the candidate's to read."""
    roles = [{"key": r.key, "name": r.name, "title": r.title, "face": r.face} for r in scenario.roles]
    if kind == "candidate":
        return {"roles": roles}
    dimensions = {d.key: d.name for d in scenario.rubric.dimensions}
    acts = {key: act.about for key, act in ACTS.items()} if kind == "facilitator" else {}
    return {"roles": roles, "dimensions": dimensions, "acts": acts}

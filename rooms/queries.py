"""The read side: feeds and transcripts for a seat, and what scoring may know of a room."""

import json
from dataclasses import dataclass
from typing import Any

from rooms.access import SeatRef, seat_ref
from rooms.core import messages as m
from rooms.core.feed import item_json, visible_to
from rooms.core.head import head
from rooms.core.state import State, fold
from rooms.live import log
from rooms.live.hub import wall_ms
from rooms.models import Room, Seat
from scenarios.core.acts import ACTS
from scenarios.core.schema import Scenario
from scenarios.queries import scenario as scenario_of


@dataclass(frozen=True, slots=True)
class RoomInfo:
    id: str
    title: str
    scenario: Scenario
    scenario_slug: str
    scenario_version: int
    scenario_digest: str
    seniority: str  # key; "": the scenario as written
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
    row = Room.objects.select_related("scenario_version").filter(pk=room_id).first()
    if row is None:
        raise LookupError(room_id)
    version = row.scenario_version
    state = fold((line.at, line.event) for line in log.parsed(log.read(room_id)))
    return RoomInfo(
        id=row.id,
        title=row.title,
        scenario=scenario_of(version.pk, row.seniority),
        scenario_slug=version.slug,
        scenario_version=version.version,
        scenario_digest=version.digest,
        seniority=row.seniority,
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


def feed(room_id: str, seat: str, after: int = 0) -> dict[str, Any]:
    """A feed frame as the socket would send it, for the first feed inside the HTML."""
    info = room(room_id)
    seen = [line for line in log.read(room_id) if visible_to(line.to, seat)]
    items = [json.loads(item_json(n, x.at, x.body)) for n, x in enumerate(seen, 1) if n > after]
    present = {**head(info.scenario, info.state, seat), "here": [], "waits": False}
    return {
        "type": "feed",
        "epoch": info.epoch,
        "from": after,
        "upto": len(seen),
        "now": wall_ms(),
        "items": items,
        "head": present,
    }


def raters(room_id: str) -> tuple[SeatRef, ...]:
    # also one whose link was taken away: who rates was fixed when the room was laid
    rows = Seat.objects.filter(room_id=room_id, kind="rater").order_by("pk")
    return tuple(seat_ref(row) for row in rows)


def page(seat: SeatRef) -> dict[str, Any]:
    """What the room page's template needs, for this seat's eyes. Other pages of a room extend it."""
    info = room(seat.room_id)
    return {
        "room": info,
        "seat": seat,
        "first": feed(seat.room_id, seat.seat),
        "words": words(info.scenario, seat.kind),
        "scenario": {"title": info.scenario.title, "prompt": info.scenario.prompt},
    }


def words(scenario: Scenario, kind: str) -> dict[str, Any]:
    """The names a page of this kind of seat needs. What is listened for is not the candidate's to read."""
    roles = [{"key": r.key, "name": r.name, "title": r.title, "face": r.face} for r in scenario.roles]
    if kind == "candidate":
        return {"roles": roles}
    dimensions = {d.key: d.name for d in scenario.rubric.dimensions}
    acts = {key: act.about for key, act in ACTS.items()} if kind == "facilitator" else {}
    return {"roles": roles, "dimensions": dimensions, "acts": acts}

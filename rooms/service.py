"""The one door. People, bots, the listener and the clock all change a room through `handle`."""

import secrets
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from django.db import transaction

from rooms.access import digest, new_token
from rooms.core import messages as m
from rooms.core.state import State, apply
from rooms.live import log
from rooms.live.bell import ring
from rooms.live.hub import wall_ms
from rooms.live.process import process
from rooms.live.writer import Folds, Job, Known, commit
from rooms.models import Room, Seat
from scenarios.core.schema import CANDIDATE, FACILITATOR, Role, Scenario
from scenarios.queries import scenario as scenario_of

MAX_RATERS = 12

_own = threading.local()


@dataclass(frozen=True, slots=True)
class Opened:
    """A new room and, this once, the token of each seat."""

    room_id: str
    tokens: dict[str, str]


async def handle(
    room_id: str, seat: str, command: m.AnyCommand, ref: str, now: int | None = None, bot: bool = False
) -> None:
    """Change a room, from the event loop. Returns when it is in the log; raises Refused.

    The same (seat, ref) again is answered as the first time, and nothing happens twice.
    """
    await process().handle(Job(room_id, seat, command, ref, now or wall_ms(), bot))


def handle_now(
    room_id: str, seat: str, command: m.AnyCommand, ref: str, now: int | None = None, bot: bool = False
) -> State:
    """The same door for tasks and commands, in the caller's thread. Returns the room's new state."""
    folds = _folds()
    answers, growths = commit([Job(room_id, seat, command, ref, now or wall_ms(), bot)], folds)
    for growth in growths:
        seq = growth.entries[-1].line.seq
        transaction.on_commit(partial(ring, f"grew {room_id} {seq}"))
    if answers[0] is not None:
        raise answers[0]
    return known(room_id).state


def known(room_id: str) -> Known:
    """Scenario and state of a room at the log's head. LookupError if there is no such room."""
    row = log.rooms([room_id]).get(room_id)
    if row is None:
        raise LookupError(room_id)
    folds = _folds()
    fresh = folds.at_head(row)
    folds.keep(room_id, fresh)
    return fresh


def open_room(
    version_id: int, bots: Sequence[str] = (), raters: int = 2, now: int | None = None, title: str = ""
) -> Opened:
    """Lay a room: a seat per role, candidate, facilitator and raters. `bots` name seats.

    ValueError names a seat that cannot be a bot's, or a number of raters out of bounds.
    """
    scenario = scenario_of(version_id)
    seats = _seats(scenario, bots, raters)
    room_id, at = secrets.token_hex(6), now or wall_ms()
    tokens = {s.seat: new_token() for s in seats}
    with transaction.atomic():
        Room.objects.create(
            id=room_id,
            scenario_version_id=version_id,
            title=title or scenario.title,
            epoch=secrets.token_hex(6),
            created_at=at,
        )
        Seat.objects.bulk_create(_seat_row(room_id, s, tokens[s.seat]) for s in seats)
        _open_log(room_id, scenario, seats, at)
    return Opened(room_id, tokens)


def _seat_row(room_id: str, s: m.SeatSpec, token: str) -> Seat:
    return Seat(
        room_id=room_id, seat=s.seat, kind=s.kind, role=s.role, title=s.title, token_digest=digest(token)
    )


def _open_log(room_id: str, scenario: Scenario, seats: tuple[m.SeatSpec, ...], at: int) -> None:
    opened = m.RoomOpened(title=scenario.title, prompt=scenario.prompt, seats=seats)
    state, entries = State(), []
    for event in (opened, *_briefs(scenario, seats)):
        cause = None if entries else "open"
        entries.append(log.entry(state.seq + 1, at, event, cause, None))
        state = apply(state, event, at)
    log.append(room_id, entries, next_look=None, live=False)


def _seats(scenario: Scenario, bots: Sequence[str], raters: int) -> tuple[m.SeatSpec, ...]:
    if not 0 <= raters <= MAX_RATERS:
        raise ValueError(f"raters must be from 0 to {MAX_RATERS}, not {raters}")
    can_be_bots = {CANDIDATE, *(r.key for r in scenario.roles)}
    if wrong := set(bots) - can_be_bots:
        raise ValueError(f"no bot can sit in {', '.join(sorted(wrong))}")
    return (
        m.SeatSpec(
            seat=CANDIDATE,
            kind="candidate",
            role=CANDIDATE,
            title=scenario.candidate.title,
            bot=CANDIDATE in bots,
        ),
        *(
            m.SeatSpec(seat=r.key, kind="panel", role=r.key, title=f"{r.name}, {r.title}", bot=r.key in bots)
            for r in scenario.roles
        ),
        m.SeatSpec(seat=FACILITATOR, kind="facilitator", role=FACILITATOR, title="Facilitator"),
        *(
            m.SeatSpec(seat=f"rater{i}", kind="rater", role="rater", title=f"Rater {i}")
            for i in range(1, raters + 1)
        ),
    )


def _briefs(scenario: Scenario, seats: tuple[m.SeatSpec, ...]) -> list[m.Briefed]:
    """What each seat alone is told."""
    roles = {r.key: r for r in scenario.roles}
    briefs = [m.Briefed(seat=CANDIDATE, brief=scenario.candidate.brief, to=(CANDIDATE,))]
    briefs += [_role_brief(scenario, roles[s.role]) for s in seats if s.kind == "panel"]
    for s in seats:
        if s.kind == "facilitator":
            brief = "You run this room: start it, watch the clock and the pressure, and end it."
            briefs.append(m.Briefed(seat=s.seat, brief=brief, missing=scenario.missing, to=(s.seat,)))
        if s.kind == "rater":
            brief = (
                "You listen and mark what you observe, on your own. Nobody sees your marks before you submit."
            )
            briefs.append(m.Briefed(seat=s.seat, brief=brief, missing=scenario.missing, to=(s.seat,)))
    return briefs


def _role_brief(scenario: Scenario, role: Role) -> m.Briefed:
    facts = [f for f in scenario.facts if f.held_by == role.key]
    data_sets = [d for d in scenario.data_sets if d.held_by == role.key]
    return m.Briefed(
        seat=role.key,
        brief=role.brief,
        position=role.position,
        yields_when=role.yields_when,
        facts=tuple({"key": f.key, "text": f.text, "release": f.release} for f in facts),
        data_sets=tuple({"key": d.key, "title": d.title, "flaw": d.flaw} for d in data_sets),
        to=(role.key,),
    )


def _folds() -> Folds:
    """This thread's own folds: a thread never shares them."""
    if not hasattr(_own, "folds"):
        _own.folds = Folds(200)
    folds: Folds = _own.folds
    return folds

"""The one door. People, bots, the listener and the clock all change a room through `handle`."""

import secrets
import threading
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from django.db import transaction
from django.db.models.signals import post_delete
from django.dispatch import receiver

from casesim.accounts.models import Membership
from rooms.access import SeatRef, digest, new_code, new_token, seat_ref
from rooms.core import messages as m
from rooms.core.laying import NOTHING_AGREED, Terms, lay, opening
from rooms.core.state import State, apply
from rooms.live import log
from rooms.live.append import append
from rooms.live.bell import ring
from rooms.live.group import Folds, Job, Known, commit
from rooms.live.now import wall_ms
from rooms.live.process import Answered, process
from rooms.models import Barred, Room, RoomCode, Seat
from scenarios.core.schema import FACILITATOR, Scenario
from scenarios.queries import scenario as scenario_of

MAX_CODE_MINUTES = 240

_own = threading.local()


@dataclass(frozen=True, slots=True)
class Opened:
    """A new room and, this once, the token of each seat that has a link."""

    room_id: str
    tokens: dict[str, str]


def handle(room_id: str, seat: str, command: m.AnyCommand, ref: str, answered: Answered) -> None:
    """Change a room, from the event loop, without waiting.

    `answered` is called once: with None when it is in the log, with the Refused if it was turned down.
    The same (seat, ref) again is answered as the first time, and nothing happens twice.
    """
    process().post(Job(room_id, seat, command, ref, wall_ms()), answered)


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
    version_id: int,
    bots: Sequence[str] = (),
    raters: int = 2,
    now: int | None = None,
    title: str = "",
    stand_in: int = 0,
    workspace_id: int | None = None,
    people: Mapping[str, int] | None = None,
    starts_at: int | None = None,
    links: bool = True,
    seniority: str = "",
    purpose: str = Room.Purpose.ASSESSMENT,
    trainees: Collection[str] = (),
    terms: Terms = NOTHING_AGREED,
    barred: Collection[int] = (),
) -> Opened:
    """Lay a room: a seat per role, candidate, facilitator and raters. `bots` name seats.

    `stand_in`: seconds a panel member may be away before a bot stands in (0: none ever does).
    `people`: seat to the person who holds it; of the room's workspace, or it opens to nobody.
    `links`: whether every seat gets one now; `hand_over` makes one later.
    `seniority`: one of the scenario's, by key; "" plays it as written.
    `purpose`: one of `Room.Purpose`. `trainees`: the raters' seats whose sheets count nowhere.
    `terms`: what is agreed with and for its people. `barred`: persons who may hold no seat in it.
    ValueError names a seat that cannot be a bot's or a trainee's, a seniority or purpose there is none of,
    a person who is barred, or a number out of bounds.
    """
    scenario = _at(version_id, seniority, terms.extra_time)
    seats = lay(scenario, bots, raters)
    if purpose not in Room.Purpose.values:
        raise ValueError(f"purpose is {' or '.join(Room.Purpose.values)}, not {purpose!r}")
    if wrong := set(trainees) - {s.seat for s in seats if s.kind == "rater"}:
        raise ValueError(f"no trainee can sit in {', '.join(sorted(wrong))}: only raters' seats are for them")
    room_id, at = secrets.token_hex(6), now or wall_ms()
    tokens = {s.seat: new_token() for s in seats} if links else {}
    holders = people or {}
    if none := set(barred) & set(holders.values()):
        seat = next(seat for seat, person in holders.items() if person in none)
        raise ValueError(f"who is to hold {seat} has a conflict of interest and may sit in no seat")
    with transaction.atomic():
        room = Room.objects.create(
            id=room_id,
            scenario_version_id=version_id,
            workspace_id=workspace_id,
            title=title or scenario.title,
            seniority=seniority,
            purpose=purpose,
            extra_time=terms.extra_time,
            starts_at=starts_at,
            epoch=secrets.token_hex(6),
            created_at=at,
        )
        Seat.objects.bulk_create(
            _seat_row(room_id, s, tokens.get(s.seat), holders.get(s.seat), s.seat in trainees) for s in seats
        )
        Barred.objects.bulk_create(Barred(room=room, person_id=person) for person in barred)
        _open_log(room, opening(scenario, seats, stand_in, seniority, terms), at)
    return Opened(room_id, tokens)


def play_back(
    version_id: int,
    lines: Sequence[tuple[int, m.AnyEvent]],
    rater: str,
    person_id: int,
    workspace_id: int,
    title: str,
    now: int | None = None,
) -> str:
    """A recorded room, laid again for one person to rate on their own; its id. It has ended already.

    `lines`: (ms, event), the room's opening first. `rater`: the seat it is rated from, a trainee's here: what
    is marked in it counts nowhere. ValueError when the recording does not begin with an opening.
    """
    opened = lines[0][1] if lines else None
    if not isinstance(opened, m.RoomOpened) or rater not in {
        s.seat for s in opened.seats if s.kind == "rater"
    }:
        raise ValueError(f"a recording begins with the opening of a room that has a rater's seat {rater!r}")
    with transaction.atomic():
        room = Room.objects.create(
            id=secrets.token_hex(6),
            scenario_version_id=version_id,
            workspace_id=workspace_id,
            title=title,
            purpose=Room.RECORDING,
            epoch=secrets.token_hex(6),
            created_at=now or wall_ms(),
        )
        Seat.objects.bulk_create(
            _seat_row(room.id, s, None, person_id if s.seat == rater else None, s.seat == rater)
            for s in opened.seats
        )
        _write_log(room, lines)
    return room.id


def _at(version_id: int, seniority: str, extra_time: int) -> Scenario:
    try:
        return scenario_of(version_id, seniority, extra_time)
    except KeyError:
        known = ", ".join(s.key for s in scenario_of(version_id).seniorities) or "none"
        raise ValueError(f"there is no seniority {seniority!r}; this scenario has {known}") from None


def hand_over(room_id: str, seat: str, now: int | None = None, token: str = "") -> str:
    """A new token for a seat, or the one given. The old link opens nothing any more; its sockets close."""
    token, at = token or new_token(), now or wall_ms()
    _change_seat(room_id, seat, token_digest=digest(token), by_code=False, revoked_at=None, changed_at=at)
    return token


def withdraw_link(room_id: str, seat: str, now: int | None = None) -> None:
    """The seat's link opens nothing any more; a person who holds the seat keeps it."""
    _change_seat(room_id, seat, token_digest=None, changed_at=now or wall_ms())


def give_seat(room_id: str, seat: str, person_id: int | None, now: int | None = None) -> None:
    """The seat is this person's, or nobody's by account; its link stays as it is.

    ValueError for somebody who is barred from the room.
    """
    if person_id is not None and Barred.objects.filter(room=room_id, person=person_id).exists():
        raise ValueError("this person has a conflict of interest and may sit in no seat of this room")
    at = now or wall_ms()
    _change_seat(room_id, seat, person_id=person_id, by_code=False, revoked_at=None, changed_at=at)


def bar(room_id: str, person_id: int, now: int | None = None) -> None:
    """This person may hold no seat of the room; one that they hold is nobody's from now on."""
    at = now or wall_ms()
    with transaction.atomic():
        Barred.objects.get_or_create(room_id=room_id, person_id=person_id)
        held = list(Seat.objects.filter(room=room_id, person=person_id).values_list("seat", flat=True))
        for seat in held:
            _change_seat(room_id, seat, person_id=None, changed_at=at)


def unbar(room_id: str, person_id: int) -> None:
    """This person may hold a seat of the room again."""
    Barred.objects.filter(room=room_id, person=person_id).delete()


def reschedule(room_id: str, starts_at: int | None) -> None:
    """People meet at another time (ms), or at no time that is known. LookupError if there is no room."""
    if not Room.objects.filter(pk=room_id).update(starts_at=starts_at):
        raise LookupError(room_id)


def set_trainee(room_id: str, seat: str, trainee: bool) -> None:
    """Whether the rater in this seat is a trainee, whose sheet counts nowhere.

    LookupError if there is no such seat; ValueError for a seat that rates nobody, and once the room has
    started: nobody's marks stop counting because of what they are.
    """
    status = known(room_id).state.status
    rows = Seat.objects.filter(room_id=room_id, seat=seat)
    if not rows.exists():
        raise LookupError(f"room {room_id} has no seat {seat}")
    if status not in ("new", "lobby"):
        raise ValueError("the room has started: whose marks count is settled before")
    if not rows.filter(kind="rater").update(trainee=trainee):
        raise ValueError(f"{seat} rates nobody, so it is no trainee's seat")


def close_seat(room_id: str, seat: str, now: int | None = None) -> None:
    """Nobody enters the seat any more, by link or by account, until it is handed over or given."""
    at = now or wall_ms()
    _change_seat(room_id, seat, token_digest=None, revoked_at=at, changed_at=at)


def open_code(room_id: str, seats: Collection[str], minutes: int, now: int | None = None) -> str:
    """A new code that opens these seats for so many minutes; an older one opens nothing any more.

    ValueError names what is wrong: the facilitator runs the room and is never whoever comes first.
    """
    if not seats or FACILITATOR in seats:
        raise ValueError("tick at least one seat, and not the facilitator's")
    if not 1 <= minutes <= MAX_CODE_MINUTES:
        raise ValueError(f"a code is good for 1 to {MAX_CODE_MINUTES} minutes, not {minutes}")
    code, until = new_code(), (now or wall_ms()) + minutes * 60_000
    with transaction.atomic():
        rows = Seat.objects.filter(room_id=room_id)
        rows.update(by_code=False)
        if rows.filter(seat__in=seats, person=None).update(by_code=True) != len(seats):
            raise ValueError("one of these seats is not there, or belongs to a person")
        RoomCode.objects.update_or_create(room_id=room_id, defaults={"code": code, "expires_at": until})
    return code


def close_code(room_id: str) -> None:
    """The room has no code any more; who came in by it stays."""
    with transaction.atomic():
        RoomCode.objects.filter(room_id=room_id).delete()
        Seat.objects.filter(room_id=room_id).update(by_code=False)


def take_by_code(room_id: str, seat: str, now: int | None = None) -> tuple[SeatRef, str]:
    """Take a free seat: it and its new token. LookupError if somebody was quicker."""
    token, at = new_token(), now or wall_ms()
    free = Seat.objects.filter(room_id=room_id, seat=seat, by_code=True)
    if not free.update(by_code=False, token_digest=digest(token), revoked_at=None, changed_at=at):
        raise LookupError(f"room {room_id} has no free seat {seat}")
    transaction.on_commit(partial(ring, f"seat {room_id} {seat}"))
    return seat_ref(Seat.objects.get(room_id=room_id, seat=seat), digest(token)), token


@receiver(post_delete, sender=Membership)
def _seats_of_who_left(instance: Membership, **_: object) -> None:
    """Who left a workspace enters its rooms no more (`access`); this makes their sockets close as well."""
    held = Seat.objects.filter(room__workspace=instance.workspace_id, person=instance.person_id)
    held.update(changed_at=wall_ms())


def _change_seat(room_id: str, seat: str, **changes: object) -> None:
    if not Seat.objects.filter(room_id=room_id, seat=seat).update(**changes):
        raise LookupError(f"room {room_id} has no seat {seat}")
    transaction.on_commit(partial(ring, f"seat {room_id} {seat}"))


def _seat_row(room_id: str, s: m.SeatSpec, token: str | None, person_id: int | None, trainee: bool) -> Seat:
    return Seat(
        room_id=room_id,
        seat=s.seat,
        kind=s.kind,
        role=s.role,
        title=s.title,
        token_digest=digest(token) if token else None,
        person_id=person_id,
        trainee=trainee,
    )


def _open_log(room: Room, events: list[m.AnyEvent], at: int) -> None:
    _write_log(room, [(at, event) for event in events])


def _write_log(room: Room, lines: Sequence[tuple[int, m.AnyEvent]]) -> None:
    """The log of a room that has none yet, folded once so that nothing is kept that does not fold."""
    state, entries = State(), []
    for at, event in lines:
        cause = None if entries else "open"
        entries.append(log.entry(state.seq + 1, at, event, cause, None))
        state = apply(state, event, at)
    row = log.RoomRow(
        room.id, room.epoch, room.last_seq, room.scenario_version_id, room.seniority, room.extra_time
    )
    append([log.Addition(row, entries, next_look=None, live=False)])


def _folds() -> Folds:
    """This thread's own folds: a thread never shares them."""
    if not hasattr(_own, "folds"):
        _own.folds = Folds()
    folds: Folds = _own.folds
    return folds

"""Reading the log; `append` writes it. Plain parametrised SQL, the same for both databases."""

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from django.db import connection

from rooms.core import messages as m
from rooms.core.feed import Logged, body
from rooms.live.sql import Row, all_rows, one_of, planned_once, rows

PAGE = 5_000  # events read at a time
ROOMS = 500  # rooms found at a time


class RoomRow(NamedTuple):
    id: str
    epoch: str
    last_seq: int
    version_id: int
    seniority: str
    extra_time: int = 0
    next_look: int | None = None
    live: bool = False


class Line(NamedTuple):
    """A stored event, body not yet parsed. `to` None is everyone."""

    seq: int
    at: int
    to: tuple[str, ...] | None
    body: str

    def event(self) -> m.AnyEvent:
        """What happened, without its audience: enough to fold it."""
        return m.EVENTS.validate_json(self.body)

    def parsed(self) -> Logged:
        event = self.event()
        return Logged(
            self.seq, self.at, event if self.to is None else event.model_copy(update={"to": self.to})
        )


class Entry(NamedTuple):
    """A line to be appended, with the event it was made from."""

    line: Line
    event: m.AnyEvent
    cause: str | None
    digest: str | None


Answered = dict[str, dict[str, str]]  # room -> cause -> digest of the command
Query = tuple[str, Sequence[object]]


class Addition(NamedTuple):
    """What one room's log grows by, and what its row says then."""

    row: RoomRow
    entries: Sequence[Entry]
    next_look: int | None  # when the clock should knock next, wall ms
    live: bool

    def row_after(self) -> RoomRow:
        """The room's row when this is in its log."""
        seq = self.entries[-1].line.seq
        return self.row._replace(last_seq=seq, next_look=self.next_look, live=self.live)


def entry(seq: int, at: int, event: m.AnyEvent, cause: str | None, digest: str | None) -> Entry:
    return Entry(Line(seq, at, event.to, body(event)), event, cause, digest)


def lock(room_ids: Sequence[str], causes: Sequence[str]) -> tuple[dict[str, RoomRow], Answered]:
    """The rows of these rooms, held to the end of the transaction, in one order for everybody.

    And those of the causes that are in their logs already, as they are when the rows are held.
    """
    # SQLite's transaction was begun IMMEDIATE and holds the whole file already
    suffix = " FOR UPDATE" if connection.vendor == "postgresql" else ""
    held, known = all_rows(_rooms(room_ids, suffix), _answers(room_ids, causes))
    answered: Answered = {}
    for room, cause, digest in known:
        answered.setdefault(room, {})[cause] = digest
    return {row[0]: RoomRow(*row) for row in held}, answered


def rooms(room_ids: Sequence[str]) -> dict[str, RoomRow]:
    return {row[0]: RoomRow(*row) for row in rows(*_rooms(room_ids))}


def _rooms(room_ids: Sequence[str], suffix: str = "") -> Query:
    these, params = one_of("id", room_ids)
    sql = (
        "SELECT id, epoch, last_seq, scenario_version_id, seniority, extra_time, next_look, live"  # noqa: S608
        f" FROM rooms_room WHERE {these} ORDER BY id{suffix}"
    )
    return sql, params


class LogHead(NamedTuple):
    """Where a log ends, and which log it is: words taken out begin another epoch."""

    seq: int
    epoch: str


def heads(room_ids: Sequence[str]) -> dict[str, LogHead]:
    """The heads of these rooms' logs, in one query."""
    these, params = one_of("id", room_ids)
    sql = f"SELECT id, last_seq, epoch FROM rooms_room WHERE {these}"  # noqa: S608
    return {room_id: LogHead(*head) for room_id, *head in (rows(sql, params) if room_ids else [])}


class SeatRow(NamedTuple):
    """A seat as whoever enters it needs to know it."""

    room_id: str
    seat: str
    kind: str
    role: str
    title: str
    person_id: int | None


def seat_of(token_digest: str) -> SeatRow | None:
    """The seat a link opens, if it was not closed. Every socket asks."""
    sql = (
        "SELECT room_id, seat, kind, role, title, person_id FROM rooms_seat"
        " WHERE token_digest = %s AND revoked_at IS NULL"
    )
    return next((SeatRow(*row) for row in rows(sql, [token_digest])), None)


def changed_seats(since: int) -> list[tuple[str, str, frozenset[str]]]:
    """(room, seat, the keys that open it now) of seats given to somebody else or closed since."""
    sql = (
        "SELECT s.room_id, s.seat, s.token_digest, m.person_id, s.revoked_at FROM rooms_seat s"
        " JOIN rooms_room r ON r.id = s.room_id"
        " LEFT JOIN accounts_membership m ON m.person_id = s.person_id AND m.workspace_id = r.workspace_id"
        " WHERE s.changed_at >= %s"
    )
    return [(room, seat, _keys(*by)) for room, seat, *by in rows(sql, [since])]


def _keys(token_digest: str | None, person_id: int | None, revoked_at: int | None) -> frozenset[str]:
    if revoked_at is not None:
        return frozenset()
    by_person = person_key(person_id) if person_id is not None else None
    return frozenset(key for key in (token_digest, by_person) if key)


def person_key(person_id: int) -> str:
    """How a socket remembers that it came in as a person and not by a link."""
    return f"person:{person_id}"


def stages(room_ids: Sequence[str]) -> dict[str, str]:
    """lobby, running or ended: how far each of these rooms is, in one query and without a fold."""
    these, ids = one_of("room_id", room_ids)
    sql = (
        "SELECT room_id, MAX(CASE WHEN body LIKE %s THEN 2 WHEN body LIKE %s THEN 1 ELSE 0 END)"  # noqa: S608
        f" FROM rooms_roomevent WHERE {these} GROUP BY room_id"
    )
    begins = [f'{{"type":"{kind.model_fields["type"].default}"%' for kind in (m.RoomEnded, m.PhaseStarted)]
    found = rows(sql, [*begins, *ids]) if room_ids else []
    return {room_id: ("lobby", "running", "ended")[stage] for room_id, stage in found}


def last_moments(room_ids: Sequence[str]) -> dict[str, int]:
    """When the last line of each of these logs was written, ms; in the order asked for."""
    these, ids = one_of("e.room_id", room_ids)
    sql = (
        "SELECT e.room_id, e.at FROM rooms_roomevent e JOIN rooms_room r"  # noqa: S608
        f" ON r.id = e.room_id AND r.last_seq = e.seq WHERE {these}"
    )
    found = dict(rows(sql, ids)) if room_ids else {}
    return {room_id: found[room_id] for room_id in room_ids if room_id in found}


def consents(room_ids: Sequence[str]) -> dict[str, str]:
    """given or withdrawn: the last word of each room's candidate, in one query and without a fold."""
    these, ids = one_of("room_id", room_ids)
    begins = f'{{"type":"{m.Consented.model_fields["type"].default}"%'
    sql = f"SELECT room_id, body FROM rooms_roomevent WHERE {these} AND body LIKE %s ORDER BY room_id, seq"  # noqa: S608
    found = rows(sql, [*ids, begins]) if room_ids else []
    return {room: "given" if json.loads(text)["given"] else "withdrawn" for room, text in found}


def bot_seats(workspace_id: int) -> set[tuple[str, str]]:
    """(room, seat) of every seat in a workspace's rooms in which a bot has ever sat."""
    sql = (
        "SELECT e.room_id, e.body FROM rooms_roomevent e JOIN rooms_room r ON r.id = e.room_id"
        " WHERE r.workspace_id = %s AND (e.body LIKE %s OR e.body LIKE %s)"
    )
    begins = [f'{{"type":"{kind.model_fields["type"].default}"%' for kind in (m.RoomOpened, m.SeatTaken)]
    found: set[tuple[str, str]] = set()
    for room_id, text in rows(sql, [workspace_id, *begins]):
        event = m.EVENTS.validate_json(text)
        sitting = event.seats if isinstance(event, m.RoomOpened) else (event,)
        found.update((room_id, each.seat) for each in sitting if each.bot)
    return found


def overdue(now: int) -> Iterator[str]:
    """Rooms whose clock should have knocked before `now`, the longest overdue first."""
    look, after = -1, ""
    while True:
        sql = (
            "SELECT next_look, id FROM rooms_room WHERE next_look <= %s"
            " AND (next_look > %s OR (next_look = %s AND id > %s)) ORDER BY next_look, id LIMIT %s"
        )
        page = rows(sql, [now, look, look, after, ROOMS])
        yield from (room_id for _, room_id in page)
        if len(page) < ROOMS:
            return
        look, after = page[-1]


LIVE_ROOMS = "SELECT id FROM rooms_room WHERE live AND id > %s ORDER BY id LIMIT %s"


def live_rooms() -> Iterator[list[str]]:
    """Every room that is live, some at a time, in the order of their ids."""
    after = ""
    while True:
        page = [row[0] for row in rows(LIVE_ROOMS, [after, ROOMS])]
        yield page
        if len(page) < ROOMS:
            return
        after = page[-1]


LINES = "SELECT seq, at, audience, body FROM rooms_roomevent WHERE room_id = %s"


def read(room_id: str, after: int = 0) -> list[Line]:
    """The log after a seq, whole and in order."""
    lines: list[Line] = []
    while True:
        page = _page(room_id, after)
        lines += page
        if len(page) < PAGE:
            return lines
        after = page[-1].seq


def line(room_id: str, seq: int) -> list[Line]:
    """The line of a seq, if there is one."""
    return _lines(planned_once(f"{LINES} AND seq = %s", [room_id, seq]))


def _page(room_id: str, after: int) -> list[Line]:
    return _lines(rows(f"{LINES} AND seq > %s ORDER BY seq LIMIT %s", [room_id, after, PAGE]))


def _lines(found: Iterable[Row]) -> list[Line]:
    return [Line(seq, at, _seats(to), text) for seq, at, to, text in found]


def _answers(room_ids: Sequence[str], causes: Sequence[str]) -> Query:
    """(room, cause, digest of the command) of those that are in the log already."""
    in_these, ids = one_of("room_id", room_ids)
    of_these, asked = one_of("cause", causes)
    sql = f"SELECT room_id, cause, digest FROM rooms_roomevent WHERE {in_these} AND {of_these}"  # noqa: S608
    return sql, [*ids, *asked]


class Cause(NamedTuple):
    """What brought a line about; None on lines that are not the first of their command."""

    cause: str | None
    digest: str | None


def causes(room_id: str) -> dict[int, Cause]:
    """seq -> the cause of each line of a log."""
    sql = "SELECT seq, cause, digest FROM rooms_roomevent WHERE room_id = %s"
    return {seq: Cause(cause, digest) for seq, cause, digest in rows(sql, [room_id])}


def parsed(lines: Iterable[Line]) -> list[Logged]:
    return [line.parsed() for line in lines]


def _seats(stored: str | None) -> tuple[str, ...] | None:
    return None if stored is None else tuple(json.loads(stored))

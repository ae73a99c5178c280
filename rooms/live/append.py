"""The only code that writes the log. Plain parametrised SQL.

Lines are added where a log still ends as whoever decided on them saw it, in the same statement or transaction
that looks: so nobody need hold its room's row before (docs/adr/0018).
"""

import json
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager

from django.db import connection, transaction

from rooms.live.log import Addition, Entry, Query, RoomRow
from rooms.live.sql import as_records, many, one_of, planned_once, records, rows, touched

LINE = {"room_id": "text", "seq": "int", "at": "bigint", "cause": "text", "digest": "text"}
LINE |= {"audience": "text", "body": "text"}
COLUMNS = ", ".join(LINE)
LINES = f"INSERT INTO rooms_roomevent ({COLUMNS}) VALUES ({', '.join(['%s'] * len(LINE))})"  # noqa: S608
END = {"id": "text", "epoch": "text", "ended": "int", "last_seq": "int", "next_look": "bigint"}
END |= {"live": "bool", "causes": "text[]"}
# Of those who wait for each other's rows one would have to give up: who finds a row taken leaves it.
ALL = f"""
WITH held AS (
    SELECT ends.id, ends.last_seq, ends.next_look, ends.live
    FROM {records("ends", END)}
    JOIN rooms_room room ON room.id = ends.id AND room.epoch = ends.epoch AND room.last_seq = ends.ended
    WHERE NOT EXISTS (
        SELECT 1 FROM rooms_roomevent WHERE room_id = ends.id AND cause = ANY(ends.causes)
    )
    FOR NO KEY UPDATE OF room SKIP LOCKED
), moved AS (
    UPDATE rooms_room SET last_seq = held.last_seq, next_look = held.next_look, live = held.live
    FROM held WHERE rooms_room.id = held.id
)
INSERT INTO rooms_roomevent ({COLUMNS})
SELECT {", ".join(f"lines.{name}" for name in LINE)}
FROM {records("lines", LINE)} JOIN held ON held.id = lines.room_id
RETURNING room_id
"""  # noqa: S608


def appending() -> AbstractContextManager[None]:
    """The transaction of one `append`; never inside another, for what is shown must be committed."""
    if connection.vendor == "postgresql" and not connection.in_atomic_block:
        return _alone()  # one statement is one by itself
    return transaction.atomic(durable=True)


@contextmanager
def _alone() -> Iterator[None]:
    try:
        yield
    except BaseException:
        connection.close()  # it may be broken, or busy with a statement that was waited for too long
        raise


def append(additions: Sequence[Addition]) -> set[str]:
    """Add to those logs that still end where an addition begins and know none of its causes: those rooms.

    To be done in `appending`, or in a transaction that holds the rooms' rows, where it is all of them.
    """
    if connection.vendor == "postgresql":
        alone = len(additions) == 1 and len(additions[0].entries) == 1
        found = planned_once(*_line(additions[0])) if alone else rows(*_lines(additions))
        return {room_id for (room_id,) in found}
    longer = [addition for addition in additions if touched(*_move(addition))]
    many(LINES, [_stored(addition.row.id, e) for addition in longer for e in addition.entries])
    return {addition.row.id for addition in longer}


def rewrite(row: RoomRow, entries: Sequence[Entry], epoch: str) -> None:
    """Put these lines in the place of a whole log, which begins a new epoch: whoever folded it starts over.

    Lines are taken out and put in, never changed: the trigger that refuses an update stands. The caller
    holds the room's row.
    """
    many("DELETE FROM rooms_roomevent WHERE room_id = %s", [(row.id,)])
    many(LINES, [_stored(row.id, e) for e in entries])
    many("UPDATE rooms_room SET epoch = %s WHERE id = %s", [(epoch, row.id)])


def _line(addition: Addition) -> Query:
    """For PostgreSQL: a line alone, as most are."""
    move, params = _move(addition)
    sql = (
        f"WITH moved AS ({move} RETURNING id) INSERT INTO rooms_roomevent ({COLUMNS})"  # noqa: S608
        f" SELECT {', '.join(['%s'] * len(LINE))} FROM moved RETURNING room_id"
    )
    return sql, [*params, *_stored(addition.row.id, addition.entries[0])]


def _lines(additions: Sequence[Addition]) -> Query:
    """For PostgreSQL: any number of lines, to any number of logs."""
    lines = [_stored(addition.row.id, e) for addition in additions for e in addition.entries]
    return ALL, [as_records(END, [_end(addition) for addition in additions]), as_records(LINE, lines)]


def _move(addition: Addition) -> Query:
    """Say where the log ends now, if it has not gone on meanwhile."""
    row, after = addition.row, addition.row_after()
    known, causes = one_of("cause", _causes(addition))
    changed, values = "last_seq = %s", [after.last_seq]
    if (after.next_look, after.live) != (row.next_look, row.live):
        # what stays as it was is not written again: it has an index
        changed, values = f"{changed}, next_look = %s, live = %s", [*values, after.next_look, after.live]
    sql = (
        f"UPDATE rooms_room SET {changed} WHERE id = %s AND epoch = %s AND last_seq = %s"  # noqa: S608
        f" AND NOT EXISTS (SELECT 1 FROM rooms_roomevent WHERE room_id = %s AND {known})"
    )
    return sql, [*values, row.id, row.epoch, row.last_seq, row.id, *causes]


def _end(addition: Addition) -> tuple[object, ...]:
    row, after = addition.row, addition.row_after()
    return row.id, row.epoch, row.last_seq, after.last_seq, after.next_look, after.live, _causes(addition)


def _causes(addition: Addition) -> list[str]:
    return [e.cause for e in addition.entries if e.cause is not None]


def _stored(room_id: str, e: Entry) -> tuple[object, ...]:
    to = None if e.line.to is None else json.dumps(e.line.to)
    return room_id, e.line.seq, e.line.at, e.cause, e.digest, to, e.line.body

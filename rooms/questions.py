"""The data room of a seat: which tables it sees, what they hold, and asking them."""

import json
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rooms.access import SeatRef
from rooms.core import messages as m
from rooms.core.policy import DATA_ROOM, check_query
from rooms.core.state import State
from rooms.dataroom.engine import Answer, ask
from rooms.dataroom.store import table_file, table_profile
from rooms.service import handle_now, known
from scenarios.core.recipes import Narrowing, Recipe
from scenarios.core.schema import Scenario

PAGE = 50  # rows of a page
LOGGED = 20  # rows of an answer that go into the log
LOGGED_TEXT = 6_000  # characters of them
SQL = 8_000  # characters of a query
MOST_COLUMNS = 60


@dataclass(frozen=True, slots=True)
class Open:
    """A table a seat may see, and how much of it."""

    key: str
    title: str
    about: str
    recipe: Recipe
    narrow: Narrowing | None

    def file(self) -> Path:
        """Where it lies; made now if it is not there. NotMade."""
        return table_file(self.key, self.recipe, self.narrow)


def described(seat: SeatRef, key: str) -> dict[str, Any]:
    """A table with its columns described. LookupError for one this seat may not see; NotMade."""
    table = _open(seat, key)
    words = table.narrow.words() if table.narrow else ()
    profile = table_profile(table.file())
    return {"key": key, "title": table.title, "about": table.about, "narrowed": words, **profile}


def page(seat: SeatRef, key: str, number: int, sort: str, down: bool) -> Answer:
    """Rows of a table, fifty at a time, by a column or as they lie. LookupError; ValueError; Busy."""
    table = _open(seat, key)
    file = table.file()
    if sort and sort not in {c["name"] for c in table_profile(file)["columns"]}:
        raise LookupError(sort)
    if not 0 <= number < 10_000:
        raise ValueError("page: from 0 to 9999")
    order = f" ORDER BY {sort} {'DESC' if down else 'ASC'} NULLS LAST" if sort else ""
    sql = f"SELECT * FROM {key}{order} LIMIT {PAGE} OFFSET {number * PAGE}"  # noqa: S608  (names are checked)
    return ask(seat.room_id, sql, {key: file})


def query(seat: SeatRef, sql: str) -> Answer:
    """The answer to a question of the candidate's, once it is on record.

    Refused if this seat may not ask now; ValueError names what is wrong with the text; Busy.
    """
    room = known(seat.room_id)
    check_query(room.state, seat.seat)
    sql = sql.strip()
    if not sql or len(sql) > SQL or m.CONTROL.search(sql):
        raise ValueError(f"sql: give a query of 1 to {SQL} characters, without control characters")
    granted = {g.key: _granted(room.scenario, room.state, g.key) for g in room.state.grants}
    answer = ask(seat.room_id, sql, {key: table.file() for key, table in granted.items()})
    handle_now(seat.room_id, DATA_ROOM, _record(seat, sql, answer), f"query:{secrets.token_hex(8)}")
    return answer


def _record(seat: SeatRef, sql: str, answer: Answer) -> m.RecordQuery:
    return m.RecordQuery(
        by=seat.seat,
        sql=sql,
        columns=tuple(c["name"] for c in answer.columns[:MOST_COLUMNS]),
        rows=_beginning(answer),
        count=len(answer.rows),
        cut=answer.cut,
        took=answer.took,
        problem=m.CONTROL.sub(" ", answer.problem),
    )


def _beginning(answer: Answer) -> tuple[tuple[m.Cell, ...], ...]:
    """The first rows, as far as the log has room for them."""
    rows: list[tuple[m.Cell, ...]] = []
    room = LOGGED_TEXT
    for row in answer.rows[:LOGGED]:
        room -= len(json.dumps(row))
        if room < 0:
            break
        rows.append(tuple(m.CONTROL.sub(" ", c) if isinstance(c, str) else c for c in row[:MOST_COLUMNS]))
    return tuple(rows)


def _open(seat: SeatRef, key: str) -> Open:
    """A table that was granted, or that this seat's own role holds. LookupError."""
    room = known(seat.room_id)
    held = next((d for d in room.scenario.data_sets if d.key == key), None)
    if held is None or held.recipe is None:
        raise LookupError(key)
    if seat.kind == "panel" and held.held_by == seat.role:
        return Open(key, held.title, held.about, held.recipe, None)
    return _granted(room.scenario, room.state, key)


def _granted(scenario: Scenario, state: State, key: str) -> Open:
    grant, recipe = state.grant(key), scenario.data_set(key).recipe
    if grant is None or recipe is None:
        raise LookupError(key)
    return Open(key, grant.title, grant.about, recipe, grant.narrow)

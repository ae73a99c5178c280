"""The process in which a query runs: one query, then gone. It needs nothing of Django.

Reads {"sql", "tables": {name: file}} from standard input and writes one JSON answer. Its own limits
are set before it reads anything, and the engine is locked before it sees the query.
"""

import datetime
import json
import math
import resource
import sys
from decimal import Decimal
from typing import Any

import duckdb

from rooms.dataroom.reading import forbidden

ROWS = 1_000
CELL = 400  # characters of one cell
ANSWER = 1_000_000  # characters of all cells
MEMORY = 256  # MB for the engine
SPACE = 2_048  # MB of address space for the process, the engine's code and reserves included
CPU = 5  # seconds
SAFE = 2**53  # whole numbers above are no longer exact in a browser

LOCKED = {
    "allow_community_extensions": "false",
    "allow_persistent_secrets": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "max_expression_depth": "250",
    "max_temp_directory_size": "0KB",
    "memory_limit": f"{MEMORY}MB",
    "python_enable_replacements": "false",
    "temp_directory": "",
    "threads": "1",
}


def main() -> None:
    limit()
    asked = json.load(sys.stdin)
    try:
        answer = run(asked["sql"], asked["tables"])
    except duckdb.OutOfMemoryException:
        answer = {
            "problem": f"The query needs more than {MEMORY} MB. Count or group before you join or sort."
        }
    except duckdb.Error as error:
        answer = {"problem": plain(str(error))}
    except (MemoryError, RecursionError):
        answer = {"problem": "The query is too large."}
    json.dump(answer, sys.stdout)


def limit() -> None:
    """What this process may use; the system ends it when it takes more."""
    for kind, most in (
        (resource.RLIMIT_AS, SPACE * 1024 * 1024),
        (resource.RLIMIT_CPU, CPU),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, 64),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (most, most))


def run(sql: str, tables: dict[str, str]) -> dict[str, Any]:
    """The answer, or the problem that there is none. duckdb.Error where the engine says no."""
    with locked(tables) as connection:
        [(parsed,)] = connection.execute("SELECT json_serialize_sql(?)", [sql]).fetchall()
        if why := forbidden(json.loads(parsed), {name.lower() for name in tables}):
            return {"problem": plain(why)}
        return answered(connection.execute(sql))


def locked(tables: dict[str, str]) -> duckdb.DuckDBPyConnection:
    """An engine that holds these tables, can reach nothing else, and cannot be set up any more."""
    connection = duckdb.connect(config=LOCKED)
    for number, (name, file) in enumerate(tables.items()):
        connection.execute(f"ATTACH '{file}' AS store{number} (READ_ONLY)")
        connection.execute(f"CREATE VIEW {name} AS SELECT * FROM store{number}.main.{name}")  # noqa: S608
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    return connection


def answered(result: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    """The first rows, within the bounds of an answer."""
    columns = [{"name": str(c[0])[:CELL], "type": str(c[1])[:60]} for c in result.description or ()]
    rows: list[list[Any]] = []
    room = ANSWER
    while len(rows) < ROWS and room > 0 and (row := result.fetchone()) is not None:
        rows.append([cell(value) for value in row])
        room -= sum(len(str(value)) for value in rows[-1])
    cut = (len(rows) == ROWS or room <= 0) and result.fetchone() is not None
    return {"columns": columns, "rows": rows, "cut": cut}


def cell(value: Any) -> Any:
    """A value as JSON: a number where it stays exact, text otherwise."""
    match value:
        case None | bool():
            return value
        case int() if abs(value) <= SAFE:
            return value
        case float() if math.isfinite(value):
            return value
        case Decimal() if value.is_finite():
            return float(value)
        case datetime.datetime() if value.time() == datetime.time():
            return value.date().isoformat()
        case _:
            text = str(value)
            return text if len(text) <= CELL else text[: CELL - 1] + "…"


def plain(told: str) -> str:
    """What the engine said, without the drawing of the query below it."""
    told = told.partition("\n\n")[0][:600]
    return "The query is nested too deeply." if "max_expression_depth" in told else told


if __name__ == "__main__":
    main()

"""Statements on the driver's own cursor: Django's layers round it cost more than these statements do.

Errors are Django's all the same, and so are connections and transactions.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection

Row = tuple[Any, ...]


def rows(sql: str, params: Sequence[object]) -> list[Row]:
    """What a query finds."""
    return all_rows((sql, params))[0]


def planned_once(sql: str, params: Sequence[object]) -> list[Row]:
    """What a statement finds, of which PostgreSQL keeps the plan it makes at first.

    Only for one that reads by whole unique keys: any other would go on as suits a table that was small then.
    """
    connection.ensure_connection()
    with connection.wrap_database_errors:
        found: list[Row] = _execute(sql, params, prepare=True).fetchall()
    return found


def all_rows(*queries: tuple[str, Sequence[object]]) -> list[list[Row]]:
    """What each of these queries finds, asked in this order."""
    connection.ensure_connection()
    with connection.wrap_database_errors:
        asked = [_execute(sql, params) for sql, params in queries]
        return [cursor.fetchall() for cursor in asked]


def touched(sql: str, params: Sequence[object]) -> int:
    """How many rows a statement wrote."""
    connection.ensure_connection()
    with connection.wrap_database_errors:
        rows_: int = _execute(sql, params).rowcount
    return rows_


def many(sql: str, params: Sequence[Sequence[object]]) -> None:
    """A statement for each of these, if there are any."""
    connection.ensure_connection()
    with connection.wrap_database_errors:
        if len(params) == 1:
            _execute(sql, params[0])
        elif params:
            _cursor().executemany(_dialect(sql), params)


def records(name: str, columns: Mapping[str, str]) -> str:
    """For PostgreSQL: a parameter that holds rows as JSON (`as_records`), to be read like a table."""
    types = ", ".join(f"{column} {type_}" for column, type_ in columns.items())
    return f"json_to_recordset(%s::json) AS {name}({types})"


def as_records(columns: Mapping[str, str], rows_: Sequence[Row]) -> str:
    """The rows as `records` reads them."""
    return json.dumps([dict(zip(columns, row, strict=True)) for row in rows_])


def one_of(column: str, values: Sequence[str]) -> tuple[str, list[object]]:
    """A condition that holds for these values of a column, and its parameters."""
    if len(values) == 1:
        return f"{column} = %s", [*values]
    if connection.vendor == "postgresql":
        return f"{column} = ANY(%s)", [list(values)]
    return f"{column} IN ({', '.join(['%s'] * len(values))})", list(values)


def _execute(sql: str, params: Sequence[object], prepare: bool = False) -> Any:
    if connection.vendor == "postgresql":
        return _cursor().execute(sql, params, prepare=prepare)
    return _cursor().execute(_dialect(sql), params)


def _cursor() -> Any:
    driver = connection.connection
    if connection.vendor != "postgresql":
        return driver.cursor()
    from psycopg import Cursor  # only here: whoever runs on SQLite need not wait for the import

    return Cursor(driver)


def _dialect(sql: str) -> str:
    return sql if connection.vendor == "postgresql" else sql.replace("%s", "?")

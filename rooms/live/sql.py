"""Statements on the driver's own cursor: Django's layers round it cost more than these statements do.

Errors are Django's all the same, and so are connections and transactions. PostgreSQL plans each statement
once for a connection, so its text must not change with the number of values.
"""

from collections.abc import Sequence
from typing import Any

from django.db import connection

Row = tuple[Any, ...]


def rows(sql: str, params: Sequence[object]) -> list[Row]:
    """What a query finds."""
    connection.ensure_connection()
    with connection.wrap_database_errors:
        found: list[Row] = _execute(sql, params).fetchall()
        return found


def many(sql: str, params: Sequence[Sequence[object]]) -> None:
    """A statement for each of these, if there are any."""
    connection.ensure_connection()
    with connection.wrap_database_errors:
        if len(params) == 1:
            _execute(sql, params[0])
        elif params:
            _cursor().executemany(_dialect(sql), params)


def one_of(column: str, values: Sequence[str]) -> tuple[str, list[object]]:
    """A condition that holds for these values of a column, and its parameters."""
    if connection.vendor == "postgresql":
        return f"{column} = ANY(%s)", [list(values)]
    return f"{column} IN ({', '.join(['%s'] * len(values))})", list(values)


def _execute(sql: str, params: Sequence[object]) -> Any:
    if connection.vendor == "postgresql":
        return _cursor().execute(sql, params, prepare=True)
    return _cursor().execute(_dialect(sql), params)


def _cursor() -> Any:
    driver = connection.connection
    if connection.vendor != "postgresql":
        return driver.cursor()
    from psycopg import Cursor  # only here: whoever runs on SQLite need not wait for the import

    return Cursor(driver)


def _dialect(sql: str) -> str:
    return sql if connection.vendor == "postgresql" else sql.replace("%s", "?")

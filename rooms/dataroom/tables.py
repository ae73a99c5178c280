"""Tables into DuckDB."""

from typing import Any

import duckdb
import numpy as np

from scenarios.core.datasets.table import SQL_TYPES, Series, Table


def load(connection: duckdb.DuckDBPyConnection, name: str, table: Table) -> None:
    """Create the table under this name, with its types. `name` and its columns are keys of a scenario."""
    connection.register("incoming", {s.name: _cells(s) for s in table.series})
    columns = ", ".join(f"{s.name}::{SQL_TYPES[s.kind]} AS {s.name}" for s in table.series)
    connection.execute(f"CREATE TABLE {name} AS SELECT {columns} FROM incoming")  # noqa: S608
    connection.unregister("incoming")


def _cells(series: Series) -> Any:
    values = series.values
    if series.kind == "text":
        values = values.astype(object)
    if series.kind == "date":
        values = values.astype("datetime64[us]")  # DuckDB reads no days from numpy
    return np.ma.masked_array(values, mask=series.empty)  # type: ignore[no-untyped-call]

"""What a query may name: granted tables and plain functions. Pure: a parsed query in, a sentence out.

DuckDB parses; this walks the tree it gives (`json_serialize_sql`). It is the first fence and the one that
explains itself; the engine behind it has no files, no network and no settings to reach for.
"""

from collections.abc import Iterator
from typing import Any

Tree = Any  # JSON

ONLY_SELECT = (
    "The data room answers one SELECT. Tables cannot be changed, attached, copied, loaded or set up here."
)
TABLE_FUNCTIONS = frozenset({"range", "generate_series", "unnest"})
CLOSED = frozenset(
    {
        "getenv", "getvariable", "current_setting", "set_config", "nextval", "currval", "setval", "setseed",
        "sleep_ms", "write_log", "stats", "vector_type", "version", "query", "query_table", "in_search_path",
        "current_query", "current_query_id", "current_connection_id", "current_transaction_id",
        "current_catalog", "current_database", "current_schema", "current_schemas", "current_user",
        "txid_current", "current_role", "session_user", "user", "json_serialize_sql", "json_serialize_plan",
        "json_deserialize_sql", "json_execute_serialized_sql", "which_secret", "parse_duckdb_log_message",
    }
)  # fmt: skip
CLOSED_BEGINNINGS = ("pg_", "duckdb_", "read_", "write_", "has_", "pragma_", "__internal")
SYSTEM = ("pg_", "duckdb_", "pragma_", "sqlite_", "information_schema")  # what the engine keeps about itself


def forbidden(parsed: Tree, granted: set[str]) -> str:
    """Why this query is not asked; "" if it may be. `granted`: the tables it may see, in small letters."""
    if parsed.get("error"):
        told = str(parsed.get("error_message", ""))
        return told if parsed.get("error_type") == "parser" else ONLY_SELECT
    if len(parsed["statements"]) != 1:
        return f"Ask one question at a time: there are {len(parsed['statements'])} statements here."
    nodes = list(_nodes(parsed))
    own = {name for node in nodes for name in _named_here(node)}
    if system := [name for name in own if name.startswith(SYSTEM)]:
        return f"“{system[0]}” is a name of the engine's own; call it something else."
    return next((why for node in nodes if (why := _why_not(node, granted, own))), "")


def _nodes(tree: Tree) -> Iterator[dict[str, Any]]:
    """Every mapping in the tree, from the outside in."""
    waiting = [tree]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            yield part
            waiting += part.values()
        elif isinstance(part, list):
            waiting += part


def _named_here(node: dict[str, Any]) -> Iterator[str]:
    """Names that a WITH gives."""
    for entry in (node.get("cte_map") or {}).get("map", ()):
        yield str(entry["key"]).lower()


def _why_not(node: dict[str, Any], granted: set[str], own: set[str]) -> str:
    match node.get("type"):
        case "BASE_TABLE":
            return _table(node, granted, own)
        case "SHOW_REF" if node.get("query") is None:
            return "Ask DESCRIBE or SUMMARIZE of one of your tables; there is nothing else to be shown."
        case "TABLE_FUNCTION":
            name = str(node["function"].get("function_name", "")).lower()
            if name not in TABLE_FUNCTIONS:
                return f"“{name}” is closed here: a query reads the tables you were granted and nothing else."
    name = str(node.get("function_name", "")).lower()
    if name in CLOSED or name.startswith(CLOSED_BEGINNINGS):
        return f"The function “{name}” is closed here."
    return ""


def _table(node: dict[str, Any], granted: set[str], own: set[str]) -> str:
    path = [str(step).lower() for step in node["qualified_name"]["path"]]
    if len(path) == 1 and path[0] in granted | own:
        return ""
    if len(path) == 2 and path[0] == "main" and path[1] in granted:
        return ""
    have = ", ".join(sorted(granted))
    return f"There is no table “{'.'.join(path)}” among those you were granted. You have: {have}."

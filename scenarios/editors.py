"""A JSON Schema of the scenario format, for editors that complete and check while one writes.

Made from the documents of `scenarios.core`: what stands beside a field in a comment is its description. As
every value of our YAML is text until its field says otherwise, a number or true is fine where text is asked
for; editors read YAML by other rules.
"""

import io
import json
import re
import tokenize
from functools import cache
from inspect import getsource
from types import ModuleType
from typing import Any

from scenarios.core import recipes, schema
from scenarios.core.schema import Scenario

Node = dict[str, Any]

FIELD = re.compile(r"(?:[a-z_]+): ")
TEXT = ["string", "number", "boolean"]


@cache
def scenario_schema() -> Node:
    """The schema as plain data."""
    found: Node = _loosened(Scenario.model_json_schema())
    for module in (recipes, schema):
        for name, told in _comments(module).items():
            for field, comment in told.items():
                _describe(found, name, field, comment)
    rubric = found["properties"]["rubric"]
    found["properties"]["rubric"] = {
        "description": "A rubric of the library by its file, or one written out.",
        "anyOf": [{"type": "string", "pattern": r"\.yaml$"}, rubric],
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "casesim scenario",
        **{key: value for key, value in found.items() if key != "title"},
    }


def schema_text() -> str:
    """The schema as a file."""
    return json.dumps(scenario_schema(), indent=1, ensure_ascii=False) + "\n"


def _describe(found: Node, model: str, field: str, comment: str) -> None:
    node = found if model == "Scenario" else found["$defs"].get(model, {})
    if (place := node.get("properties", {}).get(field)) is not None:
        place["description"] = comment


def _comments(module: ModuleType) -> dict[str, dict[str, str]]:
    """class -> field -> the comment behind it, as they stand in the module."""
    found: dict[str, dict[str, str]] = {}
    current, field = "", ""
    for token in tokenize.generate_tokens(io.StringIO(getsource(module)).readline):
        if (started := re.match(r"class (\w+)", token.line)) is not None:
            current = started[1]
        if token.type == tokenize.NAME and token.start[1] == 4 and FIELD.match(token.line.strip()):
            field = token.string
        if token.type == tokenize.COMMENT and token.start[1] > 4 and field and current:
            found.setdefault(current, {}).setdefault(field, token.string.lstrip("# "))
    return found


def _loosened(node: Any) -> Any:
    """Text may be a number or true; what may be left out may not be null; pydantic's titles are noise."""
    if isinstance(node, list):
        return [_loosened(one) for one in node]
    if not isinstance(node, dict):
        return node
    if "anyOf" in node and {"type": "null"} in node["anyOf"]:
        one, *_ = [way for way in node["anyOf"] if way != {"type": "null"}]
        node = {**{k: v for k, v in node.items() if k not in ("anyOf", "default")}, **one}
    out = {key: _fields(value) if key == "properties" else _loosened(value) for key, value in node.items()}
    if out.get("type") == "string" and not {"pattern", "enum", "const"} & out.keys():
        out["type"] = TEXT
    if isinstance(out.get("title"), str):
        del out["title"]
    return out


def _fields(properties: Node) -> Node:
    """The fields of a document; one of them may be called `title`."""
    return {name: _loosened(field) for name, field in properties.items()}

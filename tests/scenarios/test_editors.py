"""The JSON Schema for editors: current, and right about the scenarios we have."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from casesim.authoring.starter import FOLDER, SCHEMA
from scenarios.editors import schema_text
from scenarios.loader import LIBRARY

PUBLISHED = Path(__file__).parents[2] / "docs" / "scenario.schema.json"
TYPES = {
    "object": lambda x: isinstance(x, dict),
    "array": lambda x: isinstance(x, list),
    "string": lambda x: isinstance(x, str),
    "integer": lambda x: isinstance(x, int) and not isinstance(x, bool),
    "number": lambda x: isinstance(x, int | float) and not isinstance(x, bool),
    "boolean": lambda x: isinstance(x, bool),
}


class Yaml12(yaml.SafeLoader):
    """YAML as editors read it: `off` is a word, and so is a date."""


Yaml12.yaml_implicit_resolvers = {
    first: [(tag, found) for tag, found in ways if tag.rsplit(":", 1)[1] not in ("bool", "timestamp")]
    for first, ways in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
Yaml12.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))


def read(path: Path) -> Any:
    return yaml.load(path.read_text(encoding="utf-8"), Yaml12)  # noqa: S506  (a SafeLoader)


def faults(node: dict[str, Any], value: Any, root: dict[str, Any], at: str = "") -> list[str]:
    """What an editor would underline: the part of JSON Schema that our schema uses."""
    if "$ref" in node:
        return faults(root["$defs"][node["$ref"].rsplit("/", 1)[1]], value, root, at)
    if ways := node.get("anyOf", node.get("oneOf")):
        tried = [faults(one, value, root, at) for one in ways]
        return [] if [] in tried else min(tried, key=len)
    kinds = node.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if kinds and not any(TYPES[kind](value) for kind in kinds):
        return [f"{at}: {value!r} is no {kinds}"]
    inside = in_mapping if isinstance(value, dict) else in_list if isinstance(value, list) else in_word
    return inside(node, value, root, at)


def in_word(node: dict[str, Any], value: Any, root: dict[str, Any], at: str) -> list[str]:
    if value not in node.get("enum", [value]) or value != node.get("const", value):
        return [f"{at}: {value!r} is none of the words"]
    other = isinstance(value, str) and not re.search(node.get("pattern", ""), value)
    return [f"{at}: {value!r} has another pattern"] if other else []


def in_list(node: dict[str, Any], value: list[Any], root: dict[str, Any], at: str) -> list[str]:
    items = node.get("items", {})
    return [fault for n, one in enumerate(value) for fault in faults(items, one, root, f"{at}.{n}")]


def in_mapping(node: dict[str, Any], value: dict[str, Any], root: dict[str, Any], at: str) -> list[str]:
    known, more = node.get("properties", {}), node.get("additionalProperties", True)
    found = [f"{at}.{key} is missing" for key in node.get("required", []) if key not in value]
    for raw, inner in value.items():
        key = str(raw).lower() if isinstance(raw, bool) else raw  # a field is called `false`
        if key in known or isinstance(more, dict):
            found += faults(known.get(key, more), inner, root, f"{at}.{key}")
        elif not more:
            found.append(f"{at}.{key} is no field")
    return found


def test_the_published_schema_is_current():
    """`manage.py scenarios schema > docs/scenario.schema.json` makes it so."""
    assert PUBLISHED.read_text(encoding="utf-8") == schema_text()


FILES = [FOLDER / "scenario.yaml", *sorted(LIBRARY.glob("*/scenario.yaml"))]


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.parent.name)
def test_an_editor_finds_no_fault_with_a_scenario_of_ours(path):
    root = json.loads(schema_text())
    assert faults(root, read(path), root) == []


def test_an_editor_finds_what_is_misspelt_missing_or_of_another_kind():
    root = json.loads(schema_text())
    document = read(FOLDER / "scenario.yaml")
    del document["prompt"]
    document["phases"][0]["seconds"] = "soon"
    document["injects"][0]["when"]["afer"] = 3
    assert faults(root, document, root) == [
        ".prompt is missing",
        ".phases.0.seconds: 'soon' is no ['integer']",
        ".injects.0.when.afer is no field",
    ]


def test_fields_are_described_as_beside_their_declaration():
    root = json.loads(schema_text())
    when = root["$defs"]["When"]["properties"]
    assert when["at"]["description"] == "scheduled: due at this second of the phase"
    assert root["$defs"]["Role"]["properties"]["face"]["description"] == "public: what everyone is told"


def test_the_starter_says_where_its_schema_is():
    first = (FOLDER / "scenario.yaml").read_text(encoding="utf-8").splitlines()[0]
    assert first == f"# yaml-language-server: $schema={SCHEMA}"

"""YAML text -> Scenario, with every problem at once and each with its file and line.

A small YAML: mappings, lists and text. Every scalar is text until the schema says otherwise, so
`no` stays a word and a table's cells need no quotes. Anchors, aliases and tags are refused.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from scenarios.core.check import Loc, Problem, check
from scenarios.core.schema import Scenario
from scenarios.core.script import ScriptLine, misfit

LIBRARY = Path(__file__).parent / "library"
LARGEST = 1024 * 1024  # bytes of one file
DEEPEST = 24  # levels of nesting

_Yaml = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class LoadError(Exception):
    """The text is no scenario (or script); `problems` says why, all of them at once."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = list(problems)
        super().__init__("\n".join(map(str, self.problems)))


def load(text: str, file: str = "scenario.yaml") -> Scenario:
    """The scenario in this text, of the right shape and sense. Raises LoadError."""
    trees = _trees(text, file)
    scenario = _shaped(trees)
    if problems := check(scenario):
        raise LoadError(_placed(problem, trees) for problem in problems)
    return scenario


def parse(text: str, file: str = "scenario.yaml") -> Scenario:
    """The scenario in this text, of the right shape, whatever its sense. Raises LoadError."""
    return _shaped(_trees(text, file))


def read(text: str, file: str = "scenario.yaml") -> Any:
    """The text as dicts, lists and text, whatever it holds. Raises LoadError."""
    return _plain_data(_tree(text, file).root)


def load_file(path: Path) -> Scenario:
    """The scenario in this file. Raises LoadError, also when the file cannot be read."""
    return load(_read(path), str(path))


# --- what comes with casesim ----------------------------------------------------------------------


@cache
def bundled() -> tuple[Scenario, ...]:
    """The scenarios of the library, by slug."""
    return tuple(scenario for _, scenario in _library())


def load_bundled(slug: str) -> Scenario:
    """The bundled scenario of that slug. KeyError if there is none."""
    return _found(slug)[1]


def bundled_script(slug: str, name: str) -> tuple[ScriptLine, ...]:
    """The script `strong` or `weak` of a bundled scenario. KeyError if there is none."""
    folder, scenario = _found(slug)
    path = folder / f"{name}.jsonl"
    if path.parent != folder or not path.is_file():
        raise KeyError(name)
    return load_script(path, scenario)


@cache
def _library() -> tuple[tuple[Path, Scenario], ...]:
    found = ((path.parent, load_file(path)) for path in LIBRARY.glob("*/scenario.yaml"))
    return tuple(sorted(found, key=lambda pair: pair[1].slug))


def _found(slug: str) -> tuple[Path, Scenario]:
    for folder, scenario in _library():
        if scenario.slug == slug:
            return folder, scenario
    raise KeyError(slug)


# --- scripts ----------------------------------------------------------------------------------------


def script(text: str, scenario: Scenario, file: str = "script.jsonl") -> tuple[ScriptLine, ...]:
    """The lines of a rehearsal script, one JSON object a line; empty lines are passed over.

    Raises LoadError with the number of each line that is wrong.
    """
    lines: list[ScriptLine] = []
    problems: list[Problem] = []
    for number, raw in enumerate(_sized(text, file).splitlines(), start=1):
        if raw.strip():
            line, wrong = _script_line(raw, scenario)
            lines += [line] if line else []
            problems += [replace(problem, file=file, line=number) for problem in wrong]
    if not lines and not problems:
        problems.append(Problem((), "there is no line in this script", file))
    if problems:
        raise LoadError(problems)
    return tuple(lines)


def load_script(path: Path, scenario: Scenario) -> tuple[ScriptLine, ...]:
    """The script in this file. Raises LoadError, also when the file cannot be read."""
    return script(_read(path), scenario, str(path))


def _script_line(raw: str, scenario: Scenario) -> tuple[ScriptLine | None, list[Problem]]:
    try:
        line = ScriptLine.model_validate(json.loads(raw))
    except json.JSONDecodeError as error:
        return None, [Problem((), f"this is no JSON: {error.msg} at character {error.colno}")]
    except RecursionError:
        return None, [Problem((), "nested too deeply")]
    except ValidationError as error:
        return None, [_shape_problem(e) for e in error.errors()]
    why = misfit(line, scenario)
    return line, [Problem((), why)] if why else []


# --- YAML, kept small ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Tree:
    """A file's nodes, and the place in the document where they hang."""

    file: str
    root: yaml.Node
    at: Loc = ()


def _trees(text: str, file: str) -> list[_Tree]:
    """The document's tree, and after it that of a rubric it refers to."""
    root = _tree(text, file)
    named = _value(root.root, "rubric")
    if not isinstance(named, yaml.ScalarNode):
        return [root]
    return [root, replace(_rubric(named, file), at=("rubric",))]


def _rubric(named: yaml.ScalarNode, file: str) -> _Tree:
    """The file in the library a rubric's name stands for: a bare name, so it can lead nowhere else."""
    path = LIBRARY / named.value
    known = sorted(p.name for p in LIBRARY.glob("*.yaml"))
    if named.value not in known:
        message = f"there is no rubric {named.value!r} in the library; there is {', '.join(known)}"
        raise LoadError([Problem(("rubric",), message, file, _line(named))])
    return _tree(_read(path), path.name)


def _tree(text: str, file: str) -> _Tree:
    _sized(text, file)
    try:
        problems = list(_forbidden(text, file))
        root = None if problems else yaml.compose(text, Loader=_Yaml)
    except yaml.MarkedYAMLError as error:
        message = f"this is no YAML: {error.problem or error.context}"
        raise LoadError([Problem((), message, file, _marked(error, text))]) from None
    except yaml.YAMLError as error:  # a character no text may hold
        raise LoadError([Problem((), f"this is no YAML: {_first_line(error)}", file)]) from None
    if root is not None:
        problems = list(_twice(root, (), file))
    elif not problems:
        problems = [Problem((), "this file is empty", file)]
    if problems or root is None:
        raise LoadError(problems)
    return _Tree(file, root)


def _marked(error: yaml.MarkedYAMLError, text: str) -> int:
    """The line of the error; what is missing at the end is missing on the last one."""
    mark = error.problem_mark or error.context_mark
    return min(mark.line + 1, len(text.splitlines())) if mark else 0


def _forbidden(text: str, file: str) -> Iterable[Problem]:
    """What this YAML leaves out, found before anything is built from it."""
    depth = 0
    for event in yaml.parse(text, Loader=_Yaml):
        line = _line(event)
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        if isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > DEEPEST:
            yield Problem((), f"nested more than {DEEPEST} levels deep", file, line)
            return
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            yield Problem((), "anchors (&) and aliases (*) are not allowed; write it out", file, line)
        if tag := getattr(event, "tag", None):
            yield Problem((), f"tags are not allowed: {tag}", file, line)


def _twice(node: yaml.Node, loc: Loc, file: str) -> Iterable[Problem]:
    """Keys that a mapping holds twice, or that are no plain words."""
    if isinstance(node, yaml.SequenceNode):
        for n, item in enumerate(node.value):
            yield from _twice(item, (*loc, n), file)
    if isinstance(node, yaml.MappingNode):
        seen: dict[str, int] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                yield Problem(loc, "a key must be a plain word", file, _line(key))
                continue
            if key.value in seen:
                message = f"{key.value!r} stands here twice, first on line {seen[key.value]}"
                yield Problem((*loc, key.value), message, file, _line(key))
            seen.setdefault(key.value, _line(key))
            yield from _twice(value, (*loc, key.value), file)


def _plain_data(node: yaml.Node) -> Any:
    """The nodes as dicts, lists and text."""
    if isinstance(node, yaml.MappingNode):
        return {key.value: _plain_data(value) for key, value in node.value}
    if isinstance(node, yaml.SequenceNode):
        return [_plain_data(item) for item in node.value]
    return node.value


# --- shape ----------------------------------------------------------------------------------------------


def _shaped(trees: list[_Tree]) -> Scenario:
    document = _plain_data(trees[0].root)
    for tree in trees[1:]:
        document[tree.at[0]] = _plain_data(tree.root)
    if isinstance(document, Mapping) and document.get("schema_version") == "1":
        document = {**document, "schema_version": 1}  # the one field that is a literal number
    try:
        return Scenario.model_validate(document)
    except ValidationError as error:
        problems = [_shape_problem(e) for e in error.errors()]
    raise LoadError(_placed(problem, trees) for problem in problems)


MESSAGES = {
    "missing": "this field is missing",
    "extra_forbidden": "there is no such field; is it misspelt?",
    "model_type": "this must be a mapping of fields",
    "tuple_type": "this must be a list",
    "string_type": "this must be text",
}


MENDS = {
    "missing": "Write it here, at the level of its neighbours.",
    "extra_forbidden": "Take the name from the schema (`manage.py scenarios schema`), or take the field out.",
    "model_type": "Write `field: value` lines below it, two spaces further in.",
    "tuple_type": "Write its entries below it, each behind a dash: `- one`.",
    "string_type": "Write words; in quotes where they begin with a sign such as : or [.",
    "string_pattern_mismatch": "Use small letters, digits and _ (in `slug` -), a letter first.",
    "int_parsing": "Write a whole number.",
    "float_parsing": "Write a number, with a point: 1.5.",
    "bool_parsing": "Write true or false.",
    "literal_error": "Write one of these words.",
    "string_too_long": "Shorten it, or split it in two.",
    "too_short": "Write more of them.",
    "too_long": "Leave some out.",
}
MEND = "Give a value within these limits."


def _shape_problem(error: ErrorDetails) -> Problem:
    return Problem(_loc(error), _plain(error), mend=MENDS.get(error["type"], MEND))


def _plain(error: ErrorDetails) -> str:
    return MESSAGES.get(error["type"], error["msg"].removeprefix("Value error, "))


def _loc(error: ErrorDetails) -> Loc:
    return tuple(error["loc"])


def _placed(problem: Problem, trees: list[_Tree]) -> Problem:
    """The problem with the file and line of the nearest thing that is written."""
    tree = next((t for t in reversed(trees) if problem.loc[: len(t.at)] == t.at), trees[0])
    return replace(problem, file=tree.file, line=_nearest(tree.root, problem.loc[len(tree.at) :]))


def _nearest(node: yaml.Node, loc: Loc) -> int:
    """The line of the node at `loc`, or of the last one on the way there."""
    line = _line(node)
    for step in loc:
        if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
            node = node.value[step]
            line = _line(node)
            continue
        found = (
            [(k, v) for k, v in node.value if k.value == step] if isinstance(node, yaml.MappingNode) else []
        )
        if not found:
            break
        line, node = _line(found[0][0]), found[0][1]
    return line


def _value(node: yaml.Node, key: str) -> yaml.Node | None:
    pairs = node.value if isinstance(node, yaml.MappingNode) else []
    return next((value for name, value in pairs if name.value == key), None)


def _line(item: yaml.Node | yaml.Event) -> int:
    return item.start_mark.line + 1 if item.start_mark else 0


# --- files ------------------------------------------------------------------------------------------------


def _read(path: Path) -> str:
    try:
        with path.open("rb") as file:
            raw = file.read(LARGEST + 1)
        return raw.decode("utf-8") if len(raw) <= LARGEST else _too_large(str(path))
    except OSError as error:
        raise LoadError([Problem((), f"cannot be read: {error.strerror}", str(path))]) from None
    except UnicodeDecodeError:
        raise LoadError([Problem((), "is not text in UTF-8", str(path))]) from None


def _sized(text: str, file: str) -> str:
    return text if len(text.encode("utf-8", "replace")) <= LARGEST else _too_large(file)


def _too_large(file: str) -> str:
    raise LoadError([Problem((), f"is larger than {LARGEST // 1024} KiB", file)])


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0]

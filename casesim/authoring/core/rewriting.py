"""A scenario's text with other injects: only what changed is written anew. Pure.

Every inject that stays keeps its lines and the comments above it; one that changes keeps the lines of the
fields that do not. What is lost: comments inside a field that changes, and above an inject that goes. Where
the injects are not written as a list of blocks, the whole section is written anew.
"""

import re
import textwrap
from collections.abc import Sequence
from typing import Any

import yaml

from casesim.authoring.core.timeline import Changes, condition_of, flow, quoted
from scenarios.core.schema import Inject

WIDTH = 106
INLINE = 88  # characters up to which a text stays on the line of its field
SAFE = re.compile(r"[A-Za-z0-9][^:#\n\"'\[\]{}&*!|>%@`]*")
FIELDS = (
    "key", "phase", "role", "kind", "wrong_on_purpose", "title", "text", "dimensions", "expected", "reveals",
    "when",
)  # fmt: skip

Block = list[str]


def rewritten(text: str, found: Changes) -> tuple[str, list[str]]:
    """The text with these injects, and what was lost on the way, in sentences."""
    lines = text.splitlines()
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    section = _section(root)
    if section is None or not _is_blocks(section[1]):
        return _anew(lines, root, section, found.injects)
    key, value = section
    starts = [item.start_mark.line for item in value.value]
    end = _content_end(lines, starts[-1], _next_line(root, key, len(lines)))
    leads, bodies = _blocks(lines, key.start_mark.line + 1, starts, end)
    known = {_field(item, "key"): n for n, item in enumerate(value.value)}
    begin = _prefix(lines, value.value[0])
    changed = {c.key: set(c.fields) for c in found.changed}
    out: list[str] = []
    for inject in found.injects:
        if (n := known.get(inject.key)) is None:
            out += ["", *_written(inject, begin)] if out else _written(inject, begin)
        elif inject.key in changed:
            fields = _places(value.value[n], starts[n])
            out += [*leads[n], *_patched(bodies[n], fields, inject, changed[inject.key])]
        else:
            out += [*leads[n], *bodies[n]]
    head = lines[: key.start_mark.line + 1]
    return "\n".join([*head, *out, *lines[end:]]) + "\n", _lost(found)


def _lost(found: Changes) -> list[str]:
    told = []
    if found.changed:
        told.append("Comments inside the fields that change are lost.")
    if found.removed:
        told.append("Comments right above the injects that go are lost.")
    return told


# --- where things stand -----------------------------------------------------------------------------------


def _section(root: Any) -> tuple[Any, Any] | None:
    return next(((k, v) for k, v in root.value if k.value == "injects"), None)


def _is_blocks(value: Any) -> bool:
    """A list of mappings, each field on lines of its own."""
    items = value.value if isinstance(value, yaml.SequenceNode) else []
    return (
        bool(items)
        and not value.flow_style
        and all(isinstance(i, yaml.MappingNode) and not i.flow_style for i in items)
    )


def _next_line(root: Any, key: Any, last: int) -> int:
    """The line of the section after this one."""
    return min(
        (k.start_mark.line for k, _ in root.value if k.start_mark.line > key.start_mark.line), default=last
    )


def _content_end(lines: list[str], start: int, end: int) -> int:
    """The end without blank lines and comments, which belong to what follows."""
    while end > start + 1 and (not lines[end - 1].strip() or lines[end - 1].lstrip().startswith("#")):
        end -= 1
    return end


def _blocks(lines: list[str], first: int, starts: list[int], end: int) -> tuple[list[Block], list[Block]]:
    """(comments above, lines) of each inject."""
    leads, bodies, since = [], [], first
    for n, start in enumerate(starts):
        until = _content_end(lines, start, starts[n + 1]) if n + 1 < len(starts) else end
        leads.append(lines[since:start])
        bodies.append(lines[start:until])
        since = until
    return leads, bodies


def _field(item: Any, name: str) -> str:
    return next((v.value for k, v in item.value if k.value == name), "")


def _places(item: Any, start: int) -> dict[str, tuple[int, int | None]]:
    """field -> (first line, line after), counted from the block's first line; None: to its end."""
    begins = [(k.value, k.start_mark.line - start) for k, _ in item.value]
    ends = [*(line for _, line in begins[1:]), None]
    return {name: (line, end) for (name, line), end in zip(begins, ends, strict=True)}


# --- writing ------------------------------------------------------------------------------------------------


def _patched(
    body: Block, places: dict[str, tuple[int, int | None]], inject: Inject, columns: set[str]
) -> Block:
    """The block with the changed fields written anew, in their places; new ones at its end."""
    fields = {name if name in FIELDS else "when" for name in columns}
    values, begin = plain(inject), re.match(r"\s*-\s+", body[0])
    prefix = begin[0] if begin else "  - "
    out: Block = []
    for name, (first, end) in sorted(places.items(), key=lambda pair: pair[1][0]):
        old = body[first:end]
        if name not in fields:
            out += old
        elif name in values:
            new = _field_lines(name, values[name], len(prefix))
            out += _begun(new, prefix) if first == 0 else new
    for name in FIELDS:
        if name in fields and name not in places and name in values:
            out += _field_lines(name, values[name], len(prefix))
    return out


def _written(inject: Inject, prefix: str) -> Block:
    lines = [line for name, v in plain(inject).items() for line in _field_lines(name, v, len(prefix))]
    return _begun(lines, prefix)


def _prefix(lines: list[str], item: Any) -> str:
    """What stands before the first field of a list's item: its dash, as far in as the others."""
    return str(lines[item.start_mark.line][: item.start_mark.column])


def _begun(lines: Block, prefix: str) -> Block:
    return [prefix + lines[0].lstrip(), *lines[1:]]


def plain(i: Inject) -> dict[str, Any]:
    """The fields an author would write, in their usual order."""
    when = i.when.model_dump(mode="json", exclude_defaults=True, exclude={"condition"})
    if i.when.condition is not None:
        when = {"condition": condition_of(i.when.condition), **when}
    if i.when.owed:
        when["before_end"] = i.when.before_end
    given = {
        "key": i.key, "phase": i.phase, "role": i.role, "kind": i.kind,
        "wrong_on_purpose": i.wrong_on_purpose, "title": i.title, "text": i.text,
        "dimensions": list(i.dimensions), "expected": i.expected, "reveals": list(i.reveals), "when": when,
    }  # fmt: skip
    return {name: value for name, value in given.items() if value not in (False, [])}


def _field_lines(name: str, value: Any, indent: int) -> Block:
    pad = " " * indent
    if not isinstance(value, str):
        return [f"{pad}{name}: {flow(value)}"]
    if SAFE.fullmatch(value) and value == value.strip() and len(value) <= INLINE:
        return [f"{pad}{name}: {value}"]
    if len(value) <= INLINE or value != " ".join(value.split()):
        return [f"{pad}{name}: {quoted(value)}"]
    inner = textwrap.wrap(value, WIDTH - indent - 2, break_long_words=False, break_on_hyphens=False)
    return [f"{pad}{name}: >-", *(f"{pad}  {line}" for line in inner)]


def _anew(
    lines: list[str], root: Any, section: tuple[Any, Any] | None, injects: Sequence[Inject]
) -> tuple[str, list[str]]:
    """The whole section written anew, where the old one stood or at the end."""
    new = ["injects:", *(line for i in injects for line in _written(i, "  - "))]
    if section is None:
        return "\n".join([*lines, "", *new]) + "\n", []
    start = section[0].start_mark.line
    end = _content_end(lines, start, _next_line(root, section[0], len(lines)))
    lost = ["The injects were not written as a list of blocks: their layout and comments are lost."]
    return "\n".join([*lines[:start], *new, *lines[end:]]) + "\n", lost

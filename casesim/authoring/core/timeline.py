"""The injects of a scenario as rows of a spreadsheet, and back: what a changed sheet would change. Pure.

A row is a mapping from column to text. What begins like a formula is exported with an apostrophe before it,
so that no spreadsheet reckons with it; on the way back that apostrophe is taken off.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from scenarios.core.schema import Condition, Inject, Scenario

COLUMNS = (
    "key", "phase", "role", "kind", "title", "text", "dimensions", "expected", "wrong_on_purpose", "reveals",
    "at", "condition", "after", "owed", "before_end",
)  # fmt: skip
WHEN = ("at", "condition", "after", "owed", "before_end")
LISTS = ("dimensions", "reveals")
FLAGS = {"wrong_on_purpose", "owed"}
YES = {"yes": True, "true": True, "x": True, "1": True, "": False, "no": False, "false": False, "0": False}
SIGNS = ("=", "+", "-", "@", "\t", "\r", "'")  # with which a cell would be more than text

Row = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class BadCell:
    """A cell that cannot be read, and why. `row` as the spreadsheet counts: the header is row 1."""

    sheet: str
    row: int
    column: str
    message: str

    def __str__(self) -> str:
        return f"{self.sheet}, row {self.row}, column {self.column}: {self.message}"


@dataclass(frozen=True, slots=True)
class Change:
    """One inject that a sheet would change: which fields, as they are and as they would be."""

    key: str
    fields: dict[str, tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Changes:
    """What a sheet would change."""

    injects: tuple[Inject, ...]  # as the sheet has them
    added: tuple[str, ...] = ()
    changed: tuple[Change, ...] = ()
    removed: tuple[str, ...] = ()
    moved: bool = False  # those that stay stand in another order
    bad: tuple[BadCell, ...] = field(default=())

    @property
    def any(self) -> bool:
        return bool(self.added or self.changed or self.removed or self.moved)


# --- out ------------------------------------------------------------------------------------------------


def rows(scenario: Scenario) -> list[dict[str, str]]:
    """One row an inject, in the scenario's order."""
    return [row_of(inject) for inject in scenario.injects]


def row_of(i: Inject) -> dict[str, str]:
    when = i.when
    return {
        "key": i.key,
        "phase": i.phase,
        "role": i.role,
        "kind": i.kind,
        "title": i.title,
        "text": i.text,
        "dimensions": ", ".join(i.dimensions),
        "expected": i.expected,
        "wrong_on_purpose": _flag(i.wrong_on_purpose),
        "reveals": ", ".join(i.reveals),
        "at": "" if when.at is None else str(when.at),
        "condition": "" if when.condition is None else flow(condition_of(when.condition)),
        "after": str(when.after) if when.after else "",
        "owed": _flag(when.owed),
        "before_end": str(when.before_end) if when.owed else "",
    }


def condition_of(condition: Condition) -> dict[str, Any]:
    """The fields of a condition that say something."""
    found: dict[str, Any] = condition.model_dump(mode="json", exclude_defaults=True)
    return found


def flow(value: Any) -> str:
    """The value as YAML on one line: `{heard: [hedges], after: 60}`."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {flow(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(flow, value)) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(value)
    return text if text.replace("_", "").replace(" ", "").isalnum() else quoted(text)


def quoted(text: str) -> str:
    """In double quotes, as YAML and JSON both read it."""
    out = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return f'"{out}"'


def harmless(text: str) -> str:
    """The text as a cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(SIGNS) else text


def as_written(cell: str) -> str:
    """The text of a cell without the apostrophe that made it harmless."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(SIGNS) else cell


def _flag(value: bool) -> str:
    return "yes" if value else ""


# --- in -------------------------------------------------------------------------------------------------


def changes(
    scenario: Scenario, sheet: str, found: Sequence[tuple[int, Row, Any]], bad: Iterable[BadCell] = ()
) -> Changes:
    """What these rows would change. `found`: (row number, row, condition as plain data) of each row."""
    wrong, injects, seen = list(bad), [], dict[str, int]()
    for number, row, condition in found:
        inject, problems = _inject(sheet, number, row, condition)
        if inject is not None and (first := seen.setdefault(inject.key, number)) != number:
            problems = [BadCell(sheet, number, "key", f"{inject.key!r} stands already in row {first}")]
        wrong += problems
        injects += [inject] if inject is not None and not problems else []
    if wrong:
        return Changes(tuple(injects), bad=tuple(sorted(wrong, key=lambda cell: cell.row)))
    return _compared(scenario, tuple(injects))


def _compared(scenario: Scenario, injects: tuple[Inject, ...]) -> Changes:
    before, after = ({i.key: i for i in some} for some in (scenario.injects, injects))
    stays = [key for key in before if key in after]
    return Changes(
        injects,
        added=tuple(key for key in after if key not in before),
        changed=tuple(Change(key, fields) for key in stays if (fields := _fields(before[key], after[key]))),
        removed=tuple(key for key in before if key not in after),
        moved=stays != [key for key in after if key in before],
    )


def _fields(before: Inject, after: Inject) -> dict[str, tuple[str, str]]:
    old, new = row_of(before), row_of(after)
    return {name: (old[name], new[name]) for name in COLUMNS if old[name] != new[name]}


def _inject(sheet: str, number: int, row: Row, condition: Any) -> tuple[Inject | None, list[BadCell]]:
    """The inject of a row, or the cells that are wrong in it."""
    given: dict[str, Any] = {name: row[name] for name in COLUMNS if name not in WHEN and row.get(name)}
    given |= {name: _parts(given[name]) for name in LISTS if name in given}
    when: dict[str, Any] = {name: row[name] for name in WHEN if name != "condition" and row.get(name)}
    bad = []
    for place in (given, when):
        for name in FLAGS & place.keys():
            if (said := YES.get(place[name].casefold())) is None:
                bad.append(BadCell(sheet, number, name, f"{place[name]!r} is neither yes nor no"))
            place[name] = bool(said)
    if condition:
        when["condition"] = condition
    try:
        inject = Inject.model_validate({**given, "when": when})
    except ValidationError as error:
        problems = error.errors(include_url=False, include_input=False)
        return None, [*bad, *(BadCell(sheet, number, _column(e["loc"]), _plain(e)) for e in problems)]
    return inject, bad


def _parts(cell: str) -> list[str]:
    return [part.strip() for part in cell.split(",") if part.strip()]


def _column(loc: tuple[int | str, ...]) -> str:
    names = [str(step) for step in loc if step != "when"]
    return next((name for name in names if name in COLUMNS), names[0] if names else "key")


def _plain(error: Any) -> str:
    return "this cell is empty" if error["type"] == "missing" else str(error["msg"])

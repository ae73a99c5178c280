"""Heads as JSON, made section by section, and only where an event touched what a section is made of."""

import json
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from rooms.core.head import SECTIONS, Section
from rooms.core.state import State
from scenarios.core.schema import Scenario

PARTS = tuple(f.name for f in fields(State) if any(f.name in s.of for s in SECTIONS))
TOUCHED_BY = {part: frozenset(i for i, s in enumerate(SECTIONS) if part in s.of) for part in PARTS}
NOTHING = "{}"


class Heads:
    """The heads of one room as last handed out.

    `around` is what is not in the log: who has a page open, whether bots wait.
    """

    def __init__(self, scenario: Scenario) -> None:
        self._scenario = scenario
        self._state = State()
        self._around: dict[str, str] = {}
        self._around_of: Mapping[str, Any] = {}  # what the texts were made of
        self._texts: dict[tuple[int, str], str] = {}  # (section, seat or "") -> its text as last made

    def whole(self, seat: str) -> str:
        """The seat's whole head."""
        texts = {s.name: self._make(i, s, self._state, seat) for i, s in _sections(self._state, seat)}
        return _object(texts | self._around)

    def turn(self, state: State, around: Mapping[str, Any]) -> "Turn":
        """What changed since the last turn, to be asked seat by seat."""
        before, self._state = self._state, state
        parts = (p for p in PARTS if getattr(before, p) is not getattr(state, p))
        touched = frozenset().union(*(TOUCHED_BY[part] for part in parts))
        return Turn(self, state, touched, self._changed(around))

    def _changed(self, around: Mapping[str, Any]) -> dict[str, str]:
        """The texts of what is around that are not as they were."""
        if around == self._around_of:
            return {}
        before, self._around = self._around, {name: _json(value) for name, value in around.items()}
        self._around_of = around
        return {name: text for name, text in self._around.items() if before.get(name) != text}

    def remade(self, number: int, section: Section, state: State, seat: str) -> str | None:
        """The section's new text, or None if it came out as it was."""
        before = self._texts.get((number, "" if section.shared else seat))
        now = self._make(number, section, state, seat)
        return now if now != before else None

    def _make(self, number: int, section: Section, state: State, seat: str) -> str:
        text = _json(section.build(self._scenario, state, seat))
        self._texts[number, "" if section.shared else seat] = text
        return text


class Turn:
    """One hand-out: each shared section is made once, for the first seat that has it."""

    def __init__(self, heads: Heads, state: State, touched: frozenset[int], around: dict[str, str]) -> None:
        self._heads = heads
        self._state = state
        self._touched = touched
        self._around = around
        self._remade: dict[int, str | None] = {}

    def of(self, seat: str) -> str:
        """The sections of the seat's head that changed, as JSON; `{}` if none did."""
        texts: dict[str, str | None] = dict(self._around)
        if self._touched:
            for number, section in _sections(self._state, seat):
                if number in self._touched:
                    texts[section.name] = self._text(number, section, seat)
        changed = {name: text for name, text in texts.items() if text is not None}
        return _object(changed) if changed else NOTHING

    def _text(self, number: int, section: Section, seat: str) -> str | None:
        if not section.shared:
            return self._heads.remade(number, section, self._state, seat)
        if number not in self._remade:
            self._remade[number] = self._heads.remade(number, section, self._state, seat)
        return self._remade[number]


def _sections(state: State, seat: str) -> list[tuple[int, Section]]:
    return OF_KIND[state.seats[seat].kind]


OF_KIND = {
    kind: [(i, s) for i, s in enumerate(SECTIONS) if kind in s.kinds]
    for kind in ("candidate", "panel", "facilitator", "rater", "observer")
}


def _object(sections: dict[str, str]) -> str:
    """Sections by name, those with a dot inside their outer one, as a JSON object."""
    outer: dict[str, list[str]] = {}
    plain = []
    for name, text in sections.items():
        before, dot, inner = name.partition(".")
        if dot:
            outer.setdefault(before, []).append(f'"{inner}":{text}')
        else:
            plain.append(f'"{name}":{text}')
    plain += [f'"{name}":{{{",".join(parts)}}}' for name, parts in outer.items()]
    return "{" + ",".join(plain) + "}"


def _json(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)

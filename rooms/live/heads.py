"""Heads as JSON, made section by section, and only where an event changed what a section is made of."""

import json
from collections.abc import Iterable
from typing import Any

from rooms.core.head import SECTIONS, Section
from rooms.core.state import State
from scenarios.core.schema import Scenario

Parts = tuple[Any, ...]


class Heads:
    """The heads of one room. `here` is told apart: who has a page open is not in the log."""

    def __init__(self, scenario: Scenario) -> None:
        self._scenario = scenario
        self._made: dict[
            tuple[int, str], tuple[Parts, str]
        ] = {}  # (section, seat or "") -> its parts, its text
        self._shown: dict[str, dict[str, str]] = {}  # seat -> section -> the text last handed out

    def whole(self, state: State, seat: str, here: Iterable[str]) -> str:
        """The seat's whole head."""
        return _object(self._sections(state, seat, here))

    def change(self, state: State, seat: str, here: Iterable[str]) -> str:
        """The sections that differ from those last handed out to the seat; `{}` if none does."""
        now = self._sections(state, seat, here)
        before = self._shown.get(seat, {})
        self._shown[seat] = now
        return _object({name: text for name, text in now.items() if before.get(name) != text})

    def _sections(self, state: State, seat: str, here: Iterable[str]) -> dict[str, str]:
        kind = state.seats[seat].kind
        texts = {
            section.name: self._text(number, section, state, seat)
            for number, section in enumerate(SECTIONS)
            if kind in section.kinds
        }
        texts["here"] = _json(list(here))
        return texts

    def _text(self, number: int, section: Section, state: State, seat: str) -> str:
        key = (number, "" if section.shared else seat)
        parts = tuple(getattr(state, name) for name in section.of)
        made = self._made.get(key)
        # the fold never changes a part in place: the same object is the same content
        if made is not None and all(a is b for a, b in zip(made[0], parts, strict=True)):
            return made[1]
        text = _json(section.build(self._scenario, state, seat))
        if made is not None and made[1] == text:
            text = made[1]
        self._made[key] = (parts, text)
        return text


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

"""Outcomes as people write them: `room,good,known`, yes or no, the day it was known. And a report's score."""

import csv
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from io import StringIO
from math import log
from typing import NamedTuple

from scoring.core.outcomes.outcome import BadOutcomes
from scoring.core.proportions import Z90

COLUMNS = ["room", "good", "known"]
ANSWERS = {"yes": True, "no": False}
MOST = 100_000  # lines
EDGE = 1e-3  # of the scale, so that its ends have a logit


class Recorded(NamedTuple):
    """What somebody recorded of one room's candidate."""

    room: str
    good: bool
    known: date


def read_outcomes(text: str, scored: Mapping[str, date], today: date) -> tuple[Recorded, ...]:
    """The rows of a table; `scored` has the day each room ended. Raises BadOutcomes naming every bad line."""
    rows = _rows(text)
    if not rows or [cell.strip().lower() for cell in rows[0]] != COLUMNS:
        raise BadOutcomes(f"Line 1 must be {','.join(COLUMNS)}.")
    if len(rows) > MOST:
        raise BadOutcomes(f"There are {len(rows)} lines; at most {MOST} are read.")
    lines = [(n, [cell.strip() for cell in row]) for n, row in enumerate(rows[1:], 2) if any(row)]
    if wrong := [*_wrong(lines, scored, today)]:
        raise BadOutcomes("\n".join(wrong))
    return tuple(recorded(*cells) for _, cells in lines)


def recorded(room: str, good: str, known: str) -> Recorded:
    """One outcome in which there is no `problem`."""
    return Recorded(room, ANSWERS[good.lower()], date.fromisoformat(known))


def problem(room: str, good: str, known: str, scored: Mapping[str, date], today: date) -> str | None:
    """What is wrong with one outcome as it was written, by its field; None if nothing is."""
    if room not in scored:
        return f"room: there is no room {room[:40]!r} with a final report here"
    if good.lower() not in ANSWERS:
        return f"good: yes or no, not {good[:20]!r}"
    try:
        day = date.fromisoformat(known)
    except ValueError:
        return f"known: a day like 2026-03-31, not {known[:20]!r}"
    if not scored[room] < day <= today:
        return f"known: after the interview ({scored[room]}) and not after today, not {day}"
    return None


def on_logits(value: float, interval: tuple[float, float], scale: tuple[int, int]) -> tuple[float, float]:
    """Mean and variance of the logit of a score's share of the scale, from its 90 % interval."""
    low, high = (_logit(end, scale) for end in interval)
    return _logit(value, scale), ((high - low) / (2 * Z90)) ** 2


def _logit(value: float, scale: tuple[int, int]) -> float:
    share = min(max((value - scale[0]) / (scale[1] - scale[0]), EDGE), 1 - EDGE)
    return log(share / (1 - share))


def _rows(text: str) -> list[list[str]]:
    try:
        return list(csv.reader(StringIO(text.removeprefix("\ufeff")), strict=True))
    except csv.Error as error:
        raise BadOutcomes(f"This is no CSV: {error}.") from None


def _wrong(lines: Iterable[tuple[int, list[str]]], scored: Mapping[str, date], today: date) -> Iterator[str]:
    seen: set[str] = set()
    for number, cells in lines:
        if len(cells) != len(COLUMNS):
            yield f"Line {number}: {len(cells)} cells, not {len(COLUMNS)}."
            continue
        if why := problem(cells[0], cells[1], cells[2], scored, today):
            yield f"Line {number}, {why}."
        if cells[0] in seen:
            yield f"Line {number}, room: {cells[0]!r} stands on an earlier line too."
        seen.add(cells[0])

"""A room recorded for raters to practise on: what is kept of its log, and the reference marks. Pure."""

import json
from collections.abc import Iterable, Sequence
from typing import Annotated

from pydantic import Field

from rooms.core import messages as m
from rooms.core.state import fold
from scenarios.core.schema import Doc, Key, Line, Rubric, Text
from scoring.core.record import Seen, speaker, words

RATER = "rater1"  # the seat a recording is rated from
COMING = (m.SeatTaken, m.SeatLeft)

Lines = tuple[tuple[int, m.AnyEvent], ...]  # (ms, event)


class BadRecording(ValueError):
    """A recording or its reference marks do not hold; the message says where."""


class Reference(Doc):
    """One dimension as it should be marked. `quotes` are the candidate's words, as in the recording."""

    level: int | None  # None: nothing in the room probed it
    reason: Text
    quotes: Annotated[tuple[Text, ...], Field(max_length=6)] = ()


class Sheet(Doc):
    """What stands beside a recording: what it is, how it was made, and its reference marks."""

    title: Line
    about: Text  # read before rating, so it gives nothing away
    lesson: Text | None = None  # read afterwards
    scenario: Key
    candidate: Line  # the script it was made with
    seed: int = 0
    marked_by: Line
    closing: Reference
    marks: dict[Key, Reference]


def recorded(lines: Iterable[Seen], rater: str = RATER) -> Lines:
    """What one rater saw of a room, without who sat in the raters' chairs: those who practise sit there."""
    kept = []
    for line in lines:
        event = line.event
        if isinstance(event, m.RoomOpened):
            seats = tuple(s for s in event.seats if s.kind != "rater" or s.seat == rater)
            raters = {s.seat for s in event.seats if s.kind == "rater"}
            event = event.model_copy(update={"seats": seats})
        if not (isinstance(event, COMING) and event.seat in raters):
            kept.append((line.at, event))
    return tuple(kept)


def written(lines: Lines) -> str:
    """A recording as text, one line an event."""
    return "".join(
        json.dumps(
            {"at": at, "to": event.to, "event": event.model_dump(mode="json", exclude={"to"})},
            ensure_ascii=False,
            separators=(",", ":"),
        )
        + "\n"
        for at, event in lines
    )


def read(text: str) -> Lines:
    """A recording from its text. BadRecording names the line that is no event."""
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        try:
            stored = json.loads(line)
            event = m.EVENTS.validate_python(stored["event"])
            to = None if stored["to"] is None else tuple(stored["to"])
            found.append((int(stored["at"]), event.model_copy(update={"to": to})))
        except (ValueError, KeyError, TypeError) as error:
            raise BadRecording(f"line {number} is no event: {error}") from None
    return tuple(found)


def check(lines: Lines, sheet: Sheet, rubric: Rubric) -> list[str]:
    """What does not hold: the room folds to its end, the marks are the rubric's, quotes were said."""
    problems = []
    if fold(lines).status != "ended":
        problems.append("the room does not come to its end")
    said = spoken(lines)
    levels = {d.key: {level.value for level in d.levels} for d in rubric.dimensions}
    if odd := sorted(levels.keys() ^ sheet.marks.keys()):
        problems.append(f"marks: {', '.join(odd)} are not on both sides")
    for key, mark in sheet.marks.items():
        if mark.level is not None and mark.level not in levels.get(key, set()):
            problems.append(f"marks.{key}.level: {mark.level} is no level")
        problems += [f"marks.{key}.quotes: nobody said {q!r}" for q in mark.quotes if q not in said]
    return problems


def spoken(lines: Lines) -> str:
    """Everything the candidate said, as one text."""
    said: Sequence[str | None] = [words(event) for _, event in lines if speaker(event) == "candidate"]
    return "\n".join(text for text in said if text)

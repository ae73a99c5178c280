"""What a loop's report is made from, and what to keep of it so that it can be made again."""

import hashlib

from rooms.core.messages import Adjusted
from scenarios.core.schema import Doc, Rubric
from scoring.core.decision.rule import Rule
from scoring.core.facets.document import VERSION as MODEL
from scoring.core.model import standard
from scoring.core.report import MadeFrom, ReportInput, as_it_was, canonical, made_from

VERSION = 1  # of the form of a loop's report; part of its digest

Focus = dict[str, tuple[str, ...]]  # rater's seat -> the dimensions they were asked to watch above all


class RoomInput(Doc):
    """One room of the loop, as its own report takes it, and what each of its raters was to watch."""

    given: ReportInput
    focus: Focus = {}

    @property
    def extra_time(self) -> int:
        """Per cent, as was agreed for this room."""
        return next((e.event.extra_time for e in self.given.record if isinstance(e.event, Adjusted)), 0)


class LoopInput(Doc):
    """All that a report on one candidate's loop is made from.

    `rooms`: those whose sheets may be seen, in the order in which they were played; `missing`: the titles of
    those that are still to be played or rated. `calibration`: the digest of what the marks are held against.
    """

    loop: int
    candidate: str
    seniority: str = ""  # key; "": as written
    rooms: tuple[RoomInput, ...]
    missing: tuple[str, ...] = ()
    rule: Rule = Rule()
    calibration: str = ""


class LoopMadeFrom(Doc):
    """What, of the things that go on changing, a loop's report was made from. Room id -> the room's own."""

    candidate: str
    rooms: dict[str, MadeFrom]
    order: tuple[str, ...]
    missing: tuple[str, ...]
    rule: Rule
    calibration: str


def digest(given: LoopInput) -> str:
    """What names a loop's report: the hash of all that it is made from and by."""
    made_by = f"loop report {VERSION}\n{MODEL}\n".encode()
    return hashlib.sha256(made_by + canonical(given)).hexdigest()


def kept(given: LoopInput) -> LoopMadeFrom:
    """What to keep of an input beside the report."""
    return LoopMadeFrom(
        candidate=given.candidate,
        rooms={each.given.room: made_from(each.given) for each in given.rooms},
        order=tuple(each.given.room for each in given.rooms),
        missing=given.missing,
        rule=given.rule,
        calibration=given.calibration,
    )


def then(now: LoopInput, was: LoopMadeFrom) -> LoopInput:
    """The input that a report was made from, out of what its rooms hold now: logs and sheets only grow."""
    rooms = {each.given.room: each for each in now.rooms}
    return now.model_copy(
        update={
            "candidate": was.candidate,
            "rooms": tuple(
                rooms[room].model_copy(update={"given": as_it_was(rooms[room].given, was.rooms[room])})
                for room in was.order
            ),
            "missing": was.missing,
            "rule": was.rule,
            "calibration": was.calibration,
        }
    )


def unlike(rubric: Rubric, other: Rubric) -> str:
    """Why marks by these two rubrics cannot be put together; empty if they can.

    Their scales must be the same, and so must weights, floors and bar: a candidate has one standard.
    """
    if (rubric.key, rubric.version) != (other.key, other.version):
        return f"it is rated by {other.name}, version {other.version}"
    if [(d.key, d.levels) for d in rubric.dimensions] != [(d.key, d.levels) for d in other.dimensions]:
        return "its dimensions or their levels are others"
    if standard(rubric, "") != standard(other, ""):
        return "its weights, floors or bar are others"
    return ""

"""What a person has to do, from the seats they hold."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Page = Literal["room", "sheet", "debrief", "report"]


@dataclass(frozen=True, slots=True)
class Held:
    """A seat somebody holds, and how far its room and its scoring are."""

    room: str
    room_title: str
    seat: str
    kind: str
    seat_title: str
    stage: Literal["lobby", "running", "ended"]
    starts_at: int | None  # ms
    created_at: int  # ms
    sheet_in: bool
    may_read: bool  # the report
    signed: bool
    recording: bool = False  # a recorded room, rated for practice: there is nobody to talk it over with


@dataclass(frozen=True, slots=True)
class Task:
    """One entry: which page of which seat."""

    page: Page
    held: Held


@dataclass(frozen=True, slots=True)
class Errand:
    """Something to do that hangs on no seat: what, about what, and the address of its page."""

    what: str
    about: str
    address: str


@dataclass(frozen=True, slots=True)
class Todo:
    """Everything one person has to do, in the order in which it is shown."""

    rooms: tuple[Task, ...]
    sheets: tuple[Task, ...]
    feedback: tuple[Task, ...]
    reports: tuple[Task, ...]
    cohorts: tuple[Errand, ...] = ()
    loops: tuple[Errand, ...] = ()

    def __bool__(self) -> bool:
        seats = self.rooms or self.sheets or self.feedback or self.reports
        return bool(seats or self.cohorts or self.loops)


def todo(held: Iterable[Held]) -> Todo:
    """Rooms that run before rooms to come, by their time; then what was left to do, the newest first."""
    seats = sorted(held, key=lambda h: -h.created_at)
    over = [h for h in seats if h.stage == "ended"]
    ahead = sorted((h for h in seats if h.stage != "ended"), key=_when)
    return Todo(
        rooms=tuple(Task("sheet" if h.kind == "rater" else "room", h) for h in ahead),
        sheets=tuple(Task("sheet", h) for h in over if _owes_sheet(h)),
        feedback=tuple(Task("debrief", h) for h in over if _owes_feedback(h)),
        reports=tuple(Task("report", h) for h in over if h.may_read),
    )


def _when(held: Held) -> tuple[bool, bool, int]:
    """Running first; then those with a time, the soonest first; then the rest."""
    return held.stage != "running", held.starts_at is None, held.starts_at or -held.created_at


def _owes_sheet(held: Held) -> bool:
    return held.kind == "rater" and not held.sheet_in


def _owes_feedback(held: Held) -> bool:
    """The debrief is the panel's, and a rater's once their own sheet is in; signing ends it."""
    return not (held.signed or held.recording) and (
        held.kind in ("facilitator", "panel") or (held.kind == "rater" and held.sheet_in)
    )

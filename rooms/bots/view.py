"""What a persona may know, and what it may want: the two types between a persona and its runner.

A View holds what a person in that seat would have before them: their own role document, the
facts and data sets they hold, and their own feed. Nothing of another seat's private papers is
in it, so nothing of them can come out.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from rooms.core.feed import Item
from rooms.core.messages import AnyCommand
from scenarios.core.schema import DataSet, Fact, Phase, Role

__all__ = ["Item", "Move", "View"]


@dataclass(frozen=True, slots=True)
class View:
    """The room as one seat sees it at `now`. All times are milliseconds since 1970, UTC."""

    seat: str
    role: Role | None  # this seat's own role document; None for the candidate
    now: int
    seed: int  # the same seed and feed give the same move
    status: Literal["new", "lobby", "live", "paused", "ended"]
    items: tuple[Item, ...]  # this seat's own feed, in its order
    phases: tuple[Phase, ...] = ()
    phase: str | None = None  # key of the running phase
    phase_started_at: int = 0  # moved on by pauses, as the deadline is
    ends_at: int = 0
    facts: tuple[Fact, ...] = ()  # held by this seat's role
    data_sets: tuple[DataSet, ...] = ()  # held by this seat's role
    quiet: bool = False  # bots are silenced
    names: Mapping[str, str] = field(default_factory=dict)  # what people at the table are called, by seat


@dataclass(frozen=True, slots=True)
class Move:
    """A command and the earliest time for it.

    If `at` is later than `now` the runner waits and asks again; whatever is said meanwhile may
    change the plan. With nothing new, asking again gives the same move.
    """

    at: int
    command: AnyCommand

"""A room's log so far, and what each bot has seen of it: only what is new is read. Pure."""

from dataclasses import dataclass, field

from rooms.bots.notes import Notes
from rooms.core.feed import Item, Logged, visible_to


@dataclass(slots=True)
class Seen:
    """A seat's feed so far, made of so many lines of the log, and the notes its bot took of it."""

    items: list[Item] = field(default_factory=list)
    lines: int = 0
    notes: Notes | None = None


@dataclass(slots=True)
class Record:
    """A room's log so far; of one epoch only."""

    epoch: str
    lines: list[Logged] = field(default_factory=list)
    seats: dict[str, Seen] = field(default_factory=dict)
    used: float = 0.0  # monotonic

    def seen(self, seat: str) -> Seen:
        """The seat's feed, brought up to the log."""
        seen = self.seats.setdefault(seat, Seen())
        for line in self.lines[seen.lines :]:
            if visible_to(line.event.to, seat):
                seen.items.append(Item(len(seen.items) + 1, line.at, line.event))
        seen.lines = len(self.lines)
        return seen

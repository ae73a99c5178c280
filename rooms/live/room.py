"""A room as far as this process has handed it out: the fold, the log so far, and who listens."""

import asyncio
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any

from rooms.core import messages as m
from rooms.core.director import looks_again, next_look
from rooms.core.feed import frame_json, item_json, visible_to
from rooms.core.state import State, fold
from rooms.live import log
from rooms.live.ear import Ear
from rooms.live.heads import Heads, Turn
from rooms.live.now import wall_ms
from scenarios.core.schema import Scenario

PAGE = 200  # items in one feed frame
PAGE_SIZE = 256 << 10  # characters after which a page ends


class HubRoom:
    """What one hub knows of one room. It lives as long as somebody in this process listens."""

    def __init__(self, row: log.RoomRow, scenario: Scenario) -> None:
        self.row = row  # as it was when the room was read
        self.id = row.id
        self.epoch = row.epoch
        self.scenario = scenario
        self.state = State()
        self.lines: list[log.Line] = []  # the log so far: who comes back is served from memory
        self.counts: dict[str, int] = {}  # items each seat has in its feed
        # as handed out: a moment behind the rest when much is said
        self.shown: dict[str, int] = {}
        self.shown_seq = 0
        self.paced = 0.0  # when something for everybody was last handed out, monotonic
        self.later: asyncio.TimerHandle | None = None  # the next hand-out, if one waits
        self.ears: dict[str, set[Ear]] = {}
        self.here: set[str] = set()
        self.missing: dict[str, float] = {}  # panel seats whose person is away -> since when
        self.waits = False  # bots and reports wait for a worker
        self.heard = 0  # how far the log goes, as the poll or this process's own lines said
        self.ahead = 0  # how far the bell's thread has read, which alone writes this
        self.written = False  # this process has added lines which are not folded here yet
        self.catching_up: asyncio.Task[None] | None = None
        self._heads = Heads(scenario)
        self._looked_at = self.state
        self._look: int | None = None

    def take(self, lines: Sequence[tuple[log.Line, m.AnyEvent]], after: State | None = None) -> None:
        """The next lines, and the state they lead to; without it they are folded."""
        self.state = after or fold(((line.at, event) for line, event in lines), self.state)
        self.lines += [line for line, _ in lines]
        for seat in self.state.seats:
            seen = sum(visible_to(line.to, seat) for line, _ in lines)
            self.counts[seat] = self.counts.get(seat, 0) + seen

    def fresh(self, seat: str) -> list[str]:
        """What came into the seat's feed since the last hand-out."""
        seen = [line for line in self.lines[self.shown_seq :] if visible_to(line.to, seat)]
        return [item_json(n, line.at, line.body) for n, line in enumerate(seen, self.shown.get(seat, 0) + 1)]

    def is_shown(self) -> None:
        """All there is has been handed out."""
        self.shown, self.shown_seq = dict(self.counts), self.state.seq

    def look(self) -> int | None:
        """Wall time at which the clock should knock next."""
        if looks_again(self._looked_at, self.state):
            self._look = next_look(self.scenario, self.state)
        self._looked_at = self.state
        return self._look

    def items(self, seat: str, after: int) -> list[str]:
        """A page of the seat's feed after item `after`, as far as it was handed out."""
        seen = (line for line in islice(self.lines, self.shown_seq) if visible_to(line.to, seat))
        page, size = [], 0
        for n, line in enumerate(islice(seen, after, after + PAGE), after + 1):
            page.append(item_json(n, line.at, line.body))
            size += len(page[-1])
            if size > PAGE_SIZE:
                break
        return page

    def head(self, seat: str) -> str:
        return self._heads.whole(seat)

    def turn(self) -> Turn:
        """What of the heads changed since the last hand-out."""
        return self._heads.turn(self.state, self._around())

    def all_ears(self) -> list[Ear]:
        return [ear for ears in self.ears.values() for ear in ears]

    def frame(self, after: int, upto: int, items: Iterable[str], head_json: str) -> str:
        return frame_json(self.epoch, after, upto, wall_ms(), items, head_json)

    def present(self) -> list[str]:
        return [s for s in self.state.seats if s in self.here or s in self.ears]

    def away_too_long(self, now: float) -> list[str]:
        """Panel seats whose person has not been here for longer than the room allows."""
        present = set(self.present())
        gone = {
            s.seat
            for s in self.state.seats.values()
            if s.kind == "panel" and s.occupant == "person" and s.seat not in present
        }
        self.missing = {seat: self.missing.get(seat, now) for seat in gone}
        allowed = self.state.stand_in
        return [seat for seat, since in self.missing.items() if allowed and now - since >= allowed]

    def _around(self) -> dict[str, Any]:
        return {"here": self.present(), "waits": self.waits}

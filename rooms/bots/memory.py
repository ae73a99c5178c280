"""A room in memory: the same decide, fold, feed, director, personas and listener, and no database.

For rehearsing a scenario many times in seconds. Same scenario, script and seed: the same log as a
rehearsal through the real door, line for line.
"""

from rooms.bots.seen import Record
from rooms.bots.turns import play
from rooms.core import messages as m
from rooms.core.decide import decide
from rooms.core.feed import Logged
from rooms.core.laying import NOTHING_AGREED, Terms, lay, opening
from rooms.core.state import State, apply, fold
from scenarios.core.schema import CANDIDATE, Scenario
from scenarios.core.script import Script


class Room:
    """One room, kept in memory alone. Every panel seat and the candidate's are bots'."""

    def __init__(
        self,
        scenario: Scenario,
        seniority: str = "",
        raters: int = 2,
        now: int = 0,
        terms: Terms = NOTHING_AGREED,
    ) -> None:
        self.room_id = "memory"
        self.scenario = scenario.at(seniority)
        bots = (CANDIDATE, *(r.key for r in scenario.roles))
        seats = lay(self.scenario, bots, raters)
        events = opening(self.scenario, seats, seniority=seniority, terms=terms)
        self.record = Record("memory", [Logged(n, now, event) for n, event in enumerate(events, 1)])
        self.state: State = fold((now, event) for event in events)
        self._causes: dict[str, m.AnyCommand] = {}

    def known(self) -> "Room":
        return self

    def read(self) -> Record:
        return self.record

    def send(self, seat: str, command: m.AnyCommand, ref: str, now: int, bot: bool = False) -> None:
        """Decide and append, as the writer does. Raises Refused."""
        cause = f"{seat}:{ref}"
        if (first := self._causes.get(cause)) is not None:
            if first != command:
                raise m.Refused("conflict", "this ref was used for another command")
            return
        at = max(now, self.state.at)
        for event in decide(self.scenario, self.state, seat, command, now, bot):
            self._causes[cause] = command
            self.record.lines.append(Logged(self.state.seq + 1, at, event))
            self.state = apply(self.state, event, at)


def rehearsed(scenario: Scenario, script: Script, seed: int, opens: int, seniority: str = "") -> Room:
    """The room after a whole hour. Raises Stuck if it does not end, KeyError for no such seniority."""
    room = Room(scenario, seniority, now=opens)
    play(room, opens, script, seed)
    return room

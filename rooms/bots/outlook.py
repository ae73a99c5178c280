"""One look at the room by one persona: what it knows, when it may speak, which words are left. Pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from rooms.bots.lines import chance, drawn, filled, fresh, phrase
from rooms.bots.manners import quotable
from rooms.bots.notes import Notes, Uttered
from rooms.bots.stock import ways
from rooms.bots.view import Move, View
from rooms.core import messages as m
from rooms.listener.builtin import hear
from scenarios.core.schema import CANDIDATE, Role

# --- pace, in ms unless said otherwise ---

GAP = 6_000  # since one's own last words
LULL = 2_500  # since anybody's last words
PATIENCE = 7_000  # more, for what nobody asked for, while a person sits in the panel
TURN = 20_000  # left to a person who was asked something or raised a hand
A_WORD = 90  # of thinking, for each word one answers to
THINKING = 7_000  # of thinking at most
JITTER = 2_500
ANSWERS_A_PHASE = 12
ROW = 2  # own utterances in a row without a person or the candidate speaking
ROW_OF_ALL = 3  # the same for all bots of the panel together
STALE = 180_000  # what is older is let rest
INSISTING = 12_000  # after a reply, before objecting again: other voices first
FEW_WORDS = 6  # an utterance shorter than this is not followed up


class Pace(NamedTuple):
    """How forward a kind of role is."""

    a_phase: int  # unasked utterances in one phase, at most
    follow_ups: int  # of these, follow-ups
    follow_gap: int  # ms since one's own last words before a follow-up
    follow_wait: int  # ms after the words that are followed up
    silence: int  # ms of silence before a nudge
    rounds: int  # objections to one decision
    object_wait: int  # ms after the decision


PACES = {
    "interviewer": Pace(9, 3, 40_000, 7_000, 45_000, 1, 10_000),
    "dissenter": Pace(6, 1, 90_000, 12_000, 75_000, 2, 5_000),
    "stakeholder": Pace(5, 2, 60_000, 11_000, 75_000, 1, 12_000),
    "data_owner": Pace(5, 1, 90_000, 12_000, 75_000, 1, 14_000),
}


@dataclass(frozen=True, slots=True)
class Turn:
    """One look at the room: what is known, and how forward this role is."""

    view: View
    role: Role
    notes: Notes
    pace: Pace

    def at(self, trigger: Uttered, wait: int) -> int:
        """When to answer words: after thinking about them, and into a lull."""
        thinking = min(A_WORD * len(trigger.text.split()), THINKING)
        jitter = chance(self.view.seed, self.view.seat, trigger.n) % JITTER
        return self.lull(trigger.at + wait + thinking + jitter)

    def lull(self, at: int) -> int:
        """Not before one's own words have settled, and never into somebody else's."""
        own, last = self.notes.last(self.view.seat), self.notes.last()
        return max(
            at,
            self.notes.since + LULL,
            own.at + GAP if own else 0,
            last.at + LULL if last else 0,
        )

    def unasked(self, at: int) -> int:
        """The same for what nobody asked for: people go first."""
        notes = self.notes
        others = notes.people & {s for s, kind in notes.kinds.items() if kind == "panel"} - {self.view.seat}
        if others:
            at += PATIENCE
        turns = [q.said.at for q in notes.questions if q.seat in others]
        turns += [raised for seat, raised in notes.hands.items() if seat != self.view.seat]
        return max([at, *(t + TURN for t in turns)])

    def may_speak_unasked(self) -> bool:
        """Within the cap of the phase, and not on and on without anybody else."""
        row = self.notes.row()
        own = [u for u in row if u.by == self.view.seat]
        return len(own) < ROW and len(row) < ROW_OF_ALL and len(self.unasked_so_far()) < self.pace.a_phase

    def unasked_so_far(self) -> list[Uttered]:
        """Own plain words in this phase."""
        return [u for u in self.own() if isinstance(u.event, m.Said) and u.event.stance != "yields"]

    def own(self) -> list[Uttered]:
        """What this seat said in the running phase."""
        return self.notes.by(self.view.seat, self.notes.phase_from)

    def heard(self) -> Uttered | None:
        """The candidate's newest words of this phase, if the panel has not spoken since."""
        last = self.notes.last()
        fresh_words = last is not None and last.by == CANDIDATE and last.place >= self.notes.phase_from
        return last if fresh_words else None

    def fresh(self, lines: Iterable[str]) -> list[str]:
        """Those of the lines that nobody has spoken in this room."""
        return fresh(lines, self.notes.said)

    def filled(self, lines: Iterable[str], **values: str) -> list[str]:
        """Lines of the role's voice with their places filled; each is used once, whatever fills it."""
        return self._filled(self.fresh(lines), values)

    def stock(self, symbol: str, **values: str) -> list[str]:
        """A stock line's ways with their places filled, none spoken yet; ways nobody has used go first."""
        frames = ways(symbol)
        return self._filled(self.fresh(frames), values) or self._filled(frames, values)

    def quote(self, words: str) -> str:
        """What of the words can be said back; empty if they should not be."""
        return phrase(words) if quotable(words) else ""

    def _filled(self, lines: Iterable[str], values: Mapping[str, str]) -> list[str]:
        return self.fresh(line for raw in lines if (line := filled(raw, values)) is not None)

    def draw(self, options: Sequence[str], n: int) -> str | None:
        """One of the lines, by seed, seat and the item it answers."""
        return drawn(options, self.view.seed, self.view.seat, n, len(options))


Urge = Callable[[Turn], Move | None]


def leads(turn: Turn) -> bool:
    return turn.role.kind == "interviewer" or turn.role.key == turn.notes.leader


def is_answer(said: Uttered) -> bool:
    """A statement of some length: not a question, not a request, not a nod."""
    asks = isinstance(said.event, m.Asked | m.DataRequested) or said.text.endswith("?")
    return not asks and len(said.text.split()) >= FEW_WORDS


@lru_cache(maxsize=1024)
def acts(text: str) -> tuple[str, ...]:
    """The acts in some words: every persona looks at the same ones, and again until one has spoken."""
    return hear(text)

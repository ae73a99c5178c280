"""Scripted personas of the panel: a view in, the next move out. Pure: no clock, chance or database.

A persona has urges: small functions that each name one thing it might say now, with the earliest
time for it. What it owes (answers) goes before what it would like to say, and of that the
earliest goes first. Every text is a line of its role's voice or a stock line, filled with
quotations of what was said aloud; so what its papers withhold cannot come out of it.
"""

from rooms.bots.answers import answer_question, answer_request
from rooms.bots.asking import follow_up, nudge, open_phase, press, steady, thank
from rooms.bots.notes import Notes, take_notes
from rooms.bots.outlook import LULL, PACES, Turn, Urge
from rooms.bots.positions import give_way, last_word, object_to
from rooms.bots.view import Move, View
from rooms.core import messages as m

OWED: tuple[Urge, ...] = (answer_request, answer_question, give_way)
LIKES: tuple[Urge, ...] = (open_phase, object_to, last_word, thank, press, steady, follow_up, nudge)


def next_move(view: View, notes: Notes | None = None) -> Move | None:
    """What the persona in this seat does next, and not before when; None while it has nothing to do.

    `notes`: those on this very view, if they have been taken.
    """
    if view.role is None or view.quiet or view.status not in ("lobby", "live"):
        return None
    turn = Turn(view, view.role, notes or take_notes(view), PACES[view.role.kind])
    if view.status == "lobby":
        return _sit_ready(turn)
    for urges in (OWED, LIKES):
        moves = [move for urge in urges if (move := urge(turn)) is not None and move.at < view.ends_at]
        if moves:
            return min(moves, key=lambda move: move.at)
    return None


def _sit_ready(turn: Turn) -> Move | None:
    """Ready, once, when a person is there to be ready for. Only people start anything."""
    if turn.notes.ready or not turn.notes.people:
        return None
    return Move(turn.view.items[-1].at + LULL, m.Ready())

"""How a persona stands on a decision: it objects, softens in steps, and yields to what it asked for. Pure.

A position is never kept anywhere: it is read off what was said. Firm: nothing the candidate answered
counted. Softening: something did, and is quoted back. Conceded: the ground's condition was met.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Literal, NamedTuple

from rooms.bots.lines import KEPT, SENTENCE_END, affirms, flat, mark_of
from rooms.bots.manners import quotable
from rooms.bots.notes import Uttered
from rooms.bots.outlook import INSISTING, STALE, Turn, acts, is_answer
from rooms.bots.view import Move
from rooms.core import messages as m
from rooms.core.words import hits
from scenarios.core.schema import CANDIDATE, Ground, Role

COUNTS = frozenset({"accepts_tradeoff", "plans_monitoring", "plans_fallback", "commits_conditionally"})
TAKES_BACK = frozenset({"rejects_view", "defends_plan", "claims_robust", "hedges"})
NEAR = 90_000  # ms after an objection in which words without a mark are taken for its answer
OBJECTORS = 2  # of others, after which only the dissenter joins in


Position = Literal["firm", "softening", "conceded"]


class Stand(NamedTuple):
    """How one stands on a decision one has objected to."""

    last: Uttered  # one's latest objection, or the words with which one yielded
    position: Position
    rounds: int
    ground: Ground | None  # of the latest objection; None if it was not in a persona's words
    answers: tuple[Uttered, ...]  # of the candidate, to one's objections
    moved: str  # the answer's sentence that counts most recently; empty if firm


def stand(turn: Turn, mark: str) -> Stand | None:
    """None: one has not objected to it."""
    said = [u for u in turn.notes.stances.get(mark, ()) if u.by == turn.view.seat]
    if not said:
        return None
    objections = [u for u in said if _objects(u, mark)]
    if not objections:
        return None
    replies = (_reply(turn, mark, u) for u in objections)
    answers = tuple(u for u, o in zip(replies, objections, strict=True) if u and u.at - o.at <= NEAR)
    moved = next((s for u in reversed(answers) if (s := _counting(u.text))), "")
    position = _position(yielded=not _objects(said[-1], mark), moved=bool(moved))
    return Stand(said[-1], position, len(objections), _ground(turn.role, objections[-1].text), answers, moved)


def _position(*, yielded: bool, moved: bool) -> Position:
    if yielded:
        return "conceded"
    return "softening" if moved else "firm"


def stance(said: Uttered, mark: str) -> str | None:
    """The stance taken on that decision, if these words take one."""
    return said.event.stance if isinstance(said.event, m.Said) and said.event.about == mark else None


# --- objecting ---------------------------------------------------------------------------------------


def object_to(turn: Turn) -> Move | None:
    """Object to a standing decision on one's own grounds, in the candidate's own words."""
    if not turn.role.voice.grounds or not turn.may_speak_unasked():
        return None
    moves = [_objection(turn, mark) for mark in turn.notes.decisions]
    return min((move for move in moves if move is not None), key=lambda move: move.at, default=None)


def _objection(turn: Turn, mark: str) -> Move | None:
    decision, held = turn.notes.decisions[mark], stand(turn, mark)
    trigger, wait = decision, turn.pace.object_wait
    taken = turn.notes.stances.get(mark, ())
    raised = [u for u in taken if u.place >= decision.place and _objects(u, mark)]
    if raised:  # one objection at a time, the panel's together: the candidate has the floor
        reply = _reply(turn, mark, raised[-1])
        if reply is None or (held is not None and held.position == "conceded"):
            return None
        trigger, wait = reply, wait // 2 if held is None else INSISTING
    rests = decision.at + (STALE if held is None else 2 * STALE)
    if turn.view.now > rests or _enough(turn, mark, held):
        return None
    line = _grounded(turn, decision, held)
    if line is None:
        return None
    return Move(turn.unasked(turn.at(trigger, wait)), m.Say(text=line, about=mark, stance="objects"))


def _enough(turn: Turn, mark: str, held: Stand | None) -> bool:
    """A decision is not talked to death: so many rounds for each, and the dissenter's come first."""
    if held is not None and held.rounds >= turn.pace.rounds:
        return True
    taken = turn.notes.stances.get(mark, ())
    by_others = [u for u in taken if _objects(u, mark) and u.by != turn.view.seat]
    return turn.role.kind != "dissenter" and len(by_others) > OBJECTORS


def _grounded(turn: Turn, decision: Uttered, held: Stand | None) -> str | None:
    """The first line not spoken yet on a ground that the decision gives, and what leads to it."""
    last = held.ground if held is not None and held.position != "conceded" else None
    grounds = [g for g in turn.role.voice.grounds if _gives(decision.text, g)]
    grounds.sort(key=lambda g: (g != last, -sum(affirms(decision.text, (w,)) for w in g.words)))
    for ground in grounds:
        line = turn.draw(turn.filled(ground.says, **_values(decision)), decision.n)
        if line is not None:
            return f"{_lead(turn, decision, held, ground)}{line}"
    return None


def _lead(turn: Turn, decision: Uttered, held: Stand | None, ground: Ground) -> str:
    """What comes before the next objection: how the answer was taken, or what was settled elsewhere."""
    if held is None:
        return _as_on_another(turn, decision, ground)
    if held.position == "conceded" or not held.answers:  # one had yielded, and it was revised since
        return ""
    if held.position == "softening":
        options = turn.stock("softening", moved=turn.quote(held.moved))
    else:
        answer = held.answers[-1].text
        options = turn.stock(
            "turned_down" if TAKES_BACK & set(acts(answer)) else "firm", answer=turn.quote(answer)
        )
    lead = turn.draw(options, held.last.n)
    return f"{lead} " if lead else ""


def _as_on_another(turn: Turn, decision: Uttered, ground: Ground) -> str:
    """The same ground as on a decision one has let go: say what let one."""
    for mark in turn.notes.decisions:
        held = stand(turn, mark) if mark != mark_on_board(decision) else None
        if held is not None and held.position == "conceded" and held.ground == ground:
            moved = next((s for u in reversed(held.answers) if (s := meeting(u.text, ground))), "")
            line = turn.draw(turn.stock("as_on_another", mark=mark, moved=turn.quote(moved)), decision.n)
            return f"{line} " if line else ""
    return ""


def _gives(decision: str, ground: Ground) -> bool:
    """Is this ground given by the decision, and not met by it already?"""
    speaks = not ground.words or affirms(decision, ground.words)
    return speaks and not hits(decision, ground.missing) and not affirms(decision, ground.yields_words)


# --- yielding, and letting rest ----------------------------------------------------------------------


def give_way(turn: Turn) -> Move | None:
    """Yield when the candidate's later words meet the condition of the ground one objected on."""
    for mark, decision in turn.notes.decisions.items():
        held = stand(turn, mark)
        if held is None or held.position == "conceded" or held.ground is None:
            continue
        for answer in turn.notes.by(CANDIDATE, held.last.place + 1):
            if _concerns(answer, mark) and (met := meeting(answer.text, held.ground)):
                text = _yielding(turn, held.ground, decision, met)
                return Move(turn.at(answer, 2_500), m.Say(text=text, about=mark, stance="yields"))
    return None


def _yielding(turn: Turn, ground: Ground, decision: Uttered, met: str) -> str:
    """What moved one, and that it did."""
    mark = mark_on_board(decision)
    options = turn.filled((ground.yields,), **_values(decision)) or turn.stock("yields", mark=mark)
    text = turn.draw(options, decision.n) or f"I withdraw my objection to {mark}."
    moved = turn.draw(turn.stock("moved", moved=turn.quote(met)), decision.n) or ""
    return f"{moved}{' ' if moved else ''}{text}"


def last_word(turn: Turn) -> Move | None:
    """Let a decision rest that one could not be won for: once, and saying whether anything counted."""
    if turn.role.kind != "dissenter" or not turn.may_speak_unasked():
        return None
    for mark, decision in turn.notes.decisions.items():
        held = stand(turn, mark)
        if held is None or held.position == "conceded" or held.rounds < turn.pace.rounds:
            continue
        reply = _reply(turn, mark, held.last)
        near = reply is not None and reply.at - held.last.at <= NEAR and turn.view.now <= reply.at + STALE
        if reply is not None and near and not _rested(turn, mark):
            line = turn.draw(_resting(turn, mark, held, reply), decision.n)
            at = turn.unasked(turn.at(reply, INSISTING))
            return Move(at, m.Say(text=line, about=mark)) if line else None
    return None


def _resting(turn: Turn, mark: str, held: Stand, reply: Uttered) -> list[str]:
    if held.position == "softening":
        return turn.stock("leaves_softer", mark=mark, moved=turn.quote(held.moved))
    return turn.stock("leaves_firm", mark=mark, answer=turn.quote(reply.text))


def _rested(turn: Turn, mark: str) -> bool:
    """Has one said the last word on it, or on another one in this phase?"""
    rests = [
        u for u in turn.notes.by(turn.view.seat) if isinstance(u.event, m.Said) and u.event.stance is None
    ]
    return any(u.event.about == mark for u in rests if isinstance(u.event, m.Said)) or any(
        isinstance(u.event, m.Said) and u.event.about and u.place >= turn.notes.phase_from for u in rests
    )


# --- what was said about a decision ------------------------------------------------------------------


def mark_on_board(decision: Uttered) -> str:
    return decision.event.mark if isinstance(decision.event, m.Decided | m.Revised) else ""


def meeting(answer: str, ground: Ground) -> str:
    """The sentence of an answer that meets a ground's condition; empty if none does."""
    sentences = SENTENCE_END.split(answer)
    return next((s for s in sentences if affirms(s, ground.yields_words)), "")


@lru_cache(maxsize=KEPT)
def _counting(answer: str) -> str:
    """The last sentence of an answer that gives something, unless the answer takes it back."""
    if TAKES_BACK & set(acts(answer)):
        return ""
    return next((s for s in reversed(SENTENCE_END.split(answer)) if COUNTS & set(acts(s))), "")


def _ground(role: Role, text: str) -> Ground | None:
    known = ((g, mark_of(line)) for g in role.voice.grounds for line in g.says)
    return next((g for g, mark in known if mark in flat(text)), None)


def _objects(said: Uttered, mark: str) -> bool:
    return stance(said, mark) == "objects"


def _reply(turn: Turn, mark: str, objection: Uttered) -> Uttered | None:
    """The candidate's first answer to an objection to that decision."""
    later = turn.notes.by(CANDIDATE, objection.place + 1)
    return next((u for u in later if is_answer(u) and _concerns(u, mark)), None)


def _concerns(said: Uttered, mark: str) -> bool:
    """Can these words be meant for that decision? Words of another decision on the board are not."""
    match said.event:
        case m.Said(about=about) if about is not None:
            return about == mark
        case m.Revised(mark=revised):
            return revised == mark
        case _:
            return True


def _values(decision: Uttered) -> Mapping[str, str]:
    """What a ground's lines may quote."""
    if not isinstance(decision.event, m.Decided | m.Revised):
        return {}
    words = decision.event.model_dump(include={"choice", "why", "gives_up", "would_change"})
    return {name: text for name, text in words.items() if quotable(text)}

"""Scripted personas of the panel: a view in, the next move out. Pure: no clock, chance or database.

A persona has urges: small functions that each name one thing it might say now, with the earliest
time for it. What it owes (answers) goes before what it would like to say, and of that the
earliest goes first. Every text is a line of its role's voice or a stock line below, filled
with quotations of what was said aloud; so what its papers withhold cannot come out of it.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple, TypeVar

from rooms.bots.holding import changes_nothing, command, promise_due, ruling
from rooms.bots.lines import affirms, chance, drawn, filled, flat, fresh, mark_of, phrase, telling
from rooms.bots.notes import Notes, Question, Uttered, met, take_notes
from rooms.bots.view import Move, View
from rooms.core import messages as m
from rooms.core.words import hits
from rooms.listener.builtin import hear
from scenarios.core.schema import CANDIDATE, Access, DataSet, Fact, Ground, Role

T = TypeVar("T", Fact, DataSet)

# --- pace, in ms unless said otherwise -----------------------------------------------------------------

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

# --- stock lines, used when the role's voice has none left or is not meant for it ------------------------

NOTHING_TO_ADD = (
    "On “{said}” I have nothing for you.",
    "I cannot tell you more about “{said}”.",
)
TOLD_ALREADY = ("What I know about “{said}” I have told you.",)
AS_A_REQUEST = (
    "That would be a table. Put it as a data request and I will see what I can hand out.",
    "Put that in as a data request, please, then it does not get lost.",
)
HAVE_IT = ("You have “{title}” already; there is no newer one.",)
NOT_YET = ("Not yet. What I said when you asked before still holds for “{said}”.",)
AS_BEFORE = ("On the same terms as before: “{said}”.",)
HERE_IT_IS = ("Here it is: “{said}”.",)
HAVE_NOTHING = ("I have nothing that would answer “{said}”.",)
YIELDS = ("Then I can live with “{choice}”.", "Fine. On “{choice}” I have said enough.")
PICKED_UP = ("“{said}”. ", "You said “{said}”. ", "I noted “{said}”. ", "“{said}”, you say. ")
ASKED_BEFORE = (
    "Let me stay with “{asked}” for a moment. Where do you come down?",
    "Back to “{asked}”, please. What do you say to that?",
)
PLAINLY = re.compile(r"(?:yes|no|sure|right|fine|agreed|none|never|exactly|of course)\b", re.IGNORECASE)
FOLLOWED = re.compile(r"(?:You said |I noted )?“")
PROBES = {
    "hedges": (
        "If you had to choose now, which way would it be?",
        "Which way do you lean, and how strongly?",
    ),
    "lists_everything": ("Which of these comes first?", "Which one would you strike out?"),
    "lists_metrics": ("If you may keep one of them, which?",),
    "jumps_to_model": ("Which decision would that serve?",),
    "trusts_data": ("How do you know that?",),
    "claims_robust": ("What would have to happen for it to fail?",),
    "retrain_only": ("And until the new one is there?",),
    "defends_plan": ("Which part of it would you give up first?",),
    "rejects_view": ("What would you have to hear to change your mind?",),
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
        return self.stock(self.fresh(lines), **values)

    def stock(self, lines: Iterable[str], **values: str) -> list[str]:
        """Stock lines with their places filled; with another filling they are other lines."""
        full = [line for raw in lines if (line := filled(raw, values)) is not None]
        return self.fresh(full)

    def draw(self, options: Sequence[str], n: int) -> str | None:
        """One of the lines, by seed, seat and the item it answers."""
        return drawn(options, self.view.seed, self.view.seat, n, len(options))


Urge = Callable[[Turn], Move | None]


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


# --- what is owed: answers -----------------------------------------------------------------------------


def answer_request(turn: Turn) -> Move | None:
    """Hand over, or say why not."""
    for mark, request in turn.notes.requests.items():
        due = _due(turn, mark, request)
        if (
            due is not None
            and isinstance(request.event, m.DataRequested)
            and request.event.role == turn.role.key
        ):
            return Move(due, _answer_request(turn, mark, request, request.event))
    return None


def _due(turn: Turn, mark: str, request: Uttered) -> int | None:
    """When to answer a request; None while one has promised the answer for later."""
    if mark not in turn.notes.promised:
        return turn.at(request, 2_000)
    at = promise_due(turn.notes.promised[mark], turn.view, turn.notes.since)
    return None if at is None else turn.lull(at)


def _answer_request(
    turn: Turn, mark: str, request: Uttered, event: m.DataRequested
) -> m.GiveData | m.DelayData | m.RefuseData:
    table = _best(turn.view.data_sets, request.text)
    rule = ruling(table, event, turn.notes, turn.view) if table is not None else None
    if table is not None and rule is not None and not changes_nothing(rule, table, turn.notes):
        return command(rule, table, mark, _grounds(turn, request, rule))
    if table is not None and rule is not None:
        return _refuse(turn, mark, request, (), HAVE_IT, table.title)
    if table is not None and table.key in turn.notes.tables_out:
        return _refuse(turn, mark, request, (), HAVE_IT, table.title)
    if table is not None and table.refuse_until and not met(table.refuse_until, turn.notes, turn.view):
        return _refuse(turn, mark, request, (table.refusal,), NOT_YET)
    if table is not None:
        return m.GiveData(request=mark, data_set=table.key)
    fact = _best(_held_back(turn), request.text)
    if fact is not None:
        return m.GiveData(request=mark, fact=fact.key)
    return _refuse(turn, mark, request, turn.role.voice.no_answer, HAVE_NOTHING)


def _grounds(turn: Turn, request: Uttered, rule: Access) -> str:
    """The rule's own words; met a second time, others."""
    stock = {"refuse": NOT_YET, "delay": NOT_YET, "narrow": AS_BEFORE, "grant": HERE_IT_IS}[rule.do]
    options = turn.fresh((rule.says,)) or turn.stock(stock, said=phrase(request.text))
    return turn.draw(options, request.n) or rule.says


def _refuse(
    turn: Turn, mark: str, request: Uttered, own: Iterable[str], stock: Iterable[str], title: str = ""
) -> m.RefuseData:
    said = phrase(request.text)
    options = turn.filled(own, said=said) or turn.stock(stock, said=said, title=title)
    why = turn.draw(options, request.n) or f"{mark}: I have nothing new on that."
    return m.RefuseData(request=mark, why=why)


def answer_question(turn: Turn) -> Move | None:
    """Give up a fact that was asked for, or say that one has no answer."""
    if len(turn.own()) >= ANSWERS_A_PHASE + turn.pace.a_phase:
        return None
    for question in turn.notes.questions:
        if question.seat == turn.view.seat and turn.view.now - question.said.at < STALE:
            command = _answer(turn, question)
            if command is not None:
                return Move(turn.at(question.said, 1_500), command)
    return None


def _answer(turn: Turn, question: Question) -> m.Reveal | m.Say | None:
    said = question.said
    if said.by == CANDIDATE and (fact := _best(_held_back(turn), said.text)) is not None:
        return m.Reveal(fact=fact.key)
    line = turn.draw(_no_answer(turn, said.text), said.n)
    return m.Say(text=line) if line else None


def _no_answer(turn: Turn, asked: str) -> list[str]:
    quote, told = phrase(asked), [f for f in turn.view.facts if f.key in turn.notes.facts_out]
    if _best(turn.view.data_sets, asked) is not None:
        options = turn.stock(AS_A_REQUEST)
    elif _best(told, asked) is not None:
        options = turn.stock(TOLD_ALREADY, said=quote)
    else:
        options = turn.filled(turn.role.voice.no_answer, said=quote)
    return options or turn.stock(NOTHING_TO_ADD, said=quote)


def _held_back(turn: Turn) -> list[Fact]:
    return [f for f in turn.view.facts if f.key not in turn.notes.facts_out]


def _best(things: Iterable[T], asked: str) -> T | None:
    """The one whose words the question holds most of; None if it holds none of any."""
    scored = [(hits(asked, thing.asked_words), thing) for thing in things]
    best = max(scored, key=lambda pair: pair[0], default=None)
    return best[1] if best is not None and best[0] > 0 else None


def give_way(turn: Turn) -> Move | None:
    """Yield when the candidate's later words meet the condition of the ground one objected on."""
    for mark, decision in turn.notes.decisions.items():
        stand = _stand(turn, mark)
        if stand is None or stand.yielded or stand.ground is None:
            continue
        for answer in turn.notes.by(CANDIDATE, stand.last.place + 1):
            if _concerns(answer, mark) and affirms(answer.text, stand.ground.yields_words):
                text = _yielding(turn, stand.ground, decision)
                return Move(turn.at(answer, 2_500), m.Say(text=text, about=mark, stance="yields"))
    return None


def _yielding(turn: Turn, ground: Ground, decision: Uttered) -> str:
    values = _values(decision)
    options = turn.filled((ground.yields,), **values) or turn.stock(YIELDS, **values)
    return turn.draw(options, decision.n) or f"I withdraw my objection to {_mark(decision)}."


OWED: tuple[Urge, ...] = (answer_request, answer_question, give_way)


# --- what a persona would like to say -----------------------------------------------------------------


def open_phase(turn: Turn) -> Move | None:
    """Open a phase one leads, unless it has begun without one."""
    started = [p.key for p in turn.view.phases if p.led_by == turn.role.key]
    if turn.view.phase not in started or turn.own() or turn.notes.by(CANDIDATE, turn.notes.phase_from):
        return None
    place = started.index(turn.view.phase)
    lines = turn.fresh(turn.role.voice.opening[place : place + 1])
    return Move(turn.lull(turn.notes.since), m.Say(text=lines[0])) if lines else None


def object_to(turn: Turn) -> Move | None:
    """Object to a standing decision on one's own grounds, in the candidate's own words."""
    if not turn.role.voice.grounds or not turn.may_speak_unasked():
        return None
    moves = [_objection(turn, mark) for mark in turn.notes.decisions]
    return min((move for move in moves if move is not None), key=lambda move: move.at, default=None)


def _objection(turn: Turn, mark: str) -> Move | None:
    decision, stand = turn.notes.decisions[mark], _stand(turn, mark)
    trigger, wait = decision, turn.pace.object_wait
    raised = [u for u in turn.notes.spoken[decision.place :] if _objects(u, mark)]
    if raised:  # one objection at a time, the panel's together: the candidate has the floor
        reply = _reply(turn, mark, raised[-1])
        if reply is None or (stand is not None and stand.yielded):
            return None
        trigger, wait = reply, wait // 2 if stand is None else INSISTING
    rests = decision.at + (STALE if stand is None else 2 * STALE)
    if turn.view.now > rests or _enough(turn, mark, stand):
        return None
    line = _grounded(turn, decision, stand)
    if line is None:
        return None
    return Move(turn.unasked(turn.at(trigger, wait)), m.Say(text=line, about=mark, stance="objects"))


def _enough(turn: Turn, mark: str, stand: "Stand | None") -> bool:
    """A decision is not talked to death: so many rounds for each, and the dissenter's come first."""
    if stand is not None and stand.rounds >= turn.pace.rounds:
        return True
    by_others = [u for u in turn.notes.spoken if _objects(u, mark) and u.by != turn.view.seat]
    return turn.role.kind != "dissenter" and len(by_others) > 2


def _grounded(turn: Turn, decision: Uttered, stand: "Stand | None") -> str | None:
    """The first line not spoken yet on a ground that the decision gives."""
    last = stand.ground if stand is not None and not stand.yielded else None
    grounds = [g for g in turn.role.voice.grounds if _gives(decision.text, g)]
    grounds.sort(key=lambda g: (g != last, -sum(affirms(decision.text, (w,)) for w in g.words)))
    for ground in grounds:
        line = turn.draw(turn.filled(ground.says, **_values(decision)), decision.n)
        if line is not None:
            return line
    return None


def _gives(decision: str, ground: Ground) -> bool:
    """Is this ground given by the decision, and not met by it already?"""
    speaks = not ground.words or affirms(decision, ground.words)
    return speaks and not hits(decision, ground.missing) and not affirms(decision, ground.yields_words)


def thank(turn: Turn) -> Move | None:
    """Acknowledge a summary."""
    said = turn.heard()
    if said is None or not _leads(turn) or not turn.may_speak_unasked():
        return None
    if not isinstance(said.event, m.Summarised) and "synthesises" not in _acts(said):
        return None
    line = turn.draw(turn.fresh(turn.role.voice.thanks), said.n)
    return Move(turn.unasked(turn.at(said, 1_500)), m.Say(text=line)) if line else None


def press(turn: Turn) -> Move | None:
    """Come back, once, to an inject of one's own that the candidate talked past."""
    put = next((u for u in reversed(turn.own()) if isinstance(u.event, m.InjectSpoken)), None)
    if put is None or turn.heard() is None or not turn.may_speak_unasked():
        return None
    replies = [u for u in turn.notes.by(CANDIDATE, put.place + 1) if _is_answer(u)]
    asked = phrase(" ".join(re.findall(r"[^.?!]+\?", put.text)) or put.text)
    if not 1 <= len(replies) <= 3 or any(_takes_up(u.text, put.text) for u in replies):
        return None
    if any(f"“{asked}”" in u.text for u in turn.own() if u.place > put.place):
        return None
    line = turn.draw(turn.stock(ASKED_BEFORE, asked=asked), put.n)
    return Move(turn.unasked(turn.at(replies[-1], 6_000)), m.Say(text=line)) if line else None


def _takes_up(answer: str, asked: str) -> bool:
    """Do these words answer, by a plain yes or no or by a word of the question?"""
    return bool(PLAINLY.match(answer) or telling(answer) & telling(asked))


def follow_up(turn: Turn) -> Move | None:
    """Ask about what the candidate has just said, in the candidate's words."""
    said = turn.heard()
    if said is None or not _is_answer(said) or not turn.may_speak_unasked():
        return None
    so_far = [u for u in turn.unasked_so_far() if FOLLOWED.match(u.text)]
    if len(so_far) >= turn.pace.follow_ups:
        return None
    own = turn.notes.last(turn.view.seat)
    at = max(turn.at(said, turn.pace.follow_wait), own.at + turn.pace.follow_gap if own else 0)
    question, quote = _question(turn, said), phrase(said.text)
    if question is None or not quote or at - said.at > turn.pace.follow_gap + THINKING:
        return None
    text = filled(PICKED_UP[chance(turn.view.seed, said.n, question) % len(PICKED_UP)], {"said": quote})
    return Move(turn.unasked(at), m.Say(text=f"{text}{question}"))


def _question(turn: Turn, said: Uttered) -> str | None:
    """A probe of what the words did, from the interviewer; else the role's question nearest to them."""
    if turn.role.kind == "interviewer":
        for act in _acts(said):
            if probes := turn.fresh(PROBES.get(act, ())):
                return turn.draw(probes, said.n)
    options = turn.fresh(q for q in turn.role.voice.questions if "{" not in q)
    near = [len(telling(q) & telling(said.text)) for q in options]
    return turn.draw([q for q, shared in zip(options, near, strict=True) if shared == max(near)], said.n)


def nudge(turn: Turn) -> Move | None:
    """A word into a long silence, if nobody is being waited for but the candidate."""
    notes, last = turn.notes, turn.notes.last()
    if not _leads(turn) or not turn.may_speak_unasked():
        return None
    waited_for = [*notes.requests.values(), *(q.said for q in notes.questions)]
    silent_from = max([notes.since, last.at if last else 0, *(said.at + TURN for said in waited_for)])
    line = turn.draw(turn.fresh(turn.role.voice.silence), last.n if last else 0)
    return Move(turn.unasked(silent_from + turn.pace.silence), m.Say(text=line)) if line else None


LIKES: tuple[Urge, ...] = (open_phase, object_to, thank, press, follow_up, nudge)


# --- where things stand -------------------------------------------------------------------------------


class Stand(NamedTuple):
    """How one stands on a decision one has objected to."""

    last: Uttered  # one's latest objection, or the words with which one yielded
    yielded: bool
    rounds: int
    ground: Ground | None  # of the latest objection; None if it was not in a persona's words


def _stand(turn: Turn, mark: str) -> Stand | None:
    said = [u for u in turn.notes.by(turn.view.seat) if _about(u, mark) is not None]
    objections = [u for u in said if _objects(u, mark)]
    if not objections:
        return None
    ground = _ground(turn.role, objections[-1].text)
    return Stand(said[-1], not _objects(said[-1], mark), len(objections), ground)


def _ground(role: Role, text: str) -> Ground | None:
    known = ((g, mark_of(line)) for g in role.voice.grounds for line in g.says)
    return next((g for g, mark in known if mark in flat(text)), None)


def _about(said: Uttered, mark: str) -> str | None:
    """The stance taken on that decision, if these words take one."""
    return said.event.stance if isinstance(said.event, m.Said) and said.event.about == mark else None


def _objects(said: Uttered, mark: str) -> bool:
    return _about(said, mark) == "objects"


def _reply(turn: Turn, mark: str, objection: Uttered) -> Uttered | None:
    """The candidate's first answer to an objection to that decision."""
    later = turn.notes.by(CANDIDATE, objection.place + 1)
    return next((u for u in later if _is_answer(u) and _concerns(u, mark)), None)


def _concerns(said: Uttered, mark: str) -> bool:
    """Can these words be meant for that decision? Words of another decision on the board are not."""
    match said.event:
        case m.Said(about=about) if about is not None:
            return about == mark
        case m.Revised(mark=revised):
            return revised == mark
        case _:
            return True


def _is_answer(said: Uttered) -> bool:
    """A statement of some length: not a question, not a request, not a nod."""
    asks = isinstance(said.event, m.Asked | m.DataRequested) or said.text.endswith("?")
    return not asks and len(said.text.split()) >= FEW_WORDS


def _acts(said: Uttered) -> tuple[str, ...]:
    return _heard(said.text)


@lru_cache(maxsize=256)
def _heard(text: str) -> tuple[str, ...]:
    return hear(text)  # the same words are looked at by every persona, and again until one has spoken


def _leads(turn: Turn) -> bool:
    return turn.role.kind == "interviewer" or turn.role.key == turn.notes.leader


def _mark(decision: Uttered) -> str:
    return decision.event.mark if isinstance(decision.event, m.Decided | m.Revised) else ""


def _values(decision: Uttered) -> dict[str, str]:
    """What a ground's lines may quote."""
    if not isinstance(decision.event, m.Decided | m.Revised):
        return {}
    return decision.event.model_dump(include={"choice", "why", "gives_up", "would_change"})

"""The voice of a language model for the panel's bots: when to ask it, what of its answer may be said.

The script says when a persona speaks, and about what; a model only puts it in words, or lets the moment
pass where nothing is owed. What it answers is recorded in the log first and spoken from there: a turn that
is tried again finds the answer, whoever asked for it, and says nothing twice. Whatever fails, is blocked
or costs too much is said by the script, and the record says why.
"""

import hashlib
import logging
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from rooms.bots import prompting
from rooms.bots.notes import Notes, take_notes
from rooms.bots.turns import Door, Worded, view_of
from rooms.bots.view import View
from rooms.bots.withheld import leak, secrets
from rooms.core import messages as m
from rooms.core.feed import Logged
from rooms.core.policy import MODEL
from rooms.core.state import State
from rooms.endpoint import Answered, Message, Unanswered
from scenarios.core.schema import CANDIDATE, Scenario

logger = logging.getLogger(__name__)

FAILURES = 3  # in a row, after which it is left alone for a while
REST = 60_000  # ms
MILLION = 1_000_000

Ask = Callable[[Sequence[Message], int], Answered]  # messages, most tokens; raises Unanswered
Withheld = tuple[str, ...]  # what may come out of no seat as things stand
Answer = Callable[[View, Notes, m.Say, int, Withheld], m.RecordAnswer]  # what is wanted, after so many items
Claim = Callable[[str], bool]  # may this process ask that now? Two that ask at once cost twice


@dataclass(frozen=True, slots=True)
class Limits:
    """What one room may use. `cost` in the currency of the prices of a million tokens; 0: uncounted."""

    tokens: int = 150_000
    cost: float = 0.0
    price_in: float = 0.0
    price_out: float = 0.0


class Used(NamedTuple):
    """An answer in the log, and when it was given."""

    at: int
    answer: m.ModelAnswered


@dataclass(frozen=True, slots=True)
class Model:
    """A `turns.Voice`. `answer`: None where there is nobody to ask, so that the script speaks."""

    answer: Answer | None
    limits: Limits = Limits()
    claim: Claim = lambda what: True

    def __call__(self, door: Door, seat: str, n: int, wanted: m.AnyCommand, now: int) -> Worded:
        """The model's words for what the script wants to say, the script's own, or none."""
        if not isinstance(wanted, m.Say) or not door.known().state.model:
            return Worded(wanted)
        used = answers(door.read().lines)
        if (known := _given(used, seat, n)) is not None:
            return Worded(spoken(known, wanted))
        if (why := self._not_now(used, now)) is not None:
            _say_once(door, used, m.RecordAnswer(by=seat, seen=n, outcome="failed", why=why), now)
            return Worded(wanted)
        if self.answer is None or not self.claim(f"{door.room_id}:{seat}:{n}"):
            return Worded(None)  # somebody else is asking; the look that follows finds the answer
        kept = withheld(door.known().scenario, door.known().state)
        _note(door, self.answer(*_seen(door, seat, now), wanted, n, kept), now)
        door.known()
        known = _given(answers(door.read().lines), seat, n)
        return Worded(spoken(known, wanted) if known is not None else wanted, asked=True)

    def _not_now(self, used: Sequence[Used], now: int) -> str | None:
        """Why the model is not asked, if it is not."""
        if self.answer is None:
            return "no model is set up on this server"
        return over(used, self.limits) or resting(used, now)


# --- what the log says -----------------------------------------------------------------------------------


def answers(lines: Iterable[Logged]) -> list[Used]:
    """The model's answers of a room so far."""
    return [Used(line.at, line.event) for line in lines if isinstance(line.event, m.ModelAnswered)]


def spoken(answer: m.ModelAnswered, wanted: m.Say) -> m.Say | None:
    """What is said in the room: the model's words with the script's stance; None for silence."""
    match answer.outcome:
        case "spoken":
            return wanted.model_copy(update={"text": answer.text})
        case "silent":
            return None
        case "failed" | "blocked":
            return wanted


def over(used: Sequence[Used], limits: Limits) -> str | None:
    """The limit of the room that is reached, in words."""
    took_in, took_out = (sum(getattr(u.answer, name) for u in used) for name in ("tokens_in", "tokens_out"))
    if took_in + took_out >= limits.tokens:
        return f"this room has used its {limits.tokens:,} tokens"
    cost = (took_in * limits.price_in + took_out * limits.price_out) / MILLION
    if limits.cost and cost >= limits.cost:
        return f"this room has cost its {limits.cost:g}"
    return None


def resting(used: Sequence[Used], now: int) -> str | None:
    """Why the model is left alone for a while: it asked for it, or failed again and again."""
    asked = [u for u in used if u.answer.prompt]
    if asked and now < asked[-1].at + asked[-1].answer.rest * 1000:
        return "it asked to be left alone for a while"
    last = asked[-FAILURES:]
    failed = len(last) == FAILURES and all(u.answer.outcome == "failed" for u in last)
    return f"it failed {FAILURES} times in a row" if failed and now < last[-1].at + REST else None


def _given(used: Iterable[Used], seat: str, n: int) -> m.ModelAnswered | None:
    return next((u.answer for u in used if (u.answer.by, u.answer.seen) == (seat, n)), None)


# --- asking ----------------------------------------------------------------------------------------------


def _seen(door: Door, seat: str, now: int) -> tuple[View, Notes]:
    room, seen = door.known(), door.read().seen(seat)
    view = view_of(room.scenario, room.state, seen.items, seat, now, 0)
    return view, take_notes(view)


def asking(ask: Ask) -> Answer:
    """Answers from a model, judged before they are recorded."""

    def answer(view: View, notes: Notes, wanted: m.Say, n: int, kept: Withheld) -> m.RecordAnswer:
        prompt = prompting.messages(view, notes, wanted, owed=is_owed(view, notes, wanted))
        blank = m.RecordAnswer(by=view.seat, seen=n, prompt=digest(prompt), outcome="failed")
        began = time.monotonic()
        try:
            answered = ask(prompt, prompting.ANSWER_TOKENS)
        except Unanswered as no:
            took = int((time.monotonic() - began) * 1000)
            return blank.model_copy(update={"why": no.why, "rest": int(no.rest), "took": took})
        used = {"tokens_in": answered.tokens_in, "tokens_out": answered.tokens_out, "took": answered.took}
        return blank.model_copy(update={**used, **judged(answered.text, view, notes, wanted, kept)})

    return answer


def replaying(recorded: Iterable[m.ModelAnswered]) -> Answer:
    """Answers from the log of a room: the same prompt, the same answer."""
    known = {a.prompt: a for a in recorded if a.prompt}

    def answer(view: View, notes: Notes, wanted: m.Say, n: int, kept: Withheld) -> m.RecordAnswer:
        prompt = digest(prompting.messages(view, notes, wanted, owed=is_owed(view, notes, wanted)))
        if prompt not in known:
            why = "this prompt is not in the recording"
            return m.RecordAnswer(by=view.seat, seen=n, prompt=prompt, outcome="failed", why=why)
        again = known[prompt].model_dump(exclude={"type", "to", "by", "seen"})
        return m.RecordAnswer(by=view.seat, seen=n, **again)

    return answer


def withheld(scenario: Scenario, state: State) -> Withheld:
    """Every fact that is held back and what is wrong with every table, whoever holds it.

    A model is told none of it; should it come from elsewhere, it is stopped all the same.
    """
    facts = (f.text for f in scenario.facts if f.key not in state.facts_out)
    return (*facts, *(d.flaw for d in scenario.data_sets))


def judged(text: str, view: View, notes: Notes, wanted: m.Say, kept: Withheld) -> Mapping[str, str]:
    """Outcome, text and why of a model's answer: what may be said of it, if anything."""
    owed = is_owed(view, notes, wanted)
    try:
        answer = prompting.read(text)
    except prompting.Unusable as no:
        return {"outcome": "failed", "why": f"its answer cannot be used: {no}"}
    said = prompting.aloud(view, notes)
    hidden = secrets(kept, said)
    reason = answer.reason[:200]
    reason = "" if leak(reason, hidden, prompting.papers(view), said) or m.CONTROL.search(reason) else reason
    if not answer.speak:
        why = "it would not speak although an answer is owed" if owed else reason
        return {"outcome": "failed" if owed else "silent", "why": why}
    if answer.stance != wanted.stance:
        return {"outcome": "failed", "why": "it took another stance than the persona's"}
    if (leaks := leak(answer.text, hidden, prompting.papers(view), said)) is not None:
        return {"outcome": "blocked", "why": leaks}
    if answer.text in {u.text for u in notes.spoken}:
        return {"outcome": "failed", "why": "it said what was said before"}
    return {"outcome": "spoken", "text": answer.text, "why": reason}


def is_owed(view: View, notes: Notes, wanted: m.Say) -> bool:
    """Must something be said now? A question, a stance and a silence wait for words."""
    last = notes.last()
    asked = any(question.seat == view.seat for question in notes.questions)
    return asked or wanted.stance is not None or last is None or last.by != CANDIDATE


def digest(prompt: Sequence[Message]) -> str:
    """By which a prompt is known again when a room is played again."""
    return hashlib.sha256(repr([sorted(each.items()) for each in prompt]).encode()).hexdigest()[:32]


# --- recording -------------------------------------------------------------------------------------------


def _note(door: Door, record: m.RecordAnswer, now: int) -> None:
    """Into the log. If another process was quicker, its answer stands."""
    extra = {"room": door.room_id, "cause": f"{record.by}:model:{record.seen}"}
    try:
        door.send(MODEL, record, f"model:{record.by}:{record.seen}", now + record.took)
    except m.Refused as no:
        logger.info("a model's answer was not recorded: %s", no.code, extra=extra)
        return
    level = logging.INFO if record.outcome in ("spoken", "silent") else logging.WARNING
    logger.log(level, "a model answered: %s (%s)", record.outcome, _public(record), extra=extra)


def _public(record: m.RecordAnswer) -> str:
    """For the server's log: figures, and why the script speaks instead; never what was said or why."""
    figures = f"{record.tokens_in}+{record.tokens_out} tokens, {record.took} ms"
    return f"{record.why}; {figures}" if record.outcome in ("failed", "blocked") else figures


def _say_once(door: Door, used: Sequence[Used], record: m.RecordAnswer, now: int) -> None:
    """That the model is not asked, and why: said when it begins, not with every line."""
    if not used or used[-1].answer.why != record.why or used[-1].answer.prompt:
        _note(door, record, now)

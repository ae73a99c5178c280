"""What a persona would like to say: open, acknowledge, come back to a question, follow up, nudge. Pure."""

import re
from collections.abc import Iterable

from rooms.bots.lines import chance, flat, mark_of, phrase, telling
from rooms.bots.manners import abusive, foreign, orders, quotable
from rooms.bots.notes import Uttered
from rooms.bots.outlook import THINKING, TURN, Turn, acts, is_answer, leads
from rooms.bots.stock import PROBES, ways
from rooms.bots.view import Move
from rooms.core import messages as m
from scenarios.core.acts import ACTS
from scenarios.core.schema import CANDIDATE

PLAINLY = re.compile(r"(?:yes|no|sure|right|fine|agreed|none|never|exactly|of course)\b", re.IGNORECASE)
LEFT_OPEN = re.compile(r"\b(?:still open|left open|open)\b[^.:]{0,40}: ?([^.]{4,200})", re.IGNORECASE)
NUMBERS = ("none", "one decision", *(f"{n} decisions" for n in ("two", "three", "four", "five")))
FAR = 6  # utterances after which an assumption is worth coming back to
SHARED = 2  # telling words that make two utterances speak of one thing
TOO_LONG = 250  # words at once


def open_phase(turn: Turn) -> Move | None:
    """Open a phase one leads, unless it has begun without one."""
    started = [p.key for p in turn.view.phases if p.led_by == turn.role.key]
    if turn.view.phase not in started or turn.own() or turn.notes.by(CANDIDATE, turn.notes.phase_from):
        return None
    place = started.index(turn.view.phase)
    lines = turn.fresh(turn.role.voice.opening[place : place + 1])
    return Move(turn.lull(turn.notes.since), m.Say(text=lines[0])) if lines else None


# --- acknowledging -----------------------------------------------------------------------------------


def thank(turn: Turn) -> Move | None:
    """Acknowledge a summary, with what it leaves open or how much it holds."""
    said = turn.heard()
    if said is None or not leads(turn) or not turn.may_speak_unasked():
        return None
    if not isinstance(said.event, m.Summarised) and "synthesises" not in acts(said.text):
        return None
    line = turn.draw(_acknowledging(turn, said), said.n)
    return Move(turn.unasked(turn.at(said, 1_500)), m.Say(text=line)) if line else None


def _acknowledging(turn: Turn, said: Uttered) -> list[str]:
    left = LEFT_OPEN.search(said.text)
    if left is not None and (options := turn.stock("summary_open", open=turn.quote(left[1]))):
        return options
    count = len(turn.notes.decisions)
    counted = turn.stock("summary_board", count=NUMBERS[count]) if 0 < count < len(NUMBERS) else []
    plain = turn.fresh(turn.role.voice.thanks)
    return (counted or plain) if chance(turn.view.seed, said.n) % 2 else (plain or counted)


# --- coming back -------------------------------------------------------------------------------------


def press(turn: Turn) -> Move | None:
    """Come back, once, to an inject of one's own that the candidate talked past."""
    put = next((u for u in reversed(turn.own()) if isinstance(u.event, m.InjectSpoken)), None)
    if put is None or turn.heard() is None or not turn.may_speak_unasked():
        return None
    replies = [u for u in turn.notes.by(CANDIDATE, put.place + 1) if is_answer(u)]
    asked = phrase(" ".join(re.findall(r"[^.?!]+\?", put.text)) or put.text)
    if not 1 <= len(replies) <= 3 or any(_takes_up(u.text, put.text) for u in replies):
        return None
    if any(f"“{asked}”" in u.text for u in turn.own() if u.place > put.place):
        return None
    line = turn.draw(turn.stock("asked_before", asked=asked), put.n)
    return Move(turn.unasked(turn.at(replies[-1], 6_000)), m.Say(text=line)) if line else None


def _takes_up(answer: str, asked: str) -> bool:
    """Do these words answer, by a plain yes or no or by a word of the question?"""
    return bool(PLAINLY.match(answer) or telling(answer) & telling(asked))


def steady(turn: Turn) -> Move | None:
    """A calm word to what does not belong to the case, or is too much at once; said by whoever leads."""
    said = turn.heard()
    if said is None or not leads(turn) or not turn.may_speak_unasked() or isinstance(said.event, m.Asked):
        return None
    kind = _beside_the_case(said.text)
    line = turn.draw(turn.stock(kind), said.n) if kind else None
    return Move(turn.unasked(turn.at(said, 2_000)), m.Say(text=line)) if line else None


def _beside_the_case(text: str) -> str | None:
    """The stock line for words that cannot be followed up."""
    if abusive(text):
        return "steady"
    if orders(text):
        return "off_the_case"
    if foreign(text):
        return "in_english"
    return "too_long" if len(text.split()) > TOO_LONG else None


# --- following up ------------------------------------------------------------------------------------


def follow_up(turn: Turn) -> Move | None:
    """Ask about what the candidate has just said, in the candidate's words."""
    said = turn.heard()
    if said is None or not is_answer(said) or not turn.may_speak_unasked() or _beside_the_case(said.text):
        return None
    if sum(_is_follow_up(turn, u) for u in turn.unasked_so_far()) >= turn.pace.follow_ups:
        return None
    own = turn.notes.last(turn.view.seat)
    at = max(turn.at(said, turn.pace.follow_wait), own.at + turn.pace.follow_gap if own else 0)
    if at - said.at > turn.pace.follow_gap + THINKING:
        return None
    text = _looking_back(turn, said) or _looking_at(turn, said)
    return Move(turn.unasked(at), m.Say(text=text)) if text else None


def _looking_at(turn: Turn, said: Uttered) -> str | None:
    """The words, and a question about them."""
    question = _question(turn, said)
    picked = turn.draw(turn.stock("pickup", said=turn.quote(said.text)), said.n)
    return f"{picked} {question}" if question and picked else None


def _question(turn: Turn, said: Uttered) -> str | None:
    """A probe of what the words did, from the interviewer; else the role's question nearest to them.

    What speaks against a candidate is always probed; what speaks for one, every other time.
    """
    if turn.role.kind == "interviewer":
        for act in acts(said.text):
            wanted = ACTS[act].leaning == "weak" or chance(turn.view.seed, said.n, act) % 2
            if wanted and (probes := turn.fresh(PROBES.get(act, ()))):
                return turn.draw(probes, said.n)
    options = turn.fresh(q for q in turn.role.voice.questions if "{" not in q)
    near = [len(telling(q) & telling(said.text)) for q in options]
    return turn.draw([q for q, shared in zip(options, near, strict=True) if shared == max(near)], said.n)


def _looking_back(turn: Turn, said: Uttered) -> str | None:
    """What the candidate said long ago, held beside what is said now; the interviewer's alone."""
    if turn.role.kind != "interviewer":
        return None
    now = turn.quote(said.text)
    if "hedges" in acts(said.text) and (earlier := _hedged_before(turn, said)):
        return turn.draw(_unused(turn, "hedged_again", earlier=turn.quote(earlier.text), said=now), said.n)
    assumed = _assumed_before(turn, said)
    if assumed is None:
        return None
    return turn.draw(_unused(turn, "call_back", assumed=turn.quote(assumed.text), said=now), said.n)


def _unused(turn: Turn, symbol: str, **values: str) -> list[str]:
    """Looking back twice in the same way is a tic: each way once, whatever it quotes."""
    frames = {flat(mark_of(frame)) for frame in turn.fresh(ways(symbol))}
    return [line for line in turn.stock(symbol, **values) if any(mark in flat(line) for mark in frames)]


def _hedged_before(turn: Turn, said: Uttered) -> Uttered | None:
    before = [u for u in turn.notes.by(CANDIDATE) if u.place < said.place - 1 and is_answer(u)]
    return next((u for u in reversed(before) if "hedges" in acts(u.text) and quotable(u.text)), None)


def _assumed_before(turn: Turn, said: Uttered) -> Uttered | None:
    """The assumption these words lean on most, if one was stated long enough ago and not come back to."""
    stated = [u for u in turn.notes.by(CANDIDATE) if isinstance(u.event, m.Assumed)]
    shared = [
        (len(telling(u.text) & telling(said.text)), u)
        for u in stated
        if said.place - u.place >= FAR and flat(turn.quote(u.text)) not in _own_words(turn, u.place)
    ]
    best = max(shared, key=lambda pair: pair[0], default=None)
    return best[1] if best is not None and best[0] >= SHARED and quotable(best[1].text) else None


def _own_words(turn: Turn, start: int) -> str:
    """What this seat has said since, flat."""
    return flat("\n".join(u.text for u in turn.notes.by(turn.view.seat, start) if leads(turn)))


def _is_follow_up(turn: Turn, said: Uttered) -> bool:
    """Do these own words hold one of the questions one follows up with?"""
    known: Iterable[str] = (*turn.role.voice.questions, *(q for probes in PROBES.values() for q in probes))
    back = (*ways("hedged_again"), *ways("call_back"))
    return any(q in said.text for q in known) or any(mark_of(frame) in flat(said.text) for frame in back)


# --- silence -----------------------------------------------------------------------------------------


def nudge(turn: Turn) -> Move | None:
    """A word into a long silence, if nobody is being waited for but the candidate."""
    notes, last = turn.notes, turn.notes.last()
    if not leads(turn) or not turn.may_speak_unasked():
        return None
    waited_for = [*notes.requests.values(), *(q.said for q in notes.questions)]
    silent_from = max([notes.since, last.at if last else 0, *(said.at + TURN for said in waited_for)])
    line = turn.draw(turn.fresh(turn.role.voice.silence), last.n if last else 0)
    return Move(turn.unasked(silent_from + turn.pace.silence), m.Say(text=line)) if line else None

"""What a persona makes of its feed: one pass over the items, and what stands at the end of it."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from rooms.bots.lines import flat
from rooms.bots.view import Item, View
from rooms.core import messages as m
from rooms.core.words import Talk, hits, words_of
from rooms.listener.builtin import hear_event
from scenarios.core.schema import CANDIDATE, Condition

REQUEST = re.compile(r"\?|\b(?:tell|show|explain|walk) (?:me|us)\b", re.IGNORECASE)


class Uttered(NamedTuple):
    """Something said at the table."""

    n: int
    at: int
    by: str
    text: str
    event: Talk
    place: int  # its place in everything that was said


class Question(NamedTuple):
    """Words that want an answer, and the seat that should give it."""

    said: Uttered
    seat: str


@dataclass(slots=True)
class Notes:
    """Built by `take_notes`. Times in ms; seats by name."""

    kinds: dict[str, str] = field(default_factory=dict)
    roles: dict[str, str] = field(default_factory=dict)  # seat -> role key
    titles: dict[str, str] = field(default_factory=dict)
    people: set[str] = field(default_factory=set)  # seats in which a person sits
    ready: bool = False
    leader: str = ""  # role that leads the running phase
    spoken: list[Uttered] = field(default_factory=list)
    voices: dict[str, list[Uttered]] = field(default_factory=dict)  # the same by seat
    stances: dict[str, list[Uttered]] = field(default_factory=dict)  # decision -> who took one on it
    said: str = ""  # everything that was said, flat, to know a line again
    phase_from: int = 0  # index in `spoken` where the running phase begins
    since: int = 0  # when the present stretch began: phase, end of a pause, end of silence, own seat
    decisions: dict[str, Uttered] = field(default_factory=dict)  # the standing version of each
    revisions: int = 0
    assumptions: int = 0
    asked: set[str] = field(default_factory=set)  # roles the candidate asked
    requests: dict[str, Uttered] = field(default_factory=dict)  # not yet answered
    promised: dict[str, Uttered] = field(default_factory=dict)  # put off, and the words with which
    requested: list[str] = field(default_factory=list)
    facts_out: set[str] = field(default_factory=set)
    tables_out: set[str] = field(default_factory=set)
    grants: dict[str, m.Grant] = field(default_factory=dict)  # what opens in the data room
    fired: set[str] = field(default_factory=set)  # injects this seat may know to have been put
    questions: list[Question] = field(default_factory=list)  # open ones, to any seat, the oldest first
    hands: dict[str, int] = field(default_factory=dict)  # seat -> when it was raised
    read: int = 0  # items these notes were taken from
    called: Mapping[str, str] = field(default_factory=dict)  # what people were called when they were taken
    names: dict[str, re.Pattern[str]] = field(default_factory=dict)  # seat -> how it sounds to be spoken to

    def by(self, seat: str, start: int = 0) -> list[Uttered]:
        """What this seat said, from a place in `spoken` on."""
        said = self.voices.get(seat, ())
        return [u for u in said if u.place >= start] if start else list(said)

    def last(self, seat: str | None = None) -> Uttered | None:
        """The newest utterance, of everybody or of one seat."""
        said = self.spoken if seat is None else self.voices.get(seat)
        return said[-1] if said else None

    def free(self, seat: str) -> bool:
        """May this seat interrupt nobody's turn? People and the candidate take theirs freely."""
        return seat in self.people or self.kinds.get(seat) == "candidate"

    def row(self) -> list[Uttered]:
        """What the bots of the panel have said since a person or the candidate last spoke."""
        newest = next((u.place for u in reversed(self.spoken) if self.free(u.by)), -1)
        return [u for u in self.spoken[newest + 1 :] if not isinstance(u.event, ANSWERS)]


ANSWERS = (m.DataGiven, m.DataDelayed, m.DataRefused, m.FactRevealed)


def take_notes(view: View, before: Notes | None = None) -> Notes:
    """The notes of a seat on its feed so far.

    `before`: notes on the beginning of that feed, which are gone on with and changed; the outcome is the
    same, for a fraction of the work. They are not used if people are called otherwise by now.
    """
    notes = before if before is not None and before.called == view.names else Notes(called=view.names)
    leads = {phase.key: phase.led_by for phase in view.phases}
    heard = [notes.said] if notes.said else []
    for item in view.items[notes.read :]:
        if isinstance(item.event, m.RoomOpened):
            _seats(notes, item.event)
            notes.names = _names(notes, view.names)
        elif isinstance(item.event, Talk):
            heard.append(flat(_spoke(notes, item, item.event)))
        else:
            _happened(notes, view.seat, item, leads)
    notes.said, notes.read = " ".join(filter(None, heard)), len(view.items)
    return notes


def _seats(notes: Notes, opened: m.RoomOpened) -> None:
    for spec in opened.seats:
        notes.kinds[spec.seat] = spec.kind
        notes.roles[spec.seat] = spec.role
        notes.titles[spec.seat] = spec.title


def _happened(notes: Notes, me: str, item: Item, leads: Mapping[str, str]) -> None:  # noqa: C901  (one case a line)
    event, at = item.event, item.at
    match event:
        case m.SeatTaken():
            (notes.people.discard if event.bot else notes.people.add)(event.seat)
            if event.seat == me:
                notes.ready, notes.since = event.bot, max(notes.since, at)
        case m.SeatLeft():
            notes.people.discard(event.seat)
        case m.Readied(seat=seat, ready=ready) if seat == me:
            notes.ready = ready
        case m.PhaseStarted(phase=phase):
            notes.since, notes.phase_from = at, len(notes.spoken)
            notes.leader = leads.get(phase, "")
        case m.Resumed():
            notes.since = at
        case m.BotsQuieted(quiet=False):
            notes.since = at
        case m.HandRaised(by=seat, up=True):
            notes.hands[seat] = at
        case m.HandRaised(by=seat):
            notes.hands.pop(seat, None)
        case m.InjectFired():
            notes.fired.add(event.inject)
            notes.facts_out.update(event.reveals)
        case _:
            pass


def _spoke(notes: Notes, item: Item, event: Talk) -> str:
    said = Uttered(item.n, item.at, event.by, words_of(event), event, len(notes.spoken))
    notes.spoken.append(said)
    notes.voices.setdefault(said.by, []).append(said)
    if isinstance(event, m.Said) and event.stance is not None and event.about is not None:
        notes.stances.setdefault(event.about, []).append(said)
    notes.hands.pop(said.by, None)
    _answered(notes, said)
    _board(notes, said)
    if (seat := _asks(notes, said)) is not None:
        notes.questions.append(Question(said, seat))
    return said.text


def _board(notes: Notes, said: Uttered) -> None:
    match said.event:
        case m.Decided(mark=mark):
            notes.decisions[mark] = said
        case m.Revised(mark=mark):
            notes.decisions[mark] = said
            notes.revisions += 1
        case m.Assumed():
            notes.assumptions += 1
        case m.DataRequested(mark=mark, what=what, role=role):
            notes.requests[mark] = said
            notes.requested.append(what)
            notes.asked.add(role)
        case m.Asked(role=role, by=by) if notes.kinds.get(by) == "candidate":
            notes.asked.add(role)
        case m.DataGiven(mark=mark, table=table, fact=fact, grant=grant):
            notes.requests.pop(mark, None)
            notes.grants |= {grant.key: grant} if grant else {}
            notes.tables_out |= {x.key for x in (table, grant) if x}
            notes.facts_out |= {fact} if fact else set()
        case m.DataDelayed(mark=mark):
            notes.promised[mark] = said
        case m.DataRefused(mark=mark):
            notes.requests.pop(mark, None)
        case m.FactRevealed(fact=fact):
            notes.facts_out.add(fact)
        case _:
            pass


# --- who was asked -------------------------------------------------------------------------------------


def _answered(notes: Notes, said: Uttered) -> None:
    """The oldest question to a seat is answered by its next words, unless they were for something else."""
    if isinstance(said.event, m.InjectSpoken | m.DataGiven | m.DataDelayed | m.DataRefused):
        return
    if isinstance(said.event, m.Said) and said.event.stance is not None:
        return
    for question in notes.questions:
        if question.seat == said.by:
            notes.questions.remove(question)
            return


def _asks(notes: Notes, said: Uttered) -> str | None:
    """The seat these words put a question to, if they do."""
    if isinstance(said.event, m.Asked):
        role = said.event.role
        return next((seat for seat, played in notes.roles.items() if played == role), None)
    if not isinstance(said.event, m.Said) or not notes.free(said.by) or not REQUEST.search(said.text):
        return None
    for seat, name in notes.names.items():
        if seat != said.by and name.search(said.text):
            return seat
    return _partner(notes, said) if said.text.endswith("?") and said.by == CANDIDATE else None


def _partner(notes: Notes, said: Uttered) -> str | None:
    """An open question of the candidate is for whoever spoke last; else for whoever leads."""
    before = notes.spoken[said.place - 1] if said.place else None
    if before is not None and notes.kinds.get(before.by) == "panel":
        return before.by
    return next((seat for seat, role in notes.roles.items() if role == notes.leader), None)


def _names(notes: Notes, called: Mapping[str, str]) -> dict[str, re.Pattern[str]]:
    """For each seat of the panel, how it sounds to be spoken to by name."""
    spoken_to = {}
    for seat, kind in notes.kinds.items():
        full = f"{notes.titles[seat].split(',')[0]} {called.get(seat, '').split(',')[0]}"
        words = {re.escape(w) for w in re.findall(r"[^\W\d_]{3,}", full)}
        if kind == "panel" and words:
            name = f"(?:{'|'.join(sorted(words))})"
            spoken_to[seat] = re.compile(
                rf"(?:^|[.!?:;,]\s*|\b(?:and|so|but|hi|hello|for|to|ask)\s+){name}(?![’'\w])\s*(?:[,:?!.]|$)"
            )
    return spoken_to


# --- conditions, as far as this feed tells -----------------------------------------------------------------


def met(condition: Condition, notes: Notes, view: View) -> bool:
    """Does the condition hold as far as this seat can know? What it cannot know does not hold."""
    return all(_parts(condition, notes, view)) and (
        not condition.any_of or any(met(c, notes, view) for c in condition.any_of)
    )


def _parts(c: Condition, notes: Notes, view: View) -> Iterable[bool]:
    yield len(notes.decisions) >= (c.decided or 0)
    yield notes.revisions >= (c.revised or 0)
    yield notes.assumptions >= (c.assumed or 0)
    yield not (c.undecided and notes.decisions)
    yield not (c.unassumed and notes.assumptions)
    yield not c.decided_words or any(hits(d.text, c.decided_words) for d in notes.decisions.values())
    yield c.asked is None or c.asked in notes.asked
    yield c.given is None or c.given in notes.facts_out
    yield c.spoken is None or c.spoken in notes.fired
    yield c.requested is None or _requested(c.requested, notes, view)
    yield c.silence is None or view.now - _candidate_spoke(notes) >= c.silence * 1000
    if c.heard or c.unheard:
        acts = _acts(notes)
        yield acts >= set(c.heard) and not acts & set(c.unheard)


def _requested(key: str, notes: Notes, view: View) -> bool:
    words = [w for d in view.data_sets if d.key == key for w in d.asked_words]
    return any(hits(what, words) for what in notes.requested)


def _candidate_spoke(notes: Notes) -> int:
    last = notes.last(CANDIDATE)
    return max(notes.since, last.at if last else 0)


def _acts(notes: Notes) -> set[str]:
    return {act for u in notes.by(CANDIDATE, notes.phase_from) for act in hear_event(u.event)}

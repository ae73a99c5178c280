"""Every command and every event, declared once: wire schema, stored body and Python type.

A command is a request, imperative. An event is a fact, past tense. `Event.to` names the
seats that may see it; None means everyone at the table. Times are milliseconds since 1970,
UTC, as given by whoever calls; nothing here reads a clock.
"""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, TypeAdapter

from scenarios.core.recipes import Narrowing
from scenarios.core.schema import Key

CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")


def _printable(text: str) -> str:
    """No control characters but tab and line ends: PostgreSQL stores no NUL, and nobody reads the others."""
    if CONTROL.search(text):
        raise ValueError("text holds a control character")
    return text


Printable = AfterValidator(_printable)
Text = Annotated[str, Field(min_length=1, max_length=4000), Printable]
OwnText = Annotated[str, Field(max_length=4000), Printable]
Short = Annotated[str, Field(min_length=1, max_length=600), Printable]
Name = Annotated[str, Field(min_length=1, max_length=80), Printable]
Mark = Annotated[str, Field(pattern=r"^[DAR][1-9][0-9]{0,3}$")]  # D2: second decision
Sql = Annotated[str, Field(min_length=1, max_length=8000), Printable]
Cell = str | int | float | bool | None
Tokens = Annotated[int, Field(ge=0, le=10**9)]
Outcome = Literal["spoken", "silent", "failed", "blocked"]  # the last two: the script speaks instead
Acts = Annotated[tuple[Key, ...], Field(max_length=12)]


class Message(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Command(Message):
    pass


# --- commands of everyone who speaks ----------------------------------------------------------


class TakeSeat(Command):
    """Sit down under a name."""

    type: Literal["take_seat"] = "take_seat"
    name: Name


class Ready(Command):
    """Say, before the start, that you have read your brief (or that you have not)."""

    type: Literal["ready"] = "ready"
    ready: bool = True


class Say(Command):
    """Speak to the whole table, or of one decision on the board."""

    type: Literal["say"] = "say"
    text: Text
    about: Mark | None = None
    stance: Literal["objects", "yields"] | None = None  # panel only


class Ask(Command):
    """Ask one role; everyone hears it."""

    type: Literal["ask"] = "ask"
    role: Key
    text: Text


class Summarise(Command):
    type: Literal["summarise"] = "summarise"
    text: Text


class RaiseHand(Command):
    type: Literal["raise_hand"] = "raise_hand"
    up: bool = True


# --- the candidate's own -----------------------------------------------------------------------


class Consent(Command):
    """Agree to what the room's notice says, or take that back. Taken back while it runs, the room ends."""

    type: Literal["consent"] = "consent"
    given: bool = True


class Assume(Command):
    """State an assumption, to be held to."""

    type: Literal["assume"] = "assume"
    text: Short


class Commit(Command):
    """Take a decision."""

    type: Literal["commit"] = "commit"
    choice: Short
    why: Short
    gives_up: Short
    would_change: Short


class Revise(Command):
    """Change a standing decision; its history stays on the board."""

    type: Literal["revise"] = "revise"
    decision: Mark
    choice: Short
    why: Short
    gives_up: Short
    would_change: Short


class RequestData(Command):
    type: Literal["request_data"] = "request_data"
    what: Short
    purpose: Annotated[str, Field(max_length=600), Printable] = ""
    role: Key | None = None  # None: whoever holds it


class Look(Command):
    """Open a granted table in the data room, or one of its columns."""

    type: Literal["look"] = "look"
    data_set: Key
    column: Key | None = None


# --- the panel's own -----------------------------------------------------------------------------


class GiveData(Command):
    """Answer a request: a data set by key, a held fact by key, words, or any of them together."""

    type: Literal["give_data"] = "give_data"
    request: Mark
    data_set: Key | None = None
    narrow: Narrowing | None = None  # less than all of the data set
    fact: Key | None = None
    text: OwnText = ""


class DelayData(Command):
    """Promise an answer to a request: when a later phase begins, or in so many minutes."""

    type: Literal["delay_data"] = "delay_data"
    request: Mark
    why: Short
    until: Key | None = None
    minutes: Annotated[int, Field(ge=1, le=60)] | None = None


class RefuseData(Command):
    type: Literal["refuse_data"] = "refuse_data"
    request: Mark
    why: Short


class Reveal(Command):
    """Give up a fact your seat holds back."""

    type: Literal["reveal"] = "reveal"
    fact: Key
    text: OwnText = ""  # own words; empty: the fact's own


class PutInject(Command):
    """Put an inject of your own role into the room, in its words or your own."""

    type: Literal["inject"] = "inject"
    inject: Key
    text: OwnText = ""


class Whisper(Command):
    """Speak within the panel; the candidate and the raters never learn of it."""

    type: Literal["whisper"] = "whisper"
    text: Text


# --- the facilitator's ---------------------------------------------------------------------------


class Start(Command):
    """Start the first phase. `anyway`: although a seat is not ready."""

    type: Literal["start"] = "start"
    anyway: bool = False


class Pause(Command):
    type: Literal["pause"] = "pause"


class Resume(Command):
    type: Literal["resume"] = "resume"


class Extend(Command):
    """Give the running phase more time, or (below zero) take some away."""

    type: Literal["extend"] = "extend"
    seconds: Annotated[int, Field(ge=-3600, le=3600)]


class Advance(Command):
    """End the running phase now. `phase` guards against doing it twice."""

    type: Literal["advance"] = "advance"
    phase: Key


class Fire(Command):
    """Send an inject now, whatever its offset; `text` replaces its words this once."""

    type: Literal["fire"] = "fire"
    inject: Key
    text: OwnText = ""


class Hold(Command):
    """Keep an inject back until it is fired by hand, or let it go again."""

    type: Literal["hold"] = "hold"
    inject: Key
    held: bool = True


class Skip(Command):
    """Take an inject out of this room for good."""

    type: Literal["skip"] = "skip"
    inject: Key
    why: Short


class SeatBot(Command):
    """Let a scripted persona sit in a seat."""

    type: Literal["seat_bot"] = "seat_bot"
    seat: Key


class UnseatBot(Command):
    """Take a seat back from its bot."""

    type: Literal["unseat_bot"] = "unseat_bot"
    seat: Key


class QuietBots(Command):
    """Silence every bot at once, or let them speak again."""

    type: Literal["quiet_bots"] = "quiet_bots"
    quiet: bool = True


class End(Command):
    """End the room now."""

    type: Literal["end"] = "end"
    why: Annotated[str, Field(max_length=600), Printable] = ""


# --- of the seats that are not people --------------------------------------------------------------


class Tick(Command):
    """The clock's only word: look at the time."""

    type: Literal["tick"] = "tick"


class StandIn(Command):
    """The clock's other word: whoever sat there has been away too long."""

    type: Literal["stand_in"] = "stand_in"
    seat: Key


class RecordQuery(Command):
    """The data room's only word: what a seat asked of its tables, and the beginning of the answer."""

    type: Literal["record_query"] = "record_query"
    by: Key
    sql: Sql
    columns: Annotated[tuple[str, ...], Field(max_length=60)] = ()
    rows: Annotated[tuple[tuple[Cell, ...], ...], Field(max_length=20)] = ()
    count: Annotated[int, Field(ge=0)] = 0  # rows of the answer, as far as it was read
    cut: bool = False  # there were more rows than were read
    took: Annotated[int, Field(ge=0)] = 0  # ms
    problem: OwnText = ""  # why there is no answer


class Hear(Command):
    """The listener's only word: what the candidate's utterance with that mark did."""

    type: Literal["hear"] = "hear"
    utterance: Annotated[int, Field(ge=1)]
    acts: Acts


class RecordAnswer(Command):
    """A model's only word: what it answered for a bot's seat, or why there is no answer."""

    type: Literal["record_answer"] = "record_answer"
    by: Key
    seen: Annotated[int, Field(ge=0)]  # items the seat had seen
    outcome: Outcome
    text: OwnText = ""  # what is to be said, if it is spoken
    why: OwnText = ""  # the model's reason, or why the script speaks instead
    prompt: Annotated[str, Field(max_length=64)] = ""  # a digest of what it was asked
    tokens_in: Tokens = 0
    tokens_out: Tokens = 0
    took: Annotated[int, Field(ge=0)] = 0  # ms
    rest: Annotated[int, Field(ge=0, le=3600)] = 0  # seconds not to ask again


AnyCommand = (
    TakeSeat | Ready | Say | Ask | Summarise | RaiseHand
    | Consent | Assume | Commit | Revise | RequestData | Look
    | GiveData | DelayData | RefuseData | Reveal | PutInject | Whisper
    | Start | Pause | Resume | Extend | Advance | Fire | Hold | Skip | SeatBot | UnseatBot | QuietBots | End
    | Tick | StandIn | RecordQuery | RecordAnswer | Hear
)  # fmt: skip


# --- events -----------------------------------------------------------------------------------------


class Event(Message):
    to: tuple[str, ...] | None = None  # the seats that may see it; None is everyone


class SeatSpec(Message):
    """A chair as the room is laid."""

    seat: str
    kind: Literal["candidate", "panel", "facilitator", "rater", "observer"]
    role: str  # the scenario's role key, or the kind
    title: str
    bot: bool = False


class RoomOpened(Event):
    """Always the first event."""

    type: Literal["room_opened"] = "room_opened"
    title: str
    prompt: str
    seats: tuple[SeatSpec, ...]
    stand_in: int = 0  # seconds a panel member may be away before a bot stands in; 0: none ever does
    seniority: str = ""  # what the room is for, by its name; "": the scenario as written


class NoticeGiven(Event):
    """What the candidate must agree to before the room starts: what is recorded, who sees it, how long."""

    type: Literal["notice_given"] = "notice_given"
    text: tuple[str, ...]


class Voiced(Event):
    """The panel's bots speak through a language model of that name: everyone is told before the start."""

    type: Literal["voiced"] = "voiced"
    model: str


class Adjusted(Event):
    """An adjustment that was agreed: so many per cent more time in every phase. Why is nobody's to know."""

    type: Literal["adjusted"] = "adjusted"
    extra_time: int


class Consented(Event):
    """The candidate agreed to the notice, or took it back."""

    type: Literal["consented"] = "consented"
    given: bool


class Briefed(Event):
    """What only this seat is told. `focus`: the dimensions a rater is asked to watch above all."""

    type: Literal["briefed"] = "briefed"
    seat: str
    brief: str
    position: str = ""
    evidence: tuple[str, ...] = ()
    yields_when: str = ""
    never: str = ""
    facts: tuple[dict[str, str], ...] = ()  # key, text, release
    data_sets: tuple[dict[str, str], ...] = ()  # key, title, flaw
    missing: tuple[str, ...] = ()
    focus: tuple[str, ...] = ()


class SeatTaken(Event):
    type: Literal["seat_taken"] = "seat_taken"
    seat: str
    name: str
    bot: bool = False
    instead_of: str = ""  # a bot that stands in for this person, who gets the seat back on return


class SeatLeft(Event):
    type: Literal["seat_left"] = "seat_left"
    seat: str


class Readied(Event):
    type: Literal["readied"] = "readied"
    seat: str
    ready: bool


class PhaseStarted(Event):
    type: Literal["phase_started"] = "phase_started"
    phase: str
    name: str
    prompt: str
    ends_at: int
    why: str


class PhaseEnded(Event):
    type: Literal["phase_ended"] = "phase_ended"
    phase: str
    why: str


class Paused(Event):
    type: Literal["paused"] = "paused"


class Resumed(Event):
    type: Literal["resumed"] = "resumed"
    ends_at: int
    paused_for: int  # milliseconds


class Extended(Event):
    type: Literal["extended"] = "extended"
    ends_at: int
    seconds: int


class RoomEnded(Event):
    type: Literal["room_ended"] = "room_ended"
    why: str


class Said(Event):
    type: Literal["said"] = "said"
    by: str
    text: str
    about: str | None = None
    stance: Literal["objects", "yields"] | None = None
    utterance: int | None = None  # counts what the candidate says; the listener refers to it


class Asked(Event):
    type: Literal["asked"] = "asked"
    by: str
    role: str
    text: str
    utterance: int | None = None


class Summarised(Event):
    type: Literal["summarised"] = "summarised"
    by: str
    text: str
    utterance: int | None = None


class HandRaised(Event):
    type: Literal["hand_raised"] = "hand_raised"
    by: str
    up: bool


class Assumed(Event):
    type: Literal["assumed"] = "assumed"
    by: str
    mark: str
    text: str
    utterance: int | None = None


class Decided(Event):
    type: Literal["decided"] = "decided"
    by: str
    mark: str
    choice: str
    why: str
    gives_up: str
    would_change: str
    utterance: int | None = None


class Revised(Event):
    type: Literal["revised"] = "revised"
    by: str
    mark: str
    version: int
    choice: str
    why: str
    gives_up: str
    would_change: str
    utterance: int | None = None


class DataRequested(Event):
    type: Literal["data_requested"] = "data_requested"
    by: str
    mark: str
    what: str
    role: str
    purpose: str = ""
    utterance: int | None = None


class Grant(Message):
    """A data set that opens in the data room, and how much of it. The newest for a data set holds."""

    key: str
    title: str
    about: str
    narrow: Narrowing | None = None
    words: tuple[str, ...] = ()  # what is narrowed, in plain words


class Table(Message):
    """A small data set as handed over."""

    key: str
    title: str
    about: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class DataGiven(Event):
    type: Literal["data_given"] = "data_given"
    by: str
    mark: str
    text: str
    table: Table | None = None
    grant: Grant | None = None
    fact: str | None = None


class DataDelayed(Event):
    type: Literal["data_delayed"] = "data_delayed"
    by: str
    mark: str
    why: str
    until: str | None = None  # a phase
    due: int | None = None  # wall time


class Looked(Event):
    """The first time a seat opens a table, or a column of it, in the data room."""

    type: Literal["looked"] = "looked"
    by: str
    data_set: str
    column: str | None = None


class Queried(Event):
    """A question asked of the granted tables, with the beginning of its answer."""

    type: Literal["queried"] = "queried"
    by: str
    mark: str
    sql: str
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[Cell, ...], ...] = ()
    count: int = 0
    cut: bool = False
    took: int = 0  # ms
    problem: str = ""


class DataRefused(Event):
    type: Literal["data_refused"] = "data_refused"
    by: str
    mark: str
    why: str


class FactRevealed(Event):
    type: Literal["fact_revealed"] = "fact_revealed"
    by: str
    fact: str
    text: str


class Whispered(Event):
    type: Literal["whispered"] = "whispered"
    by: str
    text: str


class InjectCued(Event):
    """For the seat that should put it, the facilitator and the raters: it is due, and why."""

    type: Literal["inject_cued"] = "inject_cued"
    inject: str
    seat: str
    title: str
    text: str
    dimensions: tuple[str, ...]
    expected: str
    why: str
    by: str  # director or facilitator
    owed_by: int  # spoken for the seat at this time if it has not been put by then


class InjectFired(Event):
    """For facilitator, raters and the seat that speaks it: what is being probed, and why now."""

    type: Literal["inject_fired"] = "inject_fired"
    inject: str
    seat: str
    title: str
    dimensions: tuple[str, ...]
    expected: str
    why: str
    by: str
    reveals: tuple[str, ...] = ()  # facts that are out with it


class InjectSpoken(Event):
    """What everyone hears of an inject. Its key never reaches the candidate."""

    type: Literal["inject_spoken"] = "inject_spoken"
    by: str
    text: str


class InjectHeld(Event):
    type: Literal["inject_held"] = "inject_held"
    inject: str
    held: bool


class InjectSkipped(Event):
    type: Literal["inject_skipped"] = "inject_skipped"
    inject: str
    why: str
    by: str


class BotsQuieted(Event):
    type: Literal["bots_quieted"] = "bots_quieted"
    quiet: bool


class ModelAnswered(Event):
    """What a language model answered for a bot's seat: the next words of that seat, if they are spoken.

    Everything a room needs to be played again without the model, and nothing of its key or address.
    """

    type: Literal["model_answered"] = "model_answered"
    by: str
    seen: int
    outcome: Outcome
    text: str = ""
    why: str = ""
    prompt: str = ""
    tokens_in: int = 0
    tokens_out: int = 0
    took: int = 0  # ms
    rest: int = 0  # seconds


class Heard(Event):
    """What the listener heard in an utterance; for the director and the facilitator."""

    type: Literal["heard"] = "heard"
    utterance: int
    acts: tuple[str, ...]


AnyEvent = (
    RoomOpened | NoticeGiven | Adjusted | Voiced | Briefed | SeatTaken | SeatLeft | Readied | Consented
    | PhaseStarted | PhaseEnded | Paused | Resumed | Extended | RoomEnded
    | Said | Asked | Summarised | HandRaised | Assumed | Decided | Revised
    | DataRequested | DataGiven | DataDelayed | DataRefused | Looked | Queried | FactRevealed | Whispered
    | InjectCued | InjectFired | InjectSpoken | InjectHeld | InjectSkipped | BotsQuieted
    | ModelAnswered | Heard
)  # fmt: skip

COMMANDS: TypeAdapter[AnyCommand] = TypeAdapter(Annotated[AnyCommand, Field(discriminator="type")])
EVENTS: TypeAdapter[AnyEvent] = TypeAdapter(Annotated[AnyEvent, Field(discriminator="type")])


class Refused(Exception):
    """A command the policy turned down. `code` is declared in docs/protocol.md; `why` is for people."""

    def __init__(self, code: str, why: str = "") -> None:
        super().__init__(code, why)
        self.code = code
        self.why = why

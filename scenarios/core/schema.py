"""A scenario as its author writes it: frozen documents that forbid unknown fields.

Times are whole seconds. Keys are short names, unique in their list. What a field is for
stands beside it, because authors read this file too.
"""

from typing import Annotated, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field

Key = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Line = Annotated[str, Field(min_length=1, max_length=400)]
Text = Annotated[str, Field(min_length=1, max_length=4000)]
Seconds = Annotated[int, Field(ge=0, le=4 * 3600)]
Words = tuple[Annotated[str, Field(min_length=2, max_length=60)], ...]

CANDIDATE = "candidate"
FACILITATOR = "facilitator"


class Doc(BaseModel):
    """Base of every document: immutable, and a misspelt field is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


# --- what is judged -----------------------------------------------------------------------


class Level(Doc):
    """A rung of the scale and the behaviour that describes it (its anchor)."""

    value: Annotated[int, Field(ge=1, le=9)]
    name: Line
    anchor: Text


class Dimension(Doc):
    """One line of the rubric."""

    key: Key
    name: Line
    asks: Text  # the question a rater answers
    weight: Annotated[float, Field(gt=0, le=10)] = 1.0
    levels: tuple[Level, ...]
    strong: tuple[Line, ...] = ()  # short examples a rater can hold a moment against
    weak: tuple[Line, ...] = ()


class GlobalJudgement(Doc):
    """The closing question, asked once, apart from the dimensions."""

    asks: Text
    levels: tuple[Level, ...]


class Rubric(Doc):
    key: Key
    version: Annotated[int, Field(ge=1)]
    name: Line
    guide: Text | None = None  # what every rater is told before marking
    not_observed: Text  # when a rater should choose "not observed"
    bar: Annotated[float, Field(ge=1, le=9)]  # the declared bar on the rubric's own scale
    bar_set_by: Line
    bar_set_on: Line
    dimensions: tuple[Dimension, ...]
    closing: GlobalJudgement


# --- when something happens -----------------------------------------------------------------


class Condition(Doc):
    """True when every field that is given holds. `any_of` holds when one of its conditions does."""

    decided: Annotated[int, Field(ge=1)] | None = None  # at least so many decisions committed
    undecided: bool = False  # no decision committed yet
    revised: Annotated[int, Field(ge=1)] | None = None  # at least so many revisions
    decided_words: Words = ()  # a standing decision holds one of these words
    assumed: Annotated[int, Field(ge=1)] | None = None  # at least so many assumptions stated
    unassumed: bool = False  # no assumption stated yet
    heard: tuple[Key, ...] = ()  # the candidate did one of these acts (in this phase)
    unheard: tuple[Key, ...] = ()  # the candidate did none of these acts (in this phase)
    silence: Annotated[int, Field(ge=5)] | None = None  # seconds without a word from the candidate
    asked: Key | None = None  # the candidate asked this role something
    given: Key | None = None  # this fact is out
    requested: Key | None = None  # this data set was requested
    spoken: Key | None = None  # this inject was put into the room
    any_of: tuple["Condition", ...] = ()


class When(Doc):
    """When an inject is due, counted from the start of its phase."""

    at: Seconds | None = None  # scheduled: due at this second of the phase
    after: Seconds = 0  # conditional: not before this second
    condition: Condition | None = None
    owed: bool = False  # due by `before_end` even if its condition never came true
    before_end: Seconds = 60


# --- who sits at the table ---------------------------------------------------------------------


class Fact(Doc):
    """Something one role knows and holds back."""

    key: Key
    held_by: Key
    text: Text
    asked_words: Words = ()  # given when the candidate's question to this role holds one of these
    release: Line  # in plain words for a person in the seat: when to give it up
    dimensions: tuple[Key, ...] = ()


class Ground(Doc):
    """One ground on which a persona objects to a decision, and when it yields."""

    key: Key
    words: Words = ()  # speaks when the decision holds one of these; empty: to any decision
    missing: Words = ()  # ... and holds none of these
    says: tuple[Line, ...]  # may quote {choice}, {why}, {gives_up}, {would_change}
    yields_words: Words = ()  # yields when the candidate's answer or revision holds one of these
    yields: Line = "Then I can live with it."


class Voice(Doc):
    """What a scripted persona has to say in this seat. Lines are used once each."""

    opening: tuple[Line, ...] = ()  # one per phase, where the role leads it
    questions: tuple[Line, ...] = ()  # follow-ups when the candidate has said something
    silence: tuple[Line, ...] = ()  # nudges when the candidate is silent
    grounds: tuple[Ground, ...] = ()
    no_answer: tuple[Line, ...] = ()  # to a question that no fact or data set answers
    thanks: tuple[Line, ...] = ()  # short acknowledgements, e.g. of a summary


class Role(Doc):
    key: Key
    kind: Literal["interviewer", "dissenter", "data_owner", "stakeholder"]
    name: Line  # of the person played
    title: Line
    face: Text  # public: what everyone is told
    brief: Text  # private: what only this seat is told
    position: Text  # private: what this role wants
    yields_when: Text  # private: the stated condition under which it gives way
    voice: Voice = Voice()


class Candidate(Doc):
    """What the candidate's seat is told."""

    title: Line
    brief: Text


# --- what is put into the room ---------------------------------------------------------------------


class Phase(Doc):
    key: Key
    name: Line
    seconds: Annotated[int, Field(ge=30, le=2 * 3600)]
    prompt: Text  # public, shown when the phase starts
    focus: Line  # for panel, raters and facilitator: what this phase is about
    led_by: Key  # the role that opens it
    dimensions: tuple[Key, ...] = ()


class Inject(Doc):
    key: Key
    phase: Key
    role: Key  # whose seat puts it
    kind: Literal["objection", "data_limit", "suggestion", "curveball", "question"]
    title: Line
    text: Text  # what is said
    dimensions: Annotated[tuple[Key, ...], Field(min_length=1)]
    expected: Text  # the response a strong candidate would give
    wrong_on_purpose: bool = False  # a suggestion that should be turned down
    reveals: tuple[Key, ...] = ()  # facts that are out once it is spoken
    when: When


class Column(Doc):
    name: Line
    about: Line


class DataSet(Doc):
    """A table the data owner can hand over, as a described excerpt with its flaws."""

    key: Key
    title: Line
    held_by: Key
    about: Text  # public once given
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    flaw: Text  # private to its holder: what is wrong with it
    asked_words: Words = ()
    refuse_until: Condition | None = None  # the holder refuses before this is true
    refusal: Line = "I cannot hand that out as things stand."


class Scenario(Doc):
    schema_version: Literal[1] = 1
    slug: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{1,59}$")]
    title: Line
    summary: Text  # one paragraph for the catalogue
    prompt: Text  # public problem statement
    missing: tuple[Line, ...]  # what the prompt leaves out on purpose; facilitator and raters only
    candidate: Candidate
    roles: Annotated[tuple[Role, ...], Field(min_length=1, max_length=8)]
    phases: Annotated[tuple[Phase, ...], Field(min_length=1, max_length=12)]
    facts: tuple[Fact, ...] = ()
    data_sets: tuple[DataSet, ...] = ()
    injects: tuple[Inject, ...] = ()
    rubric: Rubric

    def role(self, key: str) -> Role:
        """The role of that key. KeyError if there is none."""
        return _by_key(self.roles, key)

    def inject(self, key: str) -> Inject:
        """The inject of that key. KeyError if there is none."""
        return _by_key(self.injects, key)

    def fact(self, key: str) -> Fact:
        """The fact of that key. KeyError if there is none."""
        return _by_key(self.facts, key)

    def data_set(self, key: str) -> DataSet:
        """The data set of that key. KeyError if there is none."""
        return _by_key(self.data_sets, key)

    def dimension(self, key: str) -> Dimension:
        """The dimension of that key. KeyError if there is none."""
        return _by_key(self.rubric.dimensions, key)


_T = TypeVar("_T", Role, Inject, Fact, DataSet, Dimension)


def _by_key(items: tuple[_T, ...], key: str) -> _T:
    for item in items:
        if item.key == key:
            return item
    raise KeyError(key)

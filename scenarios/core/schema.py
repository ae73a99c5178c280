"""A scenario as its author writes it: frozen documents that forbid unknown fields.

Times are whole seconds. Keys are short names, unique in their list. What a field is for
stands beside it, because authors read this file too.
"""

from typing import Annotated, Literal, TypeVar

from pydantic import Field

from scenarios.core.doc import Doc as Doc  # whoever imports a scenario's documents finds their base here
from scenarios.core.doc import Key as Key
from scenarios.core.doc import Line as Line
from scenarios.core.doc import Seconds as Seconds
from scenarios.core.doc import Text as Text
from scenarios.core.doc import Words as Words
from scenarios.core.recipes import Narrowing, Recipe

CANDIDATE = "candidate"
FACILITATOR = "facilitator"
GAP = 15  # seconds between two injects, at least, where a scenario does not say


Weight = Annotated[float, Field(gt=0, le=10)]
Floor = Annotated[float, Field(ge=1, le=9)]
Gap = Annotated[int, Field(ge=5, le=120)]


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
    weight: Weight = 1.0
    floor: Floor | None = None  # a must-have: if it may lie below this level, the panel talks first
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
    evidence: tuple[Line, ...] = ()  # private: what it can point to for that
    yields_when: Text  # private: the stated condition under which it gives way
    never: Text | None = None  # private: what it will not accept, whatever is offered
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


class Access(Doc):
    """One rule of whoever holds a table. It fits when everything in it that is given holds."""

    when: Condition | None = None
    before: Key | None = None  # before this phase has begun
    purpose: Words = ()  # the request or its purpose holds one of these
    lacks: Words = ()  # ... and none of these
    do: Literal["grant", "narrow", "delay", "refuse"]
    says: Line  # the grounds, as they are spoken
    narrow: Narrowing | None = None  # for `narrow`
    until: Key | None = None  # for `delay`: until this phase begins
    minutes: Annotated[int, Field(ge=1, le=60)] | None = None  # for `delay`: or for so long


class DataSet(Doc):
    """A table the data owner can hand over: a described excerpt, or a recipe for a real table.

    An excerpt has `columns` and `rows` and is read in the talk. A table made by a `recipe` opens in
    the data room. What the holder does with a request: the first rule of `access` that fits; where
    there are none, it refuses until `refuse_until` holds and then hands out all of it.
    """

    key: Key
    title: Line
    held_by: Key
    about: Text  # public once given
    columns: tuple[Column, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    recipe: Recipe | None = None
    flaw: Text  # private to its holder: what is wrong with it
    asked_words: Words = ()
    access: tuple[Access, ...] = ()
    refuse_until: Condition | None = None  # the holder refuses before this is true
    refusal: Line = "I cannot hand that out as things stand."


class Seniority(Doc):
    """Whom a room is for: what counts more, what is a must, and how hard the room presses.

    `without` and `gap` make the pressure: injects this seniority is spared, and the seconds between
    two injects, at least.
    """

    key: Key
    name: Line  # public
    about: Line  # for whoever opens a room: who should be opened at this seniority
    weights: dict[Key, Weight] = {}  # dimension -> weight; one that is missing keeps the rubric's
    floors: dict[Key, Floor] = {}  # dimension -> the level below which nothing makes up for it
    bar: Annotated[float, Field(ge=1, le=9)] | None = None  # instead of the rubric's
    without: tuple[Key, ...] = ()
    gap: Gap | None = None


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
    gap: Gap | None = None  # seconds between two injects, at least; GAP where nothing is said
    seniorities: tuple[Seniority, ...] = ()  # a room may be opened at one; else the case is as it stands here
    rubric: Rubric

    def at(self, seniority: str) -> "Scenario":
        """The scenario as a room at this seniority plays it; "" is as written. KeyError if there is none."""
        if not seniority:
            return self
        chosen = self.seniority(seniority)
        return self.model_copy(
            update={
                "injects": tuple(i for i in self.injects if i.key not in chosen.without),
                "gap": chosen.gap or self.gap,
                "rubric": _weighed(self.rubric, chosen),
            }
        )

    def longer(self, per_cent: int) -> "Scenario":
        """The scenario as it is played with so much more time: every phase, and what is due in it, later.

        The pressure stays what it was: as many injects, at the same places of a longer phase.
        """
        if not per_cent:
            return self
        return self.model_copy(
            update={
                "phases": tuple(
                    p.model_copy(update={"seconds": _longer(p.seconds, per_cent)}) for p in self.phases
                ),
                "injects": tuple(
                    i.model_copy(update={"when": _later(i.when, per_cent)}) for i in self.injects
                ),
                "gap": _longer(self.gap or GAP, per_cent),
            }
        )

    def seniority(self, key: str) -> Seniority:
        """The seniority of that key. KeyError if there is none."""
        return _by_key(self.seniorities, key)

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


_T = TypeVar("_T", Role, Inject, Fact, DataSet, Dimension, Seniority)


def _by_key(items: tuple[_T, ...], key: str) -> _T:
    for item in items:
        if item.key == key:
            return item
    raise KeyError(key)


def _longer(seconds: int, per_cent: int) -> int:
    return round(seconds * (100 + per_cent) / 100)


def _later(when: When, per_cent: int) -> When:
    """When an inject is due in a phase that is so much longer."""
    return when.model_copy(
        update={
            "at": None if when.at is None else _longer(when.at, per_cent),
            "after": _longer(when.after, per_cent),
            "before_end": _longer(when.before_end, per_cent),
        }
    )


def _weighed(rubric: Rubric, chosen: Seniority) -> Rubric:
    """The rubric with a seniority's weights, floors and bar."""
    dimensions = tuple(
        d.model_copy(
            update={
                "weight": chosen.weights.get(d.key, d.weight),
                "floor": chosen.floors.get(d.key, d.floor),
            }
        )
        for d in rubric.dimensions
    )
    return rubric.model_copy(update={"dimensions": dimensions, "bar": chosen.bar or rubric.bar})

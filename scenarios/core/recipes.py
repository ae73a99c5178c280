"""A recipe: how a table of a scenario is made, and which faults are planted in it.

A recipe says what each column holds and what it depends on; with a seed it makes the same table
every time (`scenarios.core.datasets.build`). Faults are planted afterwards, in the order written,
each with what an engineer should notice about it. docs/data.md shows every field at work.
"""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from scenarios.core.doc import Doc, Key, Line, Share, Text, Words

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Rows = Annotated[int, Field(ge=10, le=300_000)]
Days = Annotated[int, Field(ge=1, le=3660)]
Positive = Annotated[float, Field(gt=0)]
Skew = Annotated[float, Field(ge=0, le=3)]


class Where(Doc):
    """Rows picked by one column; every field that is given must hold. An empty cell never fits."""

    column: Key
    any_of: tuple[Line, ...] = ()  # the cell is one of these; flags are 1 and 0
    least: float | None = None
    most: float | None = None
    since: date | None = None  # a date column: on this day or later
    until: date | None = None  # ... on this day or earlier
    weekdays: tuple[Weekday, ...] = ()


class Effect(Doc):
    """What moves a number or a chance, up or down by `adds`.

    For `normal` and `uniform` numbers in their own unit; for every other number on the natural
    logarithm (0.1: about a tenth more); for flags on the log-odds.
    """

    adds: float
    where: tuple[Where, ...] = ()  # in rows that fit all of these; empty: in every row
    column: Key | None = None  # in proportion to this number: (value - base) / per
    base: float = 0.0
    per: Positive = 1.0
    wave: Days | None = None  # as a wave over the date in `column`: up and down once in so many days


# --- columns ------------------------------------------------------------------------------------------


class _Column(Doc):
    name: Key
    about: Line
    missing: Share = 0.0  # share of cells left empty, at random


class Id(_Column):
    """Running numbers: the prefix and 1, 2, 3 in the order of the rows."""

    kind: Literal["id"]
    prefix: Line = "r"


class Entity(_Column):
    """Somebody or something that comes up in several rows: the prefix and a number."""

    kind: Literal["entity"]
    prefix: Line
    distinct: Rows
    skew: Skew = 0.0  # 0: all come up alike; 1: a few come up most of the time, many hardly ever


class Phrase(_Column):
    """Short texts put together from parts, one of each: search queries, product names."""

    kind: Literal["phrase"]
    parts: Annotated[tuple[tuple[Line, ...], ...], Field(min_length=1, max_length=5)]
    skew: Skew = 1.0


class Date(_Column):
    """Days from `start` on."""

    kind: Literal["date"]
    start: date
    days: Days
    growth: Annotated[float, Field(gt=-1, le=20)] = 0.0  # 0.5: half as many again on the last day
    weekend: Positive = 1.0  # rows on a Saturday or Sunday, as a multiple of those on a weekday


class Later(_Column):
    """A day that follows another: what arrives with a delay. Empty while it lies after `as_of`."""

    kind: Literal["later"]
    after: Key  # a date column
    median: Positive  # days
    spread: Positive = 0.6  # of the logarithm of the delay


class Depends(Doc):
    """Other weights for rows in which another column holds a value."""

    column: Key
    weights: dict[Line, dict[Line, Positive]]  # value of that column -> option -> weight


class Category(_Column):
    """One of a few texts."""

    kind: Literal["category"]
    options: Annotated[dict[Line, Positive], Field(min_length=1, max_length=200)]  # option -> weight
    depends: Depends | None = None
    by: Key | None = None  # drawn once for each value of this entity column


class Number(_Column):
    kind: Literal["number"]
    shape: Literal["normal", "lognormal", "exponential", "uniform", "count"]
    center: float  # mean (normal, exponential, count), median (lognormal), middle (uniform)
    spread: Annotated[float, Field(ge=0)] = (
        1.0  # standard deviation, of the logarithm (lognormal); half width
    )
    least: float | None = None
    most: float | None = None
    decimals: Annotated[int, Field(ge=0, le=6)] = 2
    effects: tuple[Effect, ...] = ()
    by: Key | None = None


class Flag(_Column):
    """1 or 0, by a chance that other columns move: also the way to write a target."""

    kind: Literal["flag"]
    chance: Annotated[float, Field(gt=0, lt=1)]  # in a row that no effect touches
    effects: tuple[Effect, ...] = ()
    by: Key | None = None


AnyColumn = Annotated[
    Id | Entity | Phrase | Date | Later | Category | Number | Flag, Field(discriminator="kind")
]


# --- planted faults -------------------------------------------------------------------------------------


class _Fault(Doc):
    """What is common to faults: how it is told, shown and heard."""

    key: Key
    about: Line  # private: what is wrong
    notice: Text  # private: what an engineer should notice, and what follows from it
    reveal: Text  # a query that shows it, in the data room's SQL
    looked: Annotated[
        tuple[Key, ...], Field(min_length=1)
    ]  # a query that names all of these columns looks at it
    noticed_words: Annotated[Words, Field(min_length=1)]  # words of a statement that names it
    asked_words: Annotated[Words, Field(min_length=1)]  # words of a question or request about it
    told_by: tuple[Key, ...] = ()  # facts and injects that give it away


class DelayedLabels(_Fault):
    """The target's ones arrive late: what had not arrived by `as_of` still stands as 0."""

    kind: Literal["delayed_labels"]
    target: Key
    where: tuple[Where, ...] = ()  # only in rows that fit
    clock: Key
    median: Positive  # days
    spread: Positive = 0.6


class NoisyLabels(_Fault):
    """The target is partly wrong. A second look at a few rows, in a column of its own, shows it."""

    kind: Literal["noisy_labels"]
    target: Key
    where: tuple[Where, ...] = ()  # only in rows that fit
    missed: Share = 0.0  # of the ones, written as 0
    false: Share = 0.0  # of the zeros, written as 1
    audit: Key  # the new column: the truth where somebody looked again, else empty
    audit_about: Line
    audited: Share = 0.02  # share of the rows labelled 0 that were looked at again
    audited_ones: Share = 0.3  # ... of those labelled 1


class ThinSegment(_Fault):
    """A group that hardly is in the table, or not at all."""

    kind: Literal["thin_segment"]
    where: Where
    keep: Share


class Leakage(_Fault):
    """A column that knows the future: written after the target was known."""

    kind: Literal["leakage"]
    target: Key
    column: Key  # the new column
    column_about: Line
    agrees: Annotated[float, Field(gt=0.5, le=1)] = 0.97  # share of the ones in which it is 1
    alarms: Share = 0.002  # share of the zeros in which it is 1


class Shift(_Fault):
    """From a day on, a column is not what it was."""

    kind: Literal["shift"]
    clock: Key
    since: date
    column: Key
    where: tuple[Where, ...] = ()
    times: Positive = 1.0  # numbers: multiplied by this
    to: Line | None = None  # categories and flags: this value ...
    share: Share = 1.0  # ... in so many of the rows


class BrokenWeek(_Fault):
    """For some days the logging was broken."""

    kind: Literal["broken_week"]
    clock: Key
    since: date
    days: Days = 7
    how: Literal["empty", "zero", "dropped", "doubled"]
    columns: tuple[Key, ...] = ()  # empty, zero: these columns
    where: tuple[Where, ...] = ()
    share: Share = 1.0  # of the rows in those days


class Survivorship(_Fault):
    """Those who left are gone from the table, so what is left looks healthy."""

    kind: Literal["survivorship"]
    where: tuple[Where, ...]  # who left
    keep: Share = 0.02


class MixShift(_Fault):
    """From a day on a group is counted that was hardly there before: averages move, and no group did."""

    kind: Literal["mix_shift"]
    clock: Key
    since: date
    where: Annotated[tuple[Where, ...], Field(min_length=1)]  # who came
    keep: Share = 0.0  # of their rows before that day


class UnseenLabels(_Fault):
    """A one is only written where somebody looked, and the further down, the fewer do."""

    kind: Literal["unseen_labels"]
    target: Key
    column: Key  # a number: the place in a list
    half: Positive  # so many places further down, half as many look
    follows: tuple[Key, ...] = ()  # flags that cannot be 1 where the target is 0


AnyFault = Annotated[
    DelayedLabels
    | NoisyLabels
    | UnseenLabels
    | ThinSegment
    | Leakage
    | Shift
    | BrokenWeek
    | Survivorship
    | MixShift,
    Field(discriminator="kind"),
]


def added(fault: AnyFault) -> set[str]:
    """The columns a fault brings."""
    match fault:
        case NoisyLabels():
            return {fault.audit}
        case Leakage():
            return {fault.column}
        case _:
            return set()


class Recipe(Doc):
    rows: Rows | None = None  # left out where `each` makes the rows
    each: tuple[Key, ...] = ()  # date and category columns that are crossed: one row for each combination
    as_of: date  # the day on which the table was drawn
    clock: Key | None = None  # the date column the rows are ordered by
    seed: Annotated[int, Field(ge=0, le=2**31)] = 1
    columns: Annotated[tuple[AnyColumn, ...], Field(min_length=1, max_length=40)]
    faults: tuple[AnyFault, ...] = ()

    def names(self) -> set[str]:
        """The names of all columns, those that faults bring included."""
        return {c.name for c in self.columns}.union(*(added(f) for f in self.faults))

    def fault(self, key: str) -> AnyFault:
        """The fault of that key. KeyError if there is none."""
        for fault in self.faults:
            if fault.key == key:
                return fault
        raise KeyError(key)


# --- handing it out -----------------------------------------------------------------------------------


class Narrowing(Doc):
    """Less than the whole table; what is not given is not narrowed."""

    columns: tuple[Key, ...] = ()  # only these
    without: tuple[Key, ...] = ()  # not these
    where: tuple[Where, ...] = ()  # only rows that fit
    since: date | None = None  # by the recipe's clock
    until: date | None = None
    share: Annotated[float, Field(gt=0, le=1)] = 1.0  # a random share of the rows
    by: tuple[Key, ...] = ()  # one row for each combination of these: how many, and the mean of every number
    per: Literal["day", "week", "month"] = "day"  # how dates in `by` are put together
    smallest: Annotated[int, Field(ge=1)] = 1  # groups of fewer rows are left out

    def words(self) -> tuple[str, ...]:
        """What is narrowed, a plain phrase each."""
        parts = [
            self.columns and f"columns {', '.join(self.columns)}",
            self.without and f"without {', '.join(self.without)}",
            self.where and f"only some rows, by {', '.join(w.column for w in self.where)}",
            self.since and f"from {self.since.isoformat()}",
            self.until and f"up to {self.until.isoformat()}",
            self.share < 1 and f"a random {self.share:.0%} of the rows",
            self.by and f"counted by {', '.join(self.by)}",
            self.smallest > 1 and f"no group below {self.smallest} rows",
        ]
        return tuple(str(part) for part in parts if part)

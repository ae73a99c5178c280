"""A scoresheet: what a rater writes (`Draft`), what stands once it is submitted (`Sheet`)."""

from collections.abc import Iterable
from typing import Annotated, NamedTuple

from pydantic import Field

from scenarios.core.schema import Doc, Key, Level, Rubric

Note = Annotated[str, Field(max_length=2000)]
Place = Annotated[int, Field(ge=1)]  # n in the rater's own feed


class DraftMark(Doc):
    """One dimension as the rater left it. `evidence` names items of the rater's own feed by n."""

    dimension: Key
    level: int | None = None
    not_observed: bool = False
    note: Note = ""
    evidence: Annotated[tuple[Place, ...], Field(max_length=20)] = ()


class Draft(Doc):
    """A scoresheet in the making; anything may still be missing."""

    marks: Annotated[tuple[DraftMark, ...], Field(max_length=40)] = ()
    closing: int | None = None
    closing_note: Note = ""
    incident: Note = ""


class Evidence(Doc):
    """A moment of the rater's feed: its n there, its seq in the log, and what was said, copied from it."""

    n: int
    seq: int
    quote: str


class Mark(Doc):
    """One dimension as submitted."""

    dimension: str
    level: int | None
    not_observed: bool
    note: str
    evidence: tuple[Evidence, ...]


class Sheet(Doc):
    """A submitted scoresheet; never changed. `late`: submitted when others' marks could be seen.

    Times are milliseconds since 1970, UTC.
    """

    seat: str
    name: str
    version: int
    submitted_at: int
    late: bool
    marks: tuple[Mark, ...]
    closing: int | None
    closing_note: str
    incident: str

    def mark(self, dimension: str) -> Mark | None:
        return next((m for m in self.marks if m.dimension == dimension), None)


class Problem(NamedTuple):
    """What is wrong with a draft, for the rater to read. `dimension` None: with the sheet as a whole."""

    dimension: str | None
    text: str


class BadSheet(ValueError):
    """A draft that cannot be kept or submitted as it is."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("; ".join(problem.text for problem in problems))
        self.problems = problems


class Progress(NamedTuple):
    done: int
    of: int


def nonsense(rubric: Rubric, draft: Draft) -> tuple[Problem, ...]:
    """What no rater of this rubric can have meant; it is not kept even as a draft."""
    known = {d.key: {level.value for level in d.levels} for d in rubric.dimensions}
    seen: set[str] = set()
    found: list[Problem] = []
    for mark in draft.marks:
        if mark.dimension not in known:
            found.append(Problem(None, f"The rubric has no dimension {mark.dimension}."))
        elif mark.dimension in seen:
            found.append(Problem(mark.dimension, "This dimension is marked twice."))
        elif mark.level is not None and mark.level not in known[mark.dimension]:
            found.append(Problem(mark.dimension, f"{mark.level} is not a level of this dimension."))
        elif mark.level is not None and mark.not_observed:
            found.append(Problem(mark.dimension, "A level and “not observed” cannot both hold."))
        seen.add(mark.dimension)
    if draft.closing is not None and draft.closing not in {level.value for level in rubric.closing.levels}:
        found.append(Problem(None, f"{draft.closing} is not an answer to the closing question."))
    return tuple(found)


def missing(rubric: Rubric, draft: Draft) -> tuple[Problem, ...]:
    """What a draft still lacks before it can be submitted."""
    marks = {mark.dimension: mark for mark in draft.marks}
    found = [p for d in rubric.dimensions for p in _missing(d.key, marks.get(d.key))]
    if draft.closing is None and any(mark.level is not None for mark in draft.marks):
        found.append(Problem(None, "The closing judgement is still open."))
    return tuple(found)


def filled(rubric: Rubric, draft: Draft) -> Draft:
    """The same draft with every dimension of the rubric, in the rubric's order."""
    marks = {mark.dimension: mark for mark in draft.marks}
    every = tuple(marks.get(d.key, DraftMark(dimension=d.key)) for d in rubric.dimensions)
    return draft.model_copy(update={"marks": every})


def without(draft: Draft, unknown: set[int]) -> Draft:
    """The same draft without evidence from these places."""
    marks = tuple(
        mark.model_copy(
            update={"evidence": tuple(dict.fromkeys(n for n in mark.evidence if n not in unknown))}
        )
        for mark in draft.marks
    )
    return draft.model_copy(update={"marks": marks})


def as_draft(sheet: Sheet) -> Draft:
    """A submitted sheet as its rater would write it again."""
    marks = tuple(
        DraftMark(
            dimension=mark.dimension,
            level=mark.level,
            not_observed=mark.not_observed,
            note=mark.note,
            evidence=tuple(e.n for e in mark.evidence),
        )
        for mark in sheet.marks
    )
    return Draft(marks=marks, closing=sheet.closing, closing_note=sheet.closing_note, incident=sheet.incident)


def progress(rubric: Rubric, draft: Draft) -> Progress:
    """How many dimensions are complete."""
    marks = {mark.dimension: mark for mark in draft.marks}
    open_ = sum(bool(list(_missing(d.key, marks.get(d.key)))) for d in rubric.dimensions)
    return Progress(len(rubric.dimensions) - open_, len(rubric.dimensions))


def level_name(levels: tuple[Level, ...], value: int | None) -> str:
    """The name of a level; empty for none."""
    return next((level.name for level in levels if level.value == value), "")


def standing(sheets: Iterable[Sheet]) -> tuple[Sheet, ...]:
    """Each rater's newest sheet, by seat."""
    newest: dict[str, Sheet] = {}
    for sheet in sorted(sheets, key=lambda s: (s.seat, s.version)):
        newest[sheet.seat] = sheet
    return tuple(newest.values())


def blind(sheets: Iterable[Sheet]) -> tuple[Sheet, ...]:
    """Each rater's newest sheet of those submitted before others' marks could be seen."""
    return standing(sheet for sheet in sheets if not sheet.late)


def _missing(dimension: str, mark: DraftMark | None) -> Iterable[Problem]:
    if mark is None or (mark.level is None and not mark.not_observed):
        yield Problem(dimension, "Choose a level, or “not observed”.")
    elif mark.level is not None and not mark.evidence and not mark.note:
        yield Problem(dimension, "Attach a moment as evidence, or note why there is none.")

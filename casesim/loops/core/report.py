"""The report on one candidate's loop: every counted mark of every room in one estimate.

Never a mean of rooms' means: a room with four raters tells more than one with two, and the same rater in
two rooms is one rater. Pure: the same input gives the same bytes. Times are ms since 1970, UTC.
"""

from collections.abc import Iterable
from typing import NamedTuple

from casesim.loops.core.given import VERSION, LoopInput, RoomInput, digest, unlike
from scenarios.core.schema import Dimension, Doc, Level, Rubric
from scoring.core.agreement import Agreement, agreement
from scoring.core.calibrated import Calibrated
from scoring.core.decision.advice import Advice, Says
from scoring.core.estimate import Estimate, unknown
from scoring.core.evidence import Cell, cells, mean, spread
from scoring.core.exposure import Coverage, Exposure, exposure
from scoring.core.facets.document import VERSION as MODEL
from scoring.core.facets.settings import Settings
from scoring.core.gaps import gaps
from scoring.core.method import difference, method
from scoring.core.model import Judged, Panel, judge, recommended
from scoring.core.ratings import Row, ratings
from scoring.core.record import phase_runs, seat_histories
from scoring.core.report import WIDE
from scoring.core.sheets import Mark, Sheet, blind, level_name, standing


class RoomLine(Doc):
    """One room, as the loop's report names it. `place`: its number in the loop, from 1."""

    place: int
    room: str
    title: str
    scenario_title: str
    started_at: int | None
    minutes: int
    extra_time: int
    raters: tuple[str, ...]
    trainees: int
    bots: tuple[str, ...]  # titles of the seats in which a persona sat
    warnings: tuple[str, ...]  # why it compares badly with other rooms of its scenario
    owed: int  # counted sheets that never came
    closed_by: str


class RaterLine(Doc):
    """One scoresheet. The same person in two rooms has two."""

    place: int
    seat: str
    name: str
    focus: tuple[str, ...]
    late: bool
    closing: int | None
    closing_name: str
    closing_note: str
    incident: str


class RoomCells(Doc):
    """The marks of one room on one dimension, and what in that room probed it."""

    place: int
    cells: tuple[Cell, ...]
    probed_by: tuple[str, ...]
    spread: int


class DimensionLine(Doc):
    """Every mark on one dimension, room by room. `probed_in`: the places of rooms that probed it."""

    key: str
    name: str
    asks: str
    weight: float
    levels: tuple[Level, ...]
    rooms: tuple[RoomCells, ...]
    probed_in: tuple[int, ...]
    wide: bool
    raw: Estimate
    adjusted: Estimate


class LoopReport(Doc):
    """`says` is None where the recommendation is switched off. Without `advice`, `no_advice` says why."""

    version: int
    digest: str
    model: str
    settings: Settings
    calibration: str
    loop: int
    candidate: str
    seniority: str  # by its name
    rubric: str
    rooms: tuple[RoomLine, ...]
    missing: tuple[str, ...]
    raters: tuple[RaterLine, ...]
    dimensions: tuple[DimensionLine, ...]
    closing_asks: str
    agreement: Agreement
    says: Says | None
    advice: Advice | None
    no_advice: str
    difference: str
    method: tuple[str, ...]
    limits: tuple[str, ...]
    generated_from: dict[str, int]  # how many rooms, scoresheets, marks and quotes


class LoopDebrief(Doc):
    """The marks side by side, for talking over: what of a report needs no model."""

    candidate: str
    rooms: tuple[RoomLine, ...]
    raters: tuple[RaterLine, ...]
    dimensions: tuple[DimensionLine, ...]
    closing_asks: str


class Played(NamedTuple):
    """One room, read once."""

    place: int
    room: RoomInput
    sheets: tuple[Sheet, ...]
    cells: tuple[Cell, ...]
    exposed: Exposure

    def name(self, seat: str) -> str:
        """How this loop names a seat of this room."""
        return f"{self.place}:{seat}"


def assemble(given: LoopInput, calibrated: Calibrated | None = None) -> LoopReport:
    """The report on one loop; `calibrated` is what `given.calibration` names.

    Raises ValueError for a loop without rooms or with rooms that cannot be put together, BadEvidence if a
    sheet quotes what was never said.
    """
    rubric, played = _rubric(given), _played(given)
    panel = _panel(given, rubric, played)
    judged = judge(rubric, _seniority(given), panel, given.rule, calibrated)
    agreed = _agreement(rubric, played)
    return LoopReport(
        version=VERSION,
        digest=digest(given),
        model=MODEL,
        settings=judged.settings,
        calibration=given.calibration,
        loop=given.loop,
        candidate=given.candidate,
        seniority=_seniority(given),
        rubric=f"{rubric.name}, version {rubric.version}",
        rooms=tuple(_room(each) for each in played),
        missing=given.missing,
        raters=_raters(rubric, played),
        dimensions=_dimensions(rubric, played, judged),
        closing_asks=rubric.closing.asks,
        agreement=agreed,
        says=recommended(judged, given.rule),
        advice=judged.advice,
        no_advice=judged.why,
        difference=difference(judged.advice) if judged.advice is not None else "",
        method=(*method(judged, bool(given.calibration)), COMBINED),
        limits=tuple(_limits(given, played, judged, agreed)),
        generated_from=_counts(played),
    )


def debrief(given: LoopInput) -> LoopDebrief:
    """The marks as they stand, at once. Raises what `assemble` raises."""
    rubric, played = _rubric(given), _played(given)
    unjudged = Judged(settings=Settings(), why="adjusted marks are in the report")
    return LoopDebrief(
        candidate=given.candidate,
        rooms=tuple(_room(each) for each in played),
        raters=_raters(rubric, played),
        dimensions=_dimensions(rubric, played, unjudged),
        closing_asks=rubric.closing.asks,
    )


COMBINED = (
    "All counted sheets of all rooms entered one estimate together. No room has a score of its own, and no "
    "mean of means is taken: a rater who sat in two rooms is one rater, and each mark counts once."
)


def _rubric(given: LoopInput) -> Rubric:
    if not given.rooms:
        raise ValueError("no room of this loop can be read yet")
    rubrics = [each.given.scenario.rubric for each in given.rooms]
    for each, rubric in zip(given.rooms, rubrics, strict=True):
        if why := unlike(rubrics[0], rubric):
            raise ValueError(f"{each.given.title}: {why}")
    return rubrics[0]


def _seniority(given: LoopInput) -> str:
    scenario = given.rooms[0].given.scenario
    return scenario.seniority(given.seniority).name if given.seniority else ""


def _played(given: LoopInput) -> tuple[Played, ...]:
    return tuple(_read(place, room) for place, room in enumerate(given.rooms, 1))


def _read(place: int, room: RoomInput) -> Played:
    given, sheets = room.given, standing(room.given.sheets)
    marks = cells(given.scenario, given.record, sheets, blind(given.sheets))
    return Played(place, room, sheets, marks, exposure(given.scenario, given.record))


# --- into the model -----------------------------------------------------------------------------------


def _panel(given: LoopInput, rubric: Rubric, played: tuple[Played, ...]) -> Panel:
    """Every sheet of every room as marks of one candidate, each rater by one name."""
    asked = _asked(rubric, played)
    sheets = tuple(_renamed(each, sheet, asked) for each in played for sheet in each.sheets)
    names = {each.name(seat): name for each in played for seat, name in each.room.given.raters.items()}
    marks = tuple(cell for each in played for cell in each.cells)
    return Panel(f"loop {given.loop}", sheets, names, gaps(rubric, marks, _coverage(rubric, played)))


def _renamed(played: Played, sheet: Sheet, asked: frozenset[str]) -> Sheet:
    """The sheet under the loop's name for its seat, without what its rater was not asked to watch."""
    focus = played.room.focus.get(sheet.seat, ())
    marks = tuple(mark for mark in sheet.marks if _counts_mark(mark, focus, asked))
    return sheet.model_copy(update={"seat": played.name(sheet.seat), "marks": marks})


def _counts_mark(mark: Mark, focus: tuple[str, ...], asked: frozenset[str]) -> bool:
    """“Not observed” outside of one's focus is no gap: others were asked to watch that."""
    aside = bool(focus) and mark.dimension not in focus
    return not (aside and mark.not_observed and mark.dimension in asked)


def _asked(rubric: Rubric, played: tuple[Played, ...]) -> frozenset[str]:
    """The dimensions that somebody was asked to watch, or gave a level on anyway."""
    found: set[str] = set()
    for each in played:
        for sheet in each.sheets:
            focus = each.room.focus.get(sheet.seat, ())
            found |= set(focus) if focus else {d.key for d in rubric.dimensions}
            found |= {mark.dimension for mark in sheet.marks if mark.level is not None}
    return frozenset(found)


def _coverage(rubric: Rubric, played: tuple[Played, ...]) -> tuple[Coverage, ...]:
    """Planned against put, over all rooms."""
    return tuple(
        Coverage(
            dimension=d.key,
            name=d.name,
            planned=sum(line.planned for line in lines),
            spoken=sum(line.spoken for line in lines),
            owed=sum(line.owed for line in lines),
            owed_spoken=sum(line.owed_spoken for line in lines),
        )
        for d in rubric.dimensions
        for lines in [[x for each in played for x in each.exposed.coverage if x.dimension == d.key]]
    )


def _agreement(rubric: Rubric, played: tuple[Played, ...]) -> Agreement:
    """Of raters who saw the same room: a room is what they can agree on. Blind sheets alone."""
    rows = [
        Row(each.room.given.raters[sheet.seat], each.room.given.room, mark.dimension, mark.level)
        for each in played
        for sheet in blind(each.room.given.sheets)
        for mark in sheet.marks
    ]
    levels = [level.value for d in rubric.dimensions for level in d.levels]
    found = agreement(ratings(rows, (min(levels), max(levels))))
    return Agreement(
        alpha=found.alpha.rounded(), exact=found.exact.rounded(), adjacent=found.adjacent.rounded()
    )


# --- as it is shown -----------------------------------------------------------------------------------


def _room(played: Played) -> RoomLine:
    given = played.room.given
    runs = phase_runs(given.scenario, given.record)
    seats = seat_histories(given.record)
    return RoomLine(
        place=played.place,
        room=given.room,
        title=given.title,
        scenario_title=given.scenario.title,
        started_at=runs[0].started_at if runs else None,
        minutes=round(sum(run.lasted for run in runs) / 60_000),
        extra_time=played.room.extra_time,
        raters=tuple(sheet.name for sheet in played.sheets),
        trainees=len(given.trainees),
        bots=tuple(s.title for s in seats if any(o.bot for o in s.occupants)),
        warnings=played.exposed.warnings,
        owed=len(set(given.rater_seats) - {sheet.seat for sheet in played.sheets}),
        closed_by=given.closed.name if given.closed is not None else "",
    )


def _raters(rubric: Rubric, played: tuple[Played, ...]) -> tuple[RaterLine, ...]:
    return tuple(
        RaterLine(
            place=each.place,
            seat=sheet.seat,
            name=sheet.name,
            focus=each.room.focus.get(sheet.seat, ()),
            late=sheet.late,
            closing=sheet.closing,
            closing_name=level_name(rubric.closing.levels, sheet.closing),
            closing_note=sheet.closing_note,
            incident=sheet.incident,
        )
        for each in played
        for sheet in each.sheets
    )


def _dimensions(rubric: Rubric, played: tuple[Played, ...], judged: Judged) -> tuple[DimensionLine, ...]:
    return tuple(_dimension(d, played, judged) for d in rubric.dimensions)


def _dimension(dimension: Dimension, played: tuple[Played, ...], judged: Judged) -> DimensionLine:
    rooms = tuple(_room_cells(dimension.key, each) for each in played)
    every = [cell for room in rooms for cell in room.cells]
    return DimensionLine(
        key=dimension.key,
        name=dimension.name,
        asks=dimension.asks,
        weight=dimension.weight,
        levels=dimension.levels,
        rooms=rooms,
        probed_in=tuple(room.place for room in rooms if room.probed_by),
        wide=any(room.spread >= WIDE for room in rooms),
        raw=mean(every).rounded(),
        adjusted=judged.adjusted.get(dimension.key) or unknown(judged.why),
    )


def _room_cells(dimension: str, played: Played) -> RoomCells:
    own = tuple(cell for cell in played.cells if cell.dimension == dimension)
    return RoomCells(
        place=played.place,
        cells=own,
        probed_by=tuple(p.title for p in played.exposed.probes if dimension in p.dimensions),
        spread=spread(own),
    )


def _counts(played: tuple[Played, ...]) -> dict[str, int]:
    every = [cell for each in played for cell in each.cells]
    return {
        "rooms": len(played),
        "scoresheets": sum(len(each.sheets) for each in played),
        "marks": len(every),
        "quotes": sum(len(cell.evidence) for cell in every),
    }


def _limits(given: LoopInput, played: tuple[Played, ...], judged: Judged, agreed: Agreement) -> Iterable[str]:
    yield "What is computed here is arithmetic on people's marks. It decides nothing; a named person does."
    rooms = len(played)
    yield f"It rests on {rooms} room{'' if rooms == 1 else 's'}, and predicts no performance at work."
    if rooms > 1:
        yield "That one room's case is harder than another's is not taken out: it stays in the marks."
    if given.missing:
        yield f"Not in it, because they are not played or not rated yet: {', '.join(given.missing)}."
    yield from judged.advice.cautions if judged.advice is not None else ()
    if not given.calibration:
        yield "There was no calibration of this rubric: candidates must not be ranked by these numbers."
    if agreed.alpha.why is not None:
        yield f"There is no alpha: {agreed.alpha.why}."
    for each in played:
        yield from _limits_of_room(each)
    yield "It judges what was said and decided, and infers nothing from voice, looks, accent or speed."


def _limits_of_room(played: Played) -> Iterable[str]:
    line = _room(played)
    if line.extra_time:
        yield (
            f"Room {line.place}: {line.extra_time} % more time in every phase, as was agreed: an adjustment, "
            "and nothing to be read as slowness."
        )
    if line.bots:
        yield f"Room {line.place}: a scripted persona sat, at least for a time, in: {', '.join(line.bots)}."
    if line.owed:
        yield f"Room {line.place}: {line.owed} of the sheets that count never came."
    if line.trainees:
        yield f"Room {line.place}: {line.trainees} marked as trainees; their sheets are not in here."
    late = [sheet.name for sheet in played.sheets if sheet.late]
    if late:
        yield f"Room {line.place}: marked when others' marks could be seen: {', '.join(late)}."

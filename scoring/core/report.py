"""Assemble a report: everything that entered, what follows from it, and what it cannot say.

Pure: the same input gives the same bytes. Times are milliseconds since 1970, UTC, unless a
field says ms into a phase. No seq leaves the server; evidence carries the rater's own n.
"""

import hashlib
import json
from collections.abc import Iterable
from typing import Any

from rooms.core.messages import RoomEnded, RoomOpened
from scenarios.core.schema import Dimension, Doc, Level, Rubric, Scenario
from scoring.core.agreement import Agreement, agreement
from scoring.core.board import AssumptionLine, DecisionLine, assumptions, decisions
from scoring.core.decision.marks import Recommendation, Rule, recommend, spread
from scoring.core.estimate import Estimate
from scoring.core.evidence import Cell, cells
from scoring.core.exposure import Exposure, exposure
from scoring.core.findings import Finding, findings
from scoring.core.model import Estimates, RatingModel, RawMeans
from scoring.core.ratings import Ratings, Row, ratings
from scoring.core.record import Entry, PhaseRun, SeatHistory, phase_runs, seat_histories
from scoring.core.sheets import Sheet, blind, level_name, standing

VERSION = 2  # of the report's form; part of its digest


class Closed(Doc):
    """The facilitator closed rating before every scoresheet was in."""

    by: str
    name: str
    at: int


class ReportInput(Doc):
    """All that a report is made from. `sheets` holds every submitted version of every rater."""

    room: str
    title: str
    scenario: Scenario
    scenario_digest: str
    seniority: str = ""  # key; "": the scenario as written
    record: tuple[Entry, ...]
    rater_seats: tuple[str, ...]
    sheets: tuple[Sheet, ...]
    closed: Closed | None = None
    rule: Rule = Rule()


class Header(Doc):
    room: str
    title: str
    scenario: str  # slug
    scenario_title: str
    scenario_digest: str
    seniority: str = ""  # by its name
    rubric: str
    opened_at: int | None
    started_at: int | None
    ended_at: int | None
    ended_why: str
    candidate: str  # name
    phases: tuple[PhaseRun, ...]
    seats: tuple[SeatHistory, ...]
    closed: Closed | None


class RaterLine(Doc):
    """One scoresheet as a whole; `versions` counts the versions its rater submitted."""

    seat: str
    name: str
    version: int
    submitted_at: int
    late: bool
    closing: int | None
    closing_name: str
    closing_note: str
    incident: str
    severity: Estimate


class DimensionLine(Doc):
    """Every mark on one dimension, side by side. `adjusted` is for a model that knows severity."""

    key: str
    name: str
    asks: str
    weight: float
    levels: tuple[Level, ...]
    cells: tuple[Cell, ...]
    spread: int
    raw: Estimate
    adjusted: Estimate
    probed_by: tuple[str, ...]  # titles of the injects put


class Report(Doc):
    version: int
    digest: str  # sha256 of the input, the model and the form
    model: str
    model_says: str
    header: Header
    raters: tuple[RaterLine, ...]
    owed: tuple[str, ...]  # rater seats without a submitted scoresheet
    dimensions: tuple[DimensionLine, ...]
    talk_order: tuple[str, ...]  # dimensions, largest disagreement first
    closing_asks: str
    agreement: Agreement
    exposure: Exposure
    findings: tuple[Finding, ...] = ()  # what became of the faults planted in the tables
    decisions: tuple[DecisionLine, ...]
    assumptions: tuple[AssumptionLine, ...]
    recommendation: Recommendation
    limits: tuple[str, ...]
    generated_from: dict[str, int]  # how many lines, scoresheets, marks and quotes


def canonical(document: Doc) -> bytes:
    """The document as bytes: the same for equal documents on every machine."""
    found: Any = document.model_dump(mode="json")
    return json.dumps(found, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def digest(given: ReportInput, model: RatingModel) -> str:
    """What names a report: the hash of all that it is made from and by."""
    made_by = f"report {VERSION}\n{model.version}\n".encode()
    return hashlib.sha256(made_by + canonical(given)).hexdigest()


def assemble(given: ReportInput, model: RatingModel | None = None) -> Report:
    """The report on one room. Raises BadEvidence if a sheet quotes what was never said."""
    model = model or RawMeans()
    rubric, sheets = given.scenario.rubric, standing(given.sheets)
    marks = cells(given.scenario, given.record, sheets, blind(given.sheets))
    exposed = exposure(given.scenario, given.record)
    estimates = model.fit(rows(given.room, rubric, sheets))
    agreed = _agreement(given, rubric)
    lines = tuple(_dimension(d, marks, estimates, exposed) for d in rubric.dimensions)
    verdict = recommend(rubric, tuple((s.seat, s.name) for s in sheets), marks, exposed.coverage, given.rule)
    return Report(
        version=VERSION,
        digest=digest(given, model),
        model=estimates.model,
        model_says=estimates.says,
        header=_header(given),
        raters=tuple(_rater(rubric, s, estimates) for s in sheets),
        owed=tuple(seat for seat in given.rater_seats if seat not in {s.seat for s in sheets}),
        dimensions=lines,
        talk_order=talk_order(lines),
        closing_asks=rubric.closing.asks,
        agreement=agreed,
        exposure=exposed,
        findings=findings(given.scenario, given.record),
        decisions=decisions(given.scenario, given.record),
        assumptions=assumptions(given.record),
        recommendation=verdict,
        limits=tuple(_limits(given, sheets, agreed, exposed)),
        generated_from=_counts(given, marks),
    )


def rows(room: str, rubric: Rubric, sheets: tuple[Sheet, ...]) -> Ratings:
    """The sheets of one room as ratings of one candidate, who is named by the room."""
    levels = [level.value for d in rubric.dimensions for level in d.levels]
    found = [Row(s.seat, room, m.dimension, m.level) for s in sheets for m in s.marks]
    return ratings(found, (min(levels), max(levels)))


def talk_order(lines: tuple[DimensionLine, ...]) -> tuple[str, ...]:
    """What to talk about first: the largest disagreement, then the heaviest dimension."""
    return tuple(line.key for line in sorted(lines, key=lambda line: (-line.spread, -line.weight)))


def _agreement(given: ReportInput, rubric: Rubric) -> Agreement:
    """Of the sheets nobody could copy from: agreement after a talk is no agreement of raters."""
    found = agreement(rows(given.room, rubric, blind(given.sheets)))
    return Agreement(
        alpha=found.alpha.rounded(), exact=found.exact.rounded(), adjacent=found.adjacent.rounded()
    )


def _header(given: ReportInput) -> Header:
    opened = [e.at for e in given.record if isinstance(e.event, RoomOpened)]
    ended = [(e.at, e.event.why) for e in given.record if isinstance(e.event, RoomEnded)]
    runs = phase_runs(given.scenario, given.record)
    seats = seat_histories(given.record)
    rubric = given.scenario.rubric
    names = [s.occupants[-1].name for s in seats if s.kind == "candidate" and s.occupants]
    return Header(
        room=given.room,
        title=given.title,
        scenario=given.scenario.slug,
        scenario_title=given.scenario.title,
        scenario_digest=given.scenario_digest,
        seniority=given.scenario.seniority(given.seniority).name if given.seniority else "",
        rubric=f"{rubric.name}, version {rubric.version}",
        opened_at=opened[0] if opened else None,
        started_at=runs[0].started_at if runs else None,
        ended_at=ended[0][0] if ended else None,
        ended_why=ended[0][1] if ended else "",
        candidate=names[0] if names else "",
        phases=runs,
        seats=seats,
        closed=given.closed,
    )


def _rater(rubric: Rubric, sheet: Sheet, estimates: Estimates) -> RaterLine:
    return RaterLine(
        seat=sheet.seat,
        name=sheet.name,
        version=sheet.version,
        submitted_at=sheet.submitted_at,
        late=sheet.late,
        closing=sheet.closing,
        closing_name=level_name(rubric.closing.levels, sheet.closing),
        closing_note=sheet.closing_note,
        incident=sheet.incident,
        severity=next(s.severity for s in estimates.severities if s.rater == sheet.seat).rounded(),
    )


def _dimension(
    dimension: Dimension, marks: tuple[Cell, ...], estimates: Estimates, exposed: Exposure
) -> DimensionLine:
    own = tuple(cell for cell in marks if cell.dimension == dimension.key)
    score = next((s for s in estimates.scores if s.dimension == dimension.key), None)
    nobody = Estimate(why="no scoresheet")
    return DimensionLine(
        key=dimension.key,
        name=dimension.name,
        asks=dimension.asks,
        weight=dimension.weight,
        levels=dimension.levels,
        cells=own,
        spread=spread(own),
        raw=score.raw.rounded() if score else nobody,
        adjusted=score.adjusted.rounded() if score else nobody,
        probed_by=tuple(p.title for p in exposed.probes if dimension.key in p.dimensions),
    )


def _counts(given: ReportInput, marks: tuple[Cell, ...]) -> dict[str, int]:
    return {
        "lines": len(given.record),
        "scoresheets": len(given.sheets),
        "marks": len(marks),
        "quotes": sum(len(cell.evidence) for cell in marks),
    }


# --- what it cannot say ------------------------------------------------------------------------------


def _limits(
    given: ReportInput, sheets: tuple[Sheet, ...], agreed: Agreement, exposed: Exposure
) -> Iterable[str]:
    yield "The recommendation is arithmetic on people's marks. It decides nothing; a named person does."
    yield "It rests on one room: it does not compare candidates and predicts no performance at work."
    yield (
        "Marks are shown as given, not adjusted for severity: in one room nobody can tell a hard rater "
        "from a weak performance. There is no interval and no probability for the same reason."
    )
    if agreed.alpha.why is not None:
        yield f"There is no alpha: {agreed.alpha.why}."
    yield from _hands(given)
    yield from _uneven(given, sheets)
    if exposed.warnings:
        yield "It compares badly with other rooms of this scenario: see what the candidate was exposed to."
    yield "It judges what was said and decided, and infers nothing from voice, looks, accent or speed."


def _hands(given: ReportInput) -> Iterable[str]:
    """Seats that no person sat in: their pressure is not a person's."""
    seats = seat_histories(given.record)
    bots = [s.title for s in seats if any(o.bot for o in s.occupants) and s.kind != "candidate"]
    if bots:
        yield f"A scripted persona sat, at least for a time, in: {', '.join(bots)}. Its pressure is scripted."
    if any(o.bot for s in seats if s.kind == "candidate" for o in s.occupants):
        yield "The candidate's seat was held by a scripted persona: this is a rehearsal, about nobody."


def _uneven(given: ReportInput, sheets: tuple[Sheet, ...]) -> Iterable[str]:
    """Sheets that are missing, late or changed once others' marks could be seen."""
    if given.closed is not None:
        yield f"{given.closed.name} closed rating before every scoresheet was in."
    late = [s.name for s in sheets if s.late]
    if late:
        yield (
            f"Submitted or changed when others' marks could be seen: {', '.join(late)}. Agreement counts "
            "only what was marked before; the marks and the composite are the newest."
        )
    if not any(isinstance(e.event, RoomEnded) for e in given.record):
        yield "The room had not ended when this was made."

"""Assemble a report: everything that entered, what follows from it, and what it cannot say.

Pure: the same input gives the same bytes. Times are milliseconds since 1970, UTC, unless a
field says ms into a phase. No seq leaves the server; evidence carries the rater's own n.
"""

import hashlib
import json
from collections.abc import Iterable
from typing import Any

from rooms.core.messages import Adjusted, RoomEnded, RoomOpened, Voiced
from scenarios.core.schema import Dimension, Doc, Level, Rubric, Scenario
from scoring.core.agreement import Agreement, agreement
from scoring.core.board import AssumptionLine, DecisionLine, assumptions, decisions
from scoring.core.calibrated import Calibrated
from scoring.core.decision.advice import Advice, Says
from scoring.core.decision.rule import Rule
from scoring.core.estimate import Estimate, unknown
from scoring.core.evidence import Cell, cells, mean, spread
from scoring.core.exposure import Exposure, exposure
from scoring.core.facets.document import VERSION as MODEL
from scoring.core.facets.settings import Settings
from scoring.core.findings import Finding, findings
from scoring.core.gaps import gaps
from scoring.core.method import difference, method
from scoring.core.model import Judged, Panel, judge, recommended, rows
from scoring.core.record import Entry, PhaseRun, SeatHistory, phase_runs, seat_histories
from scoring.core.sheets import Sheet, blind, level_name, standing

VERSION = 6  # of the report's form; part of its digest
WIDE = 2  # levels between two marks, from which people should talk


class Closed(Doc):
    """The facilitator closed rating before every scoresheet was in."""

    by: str
    name: str
    at: int


class ReportInput(Doc):
    """All that a report is made from. `sheets` holds every submitted version of every rater who counts.

    `rater_seats`: whose sheets count; `trainees`: the raters' seats whose sheets do not, and are not here.
    `raters`: seat -> the rater's name in ratings. `calibration`: the digest of the calibration that the marks
    are held against; "": there was none.
    """

    room: str
    title: str
    scenario: Scenario
    scenario_digest: str
    seniority: str = ""  # key; "": the scenario as written
    purpose: str = "assessment"
    record: tuple[Entry, ...]
    rater_seats: tuple[str, ...]
    trainees: tuple[str, ...] = ()
    raters: dict[str, str]
    sheets: tuple[Sheet, ...]
    closed: Closed | None = None
    rule: Rule = Rule()
    calibration: str = ""


class MadeFrom(Doc):
    """What, of the things that go on changing, a report was made from: enough to make it again.

    `upto`: the seq of the last line of the record; `versions`: seat -> the last version submitted.
    """

    title: str
    rater_seats: tuple[str, ...]
    trainees: tuple[str, ...] = ()
    raters: dict[str, str]
    closed: Closed | None
    rule: Rule
    calibration: str
    upto: int
    versions: dict[str, int]


class Header(Doc):
    room: str
    title: str
    scenario: str  # slug
    scenario_title: str
    scenario_digest: str
    seniority: str = ""  # by its name
    purpose: str
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
    """Every mark on one dimension, side by side. `wide`: so far apart that people should talk."""

    key: str
    name: str
    asks: str
    weight: float
    levels: tuple[Level, ...]
    cells: tuple[Cell, ...]
    spread: int
    wide: bool
    raw: Estimate
    adjusted: Estimate
    probed_by: tuple[str, ...]  # titles of the injects put


class Report(Doc):
    """`says` is None where the recommendation is switched off. Without `advice`, `no_advice` says why."""

    version: int
    digest: str  # sha256 of the input, the model and the form
    model: str
    settings: Settings
    calibration: str  # its digest; "": there was none
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
    says: Says | None
    advice: Advice | None
    no_advice: str
    difference: str  # between the raw composite and the adjusted one, and why
    method: tuple[str, ...]
    limits: tuple[str, ...]
    generated_from: dict[str, int]  # how many lines, scoresheets, marks and quotes


class Debrief(Doc):
    """The marks side by side, for talking over: what of a report needs no model."""

    header: Header
    raters: tuple[RaterLine, ...]
    owed: tuple[str, ...]
    dimensions: tuple[DimensionLine, ...]
    talk_order: tuple[str, ...]
    closing_asks: str


def canonical(document: Doc) -> bytes:
    """The document as bytes: the same for equal documents on every machine."""
    found: Any = document.model_dump(mode="json")
    return json.dumps(found, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def digest(given: ReportInput) -> str:
    """What names a report: the hash of all that it is made from and by."""
    made_by = f"report {VERSION}\n{MODEL}\n".encode()
    return hashlib.sha256(made_by + canonical(given)).hexdigest()


def made_from(given: ReportInput) -> MadeFrom:
    """What to keep of an input beside the report."""
    kept = {name: getattr(given, name) for name in MadeFrom.model_fields if name in ReportInput.model_fields}
    versions = {sheet.seat: sheet.version for sheet in standing(given.sheets)}
    return MadeFrom(**kept, upto=max((e.seq for e in given.record), default=0), versions=versions)


def as_it_was(now: ReportInput, then: MadeFrom) -> ReportInput:
    """The input that a report was made from, out of what the room holds now: logs and sheets only grow."""
    kept = {name: getattr(then, name) for name in MadeFrom.model_fields if name in ReportInput.model_fields}
    sheets = tuple(sheet for sheet in now.sheets if sheet.version <= then.versions.get(sheet.seat, 0))
    record = tuple(entry for entry in now.record if entry.seq <= then.upto)
    return now.model_copy(update={**kept, "sheets": sheets, "record": record})


def assemble(given: ReportInput, calibrated: Calibrated | None = None) -> Report:
    """The report on one room; `calibrated` is what `given.calibration` names.

    Raises BadEvidence if a sheet quotes what was never said.
    """
    rubric, sheets = given.scenario.rubric, standing(given.sheets)
    marks = cells(given.scenario, given.record, sheets, blind(given.sheets))
    exposed = exposure(given.scenario, given.record)
    panel = Panel(given.room, sheets, given.raters, gaps(rubric, marks, exposed.coverage))
    header = _header(given)
    judged = judge(rubric, header.seniority, panel, given.rule, calibrated)
    lines = tuple(_dimension(d, marks, judged, exposed) for d in rubric.dimensions)
    agreed = _agreement(given, rubric)
    return Report(
        version=VERSION,
        digest=digest(given),
        model=MODEL,
        settings=judged.settings,
        calibration=given.calibration,
        header=header,
        raters=tuple(_rater(rubric, s, judged) for s in sheets),
        owed=_owed(given, sheets),
        dimensions=lines,
        talk_order=talk_order(lines),
        closing_asks=rubric.closing.asks,
        agreement=agreed,
        exposure=exposed,
        findings=findings(given.scenario, given.record),
        decisions=decisions(given.scenario, given.record),
        assumptions=assumptions(given.record),
        says=recommended(judged, given.rule),
        advice=judged.advice,
        no_advice=judged.why,
        difference=difference(judged.advice) if judged.advice is not None else "",
        method=method(judged, bool(given.calibration)),
        limits=tuple(_limits(given, sheets, judged, agreed, exposed)),
        generated_from=_counts(given, marks),
    )


def debrief(given: ReportInput) -> Debrief:
    """The marks as they stand, at once. Raises BadEvidence if a sheet quotes what was never said."""
    rubric, sheets = given.scenario.rubric, standing(given.sheets)
    marks = cells(given.scenario, given.record, sheets, blind(given.sheets))
    exposed = exposure(given.scenario, given.record)
    unjudged = Judged(settings=Settings(), why="adjusted marks are in the report")
    lines = tuple(_dimension(d, marks, unjudged, exposed) for d in rubric.dimensions)
    return Debrief(
        header=_header(given),
        raters=tuple(_rater(rubric, s, unjudged) for s in sheets),
        owed=_owed(given, sheets),
        dimensions=lines,
        talk_order=talk_order(lines),
        closing_asks=rubric.closing.asks,
    )


def _owed(given: ReportInput, sheets: tuple[Sheet, ...]) -> tuple[str, ...]:
    return tuple(seat for seat in given.rater_seats if seat not in {s.seat for s in sheets})


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
        purpose=given.purpose,
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


def _rater(rubric: Rubric, sheet: Sheet, judged: Judged) -> RaterLine:
    known = judged.advice.raters if judged.advice is not None else ()
    severity = next((rater.difference for rater in known if rater.rater == sheet.seat), None)
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
        severity=severity or unknown(judged.why or "this rater observed nothing"),
    )


def _dimension(
    dimension: Dimension, marks: tuple[Cell, ...], judged: Judged, exposed: Exposure
) -> DimensionLine:
    own = tuple(cell for cell in marks if cell.dimension == dimension.key)
    return DimensionLine(
        key=dimension.key,
        name=dimension.name,
        asks=dimension.asks,
        weight=dimension.weight,
        levels=dimension.levels,
        cells=own,
        spread=spread(own),
        wide=spread(own) >= WIDE,
        raw=mean(own).rounded(),
        adjusted=judged.adjusted.get(dimension.key) or unknown(judged.why),
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
    given: ReportInput, sheets: tuple[Sheet, ...], judged: Judged, agreed: Agreement, exposed: Exposure
) -> Iterable[str]:
    yield "What is computed here is arithmetic on people's marks. It decides nothing; a named person does."
    yield "It rests on one room, and predicts no performance at work."
    if given.purpose == "practice":
        yield "This was practice: it enters no assessment, and nobody is hired or turned down by it."
    yield from judged.advice.cautions if judged.advice is not None else ()
    if not given.calibration:
        yield "There was no calibration of this rubric: candidates must not be ranked by these numbers."
    if agreed.alpha.why is not None:
        yield f"There is no alpha: {agreed.alpha.why}."
    yield from _adjustment(given)
    yield from _hands(given)
    yield from _uneven(given, sheets)
    if given.trainees:
        yield f"Trainees who marked as well, and whose sheets count nowhere: {len(given.trainees)}."
    if exposed.warnings:
        yield "It compares badly with other rooms of this scenario: see what the candidate was exposed to."
    yield "It judges what was said and decided, and infers nothing from voice, looks, accent or speed."


def _adjustment(given: ReportInput) -> Iterable[str]:
    """Time that was agreed on: a long room is then no slow candidate."""
    for entry in given.record:
        if isinstance(entry.event, Adjusted):
            yield (
                f"The candidate had {entry.event.extra_time} % more time in every phase, as was agreed: an "
                "adjustment, and nothing to be read as slowness."
            )


def _hands(given: ReportInput) -> Iterable[str]:
    """Seats that no person sat in: their pressure is not a person's."""
    seats = seat_histories(given.record)
    bots = [s.title for s in seats if any(o.bot for o in s.occupants) and s.kind != "candidate"]
    if bots:
        yield f"A scripted persona sat, at least for a time, in: {', '.join(bots)}. Its pressure is scripted."
        yield from _voices(given)
    if any(o.bot for s in seats if s.kind == "candidate" for o in s.occupants):
        yield "The candidate's seat was held by a scripted persona: this is a rehearsal, about nobody."


def _voices(given: ReportInput) -> Iterable[str]:
    """Whose words the personas spoke."""
    for entry in given.record:
        if isinstance(entry.event, Voiced):
            yield (
                f"Its words may come from the language model {entry.event.model}; when it speaks, about what "
                "and with which stance is scripted."
            )


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

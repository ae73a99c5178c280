"""The read side: who owes what, which sheets a seat may see, the current report and whether it is stale."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

import rooms.queries
from rooms.access import SeatRef
from rooms.queries import RoomInfo
from scoring.core import record
from scoring.core.calibrated import rater_names, rubric_name
from scoring.core.comparison import Comparison, Played, compare
from scoring.core.report import Closed, ReportInput, canonical, digest
from scoring.core.report import debrief as marks_of
from scoring.core.sheets import Draft, Evidence, Mark, Sheet, as_draft, filled
from scoring.models import Calibration, RatingClosed, Report, ReportRequest, Scoresheet, Signature
from scoring.rules import rule_for

# --- scoresheets ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Owed:
    """A rater seat without a submitted scoresheet. `name` is empty while nobody sits there."""

    seat: str
    title: str
    name: str


@dataclass(frozen=True, slots=True)
class Desk:
    """A rater's own work: the draft or what was submitted last, as a draft; and the version it would be."""

    draft: Draft
    quotes: dict[int, str]  # n -> what was said there, of the evidence attached
    version: int
    saved_at: int | None
    submitted: Sheet | None


def sheets(room_id: str) -> tuple[Sheet, ...]:
    """Every submitted version of every scoresheet of a room. Not for showing: see `visible_sheets`."""
    rows = Scoresheet.objects.filter(room=room_id).exclude(submitted_at=None).order_by("seat", "version")
    return tuple(sheet(row) for row in _whole(rows))


def sheet(row: Scoresheet) -> Sheet:
    """A stored scoresheet as the core knows it; a draft has `submitted_at` 0."""
    return Sheet(
        seat=row.seat,
        name=row.rater_name,
        version=row.version,
        submitted_at=row.submitted_at or 0,
        late=row.late,
        marks=tuple(
            Mark(
                dimension=rating.dimension,
                level=rating.level,
                not_observed=rating.not_observed,
                note=rating.note,
                evidence=tuple(Evidence(n=e.n, seq=e.seq, quote=e.quote) for e in rating.evidence.all()),
            )
            for rating in row.ratings.all()
        ),
        closing=row.closing,
        closing_note=row.closing_note,
        incident=row.incident,
    )


def draft_row(room_id: str, seat: str) -> Scoresheet | None:
    return _whole(Scoresheet.objects.filter(room=room_id, seat=seat, submitted_at=None)).first()


def last_submitted(room_id: str, seat: str) -> Scoresheet | None:
    rows = Scoresheet.objects.filter(room=room_id, seat=seat).exclude(submitted_at=None)
    return _whole(rows).order_by("-version").first()


def desk(info: RoomInfo, seat: str) -> Desk:
    """What lies on this rater's desk."""
    row, last = draft_row(info.id, seat), last_submitted(info.id, seat)
    shown = row or last
    written = sheet(shown) if shown is not None else None
    draft = as_draft(written) if written is not None else Draft()
    return Desk(
        draft=filled(info.scenario.rubric, draft),
        quotes={e.n: e.quote for m in written.marks for e in m.evidence} if written is not None else {},
        version=row.version if row is not None else (last.version + 1 if last is not None else 1),
        saved_at=row.saved_at if row is not None else None,
        submitted=sheet(last) if last is not None else None,
    )


def visible_sheets(seat: SeatRef) -> tuple[Sheet, ...]:
    """The submitted sheets this seat may see: its own, and all once unlocked; a candidate sees none."""
    if seat.kind not in ("rater", "facilitator", "panel"):
        return ()
    every = sheets(seat.room_id)
    return every if unlocked(seat.room_id) else tuple(s for s in every if s.seat == seat.seat)


def owed(info: RoomInfo) -> tuple[Owed, ...]:
    """The seats whose sheets count and are not in, as they were laid. Nobody waits for a trainee."""
    submitted = _submitted(info.id)
    return tuple(
        Owed(ref.seat, ref.title, info.state.seats[ref.seat].name)
        for ref in rooms.queries.counted_raters(info.id)
        if ref.seat not in submitted
    )


def unlocked(room_id: str) -> bool:
    """May raters see one another's marks? When every sheet that counts is in, or rating was closed.

    Where only trainees rate, nothing is ever in: the facilitator closes rating.
    """
    if RatingClosed.objects.filter(room=room_id).exists():
        return True
    seats = {ref.seat for ref in rooms.queries.counted_raters(room_id)}
    return bool(seats) and seats <= _submitted(room_id)


def closed(room_id: str) -> Closed | None:
    row = RatingClosed.objects.filter(room=room_id).first()
    return Closed(by=row.seat, name=row.name, at=row.at) if row is not None else None


def _submitted(room_id: str) -> set[str]:
    rows = Scoresheet.objects.filter(room=room_id).exclude(submitted_at=None)
    return set(rows.values_list("seat", flat=True))


def _whole(rows: QuerySet[Scoresheet]) -> QuerySet[Scoresheet]:
    return rows.prefetch_related("ratings__evidence")


# --- reports ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Current:
    """The newest report of a room. `stale`: its input has changed since."""

    row: Report
    stale: bool


def report_input(room_id: str, calibration: str = "", counted: Collection[str] | None = None) -> ReportInput:
    """All that a report on this room is made from, as it stands now, held against that calibration.

    `counted`: the raters' seats whose sheets count; those that count now. LookupError if there is no room.
    """
    info = rooms.queries.room(room_id)
    counts = {ref.seat for ref in rooms.queries.counted_raters(room_id)} if counted is None else set(counted)
    every = rooms.queries.raters(room_id)
    seats = [ref for ref in every if ref.seat in counts]
    return ReportInput(
        room=room_id,
        title=info.title,
        scenario=info.scenario,
        scenario_digest=info.scenario_digest,
        seniority=info.seniority,
        purpose=info.purpose,
        record=record.entries(rooms.queries.record(room_id)),
        rater_seats=tuple(ref.seat for ref in seats),
        trainees=tuple(ref.seat for ref in every if ref.seat not in counts),
        raters=rater_names(room_id, {ref.seat: ref.person_id for ref in seats}),
        sheets=tuple(each for each in sheets(room_id) if each.seat in counts),
        closed=closed(room_id),
        rule=rule_for(info.workspace_id),
        calibration=calibration,
    )


def calibration_for(room_id: str) -> Calibration | None:
    """The newest calibration of the room's workspace and rubric, from rooms of the same purpose."""
    info = rooms.queries.room(room_id)
    rows = Calibration.objects.filter(
        workspace=info.workspace_id, rubric=rubric_name(info.scenario.rubric), purpose=info.purpose
    )
    return rows.order_by("-created_at", "-pk").first()


def comparison(room_id: str, other_id: str) -> Comparison:
    """What the candidates of two rooms met, side by side."""
    return compare(_played(room_id), _played(other_id))


def _played(room_id: str) -> Played:
    info = rooms.queries.room(room_id)
    log = record.entries(rooms.queries.record(room_id))
    return Played(room_id, info.scenario, info.scenario_digest, info.seniority, log)


def current_report(room_id: str) -> Current | None:
    """The report on what is known now; else the newest there is, marked stale; None before the first.

    A newer calibration makes no report stale: a report is held against the one that was the newest when
    its marks came in, or a signature would be worth a day. Reports of a form from before the model are kept,
    but are no report on what is known now.
    """
    rows = Report.objects.filter(room=room_id, made_from__isnull=False).order_by("-pk")
    rows = rows.select_related("signature", "calibration")
    if (newest := rows.first()) is None:
        return None
    held_against = {row.calibration.digest if row.calibration else "" for row in rows}
    given = report_input(room_id)
    wanted = [digest(given.model_copy(update={"calibration": each})) for each in held_against]
    fitting = rows.filter(digest__in=wanted).first()
    return Current(fitting or newest, stale=fitting is None)


def debrief(room_id: str) -> dict[str, Any]:
    """The marks as they stand now, for talking over; only for those who may see every mark."""
    return plain(canonical(marks_of(report_input(room_id))).decode())


def kept_reports(room_id: str) -> tuple[Report, ...]:
    """Every report on a room that is kept, the oldest first. Only for those who may see every mark."""
    return tuple(Report.objects.filter(room=room_id).order_by("pk"))


def waiting(room_id: str) -> ReportRequest | None:
    """The asking for a report that has not been answered yet."""
    return ReportRequest.objects.filter(room=room_id, done_at=None).first()


def signed_before(report: Report) -> Report | None:
    """The newest other report on the same room that somebody signed."""
    others = Report.objects.filter(room=report.room, signature__isnull=False).exclude(pk=report.pk)
    return others.select_related("signature").order_by("-pk").first()


def plain(document: str) -> dict[str, Any]:
    """A stored document as plain values for a page."""
    found: dict[str, Any] = json.loads(document)
    return found


# --- many rooms at once -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the scoring of a room is."""

    submitted: frozenset[str]  # seats
    unlocked: bool
    reported: bool
    signed: bool


def progress_of(room_ids: Collection[str]) -> dict[str, Progress]:
    """How far the scoring of each of these rooms is, in a few queries however many they are."""
    submitted: dict[str, set[str]] = {room_id: set() for room_id in room_ids}
    sheets_in = Scoresheet.objects.filter(room__in=room_ids).exclude(submitted_at=None)
    for room_id, seat in sheets_in.values_list("room", "seat"):
        submitted[room_id].add(seat)
    closed_rooms = set(RatingClosed.objects.filter(room__in=room_ids).values_list("room", flat=True))
    reports = Report.objects.filter(room__in=room_ids)
    reported = set(reports.values_list("room", flat=True))
    signed = set(reports.filter(signature__isnull=False).values_list("room", flat=True))
    return {
        room_id: Progress(
            submitted=frozenset(submitted[room_id]),
            unlocked=room_id in closed_rooms or (bool(seats) and seats <= submitted[room_id]),
            reported=room_id in reported,
            signed=room_id in signed,
        )
        for room_id, seats in rooms.queries.counted_seats(room_ids).items()
    }


def newest_documents(room_ids: Collection[str]) -> dict[str, dict[str, Any]]:
    """The newest report of each of these rooms that has one, as plain values."""
    rows = Report.objects.filter(room__in=room_ids, made_from__isnull=False).order_by("pk")
    newest = dict(rows.values_list("room", "pk"))
    found = Report.objects.filter(pk__in=newest.values())
    return {row.room: plain(row.document) for row in found}


def submitted_versions(room_ids: Collection[str]) -> dict[str, tuple[tuple[str, int], ...]]:
    """Room -> (seat, version) of every submitted sheet, trainees' too: what a change of marks changes."""
    found: dict[str, list[tuple[str, int]]] = {room_id: [] for room_id in room_ids}
    rows = Scoresheet.objects.filter(room__in=room_ids).exclude(submitted_at=None)
    for room_id, seat, version in rows.order_by("seat", "version").values_list("room", "seat", "version"):
        found[room_id].append((seat, version))
    return {room_id: tuple(each) for room_id, each in found.items()}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of one room's candidate. None: they did not come so far, or no number is known."""

    room: str
    candidate: str  # name
    rubric: str  # name and version
    seniority: str  # by its name; "": as written
    scale: tuple[int, int]  # the lowest and the highest level
    ended_at: int  # ms
    raw: float | None
    adjusted: float | None
    interval: tuple[float, float] | None  # of `adjusted`
    bar: float | None
    above: float | None  # P(above the bar); None too where nothing is recommended
    says: str | None
    decided: str | None


def verdicts(workspace_id: int, purpose: str = "assessment") -> tuple[Verdict, ...]:
    """Of each room for that purpose that is over and no rehearsal: the newest report and signature."""
    panels = rooms.queries.panels(workspace_id)
    played = [each.room_id for each in panels if each.purpose == purpose and not each.rehearsal]
    final = Report.objects.filter(room__in=played, final=True).order_by("pk")
    newest = dict(final.values_list("room", "pk"))
    signed = Signature.objects.filter(report__room__in=played).order_by("pk")
    decided = dict(signed.values_list("report__room", "decision"))
    rows = Report.objects.filter(pk__in=newest.values()).order_by("room")
    return tuple(_verdict(row, decided.get(row.room)) for row in rows.iterator())


def _verdict(row: Report, decided: str | None) -> Verdict:
    document = plain(row.document)
    advice = document.get("advice") or {}  # reports of an older form have none
    header, levels = document["header"], document["dimensions"][0]["levels"]
    adjusted = advice.get("adjusted", {})
    return Verdict(
        room=row.room,
        candidate=header["candidate"],
        rubric=header["rubric"],
        seniority=header.get("seniority", ""),
        scale=(levels[0]["value"], levels[-1]["value"]),
        ended_at=header["ended_at"],
        raw=advice.get("raw", {}).get("value"),
        adjusted=adjusted.get("value"),
        interval=tuple(adjusted["interval"]) if adjusted.get("interval") else None,
        bar=advice.get("standard", {}).get("bar", {}).get("value"),
        above=(advice.get("recommended") or {}).get("above"),
        says=document.get("says"),
        decided=decided,
    )

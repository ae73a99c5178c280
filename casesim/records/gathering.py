"""Everything a workspace has, as tables and documents. Marks and talk that nobody may see yet stay out."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import rooms.queries
import scoring.queries
from casesim.accounts.models import AuditEntry, Membership, Workspace
from casesim.authoring.models import Draft
from casesim.cohorts.models import Member, Plan, PlannedRoom
from casesim.loops.models import Decision, Loop, LoopRoom
from casesim.records.core.tables import Table, Value, table
from rooms.core.feed import body, item_json
from rooms.queries import RoomInfo
from scenarios.models import ScenarioVersion
from scoring.core.sheets import Sheet
from scoring.models import HireOutcome

ROOM_COLUMNS = ("room", "title", "scenario", "version", "seniority", "status", "opened", "events", "marks")
MARK_COLUMNS = (
    "room", "seat", "rater", "version", "submitted", "late", "dimension", "level", "not_observed", "note",
    "evidence",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Document:
    """A file of an export."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class OfRoom:
    """What of one room goes into an export: a row of each table, and files of its own."""

    room: tuple[Value, ...]
    seats: tuple[tuple[Value, ...], ...]
    marks: tuple[tuple[Value, ...], ...]
    documents: tuple[Document, ...]


def of_room(room_id: str) -> OfRoom:
    """One room. The talk of a room that is not over, and marks while they are given blind, stay out."""
    info = rooms.queries.room(room_id)
    over, open_marks = info.state.status == "ended", scoring.queries.unlocked(room_id)
    sheets = scoring.queries.sheets(room_id) if open_marks else ()
    return OfRoom(
        room=_room(info, over, open_marks),
        seats=tuple(_seats(info)),
        marks=tuple(row for sheet in sheets for row in _marks(room_id, sheet)),
        documents=(*_log(info, over), *(_reports(room_id) if open_marks else ())),
    )


def of_workspace(workspace: Workspace) -> Iterator[Table]:
    """The tables that are not about single rooms."""
    yield _members(workspace)
    yield from _cohorts(workspace)
    yield from _loops(workspace)
    yield _outcomes(workspace)
    yield _audit(workspace)


def moment(ms: int | None) -> str | None:
    """A time in ms as ISO 8601, UTC."""
    if ms is None:
        return None
    return datetime.fromtimestamp(ms / 1000, UTC).isoformat(timespec="milliseconds")


def _room(info: RoomInfo, over: bool, open_marks: bool) -> tuple[Value, ...]:
    return (
        info.id,
        info.title,
        info.scenario_slug,
        info.scenario_version,
        info.seniority,
        info.state.status,
        moment(info.created_at),
        info.state.seq if over else None,
        "open" if open_marks else "blind",
    )


def _seats(info: RoomInfo) -> Iterator[tuple[Value, ...]]:
    for chair in rooms.queries.chairs(info.id):
        yield info.id, chair.seat, chair.kind, chair.title, chair.occupant, chair.name, chair.person


def _marks(room_id: str, sheet: Sheet) -> Iterator[tuple[Value, ...]]:
    for mark in sheet.marks:
        quotes = json.dumps([e.quote for e in mark.evidence], ensure_ascii=False)
        when = moment(sheet.submitted_at)
        start = (room_id, sheet.seat, sheet.name, sheet.version, when, sheet.late)
        yield (*start, mark.dimension, mark.level, mark.not_observed, mark.note, quotes)


def _log(info: RoomInfo, over: bool) -> Iterator[Document]:
    if over:
        lines = (item_json(line.seq, line.at, body(line.event)) for line in rooms.queries.record(info.id))
        yield Document(f"logs/{info.id}.jsonl", "\n".join(lines) + "\n")


def _reports(room_id: str) -> Iterator[Document]:
    for report in scoring.queries.kept_reports(room_id):
        yield Document(f"reports/{room_id}-{report.digest[:12]}.json", report.document)


def _members(workspace: Workspace) -> Table:
    rows = Membership.objects.filter(workspace=workspace).select_related("person").order_by("person__email")
    columns = ("email", "name", "role", "time_zone", "joined")
    return table(
        "members",
        columns,
        [(m.person.email, m.person.name, m.role, m.person.time_zone, m.joined_at.isoformat()) for m in rows],
    )


def _cohorts(workspace: Workspace) -> Iterator[Table]:
    """Who is in which cohort, and which rooms its plan became. What people wrote of themselves is theirs."""
    members = Member.objects.filter(cohort__workspace=workspace).select_related("cohort", "person")
    yield table(
        "cohort_members",
        ("cohort", "member", "email", "trainee", "rounds_missed"),
        [
            (str(m.cohort), f"m{m.pk}", m.person.email, m.trainee, m.absences.count())
            for m in members.order_by("cohort", "pk")
        ],
    )
    planned = PlannedRoom.objects.filter(cohort__workspace=workspace).select_related("cohort", "round")
    yield table(
        "cohort_rooms",
        ("cohort", "round", "number", "room", "laid_as", "in_force"),
        [
            (str(p.cohort), p.round.starts.isoformat(), p.number, p.room, p.spec, p.retired_at is None)
            for p in planned.order_by("pk")
        ],
    )


def plans(workspace: Workspace) -> Iterator[Document]:
    """Every rotation as the planner handed it out, byte for byte."""
    for plan in Plan.objects.filter(cohort__workspace=workspace).order_by("pk").iterator():
        yield Document(f"plans/cohort-{plan.cohort_id}-{plan.pk}.json", plan.document)


def _loops(workspace: Workspace) -> Iterator[Table]:
    """Candidates, their rooms, and what was decided."""
    loops = Loop.objects.filter(workspace=workspace).order_by("pk")
    columns = (
        "loop",
        "candidate",
        "purpose",
        "level",
        "extra_time",
        "keep_days",
        "created",
        "decision",
        "signed_by",
    )
    decided = {d.report.loop_id: d for d in Decision.objects.filter(report__loop__in=loops).order_by("pk")}
    yield table("loops", columns, [_loop(loop, decided.get(loop.pk)) for loop in loops])
    rows = LoopRoom.objects.filter(loop__workspace=workspace).order_by("loop", "pk")
    yield table(
        "loop_rooms",
        ("loop", "room", "expected_raters", "cancelled"),
        [(row.loop_id, row.room, row.expected_raters, moment(row.cancelled_at)) for row in rows],
    )


def _loop(loop: Loop, decision: Decision | None) -> tuple[Value, ...]:
    level = loop.seniority_name or "as written"
    start = (loop.pk, loop.candidate, loop.purpose, level, loop.extra_time, loop.keep_days)
    says, by = (decision.decision, decision.name) if decision is not None else (None, None)
    return (*start, moment(loop.created_at), says, by)


def loop_reports(workspace: Workspace) -> Iterator[Document]:
    """The reports of loops in none of whose rooms anybody still marks blind."""
    for loop in Loop.objects.filter(workspace=workspace).order_by("pk"):
        if all(scoring.queries.unlocked(each.room) for each in loop.rooms.filter(cancelled_at=None)):
            for report in loop.reports.order_by("pk"):
                yield Document(f"reports/loop-{loop.pk}-{report.digest[:12]}.json", report.document)


def cases(workspace: Workspace) -> Iterator[Document]:
    """The scenarios it published itself, each version as rooms have it, and its drafts with their scripts."""
    for version in ScenarioVersion.objects.filter(workspace=workspace).order_by("slug", "version").iterator():
        yield Document(f"scenarios/{version.slug}-{version.version}.json", version.document)
    for draft in Draft.objects.filter(workspace=workspace).order_by("slug").iterator():
        yield Document(f"drafts/{draft.slug}.yaml", draft.text)
        for script in draft.scripts.order_by("name"):
            yield Document(f"drafts/{draft.slug}/{script.name}.jsonl", script.text)


def _outcomes(workspace: Workspace) -> Table:
    rows = HireOutcome.objects.filter(workspace=workspace).select_related("recorded_by").order_by("room")
    return table(
        "outcomes",
        ("room", "good", "known", "recorded_by"),
        [(row.room, row.good, row.known.isoformat(), row.recorded_by.email) for row in rows],
    )


def _audit(workspace: Workspace) -> Table:
    rows = AuditEntry.objects.filter(workspace=workspace).order_by("pk").iterator()
    return table(
        "audit",
        ("at", "who", "did", "to_what"),
        [(row.at.isoformat(), row.actor_name, row.act, row.object) for row in rows],
    )

"""A loop's report: asked for when marks change, built by a worker, signed by a named person. Times in ms."""

import hashlib
import json
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F

import rooms.queries
import scoring.queries
from casesim.accounts.access import Standing
from casesim.accounts.service import Refusal, noted
from casesim.loops import queries
from casesim.loops.core import report as assembling
from casesim.loops.core.given import LoopInput, LoopMadeFrom, RoomInput, digest, kept, then
from casesim.loops.models import Decision, Loop, LoopReport, LoopReportRequest
from casesim.loops.service import note_withdrawal
from scoring.broker import send
from scoring.core.calibrated import Calibrated
from scoring.core.report import canonical
from scoring.models import Calibration
from scoring.rules import rule_for
from scoring.service import CannotSign, check_decision

FIRST_WAIT = 30_000  # ms before a report that was asked for and not built is asked for again
LONGEST_WAIT = 3_600_000


@dataclass(frozen=True, slots=True)
class Current:
    """The newest report of a loop. `stale`: its input has changed since."""

    row: LoopReport
    stale: bool


# --- what it is made from -------------------------------------------------------------------------------


def loop_input(loop: Loop, only: tuple[str, ...] | None = None, calibration: str = "") -> LoopInput:
    """All that a report on this loop is made from, as it stands now.

    `only`: these rooms, in this order; else every room that was played and whose sheets may be seen.
    """
    standing = [each for each in queries.rooms_of(loop) if not each.cancelled]
    done = [each.row.room for each in standing if each.stage == "ended" and each.unlocked]
    return LoopInput(
        loop=loop.pk,
        candidate=loop.candidate,
        seniority=loop.seniority,
        rooms=tuple(_room(room) for room in (only if only is not None else done)),
        missing=tuple(each.info.title for each in standing if each.row.room not in done),
        rule=rule_for(loop.workspace_id),
        calibration=calibration,
    )


def _room(room_id: str, counted: tuple[str, ...] | None = None) -> RoomInput:
    given = scoring.queries.report_input(room_id, counted=counted)
    return RoomInput(given=given, focus=rooms.queries.focus(room_id))


def calibration_for(loop: Loop) -> Calibration | None:
    """The newest calibration of the loop's workspace and rubric, from rooms of the same purpose."""
    rows = Calibration.objects.filter(workspace=loop.workspace_id, rubric=loop.rubric, purpose=loop.purpose)
    return rows.order_by("-created_at", "-pk").first()


def current(loop: Loop) -> Current | None:
    """The report on what is known now; else the newest there is, marked stale; None before the first.

    As with a room's, a newer calibration makes no report stale.
    """
    rows = LoopReport.objects.filter(loop=loop).order_by("-pk").select_related("decision", "calibration")
    if (newest := rows.first()) is None:
        return None
    given = loop_input(loop)
    held_against = {row.calibration.digest if row.calibration else "" for row in rows}
    wanted = [digest(given.model_copy(update={"calibration": each})) for each in held_against]
    fitting = rows.filter(digest__in=wanted).first()
    return Current(fitting or newest, stale=fitting is None)


# --- asked for and built ----------------------------------------------------------------------------------


def ask(loop_id: int, seen: str, now: int) -> None:
    """Ask for a report once this transaction is committed; the request stays until it is answered."""
    with transaction.atomic():
        request, _ = LoopReportRequest.objects.get_or_create(loop_id=loop_id)
        LoopReportRequest.objects.filter(pk=request.pk).update(
            wanted=F("wanted") + 1, seen=seen, sent_at=now, done_at=None, tries=0, error=""
        )
        transaction.on_commit(lambda: _send(loop_id))


def build(loop_id: int, now: int) -> LoopReport | None:
    """Build the report on a loop as it stands. May run twice, or twice at once: same input, one row.

    None while no room can be read, or when the candidate took their consent back.
    """
    # read before the input: what is asked for from here on needs another building
    requests = LoopReportRequest.objects.filter(loop=loop_id)
    wanted = requests.values_list("wanted", flat=True).first() or 0
    try:
        report = _build(Loop.objects.get(pk=loop_id), now)
    except Exception as error:
        requests.update(tries=F("tries") + 1, error=repr(error)[:2000])
        raise
    requests.filter(built__lt=wanted).update(built=wanted)
    requests.filter(wanted=wanted, done_at=None).update(done_at=now, error="")
    return report


def _build(loop: Loop, now: int) -> LoopReport | None:
    found = current(loop)
    if found is not None and not found.stale:
        return found.row
    calibration = calibration_for(loop)
    given = loop_input(loop, calibration=calibration.digest if calibration is not None else "")
    if not given.rooms or loop.withdrawn_at is not None:
        return None
    report = assembling.assemble(given, known(calibration))
    row, _ = LoopReport.objects.get_or_create(
        loop=loop,
        digest=report.digest,
        defaults={
            "document": canonical(report).decode(),
            "calibration": calibration,
            "made_from": kept(given).model_dump(mode="json"),
            "final": not given.missing,
            "created_at": now,
        },
    )
    return row


def known(calibration: Calibration | None) -> Calibrated | None:
    """What a calibration holds; None where there was none."""
    return Calibrated.model_validate_json(calibration.document) if calibration is not None else None


def replay(report_id: int) -> tuple[str, str]:
    """A report as it is kept, and as it comes out when it is made again. LookupError if there is none."""
    row = LoopReport.objects.select_related("calibration", "loop").filter(pk=report_id).first()
    if row is None:
        raise LookupError(f"there is no loop report {report_id}")
    given = as_it_was(row.loop, LoopMadeFrom.model_validate(row.made_from))
    return row.document, canonical(assembling.assemble(given, known(row.calibration))).decode()


def as_it_was(loop: Loop, was: LoopMadeFrom) -> LoopInput:
    """The input that a report was made from, out of what its rooms hold now."""
    rooms_then = tuple(_room(room, was.rooms[room].rater_seats) for room in was.order)
    return then(loop_input(loop, only=()).model_copy(update={"rooms": rooms_then}), was)


def sweep(now: int) -> int:
    """Ask for reports on loops whose marks have changed, and again for what was asked for and not built.

    Returns how many loops were asked for.
    """
    changed = [(loop, seen) for loop, seen in _as_they_stand() if _is_new(loop, seen)]
    for loop, seen in changed:
        note_withdrawal(loop, now)
        ask(loop.pk, seen, now)
    overdue = [r for r in LoopReportRequest.objects.filter(done_at=None) if r.sent_at + _wait(r.tries) <= now]
    for request in overdue:
        LoopReportRequest.objects.filter(pk=request.pk).update(sent_at=now)
        _send(request.loop_id)
    return len(changed) + len(overdue)


def _as_they_stand() -> list[tuple[Loop, str]]:
    """Each loop that is not decided, with a name for what its report would be made from; a few queries."""
    loops = list(
        Loop.objects.filter(released_at=None).prefetch_related("rooms").select_related("report_request")
    )
    ids = [each.room for loop in loops for each in loop.rooms.all()]
    stages, consents = queries.stages(ids), rooms.queries.consents(ids)
    versions, progress = scoring.queries.submitted_versions(ids), scoring.queries.progress_of(ids)
    found = []
    for loop in loops:
        lines = [
            (
                r.room,
                r.cancelled_at,
                stages[r.room],
                consents.get(r.room),
                versions[r.room],
                progress[r.room].unlocked,
            )
            for r in loop.rooms.all()
        ]
        if any(versions[r.room] or r.room in consents for r in loop.rooms.all()):
            stands = [lines, loop.candidate, rule_for(loop.workspace_id).recommends]
            found.append((loop, hashlib.sha256(json.dumps(stands).encode()).hexdigest()))
    return found


def _is_new(loop: Loop, seen: str) -> bool:
    request = getattr(loop, "report_request", None)
    return request is None or request.seen != seen


def _wait(tries: int) -> int:
    return min(FIRST_WAIT * 2 ** min(tries, 10), LONGEST_WAIT)


def _send(loop_id: int) -> None:
    send("casesim.loops.tasks.build_report", loop_id)


# --- debrief, decision, what the candidate is told ----------------------------------------------------


def debrief(loop: Loop, readable: tuple[str, ...]) -> dict[str, object] | None:
    """The marks of the rooms somebody may read, as plain values; None if there is none."""
    done = [each.row.room for each in queries.rooms_of(loop) if not each.cancelled]
    shown = tuple(room for room in done if room in readable)
    if not shown:
        return None
    found = assembling.debrief(loop_input(loop, only=shown))
    plain: dict[str, object] = json.loads(canonical(found))
    return plain


def sign(here: Standing, loop: Loop, digest: str, decision: str, reason: str, now: int) -> Decision:
    """This person's decision on the report of that digest. Refusal says why there can be none."""
    if loop.withdrawn_at is not None:
        raise Refusal("The candidate took their consent back: nothing is decided on these rooms any more.")
    if loop.conflicts.filter(person=here.person).exists():
        raise Refusal("You have a conflict of interest with this candidate: somebody else decides.")
    found = current(loop)
    if found is None or found.row.digest != digest or found.stale:
        raise Refusal("The report has changed since this page was opened. Read the new one, then sign it.")
    if not found.row.final:
        raise Refusal("Rooms of this loop are still to be played or rated. Cancel them, or wait for them.")
    try:
        check_decision(json.loads(found.row.document)["says"], decision, str(here.person), reason)
    except CannotSign as no:
        raise Refusal(str(no)) from None
    return _signed(here, loop, found.row, decision, reason.strip(), now)


@transaction.atomic
def _signed(here: Standing, loop: Loop, report: LoopReport, decision: str, reason: str, now: int) -> Decision:
    fields = {
        "decision": decision,
        "person": here.person,
        "name": str(here.person),
        "reason": reason,
        "at": now,
    }
    signed, new = Decision.objects.get_or_create(report=report, defaults=fields)
    if not new and (signed.decision, signed.person_id) != (decision, here.person.pk):
        raise Refusal(f"{signed.name} has signed this report already.")
    if new:
        noted(here.person, "signed decision", f"loop {loop.pk} report {report.pk}", here.workspace.pk)
    return signed


@transaction.atomic
def release(here: Standing, loop: Loop, feedback: str, now: int) -> None:
    """Tell the candidate the decision, with words for them. From here on they may contest it. Once."""
    if queries.decision_of(loop) is None:
        raise Refusal("Nobody has signed a decision yet: there is nothing to tell.")
    if not feedback.strip():
        raise Refusal("Say something of use to the candidate: what went well, and what they could work on.")
    if not Loop.objects.filter(pk=loop.pk, released_at=None).update(
        released_at=now, feedback=feedback.strip()
    ):
        raise Refusal("The candidate has been told already.")
    noted(here.person, "told the decision", f"loop {loop.pk}", here.workspace.pk)

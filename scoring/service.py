"""What raters, the facilitator and the worker do: draft, submit, close, build, sign. Times are in ms."""

import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import F

import rooms.queries
from rooms.queries import RoomInfo
from scoring import queries
from scoring.broker import send
from scoring.core import record
from scoring.core.calibrated import Calibrated
from scoring.core.report import VERSION as FORM
from scoring.core.report import MadeFrom, ReportInput, as_it_was, assemble, canonical, made_from
from scoring.core.report import Report as AssembledReport
from scoring.core.sheets import (
    BadSheet,
    Draft,
    DraftMark,
    Evidence,
    Problem,
    as_draft,
    filled,
    missing,
    nonsense,
    without,
)  # fmt: skip
from scoring.models import (
    Calibration,
    Rating,
    RatingClosed,
    Report,
    ReportRequest,
    Scoresheet,
    Signature,
)
from scoring.models import (
    Evidence as EvidenceRow,
)  # fmt: skip

FIRST_WAIT = 20_000  # ms before a report that was asked for and not built is asked for again
LONGEST_WAIT = 3_600_000
WINDOWS = 20  # times a draft is written anew because another window of the rater was quicker
WATCHED = 24 * 3_600_000  # ms for which a report on a room that has not ended is kept fresh


class StaleSheet(Exception):
    """The form on the page is of a version that was submitted meanwhile, perhaps in another window."""


class CannotSign(ValueError):
    """A signature that does not hold; the message is for the signer."""


@dataclass(frozen=True, slots=True)
class Saved:
    """A draft that was kept. `problems` names evidence that was not: it is not in the rater's feed."""

    version: int
    problems: tuple[Problem, ...]


# --- scoresheets --------------------------------------------------------------------------------------


def save_draft(room_id: str, seat: str, draft: Draft, now: int, version: int | None = None) -> Saved:
    """Keep a draft. Quotes are copied from the rater's own feed; evidence from elsewhere is left out.

    `version` is that of the form. Raises BadSheet for what nobody can have meant, StaleSheet when
    that version was submitted already, LookupError for a seat that is no rater's.
    """
    info = rooms.queries.room(room_id)
    _check_rater(info, seat)
    if wrong := nonsense(info.scenario.rubric, draft):
        raise BadSheet(wrong)
    places = _places(room_id, seat)
    problems = tuple(_unseen(draft, places))
    kept = filled(info.scenario.rubric, without(draft, _asked(draft) - set(places)))
    return Saved(_keep(info, seat, kept, places, now, version), problems)


def submit_scoresheet(
    room_id: str, seat: str, draft: Draft, now: int, version: int | None = None
) -> Scoresheet:
    """Submit a scoresheet and ask for the report; submitting the same again changes nothing.

    Raises BadSheet with everything that is missing or wrong (the draft is kept), and what
    `save_draft` raises.
    """
    saved = save_draft(room_id, seat, draft, now, version)
    info = rooms.queries.room(room_id)
    problems = (*saved.problems, *_unready(info), *missing(info.scenario.rubric, draft))
    if problems:
        raise BadSheet(problems)
    own = Scoresheet.objects.filter(room=room_id, seat=seat)
    with transaction.atomic():
        row = own.select_for_update().filter(submitted_at=None).first()
        if row is None:  # a resend: it was submitted already
            return own.latest("version")
        row.late = queries.unlocked(room_id)
        row.submitted_at = row.saved_at = now
        row.save()
        ask_report(room_id, now)
    return row


def close_rating(room_id: str, seat: str, now: int) -> None:
    """Unlock the scoresheets although not all are in. Twice is once; after unlocking it does nothing."""
    if queries.unlocked(room_id):
        return
    name = rooms.queries.room(room_id).state.seats[seat].name
    with transaction.atomic():
        RatingClosed.objects.get_or_create(room=room_id, defaults={"seat": seat, "name": name, "at": now})
        ask_report(room_id, now)


def _check_rater(info: RoomInfo, seat: str) -> None:
    if seat not in {ref.seat for ref in rooms.queries.raters(info.id)}:
        raise LookupError(f"{seat} rates nobody in this room")


def _unready(info: RoomInfo) -> Iterable[Problem]:
    if info.state.status in ("new", "lobby"):
        yield Problem(None, "The room has not started: there is nothing to mark yet.")


def _places(room_id: str, seat: str) -> dict[int, Evidence]:
    """Every moment this rater can quote, by its n."""
    return {
        line.n: Evidence(n=line.n, seq=line.seq, quote=quote)
        for line in rooms.queries.lines(room_id, seat)
        if (quote := record.words(line.event)) is not None
    }


def _asked(draft: Draft) -> set[int]:
    return {n for mark in draft.marks for n in mark.evidence}


def _unseen(draft: Draft, places: dict[int, Evidence]) -> Iterable[Problem]:
    for mark in draft.marks:
        for n in mark.evidence:
            if n not in places:
                yield Problem(mark.dimension, f"Item {n} of your transcript is nothing that was said.")


def _keep(
    info: RoomInfo, seat: str, draft: Draft, places: dict[int, Evidence], now: int, version: int | None
) -> int:
    """Write the draft over the last one, or as a new version after a submitted one. Returns its version."""
    for _ in range(WINDOWS):
        with suppress(IntegrityError), transaction.atomic():
            return _write(info, seat, draft, places, now, version)
        # another window of the same rater wrote at the same moment: look again at what stands
    raise StaleSheet("another window keeps writing this sheet")


def _write(
    info: RoomInfo, seat: str, draft: Draft, places: dict[int, Evidence], now: int, version: int | None
) -> int:
    last = queries.last_submitted(info.id, seat)
    following = last.version + 1 if last is not None else 1
    stands = filled(info.scenario.rubric, as_draft(queries.sheet(last))) if last is not None else None
    if last is not None and stands == draft and queries.draft_row(info.id, seat) is None:
        return last.version
    if version not in (None, following):
        raise StaleSheet(f"version {version} was submitted already")
    fields = {
        "version": following,
        # a rater who marks without having sat down is known by their account
        "rater_name": info.state.seats[seat].name
        or rooms.queries.holder(info.id, seat)
        or info.state.seats[seat].title,
        "saved_at": now,
        "closing": draft.closing,
        "closing_note": draft.closing_note,
        "incident": draft.incident,
    }
    row, _ = Scoresheet.objects.update_or_create(room=info.id, seat=seat, submitted_at=None, defaults=fields)
    row.ratings.all().delete()
    for mark in draft.marks:
        _keep_mark(row, mark, places)
    return following


def _keep_mark(row: Scoresheet, mark: DraftMark, places: dict[int, Evidence]) -> None:
    rating = Rating.objects.create(
        sheet=row,
        dimension=mark.dimension,
        level=mark.level,
        not_observed=mark.not_observed,
        note=mark.note,
    )
    found = [places[n] for n in mark.evidence]
    EvidenceRow.objects.bulk_create(
        EvidenceRow(rating=rating, n=e.n, seq=e.seq, quote=e.quote) for e in found
    )


# --- reports --------------------------------------------------------------------------------------------


def ask_report(room_id: str, now: int) -> None:
    """Ask for a report once this transaction is committed; the request stays until it is answered."""
    with transaction.atomic():
        request, _ = ReportRequest.objects.get_or_create(room=room_id, defaults={"requested_at": now})
        ReportRequest.objects.filter(pk=request.pk).update(
            wanted=F("wanted") + 1, requested_at=now, sent_at=now, done_at=None, tries=0, error=""
        )
        transaction.on_commit(lambda: _send(room_id))


def build_report(room_id: str, now: int | None = None) -> Report:
    """Build the report on a room as it stands. May run twice, or twice at once: same input, one row."""
    now = _now() if now is None else now
    # read before the input: what is asked for from here on needs another building
    wanted = ReportRequest.objects.filter(room=room_id).values_list("wanted", flat=True).first() or 0
    try:
        report = _build(room_id, now)
    except Exception as error:
        ReportRequest.objects.filter(room=room_id).update(tries=F("tries") + 1, error=repr(error)[:2000])
        raise
    ReportRequest.objects.filter(room=room_id, built__lt=wanted).update(built=wanted)
    ReportRequest.objects.filter(room=room_id, wanted=wanted, done_at=None).update(done_at=now, error="")
    return report


def sweep(now: int | None = None) -> int:
    """Ask again for what was asked for and not built, and for reports on rooms that have gone on since.

    Returns how many rooms were asked for.
    """
    now = _now() if now is None else now
    overdue = [r for r in ReportRequest.objects.filter(done_at=None) if r.sent_at + _wait(r.tries) <= now]
    for request in overdue:
        ReportRequest.objects.filter(pk=request.pk).update(sent_at=now)
        _send(request.room)
    gone_on = [room for room in _unfinished(now) if _outdated(room)]
    for room in gone_on:
        ask_report(room, now)
    return len(overdue) + len(gone_on)


def sign(room_id: str, digest: str, seat: str, decision: str, name: str, reason: str, now: int) -> Signature:
    """A named person's decision on the report of that digest. Raises CannotSign."""
    current = queries.current_report(room_id)
    if current is None or current.row.digest != digest or current.stale:
        raise CannotSign("The report has changed since this page was opened. Read the new one, then sign it.")
    check_decision(queries.plain(current.row.document)["says"], decision, name, reason)
    fields = {"decision": decision, "name": name.strip(), "reason": reason.strip(), "seat": seat, "at": now}
    signature, new = Signature.objects.get_or_create(report=current.row, defaults=fields)
    if not new and (signature.decision, signature.name) != (decision, name.strip()):
        raise CannotSign(f"{signature.name} has signed this report already.")
    return signature


def check_decision(recommended: str | None, decision: str, name: str, reason: str) -> None:
    """Raise CannotSign where a decision lacks a name, or a reason it owes."""
    if decision not in Signature.Decision.values:
        raise CannotSign("Choose hire or no hire.")
    if not name.strip():
        raise CannotSign("A decision needs the name of the person who takes it.")
    if recommended is None and not reason.strip():
        raise CannotSign("Nothing is recommended here: give the reason for your decision.")
    if recommended != decision and not reason.strip():
        raise CannotSign("The decision differs from the recommendation: say why.")


def replay(report_id: int) -> tuple[str, str]:
    """A report as it is kept, and as it comes out when it is made again today.

    LookupError if there is none, ValueError if it is of a form that kept too little, or that another release
    of casesim makes.
    """
    row = Report.objects.select_related("calibration").filter(pk=report_id).first()
    if row is None:
        raise LookupError(f"there is no report {report_id}")
    if row.made_from is None:
        raise ValueError(f"report {report_id} was made before reports kept what they were made from")
    if (form := queries.plain(row.document)["version"]) != FORM:
        raise ValueError(
            f"report {report_id} is of form {form}, and this release of casesim makes form {FORM}"
        )
    then = MadeFrom.model_validate(row.made_from)
    given = as_it_was(queries.report_input(row.room, counted=then.rater_seats), then)
    return row.document, canonical(_assembled(given, row.calibration)).decode()


def _build(room_id: str, now: int) -> Report:
    current = queries.current_report(room_id)
    if current is not None and not current.stale:
        return current.row
    calibration = queries.calibration_for(room_id)
    given = queries.report_input(room_id, calibration.digest if calibration is not None else "")
    report = _assembled(given, calibration)
    final = report.header.ended_at is not None
    row, _ = Report.objects.get_or_create(
        room=room_id,
        digest=report.digest,
        defaults={
            "document": canonical(report).decode(),
            "calibration": calibration,
            "made_from": made_from(given).model_dump(mode="json"),
            "final": final,
            "created_at": now,
        },
    )
    return row


def _assembled(given: ReportInput, calibration: Calibration | None) -> AssembledReport:
    kept = Calibrated.model_validate_json(calibration.document) if calibration is not None else None
    return assemble(given, kept)


def _unfinished(now: int) -> list[str]:
    """Rooms whose newest report was built before they ended, and not long ago."""
    recent = Report.objects.filter(final=False, created_at__gte=now - WATCHED)
    done = Report.objects.filter(final=True).values("room")
    asked = ReportRequest.objects.filter(done_at=None).values("room")
    found = recent.exclude(room__in=done).exclude(room__in=asked)
    return sorted(set(found.values_list("room", flat=True)))


def _outdated(room_id: str) -> bool:
    current = queries.current_report(room_id)
    return current is None or current.stale


def _wait(tries: int) -> int:
    return min(FIRST_WAIT * 2 ** min(tries, 10), LONGEST_WAIT)


def _send(room_id: str) -> None:
    send("scoring.tasks.build_report", room_id)


def _now() -> int:
    return time.time_ns() // 1_000_000

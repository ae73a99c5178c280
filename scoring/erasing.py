"""Taking people's words out of scoresheets, reports and signatures. Marks stay, so statistics stay sound.

What is submitted, reported or signed is never changed: rows go and come back without the words, and reports
are made again from what is left, by the rule and the calibration they were made by.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db import transaction

import rooms.queries
from rooms.core.erasure import NOBODY, TOMBSTONE, seats_erased
from scoring import queries
from scoring.core import record
from scoring.core.calibrated import Calibrated
from scoring.core.report import MadeFrom, ReportInput, as_it_was, assemble, canonical
from scoring.models import Evidence, Rating, RatingClosed, Report, Scoresheet, Signature


@dataclass(frozen=True, slots=True)
class _Left:
    """What is to be left: whether anything anybody wrote stays, and whose names and words go."""

    everything: bool
    seats: frozenset[str]

    def text(self, written: str, seat: str) -> str:
        gone = written and (self.everything or seat in self.seats)
        return TOMBSTONE if gone else written

    def name(self, name: str, seat: str) -> str:
        return NOBODY if seat in self.seats else name


@transaction.atomic
def erase(room_id: str, seats: Collection[str]) -> None:
    """Follow `rooms.erasing.erase`, of which this is the other half: call it first, in one transaction."""
    left = _Left(seats_erased(seats) is None, frozenset(seats))
    _erase_sheets(room_id, left)
    _erase_closing(room_id, left)
    _erase_reports(room_id, left)


# --- scoresheets ----------------------------------------------------------------------------------------


def _erase_sheets(room_id: str, left: _Left) -> None:
    said = {line.seq: record.words(line.event) for line in rooms.queries.record(room_id)}
    rows = Scoresheet.objects.filter(room=room_id).prefetch_related("ratings__evidence").order_by("pk")
    for sheet in list(rows):
        marks = [(rating, list(rating.evidence.all())) for rating in sheet.ratings.all()]
        sheet.delete()
        _write_sheet(sheet, left)
        for rating, evidence in marks:
            _write_mark(sheet, rating, evidence, said, left)


def _write_sheet(sheet: Scoresheet, left: _Left) -> None:
    sheet.pk = None
    sheet.rater_name = left.name(sheet.rater_name, sheet.seat)
    sheet.closing_note = left.text(sheet.closing_note, sheet.seat)
    sheet.incident = left.text(sheet.incident, sheet.seat)
    sheet.save(force_insert=True)


def _write_mark(
    sheet: Scoresheet, rating: Rating, evidence: Iterable[Evidence], said: dict[int, str | None], left: _Left
) -> None:
    rating.pk, rating.sheet = None, sheet
    rating.note = left.text(rating.note, sheet.seat)
    rating.save(force_insert=True)
    for quoted in evidence:
        # a quote is what the log says, and the log says less now
        Evidence.objects.create(
            rating=rating, n=quoted.n, seq=quoted.seq, quote=said.get(quoted.seq) or TOMBSTONE
        )


def _erase_closing(room_id: str, left: _Left) -> None:
    for row in RatingClosed.objects.filter(room=room_id):
        row.delete()
        row.pk, row.name = None, left.name(row.name, row.seat)
        row.save(force_insert=True)


# --- reports ----------------------------------------------------------------------------------------------


def _erase_reports(room_id: str, left: _Left) -> None:
    """The newest report and those that are signed are made again; the others go."""
    rows = list(Report.objects.filter(room=room_id).select_related("signature", "calibration").order_by("pk"))
    signatures = {row.pk: row.signature for row in rows if hasattr(row, "signature")}
    kept = [row for row in rows if row.made_from and (row.pk in signatures or row is rows[-1])]
    Signature.objects.filter(report__room=room_id).delete()
    Report.objects.filter(room=room_id).delete()
    now = queries.report_input(room_id)
    for row in kept:
        made = _made_again(row, now)
        if (signature := signatures.get(row.pk)) is not None:
            _sign_again(signature, made, left)


def _made_again(row: Report, now: ReportInput) -> Report:
    """The same report without the words: the record and the names of now, everything else as it was."""
    then = MadeFrom.model_validate(row.made_from)
    then = then.model_copy(update={"title": now.title, "closed": now.closed if then.closed else None})
    calibrated = Calibrated.model_validate_json(row.calibration.document) if row.calibration else None
    document = assemble(as_it_was(now, then), calibrated)
    made, _ = Report.objects.get_or_create(
        room=row.room,
        digest=document.digest,
        defaults={
            "document": canonical(document).decode(),
            "calibration": row.calibration,
            "made_from": then.model_dump(mode="json"),
            "final": row.final,
            "created_at": row.created_at,
        },
    )
    return made


def _sign_again(signature: Signature, report: Report, left: _Left) -> None:
    """The decision and its time stay."""
    Signature.objects.get_or_create(
        report=report,
        defaults={
            "decision": signature.decision,
            "name": left.name(signature.name, signature.seat),
            "reason": left.text(signature.reason, signature.seat),
            "seat": signature.seat,
            "at": signature.at,
        },
    )

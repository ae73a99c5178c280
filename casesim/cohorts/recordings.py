"""Recordings that raters practise on: bundled ones and those a workspace keeps; begun, rated, compared.

Feedback is for the person who practised. Others learn that somebody has practised, and nothing more.
"""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from django.db import transaction
from django.db.models.signals import post_save
from django.dispatch import receiver
from django.utils import timezone

import rooms.queries
import scoring.queries
from casesim.accounts.access import Standing
from casesim.accounts.models import Membership, User, Workspace
from casesim.accounts.service import Refusal, noted
from casesim.cohorts.core.feedback import Compared, Overall, compared, overall
from casesim.cohorts.core.recording import RATER, Lines, Sheet, check, read, recorded, written
from casesim.cohorts.models import Practice, Recording
from casesim.programs.opening import version_of
from rooms.service import play_back
from scoring.models import Scoresheet

LIBRARY = Path(__file__).parent / "library"
NEEDED = 2  # recordings, before somebody rates for real where that is asked for


@dataclass(frozen=True, slots=True)
class Kept:
    """A recording one can practise on. `key`: how `Practice` names it."""

    key: str
    sheet: Sheet
    bundled: bool
    version: int | None  # none: the bundled scenario's newest


@lru_cache(maxsize=1)
def bundled() -> dict[str, Sheet]:
    """The recordings that come with casesim, by name."""
    files = sorted(LIBRARY.glob("*.yaml"))
    return {f.stem: Sheet.model_validate(yaml.safe_load(f.read_text(encoding="utf-8"))) for f in files}


def lines_of(workspace: Workspace, key: str) -> Lines:
    """What is heard in a recording. LookupError if there is none of that name here."""
    if key in bundled():
        return read((LIBRARY / f"{key}.jsonl").read_text(encoding="utf-8"))
    return read(_row(workspace, key).lines)


def kept(workspace: Workspace) -> dict[str, Kept]:
    """Every recording of a workspace, the bundled ones first."""
    found = {name: Kept(name, sheet, bundled=True, version=None) for name, sheet in bundled().items()}
    for row in Recording.objects.filter(workspace=workspace):
        key = f"kept-{row.pk}"
        found[key] = Kept(key, Sheet.model_validate_json(row.sheet), bundled=False, version=row.version_id)
    return found


def _row(workspace: Workspace, key: str) -> Recording:
    number = key.removeprefix("kept-")
    row = Recording.objects.filter(workspace=workspace, pk=number).first() if number.isdigit() else None
    if row is None:
        raise LookupError(key)
    return row


# --- practising -------------------------------------------------------------------------------------------


def begin(here: Standing, key: str) -> Practice:
    """Lay a recording for this person to rate, once; again it is the same. LookupError: no such recording."""
    found = kept(here.workspace).get(key)
    if found is None:
        raise LookupError(key)
    version = found.version if found.version is not None else version_of(found.sheet.scenario).pk
    with transaction.atomic():
        Membership.objects.select_for_update().get(workspace=here.workspace, person=here.person)
        mine = Practice.objects.filter(workspace=here.workspace, person=here.person, recording=key).first()
        if mine is not None:
            return mine
        title = f"Practice: {found.sheet.title}"
        lines = lines_of(here.workspace, key)
        room = play_back(version, lines, RATER, here.person.pk, here.workspace.pk, title)
        return Practice.objects.create(
            workspace=here.workspace, person=here.person, recording=key, room=room, begun_at=timezone.now()
        )


@receiver(post_save, sender=Scoresheet)
def _practised(instance: Scoresheet, **_: Any) -> None:
    """Whoever has handed in enough recordings has practised, and may rate for real."""
    if instance.submitted_at is None:
        return
    row = Practice.objects.filter(room=instance.room).first()
    if row is not None and len(done(row.workspace, row.person)) >= NEEDED:
        mine = Membership.objects.filter(workspace=row.workspace, person=row.person, practised_at=None)
        mine.update(practised_at=timezone.now())


def done(workspace: Workspace, person: User) -> list[Practice]:
    """The recordings this person has handed a sheet in for, in the order they were begun."""
    mine = list(Practice.objects.filter(workspace=workspace, person=person).order_by("pk"))
    sheets = Scoresheet.objects.filter(room__in=[row.room for row in mine]).exclude(submitted_at=None)
    handed_in = set(sheets.values_list("room", flat=True))
    return [row for row in mine if row.room in handed_in]


def begun(workspace: Workspace, person: User) -> dict[str, Practice]:
    """Every recording this person has begun."""
    rows = Practice.objects.filter(workspace=workspace, person=person)
    return {row.recording: row for row in rows}


# --- feedback ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Feedback:
    """A person's marks beside the reference, recording by recording, and what they amount to."""

    recordings: tuple[Compared, ...]
    overall: Overall


def feedback(workspace: Workspace, person: User) -> Feedback:
    """What this person's practice shows; reading it is noted, so that the to-do page asks no more."""
    there, mine = kept(workspace), done(workspace, person)
    found = tuple(_compared(row, there[row.recording]) for row in mine if row.recording in there)
    Practice.objects.filter(pk__in=[row.pk for row in mine], read_at=None).update(read_at=timezone.now())
    return Feedback(found, overall(found))


def _compared(row: Practice, found: Kept) -> Compared:
    """The first sheet handed in counts: later ones were written knowing the reference."""
    sheets = [sheet for sheet in scoring.queries.sheets(row.room) if sheet.seat == RATER]
    first = min(sheets, key=lambda sheet: sheet.version)
    marks = {mark.dimension: mark for mark in first.marks}
    rubric = rooms.queries.room(row.room).scenario.rubric
    shown = compared(found.sheet.title, rubric, marks, found.sheet.marks)
    return shown._replace(lesson=found.sheet.lesson or "")


def unread(person_id: int) -> list[Practice]:
    """Practice that was handed in and whose feedback was never looked at."""
    rows = Practice.objects.filter(person=person_id, read_at=None, workspace__memberships__person=person_id)
    rows = rows.select_related("workspace")
    sheets = Scoresheet.objects.filter(room__in=[r.room for r in rows]).exclude(submitted_at=None)
    handed_in = set(sheets.values_list("room", flat=True))
    return [row for row in rows if row.room in handed_in]


# --- keeping ----------------------------------------------------------------------------------------------


def keep(here: Standing, room_id: str, sheet: dict[str, Any]) -> Recording:
    """Keep a room of this workspace that is over as a recording. Refusal says what does not hold.

    `sheet`: what `core.recording.Sheet` holds besides the scenario. What is kept is what the first rater saw.
    """
    try:
        info = rooms.queries.room(room_id)
    except LookupError:
        raise Refusal("There is no such room.") from None
    if info.workspace_id != here.workspace.pk:
        raise Refusal("There is no such room.")
    if info.state.status != "ended" or RATER not in info.state.seats:
        raise Refusal("Only a room that is over and had a rater's seat can be kept.")
    made = {"scenario": info.scenario_slug, "candidate": "people", "marked_by": str(here.person), **sheet}
    lines, document = recorded(rooms.queries.lines(room_id, RATER)), Sheet.model_validate(made)
    if problems := check(lines, document, info.scenario.rubric):
        raise Refusal(" ".join(f"{problem}." for problem in problems))
    with transaction.atomic():
        row, new = Recording.objects.get_or_create(
            workspace=here.workspace,
            room=room_id,
            defaults={
                "version_id": rooms.queries.version_id(room_id),
                "lines": written(lines),
                "sheet": document.model_dump_json(),
                "kept_by": here.person,
                "kept_at": timezone.now(),
            },
        )
        if not new:
            raise Refusal("This room is kept already.")
        noted(here.person, "kept recording", f"room {room_id}", here.workspace.pk)
    return row


def practised(workspace: Workspace) -> list[tuple[User, bool]]:
    """Everybody in a workspace, with whether they have practised; by name."""
    rows = Membership.objects.filter(workspace=workspace).select_related("person")
    return sorted(((row.person, row.practised_at is not None) for row in rows), key=lambda each: str(each[0]))


def ask_practice(here: Standing, asked: bool) -> None:
    """Whether raters must practise before they rate for real in this workspace."""
    Workspace.objects.filter(pk=here.workspace.pk).update(raters_practise=asked)
    said = "raters must practise first" if asked else "raters need not practise first"
    noted(here.person, "declared practice", said, here.workspace.pk)

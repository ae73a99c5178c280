"""Exports: asked for, written by one worker at a time, gone after a day. Times in ms.

A file appears whole or not at all: it is written beside its place and moved there.
"""

import hashlib
import json
import secrets
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

from django.conf import settings
from django.db import transaction

import rooms.queries
from casesim import claims
from casesim.accounts.models import User, Workspace
from casesim.claims import TRIES, now_ms
from casesim.records.core.tables import Table, as_csv, as_json, table
from casesim.records.gathering import (
    MARK_COLUMNS,
    ROOM_COLUMNS,
    Document,
    OfRoom,
    cases,
    loop_reports,
    moment,
    of_room,
    of_workspace,
    plans,
)
from casesim.records.models import Export
from scoring.broker import send

KEPT = 24 * 3_600_000  # ms a file is there
FORM = 1  # of what an export holds

Tell = Callable[[int, int], None]


# --- asking ------------------------------------------------------------------------------------------------


def ask(workspace: Workspace, by: User, now: int) -> Export:
    """Ask for an export; while one is open, that one. The worker is called once this is committed."""
    with transaction.atomic():
        run, new = Export.objects.get_or_create(
            workspace=workspace, ended_at=None, defaults={"asked_by": by, "asked_at": now, "sent_at": now}
        )
        if new:
            transaction.on_commit(lambda: _send(run.pk))
    return run


def sweep(now: int) -> None:
    """Call a worker again for what is silent, give up what was tried too often, take away what is old."""
    claims.sweep(Export.objects.all(), now, _send, error=f"It was tried {TRIES} times and not finished.")
    for old in Export.objects.filter(expires_at__lte=now).exclude(file=""):
        path(old.file).unlink(missing_ok=True)
        Export.objects.filter(pk=old.pk).update(file="")


def path(name: str) -> Path:
    """Where a file of that name lies."""
    return folder() / name


def folder() -> Path:
    """Where exports lie; nobody but this server's user reads it."""
    place: Path = settings.VAR / "exports"
    place.mkdir(mode=0o700, exist_ok=True)
    return place


def _send(run_id: int) -> None:
    send("casesim.records.tasks.export", run_id)


# --- working -----------------------------------------------------------------------------------------------


def work(run_id: int) -> None:
    """Write an export, unless it is over or another worker is at it."""
    claims.work(Export.objects.select_related("workspace"), run_id, _work)


def _work(hold: claims.Hold[Export]) -> None:
    workspace = hold.row.workspace
    name = f"{workspace.slug}-{secrets.token_hex(8)}.zip"
    write(workspace, path(name), lambda done, of: hold.tell(done=done, of=of))
    now, size = now_ms(), path(name).stat().st_size
    try:
        hold.change(file=name, size=size, ended_at=now, expires_at=now + KEPT, error="")
    except claims.Stopped:
        path(name).unlink(missing_ok=True)
        raise


def write(workspace: Workspace, target: Path, tell: Tell = lambda done, of: None) -> None:
    """The whole workspace as a ZIP at `target`: each table as CSV and JSON, each log and report as it is."""
    draft = target.with_suffix(".part")
    try:
        with zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED) as archive:
            digests = {each.name: _put(archive, each) for each in _documents(workspace, tell)}
            archive.writestr("manifest.json", json.dumps(_manifest(workspace, digests), indent=1))
        draft.rename(target)
    finally:
        draft.unlink(missing_ok=True)


def _documents(workspace: Workspace, tell: Tell) -> Iterator[Document]:
    """Every file but the manifest; one room is held at a time."""
    ids = rooms.queries.room_ids(workspace.pk)
    found: list[OfRoom] = []
    for done, room_id in enumerate(ids):
        tell(done, len(ids))
        each = of_room(room_id)
        yield from each.documents
        found.append(OfRoom(each.room, each.seats, each.marks, ()))
    tell(len(ids), len(ids))
    yield from plans(workspace)
    yield from loop_reports(workspace)
    yield from cases(workspace)
    for whole in (*_of_rooms(found), *of_workspace(workspace)):
        yield Document(f"{whole.name}.csv", as_csv(whole))
        yield Document(f"{whole.name}.json", as_json(whole))


def _of_rooms(found: list[OfRoom]) -> tuple[Table, ...]:
    seats = ("room", "seat", "kind", "title", "occupant", "name", "person")
    return (
        table("rooms", ROOM_COLUMNS, [each.room for each in found]),
        table("seats", seats, [row for each in found for row in each.seats]),
        table("marks", MARK_COLUMNS, [row for each in found for row in each.marks]),
    )


def _put(archive: zipfile.ZipFile, document: Document) -> str:
    content = document.text.encode()
    archive.writestr(document.name, content)
    return hashlib.sha256(content).hexdigest()


def _manifest(workspace: Workspace, digests: dict[str, str]) -> dict[str, object]:
    return {
        "form": FORM,
        "workspace": workspace.slug,
        "name": workspace.name,
        "made": moment(now_ms()),
        "left_out": [
            "the talk of rooms that are not over",
            "marks and reports of rooms whose raters still mark blind",
            "drafts of scoresheets, links, passwords, protected attributes, what people wrote of themselves",
        ],
        "sha256": dict(sorted(digests.items())),
    }

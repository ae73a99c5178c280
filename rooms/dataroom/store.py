"""Granted tables as files. A file is named by what it holds, so rooms that were granted the same share it."""

import fcntl
import hashlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings

from scenarios.core.recipes import Narrowing, Recipe

FORM = 1  # of the files; a later form makes others
PATIENCE = 90  # seconds a table may take to be made
KEPT = 30 * 86_400  # seconds a table is kept that nobody asks for; made again when somebody does


class NotMade(Exception):
    """The table could not be made; the message is for the log."""


def folder(name: str) -> Path:
    """A folder of the data room's own."""
    path: Path = settings.VAR / "dataroom" / name
    path.mkdir(parents=True, exist_ok=True)
    return path


def table_file(name: str, recipe: Recipe, narrow: Narrowing | None) -> Path:
    """The file that holds this much of the table; made now if it is not there. NotMade."""
    asked = {
        "name": name,
        "recipe": recipe.model_dump(mode="json"),
        "narrow": None if narrow is None else narrow.model_dump(mode="json"),
    }
    digest = hashlib.sha256(json.dumps([FORM, asked], sort_keys=True).encode()).hexdigest()
    file = folder("tables") / f"{digest[:32]}.duckdb"
    if not file.exists():
        with only_one(file.with_suffix(".lock")):
            if not file.exists():
                _forget()
                _make({**asked, "file": str(file)})
    os.utime(file)  # somebody asked for it
    return file


def table_profile(file: Path) -> dict[str, Any]:
    """The profile made with that file."""
    made: dict[str, Any] = json.loads(file.with_suffix(".json").read_text(encoding="utf-8"))
    return made


@contextmanager
def only_one(lock: Path) -> Iterator[None]:
    """Wait until nobody else on this machine is in here."""
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _forget() -> None:
    """Clear away what nobody has asked for in a long time."""
    for file in folder("tables").glob("*.duckdb"):
        if time.time() - file.stat().st_mtime > KEPT:
            for part in file.parent.glob(f"{file.stem}.*"):
                part.unlink(missing_ok=True)


def _make(asked: dict[str, Any]) -> None:
    try:
        done = subprocess.run(
            [sys.executable, "-m", "rooms.dataroom.build"],
            input=json.dumps(asked),
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            cwd=settings.BASE_DIR,
            env={},
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise NotMade(f"{asked['name']} took longer than {PATIENCE} s") from None
    if done.returncode:
        raise NotMade(f"{asked['name']}: {done.stderr.strip().splitlines()[-1:]}")

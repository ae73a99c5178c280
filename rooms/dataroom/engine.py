"""Ask a question of granted tables: in a process of its own, for a limited time, in turn."""

import fcntl
import json
import logging
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from django.conf import settings

from rooms.dataroom.store import folder

logger = logging.getLogger(__name__)

SECONDS = 6.0  # that a query may take, its process included
AT_ONCE = 3  # queries of all rooms of this machine at a time
WAIT = 4.0  # seconds a query may wait for its turn
STOPPED = "The query used more than a query may and was stopped. Count or group before you join or sort."
TOO_SLOW = f"The query took longer than {SECONDS:g} seconds and was stopped. Ask for less at a time."


class Busy(Exception):
    """Too many queries run already."""


@dataclass(frozen=True, slots=True)
class Answer:
    """`columns` are {"name", "type"}; `problem`: why there is no answer. `took` in ms."""

    columns: tuple[dict[str, str], ...] = ()
    rows: tuple[tuple[Any, ...], ...] = ()
    cut: bool = False
    problem: str = ""
    took: int = 0


def ask(room_id: str, sql: str, tables: Mapping[str, Path]) -> Answer:
    """The answer to a query that sees these tables and nothing else. Raises Busy.

    Blocks for up to WAIT + SECONDS: for threads, never for an event loop.
    """
    until = time.monotonic() + WAIT
    with _turn([f"room-{room_id}"], until), _turn([f"any-{n}" for n in range(AT_ONCE)], until):
        begun = time.monotonic()
        told = _run({"sql": sql, "tables": {name: str(file) for name, file in tables.items()}})
        took = int((time.monotonic() - begun) * 1000)
    return Answer(
        columns=tuple(told.get("columns", ())),
        rows=tuple(tuple(row) for row in told.get("rows", ())),
        cut=told.get("cut", False),
        problem=told.get("problem", ""),
        took=took,
    )


def _run(asked: dict[str, Any]) -> dict[str, Any]:
    child = subprocess.Popen(
        [sys.executable, "-m", "rooms.dataroom.child"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        cwd=settings.BASE_DIR,
        env={},  # nothing of ours to be read out of it
        start_new_session=True,
    )
    try:
        out, _ = child.communicate(json.dumps(asked), timeout=SECONDS)
    except subprocess.TimeoutExpired:
        child.kill()
        child.communicate()
        return {"problem": TOO_SLOW}
    if child.returncode:
        logger.info("a query's process ended with %s", child.returncode)
        return {"problem": STOPPED}
    told: dict[str, Any] = json.loads(out)
    return told


@contextmanager
def _turn(names: list[str], until: float) -> Iterator[None]:
    """Hold one of these places, on this machine, until the block is left. Busy when none comes free in time.

    A place is a locked file: when a process dies the system gives its places back.
    """
    with ExitStack() as opened:
        places = [opened.enter_context((folder("places") / name).open("w")) for name in names]
        while not any(_locked(place) for place in places):
            if time.monotonic() >= until:
                raise Busy
            time.sleep(0.05)
        yield


def _locked(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True

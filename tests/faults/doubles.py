"""Start a server with one part of it replaced: `python -m tests.faults.doubles NAME casesim.web ARGUMENTS`.

A double makes a rare moment certain (a pause between commit and fan-out) or takes a protection away
(the control). None of this can be switched on in the product. Notes go to files under CASESIM_VAR.
"""

import os
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

HANG = "HANG"  # a command with this in its text is held by the doubles that pause


def var(name: str) -> Path:
    return Path(os.environ["CASESIM_VAR"]) / name


def hang_after_commit() -> None:
    """The log has it and nobody was told: the writer stays there for good."""
    from rooms.live import writer

    step = writer.step

    def hanging(jobs: Any, folds: Any) -> Any:
        done = step(jobs, folds)
        if any(HANG in job.command.model_dump_json() for job, _ in done.answers):
            var("hanging").touch()
            time.sleep(600)
        return done

    replace(writer, "step", hanging)


def show_first() -> None:
    """The control: answer and show, and only then commit; a marked command's commit never comes."""
    from django.db import transaction

    from rooms.live import append, group, writer

    commit = writer.Writer._commit
    for module in (append, group):
        # its own transaction is one inside another then, which the product does not allow itself
        replace(module, "transaction", SimpleNamespace(atomic=lambda durable: transaction.atomic()))

    def showing(self: Any, jobs: Any, folds: Any) -> Any:
        with transaction.atomic():
            told = commit(self, jobs, folds)
            self._tell(told.answers, told.growths)
            if any(HANG in job.command.model_dump_json() for job in jobs):
                var("hanging").touch()
                time.sleep(600)
        return writer.Step([], [], told.rest)

    replace(writer.Writer, "_commit", showing)


def no_poll() -> None:
    """The control: whoever misses a ring never looks by himself."""
    from rooms.live import process

    replace(process, "POLL", 3600.0)


def own_memory() -> None:
    """The control: a writer that decides by what it remembers and does not look at the log's end."""
    from rooms.live.group import Folds

    at_head = Folds.at_head

    def remembered(self: Any, row: Any) -> Any:
        return self._known.get(row.id) or at_head(self, row)

    replace(Folds, "at_head", remembered)
    replace(Folds, "_furthest", lambda self, room_id: self._known.get(room_id))  # nor at the hub's


def everybody_sees() -> None:
    """The control: the audience is not asked."""
    from rooms.live import room

    replace(room, "visible_to", lambda to, seat: True)


def slow_page() -> None:
    """A page whose query takes a second, as a heavy report would."""
    from rooms import queries

    lines = queries.lines

    def slowly(*args: Any) -> Any:
        time.sleep(1.0)
        return lines(*args)

    replace(queries, "lines", slowly)


def slow_loop() -> None:
    """The control: the same second spent in the event loop, when omar comes."""
    from rooms.live.process import Process

    join = Process.join

    async def slowly(self: Any, room_id: str, seat: str, *args: Any) -> Any:
        if seat == "omar":
            time.sleep(1.0)  # noqa: ASYNC251  (that is the fault)
        return await join(self, room_id, seat, *args)

    replace(Process, "join", slowly)


def shifted_clock() -> None:
    """The wall clock of this process alone, moved by as many seconds as the file `shift` says."""
    time_ns = time.time_ns

    def shifted() -> int:
        with suppress(OSError, ValueError):
            return time_ns() + int(float(var("shift").read_text()) * 1e9)
        return time_ns()

    time.time_ns = shifted
    time.time = lambda: shifted() / 1e9


def slow_report() -> None:
    """The first building of a report never ends; a worker that is killed there was in the middle of it."""
    from scoring import service

    build = service._build

    def slowly(*args: Any) -> Any:
        if not var("building").exists():
            var("building").write_text(str(os.getpid()))
            time.sleep(600)
        return build(*args)

    replace(service, "_build", slowly)


def slow_calibration() -> None:
    """The first fit never ends; its spreads are found and kept by then."""
    from scoring import calibrations

    fit = calibrations.at_spreads

    def slowly(*args: Any) -> Any:
        if not var("building").exists():
            var("building").write_text(str(os.getpid()))
            time.sleep(600)
        return fit(*args)

    replace(calibrations, "at_spreads", slowly)


def count_reads() -> None:
    """Nothing is changed; a mark is left each time a log is read."""
    from rooms.live import log

    read = log.read

    def counted(*args: Any) -> Any:
        with var("reads").open("a") as marks:
            marks.write(".")
        return read(*args)

    replace(log, "read", counted)


def deaf_to_revocation() -> None:
    """The control: nobody looks whether a socket's token still opens its seat."""
    from rooms.live.process import Process

    async def nothing(self: Any) -> None:
        return None

    replace(Process, "_close_revoked", nothing)


def replace(owner: Any, name: str, value: Any) -> None:
    """Put `value` in place of what has that name now; AttributeError if nothing has."""
    patch.object(owner, name, value).start()


DOUBLES: dict[str, Callable[[], None]] = {
    double.__name__: double
    for double in (
        hang_after_commit,
        show_first,
        no_poll,
        own_memory,
        everybody_sees,
        slow_page,
        slow_loop,
        shifted_clock,
        slow_report,
        slow_calibration,
        count_reads,
        deaf_to_revocation,
    )
}


def main() -> None:
    name, program, *arguments = sys.argv[1:]
    import django

    django.setup()
    DOUBLES[name]()
    sys.argv = [program, *arguments]
    if program == "casesim.web":
        from casesim.web import main as web

        web()
    else:
        from celery.__main__ import main as celery

        celery()


if __name__ == "__main__":
    main()

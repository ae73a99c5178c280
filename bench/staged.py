"""A web process that notes where its processor time goes: `python -m bench.staged casesim.web ARGUMENTS`.

Functions at the borders of stages are wrapped and read their thread's processor clock, so that waiting
counts for nothing and a stage inside another is taken off the outer one. SIGUSR1 begins anew, SIGUSR2
writes what was found so far to `stages.json` under CASESIM_VAR. Each wrapping costs about a microsecond.
"""

import json
import os
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from functools import wraps
from importlib import import_module
from pathlib import Path
from typing import Any
from unittest.mock import patch

BEGIN, TELL = signal.SIGUSR1, signal.SIGUSR2
FILE = "stages.json"

# The stages of a command, in its order, and the functions that are theirs.
STAGES = {
    "bytes from the kernel": ("twisted.internet.tcp:Connection.doRead",),
    "frames in (autobahn, Daphne)": ("casesim.web:PromptProtocol.dataReceived",),
    "limits and parse": (
        "rooms.transport.consumers:RoomConsumer._hear",
        "rooms.transport.protocol:parse",
    ),
    "queue and hand-over between threads": (
        "rooms.transport.consumers:RoomConsumer._do",
        "rooms.live.process:Process._done",
        "rooms.live.process:Process._finish",
        "rooms.live.writer:Writer._take",
        "rooms.live.writer:Writer._commit",
    ),
    "begin and commit": (
        "django.db.transaction:Atomic.__enter__",
        "django.db.transaction:Atomic.__exit__",
    ),
    "lock and read": ("rooms.live.log:lock",),
    "fold": (
        "rooms.live.group:Folds.at_head",
        "rooms.live.group:apply",
        "rooms.live.room:HubRoom.take",
    ),
    "policy and decide": ("rooms.live.group:decide",),
    "insert": (
        "rooms.live.log:entry",
        "rooms.live.group:Job.digest",
        "rooms.live.group:append",
    ),
    "feeds and heads": (
        "rooms.live.hub:Hub.grew",
        "rooms.live.hub:Hub.hand_out",
    ),
    "clock, bell, calls for bots": (
        "rooms.live.process:Process._grown",
        "rooms.live.bell:Bell.ring",
        "rooms.live.waker:send",
    ),
    "metrics": (
        "rooms.live.metrics:answered",
        "rooms.live.metrics:committed",
        "rooms.live.metrics:handed_out",
    ),
    "frames out (autobahn, Daphne)": (
        "rooms.live.ear:Ear.push",
        "casesim.web:PromptProtocol.serverSend",
    ),
    "bytes to the kernel": ("twisted.internet.tcp:Connection.doWrite",),
}


class Stages:
    """Processor time by stage, of all threads."""

    def __init__(self) -> None:
        self._spent: Counter[str] = Counter()  # ns
        self._thread = threading.local()
        self._begun = time.process_time_ns()

    def begin(self) -> None:
        self._spent.clear()
        self._begun = time.process_time_ns()

    def told(self) -> dict[str, float]:
        """Seconds by stage since the beginning, and of the whole process under ""."""
        whole = {"": time.process_time_ns() - self._begun}
        return {stage: spent / 1e9 for stage, spent in (whole | self._spent).items()}

    def wrapped(self, stage: str, call: Callable[..., Any]) -> Callable[..., Any]:
        """The same function, whose time counts for the stage, without that of stages inside it."""

        @wraps(call)
        def timed(*args: Any, **named: Any) -> Any:
            outer = getattr(self._thread, "inside", 0)
            self._thread.inside, begun = 0, time.thread_time_ns()
            try:
                return call(*args, **named)
            finally:
                took = time.thread_time_ns() - begun
                self._spent[stage] += took - self._thread.inside
                self._thread.inside = outer + took

        return timed


def found(place: str) -> tuple[Any, str]:
    """What owns a function, and its name there. AttributeError if there is none."""
    module, _, path = place.partition(":")
    *owners, name = path.split(".")
    owner: Any = import_module(module)
    for part in owners:
        owner = getattr(owner, part)
    getattr(owner, name)
    return owner, name


def main() -> None:
    import django

    django.setup()
    stages = Stages()
    for stage, places in STAGES.items():
        for owner, name in map(found, places):
            patch.object(owner, name, stages.wrapped(stage, getattr(owner, name))).start()
    result = Path(os.environ["CASESIM_VAR"]) / FILE
    signal.signal(BEGIN, lambda *_: stages.begin())
    signal.signal(TELL, lambda *_: result.write_text(json.dumps(stages.told())))
    sys.argv = sys.argv[1:]
    from casesim.web import main as web

    web()


if __name__ == "__main__":
    main()

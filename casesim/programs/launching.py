"""What the commands that start casesim have in common: a line for each step, one launcher over one `var`."""

import fcntl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from django.core.management.base import CommandError

from casesim.processes import port_is_free


class Screen(Protocol):
    """Where progress is shown, e.g. a command's `stdout`."""

    def write(self, text: str, ending: str = ...) -> Any: ...

    def flush(self) -> None: ...


def say(screen: Screen, text: str) -> None:
    """Print now, also into a pipe."""
    screen.write(text)
    screen.flush()


def step(screen: Screen, what: str, do: Callable[[], Any]) -> Any:
    """Do something and say how long it took."""
    screen.write(f"  {what:<24}", ending="")
    screen.flush()
    begun, outcome = time.monotonic(), "failed"
    try:
        result = do()
        outcome = f"{time.monotonic() - begun:5.1f} s"
    finally:
        say(screen, outcome)
    return result


@contextmanager
def alone(path: Path, what: str) -> Iterator[None]:
    """Two launchers over the same data would take each other's bots' turns: the second is refused."""
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CommandError(f"{what} already runs over {path.parent}; stop it with Ctrl-C there") from None
        yield


def refuse_a_taken_port(port: int, make: str) -> None:
    """Before anything is started: say which port is taken and what to do."""
    if not port_is_free(port):
        raise CommandError(f"port {port} is taken by another program; try: make {make} PORT={port + 1}")

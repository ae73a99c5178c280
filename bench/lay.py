"""Rooms in a fresh database, for servers to be measured: `python -m bench.lay 20` prints them as JSON.

In a process of its own, since settings and database are those of the environment.
"""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Sequence

from casesim.processes import ROOT


def laid(env: dict[str, str], rooms: int, *options: str) -> dict[str, dict[str, str]]:
    """Make the environment's database and static files, and lay rooms: room id -> seat -> token."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.lay", str(rooms), *options],
        cwd=ROOT,
        env={**os.environ, **env},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    found: dict[str, dict[str, str]] = json.loads(done.stdout)
    return found


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.lay")
    parser.add_argument("rooms", type=int)
    parser.add_argument("--events", type=int, default=0, help="a log of so many events in each")
    parser.add_argument("--phase", type=int, default=0, help="seconds each phase takes; 0: as written")
    parser.add_argument("--bots", nargs="*", default=[], help="seats that are bots'")
    options = parser.parse_args(arguments)
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0, interactive=False)
    call_command("collectstatic", verbosity=0, interactive=False)  # pages name their files by digest
    from bench import rooms

    opened = [
        rooms.with_log(options.events) if options.events else rooms.opened(options.bots, options.phase)
        for _ in range(options.rooms)
    ]
    print(json.dumps({room.room_id: room.tokens for room in opened}))


if __name__ == "__main__":
    main(sys.argv[1:])

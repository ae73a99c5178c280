"""A fresh database with rooms to break: `python -m tests.faults.lay 24` prints `{room: {seat: token}}`."""

import json
import sys

import django
from django.core.management import call_command

RATERS = 3  # with candidate, three roles and the facilitator a table of eight


def main() -> None:
    django.setup()
    call_command("migrate", verbosity=0)
    from tests.builders import inject, make_room, scenario

    case = scenario([inject("doubt", "one", "dana", at=590), inject("twist", "two", "omar", at=590)])
    opened = [make_room(case, raters=RATERS) for _ in range(int(sys.argv[1]))]
    print(json.dumps({room.room_id: room.tokens for room in opened}))


if __name__ == "__main__":
    main()

"""Make a report again and compare its bytes with those that are kept."""

import difflib
import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from scoring import service

MOST_LINES = 200  # of a difference that are shown


class Command(BaseCommand):
    """Changes nothing. Exit code 1, and the difference, when the bytes are others."""

    help = "Make a report again from what it was made from; says whether it comes out the same to the byte."

    def add_arguments(self, parser: CommandParser) -> None:
        """Which report: the number in its page's last lines."""
        parser.add_argument("report", type=int, metavar="ID")

    def handle(self, *args: Any, **options: Any) -> None:
        """One line when it is the same."""
        try:
            kept, again = service.replay(options["report"])
        except (LookupError, ValueError) as error:
            raise CommandError(str(error)) from None
        if kept != again:
            for line in _difference(kept, again):
                self.stdout.write(line)
            raise CommandError(f"report {options['report']} does not come out the same")
        self.stdout.write(f"report {options['report']}: the same {len(kept.encode())} bytes")


def _difference(kept: str, again: str) -> list[str]:
    """The lines in which two documents differ; the first so many."""
    one, other = (
        json.dumps(json.loads(text), ensure_ascii=False, indent=1).splitlines() for text in (kept, again)
    )
    return list(difflib.unified_diff(one, other, "kept", "made again", lineterm="", n=1))[:MOST_LINES]

"""Make a loop's report again and compare its bytes with those that are kept."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from casesim.loops import reports


class Command(BaseCommand):
    """Changes nothing. Exit code 1 when the bytes are others."""

    help = "Make a loop's report again; says whether it comes out the same to the byte."

    def add_arguments(self, parser: CommandParser) -> None:
        """Which report: the number in its page's last lines."""
        parser.add_argument("report", type=int, metavar="ID")

    def handle(self, *args: Any, **options: Any) -> None:
        """One line when it is the same."""
        try:
            kept, again = reports.replay(options["report"])
        except LookupError as error:
            raise CommandError(str(error)) from None
        if kept != again:
            raise CommandError(f"loop report {options['report']} does not come out the same")
        self.stdout.write(f"loop report {options['report']}: the same {len(kept.encode())} bytes")

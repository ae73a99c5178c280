"""Write everything a workspace has into a ZIP."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from casesim.accounts.models import Workspace
from casesim.records.exports import write


class Command(BaseCommand):
    help = "Write a workspace's tables (CSV and JSON), logs and reports into a ZIP."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("workspace", help="its short name, as in its address")
        parser.add_argument(
            "--out", required=True, type=Path, help="the ZIP to write; it must not be there yet"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        found = Workspace.objects.filter(slug=options["workspace"]).first()
        if found is None:
            raise CommandError(f"there is no workspace {options['workspace']!r}")
        target: Path = options["out"]
        if target.exists():
            raise CommandError(f"{target} is there already")
        try:
            write(found, target, self._tell)
        except OSError as error:
            raise CommandError(f"{target} cannot be written: {error.strerror}") from None
        self.stdout.write(f"{target}: {target.stat().st_size:,} bytes")

    def _tell(self, done: int, of: int) -> None:
        self.stderr.write(f"{done} of {of} rooms")

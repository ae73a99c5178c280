"""Make the bundled recordings again: rehearse the case they name, and keep what its first rater saw."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

import rooms.queries
from casesim.cohorts.core.recording import RATER, check, recorded, written
from casesim.cohorts.recordings import LIBRARY, bundled
from casesim.programs.opening import version_of
from casesim.programs.rehearsal import rehearse, script_of
from scenarios.queries import scenario as scenario_of


class Command(BaseCommand):
    help = "Make the bundled recordings again from their rehearsals (docs/cohorts.md)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", nargs="*", help="which; all if none is named")
        parser.add_argument("--look", action="store_true", help="say what would change, and write nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        there = bundled()
        if unknown := sorted(set(options["name"]) - there.keys()):
            raise CommandError(f"there is no recording {', '.join(unknown)}; there are {', '.join(there)}")
        failed = [name for name in options["name"] or there if not self._made(name, options["look"])]
        if failed:
            raise CommandError(f"the reference marks do not hold: {', '.join(failed)}")

    def _made(self, name: str, look: bool) -> bool:
        """Rehearse one, say how it differs from what is there, and write it. False: its marks do not hold."""
        sheet, file = bundled()[name], LIBRARY / f"{name}.jsonl"
        version = version_of(sheet.scenario)
        scenario = scenario_of(version.pk)
        room = rehearse(version, script_of(scenario, sheet.candidate), sheet.seed).room_id
        lines = recorded(rooms.queries.lines(room, RATER))
        text, before = written(lines), file.read_text(encoding="utf-8") if file.exists() else ""
        problems = check(lines, sheet, scenario.rubric)
        self.stdout.write(f"{name}: {len(lines)} lines, {'as before' if text == before else 'changed'}")
        for problem in problems:
            self.stdout.write(f"  {problem}")
        if not look and not problems:
            file.write_text(text, encoding="utf-8")
        return not problems

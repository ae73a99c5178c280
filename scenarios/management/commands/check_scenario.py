"""Say what is wrong with a scenario file, and where."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from scenarios import loader
from scenarios.core.check import Problem
from scenarios.core.schema import Scenario


class Command(BaseCommand):
    """Needs no database."""

    help = "Check scenario files; every problem is named with its file and line."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """A scenario, and scripts that are to be played against it."""
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--script", action="append", default=[], type=Path, metavar="FILE.jsonl")

    def handle(self, *args: Any, **options: Any) -> None:
        """One line if it is clean; else one line a problem, and failure."""
        try:
            scenario = loader.load_file(options["file"])
            scripts = [loader.load_script(path, scenario) for path in options["script"]]
        except loader.LoadError as error:
            raise CommandError(_list(error.problems)) from None
        self.stdout.write(f"{options['file']}: clean. {_size(scenario)}")
        for path, lines in zip(options["script"], scripts, strict=True):
            self.stdout.write(f"{path}: clean. {len(lines)} commands")


def _size(s: Scenario) -> str:
    minutes = sum(p.seconds for p in s.phases) // 60
    owed = sum(i.when.owed for i in s.injects)
    return (
        f"{len(s.phases)} phases in {minutes} minutes, {len(s.roles)} roles, {len(s.facts)} facts, "
        f"{len(s.data_sets)} data sets, {len(s.injects)} injects ({owed} owed)"
    )


def _list(problems: list[Problem]) -> str:
    lines = [str(problem) for problem in problems]
    return "\n".join([*lines, f"{len(lines)} problem{'s' * (len(lines) > 1)}"])

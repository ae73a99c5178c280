"""Everything an author does with scenario files at a shell: `manage.py scenarios check|publish ...`."""

import json
import os
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from casesim.authoring.checking import Checked, check_files
from casesim.authoring.core.told import told, told_changes
from casesim.authoring.rehearsing import rehearse_many
from casesim.authoring.scripts import scripts_of
from casesim.authoring.starter import Taken, begin
from casesim.authoring.timelines import Unreadable, applied, exported, imported
from rooms.bots.turns import Stuck
from scenarios import loader, service
from scenarios.core.schema import Scenario
from scenarios.editors import schema_text
from scenarios.models import ScenarioVersion


class Command(BaseCommand):
    """Only `publish` touches the database."""

    help = "Check scenario files, rehearse and publish them."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """One subcommand."""
        do = parser.add_subparsers(dest="do", required=True, metavar="WHAT")
        check = do.add_parser("check", help="Name every problem with its file, its line and what to do.")
        check.add_argument("files", nargs="+", type=Path, metavar="FILE")
        check.add_argument("--script", action="append", default=[], type=Path, metavar="FILE.jsonl")
        check.add_argument("--build", action="store_true", help="make the tables; find faults nobody sees")
        check.add_argument("--json", action="store_true", help="print JSON")
        new = do.add_parser("new", help="Begin a scenario: a commented one that is clean, with two scripts.")
        new.add_argument(
            "folder", type=Path, metavar="NAME", help="of its folder; small letters, digits and -"
        )
        do.add_parser("schema", help="Print the JSON Schema of scenario files, for editors.")
        rehearse = do.add_parser("rehearse", help="Play it many times, by scripts of all strengths.")
        rehearse.add_argument("file", type=Path, metavar="FILE")
        rehearse.add_argument("--runs", type=int, default=50, help="of each script (50)")
        rehearse.add_argument(
            "--candidate", action="append", default=[], help="a script beside it by name, or FILE.jsonl (all)"
        )
        rehearse.add_argument("--seniority", default="", help="one of the scenario's, by key (as written)")
        rehearse.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes (one a core)")
        rehearse.add_argument("--json", action="store_true", help="print JSON")
        timeline = do.add_parser("timeline", help="The injects as a spreadsheet, out and in.")
        timeline.add_argument("file", type=Path, metavar="FILE")
        way = timeline.add_mutually_exclusive_group(required=True)
        way.add_argument("--export", dest="out", type=Path, metavar="X.xlsx", help="or X.csv")
        way.add_argument("--import", dest="sheet", type=Path, metavar="X.xlsx", help="or X.csv")
        timeline.add_argument("--write", action="store_true", help="change FILE; else only say what would")
        publish = do.add_parser("publish", help="Publish files, or without one those that come with casesim.")
        publish.add_argument("files", nargs="*", type=Path, metavar="FILE")

    def handle(self, *args: Any, **options: Any) -> None:
        getattr(self, f"do_{options['do']}")(options)

    def do_check(self, options: dict[str, Any]) -> None:
        """One line for each clean file; two for each problem, and failure."""
        found = check_files(options["files"], options["script"], options["build"])
        if options["json"]:
            self.stdout.write(json.dumps([one.as_json() for one in found], indent=2, ensure_ascii=False))
        else:
            for one in found:
                if not one.problems:
                    self.stdout.write(f"{one.file}: clean. {one.holds}")
        if problems := [p for one in found for p in one.problems]:
            raise CommandError(_counted(problems) if options["json"] else _told(found))

    def do_new(self, options: dict[str, Any]) -> None:
        """A folder with everything to begin with, and what to do next."""
        try:
            files = begin(options["folder"])
        except (Taken, ValueError, OSError) as error:
            raise CommandError(str(error)) from None
        for path in files:
            self.stdout.write(str(path))
        self.stdout.write(f"Next: change {files[0]}, then manage.py scenarios check {files[0]}")

    def do_schema(self, options: dict[str, Any]) -> None:
        self.stdout.write(schema_text(), ending="")

    def do_rehearse(self, options: dict[str, Any]) -> None:
        """What an author should know of how it plays. Nothing is stored."""
        try:
            scenario = loader.load_file(options["file"])
            scripts = scripts_of(options["file"], scenario, options["candidate"])
            if options["runs"] < 1:
                raise CommandError("--runs: play it once at least")
            found = rehearse_many(
                scenario,
                scripts,
                options["runs"],
                options["seniority"],
                options["jobs"],
                progress=self._played,
            )
        except loader.LoadError as error:
            raise CommandError(_told([Checked("", problems=tuple(error.problems))])) from None
        except KeyError:
            known = ", ".join(x.key for x in scenario.seniorities) or "none"
            raise CommandError(f"--seniority {options['seniority']}: this scenario has {known}") from None
        except Stuck as error:
            raise CommandError(str(error)) from None
        self.stdout.write(json.dumps(found, indent=2, ensure_ascii=False) if options["json"] else told(found))

    def _played(self, done: int, of: int) -> None:
        """How far it is, for who watches; a file or a pipe is spared it."""
        if self.stderr.isatty():
            self.stderr.write(f"\r{done} of {of} hours played" + ("\n" if done == of else ""), str, "")

    def do_timeline(self, options: dict[str, Any]) -> None:
        """Out to a spreadsheet; or in, where without --write nothing is changed."""
        path, out, sheet = options["file"], options["out"], options["sheet"]
        try:
            scenario = loader.load_file(path)
            if out is not None:
                out.write_bytes(exported(scenario, out.suffix.lstrip(".")))
                self.stdout.write(f"{out}: {len(scenario.injects)} injects")
            else:
                self.stdout.write(self._brought_in(path, scenario, sheet, options["write"]))
        except loader.LoadError as error:
            raise CommandError(_told([Checked("", problems=tuple(error.problems))])) from None
        except (Unreadable, OSError, ValueError) as error:
            raise CommandError(str(error)) from None

    def _brought_in(self, path: Path, scenario: Scenario, sheet: Path, write: bool) -> str:
        found = imported(scenario, sheet.read_bytes(), sheet.suffix.lstrip("."))
        if found.bad:
            raise CommandError("\n".join(map(str, found.bad)))
        if not found.any:
            return "The sheet changes nothing."
        text, lost = applied(path.read_text(encoding="utf-8"), found, str(path))
        if write:
            path.write_text(text, encoding="utf-8")
        last = f"{path} is written." if write else "Nothing is written yet; --write does."
        return "\n".join([*told_changes(found), *lost, last])

    def do_publish(self, options: dict[str, Any]) -> None:
        """All, or none when one has a problem. Safe to repeat: what is there already is only named."""
        try:
            scenarios = [loader.load_file(path) for path in options["files"]] or list(loader.bundled())
        except loader.LoadError as error:
            raise CommandError(_told([Checked("", problems=tuple(error.problems))])) from None
        for scenario in scenarios:
            self.stdout.write(_published(scenario))


def _published(scenario: Scenario) -> str:
    before = ScenarioVersion.objects.filter(slug=scenario.slug, workspace=None).count()
    row = service.publish(scenario)
    new = ScenarioVersion.objects.filter(slug=scenario.slug, workspace=None).count() > before
    word = "published" if new else "is there already"
    return f"{row.slug} version {row.version} {word} ({row.digest[:12]})"


def _told(found: list[Checked]) -> str:
    """Each problem with what to do about it, and how many there are."""
    problems = [p for one in found for p in one.problems]
    lines = [line for p in problems for line in (str(p), *([f"    {p.mend}"] if p.mend else []))]
    return "\n".join([*lines, _counted(problems)])


def _counted(problems: list[Any]) -> str:
    return f"{len(problems)} problem{'s' * (len(problems) > 1)}"

"""Publish the bundled scenarios, or those in files."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from scenarios import loader, service
from scenarios.core.schema import Scenario
from scenarios.models import ScenarioVersion


class Command(BaseCommand):
    """Safe to repeat: a scenario that is published already is only named."""

    help = "Publish scenarios from YAML files, or without a file those that come with casesim."

    def add_arguments(self, parser: CommandParser) -> None:
        """Any number of files."""
        parser.add_argument("files", nargs="*", type=Path, metavar="FILE")

    def handle(self, *args: Any, **options: Any) -> None:
        """Publish all, or none of them when one has a problem."""
        try:
            scenarios = [loader.load_file(path) for path in options["files"]] or list(loader.bundled())
        except loader.LoadError as error:
            raise CommandError(str(error)) from None
        for scenario in scenarios:
            self.publish(scenario)

    def publish(self, scenario: Scenario) -> None:
        """One scenario and its line."""
        before = ScenarioVersion.objects.filter(slug=scenario.slug, workspace=None).count()
        row = service.publish(scenario)
        new = ScenarioVersion.objects.filter(slug=scenario.slug, workspace=None).count() > before
        word = "published" if new else "is there already"
        self.stdout.write(f"{row.slug} version {row.version} {word} ({row.digest[:12]})")

"""Fit the rating model to a file of ratings."""

from argparse import ArgumentTypeError
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from scoring.core.facets.calibration import calibrate
from scoring.core.facets.document import document
from scoring.core.facets.settings import Settings
from scoring.files import BadFile, load_ratings, write_whole

MOST_SEED = 2**63 - 1


class Command(BaseCommand):
    """Needs no database. Either the whole document is written, or nothing."""

    help = "Fit the rating model to a CSV file (rater,candidate,dimension,score[,time]); see docs/model.md."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """The ratings, where to write, and the model's settings."""
        parser.add_argument("ratings", type=Path, metavar="RATINGS.csv")
        parser.add_argument("--json", type=Path, metavar="OUT", required=True, help="the document to write")
        parser.add_argument("--link", choices=["adjacent", "cumulative"], default="adjacent")
        parser.add_argument(
            "--bar", type=float, help="a level on the scale: adds each candidate's P(above it)"
        )
        parser.add_argument(
            "--effects",
            choices=["none", "full"],
            default="full",
            help="none: no profiles, impressions or leanings; to compare with: its intervals are too short",
        )
        parser.add_argument("--seed", type=_seed, default=0, help="of the sample that gives the spreads (0)")
        parser.add_argument("--repeats", choices=["latest", "keep"], default="latest")

    def handle(self, *args: Any, **options: Any) -> None:
        """Progress goes to the error output; the last line says what was written."""
        settings = Settings(link=options["link"], effects=options["effects"], seed=options["seed"])
        try:
            reading = load_ratings(options["ratings"], options["repeats"])
            for note in reading.notes:
                self.stderr.write(note)
            fitted = calibrate(reading.ratings, settings, self._tell)
            self.stderr.write("")
            write_whole(options["json"], document(fitted, options["bar"]))
        except BadFile as error:
            raise CommandError(str(error)) from None
        except ValueError as error:
            raise CommandError(f"--{error}") from None
        self.stdout.write(
            f"{options['json']}: {len(reading.ratings.candidates)} candidates, "
            f"{len(reading.ratings.raters)} raters, {int(reading.ratings.observed.sum())} marks"
        )

    def _tell(self, stage: str, done: int) -> None:
        self.stderr.write(f"\r{stage}: pass {done + 1}  ", ending="")
        self.stderr.flush()


def _seed(text: str) -> int:
    if not text.isdecimal() or int(text) > MOST_SEED:
        raise ArgumentTypeError(f"{text!r} is not a whole number from 0 to {MOST_SEED}")
    return int(text)

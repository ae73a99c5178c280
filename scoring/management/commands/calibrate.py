"""Fit the rating model to a file of ratings."""

from argparse import ArgumentTypeError
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from scoring.core.effects.of_fit import rater_effects
from scoring.core.facets.calibration import calibrate
from scoring.core.facets.document import Diagnosed, document
from scoring.core.facets.fitted import Fitted
from scoring.core.facets.settings import Settings
from scoring.core.ratings import Ratings
from scoring.files import BadFile, load_ratings, write_whole

MOST_SEED = 2**63 - 1
REPLICATES = 20
MOST_REPLICATES = 10_000
MOST_MARKS = 50_000  # above which rater effects take minutes


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
        parser.add_argument(
            "--replicates",
            type=_count,
            help=f"of the bootstrap behind rater effects ({REPLICATES}; 0 above {MOST_MARKS:,} marks)",
        )
        parser.add_argument("--repeats", choices=["latest", "keep"], default="latest")

    def handle(self, *args: Any, **options: Any) -> None:
        """Progress goes to the error output; the last line says what was written."""
        settings = Settings(link=options["link"], effects=options["effects"], seed=options["seed"])
        try:
            reading = load_ratings(options["ratings"], options["repeats"])
            for note in reading.notes:
                self.stderr.write(note)
            _check_bar(options["bar"], reading.ratings)  # refused now: a fit may take minutes
            fitted = calibrate(reading.ratings, settings, self._tell)
            diagnosed = self._diagnosed(fitted, options["replicates"], options["seed"])
            self.stderr.write("")
            write_whole(options["json"], document(fitted, options["bar"], diagnosed=diagnosed))
        except BadFile as error:
            raise CommandError(str(error)) from None
        except ValueError as error:
            raise CommandError(f"--{error}") from None
        self.stdout.write(
            f"{options['json']}: {len(reading.ratings.candidates)} candidates, "
            f"{len(reading.ratings.raters)} raters, {int(reading.ratings.observed.sum())} marks"
        )

    def _diagnosed(self, fitted: Fitted, replicates: int | None, seed: int) -> Diagnosed:
        """Rater effects; without a number of replicates only where they take seconds."""
        if replicates is None and len(fitted.design.order) > MOST_MARKS:
            return Diagnosed(why=f"more than {MOST_MARKS:,} marks: ask for them with --replicates")
        count = REPLICATES if replicates is None else replicates
        if not count:
            return Diagnosed()
        found = rater_effects(fitted, count, seed, lambda done, _: self._tell("rater effects", done - 1))
        return Diagnosed(found, count, None)

    def _tell(self, stage: str, done: int) -> None:
        self.stderr.write(f"\r{stage}: pass {done + 1}  ", ending="")
        self.stderr.flush()


def _check_bar(bar: float | None, ratings: Ratings) -> None:
    levels = ratings.levels
    if bar is None or (len(levels) > 1 and levels[0] < bar < levels[-1]):
        return
    scale = f"between {levels[0]} and {levels[-1]}" if len(levels) > 1 else "on a scale of two levels or more"
    raise ValueError(f"bar: {bar:g} does not lie {scale}")


def _seed(text: str) -> int:
    return _whole(text, MOST_SEED)


def _count(text: str) -> int:
    return _whole(text, MOST_REPLICATES)


def _whole(text: str, most: int) -> int:
    if not text.isdecimal() or int(text) > most:
        raise ArgumentTypeError(f"{text!r} is not a whole number from 0 to {most}")
    return int(text)

"""Make ratings whose truth is known."""

import csv
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TextIO

from django.core.management.base import BaseCommand, CommandError, CommandParser
from pydantic import ValidationError

from scoring.core.ratings import NOT_OBSERVED, Ratings
from scoring.core.simulation import HABITS, Plan, Truth, simulated

NUMBERS = {name: field for name, field in Plan.model_fields.items() if name != "link"}


class Command(BaseCommand):
    """Needs no database. The same plan and seed make the same files."""

    help = (
        "Write ratings made from the rating model's own effects, and with --truth what they were made from."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """One option for each number of the plan."""
        parser.add_argument("ratings", type=Path, metavar="OUT.csv")
        parser.add_argument("--truth", type=Path, metavar="TRUTH.json")
        parser.add_argument("--seed", type=int, default=0)
        parser.add_argument("--link", choices=["adjacent", "cumulative"], default="adjacent")
        for name, field in NUMBERS.items():
            kind = field.annotation
            parser.add_argument(
                f"--{name.replace('_', '-')}", type=kind, default=field.default, help=f"({field.default})"
            )

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the files, or say which number makes no sense."""
        try:
            plan = Plan(link=options["link"], **{name: options[name] for name in NUMBERS})
            if options["seed"] < 0:
                raise ValueError("seed: below 0")
            ratings, truth = simulated(plan, options["seed"])
        except ValidationError as error:
            raise CommandError("\n".join(f"{e['loc'][0]}: {e['msg']}" for e in error.errors())) from None
        except ValueError as error:
            raise CommandError(str(error)) from None
        try:
            with options["ratings"].open("w", encoding="utf-8", newline="") as out:
                _write_rows(out, ratings)
            if options["truth"]:
                options["truth"].write_text(json.dumps(_truth(plan, ratings, truth)) + "\n", encoding="utf-8")
        except OSError as error:
            raise CommandError(f"{error.filename}: {error.strerror}") from None
        self.stdout.write(f"{options['ratings']}: {len(ratings.level)} rows")


def _write_rows(out: TextIO, ratings: Ratings) -> None:
    writer = csv.writer(out)
    writer.writerow(["rater", "candidate", "dimension", "score", "time"])
    writer.writerows(_rows(ratings))


def _rows(ratings: Ratings) -> Iterable[tuple[str, str, str, int | str, str]]:
    columns = (ratings.rater, ratings.candidate, ratings.dimension, ratings.level, ratings.month)
    for rater, candidate, dimension, level, month in zip(*(c.tolist() for c in columns), strict=True):
        score = "NA" if level == NOT_OBSERVED else ratings.levels[level]
        time = "" if month != month else f"{month:.3f}"
        yield ratings.raters[rater], ratings.candidates[candidate], ratings.dimensions[dimension], score, time


def _truth(plan: Plan, ratings: Ratings, truth: Truth) -> dict[str, Any]:
    return {
        "plan": plan.model_dump(mode="json"),
        "candidates": {
            name: {"general": general, "abilities": dict(zip(ratings.dimensions, ability, strict=True))}
            for name, general, ability in zip(
                ratings.candidates, truth.general.tolist(), truth.ability.tolist(), strict=True
            )
        },
        "raters": {
            name: {"severity": severity, "habit": HABITS[habit]}
            for name, severity, habit in zip(
                ratings.raters, truth.severity.tolist(), truth.habit.tolist(), strict=True
            )
        },
        "steps": dict(zip(ratings.dimensions, truth.steps.tolist(), strict=True)),
    }

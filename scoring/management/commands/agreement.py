"""The classical statistics of a file of ratings."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from pydantic import ValidationError

from scoring.core import connectivity
from scoring.core.estimate import Estimate
from scoring.core.ratings import Ratings
from scoring.core.reliability.classical import Agreed, Classical, Settings, classical
from scoring.files import BadFile, load_ratings, write_whole


class Command(BaseCommand):
    """Needs no database."""

    help = "Agreement and reliability of a CSV file of ratings; docs/reliability.md says what is computed."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """The ratings, where to write, and the draws that intervals are made of."""
        parser.add_argument("ratings", type=Path, metavar="RATINGS.csv")
        parser.add_argument("--json", type=Path, metavar="OUT", help="write everything as JSON")
        parser.add_argument(
            "--draws", type=int, default=Settings().draws, help="of candidates, for intervals"
        )
        parser.add_argument("--seed", type=int, default=Settings().seed, help="of the draws")

    def handle(self, *args: Any, **options: Any) -> None:
        """What was left alone or replaced and progress go to the error output, a summary to the output."""
        try:
            settings = Settings(draws=options["draws"], seed=options["seed"])
            reading = load_ratings(options["ratings"])
            for note in reading.notes:
                self.stderr.write(note)
            found = classical(reading.ratings, settings, lambda name: self.stderr.write(f"{name} ..."))
            joined = connectivity.document(reading.ratings)
            if options["json"]:
                document = {**found.model_dump(mode="json"), "notes": reading.notes, "connectivity": joined}
                text = json.dumps(document, ensure_ascii=False, allow_nan=False, indent=1)
                write_whole(options["json"], [text])
        except ValidationError as error:
            raise CommandError("\n".join(f"--{e['loc'][0]}: {e['msg']}" for e in error.errors())) from None
        except BadFile as error:
            raise CommandError(str(error)) from None
        for line in _summary(reading.ratings, found, joined):
            self.stdout.write(line)


def _summary(ratings: Ratings, found: Classical, joined: dict[str, Any]) -> Iterator[str]:
    overall = found.overall
    yield (
        f"{overall.marks} marks of {overall.candidates} candidates by {overall.raters} raters "
        f"on {len(ratings.dimensions)} dimensions; {overall.not_observed} not observed"
    )
    if joined["rooms_needed"]:
        yield (
            f"NOT CONNECTED: {len(joined['components'])} groups of raters share no candidate. Do not compare "
            f"across them. Shared rooms that would join them: {joined['rooms_needed']}, at least."
        )
    for group in (overall, *found.by_dimension):
        yield from _told(group)
    for study in found.generalisability.studies:
        yield f"Raters needed for 0.80, dimensions {study.dimensions}: {_number(study.raters_needed, 0)}"


def _told(group: Agreed) -> Iterator[str]:
    yield f"{group.dimension or 'All dimensions'}:"
    icc = {line.name: line.icc for line in group.icc.icc}
    for name, estimate in (
        ("same level", group.share["exact"]),
        ("at most a level apart", group.share["adjacent"]),
        ("alpha, ordinal", group.alpha["ordinal"]),
        ("AC2, quadratic", group.gwet["quadratic"]),
        ("ICC(A,1)", icc["ICC(A,1)"]),
        ("ICC(A,k)", icc["ICC(A,k)"]),
    ):
        yield f"  {name:<22} {_number(estimate)}"


def _number(estimate: Estimate, digits: int = 2) -> str:
    if estimate.value is None:
        return f"none: {estimate.why}"
    value, *ends = (
        f"{round(number, digits) + 0.0:.{digits}f}" for number in (estimate.value, *(estimate.interval or ()))
    )
    return f"{value}  [{', '.join(ends)}]" if ends else value

"""Open a live room and print the way to each seat."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from casesim.accounts.models import Workspace
from casesim.programs.database import ready_database
from casesim.programs.opening import BadName, open_panel
from rooms.bots.voices import model_name
from rooms.core.laying import Terms
from scenarios.loader import LoadError


class Command(BaseCommand):
    help = "Open a live room and print each seat's join link, WebSocket address and bearer token."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("scenario", help="a published slug, or a YAML file")
        parser.add_argument("--json", action="store_true", help="print JSON")
        parser.add_argument(
            "--seat", action="append", default=[], metavar="ROLE=human|bot", help="who sits in a role's seat"
        )
        parser.add_argument(
            "--fill", action="store_true", help="bots in panel seats that --seat does not name"
        )
        parser.add_argument("--seniority", default="", help="one of the scenario's, by key (as written)")
        parser.add_argument("--raters", type=int, default=2, help="how many raters (2)")
        parser.add_argument(
            "--stand-in",
            type=int,
            default=60,
            help="seconds until a bot stands in for the absent; 0: never (60)",
        )

        parser.add_argument(
            "--model",
            action="store_true",
            help="the panel's bots speak through the language model",
        )
        parser.add_argument("--practice", action="store_true", help="what it tells counts in no assessment")
        parser.add_argument(
            "--trainee",
            action="append",
            default=[],
            metavar="SEAT",
            help="a rater's seat whose sheet counts nowhere",
        )
        parser.add_argument("--workspace", metavar="SLUG", help="whose room it is (nobody's)")

    def handle(self, *args: Any, **options: Any) -> None:
        ready_database()
        try:
            room = open_panel(
                options["scenario"],
                options["seat"],
                options["fill"],
                options["raters"],
                options["stand_in"],
                options["seniority"],
                workspace_id(options["workspace"]),
                Terms(model=set_up(options["model"])),
                "practice" if options["practice"] else "assessment",
                options["trainee"],
            )
        except (BadName, ValueError, LoadError) as error:
            raise CommandError(str(error)) from None
        if options["json"]:
            self.stdout.write(json.dumps(room, indent=2))
            return
        self.stdout.write(f"Room {room['room']}: {room['scenario']} version {room['version']}")
        for seat in room["seats"]:
            self.stdout.write(f"  {seat['seat']:<14} {seat['occupant']:<6} {seat['join']}")


def set_up(wanted: bool) -> str:
    """The name of the language model of this server, if it is wanted. BadName if there is none."""
    if wanted and not model_name():
        raise BadName("--model: no language model is set up; see LLM_URL in .env.example")
    return model_name() if wanted else ""


def workspace_id(slug: str | None) -> int | None:
    """The workspace of that short name. BadName if there is none."""
    found = Workspace.objects.filter(slug=slug).first() if slug else None
    if slug and found is None:
        raise BadName(f"there is no workspace {slug!r}")
    return found.pk if found is not None else None

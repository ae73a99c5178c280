"""Plan who plays which role in which room and round, from a file to a file."""

import json
import random
import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from casesim.programs.core.rotation.model import Left
from casesim.programs.core.rotation.plan import Linking, Plan, Refusal, Room, Round
from casesim.programs.core.rotation.planner import planned, replanned
from casesim.programs.core.rotation.reading import BadCohort, cohort, document, published


class Command(BaseCommand):
    help = "Plan a cohort's rotation: who plays which role in which room and round (docs/rotation.md)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, help="the cohort, as JSON")
        parser.add_argument(
            "--json", nargs="?", const="-", metavar="OUT", help="write the plan as JSON to OUT, or print it"
        )
        parser.add_argument(
            "--best-effort", action="store_true", help="if there is no plan, give up the least"
        )
        parser.add_argument("--after", type=Path, metavar="PLAN", help="mend this plan around a drop-out")
        parser.add_argument("--gone", metavar="MEMBER", help="who dropped out")
        parser.add_argument(
            "--from", dest="start", metavar="ROUND", help="since when; else from the first round"
        )
        parser.add_argument("--schema", action="store_true", help="print the JSON Schema of the file")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["schema"]:
            self.stdout.write(json.dumps(published(), indent=2))
            return
        if options["file"] is None:
            raise CommandError("give the cohort's file, or --schema")
        try:
            found = self._found(options)
        except (BadCohort, ValueError) as error:
            raise CommandError(str(error)) from None
        self._hand_out(found, options["json"])
        if isinstance(found, Refusal):
            raise CommandError("\n".join(refusal(found)))

    def _found(self, options: dict[str, Any]) -> Plan | Refusal:
        asked = cohort(text(options["file"]))
        left = until(asked.settings.time_limit)
        if options["after"] is None:
            if options["gone"] or options["start"]:
                raise CommandError("--gone and --from belong to --after PLAN")
            chance = random.Random(asked.settings.seed)  # noqa: S311  (a seed of the user's own)
            return planned(asked, chance, left, self._progress, options["best_effort"])
        if not options["gone"]:
            raise CommandError("--after needs --gone MEMBER")
        old = document(Plan, text(options["after"]))
        return replanned(asked, old, options["gone"], options["start"], left, self._progress)

    def _progress(self, part: float, best: int | None) -> None:
        if self.stderr.isatty():
            above = "" if best is None else f", {best} above the bound"
            self.stderr.write(f"\r{part:4.0%}{above:<30}", ending="")

    def _hand_out(self, found: Plan | Refusal, where: str | None) -> None:
        if where is None:
            if isinstance(found, Plan):
                self.stdout.write("\n".join(told(found)))
            return
        written = found.model_dump_json(indent=2)
        if where == "-":
            self.stdout.write(written)
        else:
            Path(where).write_text(written + "\n", encoding="utf-8")


def text(path: Path) -> str:
    """The file's text. CommandError if it cannot be read."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{path} cannot be read: {error}") from None


def until(seconds: float) -> Left:
    """A clock that says how many of so many seconds are left."""
    end = time.monotonic() + seconds
    return lambda: end - time.monotonic()


def told(plan: Plan) -> list[str]:
    """The plan for people."""
    lines = [line for held in plan.rounds for line in _round(held)]
    lines += ["", "Who does what how often:"]
    for share in plan.shares:
        seats = ", ".join(f"{count} x {seat}" for seat, count in share.seats.items() if count)
        lines.append(f"  {share.member}: {seats or 'nothing'}; met {share.met} people, idle {share.idle}")
    lines += ["", "Goals, the most important first (value, least possible):"]
    lines += [f"  {goal.goal:<10} {goal.value:>6} {goal.bound:>6}" for goal in plan.goals]
    lines += ["", _linking(plan.linking)]
    lines += [f"Not kept: {unmet.says}" for unmet in plan.unmet]
    lines += [f"Changed: {c.member} in {c.round}: {c.before} -> {c.after}" for c in plan.changes]
    return lines


def _linking(linking: Linking) -> str:
    if linking.connected:
        weakest = linking.weakest
        thin = f"; {', '.join(weakest.side)} hang by {weakest.shared} shared candidate(s)" if weakest else ""
        return f"{linking.ratings} ratings, one connected design{thin}"
    islands = len(linking.islands)
    return f"{linking.ratings} ratings in {islands} islands; to connect them takes at least {linking.needed}"


def refusal(none: Refusal) -> list[str]:
    """Why there is no plan, for people."""
    lines = ["There is no plan." if none.certain else "No plan was found in time."]
    lines += [f"  {clash}" for clash in none.clashes]
    if none.remedy:
        lines += ["The least that would have to give (--best-effort does so):"]
        lines += [f"  {remedy}" for remedy in none.remedy]
    return lines


def _round(held: Round) -> list[str]:
    when = f", {held.starts:%Y-%m-%d %H:%M %Z}" if held.starts else ""
    idle = [f"  idle: {', '.join(held.idle)}"] if held.idle else []
    return [f"{held.round}{when}", *map(_room, held.rooms), *idle]


def _room(room: Room) -> str:
    seats = ", ".join(f"{s.seat} {s.member or ('(bot)' if s.bot else '(nobody)')}" for s in room.seats)
    return f"  room {room.room}, {room.scenario}: {seats}"

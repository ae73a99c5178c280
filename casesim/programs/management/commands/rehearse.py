"""Play a full room of bots in seconds, rate it, and print what happened."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from casesim.programs.database import ready_database
from casesim.programs.management.commands.open_room import set_up
from casesim.programs.opening import BadName, version_of
from casesim.programs.rehearsal import recording, rehearse, script_of, summary
from rooms.bots.turns import Stuck, Voice
from rooms.bots.voices import live
from scenarios.loader import LoadError
from scenarios.queries import scenario as scenario_of


class Command(BaseCommand):
    help = "Play a room of bots on a simulated clock, with two scripted raters and the real report."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("scenario", help="a published slug, a bundled one, or a YAML file")
        parser.add_argument(
            "--candidate", default="strong", help="strong, middling, weak, abuse, injection ... or FILE.jsonl"
        )
        parser.add_argument("--seniority", default="", help="one of the scenario's, by key (as written)")
        parser.add_argument("--seed", type=int, default=0, help="same seed, same log")
        voice = parser.add_mutually_exclusive_group()
        voice.add_argument("--model", action="store_true", help="the panel speaks through the language model")
        voice.add_argument("--replay", type=Path, metavar="TRANSCRIPT", help="... through a recording of it")
        parser.add_argument("--json", action="store_true", help="print JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        ready_database()
        try:
            version = version_of(options["scenario"])
            candidate = script_of(scenario_of(version.pk), options["candidate"])
            model, voice = _voice(options["model"], options["replay"])
            played = rehearse(version, candidate, options["seed"], options["seniority"], model, voice)
            done = summary(played)
        except (BadName, LoadError, Stuck, ValueError) as error:
            raise CommandError(str(error)) from None
        self.stdout.write(json.dumps(done, indent=2, ensure_ascii=False) if options["json"] else told(done))


def _voice(model: bool, replay: Path | None) -> tuple[str, Voice | None]:
    if replay is not None:
        return recording(replay)
    return (set_up(model), live()) if model else ("", None)


def told(done: dict[str, Any]) -> str:
    """The summary for people."""
    events, injects = done["events"], done["injects"]
    lines = [
        f"{done['scenario']}, room {done['room']}: {sum(events.values())} events",
        "  " + ", ".join(f"{count} {name}" for name, count in events.items()),
        "Injects by role: " + _counts(injects["by_role"]),
        "Injects by dimension: " + _counts(injects["by_dimension"]),
        "Decisions:",
        *[_decision(d) for d in done["decisions"]],
        "Marks:",
        *[f"  {dimension:<16} {_counts(marks)}" for dimension, marks in done["marks"].items()],
        _verdict(done),
        *[f"  - {reason}" for reason in done["reasons"]],
        f"Transcript: {done['transcript']}",
        f"Report:     {done['report']}",
    ]
    return "\n".join(lines)


def _verdict(done: dict[str, Any]) -> str:
    if done["composite"] is None:
        return f"Verdict: {done['verdict']}"
    numbers = f"raw {done['composite']:.2f}, adjusted {done['adjusted']:.2f}, bar {done['bar']}"
    return f"Verdict: {done['verdict']} (leans to {done['leans']}; {numbers}, P(above) {done['above']:.2f})"


def _decision(d: dict[str, Any]) -> str:
    history = f"{d['versions']} version(s), {d['objections']} objection(s), {d['yielded']} yielded"
    return f"  {d['mark']} {d['choice']} ({history})"


def _counts(counts: dict[str, Any]) -> str:
    return ", ".join(f"{name} {'not observed' if count is None else count}" for name, count in counts.items())

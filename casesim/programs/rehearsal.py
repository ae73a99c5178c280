"""A rehearsal: a full room of bots, through the same door, on a clock of its own.

Same scenario, script and seed: the same log, event for event. Two scripted raters mark what
they saw, and the real report task runs.
"""

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

from casesim.authoring.scripts import script_at
from casesim.programs.opening import BadName
from rooms import queries
from rooms.bots.llm import Model, replaying
from rooms.bots.runner import Stored
from rooms.bots.turns import Stuck, Voice, play
from rooms.bots.voices import limits
from rooms.core import messages as m
from rooms.core.feed import body, item_json
from rooms.core.laying import Terms
from rooms.core.state import State
from rooms.listener.builtin import hear
from rooms.service import known, open_room
from scenarios.core.hostile import HOSTILE, hostile
from scenarios.core.schema import CANDIDATE, Scenario
from scenarios.core.script import Script
from scenarios.loader import bundled_script
from scenarios.models import ScenarioVersion
from scenarios.queries import scenario as scenario_of
from scoring.core.rehearsal import mark
from scoring.queries import current_report
from scoring.service import submit_scoresheet
from scoring.tasks import build_report

OPENS = 1_767_603_600_000  # Monday 5 January 2026, 09:00 UTC: every rehearsal's clock starts here
PLACE = ("n", "at")  # what stands beside an event in a transcript
SEVERITIES = {"rater1": 0.0, "rater2": 0.4}  # levels by which a scripted rater marks lower


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """What a rehearsal leaves behind."""

    room_id: str
    scenario: Scenario
    report: dict[str, Any]
    transcript: Path
    report_file: Path


def script_of(scenario: Scenario, name: str) -> Script:
    """`strong`, `weak`, a hostile kind or a JSONL file. BadName or LoadError say what is wrong."""
    if name.endswith(".jsonl"):
        return script_at(Path(name), scenario)
    if name in HOSTILE:
        return hostile(scenario, name)
    try:
        return bundled_script(scenario.slug, name)
    except KeyError:
        known_names = ", ".join(("strong", "middling", "weak", *HOSTILE))
        raise BadName(f"{scenario.slug} has no script {name!r}; give {known_names} or a file") from None


def rehearse(
    version: ScenarioVersion,
    candidate: Script,
    seed: int = 0,
    seniority: str = "",
    model: str = "",
    voice: Voice | None = None,
) -> Rehearsed:
    """Play, rate and report. The room stays in the database like any other. ValueError: no such seniority.

    `model`: the name of the language model the panel's bots speak through, and `voice` what asks it.
    """
    room_id = _play(version.pk, candidate, seed, seniority, model, voice)
    scenario = queries.room(room_id).scenario
    _rate(room_id, scenario, seed)
    report = _report(room_id)
    transcript, report_file = _write(room_id, report)
    return Rehearsed(room_id, scenario, report, transcript, report_file)


def summary(done: Rehearsed) -> dict[str, Any]:
    """What happened, as plain values: counts, decisions, marks, verdict, and where to read on."""
    record = queries.record(done.room_id)
    report = done.report
    return {
        "room": done.room_id,
        "scenario": done.scenario.slug,
        "events": dict(sorted(Counter(line.event.type for line in record).items())),
        "injects": {
            "by_role": dict(sorted(Counter(p["seat"] for p in report["exposure"]["probes"]).items())),
            "by_dimension": {c["dimension"]: c["spoken"] for c in report["exposure"]["coverage"]},
        },
        "decisions": _decisions(known(done.room_id).state),
        "marks": {
            line["key"]: {cell["rater"]: cell["level"] for cell in line["cells"]}
            for line in report["dimensions"]
        },
        "agreement": report["agreement"]["alpha"],
        **_verdict(report),
        "transcript": str(done.transcript),
        "report": str(done.report_file),
    }


def _verdict(report: dict[str, Any]) -> dict[str, Any]:
    """What the rule said and why. Nobody knows scripted raters, so it seldom says more than "debrief"."""
    advice = report["advice"]
    if advice is None:
        return {"verdict": report["says"], "composite": None, "reasons": [report["no_advice"]]}
    return {
        "verdict": report["says"],
        "leans": advice["recommended"]["leans"],
        "above": advice["recommended"]["above"],
        "composite": advice["raw"]["value"],
        "adjusted": advice["adjusted"]["value"],
        "bar": advice["standard"]["bar"]["value"],
        "reasons": [trigger["text"] for trigger in (*advice["lacking"], *advice["doubts"])],
    }


def _decisions(state: State) -> list[dict[str, Any]]:
    return [
        {
            "mark": d.mark,
            "choice": d.versions[-1].choice,
            "versions": len(d.versions),
            "objections": len(d.objections),
            "yielded": sum(o.yielded for o in d.objections),
        }
        for d in state.decisions
    ]


def recording(path: Path) -> tuple[str, Voice]:
    """The model of a rehearsal's transcript, and its answers as a voice. BadName says what is wrong."""
    try:
        lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
        events = [m.EVENTS.validate_python({k: v for k, v in x.items() if k not in PLACE}) for x in lines]
    except (OSError, ValueError, AttributeError) as error:
        raise BadName(f"{path} is no transcript of a rehearsal: {type(error).__name__}") from None
    names = [event.model for event in events if isinstance(event, m.Voiced)]
    if not names:
        raise BadName(f"{path}: no language model spoke in this room")
    return names[0], Model(replaying(e for e in events if isinstance(e, m.ModelAnswered)), limits())


def _play(
    version_id: int, candidate: Script, seed: int, seniority: str, model: str, voice: Voice | None
) -> str:
    """The hour, from the start to the last phase's end, on the simulated clock."""
    bots = (CANDIDATE, *(r.key for r in scenario_of(version_id).roles))
    opened = open_room(
        version_id,
        bots=bots,
        raters=len(SEVERITIES),
        now=OPENS,
        seniority=seniority,
        terms=Terms(model=model),
    )
    play(Stored(opened.room_id), OPENS, candidate, seed, voice)
    return opened.room_id


def _rate(room_id: str, scenario: Scenario, seed: int) -> None:
    at = known(room_id).state.at
    for number, (seat, severity) in enumerate(SEVERITIES.items()):
        seen = queries.lines(room_id, seat)
        draft = mark(seen, scenario.rubric, severity, seed + number, hear)
        submit_scoresheet(room_id, seat, draft, at + 60_000 * (number + 1))


def _report(room_id: str) -> dict[str, Any]:
    """Run the real task here and now, as a worker would."""
    build_report.apply(args=[room_id], throw=True)
    current = current_report(room_id)
    if current is None or current.stale:
        raise Stuck(f"room {room_id} has no current report")
    report: dict[str, Any] = json.loads(current.row.document)
    return report


def _write(room_id: str, report: dict[str, Any]) -> tuple[Path, Path]:
    folder = settings.VAR / "rehearsals" / room_id
    folder.mkdir(parents=True, exist_ok=True)
    transcript, report_file = folder / "transcript.jsonl", folder / "report.json"
    lines = [item_json(line.seq, line.at, body(line.event)) for line in queries.record(room_id)]
    transcript.write_text("\n".join(lines) + "\n", encoding="utf-8")
    report_file.write_text(json.dumps(report, ensure_ascii=False, indent=2), encoding="utf-8")
    return transcript, report_file

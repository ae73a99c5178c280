"""Rehearsals asked for on the page, played by workers a few seconds at a time.

A worker that plays for long would keep bots of live rooms waiting, so each call plays for a moment, notes
how far it is and asks to be called again. Called twice it plays a run twice and keeps one.
"""

import logging
import time
from collections.abc import Callable

from casesim.authoring.core.runs import as_json, from_json
from casesim.authoring.core.tried import tried
from casesim.authoring.models import Trial, TrialRun
from casesim.authoring.rehearsing import one_run
from rooms.bots.turns import Stuck
from scenarios.core.script import Script
from scenarios.loader import load, script
from scoring.broker import send

logger = logging.getLogger(__name__)

A_MOMENT = 4.0  # seconds one call plays
LOST = 20_000  # ms without a sign of life, when a call is taken to be lost
FAILED = "It could not be played to its end. Rehearse it again; if that fails too, tell an operator."

Again = Callable[[int], None]  # trial id


def ask(trial_id: int) -> None:
    """Have a worker play; where the broker is away the sweep asks again."""
    send("authoring.tasks.rehearse", trial_id)


def work(trial_id: int, again: Again = ask) -> None:
    """Play for a moment; then ask to be called again, or write the report."""
    trial = Trial.objects.filter(pk=trial_id, ended_at=None).first()
    if trial is None:
        return
    try:
        left = _play(trial)
    except (Stuck, ValueError, LookupError) as error:
        logger.exception("a rehearsal failed", extra={"trial": trial_id})
        _end(trial, error=FAILED if isinstance(error, LookupError) else f"{FAILED} ({error})")
        return
    if left:
        Trial.objects.filter(pk=trial_id).update(heard_at=_now())
        again(trial_id)
    else:
        runs = [from_json(held) for held in trial.played.order_by("place").values_list("document", flat=True)]
        _end(trial, found=tried(load(trial.text, "scenario.yaml").at(trial.seniority), runs))


def sweep(now: int, again: Again = ask) -> None:
    """Call again for what nobody plays."""
    for pk in Trial.objects.filter(ended_at=None, heard_at__lt=now - LOST).values_list("pk", flat=True):
        again(pk)


def _play(trial: Trial) -> bool:
    """Runs until the moment is over. True if some are left."""
    scenario = load(trial.text, "scenario.yaml")
    scripts: dict[str, Script] = {name: script(text, scenario, name) for name, text in trial.scripts.items()}
    tasks = [(name, seed) for seed in range(1, trial.runs + 1) for name in scripts]
    done = set(trial.played.values_list("place", flat=True))
    until = time.monotonic() + A_MOMENT
    for place, task in enumerate(tasks):
        if place in done:
            continue
        run = one_run(scenario, scripts, trial.seniority, task)
        TrialRun.objects.update_or_create(trial=trial, place=place, defaults={"document": as_json(run)})
        if time.monotonic() > until:
            return len(done | set(range(place + 1))) < len(tasks)
    return False


def _end(trial: Trial, found: dict[str, object] | None = None, error: str = "") -> None:
    Trial.objects.filter(pk=trial.pk, ended_at=None).update(found=found, error=error, ended_at=_now())
    TrialRun.objects.filter(trial=trial).delete()


def _now() -> int:
    return time.time_ns() // 1_000_000

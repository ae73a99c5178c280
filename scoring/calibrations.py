"""Calibration runs: asked for, done by one worker at a time, cancelled. Times in ms."""

import hashlib
import json
from collections.abc import Callable

import numpy as np
from django.db import transaction

from casesim import claims
from casesim.accounts.models import User, Workspace
from casesim.claims import now_ms
from scoring.broker import send
from scoring.core.calibrated import Calibrated, calibrated
from scoring.core.effects.beyond import Beyond, beyond
from scoring.core.effects.findings import COMPANY, RaterEffects
from scoring.core.effects.measured import FEWEST
from scoring.core.effects.of_fit import rater_effects
from scoring.core.effects.ordinary import FEWEST as FEWEST_DRAWN
from scoring.core.facets.calibration import at_spreads, spreads
from scoring.core.facets.document import digest
from scoring.core.facets.fitted import Fitted
from scoring.core.facets.settings import Settings
from scoring.core.ratings import Ratings
from scoring.core.report import canonical
from scoring.gathering import Gathered, gather
from scoring.models import Calibration, CalibrationRun, RaterFinding, SheetResiduals

REPLICATES = (20, 100)  # of the bootstrap behind rater effects: at least, at most
DRAWS = 600  # replicates times raters that are enough

Hold = claims.Hold[CalibrationRun]
Tell = Callable[[str, int], None]


# --- asking -----------------------------------------------------------------------------------------------


def ask(workspace_id: int, now: int, by: User | None = None) -> CalibrationRun:
    """Ask for a calibration; while one is open, that one. The worker is called once this is committed."""
    fields = {"asked_at": now, "sent_at": now, "asked_by": by}
    with transaction.atomic():
        run, new = CalibrationRun.objects.get_or_create(
            workspace_id=workspace_id, ended_at=None, defaults=fields
        )
        if new:
            transaction.on_commit(lambda: _send(run.pk))
    return run


def cancel(workspace_id: int, now: int) -> bool:
    """End the open run, if there is one; its worker stops at its next sign of life."""
    rows = CalibrationRun.objects.filter(workspace=workspace_id, ended_at=None)
    return bool(rows.update(ended_at=now, outcome=CalibrationRun.Outcome.CANCELLED))


def ask_all(now: int) -> int:
    """Ask for every workspace, as every night does; where nothing is new a run ends at once."""
    workspaces = list(Workspace.objects.order_by("pk").values_list("pk", flat=True))
    for workspace_id in workspaces:
        ask(workspace_id, now)
    return len(workspaces)


def sweep(now: int) -> int:
    """Call a worker again for open runs without a sign of life; after too many tries call them failed."""
    return claims.sweep(CalibrationRun.objects.all(), now, _send, outcome=CalibrationRun.Outcome.FAILED)


def _send(run_id: int) -> None:
    send("scoring.tasks.calibrate", run_id)


# --- working ----------------------------------------------------------------------------------------------


def work(run_id: int) -> None:
    """Do a run, unless it is over or another worker is at it. What an earlier worker found is used."""
    claims.work(CalibrationRun.objects.all(), run_id, _work)


def _work(hold: Hold) -> None:
    made = sum(_calibrate(hold, each) for each in gather(hold.row.workspace_id))
    hold.change(ended_at=now_ms(), outcome=CalibrationRun.Outcome.DONE, made=made, error="")


def _calibrate(hold: Hold, gathered: Gathered) -> bool:
    """Calibrate one rubric; False if its newest calibration is of these very ratings."""
    settings, key = Settings(), digest(gathered.ratings)
    if _is_of(hold.row.workspace_id, gathered, key):
        return False
    tell = _of(hold, gathered)
    tell("gathered", 0)
    kept = hold.row.kept
    if key not in kept:
        found = spreads(gathered.ratings, settings, tell)
        kept[key] = None if found is None else found.tolist()
        hold.change(kept=kept)
    known = kept[key]
    sigmas = None if known is None else np.array(known)
    fitted = at_spreads(gathered.ratings, settings, sigmas, tell)
    effects = _effects(fitted, tell)
    found = calibrated(gathered.rubric, fitted, effects)
    residuals = beyond(found.frozen, gathered.ratings, lambda done: tell("sheets beside the others'", done))
    hold.change()  # not a moment after it was cancelled
    _store(hold.row.workspace_id, gathered, found, effects, residuals)
    return True


def _is_of(workspace_id: int, gathered: Gathered, key: str) -> bool:
    """Whether the newest calibration is of these very ratings."""
    rows = Calibration.objects.filter(
        workspace=workspace_id, rubric=gathered.rubric, purpose=gathered.purpose
    )
    newest = rows.order_by("-created_at", "-pk").first()
    return newest is not None and Calibrated.model_validate_json(newest.document).frozen.digest == key


def _of(hold: Hold, gathered: Gathered) -> Tell:
    def tell(stage: str, done: int) -> None:
        whole = f"{gathered.rubric}, {gathered.purpose}: {stage}"
        hold.tell(whole, stage=whole, done=done)

    return tell


def _effects(fitted: Fitted, tell: Tell) -> tuple[RaterEffects, ...]:
    count = _replicates(fitted.ratings)
    return rater_effects(fitted, count, fitted.settings.seed, lambda done, _: tell("rater effects", done))


def _replicates(ratings: Ratings) -> int:
    """How often marks are drawn anew: the fewer raters, the more often."""
    seen = ratings.observed
    met = np.unique(np.stack([ratings.rater[seen], ratings.candidate[seen]]), axis=1)[0]
    enough = int((np.bincount(met) >= FEWEST).sum())
    if enough < COMPANY:
        return FEWEST_DRAWN  # nothing will be said of anybody
    least, most = REPLICATES
    return min(max(DRAWS // enough, least), most)


def _store(
    workspace_id: int,
    gathered: Gathered,
    found: Calibrated,
    effects: tuple[RaterEffects, ...],
    residuals: tuple[Beyond, ...],
) -> None:
    """Keep the calibration and what it found of raters and sheets. Twice is once: same input, same digest."""
    document = canonical(found)
    with transaction.atomic():
        row, new = Calibration.objects.get_or_create(
            workspace_id=workspace_id,
            rubric=gathered.rubric,
            purpose=gathered.purpose,
            digest=hashlib.sha256(document).hexdigest(),
            defaults={"document": document.decode(), "created_at": now_ms()},
        )
        if new:
            lines = [[one.rater, one.candidate, one.levels] for one in residuals]
            SheetResiduals.objects.create(calibration=row, document=json.dumps(lines))
            RaterFinding.objects.bulk_create(
                RaterFinding(
                    calibration=row,
                    person_id=gathered.people.get(one.rater),
                    rater=one.rater,
                    document=canonical(one).decode(),
                )
                for one in effects
            )

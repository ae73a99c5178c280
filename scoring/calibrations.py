"""Calibration runs: asked for, taken up by one worker, taken up again after a kill, cancelled. Times in ms.

A worker holds a run by a claim that it renews with its progress. Whoever finds the claim stale may take the
run over; whoever finds that it bears the claim no more, or that the run is over, stops.
"""

import hashlib
import json
import secrets
import time
from collections.abc import Callable

import numpy as np
from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Greatest

from casesim.accounts.models import User, Workspace
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

LEASE = 60_000  # ms without a sign of life after which a claim is stale
TRIES = 5  # of a run, before it is called failed
TOLD = 1.0  # seconds between two signs of life
REPLICATES = (20, 100)  # of the bootstrap behind rater effects: at least, at most
DRAWS = 600  # replicates times raters that are enough

Tell = Callable[[str, int], None]


class Stopped(Exception):
    """The run is over, or another worker has it."""


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
    silent = CalibrationRun.objects.filter(ended_at=None).annotate(heard=Greatest("sent_at", "beat_at"))
    silent = silent.filter(heard__lt=now - LEASE)
    hopeless = CalibrationRun.objects.filter(pk__in=[run.pk for run in silent if run.tries >= TRIES])
    hopeless.filter(ended_at=None).update(ended_at=now, outcome=CalibrationRun.Outcome.FAILED)
    again = [run.pk for run in silent if run.tries < TRIES]
    for pk in again:
        CalibrationRun.objects.filter(pk=pk).update(sent_at=now)
        _send(pk)
    return len(again)


def _send(run_id: int) -> None:
    send("scoring.tasks.calibrate", run_id)


# --- working ----------------------------------------------------------------------------------------------


def work(run_id: int) -> None:
    """Do a run, unless it is over or another worker is at it. What an earlier worker found is used."""
    claim = _claimed(run_id)
    if claim is None:
        return
    try:
        made = sum(_calibrate(claim, each) for each in gather(claim.workspace_id))
        claim.change(ended_at=_now(), outcome=CalibrationRun.Outcome.DONE, made=made, error="")
    except Stopped:
        return
    except Exception as error:
        _given_up(claim, error)
        raise


class Claim:
    """One worker's hold on a run. Every change is a sign of life; Stopped is raised when the hold is lost."""

    def __init__(self, run: CalibrationRun) -> None:
        self.run_id, self.workspace_id, self.token = run.pk, run.workspace_id, run.claim
        self.kept: dict[str, list[float] | None] = run.kept
        self.told: tuple[str, float] = ("", 0.0)

    def change(self, **fields: object) -> None:
        """Change the run while it is ours."""
        rows = CalibrationRun.objects.filter(pk=self.run_id, claim=self.token, ended_at=None)
        if not rows.update(beat_at=_now(), **fields):
            raise Stopped

    def tell(self, stage: str, done: int) -> None:
        """Progress; of one stage at most once a second."""
        before, at = self.told
        if stage != before or time.monotonic() - at >= TOLD:
            self.told = (stage, time.monotonic())
            self.change(stage=stage, done=done)

    def keep(self, key: str, found: list[float] | None) -> None:
        """What a killed worker's successor need not find again."""
        self.kept = {**self.kept, key: found}
        self.change(kept=self.kept)


def _claimed(run_id: int) -> Claim | None:
    now, token = _now(), secrets.token_hex(8)
    free = CalibrationRun.objects.filter(Q(claim="") | Q(beat_at__lt=now - LEASE), pk=run_id, ended_at=None)
    if not free.filter(tries__lt=TRIES).update(claim=token, beat_at=now, tries=F("tries") + 1):
        return None
    return Claim(CalibrationRun.objects.get(pk=run_id))


def _given_up(claim: Claim, error: Exception) -> None:
    """Leave the run to the sweep, with the reason."""
    rows = CalibrationRun.objects.filter(pk=claim.run_id, claim=claim.token, ended_at=None)
    rows.update(claim="", beat_at=_now(), error=repr(error)[:2000])


def _calibrate(claim: Claim, gathered: Gathered) -> bool:
    """Calibrate one rubric; False if its newest calibration is of these very ratings."""
    settings, key = Settings(), digest(gathered.ratings)
    if _is_of(claim.workspace_id, gathered, key):
        return False
    tell = _of(claim, gathered)
    tell("gathered", 0)
    if key not in claim.kept:
        found = spreads(gathered.ratings, settings, tell)
        claim.keep(key, None if found is None else found.tolist())
    known = claim.kept[key]
    sigmas = None if known is None else np.array(known)
    fitted = at_spreads(gathered.ratings, settings, sigmas, tell)
    effects = _effects(fitted, tell)
    found = calibrated(gathered.rubric, fitted, effects)
    residuals = beyond(found.frozen, gathered.ratings, lambda done: tell("sheets beside the others'", done))
    claim.change()  # not a moment after it was cancelled
    _store(claim, gathered, found, effects, residuals)
    return True


def _is_of(workspace_id: int, gathered: Gathered, key: str) -> bool:
    """Whether the newest calibration is of these very ratings."""
    rows = Calibration.objects.filter(
        workspace=workspace_id, rubric=gathered.rubric, purpose=gathered.purpose
    )
    newest = rows.order_by("-created_at", "-pk").first()
    return newest is not None and Calibrated.model_validate_json(newest.document).frozen.digest == key


def _of(claim: Claim, gathered: Gathered) -> Tell:
    return lambda stage, done: claim.tell(f"{gathered.rubric}, {gathered.purpose}: {stage}", done)


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
    claim: Claim,
    gathered: Gathered,
    found: Calibrated,
    effects: tuple[RaterEffects, ...],
    residuals: tuple[Beyond, ...],
) -> None:
    """Keep the calibration and what it found of raters and sheets. Twice is once: same input, same digest."""
    document = canonical(found)
    with transaction.atomic():
        row, new = Calibration.objects.get_or_create(
            workspace_id=claim.workspace_id,
            rubric=gathered.rubric,
            purpose=gathered.purpose,
            digest=hashlib.sha256(document).hexdigest(),
            defaults={"document": document.decode(), "created_at": _now()},
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


def _now() -> int:
    return time.time_ns() // 1_000_000

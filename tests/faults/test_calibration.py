"""A Celery worker dies in the middle of a calibration: another takes it up, and it is there once."""

import json
import os
import signal
import time

import pytest

from casesim.processes import worker
from tests.faults.conftest import Note, Stages
from tests.faults.stage import Stage, doubled, until
from tests.faults.test_report import asked, building

pytestmark = pytest.mark.slow

ASK = (
    "from casesim.accounts.models import Workspace as W; from tests.scoring import workspaces as t;"
    "from scoring.calibrations import ask; w = W.objects.create(slug='calibrated', name='Calibrated');"
    "t.marked(w, t.raters(w, 'ana ben cora dan'), 32); ask(w.pk, int(sys.argv[2]))"
)
SWEEP = "from scoring.calibrations import sweep as f; assert f(int(sys.argv[2])) == 1"


def run(stage: Stage) -> tuple[object, ...]:
    """(tries, outcome, rubrics whose spreads are kept) of the only run."""
    ((tries, outcome, kept),) = stage.database.query(
        "SELECT tries, outcome, kept FROM scoring_calibrationrun"
    )
    return tries, outcome, len(json.loads(kept))


async def test_a_calibration_whose_whole_worker_is_killed_is_taken_up_by_another(stages: Stages, note: Note):
    """The short form: the minute of silence is taken off the run's signs of life."""
    stage = stages()
    await stage.redis()
    first = await stage.run(doubled(worker(stage.env), "slow_calibration"))
    await asked(stage, ASK, "")
    await building(stage)
    os.killpg(first.pid, signal.SIGKILL)
    assert run(stage) == (1, "", 1)
    await stage.run(worker(stage.env, name="second"))
    stage.database.query("UPDATE scoring_calibrationrun SET beat_at = 0, sent_at = 0")
    swept = time.monotonic()
    await asked(stage, SWEEP, "")
    await until(lambda: run(stage) == (2, "done", 1), 60)
    note("Celery, whole worker killed mid-calibration: there after the sweep", time.monotonic() - swept)
    assert stage.database.query("SELECT count(*) FROM scoring_calibration") == [(1,)]

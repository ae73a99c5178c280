"""What calibrations say of raters, to themselves and to the organiser; and how the newest run stands."""

import json
from dataclasses import dataclass

from django.db.models import QuerySet

from scoring.core.calibrated import Calibrated
from scoring.core.effects.findings import RaterEffects
from scoring.models import Calibration, CalibrationRun, RaterFinding


@dataclass(frozen=True, slots=True)
class Kept:
    """The newest calibration of one rubric. `assumed`: too few interviews to learn the spreads from."""

    rubric: str
    purpose: str  # of the rooms
    created_at: int  # ms
    raters: int
    guests: int  # among the raters
    interviews: int
    apart: int  # raters whom no shared candidate joins to the most raters
    assumed: bool


@dataclass(frozen=True, slots=True)
class Found:
    """What the newest calibration of one rubric found of one person."""

    person_id: int
    name: str
    rubric: str
    purpose: str  # of the rooms
    created_at: int  # ms
    effects: RaterEffects

    @property
    def flagged(self) -> tuple[str, ...]:
        return self.effects.flags()


def last_run(workspace_id: int) -> CalibrationRun | None:
    """The newest run: the one that is open, if one is."""
    return CalibrationRun.objects.filter(workspace=workspace_id).order_by("-asked_at", "-pk").first()


def progress(workspace_id: int) -> dict[str, str | int | bool]:
    """How far the newest run is, as page and socket are told it; `done` counts the passes of the stage."""
    run = last_run(workspace_id)
    if run is None:
        return {"open": False, "stage": "", "done": 0}
    return {"open": run.ended_at is None, "stage": run.stage, "done": run.done}


def kept(workspace_id: int) -> tuple[Kept, ...]:
    """What is known of the marks of a workspace, rubric by rubric."""
    return tuple(_kept(row) for row in _newest(workspace_id))


def found(workspace_id: int, person_id: int | None = None) -> tuple[Found, ...]:
    """What the newest calibrations found of one person, or of all who have an account; by name."""
    calibrations = {row.pk: row for row in _newest(workspace_id)}
    rows = RaterFinding.objects.filter(calibration__in=calibrations).exclude(person=None)
    if person_id is not None:
        rows = rows.filter(person=person_id)
    all_found = (_found(row, calibrations[row.calibration_id]) for row in rows.select_related("person"))
    return tuple(sorted(all_found, key=lambda each: (each.name, each.person_id, each.rubric, each.purpose)))


@dataclass(frozen=True, slots=True)
class Residual:
    """What one person's sheet on one room's candidate gave beyond the others' marks, in levels."""

    rubric: str
    name: str
    room: str
    levels: float


def residuals(workspace_id: int) -> tuple[Residual, ...]:
    """Of the newest calibrations of assessments, of people with an account; rubric by rubric."""
    found: list[Residual] = []
    for row in _newest(workspace_id).filter(purpose="assessment", residuals__isnull=False):
        people = row.findings.exclude(person=None).select_related("person")
        names = {one.rater: str(one.person) for one in people}
        lines = json.loads(row.residuals.document)
        found += (
            Residual(called(row.rubric), names[r], room, levels) for r, room, levels in lines if r in names
        )
    return tuple(found)


def called(rubric: str) -> str:
    """A rubric as people call it, from `rubric_name`: its key and version stand first."""
    key, version = rubric.split()[:2]
    return f"{key.replace('-', ' ').replace('_', ' ')}, version {version}"


def _newest(workspace_id: int) -> QuerySet[Calibration]:
    rows = Calibration.objects.filter(workspace=workspace_id).order_by("created_at", "pk")
    keys = rows.values_list("rubric", "purpose", "pk")  # documents are long: only the newest are read
    newest = {(rubric, purpose): pk for rubric, purpose, pk in keys}
    return Calibration.objects.filter(pk__in=newest.values()).order_by("rubric", "purpose")


def _kept(row: Calibration) -> Kept:
    known = Calibrated.model_validate_json(row.document)
    return Kept(
        rubric=called(row.rubric),
        purpose=row.purpose,
        created_at=row.created_at,
        raters=len(known.raters),
        guests=row.findings.filter(person=None).count(),
        interviews=sum(rater.interviews for rater in known.raters.values()),
        apart=sum(not rater.linked for rater in known.raters.values()),
        assumed=known.frozen.assumed,
    )


def _found(row: RaterFinding, calibration: Calibration) -> Found:
    return Found(
        person_id=row.person_id,
        name=str(row.person),
        rubric=called(calibration.rubric),
        purpose=calibration.purpose,
        created_at=calibration.created_at,
        effects=RaterEffects.model_validate_json(row.document),
    )

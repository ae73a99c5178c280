"""The marks of a workspace as ratings: what its people submitted while they marked blind."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

import rooms.queries
from rooms.queries import Panel
from scenarios.core.schema import Rubric
from scoring.core.calibrated import rater_name, rater_names, rubric_name
from scoring.core.ratings import Ratings, from_columns
from scoring.models import Rating, Scoresheet

MONTH = 30.4375 * 24 * 3600 * 1000  # ms
ROOMS = 500  # asked for at a time

Scale = tuple[int, int]  # the lowest and the highest level


@dataclass(frozen=True, slots=True)
class Gathered:
    """The ratings by one rubric in rooms of one purpose. `people`: rater -> person, of who has an account."""

    rubric: str
    purpose: str
    ratings: Ratings
    people: dict[str, int]


class _Mark(NamedTuple):
    rater: str
    room: str
    dimension: str
    level: float  # nan: not observed
    month: float


class Blind(NamedTuple):
    """The newest sheet that somebody submitted while nobody's marks could be seen."""

    pk: int
    submitted_at: int  # ms
    closing: int | None


def gather(workspace_id: int) -> Iterator[Gathered]:
    """The ratings of a workspace, by rubric and purpose. A room is a candidate: one performance.

    Left out are bots, trainees, rehearsals, and what was marked or changed when others' marks could be seen;
    and a rubric whose dimensions are marked on different scales, which no model here can read. Practice is
    apart from assessment: nobody marks a colleague who practises as they mark an applicant.
    """
    panels: dict[tuple[str, str, Scale], list[Panel]] = defaultdict(list)
    for panel in rooms.queries.panels(workspace_id):
        if not panel.rehearsal and (scale := scale_of(panel.rubric)) is not None:
            panels[rubric_name(panel.rubric), panel.purpose, scale].append(panel)
    for rubric, purpose, scale in sorted(panels):
        of_rubric = panels[rubric, purpose, scale]
        some = (of_rubric[at : at + ROOMS] for at in range(0, len(of_rubric), ROOMS))
        marks = [mark for each in some for mark in _marks(each)]
        if any(not np.isnan(mark.level) for mark in marks):
            rater, room, dimension, level, month = zip(*marks, strict=True)
            ratings = from_columns(rater, room, dimension, level, month, scale=scale)
            yield Gathered(rubric, purpose, ratings, _people(of_rubric))


def scale_of(rubric: Rubric) -> Scale | None:
    """The scale of all dimensions; None where they differ."""
    scales = {(d.levels[0].value, d.levels[-1].value) for d in rubric.dimensions}
    return scales.pop() if len(scales) == 1 else None


def _people(panels: Sequence[Panel]) -> dict[str, int]:
    people = {person for panel in panels for person in panel.raters.values() if person is not None}
    return {rater_name(person, "", ""): person for person in people}


def _marks(panels: Sequence[Panel]) -> Iterator[_Mark]:
    """The marks of the newest sheet that each rater submitted blind."""
    raters = {
        (panel.room_id, seat): rater
        for panel in panels
        for seat, rater in rater_names(panel.room_id, panel.raters).items()
    }
    of_sheet = {
        sheet.pk: (raters[place], place[0], sheet.submitted_at / MONTH)
        for place, sheet in blind_sheets(panels).items()
    }
    given = Rating.objects.filter(sheet__in=of_sheet).order_by("pk")
    for pk, dimension, level in given.values_list("sheet", "dimension", "level"):
        rater, room, month = of_sheet[pk]
        yield _Mark(rater, room, dimension, np.nan if level is None else level, month)


def blind_sheets(panels: Sequence[Panel]) -> dict[tuple[str, str], Blind]:
    """(room, seat) -> the newest sheet submitted blind, of every rater who counts."""
    counted = {(panel.room_id, seat) for panel in panels for seat in panel.raters}
    rows = Scoresheet.objects.filter(room__in=[panel.room_id for panel in panels], late=False)
    rows = rows.exclude(submitted_at=None).order_by("version")
    columns = rows.values_list("room", "seat", "pk", "submitted_at", "closing")
    newest = {(room, seat): Blind(*sheet) for room, seat, *sheet in columns}
    return {place: sheet for place, sheet in newest.items() if place in counted}

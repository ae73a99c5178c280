"""What a trainee sees afterwards: their own marks beside those that counted, room by room."""

from dataclasses import dataclass

import rooms.queries
import scoring.queries
from casesim.loops import queries
from casesim.loops.models import Loop
from scenarios.core.schema import Level
from scoring.core.sheets import Sheet, level_name, standing


@dataclass(frozen=True, slots=True)
class Beside:
    """One dimension: the trainee's level, and each counted rater's by name; "–" for not observed."""

    dimension: str
    own: str
    note: str
    others: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Learnt:
    """One room in which somebody learnt to rate."""

    title: str
    lines: tuple[Beside, ...]


def of_trainee(loop: Loop, person_id: int) -> tuple[Learnt, ...]:
    """The rooms this person rated as a trainee, once their sheet is in and the room's marks may be seen."""
    readable = queries.readable_rooms(loop, person_id)
    return tuple(
        _learnt(part.room.row.room, part.chair.seat)
        for part in queries.parts(loop, person_id)
        if part.chair.trainee and part.room.row.room in readable
    )


def _learnt(room_id: str, seat: str) -> Learnt:
    info = rooms.queries.room(room_id)
    trainees = set(rooms.queries.trainees(room_id))
    sheets = standing(scoring.queries.sheets(room_id))
    own = next(sheet for sheet in sheets if sheet.seat == seat)
    counted = [sheet for sheet in sheets if sheet.seat not in trainees]
    lines = []
    for dimension in info.scenario.rubric.dimensions:
        mark = own.mark(dimension.key)
        others = tuple((each.name, _level(each, dimension.key, dimension.levels)) for each in counted)
        lines.append(
            Beside(
                dimension=dimension.name,
                own=_level(own, dimension.key, dimension.levels),
                note=mark.note if mark is not None else "",
                others=others,
            )
        )
    return Learnt(info.title, tuple(lines))


def _level(sheet: Sheet, dimension: str, levels: tuple[Level, ...]) -> str:
    mark = sheet.mark(dimension)
    if mark is None or mark.level is None:
        return "–"
    return f"{mark.level} {level_name(levels, mark.level)}"

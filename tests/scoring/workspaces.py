"""A workspace whose people have marked many rooms. Plain functions."""

import random
from collections.abc import Sequence

from casesim.accounts.models import Workspace
from rooms.core import messages as m
from rooms.service import handle_now, open_room
from scoring.models import Rating, Scoresheet
from scoring.service import build_report
from tests.accounts.builders import joined
from tests.builders import SCENARIO, T0, published

DAY = 24 * 3_600_000  # ms


def raters(made: Workspace, names: str) -> tuple[int, ...]:
    """New members, by their ids."""
    return tuple(joined(made, name, "member").person.pk for name in names.split())


def marked(
    made: Workspace, people: Sequence[int], rooms: int, severe: int | None = None, seed: int = 1
) -> None:
    """Rooms a day apart, each marked by all but one of these people in turn; `severe` marks a level lower."""
    drawn = random.Random(seed)
    for number in range(rooms):
        panel = [person for place, person in enumerate(people) if place != number % len(people)]
        level = {d.key: drawn.gauss(2.6, 0.8) for d in SCENARIO.rubric.dimensions}
        room = laid(made, panel)
        for seat, person in enumerate(panel, 1):
            lower = 1.0 if person == severe else 0.0
            given = {key: _on_scale(value - lower + drawn.gauss(0, 0.5)) for key, value in level.items()}
            submitted(room, f"rater{seat}", given, T0 + number * DAY)


def laid(
    made: Workspace, panel: Sequence[int | None], bots: tuple[str, ...] = (), purpose: str = "assessment"
) -> str:
    """A room with these people in its raters' seats; None: somebody who comes by a link."""
    people = {f"rater{seat}": person for seat, person in enumerate(panel, 1) if person is not None}
    raters = {"people": people, "raters": len(panel)}
    opened = open_room(published(), workspace_id=made.pk, bots=bots, now=T0, purpose=purpose, **raters)
    return opened.room_id


def reported(made: Workspace, levels: Sequence[int], purpose: str = "assessment") -> str:
    """A room that was played to its end, with its report; guests gave these levels on every dimension."""
    room = laid(made, [None] * len(levels), purpose=purpose)
    handle_now(room, "candidate", m.TakeSeat(name=f"Candidate of {room}"), "sit", T0 + 1)
    handle_now(room, "facilitator", m.Start(anyway=True), "start", T0 + 2)
    handle_now(room, "facilitator", m.End(), "end", T0 + 3)
    for number, level in enumerate(levels, 1):
        submitted(room, f"rater{number}", dict.fromkeys(("framing", "risk"), level))
    build_report(room, T0 + DAY)
    return room


def submitted(
    room: str,
    seat: str,
    levels: dict[str, int | None],
    at: int = T0,
    version: int = 1,
    late: bool = False,
    closing: int | None = None,
) -> None:
    """A sheet with these levels; None is "not observed"."""
    sheet = Scoresheet.objects.create(
        room=room, seat=seat, version=version, rater_name=seat, saved_at=at, late=late, closing=closing
    )
    Rating.objects.bulk_create(
        Rating(sheet=sheet, dimension=key, level=level, not_observed=level is None)
        for key, level in levels.items()
    )
    Scoresheet.objects.filter(pk=sheet.pk).update(submitted_at=at)


def _on_scale(value: float) -> int:
    return min(max(round(value), 1), 4)

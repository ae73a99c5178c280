"""A calibration as a workspace keeps it: the frozen model, and how well it knows each rater.

Its digest is that of its bytes; a report names it, and is made again from it to the byte.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from scenarios.core.schema import Doc, Rubric
from scoring.core.connectivity import connectivity
from scoring.core.effects.findings import RaterEffects
from scoring.core.facets.fitted import Fitted
from scoring.core.facets.frozen import Frozen, freeze


class KnownRater(Doc):
    """What a calibration says of a rater besides the severity. `flags`: the rater effects that were found.

    `linked`: shared candidates join this rater to the most raters there are.
    """

    interviews: Annotated[int, Field(ge=0)]
    flags: tuple[str, ...] = ()
    linked: bool = True


class Calibrated(Doc):
    """One rubric's marks in one workspace, as a model. `raters` has the same names as `frozen.raters`."""

    rubric: str
    frozen: Frozen
    raters: dict[str, KnownRater]


def rubric_name(rubric: Rubric) -> str:
    """What marks must share to be calibrated together: key, version, and the same scale on each dimension.

    A seniority moves weights, floors and the bar, which are no part of it.
    """
    scales = [[d.key, [level.value for level in d.levels]] for d in rubric.dimensions]
    return f"{rubric.key} {rubric.version} {hashlib.sha256(json.dumps(scales).encode()).hexdigest()[:12]}"


def rater_name(person_id: int | None, room: str, seat: str) -> str:
    """How ratings name a rater: the same person in every room. A guest is somebody new in each."""
    return f"person {person_id}" if person_id is not None else f"{room} {seat}"


def rater_names(room: str, seats: Mapping[str, int | None]) -> dict[str, str]:
    """Seat -> name in ratings. Who holds two seats is somebody else in the second: no mark is lost."""
    held = list(seats.values())
    return {
        seat: rater_name(None if person in held[:at] else person, room, seat)
        for at, (seat, person) in enumerate(seats.items())
    }


def calibrated(rubric: str, fitted: Fitted, effects: tuple[RaterEffects, ...]) -> Calibrated:
    """A fit, and the effects found in it, as a workspace keeps them."""
    parts = [frozenset(part.raters) for part in connectivity(fitted.ratings).components]
    most = max(parts, key=len, default=frozenset[str]())
    raters = {
        one.rater: KnownRater(interviews=one.interviews, flags=one.flags(), linked=one.rater in most)
        for one in effects
    }
    return Calibrated(rubric=rubric, frozen=freeze(fitted), raters=raters)

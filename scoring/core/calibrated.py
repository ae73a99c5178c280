"""A calibration as a workspace keeps it: the frozen model, and how well it knows each rater.

Its digest is that of its bytes; a report names it, and is made again from it to the byte.
"""

import hashlib
import json
from typing import Annotated

from pydantic import Field

from scenarios.core.schema import Doc, Rubric
from scoring.core.facets.frozen import Frozen


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

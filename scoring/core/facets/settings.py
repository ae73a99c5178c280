"""What a calibration depends on besides the ratings."""

from typing import Annotated, Literal

from pydantic import Field

from scenarios.core.schema import Doc
from scoring.core.facets.kernel import Link
from scoring.core.facets.spread import Assumptions


class Settings(Doc):
    link: Link = "adjacent"
    effects: Literal["none", "full"] = "full"  # none: general level, severity and difficulty only
    seed: Annotated[int, Field(ge=0, lt=2**63)] = 0
    laplace: bool = False  # the ablation: mode and curvature
    assumed: Assumptions = Assumptions()

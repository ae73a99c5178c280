"""Where a candidate stands: what the rating model knows, on the rubric's own scale, ready for a decision.

Nothing here is a decision yet, and nothing here knows groups of people.
"""

from typing import Annotated

from pydantic import Field

from scenarios.core.schema import Doc
from scoring.core.estimate import Estimate

Share = Annotated[float, Field(ge=0, le=1)]
Spread = Annotated[float, Field(ge=0)]


class OnDimension(Doc):
    """The candidate on one dimension, from so many marks. `below`: P(below the floor of a must-have).

    `interval` is of 90 %, and never leaves the scale.
    """

    dimension: str
    name: str
    marks: Annotated[int, Field(ge=0)]
    mean: float
    sd: Spread
    interval: tuple[float, float] | None = None
    below: Share | None = None


class ByRater(Doc):
    """What one rater's marks say, and what the model makes of the rater.

    `raw` is the weighted composite of the marks given. `severity` is in score points at this candidate's
    level: how far below an average rater's these marks are expected to lie (below zero: above). It is what is
    added to `raw`. `impression` is the rater's own view of this candidate beyond that, in logits.
    `without` is P(above the bar) with this rater left out; None where nobody else marked.
    """

    rater: str
    name: str
    raw: Estimate
    severity: Estimate
    impression: float
    impression_sd: Spread
    without: Share | None
    interviews: Annotated[int, Field(ge=0)]
    flags: tuple[str, ...] = ()  # rater effects found: "careless", "drift", ...


class Standing(Doc):
    """The posterior of one candidate. `above` is P(composite above the bar), given the marks."""

    candidate: str
    model: str  # name and version
    raw: Estimate  # the weighted composite of the marks as given
    mean: float
    sd: Spread
    interval: tuple[float, float]  # 90 %
    above: Share
    dimensions: tuple[OnDimension, ...]
    raters: tuple[ByRater, ...]
    impression_spread: Spread  # sd of impressions over all candidates and raters, in logits
    marks: Annotated[int, Field(ge=0)]  # asked for: given and "not observed" together
    not_observed: Annotated[int, Field(ge=0)]
    connected: bool = True  # the raters are linked to the workspace's others by shared candidates
    assumed: str | None = None  # which of the model's variances are assumed, not estimated

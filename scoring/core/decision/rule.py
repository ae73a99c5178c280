"""The declared rule, version 2: costs, how close is too close, and what a panel talks about first."""

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from scenarios.core.schema import Doc, Line
from scoring.core.decision.standing import Share

Cost = Annotated[float, Field(gt=0, le=1000, allow_inf_nan=False)]


class Declared(Doc):
    """Who declared a rule, when, and which of a workspace's it is."""

    version: Annotated[int, Field(ge=1)]
    by: Line
    on: date


class Costs(Doc):
    """What the two mistakes cost, in any unit: only their ratio decides."""

    bad_hire: Cost = 3.0
    missed_hire: Cost = 1.0

    @property
    def threshold(self) -> float:
        """The probability from which hiring loses less than not hiring: c_fp / (c_fp + c_fn)."""
        return self.bad_hire / (self.bad_hire + self.missed_hire)


class Rule(Doc):
    """`band` is in P(above the bar): inside it people talk before anybody decides.

    `declared` is None where a workspace declared nothing: then it is casesim's own proposal.
    """

    version: Literal[2] = 2
    declared: Declared | None = None
    recommends: bool = True  # off: a report describes and recommends nothing
    costs: Costs = Costs()
    band: tuple[Share, Share] = (0.35, 0.85)
    apart: Annotated[float, Field(gt=0)] = 2.0  # posterior sd between two raters; sd of impressions for one
    below_floor: Share = 0.3  # at most this probability of missing a must-have
    newcomer: Annotated[int, Field(ge=0)] = 5  # a rater with fewer interviews is new
    raters: Annotated[int, Field(ge=1)] = 2  # at least so many
    not_observed: Share = 0.25  # at most this share of the marks

    @model_validator(mode="after")
    def _band_around_threshold(self) -> Self:
        low, high = self.band
        if not low < self.costs.threshold < high:
            raise ValueError(
                f"band: {low:g} to {high:g} does not hold the threshold of {self.costs.threshold:.2f} "
                "that follows from the costs"
            )
        return self

    def _whose(self) -> str:
        if self.declared is None:
            return "Nobody declared this rule: the costs and the band are casesim's proposal."
        told = self.declared
        return (
            f"Version {told.version} of this workspace's rule, declared by {told.by} on {told.on:%d %B %Y}."
        )

    def sentences(self) -> tuple[str, ...]:
        """The rule as people read it."""
        costs, (low, high) = self.costs, self.band
        if not self.recommends:
            off = "The recommendation is switched off: the report describes, and recommends nothing."
            return (off, self._whose())
        return (
            self._whose(),
            f"A bad hire is said to cost {costs.bad_hire:g} and a missed good one {costs.missed_hire:g}: "
            f"hire if the probability of being above the bar is over {costs.threshold:.2f}, else do not.",
            f"Not enough evidence: fewer than {self.raters} raters, more than {self.not_observed:.0%} of "
            "the marks are “not observed”, nobody observed a must-have, or the record lacks what a mark must "
            "rest on.",
            f"Debrief: the probability lies between {low:g} and {high:g}; leaving out one rater turns the "
            f"recommendation; two raters are more than {self.apart:g} standard deviations apart or one "
            "rater's impression is as unusual; a must-have is missed with a probability over "
            f"{self.below_floor:g}; a rater is flagged or has fewer than {self.newcomer} interviews; the "
            "panel is linked to nobody else; or raw and adjusted marks lie on different sides of the bar.",
        )

"""What is asked of a candidate: weights, must-have floors and a bar, which may differ by seniority."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from scenarios.core.schema import Doc, Key, Line


class Bar(Doc):
    """The level from which a composite is enough, on the rubric's own scale. People set it, and sign it."""

    value: Annotated[float, Field(ge=1, le=9)]
    version: Annotated[int, Field(ge=1)]
    set_by: Line
    set_on: Line  # as people write a date
    how: Line = "declared"


class Asked(Doc):
    """What one dimension counts for. `floor`: a must-have, the level below which nothing makes up for it."""

    dimension: Key
    name: Line
    weight: Annotated[float, Field(gt=0, le=10)] = 1.0
    floor: Annotated[float, Field(ge=1, le=9)] | None = None


class Standard(Doc):
    """What is asked at one seniority. `rubric` names the rubric and its version."""

    rubric: Line
    seniority: Line
    asks: Annotated[tuple[Asked, ...], Field(min_length=1)]
    bar: Bar

    @model_validator(mode="after")
    def _each_dimension_once(self) -> Self:
        keys = [asked.dimension for asked in self.asks]
        if twice := sorted({key for key in keys if keys.count(key) > 1}):
            raise ValueError(f"asks: {', '.join(twice)} more than once")
        return self

    def weights(self) -> tuple[float, ...]:
        """The weights in the order of `asks`, summing to one."""
        total = sum(asked.weight for asked in self.asks)
        return tuple(asked.weight / total for asked in self.asks)

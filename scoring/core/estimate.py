"""A number with its uncertainty, or the reason there is none."""

from typing import Self

from pydantic import model_validator

from scenarios.core.schema import Doc


class Estimate(Doc):
    """`value` from `n` observations; None with `why` where a number would be wrong.

    `interval` is (low, high) where a model gives one. `caution` says what to beware of when
    reading the value, or why it has no interval.
    """

    value: float | None = None
    why: str | None = None
    n: int = 0
    interval: tuple[float, float] | None = None
    caution: str | None = None

    @model_validator(mode="after")
    def _value_or_reason(self) -> Self:
        if (self.value is None) == (self.why is None):
            raise ValueError("an estimate has a value or the reason there is none")
        return self

    def rounded(self) -> "Estimate":
        """The same to four decimals, so that a document is the same on every machine."""
        low_high = None if self.interval is None else (round(self.interval[0], 4), round(self.interval[1], 4))
        value = None if self.value is None else round(self.value, 4)
        return self.model_copy(update={"value": value, "interval": low_high})


def unknown(why: str, n: int = 0) -> Estimate:
    """No number, and why."""
    return Estimate(why=why, n=n)

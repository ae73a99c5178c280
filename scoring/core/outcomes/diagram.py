"""The reliability diagram: what was seen against what was said, with the band that chance allows."""

import numpy as np
from numpy.typing import NDArray

from scenarios.core.schema import Doc
from scoring.core.outcomes.maps import pooled

Floats = NDArray[np.float64]
DRAWS = 500
POINTS = 21


class Step(Doc):
    """Rows said between `low` and `high`: `seen` is the share of good outcomes among these n."""

    low: float
    high: float
    seen: float
    n: int


class BandPoint(Doc):
    """Where a curve would lie nine times in ten at `said` if every probability were true."""

    said: float
    low: float
    high: float


class Diagram(Doc):
    """`steps` rise (isotonic, so no bins are chosen); they are off where they leave the `band`."""

    steps: tuple[Step, ...]
    band: tuple[BandPoint, ...]


def diagram(q: Floats, good: Floats, seed: int) -> Diagram:
    """The diagram of n probabilities and outcomes (Dimitriadis, Gneiting & Jordan 2021)."""
    return Diagram(steps=_steps(q, good), band=_band(q, seed))


def _steps(q: Floats, good: Floats) -> tuple[Step, ...]:
    values, lows, counts = pooled(q, good)
    highs = np.sort(q)[np.cumsum(counts) - 1]
    return tuple(
        Step(low=round(float(low), 4), high=round(float(high), 4), seen=round(float(seen), 4), n=int(n))
        for low, high, seen, n in zip(lows, highs, values, counts, strict=True)
    )


def _band(q: Floats, seed: int) -> tuple[BandPoint, ...]:
    """Consistency band: outcomes drawn from q itself, smoothed as the diagram is; 90 %, point by point."""
    rng = np.random.default_rng(seed)
    said = np.unique(np.quantile(q, np.linspace(0, 1, POINTS), method="nearest"))
    curves = np.empty((DRAWS, len(said)))
    for draw in range(DRAWS):
        values, lows, _ = pooled(q, (rng.random(len(q)) < q).astype(float))
        curves[draw] = values[np.searchsorted(lows, said, side="right") - 1]
    low, high = np.quantile(curves, (0.05, 0.95), axis=0)
    return tuple(
        BandPoint(said=round(float(s), 4), low=round(float(a), 4), high=round(float(b), 4))
        for s, a, b in zip(said, low, high, strict=True)
    )

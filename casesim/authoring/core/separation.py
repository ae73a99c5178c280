"""Does a scenario tell a strong candidate from a weak one? Composites of many runs, compared.

The chance that a run of the stronger script is worth more than one of the weaker (the area under the ROC
curve), with the interval of Newcombe's method 5 (Statistics in Medicine 25, 2006, 559-573), which has a
width even where no run is out of order.
"""

from collections.abc import Sequence
from itertools import pairwise
from math import sqrt
from statistics import fmean, quantiles, stdev
from typing import Any

from scipy.optimize import brentq

Z95 = 1.959963984540054
TOLD_APART = 0.8  # the least chance, with the whole interval above it
KNOWN = ("strong", "middling", "weak")  # what the usual scripts are called, the strongest first

Interval = tuple[float, float]


def compared(composites: dict[str, list[float]]) -> list[dict[str, Any]]:
    """Every two neighbours in strength, and the strongest with the weakest."""
    names = order(composites)
    pairs = list(pairwise(names))
    if len(names) > 2:
        pairs.append((names[0], names[-1]))
    return [_pair(one, two, composites[one], composites[two]) for one, two in pairs]


def order(composites: dict[str, list[float]]) -> list[str]:
    """The scripts from strong to weak: by name where the name says so, else by mean."""
    known = [name for name in KNOWN if composites.get(name)]
    others = [name for name, found in composites.items() if found and name not in KNOWN]
    if len(known) == len([n for n in composites if composites[n]]):
        return known
    return sorted([*known, *others], key=lambda name: -fmean(composites[name]))


def spread(found: Sequence[float]) -> dict[str, Any]:
    """How the composites of one script lie."""
    if not found:
        return {"n": 0}
    low, middle, high = quantiles(found, n=4) if len(found) > 1 else (found[0],) * 3
    return {
        "n": len(found),
        "mean": round(fmean(found), 3),
        "sd": round(stdev(found), 3) if len(found) > 1 else None,
        "min": round(min(found), 3),
        "quartiles": [round(low, 3), round(middle, 3), round(high, 3)],
        "max": round(max(found), 3),
        "all": [round(x, 3) for x in sorted(found)],
    }


def chance_above(strong: Sequence[float], weak: Sequence[float]) -> float:
    """P(a run of the first is above one of the second), ties counted half."""
    wins = sum((a > b) + (a == b) / 2 for a in strong for b in weak)
    return wins / (len(strong) * len(weak))


def interval(chance: float, n: int, k: int, z: float = Z95) -> Interval:
    """The score interval of that chance, from n and k runs; 95 % by default."""

    def beyond(true: float) -> float:
        return abs(chance - true) - z * sqrt(_variance(true, n, k))

    edge = 1e-9
    low = 0.0 if chance <= edge else float(brentq(beyond, edge, min(chance, 1 - edge)))
    high = 1.0 if chance >= 1 - edge else float(brentq(beyond, max(chance, edge), 1 - edge))
    return low, high


def _variance(true: float, n: int, k: int) -> float:
    extra = (n + k) / 2 - 1
    shape = 1 + extra * ((1 - true) / (2 - true) + true / (1 + true))
    return true * (1 - true) * shape / (n * k)


def _pair(one: str, two: str, strong: Sequence[float], weak: Sequence[float]) -> dict[str, Any]:
    chance = chance_above(strong, weak)
    low, high = interval(chance, len(strong), len(weak))
    best_of_weak = max(weak)
    return {
        "stronger": one,
        "weaker": two,
        "difference": round(fmean(strong) - fmean(weak), 3),
        "chance": round(chance, 4),
        "interval": [round(low, 4), round(high, 4)],
        "above_all": sum(x > best_of_weak for x in strong),  # of the stronger runs, above every weaker one
        "of": len(strong),
        "told_apart": low >= TOLD_APART,
        "too_few": low < TOLD_APART <= chance,  # more runs may show that they are
    }

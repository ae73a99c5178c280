"""Two shares and their ratio: intervals that hold for small numbers.

Sources: Wilson 1927; Koopman 1984 (score interval of a ratio); Fisher 1935.
"""

from math import sqrt

import scipy
from scipy.optimize import brentq

Z90 = 1.6448536269514722  # half a 90 % interval in standard deviations
Interval = tuple[float, float]


def wilson(x: float, n: int, z: float = Z90) -> Interval:
    """The score interval of x of n; 90 % by default."""
    centre, reach = x + z * z / 2, z * sqrt(x * (n - x) / n + z * z / 4)
    return max(0.0, (centre - reach) / (n + z * z)), min(1.0, (centre + reach) / (n + z * z))


def ratio_interval(x: int, n: int, reference_x: int, reference_n: int, z: float = Z90) -> Interval:
    """The score interval of (x / n) / (reference_x / reference_n); nobody of the reference: ValueError."""
    if not reference_x:
        raise ValueError("there is no ratio to a share of zero")
    seen = (x / n) / (reference_x / reference_n)

    def beyond(ratio: float) -> float:
        return _score(ratio, x, n, reference_x, reference_n) - z * z

    low = 0.0 if x == 0 else float(brentq(beyond, 1e-9, seen))
    return low, float(brentq(beyond, max(seen, 1e-9), 1e9))


def fisher(x: int, n: int, reference_x: int, reference_n: int) -> float:
    """The two-sided exact p of equal shares."""
    return float(scipy.stats.fisher_exact([[x, n - x], [reference_x, reference_n - reference_x]])[1])


def _score(ratio: float, x: int, n: int, y: int, m: int) -> float:
    """Chi-square of p = ratio q, at the likeliest p and q under that constraint."""
    a, b, c = ratio * (n + m), ratio * (n + y) + x + m, x + y
    q = 2 * c / (b + sqrt(max(0.0, b * b - 4 * a * c)))
    p = min(ratio * q, 1.0)
    spread = p * (1 - p) / n + ratio * ratio * q * (1 - q) / m
    gap = x / n - ratio * y / m
    return gap * gap / spread if spread > 0 else 0.0

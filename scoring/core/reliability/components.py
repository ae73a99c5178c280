"""Where marks vary: variance components of crossed random facets, balanced or not.

Henderson, C. R. (1953), Estimation of variance and covariance components, Method 1: the uncorrected
sums of squares of all groupings are set equal to their expectations. Unbiased for random facets
whatever is missing at random; for complete tables it is the usual analysis of variance. A
component may come out below zero and is left as it comes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from scoring.core.reliability.pairs import Array

CANDIDATE, RATER, DIMENSION = "candidate", "rater", "dimension"
RESIDUAL = "residual"
TOO_ALIKE = 1e-9  # reciprocal condition below which the equations cannot tell two facets apart

Facets = frozenset[str]


class Confounded(ValueError):
    """The design cannot tell the components apart; the message says so for people."""


@dataclass(frozen=True, slots=True, eq=False)
class Grouping:
    """The n rows grouped by some facets: `group` of each row, and one row of each group."""

    group: NDArray[np.intp]  # (n,)
    member: NDArray[np.intp]  # (groups,)
    size: Array  # (groups,)


@dataclass(frozen=True, slots=True, eq=False)
class Crossing:
    """A design: its facets, the candidate of each row, and its rows grouped by every set of facets."""

    facets: tuple[str, ...]
    candidate: NDArray[np.intp]  # (n,)
    groupings: Mapping[Facets, Grouping]

    @property
    def candidates(self) -> int:
        return len(self.groupings[frozenset([CANDIDATE])].size)

    @property
    def sets(self) -> tuple[Facets, ...]:
        """Every set of facets, the smallest first."""
        return tuple(self.groupings)

    @property
    def full(self) -> Facets:
        return frozenset(self.facets)

    @property
    def complete(self) -> bool:
        """Every combination of the facets occurs once."""
        cells = np.prod([len(self.groupings[frozenset([f])].size) for f in self.facets])
        whole = self.groupings[self.full]
        return bool(len(whole.size) == cells == len(whole.group))


def crossing(columns: Mapping[str, NDArray[np.intp]]) -> Crossing:
    """The design of n rows; `columns` holds the place of each row on each facet, candidates among them."""
    facets = tuple(columns)
    groupings = {}
    for size in range(len(facets) + 1):
        for some in combinations(facets, size):
            groupings[frozenset(some)] = _grouping([columns[f] for f in some], len(columns[CANDIDATE]))
    return Crossing(facets, columns[CANDIDATE], groupings)


def _grouping(columns: list[NDArray[np.intp]], rows: int) -> Grouping:
    group = np.zeros(rows, np.int64)
    for column in columns:
        _, group = np.unique(group * (int(column.max(initial=0)) + 1) + column, return_inverse=True)
    size = np.bincount(group).astype(float)
    member = np.zeros(len(size), np.intp)
    member[group] = np.arange(rows)
    return Grouping(group, member, size)


# --- any table ---------------------------------------------------------------------------------------------


def components(design: Crossing, score: Array) -> dict[str, float]:
    """The variance of each facet, of each combination of facets, and the residual.

    The combination of all facets is the residual. Raises Confounded.
    """
    found = component_draws(design, score, np.ones((1, design.candidates)))[0]
    if np.isnan(found).any():
        raise Confounded("the design cannot tell the facets apart")
    return dict(zip(component_names(design), map(float, found), strict=True))


def component_names(design: Crossing) -> tuple[str, ...]:
    """Names of the components in their order: "candidate", "rater", "candidate:rater" ... "residual"."""
    some = [":".join(f for f in design.facets if f in s) for s in design.sets[1:-1]]
    return (*some, RESIDUAL)


def component_draws(design: Crossing, score: Array, times: Array) -> Array:
    """The components when candidates count `times`, shape (B, candidates): (B, components).

    Copies of a candidate are different candidates. Nan where the facets cannot be told apart.
    """
    squares = _squares(design, score, times)
    expected = np.stack([_expected(design, squares, s, times) for s in design.sets], axis=1)
    totals = np.stack([squares[s].total(times) for s in design.sets], axis=1)
    return np.array([_solved(*equations) for equations in zip(expected, totals, strict=True)])


def _expected(design: Crossing, squares: "_Squares", s: Facets, times: Array) -> Array:
    """How much of each component the sum of squares of `s` is expected to hold: (B, components + mean)."""
    held = [squares[s].held(design, squares, t, times) for t in design.sets[:-1]]
    return np.stack([*held, squares[s].groups(times)], axis=1)


def _solved(expected: Array, totals: Array) -> Array:
    """The components without the mean, or nan."""
    scale = np.abs(expected).max(axis=0)
    if not np.all(scale > 0) or np.linalg.cond(expected / scale) > 1 / TOO_ALIKE:
        return np.full(len(totals) - 1, np.nan)
    found: Array = np.linalg.solve(expected / scale, totals) / scale
    return found[1:]


# --- sums of squares ------------------------------------------------------------------------------------
#
# All of them are made of sums over candidates, so how often each candidate counts can come last: a
# bootstrap of many draws costs as many products of a vector with a sparse matrix.


@dataclass(frozen=True, slots=True, eq=False)
class _Own:
    """A grouping with the candidate among its facets: each candidate has groups of his own."""

    facets: Facets
    square: Array  # (candidates,), squared sums over sizes
    count: Array  # (candidates,), groups

    @classmethod
    def of(cls, design: Crossing, s: Facets, score: Array) -> "_Own":
        grouping = design.groupings[s]
        whose = design.candidate[grouping.member]
        sums = np.bincount(grouping.group, score, minlength=len(grouping.size))
        square = np.bincount(whose, sums**2 / grouping.size, minlength=design.candidates)
        count = np.bincount(whose, minlength=design.candidates).astype(np.float64)
        return cls(s, square.astype(np.float64), count)

    def total(self, times: Array) -> Array:
        return times @ self.square

    def groups(self, times: Array) -> Array:
        return times @ self.count

    def held(self, design: Crossing, _: "_Squares", t: Facets, times: Array) -> Array:
        both = design.groupings[self.facets | t]
        parent = design.groupings[self.facets].group[both.member]
        part = both.size**2 / design.groupings[self.facets].size[parent]
        return times @ np.bincount(design.candidate[both.member], part, minlength=design.candidates)


@dataclass(frozen=True, slots=True, eq=False)
class _Across:
    """A grouping without the candidate: its groups hold rows of many candidates, who count or do not."""

    facets: Facets
    size: Array  # (groups, B)
    sums: Array  # (groups, B)

    @classmethod
    def of(cls, design: Crossing, s: Facets, score: Array, times: Array) -> "_Across":
        group, rows = design.groupings[s].group, np.arange(len(score))
        size = _by_candidate(design, s, group, rows, np.ones(len(score)))
        return cls(s, size @ times.T, _by_candidate(design, s, group, rows, score) @ times.T)

    def total(self, _: Array) -> Array:
        return _sum(_over(self.sums**2, self.size))

    def groups(self, _: Array) -> Array:
        return _sum((self.size > 0).astype(np.float64))

    def held(self, design: Crossing, squares: "_Squares", t: Facets, times: Array) -> Array:
        both = design.groupings[self.facets | t]
        parent = design.groupings[self.facets].group[both.member]
        other = squares[self.facets | t]
        if isinstance(other, _Across):
            return _sum(_over(other.size**2, self.size[parent]))
        shared = _by_candidate(design, self.facets, parent, both.member, both.size**2)
        return _sum(_over(shared @ times.T, self.size))


_Squares = Mapping[Facets, _Own | _Across]


def _squares(design: Crossing, score: Array, times: Array) -> _Squares:
    centred = score - score.mean()  # takes nothing from the variances, and large numbers from the squares
    return {
        s: _Own.of(design, s, centred) if CANDIDATE in s else _Across.of(design, s, centred, times)
        for s in design.sets
    }


def _by_candidate(
    design: Crossing, s: Facets, group: NDArray[np.intp], rows: NDArray[np.intp], value: Array
) -> sparse.csr_array:
    """Sums of values within each group, by candidate: groups x candidates."""
    shape = (len(design.groupings[s].size), design.candidates)
    return sparse.coo_array((value, (group, design.candidate[rows])), shape=shape).tocsr()


def _sum(by_group: Array) -> Array:
    found: Array = by_group.sum(axis=0)
    return found


def _over(above: Array, below: Array) -> Array:
    """above / below, 0 for groups of which no candidate was drawn."""
    found: Array = np.divide(above, below, out=np.zeros(above.shape), where=below > 0)
    return found


# --- complete tables ---------------------------------------------------------------------------------------


def mean_squares(design: Crossing, score: Array) -> dict[Facets, tuple[float, int]]:
    """The analysis of variance of a complete table: mean square and degrees of freedom of each set."""
    once = np.ones((1, design.candidates))
    squares = _squares(design, score, once)
    found = {}
    for s in design.sets[1:]:
        sign = {t: (-1) ** (len(s) - len(t)) for t in design.sets if t <= s}
        freedom = round(sum(sign[t] * float(squares[t].groups(once)[0]) for t in sign))
        total = sum(sign[t] * float(squares[t].total(once)[0]) for t in sign)
        found[s] = (total / freedom if freedom else float("nan"), freedom)
    return found

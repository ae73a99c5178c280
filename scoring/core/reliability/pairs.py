"""What two raters gave the same unit, summed by candidate: all that chance-corrected agreement rests on.

A coefficient is a function of sums over candidates. With weights in place of ones the same function
gives its bootstrap and what it would be without one unit.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from scoring.core.reliability.marks import Marks

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Sums:
    """Sums under B weightings, over K levels. Pairs are ordered pairs of different raters on a unit of m."""

    levels: Array  # (K,), the levels as numbers
    coincidence: Array  # (B, K, K), each pair counts 1 / (m - 1): Krippendorff's coincidences
    agreement: Array  # (B, K, K), each pair counts 1 / m(m - 1): every unit weighs the same
    pairs: Array  # (B, K, K), each pair counts 1
    share: Array  # (B, K), each unit's share of each level
    units: Array  # (B,), units with a level
    paired: Array  # (B,), units with two levels or more


@dataclass(frozen=True, slots=True, eq=False)
class Clusters:
    """The same sums for each cluster of units apart: one row a cluster."""

    levels: Array
    rows: sparse.csr_array  # clusters x (3K² + K + 2)

    @property
    def count(self) -> int:
        return int(self.rows.shape[0])

    def sums(self, weights: Array | None = None) -> Sums:
        """The sums over clusters that count `weights` times, shape (B, clusters); once each without."""
        k = len(self.levels)
        times = np.ones((1, self.count)) if weights is None else weights
        total = (self.rows.T @ times.T).T
        cut = np.cumsum([k * k, k * k, k * k, k, 1])
        coincidence, agreement, pairs, share, units, paired = np.split(total, cut, axis=1)
        square = (len(times), k, k)
        return Sums(
            levels=self.levels,
            coincidence=coincidence.reshape(square),
            agreement=agreement.reshape(square),
            pairs=pairs.reshape(square),
            share=share,
            units=units[:, 0],
            paired=paired[:, 0],
        )


def by_candidate(marks: Marks) -> Clusters:
    """Clusters of units of one candidate: his units hang together, so they are drawn together."""
    return _clusters(marks, marks.candidate_of_unit, marks.candidates)


def by_unit(marks: Marks) -> Clusters:
    """Every unit its own cluster: for one candidate, of whom there is nothing larger to draw."""
    return _clusters(marks, np.arange(marks.units), marks.units)


def _clusters(marks: Marks, cluster: NDArray[np.intp], clusters: int) -> Clusters:
    counts = marks.counts()
    raters = np.asarray(counts.sum(axis=1))
    paired = raters > 1
    others = np.where(paired, raters - 1, 1)
    parts = [
        _pairs(counts, paired / others),
        _pairs(counts, paired / (raters * others)),
        _pairs(counts, paired.astype(float)),
        sparse.diags_array(1 / raters) @ counts,
        sparse.csr_array(np.ones((marks.units, 1))),
        sparse.csr_array(paired.astype(float)[:, None]),
    ]
    whose = (np.ones(marks.units), (cluster, np.arange(marks.units)))
    gather = sparse.coo_array(whose, shape=(clusters, marks.units)).tocsr()
    rows = (gather @ sparse.hstack(parts, format="csr")).tocsr()
    return Clusters(np.asarray(marks.levels, np.float64), rows)


def _pairs(counts: sparse.csr_array, weight: Array) -> sparse.csr_array:
    """For each unit the pairs of levels given by different raters, each pair counting `weight`.

    A unit with counts n has n_c n_k pairs of levels c and k, and n_c (n_c - 1) of c with itself.
    """
    units, k = counts.shape
    distinct = np.diff(counts.indptr)
    one = np.repeat(np.arange(counts.nnz), np.repeat(distinct, distinct))
    unit = np.repeat(np.arange(units), distinct**2)
    start = np.repeat(np.cumsum(distinct**2) - distinct**2, distinct**2)
    other = counts.indptr[unit] + (np.arange(len(unit)) - start) % distinct[unit]
    n, level = counts.data, counts.indices.astype(np.int64)
    value = n[one] * (n[other] - (one == other)) * weight[unit]
    shape = (units, k * k)
    return sparse.coo_array((value, (unit, level[one] * k + level[other])), shape=shape).tocsr()

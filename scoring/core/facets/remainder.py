"""What is left when every block is eliminated: S over the effects outside, the ease and the steps.

Up to MOST_DENSE effects outside S is one dense matrix and everything is exact. Beyond, its part among the
effects outside is sparse (two of them meet only where a block touches both). It is then solved by conjugate
gradients, exactly enough for the means, and the covariances that are asked for, those within a block, are

    A^-1  ~  D^-1 A D^-1 + mean over draws of (z z' - a a'),    z = A^-1 w,  a = D^-1 w,  w ~ N(0, A)

with D the diagonal of A: unbiased, and the draws only carry the difference from a first approximation.
"""

from collections.abc import Callable
from typing import NamedTuple, Protocol

import numpy as np
from scipy.linalg import cho_factor, cho_solve
from scipy.linalg.lapack import dpotrf, dpotri
from scipy.sparse import coo_array, csr_array

from scoring.core.facets.design import Chunk, Places
from scoring.core.facets.kernel import Floats

MOST_DENSE = 4000
DRAWS = 128
CLOSE = 1e-10  # of the right-hand side, that is left over where conjugate gradients stop
MOST_ITERATIONS = 1000


class Prior(NamedTuple):
    """What the prior, and the steps' own curvature, put into S."""

    own: Floats  # (own,): precision of each effect outside, and of the spare, about the one it steps from
    child: Places  # those that step from another
    parent: Places
    shared: Floats  # (d + d * k, the same): of the ease and the steps
    ease: int  # d


class Covariance(Protocol):
    """Of everything left; `shared` is the part of the ease and, where they are in it, the steps."""

    shared: Floats

    def among(self, at: Places) -> Floats:
        """Within each row of places (b, w): (b, w, w)."""

    def pairs(self, one: Places, other: Places) -> Floats:
        """Of one with the other, outside: (l,)."""

    def variance_of(self, weights: csr_array) -> Floats:
        """Of weighted sums (r, own) of the effects outside: (r,)."""


class Remainder(Protocol):
    log_det: float  # of S given the steps; nan where it is not known
    steps_log_det: float  # of what is left of the steps' precision

    def solve(self, right: Floats) -> Floats:
        """S^-1 right."""

    def covariance(self, with_steps: bool) -> Covariance:
        """S^-1; without `with_steps`, given the steps."""


class Gathering(Protocol):
    def add(self, chunk: Chunk, piece: Floats) -> None:
        """What the blocks of a chunk leave behind: (blocks, width + d + d * k, the same)."""

    def closed(self) -> Remainder:
        """All pieces are in."""


def gathering(prior: Prior) -> Gathering:
    return _DenseSum(prior) if len(prior.own) <= MOST_DENSE + 1 else _SparseSum(prior)


# --- dense ------------------------------------------------------------------------------------------------


class _DenseSum:
    def __init__(self, prior: Prior) -> None:
        own, child, parent = len(prior.own), prior.child, prior.parent
        self.left = np.zeros((own + len(prior.shared),) * 2, order="F")
        self.own, self.ease = own, prior.ease
        np.fill_diagonal(self.left[:own, :own], prior.own)
        np.add.at(self.left, (parent, parent), prior.own[child])
        self.left[child, parent] -= prior.own[child]
        self.left[parent, child] -= prior.own[child]
        self.left[own:, own:] = prior.shared

    def add(self, chunk: Chunk, piece: Floats) -> None:
        left, own, width = self.left, self.own, chunk.width
        left[own:, own:] += piece[:, width:, width:].sum(axis=0)
        if not width:
            return
        shared = chunk.scatter @ piece[:, :width, width:].reshape(chunk.blocks * width, -1)
        left[:own, own:] += shared
        left[own:, :own] += shared.T
        at = chunk.touched[:, :width]
        among = at[:, :, None] * len(left) + at[:, None, :]
        np.add.at(
            left.T.reshape(-1), among.ravel(), piece[:, :width, :width].ravel()
        )  # flat indices are fast

    def closed(self) -> "_Dense":
        factor, failed = dpotrf(self.left, lower=True, clean=True, overwrite_a=True)
        if failed:
            raise FloatingPointError("the precision of raters and steps is not positive definite")
        return _Dense(factor, self.own, self.own + self.ease)


class _Dense:
    def __init__(self, factor: Floats, own: int, given: int) -> None:
        """`factor`: lower Cholesky factor of S; the steps begin at `given`."""
        self.factor, self.own, self.given = factor, own, given
        logs = 2 * np.log(np.diagonal(factor))
        self.log_det, self.steps_log_det = float(logs[:given].sum()), float(logs[given:].sum())

    def solve(self, right: Floats) -> Floats:
        return np.asarray(cho_solve((self.factor, True), right, check_finite=False))

    def covariance(self, with_steps: bool) -> "_DenseCovariance":
        size = len(self.factor) if with_steps else self.given
        inverse, _ = dpotri(self.factor[:size, :size], lower=True)
        matrix = np.asarray(inverse + inverse.T)  # of a lower triangle
        np.fill_diagonal(matrix, np.diagonal(inverse))
        return _DenseCovariance(matrix, self.own)


class _DenseCovariance:
    def __init__(self, matrix: Floats, own: int) -> None:
        self.matrix, self.own = matrix, own
        self.shared = matrix[own:, own:]

    def among(self, at: Places) -> Floats:
        return self.matrix[at[:, :, None], at[:, None, :]]

    def pairs(self, one: Places, other: Places) -> Floats:
        return self.matrix[one, other]

    def variance_of(self, weights: csr_array) -> Floats:
        spread = weights @ self.matrix[: self.own, : self.own]
        return np.asarray(weights.multiply(spread).sum(axis=1)).ravel()


# --- sparse -----------------------------------------------------------------------------------------------


class _SparseSum:
    """Without drift: effects that step from one another are few enough to be dense (see design.py)."""

    def __init__(self, prior: Prior) -> None:
        self.prior, self.own = prior, len(prior.own)
        self.shared = prior.shared.copy()
        self.across = np.zeros((self.own, len(prior.shared)))
        self.at: list[Places] = []  # flat places in A, with their values
        self.values: list[Floats] = []
        self.roots: list[tuple[Chunk, Floats]] = []

    def add(self, chunk: Chunk, piece: Floats) -> None:
        width = chunk.width
        self.shared += piece[:, width:, width:].sum(axis=0)
        if not width:
            return
        self.across += chunk.scatter @ piece[:, :width, width:].reshape(chunk.blocks * width, -1)
        at, own = chunk.touched[:, :width], piece[:, :width, :width]
        self.at.append((at[:, :, None] * self.own + at[:, None, :]).ravel())
        self.values.append(own.ravel())
        size, vectors = np.linalg.eigh(own)
        root = (vectors * np.sqrt(np.maximum(size, 0.0))[:, None, :]) @ vectors.transpose(0, 2, 1)
        self.roots.append((chunk, root))  # the symmetric one: it moves smoothly from pass to pass

    def closed(self) -> "_Sparse":
        at = np.concatenate([np.arange(self.own) * (self.own + 1), *self.at])
        value = np.concatenate([self.prior.own, *self.values])
        matrix = coo_array((value, (at // self.own, at % self.own)), shape=(self.own, self.own)).tocsr()
        matrix.sort_indices()
        return _Sparse(matrix, self.across, self.shared, self.prior.ease, self._drawn)

    def _drawn(self) -> Floats:
        """Draws from N(0, A), piece by piece: (own, DRAWS). The seed is part of the model."""
        draw = np.random.default_rng(0)
        drawn = np.sqrt(self.prior.own)[:, None] * draw.standard_normal((self.own, DRAWS))
        for chunk, root in self.roots:
            piece = root @ draw.standard_normal((chunk.blocks, chunk.width, DRAWS))
            drawn += chunk.scatter @ piece.reshape(-1, DRAWS)
        return drawn


class _Sparse:
    log_det = float("nan")
    steps_log_det = float("nan")

    def __init__(
        self, matrix: csr_array, across: Floats, shared: Floats, ease: int, drawn: Callable[[], Floats]
    ) -> None:
        self.matrix, self.across, self.ease, self.drawn = matrix, across, ease, drawn
        self.reached = conjugate(matrix, across)
        self.left = shared - across.T @ self.reached
        self.factor = cho_factor(self.left, lower=True)

    def solve(self, right: Floats) -> Floats:
        own = len(self.reached)
        alone = conjugate(self.matrix, right[:own, None])[:, 0]
        shared = cho_solve(self.factor, right[own:] - self.across.T @ alone)
        return np.concatenate([alone - self.reached @ shared, shared])

    def covariance(self, with_steps: bool) -> "_SparseCovariance":
        size = len(self.left) if with_steps else self.ease
        shared = np.asarray(np.linalg.inv(self.left[:size, :size]))
        return _SparseCovariance(self._inverse(), self.reached[:, :size], shared)

    def _inverse(self) -> csr_array:
        """A^-1 where A is not 0."""
        diagonal = self.matrix.diagonal()
        rows = np.repeat(np.arange(len(diagonal)), np.diff(self.matrix.indptr))
        columns = self.matrix.indices
        near = self.drawn()
        far = conjugate(self.matrix, near)
        near /= diagonal[:, None]
        between = np.zeros(self.matrix.nnz)
        for a, z in zip(near.T, far.T, strict=True):
            between += z[rows] * z[columns] - a[rows] * a[columns]
        values = self.matrix.data / (diagonal[rows] * diagonal[columns]) + between / DRAWS
        return csr_array((values, columns, self.matrix.indptr), shape=self.matrix.shape)


class _SparseCovariance:
    """inverse + reached shared reached' outside; -reached shared across."""

    def __init__(self, inverse: csr_array, reached: Floats, shared: Floats) -> None:
        self.inverse, self.reached, self.shared = inverse, reached, shared
        self.spread = reached @ shared
        own = len(reached)
        self.keys = np.repeat(np.arange(own), np.diff(inverse.indptr)) * own + inverse.indices

    def among(self, at: Places) -> Floats:
        size = len(self.shared)
        width = at.shape[1] - size
        outside = at[:, :width]
        found = np.empty((len(at), at.shape[1], at.shape[1]))
        one = np.broadcast_to(outside[:, :, None], (len(at), width, width))
        found[:, :width, :width] = self.pairs(one, np.broadcast_to(outside[:, None, :], one.shape))
        found[:, :width, width:] = -self.spread[outside]
        found[:, width:, :width] = -self.spread[outside].transpose(0, 2, 1)
        found[:, width:, width:] = self.shared
        return found

    def pairs(self, one: Places, other: Places) -> Floats:
        wanted = one * len(self.reached) + other
        at = np.minimum(np.searchsorted(self.keys, wanted), len(self.keys) - 1)
        near = np.where(self.keys[at] == wanted, self.inverse.data[at], 0.0)
        far: Floats = np.einsum("...i,...i->...", self.spread[one], self.reached[other])
        return near + far

    def variance_of(self, weights: csr_array) -> Floats:
        near = np.asarray(weights.multiply(weights @ self.inverse).sum(axis=1)).ravel()
        far: Floats = np.einsum("ri,ri->r", weights @ self.spread, weights @ self.reached)
        return near + far


def conjugate(matrix: csr_array, right: Floats) -> Floats:
    """matrix^-1 right, column by column, by scaled conjugate gradients (Hestenes & Stiefel 1952)."""
    scale = 1 / matrix.diagonal()[:, None]
    found = np.zeros_like(right)
    left = right.copy()
    toward = scale * left
    size = np.einsum("ij,ij->j", left, toward)
    enough = CLOSE**2 * np.maximum(size, np.finfo(float).tiny)
    for _ in range(MOST_ITERATIONS):
        if (size <= enough).all():
            break
        pushed = matrix @ toward
        share = size / np.maximum(np.einsum("ij,ij->j", toward, pushed), np.finfo(float).tiny)
        found += share * toward
        left -= share * pushed
        before, size = size, np.einsum("ij,ij->j", left, scale * left)
        toward = scale * left + size / np.maximum(before, np.finfo(float).tiny) * toward
    return found

"""Eliminate the blocks exactly, solve what is left, and find the variance of everything.

With H a block's own precision, C its coupling to the effects outside and to the steps, and E theirs,

    S = E - sum C' H^-1 C                   what is left when every block is eliminated (Schur complement)
    V_outside = S^-1,   V_block = H^-1 + F V_outside F',   V_block,outside = -F V_outside,   F = H^-1 C

so a candidate's interval includes doubt about his raters and about the steps, at a cost linear in blocks.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.linalg import block_diag

from scoring.core.facets import remainder
from scoring.core.facets.design import Chunk, Design, Places
from scoring.core.facets.kernel import Expected, Floats, sums
from scoring.core.facets.remainder import Covariance, Remainder, gathering


class Prior(NamedTuple):
    """Precision of each effect about its mean (or about the effect it steps from), and of the steps."""

    mean: Floats  # (effects,)
    precision: Floats  # (effects,)
    step_mean: Floats  # (d, k)
    step_precision: Floats  # (d * k, d * k)


class Block(NamedTuple):
    """One chunk, eliminated."""

    inverse: Floats  # H^-1: (blocks, m, m)
    fill: Floats  # F: (blocks, m, width + d + d * k)


class Covariances(NamedTuple):
    """Posterior covariances within the blocks of one chunk: its own effects, those outside, the ease."""

    chunk: Chunk
    within: Floats  # (blocks, m + width + d (+ d * k), the same)


@dataclass(frozen=True, slots=True, eq=False)
class Eliminated:
    design: Design
    blocks: tuple[Block, ...]
    remainder: Remainder
    log_det: float  # of the precision of all effects, given the steps; nan where it is not known

    def solve(self, gradient: Floats, step_gradient: Floats) -> tuple[Floats, Floats]:
        """The Newton step for the effects and the steps."""
        first = self.design.first_outside
        away = np.concatenate([gradient[first:], step_gradient.ravel()])
        for chunk, block in self._each():
            pull = np.einsum("bmg,bm->bg", block.fill, _of(gradient, chunk))
            np.subtract.at(away, chunk.touched, pull)
        away = self.remainder.solve(away)
        step = np.empty(len(gradient))
        for chunk, block in self._each():
            own = np.einsum("bij,bj->bi", block.inverse, _of(gradient, chunk))
            own -= np.einsum("bmg,bg->bm", block.fill, away[chunk.touched])
            step[chunk.effects] = own.ravel()
        step[first:] = away[: len(gradient) - first]
        return step, away[len(gradient) - first :].reshape(step_gradient.shape)

    def covariances(self, outside: Covariance) -> Iterator[Covariances]:
        """Within each chunk's blocks, given the covariance of what is outside."""
        for chunk, block in self._each():
            touched = chunk.touched[:, : chunk.width + len(outside.shared)]
            away = outside.among(touched)
            fill = block.fill[:, :, : touched.shape[1]]
            spread = fill @ away
            m = chunk.size
            within = np.empty((chunk.blocks, m + touched.shape[1], m + touched.shape[1]))
            within[:, :m, :m] = block.inverse + spread @ fill.transpose(0, 2, 1)
            within[:, :m, m:] = -spread
            within[:, m:, :m] = -spread.transpose(0, 2, 1)
            within[:, m:, m:] = away
            yield Covariances(chunk, within)

    def _each(self) -> Iterator[tuple[Chunk, Block]]:
        return zip(self.design.chunks, self.blocks, strict=True)


def eliminate(design: Design, expected: Expected, prior: Prior) -> Eliminated:
    left = gathering(_prior_outside(design, expected, prior))
    blocks, log_det = [], 0.0
    for chunk in design.chunks:
        among, turned = _information(design, chunk, expected)
        m = chunk.size
        own = among[:, :m, :m]
        _add_prior(own, chunk, prior.precision[chunk.effects])
        inverse = np.asarray(np.linalg.inv(own), np.float64)
        log_det += 2 * np.log(np.diagonal(np.linalg.cholesky(own), axis1=1, axis2=2)).sum()
        coupling = np.concatenate([among[:, :m, m:], turned[:, :m]], axis=2)
        fill = inverse @ coupling
        piece = -coupling.transpose(0, 2, 1) @ fill
        u = among.shape[1] - m
        piece[:, :u, :u] += among[:, m:, m:]
        piece[:, :u, u:] += turned[:, m:]
        piece[:, u:, :u] += turned[:, m:].transpose(0, 2, 1)
        left.add(chunk, piece)
        blocks.append(Block(inverse, fill))
    closed = left.closed()
    return Eliminated(design, tuple(blocks), closed, float(log_det) + closed.log_det)


class Variances(NamedTuple):
    """Posterior variances of each mark's level and of each effect, and with the effect it steps from."""

    of_mark: Floats  # (n,)
    of_effect: Floats  # (effects,)
    with_parent: Floats  # (effects,): 0 where there is no parent


def variances(design: Design, covariances: Iterable[Covariances], outside: Covariance) -> Variances:
    of_row = np.empty(len(design.order))
    of_effect, with_parent = np.empty(len(design.kind)), np.zeros(len(design.kind))
    for chunk, within in covariances:
        size = within.shape[1]
        at = chunk.columns.astype(np.intp)
        base = chunk.block.astype(np.intp) * size
        flat = within.reshape(-1)
        total = np.zeros(at.shape[1])
        for i, one in enumerate(at):
            row = (base + one) * size
            total += flat[row + one]
            for other in at[:i]:
                total += 2 * flat[row + other]
        of_row[chunk.rows] = total
        of_effect[chunk.effects] = np.diagonal(within, axis1=1, axis2=2)[:, : chunk.size].ravel()
        b, child, parent = chunk.links
        with_parent[chunk.effects.start + b * chunk.size + child] = within[b, child, parent]
    first = design.first_outside
    every = np.arange(design.outside)
    of_effect[first : design.spare] = outside.pairs(every, every)
    of_effect[design.spare] = 0.0
    of_effect[design.spare + 1 :] = np.diagonal(outside.shared)[: design.marks.dimensions]
    child, parent = _outside_links(design)
    with_parent[first + child] = outside.pairs(child, parent)
    return Variances(of_row, of_effect, with_parent)


def _of(values: Floats, chunk: Chunk) -> Floats:
    return values[chunk.effects].reshape(chunk.blocks, chunk.size)


def _outside_links(design: Design) -> tuple[Places, Places]:
    child = np.flatnonzero(design.parent[design.first_outside :] != design.spare)
    return child, design.parent[design.first_outside + child] - design.first_outside


def _prior_outside(design: Design, expected: Expected, prior: Prior) -> remainder.Prior:
    """What the prior and the steps' own curvature put into S."""
    d, k = design.marks.dimensions, design.steps
    away = prior.precision[design.first_outside :]
    curved = np.zeros((d, k, d, k))
    curved[np.arange(d), :, np.arange(d), :] = expected.step_weight
    steps = prior.step_precision + curved.reshape(d * k, d * k)
    return remainder.Prior(
        away[: design.outside + 1],
        *_outside_links(design),
        shared=block_diag(np.diag(away[design.outside + 1 :]), steps),
        ease=d,
    )


def _add_prior(own: Floats, chunk: Chunk, precision: Floats) -> None:
    at = np.arange(chunk.size)
    precision = precision.reshape(chunk.blocks, chunk.size)
    own[:, at, at] += precision
    b, child, parent = chunk.links
    strength = precision[b, child]
    np.add.at(own, (b, parent, parent), strength)
    own[b, child, parent] -= strength
    own[b, parent, child] -= strength


def _information(design: Design, chunk: Chunk, expected: Expected) -> tuple[Floats, Floats]:
    """X' W X of each block's marks: among its own effects, those outside and the ease; with the steps."""
    k = design.steps
    size = chunk.size + chunk.width + design.marks.dimensions
    columns = chunk.columns.astype(np.intp)
    row = chunk.block.astype(np.intp) * size + columns
    weight = np.broadcast_to(expected.weight[chunk.rows], (len(columns), *row.shape))
    among = _summed(row[:, None, :] * size + columns, weight, (chunk.blocks, size, size))
    step = np.arange(k)[:, None] + k * design.marks.dimension[chunk.rows]
    cross = np.broadcast_to(expected.cross[:, chunk.rows], (len(columns), *step.shape))
    steps = k * design.marks.dimensions
    return among, _summed(row[:, None, :] * steps + step, cross, (chunk.blocks, size, steps))


def _summed(at: Places, values: Floats, shape: tuple[int, ...]) -> Floats:
    return sums(at.ravel(), values.ravel(), int(np.prod(shape))).reshape(shape)

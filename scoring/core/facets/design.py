"""Ratings as unknowns: which effects there are, and how they fall into blocks.

    eta = general_n + profile_nd + impression_nr + leniency_r(t) + leaning_rd + ease_d

Every effect adds to eta, so severity is minus leniency and difficulty minus ease. The effects of one
candidate (or of one rater, where raters are the larger facet) touch other candidates only through
effects outside: his unknowns are a block, and blocks can be eliminated one by one. All effects stand
in one vector: blocks first, those of equal size together; then the effects outside, one spare that
is always 0, and at the end the ease of each dimension.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from scoring.core.facets.kernel import Floats, Marks
from scoring.core.facets.periods import Periods, periods
from scoring.core.ratings import Ratings

GENERAL, PROFILE, IMPRESSION, LENIENCY, DRIFT, LEANING, EASE = range(7)
BARE = frozenset({GENERAL, LENIENCY})  # what most programs fit
KINDS = ("general", "profile", "impression", "severity", "drift", "leaning", "difficulty")

MOST_PERIODS = 3000  # effects of severity where it drifts: with the leanings, still dense in remainder.py
MOST_LEANINGS = 1000  # raters x dimensions
CELLS = 1_500_000  # numbers in the largest working array of one chunk

Places = NDArray[np.intp]


class Term(NamedTuple):
    """One kind of effect: which of its `size` effects each mark has, and who owns each effect."""

    kind: int
    of_mark: Places  # (n,)
    size: int
    candidate: Places | None  # (size,): the owner; None where it has none
    rater: Places | None


@dataclass(frozen=True, slots=True, eq=False)
class Chunk:
    """Some blocks of equal size, few enough to work on at once."""

    owners: Places  # (blocks,): candidates, or raters
    rows: slice  # of the sorted marks
    effects: slice  # of the vector: `blocks` x `size`
    size: int
    touched: Places  # (blocks, width + d + d * k): outside what each block touches, ease, steps
    width: int
    scatter: csr_array  # (outside + 1, blocks * width): adds up by effect outside
    columns: NDArray[np.int32]  # (terms, rows): place of each mark's effects in its block's matrix
    block: NDArray[np.int32]  # (rows,)
    links: Places  # (3, l): block, child and parent within the block

    @property
    def blocks(self) -> int:
        return len(self.owners)


@dataclass(frozen=True, slots=True, eq=False)
class Design:
    marks: Marks  # sorted by block
    order: Places  # (n,): the row of the ratings that each sorted mark came from
    effect: Places  # (terms, n): place in the vector of each effect of each mark
    kind: NDArray[np.int8]  # (effects,)
    scale: Floats  # (effects,): variance of the effect in units of its kind's variance
    parent: Places  # (effects,): the effect it steps from; the spare where there is none
    places: dict[int, Places]  # kind -> place in the vector of each of its effects
    chunks: tuple[Chunk, ...]
    outside: int  # effects outside the blocks, without the spare and the ease
    steps: int  # levels - 1
    terms: dict[int, Term]
    periods: Periods
    by_rater: bool  # whose blocks are eliminated

    @property
    def spare(self) -> int:
        return len(self.kind) - self.marks.dimensions - 1

    @property
    def first_outside(self) -> int:
        return self.spare - self.outside

    def counts(self) -> Places:
        """Effects of each kind, without the spare."""
        return np.bincount(np.delete(self.kind, self.spare), minlength=len(KINDS))


def design(ratings: Ratings, kinds: frozenset[int] | None = None) -> Design:
    """The unknowns behind these ratings: effects of these kinds, or all that the marks can carry."""
    seen = np.flatnonzero(ratings.observed & (len(ratings.levels) > 1))  # one level alone says nothing
    time = periods(ratings.rater[seen], ratings.month[seen], len(ratings.raters), MOST_PERIODS)
    possible = _terms(ratings, seen, time)
    kinds = _carried(possible) if kinds is None else kinds
    terms = [term for term in possible if term.kind in kinds]
    beside = sum(t.size for t in terms if t.candidate is None), sum(t.size for t in terms if t.rater is None)
    by_rater = beside[0] > beside[1]
    layout = _lay_out(terms, len(ratings.raters if by_rater else ratings.candidates), by_rater)
    return _design(ratings, seen, terms, time, layout)


def _terms(ratings: Ratings, seen: Places, time: Periods) -> tuple[Term, ...]:
    """Every kind of effect there could be, without the ease of the dimensions."""
    n, r, d = len(ratings.candidates), len(ratings.raters), len(ratings.dimensions)
    candidate, rater, dimension = (
        column[seen].astype(np.intp) for column in (ratings.candidate, ratings.rater, ratings.dimension)
    )
    pairs, pair = np.unique(candidate * r + rater, return_inverse=True)
    return (
        Term(GENERAL, candidate, n, np.arange(n), None),
        Term(PROFILE, candidate * d + dimension, n * d, np.arange(n * d) // d, None),
        Term(IMPRESSION, pair, len(pairs), pairs // r, pairs % r),
        Term(LENIENCY, time.of_mark, len(time.rater), None, time.rater),
        Term(LEANING, rater * d + dimension, r * d, None, np.arange(r * d) // d),
    )


def _carried(possible: tuple[Term, ...]) -> frozenset[int]:
    """Kinds that do more than repeat another, and can be afforded."""
    size = {term.kind: term.size for term in possible}
    marks = len(possible[0].of_mark)
    kinds = {GENERAL, LENIENCY}
    if size[PROFILE] > size[GENERAL]:
        kinds.add(PROFILE)
        if size[LEANING] <= MOST_LEANINGS:
            kinds.add(LEANING)
    if size[IMPRESSION] < marks:
        kinds.add(IMPRESSION)
    return frozenset(kinds)


# --- the layout ------------------------------------------------------------------------------------------


class _Layout(NamedTuple):
    local: list[Term]  # whose effects lie in the blocks
    away: list[Term]
    rank: Places  # (owners,): blocks in their order, those of equal size together
    sizes: Places  # (blocks,): in that order
    places: dict[int, Places]
    spare: int
    by_rater: bool


def _lay_out(terms: list[Term], owners: int, by_rater: bool) -> _Layout:
    """Where each effect stands in the vector."""
    local = [t for t in terms if (t.rater if by_rater else t.candidate) is not None]
    away = [t for t in terms if (t.rater if by_rater else t.candidate) is None]
    owner = np.concatenate([t.rater if by_rater else t.candidate for t in local])
    size = np.bincount(owner, minlength=owners)
    by_size = np.argsort(size, kind="stable")
    rank = np.empty(owners, np.intp)
    rank[by_size] = np.arange(owners)
    place = np.empty(len(owner), np.intp)
    place[np.argsort(rank[owner], kind="stable")] = np.arange(len(owner))
    ends = np.cumsum([t.size for t in local])
    places = {t.kind: place[end - t.size : end] for t, end in zip(local, ends, strict=True)}
    first = len(owner)
    for term in away:
        places[term.kind] = first + np.arange(term.size)
        first += term.size
    return _Layout(local, away, rank, size[by_size], places, first, by_rater)


def _design(ratings: Ratings, seen: Places, terms: list[Term], time: Periods, layout: _Layout) -> Design:
    d = len(ratings.dimensions)
    spare, places = layout.spare, {**layout.places, EASE: layout.spare + 1 + np.arange(d)}
    block = layout.rank[(ratings.rater if layout.by_rater else ratings.candidate)[seen]]
    order = np.argsort(block, kind="stable")
    dimension = ratings.dimension[seen][order].astype(np.intp)
    of_terms = [places[t.kind][t.of_mark[order]] for t in (*layout.local, *layout.away)]
    effect = np.stack([*of_terms, places[EASE][dimension]])
    parent, scale = _parents(places[LENIENCY], time, spare, spare + 1 + d)
    kind = np.empty(len(parent), np.int8)
    for which, at in places.items():
        kind[at] = which
    kind[parent != spare] = DRIFT
    kind[spare] = EASE
    steps = max(len(ratings.levels) - 1, 0)
    cutter = _Cutter(effect, block[order], layout, parent, d * (1 + steps))
    return Design(
        marks=Marks(ratings.level[seen][order].astype(np.intp), dimension, d),
        order=seen[order],
        effect=effect,
        kind=kind,
        scale=scale,
        parent=parent,
        places=places,
        chunks=tuple(cutter.chunks()),
        outside=spare - sum(t.size for t in layout.local),
        steps=steps,
        terms={t.kind: t for t in terms},
        periods=time,
        by_rater=layout.by_rater,
    )


def _parents(leniency: Places, time: Periods, spare: int, effects: int) -> tuple[Places, Floats]:
    parent, scale = np.full(effects, spare), np.ones(effects)
    later = time.parent >= 0
    parent[leniency[later]] = leniency[time.parent[later]]
    scale[leniency[later]] = time.gap[later]
    return parent, scale


class _Cutter:
    """Cuts the blocks into chunks of equal size."""

    def __init__(self, effect: Places, block: Places, layout: _Layout, parent: Places, shared: int) -> None:
        """`shared`: columns that every block's coupling has, for the dimensions and their steps."""
        self.effect, self.block, self.parent = effect, block, parent
        self.local, self.spare = len(layout.local), layout.spare
        self.first = sum(t.size for t in layout.local)
        self.shared = self.spare - self.first + 1 + np.arange(shared)
        self.owners = np.argsort(layout.rank)
        self.sizes = layout.sizes
        self.starts = np.concatenate([[0], np.cumsum(layout.sizes)])
        self.rows = np.searchsorted(block, np.arange(len(layout.sizes) + 1))

    def chunks(self) -> Iterator[Chunk]:
        for same in np.split(np.arange(len(self.sizes)), np.flatnonzero(np.diff(self.sizes)) + 1):
            marks = self.rows[same[-1] + 1] - self.rows[same[0]]
            width = self.sizes[same[0]] + len(self.shared) + min(marks // len(same), self.spare - self.first)
            step = max(int(CELLS // width**2), 1)
            for first in range(same[0], same[-1] + 1, step):
                yield self._chunk(slice(first, min(first + step, same[-1] + 1)))

    def _chunk(self, blocks: slice) -> Chunk:
        rows = slice(self.rows[blocks.start], self.rows[blocks.stop])
        effects = slice(self.starts[blocks.start], self.starts[blocks.stop])
        size = int(self.sizes[blocks.start])
        of_mark = self.block[rows] - blocks.start
        outside, slot = self._touched(self.effect[self.local : -1, rows] - self.first, of_mark, blocks)
        inside = self.effect[: self.local, rows] - effects.start - of_mark * size
        ease = self.effect[-1:, rows] - (self.spare + 1) + size + outside.shape[1]
        child = np.flatnonzero(self.parent[effects] != self.spare)
        parent = self.parent[effects][child] - effects.start
        return Chunk(
            owners=self.owners[blocks],
            rows=rows,
            effects=effects,
            size=size,
            touched=np.concatenate([outside, np.tile(self.shared, (len(outside), 1))], axis=1),
            width=outside.shape[1],
            scatter=self._scatter(outside.ravel()),
            columns=np.concatenate([inside, size + slot, ease]).astype(np.int32),
            block=of_mark.astype(np.int32),
            links=np.stack([child // size, child % size, parent % size]),
        )

    def _scatter(self, at: Places) -> csr_array:
        ones = np.ones(len(at))
        return csr_array((ones, (at, np.arange(len(at)))), shape=(self.spare - self.first + 1, len(at)))

    def _touched(self, effect: Places, of_mark: Places, blocks: slice) -> tuple[Places, Places]:
        """The distinct effects outside of each block, filled up with the spare; each mark's among them."""
        count, spare = blocks.stop - blocks.start, self.spare - self.first
        seen, at = np.unique(of_mark * (spare + 1) + effect, return_inverse=True)
        owner = seen // (spare + 1)
        slot = np.arange(len(seen)) - np.searchsorted(owner, np.arange(count))[owner]
        outside = np.full((count, int(slot.max(initial=-1)) + 1), spare)
        outside[owner, slot] = seen % (spare + 1)
        return outside, slot[at].reshape(effect.shape)

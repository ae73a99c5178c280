"""Which raters can be compared: the graph of raters and candidates, joined where one marked the other.

Severity can be told from ability only along such joins. Bridges and cut points are found in linear time
by array operations on a spanning tree: Tarjan, R. E. & Vishkin, U. (1985), An efficient parallel
biconnectivity algorithm. The weakest link: Stoer, M. & Wagner, F. (1997), A simple min-cut algorithm.
"""

from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse import csgraph

from scoring.core.ratings import Ratings

MOST_FOR_WEAKEST = 400  # raters; the search for the weakest link takes the cube of their number

Places = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Component:
    """Raters and candidates who can be compared with one another, and with nobody else."""

    raters: tuple[str, ...]
    candidates: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Join:
    """A room that would join two components: these two raters mark the same candidate."""

    rater: str
    other: str


@dataclass(frozen=True, slots=True)
class WeakestLink:
    """Raters split in two where they share the least, and on both sides who.

    `shared` counts each pair of raters from the two sides once for each candidate both marked.
    """

    shared: int
    side: tuple[str, ...]  # the smaller
    other: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Connectivity:
    """What holds the ratings together. Components the largest first; all else sorted by name.

    A candidate marked by one rater joins nothing; `alone` counts them. Among the others a bridge is a
    (rater, candidate) without which a component would fall apart, and cut raters and candidates are
    those without whom it would. `joins` pair the raters whose severity is known best in their own
    components: as many shared rooms as it takes to join all.
    """

    components: tuple[Component, ...]
    alone: int
    bridges: tuple[tuple[str, str], ...]
    cut_raters: tuple[str, ...]
    cut_candidates: tuple[str, ...]
    joins: tuple[Join, ...]

    @property
    def connected(self) -> bool:
        return len(self.components) <= 1

    @property
    def rooms_needed(self) -> int:
        """The fewest shared rooms that would join all components, two raters in each."""
        return len(self.joins)


def connectivity(ratings: Ratings) -> Connectivity:
    """Components, bridges and cut points of everything that was observed.

    A rater or candidate without a single level belongs to no component.
    """
    return _told(_Graph.of(ratings))


def document(ratings: Ratings) -> dict[str, Any]:
    """Connectivity and the weakest link as JSON; of components the sizes, largest first."""
    found, weakest = connectivity(ratings), weakest_link(ratings)
    return {
        "connected": found.connected,
        "components": [
            {"raters": len(part.raters), "candidates": len(part.candidates)} for part in found.components
        ],
        "alone": found.alone,
        "bridges": [list(bridge) for bridge in found.bridges],
        "cut_raters": list(found.cut_raters),
        "cut_candidates": list(found.cut_candidates),
        "rooms_needed": found.rooms_needed,
        "joins": [[join.rater, join.other] for join in found.joins],
        "weakest_link": None if weakest is None else asdict(weakest),
    }


def links(ratings: Ratings, block: dict[str, str]) -> dict[tuple[str, str], int]:
    """How many candidates were marked from both of two blocks of raters, for each pair of blocks.

    `block` names the block of a rater: a site, a year, a component. Raters without one are left out.
    """
    graph = _Graph.of(ratings)
    names = sorted(set(block.values()))
    number = {name: n for n, name in enumerate(names)}
    place = np.array([number[block[r]] if r in block else -1 for r in graph.raters], np.int64)[graph.rater]
    seen = np.unique(np.stack([graph.candidate, place])[:, place >= 0], axis=1)
    marked = sparse.coo_array(
        (np.ones(seen.shape[1], np.int64), (seen[1], seen[0])), shape=(len(names), len(graph.candidates))
    ).tocsr()
    both = (marked @ marked.T).toarray()
    return {(a, b): int(both[i, j]) for i, a in enumerate(names) for j, b in enumerate(names) if i < j}


def weakest_link(ratings: Ratings) -> WeakestLink | None:
    """Where the least holds the raters together; 0 where nothing does.

    None for fewer than two raters, or more than MOST_FOR_WEAKEST.
    """
    graph = _Graph.of(ratings)
    if not 2 <= len(graph.raters) <= MOST_FOR_WEAKEST:
        return None
    weight, side = _smallest_cut(_shared(graph))
    one = tuple(r for r, inside in zip(graph.raters, side, strict=True) if inside)
    two = tuple(r for r, inside in zip(graph.raters, side, strict=True) if not inside)
    smaller, larger = sorted((one, two), key=lambda names: (len(names), names))
    return WeakestLink(shared=weight, side=smaller, other=larger)


# --- the graph -------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class _Graph:
    """m joins of a rater and a candidate, each once; only those with a join are in it, by sorted name.

    As nodes the raters come first, then the candidates.
    """

    raters: tuple[str, ...]
    candidates: tuple[str, ...]
    rater: Places  # (m,)
    candidate: Places  # (m,)

    @classmethod
    def of(cls, ratings: Ratings) -> "_Graph":
        rater, candidate = (c[ratings.observed].astype(np.int64) for c in (ratings.rater, ratings.candidate))
        new = np.ones(len(rater), bool)  # rows are sorted by candidate and rater
        new[1:] = (rater[1:] != rater[:-1]) | (candidate[1:] != candidate[:-1])
        return cls._of_joins(ratings.raters, ratings.candidates, rater[new], candidate[new])

    @classmethod
    def _of_joins(
        cls, raters: tuple[str, ...], candidates: tuple[str, ...], rater: Places, candidate: Places
    ) -> "_Graph":
        present, rater = np.unique(rater, return_inverse=True)
        marked, candidate = np.unique(candidate, return_inverse=True)
        names = tuple(raters[r] for r in present), tuple(candidates[c] for c in marked)
        return cls(*names, rater, candidate)

    def shared(self) -> "_Graph":
        """The same with only the candidates that two raters or more have marked."""
        stays = np.bincount(self.candidate)[self.candidate] > 1
        return self._of_joins(self.raters, self.candidates, self.rater[stays], self.candidate[stays])

    @property
    def nodes(self) -> int:
        return len(self.raters) + len(self.candidates)

    @cached_property
    def ends(self) -> tuple[Places, Places]:
        """The nodes that each join joins."""
        return self.rater, self.candidate + len(self.raters)

    @cached_property
    def component(self) -> Places:
        """The component of each node."""
        found: Places = csgraph.connected_components(_matrix(*self.ends, self.nodes), directed=False)[1]
        return found


def _matrix(one: Places, other: Places, nodes: int) -> sparse.csr_array:
    ones = np.ones(len(one), np.int8)
    return sparse.coo_array((ones, (one, other)), shape=(nodes, nodes)).tocsr()


def _shared(graph: _Graph) -> Places:
    marked = sparse.coo_array(
        (np.ones(len(graph.rater), np.int64), (graph.rater, graph.candidate)),
        shape=(len(graph.raters), len(graph.candidates)),
    ).tocsr()
    together: Places = (marked @ marked.T).toarray()
    np.fill_diagonal(together, 0)
    return together


def _told(graph: _Graph) -> Connectivity:
    components = _components(graph)
    shared = graph.shared()
    bridges, cut = _fragile(shared)
    split = len(shared.raters)
    return Connectivity(
        components=components,
        alone=len(graph.candidates) - len(shared.candidates),
        bridges=tuple((shared.raters[r], shared.candidates[c - split]) for r, c in bridges),
        cut_raters=tuple(shared.raters[node] for node in cut if node < split),
        cut_candidates=tuple(shared.candidates[node - split] for node in cut if node >= split),
        joins=_joins(graph, components),
    )


def _fragile(graph: _Graph) -> tuple[list[tuple[int, int]], list[int]]:
    """Bridges and cut points, as nodes in their order."""
    if not graph.nodes:
        return [], []
    tree = _Tree.of(graph)
    return sorted(_bridges(graph, tree)), np.flatnonzero(_cut_points(tree)[tree.position]).tolist()


def _components(graph: _Graph) -> tuple[Component, ...]:
    """Largest first, by raters, then candidates, then the first rater's name."""
    split = len(graph.raters)
    raters = _named_groups(graph.raters, graph.component[:split])
    candidates = _named_groups(graph.candidates, graph.component[split:])
    found = [Component(raters[label], candidates[label]) for label in raters]
    return tuple(sorted(found, key=lambda c: (-len(c.raters), -len(c.candidates), c.raters)))


def _named_groups(names: tuple[str, ...], label: Places) -> dict[int, tuple[str, ...]]:
    found: dict[int, list[str]] = {}
    for name, group in zip(names, label.tolist(), strict=True):
        found.setdefault(group, []).append(name)
    return {group: tuple(some) for group, some in found.items()}


def _joins(graph: _Graph, components: tuple[Component, ...]) -> tuple[Join, ...]:
    """From the raters with the most candidates: their severity in their own component is known best."""
    marked = dict(zip(graph.raters, np.bincount(graph.rater).tolist(), strict=True))
    best = [min(c.raters, key=lambda name: (-marked[name], name)) for c in components]
    return tuple(Join(best[0], other) for other in best[1:])


# --- bridges and cut points ------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class _Tree:
    """A breadth-first spanning tree under a root of its own, above one node of each component.

    Nodes are renamed by their position in breadth-first order, so the children of a node stand side by
    side and a level is a range. The root is position 0; its children are the `tops`.
    """

    position: Places  # (nodes,) of each node of the graph
    parent: Places  # (positions,), -1 for the root
    levels: tuple[tuple[int, int], ...]  # from the tops down: first and one past the last position
    first: Places  # (k,), other joins than the tree's: the ends nearer to the root ...
    second: Places  # ... and the ends farther from it

    @classmethod
    def of(cls, graph: _Graph) -> "_Tree":
        root = graph.nodes
        _, tops = np.unique(graph.component, return_index=True)
        one, other = graph.ends
        matrix = _matrix(np.append(one, np.full(len(tops), root)), np.append(other, tops), root + 1)
        order, before = csgraph.breadth_first_order(matrix + matrix.T, root)
        position = np.empty(root + 1, np.int64)
        position[order] = np.arange(root + 1)
        parent = np.append(-1, position[before[order[1:]]])
        first, second = np.sort([position[one], position[other]], axis=0)
        beside = parent[second] != first
        return cls(position[:root], parent, _levels(parent), first[beside], second[beside])

    @cached_property
    def size(self) -> Places:
        """How many nodes hang under each position, itself included."""
        found = np.ones(len(self.parent), np.int64)
        for start, end in reversed(self.levels):
            np.add.at(found, self.parent[start:end], found[start:end])
        return found

    @cached_property
    def number(self) -> Places:
        """Preorder: a node comes before all that hang under it, and they come without a gap."""
        before = np.cumsum(self.size) - self.size
        eldest = np.searchsorted(self.parent, self.parent)
        after_parent = 1 + before - before[eldest]
        found = np.zeros(len(self.parent), np.int64)
        for start, end in self.levels:
            found[start:end] = found[self.parent[start:end]] + after_parent[start:end]
        return found

    @cached_property
    def reach(self) -> tuple[Places, Places]:
        """The lowest and the highest number that what hangs under a position is joined to."""
        low, high = self.number.copy(), self.number.copy()
        for near, far in ((self.first, self.second), (self.second, self.first)):
            np.minimum.at(low, near, self.number[far])
            np.maximum.at(high, near, self.number[far])
        for start, end in reversed(self.levels):
            np.minimum.at(low, self.parent[start:end], low[start:end])
            np.maximum.at(high, self.parent[start:end], high[start:end])
        return low, high

    def stays_under(self, place: Places, top: Places) -> NDArray[np.bool_]:
        """Whether all that hangs under `place` is joined to nothing outside of what hangs under `top`."""
        low, high = self.reach
        first = self.number[top]
        inside: NDArray[np.bool_] = (low[place] >= first) & (high[place] < first + self.size[top])
        return inside


def _levels(parent: Places) -> tuple[tuple[int, int], ...]:
    found, start, end = [], 0, 1
    while end < len(parent):
        start, end = end, int(np.searchsorted(parent, end))
        found.append((start, end))
    return tuple(found)


def _bridges(graph: _Graph, tree: _Tree) -> list[tuple[int, int]]:
    """Joins of the tree under which nothing is joined to the rest: (rater, candidate), as nodes."""
    places = np.flatnonzero(tree.parent > 0)
    lower = places[tree.stays_under(places, places)]
    node = np.empty(graph.nodes + 1, np.int64)
    node[tree.position] = np.arange(graph.nodes)
    ends = np.sort([node[lower], node[tree.parent[lower]]], axis=0)
    return list(zip(*ends.tolist(), strict=True))


def _cut_points(tree: _Tree) -> NDArray[np.bool_]:
    """Positions whose joins belong to more than one block, a block being what no single node splits.

    Each position below a top stands for the join above it. Two joins are of one block when a join
    beside the tree closes a circle through both.
    """
    below = np.flatnonzero(tree.parent > 0)  # all but the root and the tops
    above = tree.parent[below]
    under_top = tree.parent[above] == 0
    closes = ~under_top & ~tree.stays_under(below, above)
    one = np.append(tree.first, below[closes])
    other = np.append(tree.second, above[closes])
    _, block = csgraph.connected_components(_matrix(one, other, len(tree.parent)), directed=False)
    eldest = np.searchsorted(tree.parent, above)
    expected = np.where(under_top, block[eldest], block[above])
    cut = np.zeros(len(tree.parent), bool)
    cut[above[block[below] != expected]] = True
    return cut


# --- the weakest link --------------------------------------------------------------------------------------


def _smallest_cut(weight: Places) -> tuple[int, NDArray[np.bool_]]:
    """The least total weight between two sides of a graph, and one side: Stoer and Wagner.

    In each phase nodes are taken in order of their weight to those taken before; the last one's weight is
    a cut, and it is merged with the one before it.
    """
    left = weight.astype(np.int64)
    members = np.eye(len(weight), dtype=bool)
    alive = np.ones(len(weight), bool)
    best, side = np.iinfo(np.int64).max, members[0]
    for _ in range(len(weight) - 1):
        before, last, cut = _phase(left, alive)
        if cut < best:
            best, side = cut, members[last].copy()
        members[before] |= members[last]
        left[before] += left[last]
        left[:, before] += left[:, last]
        left[before, before] = 0
        alive[last] = False
    return int(best), side


def _phase(weight: Places, alive: NDArray[np.bool_]) -> tuple[int, int, int]:
    """The last two nodes taken, and the weight of the last to all others."""
    gain = np.where(alive, 0, -1)
    before = last = -1
    cut = 0
    for _ in range(int(alive.sum())):
        before, last = last, int(np.argmax(gain))
        cut = int(gain[last])
        gain = np.where(gain >= 0, gain + weight[last], -1)
        gain[last] = -1
    return before, last, cut

"""Whether severity can be told from ability: the graph of who rates whom.

Raters and candidates are its nodes, each pair that meets as rater and candidate a link. In separate
islands a hard rater and a weak candidate look the same. `(rater, candidate)` pairs may repeat: each
is one rating more.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

Link = tuple[int, int]  # rater, candidate
Node = tuple[str, int]


class Weakest(NamedTuple):
    """The fewest ratings whose loss would split the design, and the smaller side they would cut off."""

    ratings: int
    raters: tuple[int, ...]
    candidates: tuple[int, ...]


def components(links: Iterable[Link]) -> list[set[Node]]:
    """The islands of the design, the largest first. Union-find."""
    parent: dict[Node, Node] = {}

    def root(node: Node) -> Node:
        parent.setdefault(node, node)
        while parent[node] != node:
            parent[node] = node = parent[parent[node]]
        return node

    for rater, candidate in links:
        parent[root(("rater", rater))] = root(("candidate", candidate))
    islands: dict[Node, set[Node]] = {}
    for node in list(parent):
        islands.setdefault(root(node), set()).add(node)
    return sorted(islands.values(), key=lambda island: (-len(island), sorted(island)))


def shared(links: Iterable[Link]) -> dict[int, int]:
    """The linking number: for each rater, with how many other raters they share a candidate."""
    raters: dict[int, set[int]] = {}
    for rater, candidate in links:
        raters.setdefault(candidate, set()).add(rater)
    beside: dict[int, set[int]] = {}
    for together in raters.values():
        for rater in together:
            beside.setdefault(rater, set()).update(together)
    return {rater: len(others) - 1 for rater, others in sorted(beside.items())}


def weakest(links: Sequence[Link]) -> Weakest | None:
    """The minimum cut, by Stoer and Wagner (1997). None if nothing is rated or there are islands already."""
    islands = components(links)
    if len(islands) != 1:
        return None
    weight: dict[Node, dict[Node, int]] = {node: {} for node in sorted(islands[0])}
    for rater, candidate in links:
        _join(weight, ("rater", rater), ("candidate", candidate), 1)
    merged = {node: {node} for node in weight}
    best, side = len(links), set[Node]()
    while len(weight) > 1:
        before, last, cut = _phase(weight)
        if cut <= best:
            best, side = cut, set(merged[last])
        merged[before] |= merged.pop(last)
        for other, count in weight.pop(last).items():
            del weight[other][last]
            if other != before:
                _join(weight, before, other, count)
    smaller = min(side, islands[0] - side, key=lambda half: (len(half), sorted(half)))
    return Weakest(
        best, *(tuple(sorted(m for k, m in smaller if k == kind)) for kind in ("rater", "candidate"))
    )


def _join(weight: dict[Node, dict[Node, int]], one: Node, other: Node, count: int) -> None:
    weight[one][other] = weight[other][one] = weight[one].get(other, 0) + count


def _phase(weight: dict[Node, dict[Node, int]]) -> tuple[Node, Node, int]:
    """One maximum adjacency order: its last two nodes and the cut that parts the last from the rest."""
    tied = dict.fromkeys(weight, 0)
    before = last = next(iter(weight))
    cut = 0
    while tied:
        before, last = last, max(tied, key=lambda node: (tied[node], node))
        cut = tied.pop(last)
        for other, count in weight[last].items():
            if other in tied:
                tied[other] += count
    return before, last, cut

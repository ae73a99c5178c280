"""Whether severity can be told from ability: the graph of who rates whom, counted quickly.

Raters and candidates are its nodes, each pair that meets as rater and candidate a link. In separate
islands a hard rater and a weak candidate look the same. The search asks thousands of times a second;
what a finished plan is told about its design comes from `scoring.core.connectivity`.
"""

from collections.abc import Iterable

Link = tuple[int, int]  # rater, candidate
Node = tuple[str, int]


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

"""Moments worth replaying: what raters quoted, where the candidate can see it. Pure."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from scoring.core.sheets import Sheet

MOST = 4  # of one room


class Moment(NamedTuple):
    """A quote of a room: `n` is its place in the candidate's own feed; for which dimensions, by how many."""

    n: int
    quote: str
    dimensions: tuple[str, ...]  # names
    raters: int


def moments(sheets: Iterable[Sheet], seen: Mapping[int, int], names: Mapping[str, str]) -> tuple[Moment, ...]:
    """The moments most raters rest on. `seen`: seq -> n of what the candidate saw; `names`: of dimensions.

    What the candidate did not see is left out, whoever quoted it.
    """
    quotes: dict[int, str] = {}
    for_what: dict[int, list[str]] = {}
    by: dict[int, set[str]] = {}
    for sheet in sheets:
        for mark in sheet.marks:
            for evidence in mark.evidence:
                if (n := seen.get(evidence.seq)) is not None:
                    quotes[n] = evidence.quote
                    for_what.setdefault(n, []).append(names.get(mark.dimension, mark.dimension))
                    by.setdefault(n, set()).add(sheet.seat)
    ranked = sorted(quotes, key=lambda n: (-len(by[n]), -len(for_what[n]), n))[:MOST]
    return tuple(Moment(n, quotes[n], tuple(dict.fromkeys(for_what[n])), len(by[n])) for n in sorted(ranked))

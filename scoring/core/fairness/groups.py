"""Groups of people, as plain columns that come from outside. The estimator cannot reach this package.

An attribute ("sex") has a label for each person; a person without one is unknown and is counted, not guessed.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Flags = NDArray[np.bool_]
Label = str | None  # None: unknown


class BadGroups(ValueError):
    """Columns that do not fit together; the message names the attribute."""


class Category(NamedTuple):
    """One group: its label and who is in it, (people,)."""

    label: str
    members: Flags


class Division(NamedTuple):
    """All people by one attribute or by two at once; `unknown` people are in no category."""

    attribute: str
    categories: tuple[Category, ...]
    unknown: int


@dataclass(frozen=True, slots=True)
class Groups:
    """`labels[attribute][person]`; every column has one label for each of `people` persons."""

    labels: Mapping[str, tuple[Label, ...]]
    people: int

    def divisions(self) -> Iterator[Division]:
        """By each attribute, then by each pair of them (intersections)."""
        for attribute, column in self.labels.items():
            yield _divided(attribute, column)
        for one, other in combinations(self.labels, 2):
            pairs = zip(self.labels[one], self.labels[other], strict=True)
            yield _divided(f"{one} and {other}", [_both(a, b) for a, b in pairs])


def groups(columns: Mapping[str, Sequence[Label]]) -> Groups:
    """Checked columns; an empty label is unknown. Raises BadGroups."""
    if not columns:
        raise BadGroups("no attribute is given")
    sizes = {name: len(column) for name, column in columns.items()}
    people = next(iter(sizes.values()))
    for name, size in sizes.items():
        if size != people:
            raise BadGroups(f"{name}: {size} labels for {people} people")
    return Groups(
        {name: tuple(_label(label) for label in column) for name, column in columns.items()}, people
    )


def _label(given: Label) -> Label:
    return (given or "").strip() or None


def _both(one: Label, other: Label) -> Label:
    return None if one is None or other is None else f"{one}, {other}"


def _divided(attribute: str, column: Sequence[Label]) -> Division:
    known = sorted({label for label in column if label is not None})
    labels = np.array(["" if label is None else label for label in column], dtype=np.str_)
    found = tuple(Category(label, labels == label) for label in known)
    return Division(attribute, found, sum(label is None for label in column))

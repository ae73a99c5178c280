"""Labelled utterances: what the listener learns from, and what it is measured on.

A file holds lines `act+act | text`, `-` for no act at all; `#` begins a comment. Lines that say one
thing in several ways stand in one block of up to four and are a family: they are never split between
learning and measuring, or a listener would be praised for remembering. A longer block is a list of
single utterances.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from scenarios.core.acts import ACTS

HERE = Path(__file__).parent
FAMILY = 4  # lines; a longer block is a list


class BadExemplars(ValueError):
    """Lines that are no exemplars; the message names every one."""


class Exemplar(NamedTuple):
    acts: frozenset[str]
    text: str
    family: str


def exemplars() -> tuple[Exemplar, ...]:
    """Everything the built-in listener learns from, file by file in the order of their names."""
    paths = sorted((HERE / "exemplars").glob("*.txt"))
    return tuple(found for path in paths for found in read(path.read_text("utf-8"), path.stem))


def held_out() -> tuple[Exemplar, ...]:
    """What nothing is learnt from and nothing is chosen by."""
    return read((HERE / "held_out.txt").read_text("utf-8"), "held_out")


def fresh() -> tuple[Exemplar, ...]:
    """A second such table, in other trades and voices."""
    return read((HERE / "fresh.txt").read_text("utf-8"), "fresh")


def read(text: str, name: str) -> tuple[Exemplar, ...]:
    """The exemplars of a file. Raises BadExemplars naming every line that is none."""
    wrong: list[str] = []
    found: list[Exemplar] = []
    for start, block in _blocks(text):
        alike = len(block) <= FAMILY
        for number, line in block:
            acts, bar, said = line.partition(" | ")
            labels = frozenset(acts.strip().split("+")) - {"-"}
            if not bar or not said.strip():
                wrong.append(f"{name}, line {number}: expected 'act+act | text'")
            elif labels - set(ACTS):
                wrong.append(f"{name}, line {number}: no such act: {', '.join(sorted(labels - set(ACTS)))}")
            else:
                found.append(Exemplar(labels, said.strip(), f"{name}:{start if alike else number}"))
    if wrong:
        raise BadExemplars("; ".join(wrong))
    return tuple(found)


def _blocks(text: str) -> Iterable[tuple[int, list[tuple[int, str]]]]:
    """(number of the first line, its numbered lines) of each block."""
    block: list[tuple[int, str]] = []
    for number, line in enumerate([*text.splitlines(), ""], 1):
        if line.startswith("#"):
            continue
        if line.strip():
            block.append((number, line))
        elif block:
            yield block[0][0], block
            block = []

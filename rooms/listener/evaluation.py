"""How well a listener hears: counts and calibration per act, beside a majority and a keyword baseline."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rooms.listener.builtin import SURE, Likely, heard, learnt
from rooms.listener.exemplars import Exemplar
from rooms.listener.learning import probabilities_unseen
from rooms.listener.phrases import met, sentences
from scenarios.core.acts import ACTS

BINS = 10

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


def evaluate(
    asked: tuple[Exemplar, ...], taught: tuple[Exemplar, ...], likely: Likely = learnt
) -> dict[str, Any]:
    """Figures of a listener on labelled utterances, as a JSON-able document.

    What the built-in one was taught is judged by fits that saw nothing of the same family; the rest by
    the listener as shipped.
    """
    done = np.array([[act in e.acts for act in ACTS] for e in asked])
    p, said = _answers(asked, taught, likely)
    words = np.array([[act in met(sentences(e.text)) for act in ACTS] for e in asked])
    return {
        "utterances": len(asked),
        "cross_fitted": len({e.text for e in asked} & {e.text for e in taught}),
        "listener": _summary(said, done) | {"brier": _round(np.mean((p - done) ** 2)), "ece": _ece(p, done)},
        "keywords": _summary(words, done),
        "majority": _summary(np.zeros_like(done), done),  # most utterances do not do any given act
        "acts": {act: _of_act(said[:, i], done[:, i], p[:, i]) for i, act in enumerate(ACTS)},
    }


def _answers(
    asked: tuple[Exemplar, ...], taught: tuple[Exemplar, ...], likely: Likely
) -> tuple[Floats, Bools]:
    """(probabilities, what is said to be heard), both (utterances, acts)."""
    known = {e.text for e in taught}
    seen = likely is learnt and any(e.text in known for e in asked)
    unseen = probabilities_unseen(taught) if seen else {}
    rows = [unseen.get(e.text) or _row(likely(sentences(e.text))) for e in asked]
    p = np.array(rows)
    said = np.array(
        [row >= SURE if e.text in unseen else _heard(e.text, likely) for e, row in zip(asked, p, strict=True)]
    )
    return p, said


def _row(found: Mapping[str, float]) -> list[float]:
    return [found.get(act, 0.0) for act in ACTS]


def _heard(text: str, likely: Likely) -> Bools:
    acts = heard(text, likely=likely)
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

"""How the built-in listener is taught: logistic regressions over hashed features, cross-fitted.

One regression per act with an L2 penalty (all fitted at once, they share nothing but the features).
Probabilities are calibrated on exemplars a fit has not seen: five folds, families whole.
Deterministic: fixed folds, a fixed start, no chance.
"""

from hashlib import sha256
from pathlib import Path
from zlib import crc32

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

from rooms.listener import features as feature_module
from rooms.listener import phrases as phrases_module
from rooms.listener import rules as rules_module
from rooms.listener.exemplars import Exemplar
from rooms.listener.features import BUCKETS, bucket, features
from rooms.listener.phrases import sentences
from rooms.listener.weights import Weights, logistic
from scenarios.core.acts import ACTS

FOLDS = 5
PENALTY = 1.0
LIFT = 3.0  # an exemplar that does an act counts so many of those that do not: most do not
TURNS = 60  # of the optimiser; more changes nothing that is seen
STEPS = 127  # of a weight: a byte

Floats = NDArray[np.float64]


def learn(taught: tuple[Exemplar, ...]) -> Weights:
    """Weights from exemplars."""
    x, y = _table(taught), _labels(taught)
    unseen = cross_fitted(taught, x, y)
    slope, shift = _calibrated(unseen, y)
    matrix, bias = _fitted(x, y)
    scale = np.abs(matrix).max(axis=0) / STEPS
    return Weights(
        acts=tuple(ACTS),
        steps=np.round(matrix / scale).astype(np.int8),
        scale=scale,
        bias=bias,
        slope=slope,
        shift=shift,
        digest=digest(taught),
    )


def digest(taught: tuple[Exemplar, ...]) -> str:
    """Of all that decides the weights; a test tells when the file is older than what it was made from."""
    modules = (feature_module, phrases_module, rules_module)
    made_by = [__file__, *(str(module.__file__) for module in modules), str(feature_module.CONCEPTS)]
    said = "\n".join(f"{'+'.join(sorted(e.acts))} | {e.text} | {e.family}" for e in taught)
    found = sha256(said.encode())
    for path in made_by:
        found.update(Path(path).read_bytes())
    return found.hexdigest()


def cross_fitted(taught: tuple[Exemplar, ...], x: csr_matrix, y: Floats) -> Floats:
    """The score of each exemplar (n, acts) by a fit that saw none of its family."""
    fold = np.array([crc32(e.family.encode()) % FOLDS for e in taught])
    scores = np.zeros(y.shape)
    for out in range(FOLDS):
        matrix, bias = _fitted(x[fold != out], y[fold != out])
        scores[fold == out] = x[fold == out] @ matrix + bias
    return scores


def probabilities_unseen(taught: tuple[Exemplar, ...]) -> dict[str, list[float]]:
    """Text -> probability of each act, by fits that saw none of its family."""
    x, y = _table(taught), _labels(taught)
    scores = cross_fitted(taught, x, y)
    slope, shift = _calibrated(scores, y)
    p = logistic(slope * scores + shift)
    return {e.text: p[row].tolist() for row, e in enumerate(taught)}


def _table(taught: tuple[Exemplar, ...]) -> csr_matrix:
    """Exemplars x buckets."""
    found = [features(sentences(e.text)) for e in taught]
    rows = np.repeat(np.arange(len(found)), [len(f) for f in found])
    columns = [bucket(name) for f in found for name in f]
    return csr_matrix(([w for f in found for w in f.values()], (rows, columns)), shape=(len(found), BUCKETS))


def _labels(taught: tuple[Exemplar, ...]) -> Floats:
    """Exemplars x acts, 1 where the act is done."""
    return np.array([[float(act in e.acts) for act in ACTS] for e in taught])


def _fitted(x: csr_matrix, y: Floats) -> tuple[Floats, Floats]:
    """(buckets, acts) weights and (acts,) biases of the penalised regressions."""
    used = np.unique(x.indices)
    small = x[:, used].tocsr()
    turned = small.T.tocsr()
    count = np.where(y > 0, LIFT, 1.0)
    shape = (len(used) + 1, y.shape[1])

    def loss(flat: Floats) -> tuple[float, Floats]:
        both = flat.reshape(shape)
        z = small @ both[:-1] + both[-1]
        left = count * (logistic(z) - y)
        value = float((count * (np.logaddexp(0, z) - y * z)).sum() + PENALTY / 2 * (both[:-1] ** 2).sum())
        return value, np.vstack([turned @ left + PENALTY * both[:-1], left.sum(axis=0)]).ravel()

    start = np.zeros(shape[0] * shape[1])
    best = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": TURNS, "maxcor": 5})
    both = best.x.reshape(shape)
    matrix = np.zeros((BUCKETS, y.shape[1]))
    matrix[used] = both[:-1]
    return matrix, both[-1]


def _calibrated(scores: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Platt's slope and shift per act, held near the slope all acts share; an act has few exemplars."""
    together = _platt(scores.ravel(), y.ravel(), 1.0)
    each = [_platt(scores[:, act], y[:, act], together[0]) for act in range(y.shape[1])]
    return np.array([slope for slope, _ in each]), np.array([shift for _, shift in each])


def _platt(scores: Floats, y: Floats, near: float) -> tuple[float, float]:
    def loss(both: Floats) -> tuple[float, Floats]:
        z = both[0] * scores + both[1]
        left = logistic(z) - y
        value = float((np.logaddexp(0, z) - y * z).sum() + 2.0 * (both[0] - near) ** 2)
        return value, np.array([(left * scores).sum() + 4.0 * (both[0] - near), left.sum()])

    best = minimize(loss, np.array([near, 0.0]), jac=True, method="L-BFGS-B")
    return float(best.x[0]), float(best.x[1])

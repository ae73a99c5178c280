"""How the optional listener over sentence embeddings is taught: the built-in one's fit, on other columns."""

from scipy.sparse import csr_matrix

from rooms.listener.exemplars import Exemplar
from rooms.listener.features import BUCKETS
from rooms.listener.learning import _calibrated, _fitted, _labels, cross_fitted
from rooms.listener.phrases import sentences
from rooms.listener.sentence_model import embedded, store
from scenarios.core.acts import ACTS


def learn(taught: tuple[Exemplar, ...]) -> None:
    """Fit and write the weights. Raises NotInstalled."""
    found = embedded([" ".join(sentences(e.text)) for e in taught])
    x, y = csr_matrix(found), _labels(taught)
    x.resize((len(taught), BUCKETS))  # the fit is the same for both; most columns are empty here
    slope, shift = _calibrated(cross_fitted(taught, x, y), y)
    matrix, bias = _fitted(x, y)
    store(list(ACTS), matrix[: found.shape[1]], bias, slope, shift)

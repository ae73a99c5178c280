"""With very many raters the matrix over them is sparse: means as exact, variances drawn and close."""

import numpy as np
import pytest

from scoring.core.facets import remainder
from scoring.core.facets.calibration import calibrate, refit
from scoring.core.simulation import Plan, simulated

# With the share by which a drawn sd may be wrong: more where effects left over hang together closely.
PLANS = {
    "raters are left": (Plan(candidates=120, raters=30, dimensions=3), 0.15),
    "candidates are left": (Plan(candidates=6, raters=60, raters_each=30, dimensions=2), 0.2),
}


@pytest.mark.parametrize(("plan", "share"), PLANS.values(), ids=PLANS)
def test_a_sparse_remainder_gives_what_the_dense_one_gives(plan, share, monkeypatch):
    dense = calibrate(simulated(plan, 1)[0])
    exact = refit(dense, dense.ratings)
    monkeypatch.setattr(remainder, "MOST_DENSE", -2)
    sparse = refit(dense, dense.ratings)
    assert sparse.settled
    assert sparse.composite().mean == pytest.approx(exact.composite().mean, abs=0.01)
    assert sparse.severity().mean == pytest.approx(exact.severity().mean, abs=0.01)
    assert sparse.composite().sd == pytest.approx(exact.composite().sd, rel=share)
    assert sparse.severity().sd == pytest.approx(exact.severity().sd, rel=share)
    assert sparse.above(3.2) == pytest.approx(exact.above(3.2), abs=0.02)
    assert np.isnan(sparse.bound)


def test_conjugate_gradients_solve():
    draw = np.random.default_rng(1)
    root = draw.normal(size=(40, 40))
    matrix = root @ root.T + 10 * np.eye(40)
    right = draw.normal(size=(40, 3))
    solved = remainder.conjugate(remainder.csr_array(matrix), right)
    assert solved == pytest.approx(np.linalg.solve(matrix, right))

"""The rating model takes any ratings: one rater, one candidate, no evidence, any order and any names."""

from dataclasses import fields

import numpy as np
import pytest

from scoring.core.facets.calibration import calibrate
from scoring.core.facets.fitted import Fitted
from scoring.core.facets.settings import Settings
from scoring.core.ratings import Ratings, Row, from_columns, ratings
from scoring.core.simulation import Plan, simulated

LINKS = ("adjacent", "cumulative")
SIXTY = Plan(candidates=60, raters=6, dimensions=3)


def everybody(level: int | None, candidates: int = 40) -> list[Row]:
    return [
        Row(f"r{r}", f"c{c}", f"d{d}", level) for r in range(3) for c in range(candidates) for d in range(3)
    ]


def twice(given: Ratings, apart: bool) -> Ratings:
    """The same marks again: by other raters of other candidates, or all as repeats."""
    signs = ("x", "y") if apart else ("", "")
    return from_columns(
        [f"{sign}{r}" for sign in signs for r in given.rater],
        [f"{sign}{c}" for sign in signs for c in given.candidate],
        [f"d{d}" for _ in signs for d in given.dimension],
        [level + 1.0 for _ in signs for level in given.level],
        scale=(0, 7),
        repeats="keep",
    )


ODD = {
    "one mark": lambda: ratings([Row("r", "c", "d", 3)], (1, 5)),
    "one mark on no known scale": lambda: ratings([Row("r", "c", "d", 3)]),
    "one rater": lambda: simulated(Plan(candidates=40, raters=1, raters_each=1), 1)[0],
    "one candidate": lambda: simulated(Plan(candidates=1, raters=3), 1)[0],
    "one dimension": lambda: simulated(Plan(candidates=40, raters=5, dimensions=1), 1)[0],
    "two levels": lambda: simulated(Plan(candidates=40, raters=5, levels=2, unobserved=0.3), 1)[0],
    "twenty levels": lambda: simulated(Plan(candidates=40, raters=5, dimensions=2, levels=20), 1)[0],
    "all marks equal": lambda: ratings(everybody(3), (1, 5)),
    "all marks at the top": lambda: ratings(everybody(5), (1, 5)),
    "nothing observed": lambda: ratings(everybody(None), (1, 5)),
    "nothing observed on no scale": lambda: ratings(everybody(None)),
    "two islands and levels never used": lambda: twice(simulated(SIXTY, 1)[0], apart=True),
    "repeated rows": lambda: twice(simulated(SIXTY, 1)[0], apart=False),
    "more raters than candidates": lambda: simulated(Plan(candidates=3, raters=40, raters_each=20), 1)[0],
}


@pytest.mark.parametrize("link", LINKS)
@pytest.mark.parametrize("odd", ODD.values(), ids=ODD)
def test_any_ratings_have_finite_answers(odd, link):
    fitted = calibrate(odd(), Settings(link=link))
    for numbers in (*fitted.composite(), *fitted.severity(), *fitted.abilities(), *fitted.steps()):
        assert np.isfinite(numbers).all()
    for low, high in zip(fitted.fair()[1:2], fitted.fair()[2:], strict=True):
        assert (fitted.lowest <= low).all() and (low <= high).all()
    assert (fitted.composite().sd > 0).all()


def test_without_evidence_a_candidate_keeps_the_prior():
    rows = [*everybody(4, 35), Row("r0", "unseen", "d0", None)]
    fitted = calibrate(ratings(rows, (1, 5)))
    unseen = fitted.ratings.candidates.index("unseen")
    assert fitted.composite().mean[unseen] == pytest.approx(0)
    general, profile = fitted.sigmas[:2]
    assert fitted.composite().sd[unseen] == pytest.approx(np.hypot(general, profile / np.sqrt(3)))


def test_a_level_never_used_is_kept():
    fitted = calibrate(twice(simulated(SIXTY, 1)[0], apart=True))
    assert fitted.steps().mean.shape == (3, 7)


@pytest.mark.parametrize("plan", [SIXTY, Plan(candidates=4, raters=4, dimensions=2)], ids=["many", "few"])
def test_names_and_the_order_of_rows_change_nothing(plan):
    given, _ = simulated(plan, 4)
    draw = np.random.default_rng(5)
    order = draw.permutation(len(given.level))
    new = {
        kind: draw.permutation(len(getattr(given, kind))) for kind in ("raters", "candidates", "dimensions")
    }
    other = from_columns(
        [f"n{new['raters'][r]:03}" for r in given.rater[order]],
        [f"n{new['candidates'][c]:03}" for c in given.candidate[order]],
        [f"n{new['dimensions'][d]:03}" for d in given.dimension[order]],
        given.level[order] + 1.0,
        scale=(1, 5),
    )
    here, there = calibrate(given), calibrate(other)
    assert there.composite().mean[new["candidates"]] == pytest.approx(here.composite().mean, abs=1e-9)
    assert there.composite().sd[new["candidates"]] == pytest.approx(here.composite().sd, abs=1e-9)
    assert there.severity().mean[new["raters"]] == pytest.approx(here.severity().mean, abs=1e-9)
    assert there.steps().mean[new["dimensions"]] == pytest.approx(here.steps().mean, abs=1e-9)
    assert there.above(3.2)[new["candidates"]] == pytest.approx(here.above(3.2), abs=1e-9)


def test_the_same_ratings_twice_give_the_same_bytes():
    first, second = (calibrate(simulated(SIXTY, 4)[0]) for _ in range(2))
    for field in fields(first.posterior):
        assert (
            getattr(first.posterior, field.name).tobytes() == getattr(second.posterior, field.name).tobytes()
        )


def test_a_bar_off_the_scale_is_refused():
    fitted: Fitted = calibrate(simulated(SIXTY, 4)[0])
    with pytest.raises(ValueError, match="bar: 5 does not lie between 1 and 5"):
        fitted.above(5)
    with pytest.raises(ValueError, match="weights: 3 numbers are needed"):
        fitted.composite(np.array([1.0, -1.0, 1.0]))


def test_the_bar_lies_where_an_equally_able_candidate_would_score_it():
    fitted = calibrate(simulated(SIXTY, 4)[0])
    weights = np.array([2.0, 1.0, 1.0])
    level = fitted.bar_at(3.4, weights)
    steps = fitted.steps().mean
    passing = [np.exp(np.cumsum(level - s)) for s in steps]
    scores = [1 + (np.arange(1, 5) @ p) / (1 + p.sum()) for p in passing]
    assert np.average(scores, weights=weights) == pytest.approx(3.4)

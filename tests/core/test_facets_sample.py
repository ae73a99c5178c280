"""From many candidates a part gives the spreads; it follows from the marks and the seed alone."""

import numpy as np

from scoring.core.facets.design import design
from scoring.core.facets.sample import sample
from scoring.core.facets.spread import Assumptions, estimate
from scoring.core.ratings import from_columns
from scoring.core.simulation import Plan, simulated

MANY = Plan(candidates=600, raters=60, dimensions=2)


def test_the_part_is_chosen_by_marks_and_not_by_names():
    given, _ = simulated(MANY, 1)
    other = from_columns(
        [f"x{(r * 7) % 60:02}" for r in given.rater],
        [f"x{(c * 7) % 600:03}" for c in given.candidate],
        [given.dimensions[1 - d] for d in given.dimension],
        given.level + 1.0,
        scale=(1, 5),
    )
    here, there = sample(given, 3, 100), sample(other, 3, 100)
    renamed = {f"x{(int(name[1:]) - 1) * 7 % 600:03}" for name in here.candidates}
    assert renamed == set(there.candidates)
    assert len(here.candidates) == 100
    assert set(sample(given, 4, 100).candidates) != set(here.candidates)


def test_candidates_of_the_part_keep_all_their_marks_and_share_few_raters():
    given, _ = simulated(MANY, 1)
    part = sample(given, 0, 100)
    assert (np.bincount(part.candidate) == 6).all()
    assert len(part.raters) < 45  # of 60; a hundred candidates at random would meet them all
    assert sample(given, 0, 600) is given


def test_a_part_of_the_candidates_tells_the_spreads_of_all():
    given, truth = simulated(Plan(candidates=2_000, raters=40, dimensions=3, profile=0.9), 2)
    (general, profile, *_), _ = estimate(design(sample(given, 0, 700)), "adjacent", Assumptions())
    assert abs(general - truth.general.std()) < 0.12
    assert abs(profile - truth.profile.std()) < 0.12

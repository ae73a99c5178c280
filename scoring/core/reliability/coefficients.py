"""The coefficients of agreement as estimates: each with its interval, or the reason there is none."""

from collections.abc import Callable, Mapping
from functools import partial

import numpy as np
from scipy import sparse

from scoring.core.estimate import Estimate, unknown
from scoring.core.reliability import chance
from scoring.core.reliability.bootstrap import draws, estimated
from scoring.core.reliability.chance import METRICS, WEIGHTINGS, Weighting, weights
from scoring.core.reliability.marks import Marks
from scoring.core.reliability.pairs import Array, Clusters, Sums, by_candidate

FEWEST_MARKS = 10  # that can be paired; below it one mark would turn every coefficient over
NO_VARIATION = "all marks are equal: without any variation nothing is beyond chance"

Formula = Callable[[Sums], Array]
Name = tuple[str, str]  # the family and what tells its members apart: ("alpha", "ordinal")
Estimates = dict[Name, Estimate]


def coefficients(marks: Marks, times: int, seed: int) -> Estimates:
    """Shares, alphas and kappas, with intervals of `times` draws of candidates."""
    clusters = by_candidate(marks)
    sums = clusters.sums()
    pairable = round(sums.coincidence.sum())
    formulas = _formulas(marks)
    if pairable < FEWEST_MARKS:
        why = f"only {pairable} marks can be paired; it takes at least {FEWEST_MARKS}"
        names = (*formulas, *(("conger", kind) for kind in WEIGHTINGS))
        return {name: unknown(why, pairable) for name in names}
    found = _drawn(clusters, formulas, times, seed) | _conger(marks, sums)
    if marks.levels[0] < 0:
        found["alpha", "ratio"] = unknown("a ratio scale has no levels below zero", pairable)
    return found


def cohen(marks: Marks, times: int, seed: int) -> dict[Weighting, Estimate]:
    """Cohen's kappa of two raters on the units both marked."""
    if marks.raters != 2:
        why = f"Cohen's kappa is for two raters, these are {marks.raters}; Conger's is its like for more"
        return {kind: unknown(why) for kind in WEIGHTINGS}
    tables = _cross(marks)
    n = round(tables.sum())
    if n < FEWEST_MARKS / 2:
        return {kind: unknown(f"only {n} units were marked by both", n) for kind in WEIGHTINGS}
    k = len(marks.levels)
    found = {}
    for kind in WEIGHTINGS:
        weight = _weight(marks, kind)
        value = chance.cohen(np.asarray(tables.sum(axis=0)).reshape(1, k, k), weight)[0]
        drawn = [
            chance.cohen((tables.T @ block.T).T.reshape(-1, k, k), weight)
            for block in draws(marks.candidates, times, seed)
        ]
        found[kind] = estimated(float(value), n, np.concatenate(drawn), marks.candidates, NO_VARIATION)
    return found


def _formulas(marks: Marks) -> Mapping[Name, Formula]:
    found: dict[Name, Formula] = {
        ("share", "exact"): partial(chance.within, apart=0),
        ("share", "adjacent"): partial(chance.within, apart=1),
    }
    for metric in METRICS:
        found["alpha", metric] = partial(chance.alpha, metric=metric)
    for kind in WEIGHTINGS:
        found["fleiss", kind] = partial(chance.fleiss, weight=_weight(marks, kind))
        found["gwet", kind] = partial(chance.gwet, weight=_weight(marks, kind))
    return found


def _weight(marks: Marks, kind: Weighting) -> Array:
    return weights(np.asarray(marks.levels, np.float64), kind)


def _drawn(clusters: Clusters, formulas: Mapping[Name, Formula], times: int, seed: int) -> Estimates:
    """Every formula on the sums as they are, and on the sums of the same draws."""
    sums = clusters.sums()
    parts: dict[Name, list[Array]] = {name: [] for name in formulas}
    for block in draws(clusters.count, times, seed):
        drawn = clusters.sums(block)
        for name, formula in formulas.items():
            parts[name].append(formula(drawn))
    n = {"share": round(sums.pairs.sum() / 2), "alpha": round(sums.coincidence.sum())}
    return {
        name: estimated(
            float(formula(sums)[0]),
            n.get(name[0], int(sums.paired[0])),
            np.concatenate(parts[name]),
            clusters.count,
            NO_VARIATION,
        )
        for name, formula in formulas.items()
    }


def _conger(marks: Marks, sums: Sums) -> Estimates:
    """Without intervals: its chance rests on every rater's own marks, which draws of candidates thin out."""
    k = len(marks.levels)
    by_rater = np.bincount(marks.rater * k + marks.level, minlength=marks.raters * k).reshape(-1, k)
    found: Estimates = {}
    for kind in WEIGHTINGS:
        value = float(chance.conger(sums, by_rater.astype(np.float64), _weight(marks, kind))[0])
        n = int(sums.paired[0])
        told = Estimate(value=value, n=n, caution="no interval is computed for it")
        found["conger", kind] = told if np.isfinite(value) else unknown(NO_VARIATION, n)
    return found


def _cross(marks: Marks) -> sparse.csr_array:
    """What rater 0 and rater 1 gave the same units: candidates x K², rows of K x K tables."""
    k = len(marks.levels)
    one, other = (np.flatnonzero(marks.rater == rater) for rater in (0, 1))
    _, first, second = np.intersect1d(marks.unit[one], marks.unit[other], return_indices=True)
    one, other = one[first], other[second]
    cell = (marks.candidate[one], marks.level[one] * k + marks.level[other])
    return sparse.coo_array((np.ones(len(one)), cell), shape=(marks.candidates, k * k)).tocsr()

"""Published figures come out within their printed rounding. tests/data/ratings says where each is from."""

import json
from pathlib import Path

import numpy as np
import pytest

from scoring.core.reading import read_ratings
from scoring.core.reliability import chance
from scoring.core.reliability.chance import weights
from scoring.core.reliability.coefficients import coefficients
from scoring.core.reliability.components import CANDIDATE, DIMENSION, RATER, crossing, mean_squares
from scoring.core.reliability.generalisability import coefficients as generalised
from scoring.core.reliability.generalisability import generalisability
from scoring.core.reliability.icc import Table, correlations
from scoring.core.reliability.marks import marks

HERE = Path(__file__).parents[1] / "data" / "ratings"
NAMES = {"ICC1": "ICC(1)", "ICC2": "ICC(A,1)", "ICC3": "ICC(C,1)"}
NAMES |= {f"{name}k": theirs.replace("1)", "k)") for name, theirs in NAMES.items()}
NAMES["ICC1k"] = "ICC(1,k)"


def said(name):
    return json.loads((HERE / f"{name}.json").read_text())


def given(name):
    with (HERE / f"{name}.csv").open(newline="") as lines:
        return marks(read_ratings(lines).ratings)


def icc(name):
    found = given(name)
    table = Table(found.candidate, found.rater, found.score)
    return {line.name: line for line in correlations(table, times=50, seed=1).icc}


AGREEMENT = [
    "krippendorff_2011",
    "krippendorff_2011_binary",
    "krippendorff_2011_nominal",
    "three_coders",
    "fleiss_1971",
    "fourteen_raters",
    "gwet_2014_four_raters",
    "gwet_2014_five_observers",
    "gwet_2014_gender",
]


@pytest.mark.parametrize("name", AGREEMENT)
def test_coefficients_of_agreement(name):
    found = coefficients(given(name), times=50, seed=1)
    published = said(name)["published"]
    compared = 0
    for family in {"alpha", "fleiss", "conger", "gwet"} & set(published):
        for kind, value in published[family].items():
            assert found[family, kind].value == pytest.approx(value, abs=5.0e-4 + 1e-9), (family, kind)
            compared += 1
    assert compared


def test_alpha_to_the_last_digit_of_the_reference():
    found = coefficients(given("krippendorff_2011"), times=50, seed=1)
    for metric, value in said("krippendorff_2011")["computed"]["alpha"].items():
        assert found["alpha", metric].value == pytest.approx(value, abs=1e-12)


@pytest.mark.parametrize("table", said("two_rater_tables")["tables"], ids=lambda table: table["name"])
def test_kappa_of_two_raters(table):
    counts = np.array(table["table"], float)
    levels = np.arange(len(counts), dtype=float)
    half = 0.5 * 10.0 ** -table["decimals"] + 1e-9
    for kind in {"unweighted", "linear", "quadratic"} & set(table):
        assert chance.cohen(counts[None], weights(levels, kind))[0] == pytest.approx(table[kind], abs=half)
    if "weighted" in table:
        apart = np.array(table["disagreement"], float)
        weight = 1 - apart / apart.max()
        assert chance.cohen(counts[None], weight)[0] == pytest.approx(table["weighted"], abs=half)


def test_the_six_correlations_of_shrout_and_fleiss_as_printed():
    found = icc("shrout_fleiss_1979")
    for name, theirs in NAMES.items():
        printed = said("shrout_fleiss_1979")["published"][name]
        assert found[theirs].icc.value == pytest.approx(printed, abs=0.005 + 1e-9)


@pytest.mark.parametrize(
    ("name", "reference"),
    [
        ("shrout_fleiss_1979", said("shrout_fleiss_1979")["computed"]["icc"]),
        ("wine_bitterness", said("wine_bitterness")["computed"]["icc"]),
    ],
)
def test_correlations_with_their_tests_and_intervals(name, reference):
    found = icc(name)
    for key, line in reference.items():
        ours = found[NAMES[key]]
        assert ours.icc.value == pytest.approx(line["icc"], abs=1e-9)
        assert ours.icc.interval == pytest.approx((line["lower95"], line["upper95"]), abs=1e-9)
        assert (ours.test.f, ours.test.df1, ours.test.df2, ours.test.p) == pytest.approx(
            (line["F"], line["df1"], line["df2"], line["p"]), rel=1e-9
        )


def test_the_study_of_gleser_cronbach_and_rajaratnam():
    found, reference = given("gleser_1965"), said("gleser_1965")["computed"]
    facets = {CANDIDATE: found.candidate, RATER: found.rater, DIMENSION: found.dimension}
    squares = mean_squares(crossing(facets), found.score)
    for name, value in reference["mean_squares"].items():
        assert squares[frozenset(name.split(":"))][0] == pytest.approx(value, abs=1e-9)
    v = generalisability(found).components
    theirs = {
        "p": "candidate", "r": "rater", "i": "dimension", "pr": "candidate:rater",
        "pi": "candidate:dimension", "ri": "rater:dimension", "pri": "residual",
    }  # fmt: skip
    for name, value in reference["variance_components"].items():
        assert v[theirs[name]] == pytest.approx(value, abs=1e-9)
    for name, value in reference["g_coefficient"].items():
        raters = int(name[0])
        assert generalised(v, raters, 6)[0] == pytest.approx(value, abs=1e-9)
        assert generalised(v, raters, 6)[1] == pytest.approx(reference["phi_coefficient"][name], abs=1e-9)

"""Recipes: one seed, one table; columns hold what they say; every fault is there and can be taken out."""

import hashlib
from datetime import date
from typing import Any

import numpy as np
import pytest

from scenarios.core.datasets.build import build
from scenarios.core.datasets.faults import seen
from scenarios.core.datasets.narrow import granted
from scenarios.core.datasets.profile import profile
from scenarios.core.recipes import Narrowing, Recipe

DAY = {"kind": "date", "name": "day", "about": "day", "start": "2026-01-01", "days": 200, "growth": 1.0}
SHOP = {"kind": "category", "name": "shop", "about": "shop", "options": {"north": 3, "south": 1}}
PRICE = {
    "kind": "number",
    "name": "price",
    "about": "price",
    "shape": "normal",
    "center": 50,
    "spread": 5,
    "effects": [{"adds": 20, "where": [{"column": "shop", "any_of": ["south"]}]}],
}
BAD = {
    "kind": "flag",
    "name": "bad",
    "about": "the target",
    "chance": 0.1,
    "effects": [{"adds": 2.0, "where": [{"column": "shop", "any_of": ["south"]}]}],
}


def recipe(*more: dict[str, Any], faults: tuple[dict[str, Any], ...] = (), **changes: Any) -> Recipe:
    document = {
        "rows": 20_000,
        "as_of": "2026-07-20",
        "clock": "day",
        "columns": [DAY, SHOP, PRICE, BAD, *more],
        "faults": faults,
    }
    return Recipe.model_validate({**document, **changes})


def fault(kind: str, **fields: Any) -> dict[str, Any]:
    told = {"about": "a", "notice": "n", "reveal": "SELECT 1", "looked": ["bad"]}
    return {"kind": kind, "key": kind, **told, "noticed_words": ["nn"], "asked_words": ["aa"], **fields}


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others():
    csv = build(recipe()).csv()
    assert build(recipe()).csv() == csv
    assert build(recipe(), seed=2).csv() != csv


def test_the_bytes_of_a_known_recipe_are_known():
    """A table that two candidates were asked about must not change under a later version of ours."""
    made = build(recipe(rows=500)).csv()
    assert hashlib.sha256(made).hexdigest()[:16] == "6e41ac43b30ad9f2"


def test_a_column_that_is_added_leaves_the_others_as_they_were():
    more = {"kind": "id", "name": "row_id", "about": "number"}
    before, after = build(recipe()), build(recipe(more))
    for name in before.names:
        assert before.column(name).cells() == after.column(name).cells()


def test_effects_are_the_coefficients_they_say():
    table = build(recipe())
    south = table.column("shop").values == "south"
    price, bad = table.column("price").values, table.column("bad").values
    assert price[south].mean() - price[~south].mean() == pytest.approx(20, abs=0.3)
    odds = [rate / (1 - rate) for rate in (bad[south].mean(), bad[~south].mean())]
    assert np.log(odds[0] / odds[1]) == pytest.approx(2.0, abs=0.1)


def test_shares_growth_and_order_are_as_written():
    table = build(recipe())
    days = table.column("day").values
    assert (np.diff(days.astype(int)) >= 0).all()
    early, late = (days < days[0] + 20).mean(), (days >= days[0] + 180).mean()
    assert late / early == pytest.approx(1.95 / 1.05, abs=0.2)
    assert (table.column("shop").values == "north").mean() == pytest.approx(0.75, abs=0.02)


def test_other_kinds_of_columns_hold_what_they_say():
    table = build(
        recipe(
            {"kind": "entity", "name": "buyer", "about": "b", "prefix": "b", "distinct": 900, "skew": 1.0},
            {"kind": "category", "name": "plan", "about": "p", "options": {"x": 1, "y": 1}, "by": "buyer"},
            {"kind": "later", "name": "paid", "about": "p", "after": "day", "median": 10},
            {"kind": "phrase", "name": "said", "about": "q", "parts": [["red", "blue"], ["lamp", "sofa"]]},
            {"kind": "number", "name": "n", "about": "n", "shape": "count", "center": 3, "missing": 0.1},
            {
                "kind": "category",
                "name": "way",
                "about": "w",
                "options": {"car": 1},
                "depends": {"column": "shop", "weights": {"south": {"boat": 1}}},
            },
        )
    )
    plans = {}
    for buyer, plan in zip(table.column("buyer").values, table.column("plan").values, strict=True):
        assert plans.setdefault(buyer, plan) == plan
    paid = table.column("paid")
    assert not (paid.values[~paid.empty] > np.datetime64("2026-07-20")).any()
    assert paid.empty[-200:].mean() > 0.4 > paid.empty[:2000].mean()
    assert set(table.column("said").values) == {"red lamp", "red sofa", "blue lamp", "blue sofa"}
    assert table.column("n").values.mean() == pytest.approx(3, abs=0.1)
    assert table.column("n").empty.mean() == pytest.approx(0.1, abs=0.02)
    assert (table.column("way").values == "boat").tolist() == (
        table.column("shop").values == "south"
    ).tolist()


def test_crossed_columns_make_one_row_for_each_combination():
    table = build(recipe(rows=None, each=["shop", "day"]))
    assert table.rows == 400
    pairs = set(zip(table.column("shop").cells(), table.column("day").cells(), strict=True))
    assert len(pairs) == 400


FAULTS = [
    fault("delayed_labels", target="bad", clock="day", median=40),
    fault("noisy_labels", target="bad", missed=0.2, false=0.02, audit="checked", audit_about="c"),
    fault("unseen_labels", target="bad", column="price", half=2),
    fault("thin_segment", where={"column": "shop", "any_of": ["south"]}, keep=0.02),
    fault("leakage", target="bad", column="closed", column_about="c"),
    fault("shift", clock="day", since="2026-05-01", column="price", times=1.3),
    fault("shift", key="moved", clock="day", since="2026-05-01", column="shop", to="south", share=0.5),
    fault("broken_week", clock="day", since="2026-03-02", how="empty", columns=["price"]),
    fault("broken_week", key="zeroes", clock="day", since="2026-03-02", how="zero", columns=["price"]),
    fault("broken_week", key="lost", clock="day", since="2026-03-02", how="dropped"),
    fault("broken_week", key="twice", clock="day", since="2026-03-02", how="doubled"),
    fault(
        "survivorship", where=[{"column": "bad", "any_of": ["1"]}, {"column": "day", "until": "2026-02-28"}]
    ),
    fault(
        "mix_shift",
        clock="day",
        since="2026-05-01",
        where=[{"column": "shop", "any_of": ["south"]}],
        keep=0.05,
    ),
]


@pytest.mark.parametrize("planted", FAULTS, ids=lambda f: f["key"])
def test_a_fault_is_in_the_table_and_not_in_its_twin(planted):
    with_it, without = recipe(faults=(planted,)), recipe()
    as_of = np.datetime64("2026-07-20")
    found = seen(with_it.faults[0], build(with_it), build(without), as_of)
    assert found.visible
    other_seed = seen(with_it.faults[0], build(without, seed=2), build(without), as_of)
    assert not other_seed.visible  # chance alone does not look like the fault


def test_a_table_is_narrowed_to_what_was_granted():
    narrowing = Narrowing(without=("price",), since=date(2026, 2, 1), until=date(2026, 2, 28))
    table = granted(recipe(), narrowing)
    assert table.names == ("day", "shop", "bad")
    assert {cell[:7] for cell in table.column("day").cells()} == {"2026-02"}


def test_a_counted_table_holds_groups_and_hides_small_ones():
    whole = build(recipe())
    table = granted(recipe(), Narrowing(by=("shop", "day"), per="month", smallest=200))
    assert table.names == ("shop", "day", "n", "price", "bad")
    assert min(table.column("n").values) >= 200
    january = [
        n
        for d, n in zip(table.column("day").cells(), table.column("n").values, strict=True)
        if d == "2026-01-01"
    ]
    days = whole.column("day").values
    assert sum(january) == int((days < np.datetime64("2026-02-01")).sum())
    south = whole.column("shop").values == "south"
    first = (table.column("shop").values == "south") & (
        table.column("day").values == np.datetime64("2026-01-01")
    )
    expected = whole.column("price").values[south & (days < np.datetime64("2026-02-01"))].mean()
    assert table.column("price").values[first][0] == pytest.approx(expected, abs=1e-3)


def test_a_profile_counts_what_is_there():
    more = {
        "kind": "number",
        "name": "gap",
        "about": "g",
        "shape": "uniform",
        "center": 5,
        "spread": 5,
        "missing": 0.2,
    }
    table = build(recipe(more))
    described = {c["name"]: c for c in profile(table)["columns"]}
    gap, shop = described["gap"], described["shop"]
    assert gap["missing"] == int(table.column("gap").empty.sum())
    assert sum(bar["rows"] for bar in gap["histogram"]) + gap["missing"] == table.rows
    assert 0 <= gap["least"] <= gap["median"] <= gap["most"] <= 10
    assert [t["value"] for t in shop["top"]] == ["north", "south"]
    assert sum(t["rows"] for t in shop["top"]) == table.rows
    assert described["day"]["least"] == "2026-01-01"

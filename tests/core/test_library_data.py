"""Every bundled table: its faults can be seen in it, and the query that is to show one does."""

import duckdb
import pytest

from rooms.dataroom.tables import load
from scenarios.core.check_data import unseen
from scenarios.core.datasets.build import build
from scenarios.loader import bundled

TABLES = [(s.slug, d) for s in bundled() for d in s.data_sets if d.recipe is not None]


@pytest.mark.parametrize(("slug", "data_set"), TABLES, ids=[f"{slug}-{d.key}" for slug, d in TABLES])
def test_every_planted_fault_can_be_seen(slug, data_set):
    assert list(unseen(data_set.recipe)) == []


@pytest.mark.parametrize(("slug", "data_set"), TABLES, ids=[f"{slug}-{d.key}" for slug, d in TABLES])
def test_the_revealing_query_gives_another_answer_without_its_fault(slug, data_set):
    whole = data_set.recipe
    for fault in whole.faults:
        others = tuple(f for f in whole.faults if f.key != fault.key)
        clean = whole.model_copy(update={"faults": others})
        spoilt, control = (_answer(r, data_set.key, fault.reveal) for r in (whole, clean))
        assert spoilt
        assert spoilt != control, fault.key


def _answer(recipe, name, sql):
    with duckdb.connect() as connection:
        load(connection, name, build(recipe))
        try:
            return connection.execute(sql).fetchall()
        except duckdb.BinderException as missing:  # the column the fault brings is not there
            return str(missing)

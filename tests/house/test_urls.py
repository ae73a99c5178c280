"""No page without an answer to who may see it."""

from collections.abc import Iterator
from typing import Any

from django.urls import URLPattern, get_resolver

from tests.pages.test_every_url import ROWS


def names(patterns: Any, space: str = "") -> Iterator[str]:
    """Every URL there is, by name; the operators' pages are asked for as a whole."""
    for one in patterns:
        if isinstance(one, URLPattern):
            yield f"{space}{one.name}"
        elif one.namespace != "admin":
            yield from names(one.url_patterns, f"{space}{one.namespace}:" if one.namespace else space)


def test_every_url_has_a_row_in_the_table_of_every_url():
    # whether all is well here is asked in tests/deploy/test_health.py
    there = set(names(get_resolver().url_patterns)) - {"health:ready"}
    assert sorted(there ^ {row.name for row in ROWS}) == []

"""A table described column by column, as the data room shows it before anybody asks a question."""

from typing import Any

import numpy as np

from scenarios.core.datasets.table import Series, Table

TOP = 8  # most frequent values that are listed
BINS = 20  # bars of a histogram, at most

Json = dict[str, Any]


def profile(table: Table) -> Json:
    """Rows, and for each column: missing, distinct, least, median, most, the top values, a histogram."""
    return {"rows": table.rows, "columns": [_described(series) for series in table.series]}


def _described(series: Series) -> Json:
    known = series.values[~series.empty]
    values, counts = np.unique(known, return_counts=True)
    described: Json = {
        "name": series.name,
        "about": series.about,
        "type": series.kind,
        "missing": int(series.empty.sum()),
        "distinct": len(values),
        "top": _top(series, values, counts),
    }
    if series.kind == "text" or not len(known):
        return described
    middle = np.sort(known)[len(known) // 2]
    edges = {"least": values[0], "median": middle, "most": values[-1]}
    return {**described, **{k: _plain(v) for k, v in edges.items()}, "histogram": _histogram(series, known)}


def _top(series: Series, values: Any, counts: Any) -> list[Json]:
    if series.kind == "number" and len(values) > TOP:
        return []  # hardly any measured number comes twice: the histogram says more
    order = np.lexsort((values, -counts))[:TOP]
    return [{"value": _plain(values[i]), "rows": int(counts[i])} for i in order]


def _histogram(series: Series, known: Any) -> list[Json]:
    """Bars of equal width: each with where it begins and ends, and its rows."""
    numbers = known.astype(np.float64 if series.kind != "date" else np.int64).astype(np.float64)
    span = float(numbers.max() - numbers.min())
    whole = series.kind != "number"
    bins = int(min(BINS, span + 1)) if whole else BINS
    counts, edges = np.histogram(numbers, bins=max(bins, 1))
    return [
        {"from": _edge(series, edges[i]), "to": _edge(series, edges[i + 1]), "rows": int(rows)}
        for i, rows in enumerate(counts)
    ]


def _edge(series: Series, value: float) -> Any:
    if series.kind == "date":
        return str(np.datetime64(int(value), "D"))
    return float(f"{value:.6g}")


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, np.datetime64 | np.str_) else value.item()

"""A fit as a document: plain JSON, one candidate or rater a line, the same bytes for the same input."""

import hashlib
import json
from collections.abc import Callable, Iterator
from typing import Any, Literal, NamedTuple

import numpy as np

from scoring.core import connectivity
from scoring.core.effects.findings import RaterEffects
from scoring.core.facets.design import IMPRESSION, KINDS, LEANING, PROFILE
from scoring.core.facets.fitted import Z90, Fitted
from scoring.core.facets.kernel import Floats
from scoring.core.facets.reliability import reliability
from scoring.core.ratings import Ratings

VERSION: Literal["facets 1"] = "facets 1"
DIGITS = 6

Entry = dict[str, Any]


class Diagnosed(NamedTuple):
    """Rater effects, from so many replicates; none with `why`."""

    effects: tuple[RaterEffects, ...] = ()
    replicates: int = 0
    why: str | None = "not asked for"


def document(
    fitted: Fitted,
    bar: float | None = None,
    weights: Floats | None = None,
    diagnosed: Diagnosed | None = None,
) -> Iterator[str]:
    """The lines of the document. Raises ValueError when the bar or the weights make no sense."""
    diagnosed = diagnosed or Diagnosed()
    parts: dict[str, Callable[[], Iterator[Entry]]] = {
        "dimensions": lambda: _dimensions(fitted),
        "candidates": lambda: _candidates(fitted, bar, weights),
        "raters": lambda: _raters(fitted, diagnosed),
    }
    yield from _joined(_summary(fitted, bar, weights, diagnosed), parts)


def digest(ratings: Ratings) -> str:
    """SHA-256 of the ratings: names, scale and rows."""
    whole = hashlib.sha256()
    for names in (ratings.raters, ratings.candidates, ratings.dimensions, ratings.levels):
        whole.update(json.dumps(names).encode())
    for column in (ratings.rater, ratings.candidate, ratings.dimension, ratings.level, ratings.month):
        whole.update(np.ascontiguousarray(column, column.dtype.newbyteorder("<")).tobytes())
    return whole.hexdigest()


def _joined(summary: Entry, parts: dict[str, Callable[[], Iterator[Entry]]]) -> Iterator[str]:
    """One JSON object over many lines, without ever holding all of it."""
    yield "{"
    for key, value in summary.items():
        yield f"{json.dumps(key)}: {_text(value)},"
    for place, (key, entries) in enumerate(parts.items()):
        yield f"{json.dumps(key)}: ["
        last = None
        for entry in entries():
            if last is not None:
                yield f"  {last},"
            last = _text(entry)
        yield "]" if last is None else f"  {last}"
        yield from [] if last is None else ["],"] if place < len(parts) - 1 else ["]"]
    yield "}"


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _number(value: float) -> float | None:
    """To DIGITS, so that a document does not depend on the last bits; no negative zero."""
    return None if np.isnan(value) else round(float(value), DIGITS) + 0.0


def _numbers(values: Floats) -> list[float | None]:
    return [_number(value) for value in values]


# --- the parts --------------------------------------------------------------------------------------------


def _summary(fitted: Fitted, bar: float | None, weights: Floats | None, diagnosed: Diagnosed) -> Entry:
    ratings, settings = fitted.ratings, fitted.settings
    given = fitted.weights(weights)
    return {
        "model": VERSION,
        "settings": {
            **settings.model_dump(mode="json"),
            "bar": bar,
            "weights": dict(zip(ratings.dimensions, _numbers(given), strict=True)),
        },
        "digest": digest(ratings),
        "input": {
            "rows": len(ratings.level),
            "observed": int(ratings.observed.sum()),
            "not_observed": int((~ratings.observed).sum()),
            "replaced": len(ratings.replaced),
            "raters": len(ratings.raters),
            "candidates": len(ratings.candidates),
            "dimensions": len(ratings.dimensions),
            "levels": list(ratings.levels),
        },
        "effects": _effects(fitted),
        "variances": {kind: row["variance"] for kind, row in _spreads(fitted).items()},
        "spreads": _spreads(fitted),
        "severity_period_months": fitted.design.periods.length,
        "fit": {"bound": _number(fitted.bound), "settled": fitted.settled},
        "bar": None if bar is None else {"score": bar, "level": _number(fitted.bar_at(bar, weights))},
        "connectivity": connectivity.document(ratings),
        "diagnostics": {"replicates": diagnosed.replicates, "why": diagnosed.why},
        "reliability": reliability(fitted).rounded().model_dump(mode="json"),
    }


def _effects(fitted: Fitted) -> Entry:
    """Which effects are in the model, and why the others are not."""
    reasons = {
        PROFILE: "there is one dimension only, or none",
        IMPRESSION: "no rater marked a candidate more than once",
        LEANING: "there is one dimension only, or too many raters",
    }
    asked = fitted.settings.effects == "full"
    terms = fitted.design.terms
    return {
        "in": [KINDS[kind] for kind in sorted(terms)],
        "left_out": {
            KINDS[k]: why if asked else "not asked for" for k, why in reasons.items() if k not in terms
        },
    }


def _spreads(fitted: Fitted) -> dict[str, Entry]:
    """Standard deviation and variance of each kind of effect in the model."""
    counts = fitted.design.counts()
    free = np.array(fitted.settings.assumed.widths) > 0
    return {
        kind: {
            "sd": _number(fitted.sigmas[k]),
            "variance": _number(fitted.sigmas[k] ** 2),
            "effects": int(counts[k]),
            "assumed": bool(fitted.assumed or not free[k]),
        }
        for k, kind in enumerate(KINDS)
        if counts[k]
    }


def _dimensions(fitted: Fitted) -> Iterator[Entry]:
    steps = fitted.steps()
    for name, mean, sd in zip(fitted.ratings.dimensions, steps.mean, steps.sd, strict=True):
        difficulty = _number(float(mean.mean())) if len(mean) else None
        yield {"dimension": name, "difficulty": difficulty, "steps": _numbers(mean), "sd": _numbers(sd)}


def _candidates(fitted: Fitted, bar: float | None, weights: Floats | None) -> Iterator[Entry]:
    ratings = fitted.ratings
    level, general, fair = fitted.composite(weights), fitted.general(), fitted.fair(weights)
    above = np.full(len(ratings.candidates), np.nan) if bar is None else fitted.above(bar, weights)
    abilities, fairs = fitted.abilities(), fitted.fair_by_dimension()
    seen = ratings.observed
    marks = np.bincount(ratings.candidate[seen], minlength=len(ratings.candidates))
    total = np.bincount(ratings.candidate[seen], ratings.level[seen], len(ratings.candidates))
    for n, name in enumerate(ratings.candidates):
        yield {
            "candidate": name,
            "marks": int(marks[n]),
            "raw_mean": _number(fitted.lowest + total[n] / marks[n]) if marks[n] else None,
            "mean": _number(level.mean[n]),
            "sd": _number(level.sd[n]),
            "interval": _reach(level.mean[n], level.sd[n]),
            "fair_score": _number(fair.score[n]),
            "fair_interval": _numbers(np.array([fair.low[n], fair.high[n]])),
            "p_bar": _number(above[n]),
            "general_mean": _number(general.mean[n]),
            "general_sd": _number(general.sd[n]),
            "dimensions": {
                dimension: {
                    "mean": _number(abilities.mean[n, d]),
                    "sd": _number(abilities.sd[n, d]),
                    "fair_score": _number(fairs.score[n, d]),
                    "fair_interval": _numbers(np.array([fairs.low[n, d], fairs.high[n, d]])),
                }
                for d, dimension in enumerate(ratings.dimensions)
            },
        }


def _raters(fitted: Fitted, diagnosed: Diagnosed) -> Iterator[Entry]:
    ratings, severity = fitted.ratings, fitted.severity()
    seen = ratings.observed
    pairs = np.unique(np.stack([ratings.rater[seen], ratings.candidate[seen]]), axis=1)[0]
    candidates = np.bincount(pairs, minlength=len(ratings.raters))
    marks = np.bincount(ratings.rater[seen], minlength=len(ratings.raters))
    in_time = _in_time(fitted)
    effects = {one.rater: one.model_dump(mode="json", exclude={"rater"}) for one in diagnosed.effects}
    for r, name in enumerate(ratings.raters):
        yield {
            "rater": name,
            "candidates": int(candidates[r]),
            "marks": int(marks[r]),
            "severity": _number(severity.mean[r]),
            "sd": _number(severity.sd[r]),
            "interval": _reach(severity.mean[r], severity.sd[r]),
            "in_time": in_time.get(r, []),
            "diagnostics": effects.get(name),
        }


def _in_time(fitted: Fitted) -> dict[int, list[Entry]]:
    """Severity by period, of raters whose severity may drift."""
    periods, found = fitted.design.periods, fitted.severity_in_time()
    told: dict[int, list[Entry]] = {}
    for p in np.flatnonzero(np.isfinite(periods.month)):
        entry = {
            "month": _number(periods.month[p]),
            "severity": _number(found.mean[p]),
            "sd": _number(found.sd[p]),
        }
        told.setdefault(int(periods.rater[p]), []).append(entry)
    return told


def _reach(mean: float, sd: float) -> list[float | None]:
    return _numbers(np.array([mean - Z90 * sd, mean + Z90 * sd]))

"""How scoring's pages write times, shares and estimates."""

from datetime import UTC, datetime
from typing import Any

from django import template

from scoring.core.estimate import Estimate
from scoring.core.outcomes.diagram import Diagram
from scoring.core.record import minutes

register = template.Library()

VERDICTS = {
    "hire": "Hire",
    "no_hire": "No hire",
    "debrief": "Debrief first",
    "not_enough_evidence": "Not enough evidence",
}

OUTCOMES = {
    "noticed": "noticed",
    "asked": "asked about",
    "looked": "looked at",
    "told": "taken up once told",
    "missed": "missed",
    "closed": "table never opened",
}


HABITS = {
    "severity": "How hard the marks are",
    "careless": "How well the marks fit the candidates",
    "central": "How much of the scale is used",
    "halo": "Telling the dimensions apart",
    "drift": "Change over time",
}


@register.filter
def habit(kind: str) -> str:
    """A rater effect as what is looked at, not as a fault."""
    return HABITS.get(kind, kind)


@register.filter
def decimals(value: float) -> str:
    """Two decimals and a real minus."""
    return f"{value:.2f}".replace("-", "−")


@register.filter
def spoken(estimate: Estimate) -> str:
    """An estimate's value, or the reason there is none."""
    return estimate.why or "" if estimate.value is None else decimals(estimate.value)


@register.filter
def beside(points: Estimate) -> str:
    """How far a rater's marks lie from an average rater's, with the interval."""
    if points.value is None or points.interval is None:
        return spoken(points)
    low, high = points.interval
    way, ends = ("lower", (low, high)) if points.value > 0 else ("higher", (-high, -low))
    return f"{abs(points.value):.2f} levels {way} ({decimals(ends[0])} to {decimals(ends[1])})"


@register.filter
def moment(ms: int | None) -> str:
    """23 November 2025, 12:03 UTC."""
    return "" if ms is None else datetime.fromtimestamp(ms / 1000, UTC).strftime("%-d %B %Y, %H:%M UTC")


@register.filter
def iso(ms: int) -> str:
    """For <time datetime>."""
    return datetime.fromtimestamp(ms / 1000, UTC).isoformat(timespec="seconds")


@register.filter
def into(ms: int) -> str:
    """Time into a phase: 4:05."""
    return minutes(ms)


@register.filter
def percent(share: float) -> str:
    return f"{share:.0%}"


@register.filter
def number(estimate: dict[str, Any]) -> str:
    """An estimate's value with two decimals, or a dash: the reason stands beside it."""
    return "–" if estimate["value"] is None else f"{estimate['value']:.2f}".replace("-", "−")


@register.filter
def verdict(says: str) -> str:
    """A recommendation as people say it."""
    return VERDICTS.get(says, says)


@register.filter
def outcome(key: str) -> str:
    """What became of a planted fault, in words."""
    return OUTCOMES.get(key, key)


@register.filter
def plainly(key: str) -> str:
    """A key as words."""
    return key.replace("_", " ")


@register.filter
def named(keys: list[str], report: dict[str, Any]) -> list[str]:
    """Dimensions by name."""
    names = {line["key"]: line["name"] for line in report["dimensions"]}
    return [names.get(key, key) for key in keys]


@register.filter
def reach(estimate: dict[str, Any]) -> str:
    """An estimate's interval: 2.10 to 3.35; empty where it has none."""
    if estimate["interval"] is None:
        return ""
    low, high = (f"{end:.2f}".replace("-", "−") for end in estimate["interval"])
    return f"{low} to {high}"


@register.filter
def signed(estimate: dict[str, Any]) -> str:
    """A difference with its sign: +0.21."""
    return "–" if estimate["value"] is None else f"{estimate['value']:+.2f}".replace("-", "−")


@register.inclusion_tag("scoring/_scale.html")
def scale(report: dict[str, Any]) -> dict[str, Any]:
    """The rubric's scale and the bar: raw composites above, the adjusted one with its interval below."""
    levels = report["dimensions"][0]["levels"]
    low, high = levels[0]["value"], levels[-1]["value"]
    advice = report["advice"]
    bar, (start, end) = advice["standard"]["bar"]["value"], advice["adjusted"]["interval"]

    def x(value: float) -> float:
        return round(40 + 520 * (min(max(value, low), high) - low) / (high - low), 1)

    return {
        "ticks": [(x(level["value"]), level["value"]) for level in levels],
        "low": low,
        "high": high,
        "bar": (x(bar), bar) if report["says"] is not None else None,
        "raw": (x(advice["raw"]["value"]), advice["raw"]["value"]),
        "adjusted": (x(advice["adjusted"]["value"]), advice["adjusted"]["value"]),
        "interval": {"x": x(start), "width": round(x(end) - x(start), 1), "from": start, "to": end},
        "raters": [
            (x(rater["raw"]["value"]), rater["name"], rater["raw"]["value"]) for rater in advice["raters"]
        ],
    }


@register.inclusion_tag("scoring/_diagram.html")
def reliability_diagram(diagram: Diagram) -> dict[str, Any]:
    """What was seen against what was said, in a square of 300 units, with the band that chance allows."""

    def x(share: float) -> float:
        return round(40 + 240 * share, 1)

    def y(share: float) -> float:
        return round(260 - 240 * share, 1)

    upper = [(x(at.said), y(at.high)) for at in diagram.band]
    lower = [(x(at.said), y(at.low)) for at in reversed(diagram.band)]
    return {
        "band": " ".join(f"{a},{b}" for a, b in [*upper, *lower]),
        "steps": [(x(step.low), x(step.high), y(step.seen), step) for step in diagram.steps],
        "ticks": [(share, x(share), y(share)) for share in (0.0, 0.5, 1.0)],
    }

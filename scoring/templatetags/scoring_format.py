"""How scoring's pages write times, shares and estimates."""

from datetime import UTC, datetime
from typing import Any

from django import template

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

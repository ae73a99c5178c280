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


@register.inclusion_tag("scoring/_scale.html")
def scale(report: dict[str, Any]) -> dict[str, Any]:
    """The rubric's scale with the bar, the band in which it is too close to call, and the composites."""
    levels = report["dimensions"][0]["levels"]
    low, high = levels[0]["value"], levels[-1]["value"]
    said = report["recommendation"]

    def x(value: float) -> float:
        return round(40 + 520 * (min(max(value, low), high) - low) / ((high - low) or 1), 1)

    bar, band = said["bar"], said["rule"]["band"]
    composite = said["composite"]["value"]
    return {
        "ticks": [(x(level["value"]), level["value"]) for level in levels],
        "low": low,
        "high": high,
        "bar": x(bar),
        "bar_value": bar,
        "band": (x(bar - band), round(x(bar + band) - x(bar - band), 1)),
        "composite": None if composite is None else x(composite),
        "value": composite,
        "sides": [
            (x(side["composite"]["value"]), side["name"], side["composite"]["value"])
            for side in said["sides"]
            if side["composite"]["value"] is not None
        ],
    }

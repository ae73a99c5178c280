"""What the pages of cohorts look up."""

from collections.abc import Mapping
from typing import Any

from django import template

register = template.Library()


@register.filter
def at(found: Mapping[Any, Any], key: Any) -> Any:
    """What stands under this key; nothing where there is none."""
    return found.get(key, "")


@register.filter
def part(share: float) -> int:
    """A share of 1 in hundredths, for a progress bar."""
    return round(100 * share)


KINDS = {"data_owner": "Data owner", "interviewer": "Interviewer"}


@register.filter
def seat_kind(kind: str) -> str:
    """A kind of seat as people read it."""
    return KINDS.get(kind, kind.replace("_", " ").capitalize())


@register.filter
def levels_apart(value: float) -> str:
    """How far somebody's marks lie from the others': above them is milder."""
    if abs(value) < 0.05:
        return "as the others"
    return f"{abs(value):.2f} levels {'milder' if value > 0 else 'harder'}"


@register.filter
def apart_in_words(levels: int) -> str:
    """How many levels a mark lies from the reference."""
    many = "level" if abs(levels) == 1 else "levels"
    return f"{abs(levels)} {many} {'milder' if levels > 0 else 'harder'}"

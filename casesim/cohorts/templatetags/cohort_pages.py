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

"""Moments of rooms, which are ms since 1970, for pages."""

from datetime import UTC, datetime

from django import template

register = template.Library()


@register.filter
def moment(ms: int) -> datetime:
    """A time that `date` can show, in the reader's own zone."""
    return datetime.fromtimestamp(ms / 1000, UTC)

"""When something is due in a loop: how long its rooms are kept, until when a decision may be contested."""

from collections.abc import Iterable

DAY = 24 * 3_600_000  # ms


def keep_until(rooms: Iterable[int], created_at: int, keep_days: int) -> int:
    """The moment (ms) after which the content of a loop's rooms goes: so long after the last of them.

    `rooms`: when each room that was not cancelled was to start, or was opened.
    """
    return max(rooms, default=created_at) + keep_days * DAY


def appeal_until(released_at: int, appeal_days: int) -> int:
    """The moment (ms) until which a decision that was told at `released_at` may be contested."""
    return released_at + appeal_days * DAY

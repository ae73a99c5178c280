"""The one thing to practise next, from what the listener heard in somebody's rooms. Pure.

A pattern is a cue to practise and never a mark; nothing found is no praise, since the listener misses much.
"""

from collections.abc import Sequence
from typing import NamedTuple

from rooms.listener.patterns import Found, patterns, practise_next


class Heard(NamedTuple):
    """What somebody said as candidate in one room: (n in their feed, text, acts), in order."""

    room: str
    round: int
    said: tuple[tuple[int, str, tuple[str, ...]], ...]


class Sign(NamedTuple):
    """Where it showed: the place in the candidate's own feed, and the words."""

    n: int
    text: str


class Practice(NamedTuple):
    """What to practise, why, and in how many of the rooms played it showed."""

    key: str
    name: str
    practise: str
    room: str
    round: int
    signs: tuple[Sign, ...]
    rooms: int
    of: int


def practise(heard: Sequence[Heard]) -> Practice | None:
    """The pattern to practise next, from the newest room in which one shows; None if none does."""
    rooms = [each for each in sorted(heard, key=lambda each: -each.round) if each.said]
    for room in rooms:
        if (found := practise_next(_acts(room))) is not None:
            return _practice(found, room, rooms)
    return None


def _practice(found: Found, room: Heard, rooms: Sequence[Heard]) -> Practice:
    shows = sum(any(f.pattern.key == found.pattern.key for f in patterns(_acts(each))) for each in rooms)
    return Practice(
        key=found.pattern.key,
        name=found.pattern.name,
        practise=found.pattern.practise,
        room=room.room,
        round=room.round,
        signs=tuple(Sign(*room.said[place][:2]) for place in found.at[:3]),
        rooms=shows,
        of=len(rooms),
    )


def _acts(room: Heard) -> list[tuple[str, ...]]:
    return [acts for _, _, acts in room.said]

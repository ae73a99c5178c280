"""Who may see whose marks in a loop. A loop's rooms are rated by different panels of one candidate."""

from collections.abc import Iterable
from typing import NamedTuple


class RatedRoom(NamedTuple):
    """How far the rating of one room is. `owed_by`: persons whose sheet is not in, trainees among them."""

    room: str
    unlocked: bool
    owed_by: frozenset[int] = frozenset()


def readable(rooms: Iterable[RatedRoom], person_id: int) -> tuple[str, ...]:
    """The rooms whose marks this person may see now.

    Nobody sees the marks of a room before it is unlocked. And whoever still owes a sheet in any room of
    the loop sees no marks of any other: it is the same candidate whom they are about to mark.
    """
    every = tuple(rooms)
    if any(person_id in each.owed_by for each in every):
        return ()
    return tuple(each.room for each in every if each.unlocked)

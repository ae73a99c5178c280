"""Taking people's words out of rooms that are over. What is left still folds, counts and replays."""

import secrets
from collections.abc import Collection
from functools import partial

from django.db import transaction
from django.dispatch import Signal

from rooms.core.erasure import erased, seats_erased
from rooms.core.state import fold
from rooms.live import log
from rooms.live.append import rewrite
from rooms.live.bell import ring
from rooms.live.now import wall_ms
from rooms.models import Room, Seat
from scenarios.queries import scenario as scenario_of

# For whoever may not be named here. Sent with `room_id` and `seats`, in the erasing's transaction.
room_erased = Signal()


class StillRunning(Exception):
    """A room that is not over: what was said in it is still needed."""


@transaction.atomic
def erase(room_id: str, seats: Collection[str]) -> None:
    """Take out what was said from these seats, and who said it; doing it again changes nothing.

    With the candidate's seat everybody's words go (`rooms.core.erasure`). StillRunning: the room has started
    and not ended. LookupError: no such room.
    """
    held, _ = log.lock([room_id], ())
    if (row := held.get(room_id)) is None:
        raise LookupError(room_id)
    lines = log.read(room_id)
    if fold((x.at, x.event) for x in log.parsed(lines)).status in ("live", "paused"):
        raise StillRunning(room_id)
    words, causes = seats_erased(seats), log.causes(room_id)
    entries = [_entry(x, causes[x.seq], words, seats) for x in lines]
    rewrite(row, entries, secrets.token_hex(6))
    if words is None:
        _emptied(room_id, row)
    room_erased.send(None, room_id=room_id, seats=frozenset(seats))
    transaction.on_commit(partial(ring, f"erased {room_id}"))  # whoever holds the old words lets go


def close(room_id: str, seats: Collection[str], at: int) -> None:
    """Nobody enters these seats any more, and they are nobody's."""
    rows = Seat.objects.filter(room_id=room_id, seat__in=seats)
    rows.update(person=None, by_code=False, token_digest=None, revoked_at=at, changed_at=at)


def _entry(
    line: log.Line, cause: log.Cause, words: frozenset[str] | None, names: Collection[str]
) -> log.Entry:
    before = line.parsed().event
    after = erased(before, words, names)
    if after == before:
        return log.Entry(line, before, *cause)
    # a digest of a short sentence is soon guessed
    return log.entry(line.seq, line.at, after, cause.cause, "" if cause.cause else None)


def _emptied(room_id: str, row: log.RoomRow) -> None:
    """Nothing that was said is left. The title goes as well: "Panel with Ana" says whose room it was."""
    title = scenario_of(row.version_id, row.seniority).title
    Room.objects.filter(pk=room_id).update(title=title)
    Room.objects.filter(pk=room_id, erased_at=None).update(erased_at=wall_ms())


def over_before(workspace_id: int, before: int) -> list[str]:
    """Rooms of a workspace that were over, or never began, before that time and still hold what was said."""
    old = Room.objects.filter(workspace=workspace_id, erased_at=None, created_at__lt=before)
    ids = list(old.order_by("created_at", "pk").values_list("pk", flat=True))
    return [room_id for room_id, last in log.last_moments(ids).items() if last < before]

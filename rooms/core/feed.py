"""Feed: what one seat sees. May this seat see this? Asked here and nowhere else."""

from collections.abc import Iterable
from typing import NamedTuple

from rooms.core import messages as m


class Logged(NamedTuple):
    """An event as it stands in the log."""

    seq: int
    at: int
    event: m.AnyEvent


class Item(NamedTuple):
    """An event as it stands in one seat's feed."""

    n: int
    at: int
    event: m.AnyEvent


def visible_to(to: tuple[str, ...] | None, seat: str) -> bool:
    """The audience is a fact: it was fixed when the event was decided."""
    return to is None or seat in to


def feed(log: Iterable[Logged], seat: str) -> list[Item]:
    """What the seat sees of a log, numbered from 1 without gaps."""
    seen = (line for line in log if visible_to(line.event.to, seat))
    return [Item(n, line.at, line.event) for n, line in enumerate(seen, 1)]


def body(event: m.AnyEvent) -> str:
    """The event as stored and sent: JSON without its audience and without empty fields."""
    return event.model_dump_json(exclude={"to"}, exclude_none=True)


def item_json(n: int, at: int, event_body: str) -> str:
    """One item of a feed frame, made from the stored body without parsing it."""
    return f'{{"n":{n},"at":{at},{event_body[1:]}'


def frame_json(epoch: str, after: int, upto: int, now: int, items: Iterable[str], head: str) -> str:
    """A feed frame: what comes after item `after`, up to `upto`, and what of the head is told with it."""
    return (
        f'{{"type":"feed","epoch":"{epoch}","from":{after},"upto":{upto},"now":{now},'
        f'"items":[{",".join(items)}],"head":{head}}}'
    )

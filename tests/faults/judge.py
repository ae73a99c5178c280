"""What became of it all: clients' notes held against the log. Every count must be 0."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, fields
from itertools import pairwise
from typing import Any

from tests.faults.clients import Client
from tests.faults.stage import Row


@dataclass(frozen=True)
class Verdict:
    lost: int = 0  # acknowledged, and not in the log
    doubled: int = 0  # in the log more than once
    unsettled: int = 0  # never answered
    phantom: int = 0  # shown, and not in the log where it was shown
    wrong: int = 0  # clients whose feed is not the log's view for their seat
    moved: int = 0  # items that changed or came out of order
    leaked: int = 0  # words in a seat's traffic that are not that seat's to know
    order: int = 0  # places where the log itself is not in order

    def __str__(self) -> str:
        found = {f.name: getattr(self, f.name) for f in fields(self) if getattr(self, f.name)}
        return str(found) if found else "nothing wrong"


WHOLE = Verdict()


def judge(logs: dict[str, list[Row]], clients: Sequence[Client]) -> Verdict:
    """Hold every client's notes against its room's log."""
    texts = Counter(row.body["text"] for log in logs.values() for row in log if "text" in row.body)
    causes = {(room, row.cause) for room, log in logs.items() for row in log}
    told = [(c, c.seat + ":" + ref) for c in clients for ref, command in c.acked.items() if "text" in command]
    mine = {text for c in clients for text in c.said_at}
    return Verdict(
        lost=sum((c.room_id, cause) not in causes for c, cause in told),
        doubled=sum(texts[text] - 1 for text in mine if texts[text] > 1),
        unsettled=sum(len(c.waiting) for c in clients),
        phantom=sum(_phantoms(logs[c.room_id], c) for c in clients),
        wrong=sum(c.items != view(logs[c.room_id], c.seat) for c in clients),
        moved=sum(c.moved for c in clients),
        leaked=sum(len(leaks(logs[c.room_id], c)) for c in clients),
        order=sum(map(_disorder, logs.values())),
    )


def view(log: Sequence[Row], seat: str) -> list[dict[str, Any]]:
    """What a seat sees of a log, worked out here and not by the product."""
    seen = [row for row in log if row.to is None or seat in row.to]
    return [{"n": n, "at": row.at, **row.body} for n, row in enumerate(seen, 1)]


def leaks(log: Sequence[Row], client: Client) -> set[str]:
    """Words of others' private lines that occur anywhere in what a client was sent."""
    open_to = {word for row in log if row.to is None or client.seat in row.to for word in words(row)}
    secret = {word for row in log for word in words(row)} - open_to
    traffic = "\n".join(client.traffic)
    return {word for word in secret if json.dumps(word, ensure_ascii=False)[1:-1] in traffic}


def words(row: Row) -> set[str]:
    """The texts of a line that can be told from others: marked by the tests, or secrets of the case."""
    return {value for value in strings(row.body) if "~" in value or "SECRET" in value}


def strings(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [text for part in inner for text in strings(part)]


def _phantoms(log: Sequence[Row], client: Client) -> int:
    real = view(log, client.seat)
    return sum(item["n"] > len(real) or real[item["n"] - 1] != item for item in client.ever)


def _disorder(log: Sequence[Row]) -> int:
    gaps = sum(row.seq != n for n, row in enumerate(log, 1))
    return gaps + sum(after.at < before.at for before, after in pairwise(log))

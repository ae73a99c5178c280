"""The control of all controls: the judge is shown each fault, and sees it."""

from dataclasses import replace
from typing import Any

import pytest

from tests.faults.clients import Client
from tests.faults.judge import WHOLE, Verdict, judge, view
from tests.faults.stage import Row

A, B = "~say.1~ a", "~whisper.2~ b"
LOG = [
    Row(1, 10, None, None, {"type": "room_opened"}),
    Row(2, 11, "lead:c1", None, {"type": "said", "by": "lead", "text": A}),
    Row(3, 12, "lead:c2", ("lead",), {"type": "whispered", "by": "lead", "text": B}),
]


def client(seat: str, log: list[Row] = LOG, **notes: Any) -> Client:
    """A client that has just what it should have, but for `notes`."""
    it = Client(0, "r", seat, "")
    it.items = view(log, seat)
    it.ever = list(it.items)
    if seat == "lead":
        it.acked = {"c1": {"type": "say", "text": A}, "c2": {"type": "whisper", "text": B}}
        it.said_at = {A: 0.0, B: 0.0}
    for name, value in notes.items():
        setattr(it, name, value)
    return it


def test_a_room_in_which_nothing_is_wrong_has_nothing_wrong():
    assert judge({"r": LOG}, [client("lead"), client("candidate")]) == WHOLE


SHOWN = [*view(LOG, "candidate"), {"n": 3, "at": 13, "type": "said", "text": "~never~"}]
WRONG = {
    "acknowledged and not in the log": (
        LOG[:2],
        client("lead", LOG[:2]),
        Verdict(lost=1),
    ),
    "in the log twice": ([*LOG, LOG[1]._replace(seq=4, at=13, cause="lead:c9")], None, Verdict(doubled=1)),
    "never answered": (LOG, client("lead", waiting={"c3": {}}), Verdict(unsettled=1)),
    "shown and never written": (LOG, client("candidate", ever=SHOWN), Verdict(phantom=1)),
    "not shown": (LOG, client("candidate", items=view(LOG, "candidate")[:1]), Verdict(wrong=1)),
    "shown in another place": (LOG, client("candidate", moved=1), Verdict(moved=1)),
    "shown to the wrong seat": (LOG, client("candidate", traffic=[f'{{"text":"{B}"}}']), Verdict(leaked=1)),
    "a log with a hole": ([LOG[0], *[r._replace(seq=r.seq + 1) for r in LOG[1:]]], None, Verdict(order=2)),
    "time that goes back": ([LOG[0], LOG[1]._replace(at=9), LOG[2]], None, Verdict(order=1)),
}


@pytest.mark.parametrize(("log", "who", "expected"), WRONG.values(), ids=WRONG)
def test_the_judge_sees_what_is(log: list[Row], who: Client | None, expected: Verdict):
    assert replace(judge({"r": log}, [who or client("lead", log)])) == expected

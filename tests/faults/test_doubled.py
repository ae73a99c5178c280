"""What works by itself runs twice: two web processes, two workers, two beats. Nothing happens twice."""

import asyncio
from collections import Counter

import pytest

from casesim.processes import beat, worker
from rooms.core import messages as m
from rooms.core.decide import decide
from tests.builders import Play
from tests.faults.conftest import Note, Stages
from tests.faults.judge import WHOLE
from tests.faults.stage import LONG, Row, Served, Stage, until
from tests.faults.table import Tables, word
from tests.faults.test_two import MINUTES, began, ended, lateness

pytestmark = pytest.mark.slow
ROOMS = 40 if LONG else 8
LEFT = 6  # seconds of the phase
SWEEP = 5.0  # seconds between two sweeps of one beat
QUESTION = "Omar, how late is it?"


async def twice(stage: Stage) -> list[Served]:
    """The processes, each two times; the web processes are returned."""
    await stage.redis()
    webs = [await stage.web("one"), await stage.web("two")]
    for name in ("first", "second"):
        await stage.run(worker(stage.env, name=name))
        await stage.run(beat(stage.env, stage.var / f"schedule-{name}", name=f"beat-{name}"))
    return webs


async def test_two_workers_and_two_beats_say_fire_and_end_nothing_twice(stages: Stages, note: Note):
    """Half of the rooms are left by everybody: only the sweeps, four processes at once, end their phase."""
    stage = stages()
    webs = await twice(stage)
    async with Tables(stage, webs, rooms=ROOMS) as tables:
        chairs = [c for c in tables.clients if c.seat == "facilitator"]
        await asyncio.gather(*(c.done(type="seat_bot", seat="omar") for c in chairs))
        await asyncio.gather(*(c.done(type="extend", seconds=LEFT - MINUTES) for c in chairs))
        asking = [c for c in tables.clients if c.seat == "candidate"]
        await asyncio.gather(*(c.done(type="say", text=f"{word('ask')} {QUESTION}") for c in asking))
        left = tables.rooms[ROOMS // 2 :]
        await asyncio.gather(*(c.__aexit__() for c in tables.clients if c.room_id in left))
        logs = {}

        def all_ended() -> bool:
            logs.update({room: stage.database.log(room) for room in tables.rooms})
            return all(began(log) == 2 and answered(log) for log in logs.values())

        await until(all_ended, 60, every=0.5)
        await asyncio.sleep(SWEEP + 1)  # each beat has come round once more
        tables.clients = [c for c in tables.clients if c.room_id not in left]
        assert await tables.verdict() == WHOLE
        logs = {room: stage.database.log(room) for room in [*tables.rooms, *left]}
    for log in logs.values():
        assert once(log) == {}
        assert (ended(log), began(log)) == (1, 2)
    for who, rooms in (("watched", tables.rooms[: ROOMS // 2]), ("that nobody is in", left)):
        late = max(lateness(logs[room]) for room in rooms) / 1000
        note(f"two workers, two beats, {ROOMS // 2} rooms {who}: the last phase ended late by", late)
    assert stage.trouble() == []


def answered(log: list[Row]) -> bool:
    return any(row.body["type"] == "fact_revealed" for row in log)


def once(log: list[Row]) -> dict[tuple[str, str], int]:
    """What happened more often than once of what may happen once: (kind, of what) -> how often."""
    of = {"phase_ended": "phase", "inject_fired": "inject", "fact_revealed": "fact", "heard": "utterance"}
    seen = Counter((b["type"], str(b[of[b["type"]]])) for b in (row.body for row in log) if b["type"] in of)
    return {what: often for what, often in seen.items() if often > 1}


def test_control_two_workers_that_do_not_decide_on_one_log_reveal_a_fact_twice():
    play = Play().start()
    command = m.Reveal(fact="late")
    told = [decide(play.scenario, play.state, "omar", command, play.now) for _ in range(2)]
    rows = [Row(n, 0, None, None, events[0].model_dump()) for n, events in enumerate(told)]
    assert once(rows) == {("fact_revealed", "late"): 2}

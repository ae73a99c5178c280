"""What is served is the fold of the log, after every kind of command."""

from collections.abc import AsyncIterator

import pytest
from channels.db import database_sync_to_async

from rooms.core import messages as m
from rooms.core.laying import Terms
from rooms.core.policy import CLOCK, DATA_ROOM, LISTENER, MODEL, RIGHTS
from rooms.core.state import apply, fold
from rooms.live import log
from rooms.models import Room
from tests.builders import COMMIT, EXCERPT, VISITS, inject, scenario
from tests.faults.world import World

CASE = scenario(
    [
        inject("doubt", "one", "dana", at=300),
        inject("early", "one", "lead", at=400),
        inject("twist", "one", "omar", at=500),
        inject("spare", "two", "omar", at=500),
    ],
    data_sets=[VISITS, EXCERPT],
)
SAY = m.Say(text="why?")
REVISED = m.Revise(decision="D1", choice="c", why="w", gives_up="g", would_change="x")

# every kind of command, each in a moment when it is allowed
SCRIPT: list[tuple[str, m.AnyCommand]] = [
    ("candidate", m.TakeSeat(name="Ada")),
    ("candidate", m.Consent()),
    ("candidate", m.Ready()),
    ("facilitator", m.SeatBot(seat="lead")),
    ("facilitator", m.QuietBots()),
    ("facilitator", m.Start(anyway=True)),
    ("facilitator", m.UnseatBot(seat="lead")),
    ("lead", m.Ask(role="candidate", text="what matters?")),
    ("candidate", SAY),
    (LISTENER, m.Hear(utterance=1, acts=("asks",))),
    ("candidate", m.Summarise(text="so far")),
    ("candidate", m.RaiseHand()),
    ("candidate", m.Assume(text="all is logged")),
    ("candidate", COMMIT),
    ("dana", m.Say(text="no", about="D1", stance="objects")),
    ("candidate", REVISED),
    ("candidate", m.RequestData(what="labels", role="omar")),
    ("omar", m.GiveData(request="R1", data_set="labels")),
    ("candidate", m.RequestData(what="more")),
    ("omar", m.RefuseData(request="R2", why="there is none")),
    ("candidate", m.RequestData(what="all visits", role="omar", purpose="to count them")),
    ("omar", m.DelayData(request="R3", why="it is being drawn", minutes=2)),
    ("omar", m.GiveData(request="R3", data_set="visits")),
    ("candidate", m.Look(data_set="visits", column="day")),
    (DATA_ROOM, m.RecordQuery(by="candidate", sql="SELECT 1", columns=("1",), rows=((1,),), count=1)),
    (MODEL, m.RecordAnswer(by="omar", seen=9, outcome="spoken", text="On the wall.", why="asked")),
    ("omar", m.Reveal(fact="late")),
    ("omar", m.Whisper(text="hm")),
    ("dana", m.PutInject(inject="doubt")),
    ("facilitator", m.Fire(inject="early")),
    ("facilitator", m.Hold(inject="twist")),
    ("facilitator", m.Skip(inject="spare", why="no time")),
    ("facilitator", m.Pause()),
    ("facilitator", m.Resume()),
    ("facilitator", m.Extend(seconds=-60)),
    (CLOCK, m.Tick()),
    ("dana", m.TakeSeat(name="Dana")),
    (CLOCK, m.StandIn(seat="dana")),
    ("facilitator", m.Advance(phase="one")),
    ("facilitator", m.End()),
]


@pytest.fixture
async def world(transactional_db: None, settings) -> AsyncIterator[World]:
    settings.REDIS_URL = ""
    it = await World().open(CASE, Terms(notice=("What is said here is kept.",)))
    yield it
    await it.close()


async def test_after_every_kind_of_command_what_is_served_is_the_fold_of_the_log(world: World):
    said = []
    for number, (seat, command) in enumerate(SCRIPT):
        job = world.job(seat, command, later=2000)
        expected = world.model.answer(job)
        assert await world.send(number % 2, job) == expected
        if expected is None:
            said.append(command.type)
        await world.calm()
        await world.check_log()
        await world.check_pages(whole=True)
        await check_row(world)
    assert {*RIGHTS} - {*said} == set()


async def check_row(world: World) -> None:
    """What is stored beside the log agrees with it."""
    row = await Room.objects.aget(pk=world.opened.room_id)
    state = world.model.state
    assert (row.last_seq, row.live) == (state.seq, state.status == "live")


async def test_a_log_folded_in_two_parts_is_the_log_folded_whole(world: World):
    for number, (seat, command) in enumerate(SCRIPT):
        job = world.job(seat, command, later=2000)
        world.model.answer(job)
        await world.send(number % 2, job)
    lines = await logged(world)
    for cut in range(len(lines)):
        assert fold(lines[cut:], fold(lines[:cut])) == world.model.state


async def logged(world: World) -> list[tuple[int, m.AnyEvent]]:
    lines = await database_sync_to_async(log.read)(world.opened.room_id)
    return [(line.at, line.parsed().event) for line in lines]


async def test_control_a_state_that_misses_one_line_is_seen(world: World):
    job = world.job("candidate", m.Consent())
    world.model.answer(job)
    await world.send(0, job)
    room = world.processes[0].hub.rooms[world.opened.room_id]
    room.state = apply(room.state, m.BotsQuieted(quiet=True), world.now)
    with pytest.raises((AssertionError, IndexError)):
        await world.check_log()

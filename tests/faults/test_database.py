"""The database is locked, stopped or full: commands wait or are put off, never half done."""

import signal
import time
from dataclasses import replace

import pytest

from casesim.processes import Child, Crew
from tests.faults.conftest import Note, Stages
from tests.faults.judge import WHOLE, view
from tests.faults.stage import LONG, Stage, limit_files, until
from tests.faults.table import Tables

pytestmark = pytest.mark.slow


async def held(stage: Stage, tables: Tables, seconds: float) -> float:
    """Somebody else holds SQLite's one write lock for so long; returns when he let go."""
    connection = stage.database.connect()
    connection.execute("BEGIN IMMEDIATE")
    items = [len(c.items) for c in tables.clients]
    await tables.talk(seconds)
    assert [len(c.items) for c in tables.clients] == items  # nothing is shown that is not committed
    connection.rollback()
    connection.close()
    return time.monotonic()


@pytest.mark.parametrize("seconds", [4, 15, 25] if LONG else [4])  # SQLite itself gives up after 20
async def test_while_sqlite_is_locked_commands_wait_and_no_socket_closes(
    stages: Stages, note: Note, seconds: int
):
    stage = stages()
    web = await stage.web()
    async with Tables(stage, [web], rooms=2) as tables:
        await tables.talk(0.5)
        free = await held(stage, tables, seconds)
        assert await tables.verdict(40) == WHOLE
        last = max(at for c in tables.clients for at in c.acked_at.values())
        note(f"SQLite locked for {seconds} s: last waiting word acknowledged after", last - free)
        assert tables.closes() == []
        assert last - free < 3 * 5
    assert stage.trouble() == []


async def test_while_postgresql_is_down_commands_are_put_off_and_no_socket_closes(
    stages: Stages, note: Note, request: pytest.FixtureRequest
):
    stage = stages("postgres")
    crew = request.getfixturevalue("postgres_crew")[0]
    web = await stage.web()
    async with Tables(stage, [web], rooms=2) as tables:
        await tables.talk(0.5)
        postgres = stopped(crew)
        await tables.talk(4)
        await started(crew, postgres)
        up = time.monotonic()
        await tables.talk(0.5)
        assert await tables.verdict(40) == WHOLE
        note("PostgreSQL stopped hard for 4 s: first word acknowledged after", first_after(tables, up))
        note("PostgreSQL stopped hard for 4 s: answers that put a command off", put_off(tables))
        assert tables.closes() == []
        assert put_off(tables) > 0
        assert first_after(tables, up) < 3 * 3
    assert stage.trouble() == []
    assert [word for word in ("away", "back") if web.log().count(f"the database is {word}") != 1] == []


async def test_control_who_takes_being_put_off_for_an_answer_loses_words(
    stages: Stages, request: pytest.FixtureRequest
):
    stage = stages("postgres")
    crew = request.getfixturevalue("postgres_crew")[0]
    web = await stage.web()
    async with Tables(stage, [web]) as tables:
        tables.seat("candidate").resends = False
        postgres = stopped(crew)
        text = tables.say()
        await tables.seat("candidate").until(lambda: tables.seat("candidate").put_off)
        await started(crew, postgres)
        assert (await tables.verdict(5)).unsettled == 1
        log = stage.database.log(tables.rooms[0])
        assert text not in [row.body.get("text") for row in log]


async def test_on_a_full_disk_commands_are_put_off_rooms_stay_readable_and_it_recovers(
    stages: Stages, note: Note
):
    stage = stages()
    web = await stage.web()
    async with Tables(stage, [web]) as tables:
        await tables.talk(0.5)
        assert await tables.verdict() == WHOLE
        full(stage, web.pid)
        await tables.talk(2)
        await tables.seat("lead").until(lambda: put_off(tables) > 3)
        late = stage.client(web, tables.rooms[0], "rater2")
        async with late:  # who comes now still sees the room
            assert late.items == view(stage.database.log(late.room_id), "rater2")
        limit_files(web.pid, -1)
        freed = time.monotonic()
        assert await tables.verdict(40) == WHOLE
        note("disk full: first word acknowledged after there was room", first_after(tables, freed))
        assert tables.closes() == []
        assert first_after(tables, freed) < 3 * 4


async def test_control_who_shows_before_the_commit_shows_on_a_full_disk_what_never_was(stages: Stages):
    stage = stages()
    web = await stage.web(double="show_first")
    async with Tables(stage, [web]) as tables:
        full(stage, web.pid)
        await tables.talk(2)
        verdict = await tables.verdict(3)
        assert verdict.phantom > 0
        assert verdict.wrong > 0


def stopped(crew: Crew) -> Child:
    """PostgreSQL stopped "immediately": no farewell to anybody. Returns what to start again."""
    postgres, process = crew.running[-1]
    process.send_signal(signal.SIGQUIT)
    process.wait(10)
    return postgres


async def started(crew: Crew, postgres: Child) -> None:
    crew.start(replace(postgres, ready=lambda: True))  # from this thread, or it would end with the other
    crew.running[-1] = (postgres, crew.running[-1][1])
    await until(postgres.ready, 30)


def full(stage: Stage, pid: int) -> None:
    """No file may grow any more beyond what the write-ahead log has."""
    limit_files(pid, (stage.var / "casesim.sqlite3-wal").stat().st_size + 4096)


def put_off(tables: Tables) -> int:
    return sum(c.put_off for c in tables.clients)


def first_after(tables: Tables, moment: float) -> float:
    return min(at for c in tables.clients for at in c.acked_at.values() if at > moment) - moment

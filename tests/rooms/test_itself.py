"""What goes on by itself goes on: a writer that met an error, a full queue, background work that failed."""

import asyncio
import gc
import time

import pytest
from django.db import InterfaceError, OperationalError

from rooms import queries
from rooms.core import messages as m
from rooms.live import metrics, process, writer
from rooms.live.group import Job, Step
from rooms.live.process import Process
from rooms.live.writer import Writer
from tests.builders import T0, make_room

Answers = list[tuple[str, str | None]]


def words(room: str) -> list[str]:
    return [x.event.text for x in queries.record(room) if isinstance(x.event, m.Said)]


def job(room: str, number: int) -> Job:
    return Job(room, "candidate", m.Say(text=f"w{number}"), f"w{number}", T0 + 5)


def noting(answers: Answers) -> Writer:
    """A writer whose answers are noted: (ref, code or None)."""
    return Writer(lambda done, _: answers.extend((j.ref, a.code if a else None) for j, a in done))


def answered(answers: Answers, count: int) -> None:
    """Wait until so many are."""
    deadline = time.monotonic() + 20
    while len(answers) < count:
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_where_many_speak_a_few_share_a_commit_and_who_speaks_alone_does_not_wait(monkeypatch):
    groups: list[int] = []

    def step(jobs, folds):
        groups.append(len(jobs))
        return Step([(job, None) for job in jobs], [], [])

    monkeypatch.setattr(writer, "step", step)
    monkeypatch.setattr(writer, "GATHER", 1.0)
    answers: Answers = []
    here = noting(answers)
    here.start()
    here.put(job("a", 0))
    answered(answers, 1)
    for number in range(1, 4):
        here.put(job("a", number))
    answered(answers, 4)
    here.stop()
    assert groups == [1, 3]


@pytest.mark.django_db(transaction=True)
def test_a_full_queue_tells_to_come_again_and_keeps_what_it_took(monkeypatch):
    monkeypatch.setattr(writer, "WAITING", 5)
    room, answers = make_room(started=True).room_id, []
    full = noting(answers)
    for number in range(5):
        full.put(job(room, number))
    with pytest.raises(m.Refused) as told:
        full.put(job(room, 5))
    assert told.value.code == "busy"
    full.start()
    answered(answers, 5)
    full.put(job(room, 5))  # sent again, as it was told
    full.stop()
    assert answers == [(f"w{number}", None) for number in range(6)]
    assert words(room) == [f"w{number}" for number in range(6)]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "error", [OperationalError("gone"), InterfaceError("closed"), RuntimeError("a fault")]
)
def test_a_writer_that_meets_an_error_answers_and_goes_on(monkeypatch, error: Exception):
    room, answers = make_room(started=True).room_id, []
    real, met = writer.step, []

    def once_faulty(jobs, folds):
        if not met:
            met.append(len(jobs))
            raise error
        return real(jobs, folds)

    monkeypatch.setattr(writer, "step", once_faulty)
    one = noting(answers)
    one.put(job(room, 1))
    one.start()
    deadline = time.monotonic() + 20
    while not answers:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert (answers, one.alive()) == ([("w1", "try_again")], True)
    one.put(job(room, 1))
    one.stop()
    assert answers == [("w1", "try_again"), ("w1", None)]
    assert words(room) == ["w1"]


@pytest.mark.django_db(transaction=True)
async def test_background_work_that_fails_is_held_started_again_and_counted(settings, monkeypatch):
    settings.REDIS_URL = ""
    monkeypatch.setattr(process, "POLL", 0.01)
    monkeypatch.setattr(metrics, "_restarted_at", None)
    here = Process(asyncio.get_running_loop())
    begun = []

    async def fails_once() -> None:
        begun.append(1)
        if len(begun) == 1:
            raise RuntimeError("a fault")
        await asyncio.Event().wait()

    here._keep(fails_once)
    await asyncio.sleep(0.1)
    gc.collect()  # a task that nobody holds would be gone now
    await asyncio.sleep(1.2)
    assert len(begun) == 2
    assert metrics.restarted_within(5)
    here.start()
    await here.stop()

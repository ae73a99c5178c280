"""Several who add to the same logs at the same time, and whoever holds a row for a while."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.db import connection, transaction

from rooms.live import log
from rooms.live.group import Answer, Folds, Job, commit
from rooms.models import Room
from tests.rooms.adding import is_whole, said, say, until

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(
    ("change", "undone", "ways"),
    [({"title": "Another"}, False, 0), ({"epoch": "another"}, False, 1), ({"epoch": "another"}, True, 0)],
    ids=["another column", "another epoch", "rolled back"],
)
def test_a_line_alone_waits_for_whoever_holds_the_row(rooms, locked, change, undone, ways):
    room, mine = rooms[0], Folds()
    commit([say(room, "first")], mine)
    del locked[:]

    def hold() -> None:
        Room.objects.filter(pk=room).update(**change)

    with committing([say(room, "second")], mine, hold, undone) as answers:
        until(somebody_waits)
        assert (answers, said(room)) == ([], ["first"])
    assert (answers, said(room), locked) == ([[None]], ["first", "second"], [[room]] * ways)
    is_whole(room)


def test_whoever_finds_a_row_taken_waits_for_it_under_the_lock(rooms):
    """Never with rows of its own in hand: of two who wait for each other's the database would end one."""
    one, mine = rooms[0], Folds()
    commit([say(room, "first") for room in rooms], mine)
    jobs = [say(room, "second") for room in reversed(rooms)]
    with committing(jobs, mine, lambda: log.lock([one], [])) as answers:
        if connection.vendor == "postgresql":
            until(lambda: [said(room)[-1] for room in rooms] == ["first", "second", "second"])
    assert answers == [[None] * 3]
    assert [said(room) for room in rooms] == [["first", "second"]] * 3


@contextmanager
def committing(
    jobs: list[Job], folds: Folds, hold: Callable[[], object], undone: bool = False
) -> Iterator[list[list[Answer]]]:
    """A commit in one thread while another's transaction holds rows, which it does until the block ends."""
    held, go, answers = threading.Event(), threading.Event(), []

    def holding() -> None:
        with transaction.atomic():
            hold()
            held.set()
            assert go.wait(20)
            transaction.set_rollback(undone)
        connection.close()

    def writing() -> None:
        answers.append(commit(jobs, folds)[0])
        connection.close()

    threads = [threading.Thread(target=work) for work in (holding, writing)]
    threads[0].start()
    assert held.wait(20)
    threads[1].start()
    try:
        yield answers
    finally:
        go.set()
        for thread in threads:
            thread.join(20)


def somebody_waits() -> bool:
    if connection.vendor != "postgresql":
        time.sleep(0.2)  # SQLite cannot be asked
        return True
    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
        return cursor.fetchone()[0] > 0


def test_writers_of_the_same_rooms_at_the_same_time_lose_and_double_nothing(rooms):
    """Each in a thread with folds of its own, as two processes would be."""
    names, errors = ("ada", "bob", "cyd"), []

    def write(name: str) -> None:
        folds = Folds()
        try:
            for n in range(12):
                jobs = [say(room, f"{name}{n}") for room in (rooms if n % 2 else rooms[::-1])]
                assert commit(jobs[: 1 + n % 3], folds)[0] == [None] * (1 + n % 3)
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=write, args=[name]) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert errors == []
    wanted = {name: [f"{name}{n}" for n in range(12)] for name in names}
    for place, room in enumerate(rooms):
        is_whole(room)
        for name in names:
            theirs = [text for text in said(room) if text.startswith(name)]
            reaches = [w for n, w in enumerate(wanted[name]) if place in reached(n)]
            assert theirs == reaches


def reached(n: int) -> set[int]:
    """Places of the rooms that the n-th group of a writer writes to."""
    order = [0, 1, 2] if n % 2 else [2, 1, 0]
    return set(order[: 1 + n % 3])

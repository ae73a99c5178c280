"""The bench itself: its parts are there, its goals are judged, its client reads frames however they come."""

import math
import os
import subprocess
import sys
import time
from importlib import import_module

import pytest

from bench import rooms
from bench.__main__ import BY_NAME, PARTS
from bench.figures import Figure, Goal, at_least, at_most, table
from bench.load import Account, judged, the_judge_sees_faults
from bench.proc import processor_seconds
from bench.soak import within
from bench.staged import STAGES, Stages, found
from bench.wire import PING, TEXT, frame, parsed
from rooms.service import known


@pytest.mark.parametrize("module", [*PARTS.values(), *BY_NAME.values()])
def test_every_part_can_be_measured(module: str):
    assert callable(import_module(module).measure)


@pytest.mark.parametrize(
    ("goal", "value", "met"),
    [
        (at_most(1.2), 1.2, True),
        (at_most(1.2), 1.21, False),
        (at_least(4), 4.0, True),
        (at_least(4), 3.99, False),
        (Goal(most=0), 0, True),
        (at_most(1.2), None, False),
    ],
)
def test_a_goal_holds_with_its_bounds_and_never_without_a_number(goal: Goal, value: float, met: bool):
    assert goal.met(value) is met


def test_the_table_says_which_goals_were_missed():
    lines = table([Figure("live", "p50", 1.3, "x", at_most(1.2)), Figure("live", "p99", 9, "ms")]).split("\n")
    assert ["<= 1.2" in line and line.endswith("MISSED") for line in lines] == [False, True, False]


def test_the_judge_of_a_load_sees_what_was_lost_doubled_and_moved():
    the_judge_sees_faults()


def test_a_gap_in_a_feeds_numbers_is_counted():
    account = Account(room=0)
    for first, upto in ((0, 2), (2, 3), (4, 5)):
        account.hear(f'{{"type":"feed","epoch":"e1","from":{first},"upto":{upto}}}'.encode(), 1.0)
    assert (account.epoch, judged([account], {}).gaps) == ("e1", 1)


@pytest.mark.parametrize("size", [0, 5, 125, 126, 65_000])
def test_frames_are_read_however_the_stream_is_cut(size: int):
    payload = b"x" * size
    first, second = served(TEXT, payload), served(PING, b"p")
    for cut in (0, 1, len(first) - 1):
        assert parsed(first[:cut], 0) is None
    assert parsed(first + second, 0) == (TEXT, payload, len(first))
    assert parsed(first + second, len(first)) == (PING, b"p", len(first + second))


def served(opcode: int, payload: bytes) -> bytes:
    """A frame as a server sends it: a client's, without the mask."""
    masked = frame(opcode, payload)
    begin = len(masked) - len(payload) - 4
    return bytes([masked[0], masked[1] & 0x7F]) + masked[2:begin] + payload


@pytest.mark.parametrize("place", [place for places in STAGES.values() for place in places])
def test_every_stage_of_a_command_is_found_in_the_code(place: str):
    owner, name = found(place)
    assert callable(getattr(owner, name))


def test_a_stage_inside_another_is_taken_off_the_outer_one():
    stages = Stages()
    inner = stages.wrapped("inner", lambda: sum(range(200_000)))
    outer = stages.wrapped("outer", lambda: inner() + sum(range(200_000)))
    outer()
    told = stages.told()
    assert 0.2 < told["outer"] / told["inner"] < 5
    assert told["outer"] + told["inner"] <= told[""] * 1.01


@pytest.mark.django_db(transaction=True)
def test_a_room_with_a_past_is_one_that_people_could_have_had():
    room = known(rooms.with_log(60).room_id)
    assert (room.state.status, room.state.phase) == ("live", room.scenario.phases[0].key)
    assert room.state.seq >= 60


def test_the_processor_time_of_a_process_is_told_with_that_of_its_children():
    burn = "t = __import__('time'); b = t.process_time()\nwhile t.process_time() < b + 0.2: pass"
    before = processor_seconds(os.getpid())
    begun = time.process_time()
    subprocess.run([sys.executable, "-c", burn], check=True)
    used = processor_seconds(os.getpid()) - before - (time.process_time() - begun)
    assert 0.15 < used < 2


def test_how_late_bots_were_is_reckoned_from_counts_as_prometheus_does():
    late = {0.1: 50.0, 0.5: 90.0, 2.0: 100.0, math.inf: 100.0}
    assert within(late, 0.5) == pytest.approx(0.1)
    assert within(late, 0.7) == pytest.approx(0.3)
    assert within(late, 0.99) == pytest.approx(1.85)
    assert within({0.1: 0.0, math.inf: 1.0}, 0.5) == 0.1  # more is not known
    assert within({0.1: 0.0, math.inf: 0.0}, 0.5) is None

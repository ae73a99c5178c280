"""A worker leaves signs of life, and everybody can tell when they stop."""

import os
import subprocess
import sys

import pytest
from redis.exceptions import ConnectionError as Away

from casesim.processes import ROOT
from rooms import tasks
from rooms.live import heartbeat
from rooms.live.redis import async_client, client

needs_redis = pytest.mark.skipif(
    not os.environ.get("REDIS_URL"), reason="needs Redis: python -m tests.servers"
)


@pytest.fixture
def clean():
    redis = client()
    forget(redis)
    yield redis
    forget(redis)


def forget(redis) -> None:
    latest = list(redis.scan_iter(f"{heartbeat.LATEST}:*"))
    redis.delete(heartbeat.WORKER, heartbeat.LATENESS, heartbeat.TURNS, *latest)


@needs_redis
@pytest.mark.django_db
def test_a_sweep_is_a_sign_of_life_that_fades(clean):
    assert not heartbeat.celery_alive()
    tasks.sweep()
    assert heartbeat.celery_alive()
    assert 10 < clean.ttl(heartbeat.WORKER) <= 15


@needs_redis
async def test_the_event_loop_sees_the_same_sign(clean):
    here = async_client()
    heartbeat.beat()
    assert await heartbeat.celery_answers(here)
    clean.delete(heartbeat.WORKER)
    assert not await heartbeat.celery_answers(here)
    await here.aclose()


@needs_redis
def test_the_latest_act_of_the_last_minute_is_told_in_seconds(clean):
    assert heartbeat.bot_lag() is None
    for late in (300, 2_500, 40):
        heartbeat.late(heartbeat._wall_ms() - late)
    assert 2.5 <= heartbeat.bot_lag() < 3.5


@needs_redis
def test_how_many_acts_were_how_late_is_counted(clean):
    for late in (0, 300, 300, 2_600, 99_000):
        heartbeat.late(heartbeat._wall_ms() - late)
    counts, total = heartbeat.lateness()
    assert dict(counts) | {"0.1": 1, "0.5": 3, "2.0": 3, "3.0": 4, "30.0": 4, "+Inf": 5} == dict(counts)
    assert 102.1 < total < 103.5


@needs_redis
def test_a_containers_health_check_is_the_sign_itself(clean):
    def code() -> int:
        command = [sys.executable, "-m", "rooms.live.heartbeat"]
        env = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"}
        return subprocess.run(command, cwd=ROOT, env=env, check=False).returncode

    assert code() == 1
    heartbeat.beat()
    assert code() == 0


async def test_without_redis_nothing_is_known_and_nothing_breaks(monkeypatch):
    monkeypatch.setattr(heartbeat, "client", lambda: None)
    heartbeat.beat()
    heartbeat.late(0)
    assert (heartbeat.celery_alive(), heartbeat.bot_lag(), heartbeat.lateness()[0][-1][1]) == (False, None, 0)
    assert not await heartbeat.celery_answers(None)


def test_with_redis_away_nothing_is_known_and_nothing_breaks(monkeypatch):
    class Gone:
        def get(self, *_):
            raise Away

        def set(self, *_, **__):
            raise Away

        def hgetall(self, *_):
            raise Away

        def pipeline(self, **_):
            return self

        def hincrby(self, *_):
            pass

        zadd = zscore = zrange = expire = lambda *_, **__: None

        def execute(self):
            raise Away

    monkeypatch.setattr(heartbeat, "client", Gone)
    heartbeat.beat()
    heartbeat.late(0)
    assert (heartbeat.celery_alive(), heartbeat.bot_lag(), heartbeat.lateness()[0][-1][1]) == (False, None, 0)

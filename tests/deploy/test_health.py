"""`/health/ready` says whether rooms can go on, and what waits."""

from typing import Any

import pytest
from django.db import DatabaseError
from django.test import Client

from casesim import health
from rooms.live import heartbeat, metrics

ELSEWHERE = ["what happens in other processes, for up to a second", "who comes and goes there, for up to ten"]
DATABASE = health.database
RUNNING = {"writer": True, "bell": True, "waiting": 0, "rooms": 1}
WELL = {
    "status": "ok",
    "database": "ok",
    "redis": "ok",
    "celery": "ok",
    "writer": "ok",
    "bell": "ok",
    "background": "ok",
    "waits": [],
}


@pytest.fixture
def parts(monkeypatch, settings):
    """All is well; a test breaks what it is about."""
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    monkeypatch.setattr(health, "database", lambda: "ok")
    monkeypatch.setattr(health, "redis_server", lambda: "ok")
    monkeypatch.setattr(heartbeat, "celery_alive", lambda: True)
    monkeypatch.setattr(metrics, "_restarted_at", None)
    monkeypatch.setattr(health.web, "health", lambda: RUNNING)
    return monkeypatch


def ready() -> tuple[int, dict[str, Any]]:
    answer = Client().get("/health/ready")
    return answer.status_code, answer.json()


def test_all_is_well(parts):
    assert ready() == (200, WELL)


def test_before_anybody_came_all_is_well_too(parts):
    parts.setattr(health.web, "health", lambda: None)
    assert ready() == (200, WELL | {"writer": "idle", "bell": "idle"})


def test_without_celery_people_go_on_and_bots_and_reports_wait(parts):
    parts.setattr(heartbeat, "celery_alive", lambda: False)
    expected = {"status": "degraded", "celery": "away", "waits": ["bots", "reports"]}
    assert ready() == (200, WELL | expected)


def test_without_redis_other_processes_are_heard_later(parts):
    parts.setattr(health, "redis_server", lambda: "away")
    parts.setattr(heartbeat, "celery_alive", lambda: False)
    parts.setattr(health.web, "health", lambda: RUNNING | {"bell": False})
    expected = {"status": "degraded", "redis": "away", "celery": "away", "bell": "silent"}
    assert ready() == (200, WELL | expected | {"waits": ["bots", "reports", *ELSEWHERE]})


def test_a_process_alone_by_choice_has_nobody_to_hear(parts, settings):
    settings.REDIS_URL = ""
    parts.setattr(health, "redis_server", lambda: "unset")
    parts.setattr(health.web, "health", lambda: RUNNING | {"bell": False})
    expected = {"status": "degraded", "redis": "unset", "celery": "unset", "bell": "idle"}
    assert ready() == (200, WELL | expected | {"waits": ["bots", "reports"]})


def test_background_work_that_was_started_again_is_told_for_a_while(parts):
    metrics.restarted()
    assert ready() == (200, WELL | {"status": "degraded", "background": "restarted"})


def test_without_a_writer_rooms_cannot_go_on(parts):
    parts.setattr(health.web, "health", lambda: RUNNING | {"writer": False})
    assert ready() == (503, WELL | {"status": "down", "writer": "ended"})


class Gone:
    def cursor(self):
        raise DatabaseError


def test_without_a_database_rooms_cannot_go_on_but_the_process_lives(parts):
    parts.setattr(health, "database", DATABASE)
    parts.setattr(health, "connection", Gone())
    status, told = ready()
    assert (status, told["status"], told["database"]) == (503, "down", "away")
    assert (Client().get("/health/live").status_code, Client().post("/health/live").status_code) == (200, 405)

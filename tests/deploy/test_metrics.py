"""`/metrics`: what a process counts, for those who may read it."""

import math

import pytest
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families

from casesim import metrics as page
from rooms.live import heartbeat, metrics

TOKEN = "t" * 24
BEARER = {"Authorization": f"Bearer {TOKEN}"}
PROXIED = {"X-Forwarded-For": "127.0.0.1"}
ELSEWHERE = "203.0.113.7"


def status(settings, *, token="", open_=False, address="127.0.0.1", headers=None) -> int:
    settings.METRICS_TOKEN, settings.METRICS = token, open_
    return Client(REMOTE_ADDR=address).get("/metrics", headers=headers or {}).status_code


@pytest.mark.parametrize(
    ("who", "answer"),
    [
        ({}, 200),
        ({"address": "::1"}, 200),
        ({"address": "::ffff:127.0.0.1"}, 200),
        ({"address": ""}, 404),
        ({"address": ELSEWHERE}, 404),
        ({"headers": PROXIED}, 404),
        ({"address": ELSEWHERE, "headers": BEARER}, 404),  # no token is set: none is right
        ({"address": ELSEWHERE, "headers": {"Authorization": "Bearer "}}, 404),
        ({"token": TOKEN, "address": ELSEWHERE, "headers": BEARER}, 200),
        ({"token": TOKEN, "address": ELSEWHERE, "headers": BEARER | PROXIED}, 200),
        ({"token": TOKEN, "address": ELSEWHERE, "headers": {"Authorization": "Bearer wrong"}}, 404),
        ({"token": TOKEN, "address": ELSEWHERE, "headers": {"Authorization": "Bearer é"}}, 404),
        ({"token": TOKEN, "address": ELSEWHERE}, 404),
        ({"open_": True, "address": ELSEWHERE}, 200),
        ({"open_": True, "address": ELSEWHERE, "headers": PROXIED}, 404),
    ],
)
def test_a_stranger_is_told_there_is_nothing(settings, who, answer):
    assert status(settings, **who) == answer


def numbers() -> dict[str, float]:
    """Each sample by its name and labels."""
    families = text_string_to_metric_families(Client().get("/metrics").content.decode())
    return {
        " ".join([s.name, *(s.labels[key] for key in ("type", "outcome", "le") if key in s.labels)]): s.value
        for family in families
        for s in family.samples
    }


def grown(before: dict[str, float]) -> dict[str, float]:
    """Our own numbers that are greater than before, and by how much."""
    by = {name: value - before.get(name, 0) for name, value in numbers().items()}
    return {n: v for n, v in by.items() if v > 0 and n.startswith("casesim") and "_bucket" not in n}


def test_what_happens_is_counted():
    before = numbers()
    metrics.joined()
    metrics.joined()
    metrics.left()
    metrics.answered("say")
    metrics.answered("say")
    metrics.answered("whisper", "not_your_part")
    metrics.committed(0.5, 3)
    metrics.handed_out(0.25)
    counted = grown(before)
    metrics.left()
    assert counted == {
        "casesim_sockets": 1,
        "casesim_commands_total say done": 2,
        "casesim_commands_total whisper not_your_part": 1,
        "casesim_commit_seconds_count": 1,
        "casesim_commit_seconds_sum": 0.5,
        "casesim_committed_commands_total": 3,
        "casesim_handout_seconds_count": 1,
        "casesim_handout_seconds_sum": 0.25,
    }


def test_what_a_process_and_its_worker_are_at_is_asked_when_somebody_looks(monkeypatch):
    monkeypatch.setattr(page, "health", lambda: {"writer": True, "bell": True, "waiting": 7, "rooms": 3})
    monkeypatch.setattr(heartbeat, "celery_alive", lambda: True)
    monkeypatch.setattr(heartbeat, "bot_lag", lambda: 1.5)
    names = ("rooms", "queue_depth", "bell_alive", "celery_alive", "bot_lag_seconds")
    now = numbers()
    assert [now[f"casesim_{name}"] for name in names] == [3, 7, 1, 1, 1.5]


def test_before_anybody_came_there_is_nothing_to_tell(monkeypatch):
    monkeypatch.setattr(page, "health", lambda: None)
    monkeypatch.setattr(heartbeat, "celery_alive", lambda: False)
    monkeypatch.setattr(heartbeat, "bot_lag", lambda: None)
    now = numbers()
    assert [now[f"casesim_{name}"] for name in ("rooms", "queue_depth", "bell_alive", "celery_alive")] == [
        0
    ] * 4
    assert math.isnan(now["casesim_bot_lag_seconds"])


def test_a_restart_in_the_background_is_remembered_for_a_while(monkeypatch):
    monkeypatch.setattr(metrics, "_restarted_at", None)
    assert not metrics.restarted_within(60)
    before = numbers()
    metrics.restarted()
    assert grown(before) == {"casesim_background_restarts_total": 1}
    assert metrics.restarted_within(60)
    assert not metrics.restarted_within(0)

"""A setting that makes no sense stops casesim with its name, in one line."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import casesim.settings
from casesim.processes import ROOT


def check(tmp_path: Path, **env: str) -> "subprocess.CompletedProcess[str]":
    kept = {"PATH": os.environ["PATH"], "CASESIM_VAR": str(tmp_path / "var"), **env}
    command = [sys.executable, "manage.py", "check"]
    return subprocess.run(command, cwd=ROOT, env=kept, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("name", "value", "complaint"),
    [
        ("DEBUG", "maybe", "DEBUG must be 0 or 1, not 'maybe'"),
        ("HTTPS", "true", "HTTPS must be 0 or 1, not 'true'"),
        ("PORT", "80a", "PORT must be a whole number from 1 to 65535, not '80a'"),
        ("PORT", "70000", "PORT must be a whole number from 1 to 65535, not '70000'"),
        ("SECRET_KEY", "short", "SECRET_KEY must have at least 32 characters"),
        ("SITE_URL", "casesim.example", "SITE_URL must begin with http:// or https://"),
        ("REDIS_URL", "localhost:6379", "REDIS_URL must begin with redis:// or rediss://"),
        (
            "DATABASE_URL",
            "mysql://u:s3cret@host/db",
            "DATABASE_URL must begin with sqlite:// or postgresql://",
        ),
        ("METRICS", "yes", "METRICS must be 0 or 1, not 'yes'"),
        ("METRICS_TOKEN", "short", "METRICS_TOKEN must have at least 16 characters"),
        ("LLM_URL", "ftp://model.example", "LLM_URL must begin with http:// or https://"),
        ("LLM_URL", "https://u:s3cret@model.example/v1", "LLM_URL must be a plain address"),
        ("LLM_URL", "https://model.example/v1", "LLM_MODEL must name the model"),
        ("LLM_ROOM_COST", "much", "LLM_ROOM_COST must be a number from 0 to 1e+06, not 'much'"),
        ("LLM_PRICE_IN", "nan", "LLM_PRICE_IN must be a number from 0 to 1e+06, not 'nan'"),
        ("LLM_SECONDS", "600", "LLM_SECONDS must be a whole number from 1 to 60, not '600'"),
        ("LISTENER", "llm", "LISTENER=llm needs LLM_URL and LLM_MODEL"),
        ("LOG_LEVEL", "loud", "LOG_LEVEL must be one of DEBUG, INFO, WARNING, ERROR, not 'loud'"),
    ],
)
def test_nonsense_stops_casesim_with_the_name_of_the_variable(tmp_path, name, value, complaint):
    done = check(tmp_path, **{name: value})
    assert (done.returncode, done.stderr.count("\n")) == (1, 1), done.stderr
    assert done.stderr.startswith(f"casesim: {complaint}")
    assert "s3cret" not in done.stderr


def test_a_key_never_travels_in_the_clear_to_another_network(tmp_path):
    far = {"LLM_URL": "http://model.example/v1", "LLM_MODEL": "small", "LLM_KEY": "s3cret"}
    done = check(tmp_path, **far)
    assert "LLM_URL must begin with https:// when a key goes with it" in done.stderr
    assert "s3cret" not in done.stderr
    near = {"LLM_URL": "http://ollama:11434/v1"}, {"LLM_URL": "https://model.example/v1"}, {"LLM_KEY": ""}
    assert [check(tmp_path, **{**far, **change}).returncode for change in near] == [0, 0, 0]


def test_nothing_has_to_be_set(tmp_path):
    done = check(tmp_path)
    assert done.returncode == 0, done.stderr
    key = tmp_path / "var" / "secret-key"
    assert key.stat().st_mode & 0o777 == 0o600
    assert check(tmp_path).returncode == 0
    assert len(key.read_text()) >= 50


def test_empty_is_the_same_as_unset(tmp_path):
    empty = dict.fromkeys(
        ("DEBUG", "PORT", "SECRET_KEY", "SITE_URL", "REDIS_URL", "DATABASE_URL", "LOG_LEVEL"), ""
    )
    assert check(tmp_path, **empty).returncode == 0


def test_a_dead_connection_to_postgresql_is_noticed_in_seconds_unless_the_address_says_otherwise(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://u@db/casesim?connect_timeout=9&sslmode=require")
    options = casesim.settings.database()["OPTIONS"]
    assert (options["tcp_user_timeout"], options["connect_timeout"], options["sslmode"]) == (
        15_000,
        9,
        "require",
    )

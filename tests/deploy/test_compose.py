"""compose.yaml and the Dockerfile say what casesim/topology.py says, and what a careful host asks for."""

import os
import re
import shlex
import subprocess
from typing import Any

import pytest
import yaml

from bench.uvicorn import uvicorn
from casesim.processes import ROOT
from casesim.topology import SERVICES, Service

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())
CONTAINER = {
    "host": "0.0.0.0",  # noqa: S104 - inside a container
    "port": 8000,
    "schedule": "/var/lib/casesim/celerybeat-schedule",
    "node": "worker@%h",
    "concurrency": 2,
    "conf": "/tmp/nginx.conf",
}
OURS = ["migrate", "web1", "web2", "worker", "beat"]
services = pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)


def composed(service: Service) -> dict[str, Any]:
    found: dict[str, Any] = COMPOSE["services"][service.name]
    return found


def words(command: list[str]) -> list[str]:
    return " ".join(command).split()


def test_both_name_the_same_processes():
    assert list(COMPOSE["services"]) == [service.name for service in SERVICES]


@services
def test_a_container_runs_the_same_command(service):
    command = composed(service)["command"]
    if service.name == "redis":  # its password is added first
        assert command[-1].endswith("exec valkey-server /tmp/redis.conf")
    else:
        assert words(command) == words(service.argv(**CONTAINER))


def test_the_override_for_uvicorn_runs_what_was_measured_and_changes_nothing_else():
    override = yaml.safe_load((ROOT / "compose.uvicorn.yaml").read_text())["services"]
    measured = uvicorn("python", 8000, {}, "web").argv
    assert set(override) == {"web1", "web2"}
    for web in override.values():
        assert set(web) == {"image", "build", "command"}
        assert web["command"] == [CONTAINER["host"] if word == "127.0.0.1" else word for word in measured]
        assert web["build"]["dockerfile_inline"].splitlines()[-1] == f"USER {last('USER')}"


@services
def test_a_container_waits_for_the_same_things(service):
    needs = composed(service).get("depends_on", {})
    assert {name: need["condition"] for name, need in needs.items()} == dict(service.needs)


@services
def test_a_process_of_ours_and_nginx_are_given_the_same_variables(service):
    given = {name for name in composed(service).get("environment", {}) if "ENVSUBST" not in name}
    if service.settings:
        assert given == set(service.settings)


@services
def test_a_service_that_starts_later_is_needed_by_none_before_it(service):
    order = [one.name for one in SERVICES]
    assert [need for need in service.needs if order.index(need) > order.index(service.name)] == []


@services
def test_a_container_can_do_no_more_than_it_must(service):
    here = composed(service)
    assert (here["read_only"], here["cap_drop"], here["security_opt"]) == (
        True,
        ["ALL"],
        ["no-new-privileges:true"],
    )
    assert "/tmp" in here["tmpfs"]
    assert here.keys() & {"privileged", "network_mode", "pid", "devices", "cap_add"} == set()
    assert here["user"] != "root" if "user" in here else service.name in OURS


@services
def test_a_container_comes_back_by_itself_and_says_whether_it_is_well(service):
    here = composed(service)
    once = service.name == "migrate"
    assert here["restart"] == ("no" if once else "unless-stopped")
    assert (
        here["healthcheck"] == {"disable": True}
        if once
        else here["healthcheck"]["test"][0] in ("CMD", "CMD-SHELL")
    )


def test_only_nginx_can_be_reached_from_outside():
    assert [name for name, here in COMPOSE["services"].items() if "ports" in here] == ["nginx"]


def test_what_must_outlive_a_container_lies_in_a_named_volume():
    kept = {
        name: [v.split(":")[0] for v in here.get("volumes", [])] for name, here in COMPOSE["services"].items()
    }
    assert kept["postgres"] == ["postgres"]
    assert [kept[name] for name in OURS] == [["var"]] * len(OURS)
    assert set(COMPOSE["volumes"]) == {"postgres", "var"}


def test_no_secret_stands_in_the_file():
    for here in COMPOSE["services"].values():
        for name, value in here.get("environment", {}).items():
            if re.search("PASSWORD|SECRET|AUTH", name):
                assert re.fullmatch(r"\$\{\w+:\?set it in \.env\}", value), name


# -- The Dockerfile ----------------------------------------------------------------------------


def instructions() -> list[tuple[str, str]]:
    """(word, rest) of each instruction, lines joined."""
    text = re.sub(r"^\s*#.*\n", "", (ROOT / "Dockerfile").read_text(), flags=re.MULTILINE)
    joined = re.sub(r"\\\n\s*", "", text).splitlines()
    return [(line.split(None, 1)[0], line.split(None, 1)[1]) for line in joined if line.strip()]


def final_stage() -> list[tuple[str, str]]:
    made = instructions()
    return made[max(place for place, (word, _) in enumerate(made) if word == "FROM") :]


def last(word: str) -> str:
    return [rest for one, rest in final_stage() if one == word][-1]


def test_the_image_is_built_in_two_stages_from_what_is_pinned():
    assert [rest for word, rest in instructions() if word == "FROM"] == [
        "python:3.11-slim AS build",
        "python:3.11-slim",
    ]
    installs = [rest for word, rest in instructions() if word == "RUN" and "pip install" in rest]
    assert len(installs) == 1 and "--require-hashes" in installs[0] and "requirements.txt" in installs[0]
    assert "requirements-dev" not in (ROOT / "Dockerfile").read_text()


def test_the_image_runs_as_nobody_in_particular_and_ends_when_asked():
    words_ = [word for word, _ in final_stage()]
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", last("USER"))
    assert "COPY" not in words_[words_.index("USER") :]  # what runs cannot change itself
    assert last("STOPSIGNAL") == "SIGTERM"
    assert "/health/ready" in last("HEALTHCHECK")
    web = next(service for service in SERVICES if service.name == "web1")
    assert yaml.safe_load(last("CMD")) == web.argv(**CONTAINER)


def test_the_image_holds_every_app_and_no_tests():
    copied = [part for word, rest in final_stage() if word == "COPY" for part in shlex.split(rest)[:-1]]
    assert [name for name in copied if not name.startswith(("--from", "/opt"))] == [
        "manage.py",
        "casesim",
        "scenarios",
        "rooms",
        "scoring",
    ]
    let_in = [line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")]
    assert sorted(let_in) == sorted(
        ["requirements.txt", "manage.py", "casesim", "scenarios", "rooms", "scoring"]
    )


def test_what_is_written_goes_to_the_volume():
    volumes = {v.split(":")[1] for name in OURS for v in COMPOSE["services"][name]["volumes"]}
    assert volumes == {"/var/lib/casesim"}
    assert "CASESIM_VAR=/var/lib/casesim" in last("ENV")


# -- What only a shell would notice ------------------------------------------------------------


def test_redis_starts_with_our_settings_and_its_password_in_a_file_of_its_own(tmp_path):
    conf = tmp_path / "redis.conf"
    script = COMPOSE["services"]["redis"]["command"][-1].replace("$$", "$")
    script = script.replace("/etc/casesim/", f"{ROOT}/casesim/deploy/").replace("/tmp/redis.conf", str(conf))
    script = script.replace("exec valkey-server", "exec cat")
    env = {"PATH": os.environ["PATH"], "REDIS_PASSWORD": "0123abcd"}
    done = subprocess.run(["sh", "-c", script], env=env, capture_output=True, text=True, check=True)
    settings = (ROOT / "casesim" / "deploy" / "redis.conf").read_text()
    assert done.stdout == f"{settings}requirepass 0123abcd\n"
    assert conf.stat().st_mode & 0o777 == 0o600

"""What every test may use: a browser, and a whole casesim that runs."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from casesim.processes import ROOT, Crew, beat, bundled_redis, daphne, free_port, worker

IN_CI = os.environ.get("CI") == "true"
QUIET_CHROMIUM = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A test that asks for the browser is a browser test, marked or not."""
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker("browser")


def missing(what: str) -> None:
    """Skip at home, with the reason in the summary; in CI nothing may be missing."""
    if IN_CI:
        pytest.fail(f"{what} is missing, and CI=true")
    pytest.skip(f"{what} is missing")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Chromium with a profile of its own; each `browser.new_context()` is another person.

    Playwright keeps an event loop running in this thread: no asynchronous tests in the same module.
    """
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
    if not Path(path).exists():
        missing(f"Chromium ({path})")
    from playwright.sync_api import sync_playwright

    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # Django takes that loop for asynchronous code
        chromium = playwright.chromium.launch(executable_path=path, headless=True, args=QUIET_CHROMIUM)
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def module_database(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The database for what a whole module shares; emptied afterwards, since no test's end undoes it."""
    with django_db_blocker.unblock():
        yield
        call_command("flush", verbosity=0, interactive=False)


@dataclass(frozen=True)
class Site:
    """A casesim that runs: where it answers, and its environment."""

    url: str
    var: Path
    env: dict[str, str]

    def manage(self, *arguments: str) -> str:
        """What a management command prints."""
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(command, cwd=ROOT, env=self.env, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{arguments}: {done.stderr[-3000:]}"
        return done.stdout

    def open_room(self, scenario: str, *arguments: str) -> dict[str, Any]:
        """A new live room: `{"room", "url", "seats": [...]}`."""
        opened: dict[str, Any] = json.loads(self.manage("open_room", scenario, "--json", *arguments))
        return opened


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Daphne, a Celery worker, beat and Redis over a fresh SQLite, with the bundled scenarios."""
    var = tmp_path_factory.mktemp("site")
    port = free_port()
    env = {
        **os.environ,
        "CASESIM_VAR": str(var),
        "PORT": str(port),
        "DJANGO_SETTINGS_MODULE": "casesim.settings",
    }
    env = {key: value for key, value in env.items() if key not in ("DATABASE_URL", "SITE_URL")}
    with Crew(var / "log") as crew:
        redis = bundled_redis(var / "redis", free_port())
        crew.start(redis)
        env |= redis.env
        here = Site(f"http://127.0.0.1:{port}", var, env)
        for command in (["migrate", "-v0"], ["collectstatic", "--noinput", "-v0"], ["scenarios", "publish"]):
            here.manage(*command)
        for child in (daphne(port, env), worker(env), beat(env, var / "celerybeat-schedule")):
            crew.start(child)
        yield here

"""`make demo`: everything on one machine, with a room to walk into."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import ExitStack
from io import StringIO
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from casesim.accounts.models import User
from casesim.accounts.service import create_workspace, sign_in_link
from casesim.processes import (
    ROOT,
    Child,
    Crew,
    Died,
    beat,
    bundled_redis,
    daphne,
    free_port,
    in_the_foreground,
    stopping_signals,
    worker,
)
from casesim.programs.launching import alone, refuse_a_taken_port, say, step
from rooms.service import give_seat

SCENARIO = "fraud"
WORKSPACE = "demo"
OWNER = "owner@demo.example"
KINDS = ["facilitator", "candidate", "panel", "rater"]


class Command(BaseCommand):
    """Set up, start everything, print the links, and stay until Ctrl-C."""

    help = "Start casesim on this machine with a demo room, and stop it with Ctrl-C."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Options for those who want another room than the usual one."""
        parser.add_argument("--scenario", default=SCENARIO, help="which scenario the demo room plays")
        parser.add_argument("--new", action="store_true", help="a fresh room, even if the last one is there")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run until Ctrl-C, which is the way to end it and so no failure."""
        with ExitStack() as stack:
            stack.enter_context(stopping_signals())
            stack.enter_context(in_the_foreground())
            stack.enter_context(alone(settings.VAR / "demo.lock", "a demo"))
            refuse_a_taken_port(settings.PORT, "demo")
            try:
                self.live(options)
            except KeyboardInterrupt:
                self.say("Stopped. The data stays in " + str(settings.VAR))
            except Died as died:
                raise CommandError(f"{died}; the last lines of its log:\n{died.log}") from None

    def live(self, options: dict[str, Any]) -> None:
        """Start, show the way in, and watch; whatever ends this, the children end too."""
        self.say(f"casesim starts; its data lies in {settings.VAR}")
        with Crew(settings.VAR / "log") as crew:
            try:
                self.prepare()
                env = self.start(crew)
                owner = self.step("make the workspace", demo_owner)
                room = self.step("open the demo room", lambda: demo_room(options, env))
                give_seat(room["room"], "facilitator", owner.pk)
                self.say(links(room, sign_in_link(owner)))
                crew.watch()
            except KeyboardInterrupt:
                self.say("\nStopping ...")
                raise

    def prepare(self) -> None:
        """The database, the static files and the bundled scenarios; all may be done again."""
        self.step("set up the database", lambda: quietly("migrate", interactive=False))
        self.step("gather static files", lambda: quietly("collectstatic", interactive=False, clear=True))
        self.step("publish scenarios", lambda: quietly("scenarios", "publish"))

    def start(self, crew: Crew) -> dict[str, str]:
        """Start every process and wait until it answers; the environment they share."""
        env = {"PORT": str(settings.PORT), "REDIS_URL": settings.REDIS_URL}
        if not settings.REDIS_URL:
            redis = bundled_redis(settings.VAR / "redis", free_port())
            self.start_one(crew, redis)
            env |= redis.env
        self.start_one(crew, daphne(settings.PORT, env))
        self.start_one(crew, worker(env))
        self.start_one(crew, beat(env, settings.VAR / "celerybeat-schedule"))
        return env

    def start_one(self, crew: Crew, child: Child) -> None:
        """One process, with its line of progress."""
        self.step(f"start {child.name}", lambda: crew.start(child))

    def step(self, what: str, do: Callable[[], Any]) -> Any:
        """Do something and say how long it took."""
        return step(self.stdout, what, do)

    def say(self, text: str) -> None:
        """Print now, also into a pipe."""
        say(self.stdout, text)


def quietly(command: str, *args: str, **options: Any) -> None:
    """A management command whose own words would break up the progress lines."""
    call_command(command, *args, verbosity=0, stdout=StringIO(), **options)


# -- The demo room -----------------------------------------------------------------------------


def demo_room(options: dict[str, Any], env: dict[str, str]) -> dict[str, Any]:
    """The room of the last demo if it is still there, or a new one."""
    path = settings.VAR / "demo.json"
    if not options["new"] and (room := remembered(path)) is not None:
        return room
    room = opened(options["scenario"], env)
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)  # its links are the keys to the seats
    path.write_text(json.dumps(room))
    return room


def remembered(path: Path) -> dict[str, Any] | None:
    """The room in `demo.json`, unless the database no longer has it."""
    try:
        room: dict[str, Any] = json.loads(path.read_text())
        known = apps.get_model("rooms", "Room").objects.filter(pk=room["room"]).exists()
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None
    return room if known else None


def opened(scenario: str, env: dict[str, str]) -> dict[str, Any]:
    """A new room, opened by a process that knows the Redis server just started."""
    command = [
        sys.executable,
        "manage.py",
        "open_room",
        scenario,
        "--fill",
        "--json",
        "--workspace",
        WORKSPACE,
    ]
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **env}, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise CommandError(f"the demo room could not be opened:\n{done.stderr.strip()}")
    room: dict[str, Any] = json.loads(done.stdout)
    return room


def demo_owner() -> User:
    """Who owns the workspace Demo, which is made with them the first time; without a password."""
    owner = User.objects.filter(email=OWNER).first()
    if owner is None:
        owner = User.objects.create_user(OWNER, name="Demo owner")
        create_workspace(owner, WORKSPACE.title())
    return owner


def links(room: dict[str, Any], sign_in: str) -> str:
    """The links, grouped by kind of seat, and the one that signs the workspace's owner in."""
    lines = ["", "Open each link in a browser window of its own (a private window for each person):", ""]
    for kind in KINDS:
        lines += [seat_line(seat) for seat in room["seats"] if seat["kind"] == kind]
    lines += ["", f"Sign in as {OWNER}, on this machine and once, to see the workspace:", f"  {sign_in}"]
    return "\n".join([*lines, "", "Ctrl-C to stop."])


def seat_line(seat: dict[str, Any]) -> str:
    """One seat: what it is, who sits in it when that is no person, and its link."""
    name = seat["seat"] if seat["seat"].startswith(seat["kind"]) else f"{seat['kind']}: {seat['seat']}"
    bot = " (bot)" if seat.get("occupant") == "bot" else ""
    return f"  {name + bot:<36} {here(seat['join'])}"


def here(link: str) -> str:
    """The link at today's address: the port may be another than when the room was opened."""
    return settings.SITE_URL + urlsplit(link).path
